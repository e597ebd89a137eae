//! `layerscope check PATH`: rules for CI, those of dive and those about secrets, risks and signatures.
//!
//! - Names, meanings, defaults and figures of dive's rules are dive's (`check/rules.rs`, `analysis/efficiency.rs`).
//!   The others are checked where they are requested (`check/findings.rs`,
//!   `check/signature_rules.rs`).
//! - One line for each rule; exit 0 if none fails, 1 if one does, 2 for wrong use, an image that cannot be read
//!   completely, or a rule that cannot be checked.

mod findings;
mod rule_file;
mod rules;
mod signature_rules;

use super::output::{has_colours, print};
use super::read_image::{ReadImage, cores, read_image};
use crate::analysis::ignore::IgnoreList;
use crate::problem::Problem;
use crate::protocol::Trust;
use crate::session::schedule::ScheduleOptions;
use findings::FindingRules;
use lexopt::{Arg, Parser, ValueExt};
use rules::{DiveFigures, Rule, RuleLine, RuleResult, RuleTexts};
use signature_rules::SignatureRules;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// For the usage.
pub const ARGUMENTS: &str = "PATH|- [--rules FILE] [--lowestEfficiency F] \
     [--highestWastedBytes SIZE] [--highestUserWastedPercent F] [--secrets] \
     [--risks SEVERITY] [--ignore FILE] [--signed-by IDENTITY --issuer URL] [--key FILE] \
     [--ca FILE]";

/// Where dive looks for rules.
const DEFAULT_FILE: &str = ".dive-ci";

#[derive(Debug, PartialEq)]
struct CheckArguments {
    path: PathBuf,
    /// The file of rules that the user names.
    file: Option<PathBuf>,
    /// Rules among the arguments.
    rules: RuleTexts,
    /// Rules about secrets and risks.
    findings: FindingRules,
    /// Rules about signatures.
    signatures: SignatureRules,
}

/// Checks the rules.
pub fn run(parser: Parser) -> Result<ExitCode, lexopt::Error> {
    let arguments = CheckArguments::read(parser)?;
    let texts = rule_texts(&arguments)?;
    let rules = texts.or_default().rules()?;
    let ignored = arguments.findings.ignore_list()?;
    let trust = arguments.signatures.trust()?;
    let lines = match rule_lines(&arguments, &rules, &ignored, trust) {
        Ok(lines) => lines,
        Err(problem) => {
            print(&not_checked(arguments.names(&rules), &problem))
                .map_err(|error| error.to_string())?;
            eprintln!("{}: {problem}", arguments.path.display());
            return Ok(ExitCode::from(2));
        }
    };
    let colours = has_colours();
    let line = |line: &RuleLine| {
        format!("{}  {} ({})\n", result_word(line.result, colours), line.name, line.why)
    };
    let text: String = lines.iter().map(line).collect();
    print(&text).map_err(|error| error.to_string())?;
    lines.iter().flat_map(|line| &line.details).for_each(|detail| eprintln!("{detail}"));
    let has = |result| lines.iter().any(|line| line.result == result);
    Ok(ExitCode::from(match has(RuleResult::Fail) {
        true => 1,
        false if has(RuleResult::NotChecked) => 2,
        false => 0,
    }))
}

/// A line for each rule of an image of which a layer was lost or read in part: figures of a part pass nothing. Nothing
/// where there is no such image.
fn not_checked(names: impl Iterator<Item = &'static str>, problem: &Problem) -> String {
    let Some(layer) = problem.layer else { return String::new() };
    let skip = result_word(RuleResult::Skip, has_colours());
    let why = format!("not checked: layer {} was not read completely", layer.number());
    names.map(|name| format!("{skip}  {name} ({why})\n")).collect()
}

impl CheckArguments {
    /// The names of all rules that are checked, those of dive first.
    fn names(&self, rules: &[Rule]) -> impl Iterator<Item = &'static str> {
        let of_dive = rules.iter().map(|rule| rule.name);
        of_dive.chain(self.findings.names()).chain(self.signatures.names())
    }

    fn read(mut parser: Parser) -> Result<CheckArguments, lexopt::Error> {
        let (mut path, mut file, mut rules) = (None, None, RuleTexts::default());
        let mut findings = FindingRules::default();
        let mut signatures = SignatureRules::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("rules") if file.is_none() => file = Some(PathBuf::from(parser.value()?)),
                Arg::Long(name) if findings.has(name) => {
                    let name = name.to_owned();
                    findings.take(&name, &mut parser)?;
                }
                Arg::Long(name) if signatures.has(name) => {
                    let name = name.to_owned();
                    signatures.take(&name, &mut parser)?;
                }
                Arg::Long(name) => match rules.named(name) {
                    Some(place) if place.is_none() => *place = Some(parser.value()?.string()?),
                    _ => return Err(argument.unexpected()),
                },
                Arg::Value(value) if path.is_none() => path = Some(PathBuf::from(value)),
                other => return Err(other.unexpected()),
            }
        }
        let path = path.ok_or("a path is missing")?;
        Ok(CheckArguments { path, file, rules, findings, signatures })
    }
}

