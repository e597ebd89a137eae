//! No view and no export shows the value of a secret of the image's configuration unless it is requested: an image with
//! secrets in each part of it, read by the engine, drawn in each view.

use super::VIEWS;
use super::compare::CompareScreen;
use crate::base64;
use crate::oci::Digest;
use crate::protocol::*;
use crate::selection::LayerSelection;
use crate::session::Session;
use crate::session::native::{Driver, Memory};
use crate::session::schedule::ScheduleOptions;
use crate::ui::app::{ComparedPair, Loaded, OpenImageAt, use_image};
use crate::ui::testing::TestPage;
use crate::vocabulary::ImagePosition;
use leptos::prelude::*;
use serde_json::{Value, json};
use std::cell::RefCell;

const FIRST: ImagePosition = ImagePosition(0);

thread_local! {
    /// The session of a test: what a page is given is shared by threads, and a session is not.
    static SESSION: RefCell<Option<Session>> = const { RefCell::new(None) };
}

/// Reads the session that `open` left.
fn read<R>(read: impl FnOnce(&Session) -> R) -> R {
    SESSION.with_borrow(|session| read(session.as_ref().expect("it was opened")))
}

/// A token in the form of Pulumi's, made here so that no scanner of source code takes it for one.
fn token(number: u8) -> String {
    // Knuth's generator.
    let mut state = u64::from(number);
    let mut digit = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        format!("{:x}", state >> 60)
    };
    let random: String = (0..40).map(|_| digit()).collect();
    ["pul", "-", &random].concat()
}

/// The lines of base64 of a private key: what RSA's has, with random numbers.
fn key_lines(number: u8) -> Vec<String> {
    let element = |tag: u8, content: &[u8]| {
        [&[tag, 0x82][..], &(content.len() as u16).to_be_bytes(), content].concat()
    };
    let random = |at: u8| element(2, token(number + at).repeat(3).as_bytes());
    let numbers = [element(2, &[0]), random(10), random(11)].concat();
    let text = base64::encode(&element(0x30, &numbers));
    text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect()
}

/// Where secrets are planted, each with its value.
struct Planted {
    env: String,
    password: String,
    label: String,
    argument: String,
    history: String,
    attested: String,
    login: String,
    /// The lines of a private key between its first and its last.
    key: Vec<String>,
}

impl Planted {
    fn new(number: u8) -> Planted {
        Planted {
            env: token(number),
            password: format!("Xk29sLq8$\\wz{number}!vB"),
            label: token(number + 1),
            argument: token(number + 2),
            history: token(number + 3),
            attested: token(number + 4),
            login: format!("me:Rt7Yu2Pq{number}Ws"),
            key: key_lines(number),
        }
    }

    /// What no text may have: the values without what their masks show.
    fn values(&self) -> Vec<String> {
        let login = base64::encode(self.login.as_bytes());
        let inner = |value: &str| value[4..value.len() - 2].to_owned();
        let tokens = [&self.env, &self.label, &self.argument, &self.history, &self.attested];
        let mut values: Vec<String> = tokens.into_iter().map(|value| inner(value)).collect();
        // What is between quotes may have signs before `$` and `\\`.
        values.extend(self.password.split("$\\").map(str::to_owned));
        values.push(login.trim_end_matches('=').to_owned());
        // Masks show up to two characters of the end.
        values.extend(self.key.iter().map(|line| line[..line.len() - 4].to_owned()));
        values
    }

