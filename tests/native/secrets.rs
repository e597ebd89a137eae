//! Secrets of archives, compared with the list of what was planted in them, and with images that have none.

use crate::made::{docker, tar, texts};
use crate::sessions;
use layerscope::protocol::{
    AnswersQueries, Configuration, ConfigurationSecrets, Export, ExportForm, History, IgnoreFile,
    Layers, Overview, PackageCounts, PerformsActions, RowRange, SecretCounts, SecretDetails,
    SecretShow, SecretTable, Secrets, SetIgnoreList, TableLine, Waste,
};
use layerscope::selection::LayerSelection;
use layerscope::session::Session;
use layerscope::session::native::{Disk, Memory};
use layerscope::vocabulary::ImagePosition;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

fn shared() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared")
}

/// The secrets of all images of an archive.
fn secrets(path: &Path) -> Vec<Value> {
    secrets_of(&sessions::report(&Disk::open(path).unwrap()))
}

fn secrets_of(report: &Value) -> Vec<Value> {
    let images = report["images"].as_array().unwrap().iter();
    images.flat_map(|image| image["secrets"].as_array().unwrap().clone()).collect()
}

fn planted_list() -> Value {
    let list = std::fs::read(shared().join("secrets/planted.json")).unwrap();
    serde_json::from_slice(&list).unwrap()
}

/// The rule's code here for a kind of the list.
fn code(kind: &str) -> &str {
    match kind {
        "kubeconfig" => "kubernetes-client-key",
        other => other,
    }
}