/// The rules of the file, if there is one, or else those among the arguments.
///
/// Source: dive 0.13, cmd/dive/cli/internal/options/ci.go, `PostLoad`: what a file says is put over the defaults,
/// and replaces what the command line says.
fn rule_texts(arguments: &CheckArguments) -> Result<RuleTexts, lexopt::Error> {
    let default = Path::new(DEFAULT_FILE);
    let file = arguments.file.as_deref().or_else(|| default.exists().then_some(default));
    let Some(file) = file else { return Ok(arguments.rules.clone()) };
    let about = |reason: String| format!("{}: {reason}", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| about(error.to_string()))?;
    let read = rule_file::read(&text).map_err(about)?;
    for name in &read.unknown {
        eprintln!("{}", about(format!("{name} is not read; dive does not read it either")));
    }
    if arguments.rules != RuleTexts::default() {
        eprintln!(
            "{}",
            about("its rules replace those of the command line, as in dive".to_owned())
        );
    }
    Ok(read.rules)
}

/// Reads the image, and decides all rules. Contents of files are read, and digests computed, only for rules that need
/// them.
fn rule_lines(
    arguments: &CheckArguments,
    rules: &[Rule],
    ignored: &IgnoreList,
    trust: Option<Trust>,
) -> Result<Vec<RuleLine>, Problem> {
    // A signature says something about layers only if they are what their digests say.
    let tree_only = !arguments.findings.any() && trust.is_none();
    let options = ScheduleOptions { cores: cores(), tree_only, ..ScheduleOptions::default() };
    let ReadImage { session, image } = read_image(arguments.path.clone(), options, trust)?;
    let (efficiency, upper_size) = session.dive_figures(image)?;
    let (score, wasted_bytes) = (efficiency.score, efficiency.wasted_bytes);
    let figures = DiveFigures { score, wasted_bytes, upper_size };
    let line = |rule: &Rule| {
        let (result, why) = rule.evaluate(&figures);
        RuleLine { name: rule.name, result, why, details: Vec::new() }
    };
    let mut lines: Vec<RuleLine> = rules.iter().map(line).collect();
    lines.extend(arguments.findings.lines(&session, image, ignored)?);
    lines.extend(arguments.signatures.lines(&session, image));
    Ok(lines)
}

fn result_word(result: RuleResult, colours: bool) -> String {
    let (word, colour) = match result {
        RuleResult::Pass => ("PASS", "32"),
        RuleResult::Fail => ("FAIL", "1;31"),
        RuleResult::Skip | RuleResult::NotChecked => ("SKIP", "2"),
    };
    match colours {
        true => format!("\x1b[{colour}m{word}\x1b[0m"),
        false => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Option<CheckArguments> {
        CheckArguments::read(Parser::from_args(words)).ok()
    }

    #[test]
    fn arguments_are_read() {
        let text = |text: &str| Some(text.to_owned());
        let rules = RuleTexts {
            lowest_efficiency: text("0.5"),
            highest_wasted_bytes: text("20 MB"),
            highest_user_wasted_percent: text("off"),
        };
        let all = read(&[
            "--lowestEfficiency",
            "0.5",
            "a.tar",
            "--highestWastedBytes=20 MB",
            "--highestUserWastedPercent=off",
            "--rules=r.yaml",
        ]);
        let file = Some(PathBuf::from("r.yaml"));
        let findings = FindingRules::default();
        let signatures = SignatureRules::default();
        let want = CheckArguments { path: "a.tar".into(), file, rules, findings, signatures };
        assert_eq!(all, Some(want));
        let plain = CheckArguments {
            path: "-".into(),
            file: None,
            rules: RuleTexts::default(),
            findings: FindingRules::default(),
            signatures: SignatureRules::default(),
        };
        assert_eq!(read(&["-"]), Some(plain));
        for words in [
            &[][..],
            &["a", "b"],
            &["a", "--rules"],
            &["a", "--secrets", "--secrets"],
            &["a", "--secrets=yes"],
            &["a", "--risks"],
            &["a", "--risks", "grave"],
            &["a", "--risks", "low", "--risks", "low"],
            &["a", "--lowest-efficiency", "1"],
            &["a", "--lowestEfficiency", "1", "--lowestEfficiency", "1"],
        ] {
            assert_eq!(read(words), None, "{words:?}");
        }
    }

    #[test]
    fn an_image_that_was_not_read_checks_no_rule() {
        let words = ["--secrets", "--risks=low", "--signed-by=a", "--issuer=b", "--key=k", "a.tar"];
        let arguments = read(&words).unwrap();
        let rules = RuleTexts::default().or_default().rules().unwrap();
        let lost =
            Problem::new("layer-lost", "Lost.").in_layer(crate::vocabulary::LayerPosition(1));
        let text = not_checked(arguments.names(&rules), &lost);
        let names = |line: &str| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        assert_eq!(
            text.lines().map(names).collect::<Vec<_>>(),
            [
                "SKIP highestUserWastedPercent",
                "SKIP highestWastedBytes",
                "SKIP lowestEfficiency",
                "SKIP secrets",
                "SKIP risks",
                "SKIP signed-by",
                "SKIP key"
            ]
        );
        assert!(text.contains("layer 2 was not read completely"), "{text}");
    }

    #[test]
    fn words_have_colours_only_where_they_are_allowed() {
        assert_eq!(result_word(RuleResult::Fail, false), "FAIL");
        assert_eq!(result_word(RuleResult::Pass, true), "\x1b[32mPASS\x1b[0m");
    }
}