    fn config(&self, layer: &Digest) -> Value {
        let auth = base64::encode(self.login.as_bytes());
        let docker = format!(r#"{{"auths":{{"r.acme.net":{{"auth":"{auth}"}}}}}}"#);
        let Planted { env, password, label, argument, history, .. } = self;
        let everywhere = format!("--token={env}");
        let name = ["RSA ", "PRIVATE KEY"].concat();
        let key = self.key.join("\n");
        let key = format!("-----BEGIN {name}-----\n{key}\n-----END {name}-----\n");
        json!({
            "architecture": "amd64", "os": "linux", "author": format!("me {label}"),
            "config": {
                "Env": [format!("TOKEN={env}"), format!("DB_PASSWORD={password}"),
                        format!("DOCKER_B64={}", base64::encode(docker.as_bytes()))],
                "Labels": {"build.token": label, "org.opencontainers.image.description": format!("a {label}"),
                           "multi": format!("line\nwith {label}\n")},
                "Cmd": ["serve", everywhere, "--key", key], "Entrypoint": ["sh", "-c", format!("run {history}")],
                "User": env, "WorkingDir": format!("/{env}"), "StopSignal": label,
                "Volumes": {format!("/{env}"): {}}, "ExposedPorts": {format!("80/{env}"): {}},
                "Healthcheck": {"Test": ["CMD", "check", argument]}, "OnBuild": [format!("RUN {argument}")],
                "Shell": ["/bin/sh", history],
            },
            "history": [
                {"created_by": format!("|1 CI_TOKEN={argument} /bin/sh -c make {argument}"), "comment": history},
                {"created_by": format!("ENV TOKEN={env} DB_PASSWORD={password}"), "empty_layer": true},
                {"created_by": format!("LABEL build.token={label}"), "empty_layer": true, "author": label},
                {"created_by": format!("CMD [\"serve\" \"--token={env}\"]"), "empty_layer": true},
                {"created_by": format!("RUN /bin/sh -c curl {history}\n  | sh # buildkit"), "empty_layer": true},
            ],
            "rootfs": {"type": "layers", "diff_ids": [layer.to_string()]},
        })
    }

    /// BuildKit's provenance, with a build argument and the Dockerfile.
    fn statement(&self, manifest: &Digest) -> Value {
        let Planted { env, argument, attested, .. } = self;
        let dockerfile = format!(
            "FROM scratch\nARG CI_TOKEN={argument}\nENV TOKEN={env}\nRUN make {attested}\n"
        );
        let data = base64::encode(dockerfile.as_bytes());
        json!({
            "_type": "https://in-toto.io/Statement/v0.1",
            "predicateType": "https://slsa.dev/provenance/v0.2",
            "subject": [{"name": "a", "digest": {"sha256": manifest.encoded()}}],
            "predicate": {
                "builder": {"id": format!("https://builder.acme.net/{env}")},
                "buildType": "https://mobyproject.org/buildkit@v1",
                "invocation": {
                    "configSource": {"entryPoint": "Dockerfile"},
                    "parameters": {"frontend": "dockerfile.v0", "args": {
                        "build-arg:CI_TOKEN": argument, "build-arg:SECOND": attested,
                    }},
                },
                "buildConfig": {"llbDefinition": []},
                "materials": [{"uri": format!("https://me:{attested}@git.acme.net/a"), "digest": {"sha1": "a"}}],
                "metadata": {"https://mobyproject.org/buildkit@v1#metadata": {
                    "source": {"infos": [{"filename": "Dockerfile", "language": "Dockerfile", "data": data}]},
                }},
            },
        })
    }
}

fn tar(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, &bytes[..]).unwrap();
    }
    builder.into_inner().unwrap()
}

/// Adds a blob, and gives its descriptor.
fn blob(members: &mut Vec<(String, Vec<u8>)>, media_type: &str, bytes: Vec<u8>) -> (Value, Digest) {
    let digest = Digest::of(&bytes);
    let descriptor =
        json!({"mediaType": media_type, "digest": digest.to_string(), "size": bytes.len()});
    members.push((format!("blobs/sha256/{}", digest.encoded()), bytes));
    (descriptor, digest)
}

/// Adds an image with its attestation, and gives the entries of the index.
fn image(members: &mut Vec<(String, Vec<u8>)>, planted: &Planted, file: &str) -> [Value; 2] {
    const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
    let content = format!("url = x\ntoken = {}\n", planted.history).into_bytes();
    let files =
        [(file.to_owned(), content), ("etc/shadow".to_owned(), b"root:::0:::::\n".to_vec())];
    let layer = tar(&files);
    let diff_id = Digest::of(&layer);
    let config = planted.config(&diff_id).to_string().into_bytes();
    let (config, _) = blob(members, CONFIG, config);
    let (layer, _) = blob(members, "application/vnd.oci.image.layer.v1.tar", layer);
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer],
        "annotations": {"build.token": planted.label},
    });
    let (mut manifest, digest) = blob(members, MANIFEST, manifest.to_string().into_bytes());
    manifest["platform"] = json!({"architecture": "amd64", "os": "linux"});
    let statement = planted.statement(&digest).to_string().into_bytes();
    let (mut statement, _) = blob(members, "application/vnd.in-toto+json", statement);
    statement["annotations"] =
        json!({"in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2"});
    let (empty, _) = blob(members, CONFIG, b"{}".to_vec());
    let attestation = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": empty, "layers": [statement],
    });
    let (mut attestation, _) = blob(members, MANIFEST, attestation.to_string().into_bytes());
    attestation["platform"] = json!({"architecture": "unknown", "os": "unknown"});
    attestation["annotations"] = json!({
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": digest.to_string(),
    });
    [manifest, attestation]
}

