//! The program `layerscope`: exit codes, standard input, files of rules, what it prints.

use crate::made;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A folder of a test's own, empty, where no file of rules is.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("layerscope-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_layerscope"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn run_with_input(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = command(folder, arguments).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

/// Exit code and standard output.
fn result(output: &Output) -> (i32, String) {
    (output.status.code().unwrap(), String::from_utf8(output.stdout.clone()).unwrap())
}

/// An archive of two layers: 1,000 bytes, of which the second layer rewrites `rewritten`.
fn archive(rewritten: usize) -> Vec<u8> {
    let (kept, again) = (vec![b'k'; 1000 - rewritten], vec![b'r'; rewritten]);
    let base = made::tar(&[("kept", &kept), ("again", &again)]);
    made::docker(&[base, made::tar(&[("again", &again)])])
}

#[test]
fn compare_ends_with_0_for_equal_1_for_different_and_2_for_unreadable_images() {
    let here = folder("compare-codes");
    let odd = fixture("odd.docker20.docker.tar");
    let odd = odd.to_str().unwrap();
    let (compressed, plain) =
        (fixture("odd.docker20.docker.tar.gz"), fixture("plain.regctl-none.docker.tar"));
    std::fs::write(here.join("cut.tar"), &std::fs::read(odd).unwrap()[..20_000]).unwrap();
    for (arguments, code) in [
        (&["compare", odd, compressed.to_str().unwrap()][..], 0),
        (&["compare", odd, plain.to_str().unwrap()], 1),
        (&["compare", odd, "nothing.tar"], 2),
        (&["compare", "cut.tar", odd], 2),
        (&["compare", odd, odd, "--image-b", "9"], 2),
        (&["compare", odd], 2),
        (&["compare", odd, odd, "--secrets"], 2),
    ] {
        let output = run(&here, arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert_eq!(output.stdout.is_empty(), code == 2, "{arguments:?}");
        assert_eq!(output.stderr.is_empty(), code != 2, "{arguments:?}");
    }
}

#[test]
fn compare_reads_one_side_from_standard_input() {
    let here = folder("compare-input");
    let plain = fixture("plain.regctl-none.docker.tar");
    let bytes = std::fs::read(&plain).unwrap();
    let output = run_with_input(&here, &["compare", plain.to_str().unwrap(), "-"], &bytes);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn comparisons_satisfy_their_schema() {
    let here = folder("compare-schema");
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/comparison.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let (odd, two) = (fixture("odd.docker20.docker.tar"), fixture("two.docker20.docker.tar"));
    let (code, json) =
        result(&run(&here, &["compare", odd.to_str().unwrap(), two.to_str().unwrap()]));
    assert_eq!(code, 1);
    let mut comparison: Value = serde_json::from_str(&json).unwrap();
    let errors: Vec<String> = validator.iter_errors(&comparison).map(|e| e.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    for class in ["added", "removed", "type", "content", "metadata", "time"] {
        let class = &comparison[class];
        assert_eq!(class["paths"], class["list"].as_array().unwrap().len());
    }
    comparison["invented"] = Value::Null;
    assert!(!validator.is_valid(&comparison), "the schema lets anything pass");
}

#[test]
fn markdown_has_at_most_60_lines_and_text_of_an_image_stays_in_its_cell() {
    let here = folder("compare-markdown");
    let many: Vec<(String, Vec<u8>)> = (0..500)
        .map(|at| (format!("d{at}/a|b`c<img src=x>@user\n#{at}"), vec![b'x'; at]))
        .collect();
    let members: Vec<(&str, &[u8])> =
        many.iter().map(|(name, bytes)| (&**name, &**bytes)).collect();
    std::fs::write(here.join("a.tar"), made::docker(&[made::texts(&[("one", "1")])])).unwrap();
    std::fs::write(here.join("b.tar"), made::docker(&[made::tar(&members)])).unwrap();
    let output = run(&here, &["compare", "a.tar", "b.tar", "--format", "markdown"]);
    let (code, text) = result(&output);
    assert_eq!(code, 1);
    assert_eq!(text.lines().count(), 60, "{text}");
    let rows: Vec<&str> = text.lines().filter(|line| line.contains("<img")).collect();
    assert!(rows.len() > 10, "{text}");
    for row in rows {
        let spans: Vec<&str> = row.split('`').collect();
        assert_eq!(spans.len(), 3, "{row}");
        assert!(spans[1].contains("a\\x7cb\\x60c<img src=x>@user\\n#"), "{row}");
    }
    assert!(text.contains("| … "), "what is left out is counted: {text}");
}

#[test]
fn markdown_masks_the_secrets_of_what_it_compares() {
    let here = folder("compare-secrets");
    let archive = |token: &str| {
        let step = format!("RUN |1 CI_TOKEN={token} /bin/sh -c make --token={token}");
        let config = json!({
            "author": format!("me {token}"),
            "config": {
                "Env": [format!("TOKEN={token}")], "Labels": {"build.token": token},
                "Cmd": ["serve", format!("--token={token}")], "OnBuild": [format!("RUN a {token}")],
            },
            "history": [{"created_by": step}],
        });
        let manifest = json!([{"Config": "c", "Layers": ["l"]}]).to_string();
        let (config, layer) = (config.to_string(), made::texts(&[("one", "1")]));
        made::tar(&[
            ("manifest.json", manifest.as_bytes()),
            ("c", config.as_bytes()),
            ("l", &layer),
        ])
    };
    std::fs::write(here.join("a.tar"), archive("glpat-9Xk2vQ7mLr4TzW8sYb1N")).unwrap();
    std::fs::write(here.join("b.tar"), archive("glpat-4Tz8sW2Yb7mLr9XvQk1B")).unwrap();
    let (code, text) = result(&run(&here, &["compare", "a.tar", "b.tar", "--format", "markdown"]));
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("glpat-…"), "{text}");
    assert!(!text.contains("9Xk2vQ7mLr") && !text.contains("4Tz8sW2Yb7"), "{text}");
}

#[test]
fn what_makes_the_exit_code_1_is_in_the_block_and_can_be_left_out() {
    let here = folder("compare-order");
    let archive = |environment: [&str; 2], steps: &[&str]| {
        let step = |step: &&str| json!({"created_by": step, "empty_layer": *step != "ADD"});
        let history: Vec<Value> = steps.iter().map(step).collect();
        let config = json!({"config": {"Env": environment}, "history": history}).to_string();
        let manifest = json!([{"Config": "c", "Layers": ["l"]}]).to_string();
        let layer = made::texts(&[("one", "1")]);
        let (config, manifest) = (config.as_bytes(), manifest.as_bytes());
        made::tar(&[("manifest.json", manifest), ("c", config), ("l", &layer)])
    };
    let (env, steps) = (["A=1", "B=2"], ["ADD", "CMD", "USER"]);
    std::fs::write(here.join("a.tar"), archive(env, &steps)).unwrap();
    for (name, bytes, part, without_order) in [
        ("env", archive(["B=2", "A=1"], &steps), r#"| `Env` | `["A=1","B=2"]` |"#, 0),
        (
            "order",
            archive(env, &["ADD", "USER", "CMD"]),
            "| History | 3 | 3 | first 1 the same |",
            0,
        ),
        ("step", archive(env, &["ADD", "CMD"]), "| History | 3 | 2 | first 2 the same |", 1),
    ] {
        let name = format!("{name}.tar");
        std::fs::write(here.join(&name), bytes).unwrap();
        let markdown = ["compare", "a.tar", &name[..], "--format", "markdown"];
        let (code, text) = result(&run(&here, &markdown));
        assert_eq!(code, 1, "{name}: {text}");
        assert!(text.contains(part), "{name}: {text}");
        let without = ["compare", "a.tar", &name[..], "--without", "order"];
        assert_eq!(result(&run(&here, &without)).0, without_order, "{name}");
        let (_, json) = result(&run(&here, &without));
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["without"], serde_json::json!(["order"]));
        let (_, text) = result(&run(&here, &[&markdown[..], &["--without", "order"]].concat()));
        let equal = text.contains("Left out: order.\n\nNothing else differs.\n");
        assert_eq!(equal, without_order == 0, "{name}: {text}");
        assert!(text.contains("Left out: order."), "{name}: {text}");
    }
}

#[test]
fn check_prints_a_line_for_each_rule_and_fails_with_one() {
    let here = folder("check-rules");
    std::fs::write(here.join("a.tar"), archive(100)).unwrap();
    // dive: Σ smallest sizes 1,000 of Σ sizes 1,100; the path of 100 bytes that is met twice wastes 200.
    for (arguments, code, want) in [
        (&[][..], 1, "FAIL SKIP PASS"),
        (&["--highestUserWastedPercent", "off"], 0, "SKIP SKIP PASS"),
        (&["--highestUserWastedPercent", "1", "--lowestEfficiency", "0.91"], 1, "FAIL SKIP FAIL"),
        (
            &["--highestUserWastedPercent", "off", "--highestWastedBytes", "200"],
            0,
            "SKIP PASS PASS",
        ),
        (
            &["--highestUserWastedPercent", "off", "--highestWastedBytes", "0.199kB"],
            1,
            "SKIP FAIL PASS",
        ),
    ] {
        let arguments = [&["check", "a.tar"], arguments].concat();
        let (exit, text) = result(&run(&here, &arguments));
        let words: Vec<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!((exit, words.join(" ").as_str()), (code, want), "{arguments:?}\n{text}");
        assert!(!text.contains('\x1b'), "no colours but on a terminal");
    }
    let names = ["highestUserWastedPercent", "highestWastedBytes", "lowestEfficiency"];
    let (_, text) = result(&run(&here, &["check", "a.tar"]));
    for (line, name) in text.lines().zip(names) {
        assert_eq!(line.split_whitespace().nth(1), Some(name), "{line}");
    }
}

#[test]
fn check_reads_dives_file_of_rules() {
    let here = folder("check-file");
    let tar = archive(100);
    std::fs::write(here.join("a.tar"), &tar).unwrap();
    let rules = "rules:\n  lowestEfficiency: 0.95\n  highestUserWastedPercent: disabled\n";
    std::fs::write(here.join("strict.yaml"), rules).unwrap();
    let first = |output: &Output| result(output).1.lines().last().unwrap().to_owned();
    let strict = run(&here, &["check", "--rules", "strict.yaml", "a.tar"]);
    assert_eq!(strict.status.code(), Some(1));
    assert!(first(&strict).starts_with("FAIL  lowestEfficiency (0.909091, at least 0.95"));
    std::fs::write(here.join(".dive-ci"), rules.replace("0.95", "0.5")).unwrap();
    assert_eq!(run(&here, &["check", "a.tar"]).status.code(), Some(0), "it is found");
    assert_eq!(run_with_input(&here, &["check", "-"], &tar).status.code(), Some(0));
    // As in dive, the file replaces what the command line says.
    let both = run(&here, &["check", "a.tar", "--lowestEfficiency", "1"]);
    assert_eq!(both.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&both.stderr).contains("replace"), "and that is said");
}

/// A token in the form of Pulumi's, put together here so that no scanner of source code takes it for one.
fn token() -> String {
    ["pul", "-", "188b0402edc94cdbeb9f", "580971f102e074cc7856"].concat()
}

#[test]
fn check_fails_with_secrets_and_risks_until_they_are_ignored() {
    let here = folder("check-findings");
    let files = [
        ("app/token", token()),
        ("etc/shadow", "root:::0:::::\n".to_owned()),
        ("home/a/.cache/x", "left".to_owned()),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, &text[..])).collect();
    std::fs::write(here.join("a.tar"), made::docker(&[made::texts(&files)])).unwrap();
    let check = |more: &[&str]| {
        let output = run(&here, &[&["check", "a.tar"][..], more].concat());
        let (code, text) = result(&output);
        let lines: Vec<&str> = text.lines().skip(3).collect();
        (code, lines.join(" | "), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(check(&[]), (0, String::new(), String::new()), "only what is requested is checked");
    let (code, lines, found) = check(&["--secrets"]);
    assert_eq!((code, &lines[..]), (1, "FAIL  secrets (1 found)"));
    let place = "secrets: pulumi /app/token:1 in layer 1 pul-…56  finding:";
    assert!(found.contains(place), "{found}");
    assert!(!found.contains(&token()) && !found.contains("188b0402"), "{found}");
    let finding = found.trim().rsplit(' ').next().unwrap().to_owned();
    let (code, lines, found) = check(&["--risks", "high"]);
    assert_eq!((code, &lines[..]), (1, "FAIL  risks (1 found)"));
    assert!(found.contains("risks: empty-password (high) /etc/shadow in layer 1: "), "{found}");
    let (_, lines, found) = check(&["--risks", "low"]);
    assert_eq!(lines, "FAIL  risks (2 found)", "{found}");
    std::fs::write(
        here.join(".layerscopeignore"),
        format!("{finding}\nrule:empty-password # ours\n"),
    )
    .unwrap();
    let both = ["--secrets", "--risks", "medium", "--ignore", ".layerscopeignore"];
    let lines = "PASS  secrets (no secrets, 1 ignored) | \
                 PASS  risks (no risk is medium or higher, 1 ignored)";
    assert_eq!(check(&both), (0, lines.to_owned(), String::new()));
}

#[test]
fn a_part_of_an_image_keeps_no_rule_about_secrets_and_risks() {
    let here = folder("check-part-findings");
    std::fs::write(here.join("cut.tar"), &archive(10)[..1500]).unwrap();
    let (code, text) = result(&run(&here, &["check", "cut.tar", "--secrets", "--risks", "high"]));
    let lines: Vec<&str> = text.lines().skip(3).collect();
    let why = "(not checked: layer 1 was not read completely)";
    let want = ["secrets", "risks"].map(|name| format!("SKIP  {name} {why}"));
    assert_eq!((code, lines), (2, want.iter().map(String::as_str).collect::<Vec<_>>()));
}

#[test]
fn check_ends_with_2_where_nothing_could_be_checked() {
    let here = folder("check-codes");
    let tar = archive(10);
    std::fs::write(here.join("a.tar"), &tar).unwrap();
    std::fs::write(here.join("cut.tar"), &tar[..1500]).unwrap();
    std::fs::write(here.join("bad.yaml"), "rules: [").unwrap();
    for arguments in [
        &["check"][..],
        &["check", "nothing.tar"],
        &["check", "a.tar", "--rules", "nothing.yaml"],
        &["check", "a.tar", "--rules", "bad.yaml"],
        &["check", "a.tar", "--lowestEfficiency", "2"],
        &["check", "a.tar", "--highestWastedBytes", "much"],
        &["check", "a.tar", "--fast"],
        &["check", "a.tar", "--risks", "grave"],
        &["check", "a.tar", "--secrets", "--ignore", "nothing"],
        &["check", "a.tar", "--secrets", "--ignore", "bad.yaml"],
    ] {
        let output = run(&here, arguments);
        assert_eq!(
            (output.status.code(), output.stdout.is_empty()),
            (Some(2), true),
            "{arguments:?}"
        );
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn check_passes_no_rule_on_a_part_of_an_image() {
    let here = folder("check-part");
    let tar = archive(10);
    let manifest = br#"[{"Config":"c.json","Layers":["a","gone"]}]"#;
    let layer = made::tar(&[("etc/passwd", b"root")]);
    let missing = made::tar(&[("c.json", b"{}"), ("a", &layer), ("manifest.json", manifest)]);
    std::fs::write(here.join("cut.tar"), &tar[..1500]).unwrap();
    std::fs::write(here.join("missing.tar"), missing).unwrap();
    for (archive, layer) in [("cut.tar", 1), ("missing.tar", 2)] {
        let output = run(&here, &["check", archive, "--highestWastedBytes", "1GB"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!((output.status.code(), text.lines().count()), (Some(2), 3), "{text}");
        let why = format!("(not checked: layer {layer} was not read completely)");
        assert!(
            text.lines().all(|line| line.starts_with("SKIP  ") && line.ends_with(&why)),
            "{text}"
        );
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn help_is_printed_and_no_error() {
    let here = folder("help");
    for arguments in
        [&["help", "check"][..], &["check", "--help"], &["compare", "a", "-h"], &["--help"]]
    {
        let (code, text) = result(&run(&here, arguments));
        assert_eq!(code, 0, "{arguments:?}");
        assert!(text.contains("compare") || text.contains("EXIT STATUS"), "{text}");
    }
    assert_eq!(run(&here, &["what"]).status.code(), Some(2));
}
