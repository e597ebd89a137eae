//! Risks of real images, justified from what is in them, and where nothing may be found.

use crate::made::{docker, tar, tar_with, texts};
use crate::sessions;
use layerscope::analysis::risks::checks;
use layerscope::protocol::{
    AnswersQueries, Export, ExportForm, Overview, RiskCounts, RiskDetails, RiskTable, Risks,
    RowRange, TableLine,
};
use layerscope::selection::LayerSelection;
use layerscope::session::native::{Disk, Memory};
use layerscope::vocabulary::{ImagePosition, RiskSeverity};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures").join(name)
}

fn lines_of(report: &Value) -> Vec<String> {
    let images = report["images"].as_array().unwrap().iter();
    let risks = images.flat_map(|image| image["risks"].as_array().unwrap());
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    risks
        .map(|risk| [&risk["check"], &risk["severity"], &risk["path"]].map(text).join(" "))
        .collect()
}

/// Whether the overview says that an image with this user and /etc/passwd starts as root.
fn starts_as_root(user: &str, passwd: &str) -> Option<bool> {
    let layer = texts(&[("etc/passwd", passwd)]);
    let config = format!(r#"{{"config":{{"User":"{user}","Cmd":["a"]}}}}"#);
    let manifest = r#"[{"Config":"c.json","Layers":["l"]}]"#;
    let archive = tar(&[
        ("c.json", config.as_bytes()),
        ("l", &layer),
        ("manifest.json", manifest.as_bytes()),
    ]);
    let session = sessions::read(&Memory::one(archive));
    session.overview(Overview { image: ImagePosition(0) }).unwrap().run.root
}

#[test]
fn a_user_by_name_is_root_if_its_id_is_0() {
    let passwd = "admin:x:0:0::/:/bin/sh\napp:x:7:7::/:/bin/sh\n";
    for (user, root) in [("admin", true), ("app", false), ("7", false), ("", true), ("0", true)] {
        assert_eq!(starts_as_root(user, passwd), Some(root), "{user}");
    }
}

/// `check severity path`, those above information.
fn above_information(name: &str) -> Vec<String> {
    let lines = lines_of(&sessions::report(&Disk::open(&fixture(name)).unwrap()));
    lines.into_iter().filter(|line| !line.contains(" info ")).collect()
}

fn lines(layers: &[Vec<u8>]) -> Vec<String> {
    lines_of(&sessions::report(&Memory::one(docker(layers))))
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn images_of_distributions_raise_the_risks_that_they_have() {
    let cases: [(&str, &[&str]); 10] = [
        // Packages account for its files, it starts no program, and Debian 12 has long-term support.
        ("distroless.crane-append.docker.tar", &[]),
        // USER app is in its passwd. Alpine 3.10 ended on 1 May 2021.
        ("alpine-app-public.skopeo-zstd.oci.tar", &["end-of-support high -"]),
        ("third-party/trivy-alpine-310.tar.gz", &["end-of-support high -", "root-user medium -"]),
        // No USER. Its Dockerfile copies bash and ls to /usr/bin, where dpkg does not list them, and no dynamic linker.
        (
            "debmini.skopeo-gzip.oci.tar",
            &[
                "root-user medium -",
                "missing-interpreter medium /usr/bin/bash",
                "missing-interpreter medium /usr/bin/ls",
            ],
        ),
        ("jib.jib.docker.tar", &["root-user medium -"]),
        // USER 65532, and a Go program.
        ("ko.ko.docker.tar", &[]),
        // Busybox is linked statically to a fixed address. hello-rust is linked with glibc, and the image has none. Two
        // scripts of gems begin with `#!/usr/bin/ruby`, and it has no Ruby.
        (
            "polyglot-public.skopeo-zstd.oci.tar",
            &[
                "root-user medium -",
                "missing-interpreter medium /usr/local/bin/hello-rust",
                "missing-script-interpreter medium /usr/bin/rackup",
                "missing-script-interpreter medium /usr/bin/tilt",
                "no-pie low /bin/[",
            ],
        ),
        // CentOS 7 ended on 30 June 2024.
        (
            "rpm-bdb.podman.oci.tar",
            &["end-of-support high -", "root-user medium -", "no-pie low /bin/sh"],
        ),
        // SLES 15 SP3 ended on 31 December 2022. A package of its database lists /bin/sh.
        ("rpm-ndb.podman.oci.tar", &["end-of-support high -", "root-user medium -"]),
        // Fedora 39 ended on 26 November 2024.
        (
            "rpm-sqlite.podman.oci.tar",
            &["end-of-support high -", "root-user medium -", "no-pie low /bin/sh"],
        ),
    ];
    for (name, want) in cases {
        assert_eq!(above_information(name), want, "{name}");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn permissions_and_capabilities_are_those_that_tar_lists() {
    // `tar tvf`: -rwsr-xr-x t/perm/suid, -rwxr-sr-x t/perm/sgid; the sticky directory is none.
    let permissions = ["setuid-file high /t/perm/suid", "setgid-file medium /t/perm/sgid"];
    let found = above_information("tricky-fs.docker20.docker.tar.gz");
    for line in permissions {
        assert!(found.iter().any(|one| one == line), "{line}: {found:#?}");
    }
    let of_files = found.iter().filter(|line| line.contains(" /t/")).count();
    assert_eq!(of_files, permissions.len(), "{found:#?}");
    // Its security.capability has the bits 6 and 7.
    assert_eq!(
        above_information("third-party/moby-xattr-layer.tar"),
        ["file-capabilities high /file"]
    );
}

#[test]
fn setuid_programs_are_found_unless_a_package_lists_them_as_they_are() {
    let status = "Package: su\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n";
    let base = |mode: u32| {
        let files: [(&str, &[u8]); 3] = [
            ("usr/bin/su", b"\x7fELF"),
            ("var/lib/dpkg/status", status.as_bytes()),
            ("var/lib/dpkg/info/su.list", b"/.\n/usr\n/usr/bin\n/usr/bin/su\n"),
        ];
        tar_with(&files, |at, header| header.set_mode(if at == 0 { mode } else { 0o644 }))
    };
    let again = tar_with(&[("usr/bin/su", b"\x7fELF")], |_, header| header.set_mode(0o4755));
    let alone = tar_with(&[("opt/su", b"\x7fELF")], |_, header| header.set_mode(0o4755));
    assert_eq!(lines(&[base(0o4755)]), Vec::<String>::new());
    assert_eq!(lines(&[base(0o4755), again.clone()]), Vec::<String>::new(), "the same again");
    assert_eq!(lines(&[base(0o755), again]), ["setuid-file high /usr/bin/su"]);
    assert_eq!(lines(&[base(0o755), alone]), ["setuid-file high /opt/su"]);
}

#[test]
fn a_setuid_program_of_alpine_is_its_package_s_until_its_mode_changes() {
    let database = "P:bbsuid\nV:1.36-r0\nA:x86_64\nF:bin\nR:bbsuid\na:0:0:4755\n\n";
    let base = |mode: u32| {
        let files: [(&str, &[u8]); 2] =
            [("bin/bbsuid", b"\x7fELF"), ("lib/apk/db/installed", database.as_bytes())];
        tar_with(&files, |at, header| header.set_mode(if at == 0 { mode } else { 0o644 }))
    };
    let copied = tar_with(&[("usr/bin/bbsuid", b"\x7fELF")], |_, header| header.set_mode(0o4755));
    assert_eq!(lines(&[base(0o4755)]), Vec::<String>::new());
    assert_eq!(lines(&[base(0o4755), copied]), ["setuid-file high /usr/bin/bbsuid"]);
    let later = tar_with(&[("bin/bbsuid", b"\x7fELF")], |_, header| header.set_mode(0o6755));
    let found = ["setuid-file high /bin/bbsuid", "setgid-file medium /bin/bbsuid"];
    assert_eq!(lines(&[base(0o755), later]), found);
}

#[test]
fn a_file_that_a_later_layer_removes_is_no_risk() {
    let base = texts(&[("etc/shadow", "root:::0:::::\n"), ("app/.git/HEAD", "ref: x\n")]);
    assert_eq!(
        lines(&[base.clone(), tar(&[("etc/.wh.shadow", b""), ("app/.wh..git", b"")])]),
        Vec::<String>::new()
    );
    assert_eq!(lines(&[base]), ["empty-password high /etc/shadow", "git-folder medium /app/.git"]);
}

#[test]
fn rows_numbers_and_details_have_the_same_risks_as_the_report() {
    let base = texts(&[("etc/shadow", "root:::0:::::\n"), ("root/.cache/a", "a")]);
    let top = texts(&[("app/.git/HEAD", "ref: x\n")]);
    let session = sessions::read(&Memory::one(docker(&[base, top])));
    let image = ImagePosition(0);
    let rows = |layers: &str, filter: &str| {
        let layers = LayerSelection::parse(layers).unwrap();
        let rows = RowRange { first: 0, count: 100 };
        let table =
            RiskTable { image, layers, filter: filter.into(), rows, ..RiskTable::default() };
        let lines = session.risks(Risks { table }).unwrap().lines.into_iter();
        let row = |line| match line {
            TableLine::Row(row) => Some(row),
            TableLine::Head(_) => None,
        };
        lines.filter_map(row).collect::<Vec<_>>()
    };
    let all = rows("..2", "");
    let checks_of = |rows: &[layerscope::protocol::RiskRow]| {
        rows.iter().map(|row| row.check.clone()).collect::<Vec<_>>()
    };
    assert_eq!(checks_of(&all), ["empty-password", "git-folder", "user-cache"]);
    assert_eq!(checks_of(&rows("2", "")), ["git-folder"]);
    assert_eq!(checks_of(&rows("..2", "SHADOW")), ["empty-password"]);
    for row in &all {
        let key = row.key.clone();
        let facts = session.risk_details(RiskDetails { image, key }).unwrap();
        assert_eq!(facts.row, *row);
        assert!(!facts.why.is_empty() && !facts.advice.is_empty());
    }
    let layers = LayerSelection::All;
    let numbers = session.risk_counts(RiskCounts { image, layers }).unwrap();
    assert_eq!(numbers.checks.len(), checks().count());
    assert_eq!((numbers.of(RiskSeverity::High), numbers.found()), (1, 3));
    let key = "setuid-file:1:/nothing".to_owned();
    assert_eq!(session.risk_details(RiskDetails { image, key }).unwrap_err().code, "no-such-risk");
}

/// A token in the form of Pulumi's, put together here so that no scanner of source code takes it for one.
fn token() -> String {
    ["pul", "-", "188b0402edc94cdbeb9f", "580971f102e074cc7856"].concat()
}

#[test]
fn exports_satisfy_the_schema_of_sarif_and_have_no_secret() {
    let schema = include_str!("../fixtures/vulnerabilities/sarif-schema-2.1.0.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let files = [("etc/shadow", "root:::0:::::\n".to_owned()), ("a\tb", token())];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, &text[..])).collect();
    let session = sessions::read(&Memory::one(docker(&[texts(&files)])));
    let image = ImagePosition(0);
    let export = |form| session.export(Export { image, form }).unwrap();
    for (form, table, rule) in [
        (ExportForm::RiskSarif, ExportForm::RiskTable, "empty-password"),
        (ExportForm::SecretSarif, ExportForm::SecretTable, "pulumi"),
    ] {
        let text = export(form).text;
        let document: Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<String> = validator.iter_errors(&document).map(|e| e.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
        let results = document["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.len(), 1, "{text}");
        assert_eq!(results[0]["ruleId"], rule);
        let lines = export(table).text;
        assert_eq!(lines.lines().count(), 2, "{lines}");
        assert!(lines.lines().nth(1).unwrap().starts_with(rule), "{lines}");
        assert!(!text.contains(&token()[4..]) && !lines.contains(&token()[4..]), "{text}");
    }
}

#[test]
fn false_alarms_of_others_are_silent() {
    // dockle and others take versions for tags, and variables and settings for credentials by their names alone.
    let layer = texts(&[
        ("etc/passwd", "root:x:0:0::/:/bin/sh\nnginx:x:101:101::/:/sbin/nologin\n"),
        (
            "usr/local/etc/php/php.ini",
            "session.name = PHPSESSID\nsession.cookie_httponly =\nsession.use_strict_mode = 0\n\
             mysqli.default_pw =\n; session.save_path = \"/tmp\"\n",
        ),
        ("usr/share/nginx/html/.credentials.html", "<p>Enter your password</p>"),
    ]);
    let config = r#"{"architecture":"amd64","os":"linux","config":{"User":"nginx","Cmd":["nginx"],
        "Healthcheck":{"Test":["CMD","true"]},
        "Env":["KEYCLOAK_VERSION=26.0.1","KEYCLOAK_ADMIN_FILE=/run/secrets/admin",
        "GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D","POSTGRES_PASSWORD_FILE=/run/secrets/db"]},
        "history":[{"created_by":"RUN /bin/sh -c apk add --no-cache libcrypto3=3.1.4-r5 libssl3=3.1.4-r5 # buildkit"}],
        "rootfs":{"type":"layers","diff_ids":[]}}"#;
    let manifest = r#"[{"Config":"c.json","Layers":["l"]}]"#;
    let archive: [(&str, &[u8]); 3] =
        [("c.json", config.as_bytes()), ("l", &layer), ("manifest.json", manifest.as_bytes())];
    let report = sessions::report(&Memory::one(tar(&archive)));
    assert_eq!(lines_of(&report), Vec::<String>::new());
    assert_eq!(report["images"][0]["secrets"], Value::Array(Vec::new()));
}