/// Opens two images that differ, and gives what is planted in them.
fn open() -> Vec<String> {
    let (a, b) = (Planted::new(1), Planted::new(60));
    let mut members = Vec::new();
    let mut entries = image(&mut members, &a, "app/a.conf").to_vec();
    entries.extend(image(&mut members, &b, "app/b.conf"));
    let index = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": entries,
    });
    members.push(("oci-layout".into(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec()));
    members.push(("index.json".into(), index.to_string().into_bytes()));
    let archive = Memory::one(tar(&members));
    let mut driver = Driver::new(&archive, ScheduleOptions { cores: 1, ..Default::default() });
    driver.open_source("planted").unwrap();
    driver.show(ImagePosition(1)).unwrap();
    driver.show(FIRST).unwrap();
    let session = driver.into_session().unwrap();
    let known = session.configuration_secrets(ConfigurationSecrets { image: FIRST }).unwrap();
    assert!(!known.cut);
    SESSION.set(Some(session));
    [a.values(), b.values()].concat()
}

/// A page that gives the session's answers.
fn page(link: &str) -> TestPage {
    let info = read(|session| session.source(Source {})).unwrap();
    let mut page = TestPage::at(link).source(info).ready();
    macro_rules! answer {
        ($($question:ident / $method:ident),* $(,)?) => {$(
            page = page.answers_with::<$question>(move |question| {
                match read(|session| session.$method(question.clone())) {
                    Ok(answer) => Loaded::of(answer),
                    Err(problem) => Loaded::Failed(problem),
                }
            });
        )*};
    }
    answer!(
        Source / source,
        Overview / overview,
        Layers / layers,
        History / history,
        Configuration / configuration,
        DockerfileLines / dockerfile_lines,
        Documents / documents,
        Document / document,
        FileDetails / file_details,
        Packages / packages,
        PackageCounts / package_counts,
        UnownedFiles / unowned_files,
        Comparison / comparison,
        Differences / differences,
        Waste / waste,
        HiddenFiles / hidden_files,
        DuplicateFiles / duplicate_files,
        Secrets / secrets,
        SecretCounts / secret_counts,
        ConfigurationSecrets / configuration_secrets,
        SecretDetails / secret_details,
        Risks / risks,
        RiskCounts / risk_counts,
        RiskDetails / risk_details,
        Provenance / provenance,
        ProvenanceDetails / provenance_details,
        GivenTrust / given_trust,
        VulnerabilityCheck / vulnerability_check,
        Vulnerabilities / vulnerabilities,
        VulnerabilityCounts / vulnerability_counts,
    );
    page
}

/// The values that a text has, also where it has them in base64, or in base64 of that.
fn shown(text: &str, values: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut texts = vec![text.replace("&quot;", "\"").replace("&amp;", "&")];
    for _ in 0..4 {
        let has = |value: &&String| texts.iter().any(|text| text.contains(&***value));
        found.extend(values.iter().filter(has).cloned());
        let is_digit = |c: char| c.is_ascii_alphanumeric() || "+/".contains(c);
        let words = texts.iter().flat_map(|text| text.split(|c| !is_digit(c)));
        // Of a word that is cut, the rest is encoded from another place on.
        let words = words.filter(|word| word.len() >= 12);
        let decoded = words.flat_map(|word| (0..4).filter_map(|skip| word.get(skip..)));
        let decoded = decoded.filter_map(|word| base64::decode(&word[..word.len() / 4 * 4]));
        texts = decoded.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
    }
    found.sort();
    found.dedup();
    found
}

#[test]
fn values_are_seen_in_base64_of_base64() {
    let twice = base64::encode(base64::encode(b"a: hunter2-hunter2").as_bytes());
    let value = "hunter2-hunter2".to_owned();
    assert_eq!(shown(&format!("x={twice}."), std::slice::from_ref(&value)), [value]);
}