/// Rule, place and whether it was removed, in one line.
fn line(rule: &str, place: &Value) -> String {
    match place.get("path").and_then(Value::as_str) {
        Some(path) => {
            let path = path.trim_start_matches('/');
            format!(
                "{rule} /{path}:{} layer {} removed {}",
                place["line"], place["layer"], place["removed"]
            )
        }
        None => format!("{rule} {}", place["where"].as_str().unwrap()),
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn all_planted_secrets_are_found_in_their_places_and_nothing_else() {
    let found = secrets(&shared().join("secrets/planted.docker.tar"));
    let found: BTreeSet<String> =
        found.iter().map(|secret| line(secret["rule"].as_str().unwrap(), secret)).collect();
    let list = planted_list();
    let planted = list["planted"].as_array().unwrap();
    let expected: BTreeSet<String> =
        planted.iter().map(|one| line(code(one["kind"].as_str().unwrap()), one)).collect();
    assert_eq!(planted.len(), 48);
    // No near miss is found either: they are all other paths.
    assert_eq!(found, expected);
}

#[test]
fn a_secret_in_a_command_of_the_configuration_is_reported_with_its_setting() {
    let layer = tar(&[]);
    let token = "glpat-9Xk2vQ7mLr4TzW8sYb1N";
    let config = json!({"config": {"Cmd": ["serve", format!("--token={token}")]}}).to_string();
    let manifest = json!([{"Config": "c.json", "Layers": ["l"]}]).to_string();
    let members =
        [("c.json", config.as_bytes()), ("l", &layer[..]), ("manifest.json", manifest.as_bytes())];
    let archive = Memory::one(tar(&members));
    let found = secrets_of(&sessions::report(&archive));
    let places: Vec<_> =
        found.iter().map(|one| (&one["where"], &one["name"], &one["layer"])).collect();
    assert_eq!(places, [(&json!("config"), &json!("Cmd"), &Value::Null)], "{found:?}");
}

#[test]
fn a_saved_inspection_has_the_masks_of_what_files_have_and_no_values() {
    let token = "glpat-9Xk2vQ7mLr4TzW8sYb1N";
    let password = "Rt7Yu2Pq9Ws4Xk";
    let layer = texts(&[
        ("app/settings.conf", &format!("token = {token}\n")),
        ("root/.netrc", &format!("machine git.acme.net login me password {password}\n")),
    ]);
    let session = sessions::read(&Memory::one(docker(&[layer])));
    let saved = session.save(session.default_image()).unwrap();
    let again = sessions::read(&Memory::one(saved.clone()));
    let report: Value = serde_json::from_str(&again.report(None).unwrap()).unwrap();
    let found = secrets_of(&report);
    assert_eq!(found.len(), 2, "{found:?}");
    // Behind its magic number an inspection is one gzip stream.
    let start = saved.windows(2).position(|bytes| bytes == [0x1f, 0x8b]).unwrap();
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&saved[start..]).read_to_end(&mut unpacked).unwrap();
    let text = String::from_utf8_lossy(&unpacked);
    for (secret, value) in found.iter().zip([token, password]) {
        let masked = secret["masked"].as_str().unwrap();
        assert!(text.contains(masked), "{masked} is not saved");
        assert!(!text.contains(&value[6..value.len() - 2]), "{masked}");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn the_report_has_masks_and_no_values() {
    let path = shared().join("secrets/planted.docker.tar");
    let report = sessions::report(&Disk::open(&path).unwrap());
    let text = report.to_string();
    for value in ["fLNdXi62JVE8", "agCY1WztSltV98Po", "4wXsTbgMH8dkNWoX4IC2", "GnQ1tFTdynOSdtVt"] {
        assert!(!text.contains(value), "{value}");
    }
    for secret in secrets_of(&report) {
        let masked = secret["masked"].as_str().unwrap();
        let (_, last) = masked.split_once('…').expect("something is hidden");
        assert!(last.len() <= 2, "{masked}");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn no_details_of_a_secret_have_a_secret_of_the_history() {
    let disk = Disk::open(&shared().join("secrets/planted.docker.tar")).unwrap();
    let history = sessions::report(&disk)["images"][0]["history"].to_string();
    let argument = history.split("CI_TOKEN=").nth(1).and_then(|rest| rest.split(' ').next());
    let argument = argument.expect("a build argument with a secret");
    let session = sessions::read(&disk);
    let rows = RowRange { first: 0, count: 100 };
    let table = SecretTable { rows, ..SecretTable::default() };
    let lines = session.secrets(Secrets { table }).unwrap().lines;
    let keys = lines.into_iter().filter_map(|line| match line {
        TableLine::Row(row) => Some(row.key),
        TableLine::Head(_) => None,
    });
    let details = keys.map(|key| {
        let facts = session.secret_details(SecretDetails { image: ImagePosition(0), key }).unwrap();
        serde_json::to_string(&facts).unwrap()
    });
    let details: Vec<String> = details.collect();
    assert_eq!(details.len(), 48);
    // It is in the instruction of the layer that has most of the files.
    assert!(details.iter().all(|text| !text.contains(argument)), "{details:#?}");
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn texts_of_the_configuration_are_shown_without_their_secrets() {
    let disk = Disk::open(&shared().join("secrets/planted.docker.tar")).unwrap();
    let session = sessions::read(&disk);
    let image = ImagePosition(0);
    let known = session.configuration_secrets(ConfigurationSecrets { image }).unwrap();
    assert_eq!((known.values.len(), known.cut), (3, false), "environment, label and history");
    let history = session.history(History { image }).unwrap();
    let run = session.configuration(Configuration { image }).unwrap().run;
    let texts = history.iter().map(|row| row.created_by.to_string());
    let texts = texts.chain(run.env.iter().map(ToString::to_string));
    let texts: Vec<String> =
        texts.chain(run.labels.iter().map(|(_, value)| value.to_string())).collect();
    let layers = session.layers(Layers { image }).unwrap();
    let layers = serde_json::to_string(&layers).unwrap();
    for value in &known.values {
        let has = |text: &String| value.forms.iter().any(|form| text.contains(form));
        assert!(texts.iter().any(has), "{}", value.masked);
        let masked = texts.iter().map(|text| known.mask(text, |_| false));
        assert!(masked.into_iter().all(|text| !has(&text)), "{}", value.masked);
        assert!(!has(&layers), "build steps have no secret: {}", value.masked);
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn what_the_ignore_list_names_is_counted_apart() {
    let disk = Disk::open(&shared().join("secrets/planted.docker.tar")).unwrap();
    let mut session = sessions::read(&disk);
    let image = ImagePosition(0);
    let layers = LayerSelection::All;
    let numbers = |session: &Session| {
        let numbers = session.secret_counts(SecretCounts { image, layers }).unwrap();
        (numbers.found(), numbers.ignored, numbers.list.map(String::from))
    };
    let rows = |session: &Session, show| {
        let rows = RowRange { first: 0, count: 100 };
        let table = SecretTable { rows, show, ..SecretTable::default() };
        session.secrets(Secrets { table }).unwrap().total_rows
    };
    let all = numbers(&session).0;
    assert_eq!(numbers(&session), (48, 0, None));
    let text = "rule:anthropic\npath:/app/*.env\nrule:nothing".to_owned();
    let list = Some(IgnoreFile { name: "ours".to_owned(), text });
    let unknown = session.set_ignore_list(SetIgnoreList { list }).unwrap();
    assert_eq!(unknown.iter().map(|rule| &**rule).collect::<Vec<_>>(), ["nothing"]);
    let (found, ignored, name) = numbers(&session);
    assert!(ignored > 1 && found > 0, "{ignored} of {all}");
    assert_eq!((found + ignored, name.as_deref()), (all, Some("ours")));
    assert_eq!(rows(&session, SecretShow::Found), u64::from(found));
    assert_eq!(rows(&session, SecretShow::Ignored), u64::from(ignored));
    let overview = session.overview(Overview { image }).unwrap();
    assert_eq!(overview.secrets.unwrap().found(), found);
    let export = session.export(Export { image, form: ExportForm::SecretSarif }).unwrap();
    assert_eq!(export.text.matches("The ignore list names it.").count(), ignored as usize);
    // One that cannot be read changes nothing; none ignores nothing.
    let list = Some(IgnoreFile { name: "bad".to_owned(), text: "anthropic".to_owned() });
    assert!(session.set_ignore_list(SetIgnoreList { list }).is_err());
    assert_eq!(numbers(&session).1, ignored);
    session.set_ignore_list(SetIgnoreList { list: None }).unwrap();
    assert_eq!(numbers(&session), (all, 0, None));
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn the_fixture_with_secrets_has_those_that_are_neither_examples_nor_of_a_wrong_checksum() {
    let found = secrets(&shared().join("fixtures/secrets-public.docker20.docker.tar.gz"));
    let found: BTreeSet<(&str, String)> = found
        .iter()
        .map(|secret| {
            let place = secret["path"].as_str().or(secret["name"].as_str()).unwrap();
            let removed = if secret["removed"] == true { " removed" } else { "" };
            (secret["rule"].as_str().unwrap(), format!("{place}{removed}"))
        })
        .collect();
    let expected = [
        ("docker-config-auth", "/root/.docker/config.json"),
        ("git-credentials", "/root/.git-credentials"),
        ("named-secret", "DB_PASSWORD"),
        ("private-key-openssh", "/root/.ssh/id_rsa removed"),
        ("url-password", "/app/.env removed"),
        ("url-password", "/root/.env"),
    ];
    assert_eq!(found, expected.map(|(rule, place)| (rule, place.to_owned())).into());
}

/// Images of distributions and build tools: nothing in them is a secret of theirs.
fn has_no_alarm(name: &str) {
    let alarms: Vec<Value> = secrets(&shared().join("fixtures").join(name))
        .into_iter()
        .filter(|secret| secret["package"].is_null())
        .collect();
    assert_eq!(alarms, Vec::<Value>::new(), "{name}");
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn images_without_secrets_raise_no_alarm() {
    for name in [
        "alpine-app-public.skopeo-zstd.oci.tar",
        "debmini.skopeo-gzip.oci.tar",
        "distroless.crane-append.docker.tar",
        "jib.jib.docker.tar",
        "ko.ko.docker.tar",
        "polyglot-public.skopeo-zstd.oci.tar",
        "rpm-bdb.podman.oci.tar",
        "rpm-ndb.podman.oci.tar",
        "rpm-sqlite.podman.oci.tar",
        "third-party/trivy-alpine-310.tar.gz",
    ] {
        has_no_alarm(name);
    }
}

/// A token in the form of Pulumi's, put together here so that no scanner of source code takes it for one.
fn token() -> String {
    ["pul", "-", "188b0402edc94cdbeb9f", "580971f102e074cc7856"].concat()
}

fn report_of(layers: &[Vec<u8>]) -> Value {
    sessions::report(&Memory::one(docker(layers)))
}

#[test]
fn secrets_in_base64_are_found_and_their_values_are_in_no_report() {
    let encode = |text: &str| layerscope::base64::encode(text.as_bytes());
    let auth = encode("me:Xk29sLq8wz7Rt");
    let config = encode(&format!(r#"{{"auths":{{"r.acme.net":{{"auth":"{auth}"}}}}}}"#));
    let password = encode("Rt7Yu2PqWs4Kd");
    let secret = format!(
        "apiVersion: v1\ndata:\n  .dockerconfigjson: {config}\n  password: {password}\nkind: Secret\n"
    );
    let report = report_of(&[tar(&[("srv/secret.yaml", secret.as_bytes())])]);
    let found: Vec<String> = secrets_of(&report)
        .iter()
        .map(|one| format!("{} {} {}", one["rule"].as_str().unwrap(), one["line"], one["masked"]))
        .collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("docker-config-auth 3 "), "{found:?}");
    assert!(found[1].starts_with("kubernetes-secret-value 4 "), "{found:?}");
    let text = report.to_string();
    for value in [&auth, &config, &password] {
        assert!(!text.contains(&value[..value.len() - 4]), "{value}");
    }
}

#[test]
fn a_file_of_a_package_is_apart_until_a_later_layer_changes_it() {
    let status = "Package: key\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n";
    let content = format!("token {}\n", token());
    let base = tar(&[
        ("var/lib/dpkg/status", status.as_bytes()),
        ("var/lib/dpkg/info/key.list", b"/.\n/etc\n/etc/key.conf\n"),
        ("etc/key.conf", content.as_bytes()),
    ]);
    let found = secrets_of(&report_of(std::slice::from_ref(&base)));
    assert_eq!(found[0]["package"], "key");
    let changed = tar(&[("etc/key.conf", format!("# ours\n{content}").as_bytes())]);
    let found = secrets_of(&report_of(&[base, changed]));
    let places: Vec<Value> = found
        .iter()
        .map(|one| json!([one["layer"], one["line"], one["removed"], one["package"]]))
        .collect();
    assert_eq!(places, [json!([0, 1, true, null]), json!([1, 2, false, null])]);
}

#[test]
fn a_hard_link_keeps_the_secret_of_a_removed_name_in_the_image() {
    let base = tar(&[("app/a", format!("{}\n", token()).as_bytes())]);
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Link);
    header.set_size(0);
    builder.append_link(&mut header, "app/b", "app/a").unwrap();
    let link = builder.into_inner().unwrap();
    let removed = tar(&[("app/.wh.a", b"")]);
    let found = secrets_of(&report_of(&[base.clone(), link, removed.clone()]));
    assert_eq!(found[0]["removed"], false);
    let found = secrets_of(&report_of(&[base, removed]));
    assert_eq!(found[0]["removed"], true);
}

#[test]
fn what_a_cut_file_ends_within_was_searched_only_in_part() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/odd.docker20.docker.tar");
    let whole = std::fs::read(path).unwrap();
    let cut = Memory::one(whole[..whole.len() * 6 / 10].to_vec());
    let session = sessions::read(&cut);
    let (image, layers) = (ImagePosition(0), LayerSelection::All);
    let secrets = session.secret_counts(SecretCounts { image, layers }).unwrap();
    assert_eq!(secrets.partial.len(), 1, "{secrets:?}");
    assert_eq!(
        session.package_counts(PackageCounts { image, layers }).unwrap().partial,
        secrets.partial
    );
    assert_eq!(session.waste(Waste { image, layers }).unwrap().partial, secrets.partial);
}