/// Links to each view, and to what views show at the side.
fn links(session: &Session) -> Vec<String> {
    let mut links: Vec<String> =
        VIEWS.iter().map(|entry| format!("#/?view={}", entry.view.name())).collect();
    links.push("#/?view=layers&layers=1".into());
    links.push("#/?view=files&path=/app/a.conf".into());
    links.push("#/?view=packages&show=unowned".into());
    links.push("#/?view=waste&show=duplicates".into());
    let rows = RowRange { first: 0, count: 100 };
    let table = SecretTable { rows, ..SecretTable::default() };
    let secrets = session.secrets(Secrets { table }).unwrap().lines.into_iter();
    let items = |view: &str, key: String| {
        let key = crate::text::percent_encode(key.as_bytes());
        format!("#/?view={view}&item={key}")
    };
    links.extend(secrets.filter_map(|line| match line {
        TableLine::Row(row) => Some(items("secrets", row.key)),
        TableLine::Head(_) => None,
    }));
    let table = RiskTable { rows, ..RiskTable::default() };
    let risks = session.risks(Risks { table }).unwrap().lines.into_iter();
    links.extend(risks.filter_map(|line| match line {
        TableLine::Row(row) => Some(items("risks", row.key)),
        TableLine::Head(_) => None,
    }));
    let table = ProvenanceTable { image: FIRST, rows, ..ProvenanceTable::default() };
    let documents = session.provenance(Provenance { table }).unwrap().lines.into_iter();
    links.extend(documents.filter_map(|line| match line {
        TableLine::Row(row) => Some(items("provenance", row.key)),
        TableLine::Head(_) => None,
    }));
    let documents = session.documents(Documents { image: FIRST }).unwrap();
    links.extend(documents.iter().map(|line| items("raw", line.digest.clone())));
    links
}

#[test]
fn no_view_shows_a_secret_unless_it_is_requested() {
    let values = open();
    let links = read(links);
    assert!(links.len() > VIEWS.len() + 12, "{links:#?}");
    let mut wrong = Vec::new();
    for link in links {
        let name = link.trim_start_matches("#/?view=").split('&').next().unwrap_or_default();
        let entry = VIEWS.iter().find(|entry| entry.view.name() == name).unwrap();
        let html = page(&link).render(entry.draw).to_string();
        assert!(html.len() > 200, "{link}: {html}");
        let found = shown(&html, &values);
        if !found.is_empty() {
            let at = html.find(&found[0]).unwrap_or(0);
            let near: String = html[at..].chars().take(200).collect();
            wrong.push(format!("{link}: {found:?}, as in {near}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_views_of_the_configuration_show_its_texts_with_masks() {
    open();
    for (view, masks) in [("history", 4), ("config", 4), ("dockerfile", 3), ("overview", 1)] {
        let entry = VIEWS.iter().find(|entry| entry.view.name() == view).unwrap();
        let html = page(&format!("#/?view={view}")).render(entry.draw);
        assert!(html.count("pul-…") >= masks && html.has("Show secret"), "{view}: {html}");
    }
}

#[test]
fn a_comparison_shows_no_secret() {
    let values = open();
    let link = "#/compare?a=archive%2Fsha256%3Aa&b=archive%2Fsha256%3Ab";
    // Only the first image of a test's page is ready: it stands for both, and the answer is about two.
    let page = page(link).answers_with::<Comparison>(|question| {
        let question = Comparison { a: FIRST, b: ImagePosition(1), ..question.clone() };
        Loaded::of(read(|session| session.comparison(question)).unwrap())
    });
    let html = page.render(|| {
        let side = OpenImageAt::whole(use_image().source, FIRST);
        view! { <CompareScreen pair=ComparedPair { a: side, b: side } /> }
    });
    assert!(html.text().contains("TOKEN"), "it compares the settings: {}", html.text());
    assert_eq!(shown(&html.to_string(), &values), Vec::<String>::new(), "{html}");
}

#[test]
fn answers_of_other_views_and_exports_have_no_secret() {
    let values = open();
    read(|session| exported(session, &values));
}

fn exported(session: &Session, values: &[String]) {
    let image = FIRST;
    let mut texts = vec![
        ("layers", serde_json::to_string(&session.layers(Layers { image }).unwrap()).unwrap()),
        (
            "waste",
            serde_json::to_string(
                &session.waste(Waste { image, layers: LayerSelection::All }).unwrap(),
            )
            .unwrap(),
        ),
    ];
    for form in [
        ExportForm::SecretSarif,
        ExportForm::SecretTable,
        ExportForm::RiskSarif,
        ExportForm::RiskTable,
        ExportForm::CycloneDx,
        ExportForm::Spdx,
        ExportForm::PackageTable,
    ] {
        texts.push(("export", session.export(Export { image, form }).unwrap().text));
    }
    for (name, text) in texts {
        assert_eq!(shown(&text, values), Vec::<String>::new(), "{name}: {text}");
    }
}
