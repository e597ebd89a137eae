//! Checks over trees and configurations that are drawn here: what each finds, and where it must be silent.

use super::checks;
use super::drawn_image::{DrawnImage, image};
use crate::analysis::certificate::tests::{FAR, OLD};
use crate::archive::ImageSource;
use crate::tree::drawn::{drawn_member, tree_of};
use crate::vocabulary::LayerPosition;
use std::collections::BTreeSet;

#[test]
fn an_ordinary_image_has_no_risk() {
    image("1: etc/passwd app/ app/run=9:755 tmp/").finds(&[]);
}

#[test]
fn root_is_found_whatever_it_is_called() {
    let passwd = b"root:x:0:0::/root:/bin/sh\nadmin:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n";
    let user = |user: &str| {
        let config =
            format!(r#"{{"User":"{user}","Cmd":["a"],"Healthcheck":{{"Test":["CMD","a"]}}}}"#);
        let image = image("1: etc/passwd").configured(&config).with("etc/passwd", passwd);
        let lines = image.lines().into_iter();
        lines.filter(|line| line.starts_with("root-user")).collect::<Vec<_>>().join("")
    };
    assert_eq!(user(""), "root-user medium - : No USER is set.");
    for root in ["root", "0", "0:0", "root:root", "admin"] {
        assert_eq!(user(root), format!("root-user medium - : USER is {root}."));
    }
    for other in ["app", "1000", "app:root", "65532:65532"] {
        assert_eq!(user(other), "");
    }
}

#[test]
fn a_base_image_starts_nothing_as_root() {
    image("1: a")
        .configured("{}")
        .finds(&["root-user info - : No USER is set. The image starts no program by itself."]);
}

#[test]
fn a_user_by_name_needs_an_account() {
    let config = r#"{"User":"nginx:www","Cmd":["a"],"Healthcheck":{"Test":["CMD","a"]}}"#;
    let image = || image("1: etc/passwd etc/group").configured(config);
    let (passwd, group) = (b"nginx:x:101:101::/:/sbin/nologin\n", b"www:x:101:\n");
    image().with("etc/passwd", passwd).with("etc/group", group).finds(&[]);
    image()
        .with("etc/passwd", passwd)
        .with("etc/group", b"nginx:x:101:\n")
        .finds(&["unknown-user medium etc/group : /etc/group has no group www."]);
    // What was not read says nothing.
    image().finds(&[]);
    let mut nothing = super::drawn_image::image("1: a").configured(config);
    nothing.finds(&[
        "unknown-user medium etc/passwd : /etc/passwd has no user nginx.",
        "unknown-user medium etc/group : /etc/group has no group www.",
    ]);
    nothing.inventory.unread.push(LayerPosition(1));
    nothing.finds(&[]);
}

#[test]
fn accounts_without_a_password_or_of_the_same_id_are_found() {
    let passwd =
        "root:x:0:0::/:/bin/sh\ntoor:x:0:0::/:/bin/sh\na::7:7::/:\nb:x:7:7::/:\na:x:8:8::/:\n";
    image("1: etc/passwd etc/shadow etc/group")
        .with("etc/passwd", passwd.as_bytes())
        .with("etc/shadow", b"root:::0:::::\ntoor:*::0:::::\n")
        .with("etc/group", b"root:x:0:\nwheel:x:10:root\n")
        .finds(&[
            "empty-password high etc/passwd 0: No password is needed for a.",
            "empty-password high etc/shadow 0: No password is needed for root.",
            "second-root high etc/passwd 0: The ID 0 is also that of toor.",
            "duplicate-account low etc/passwd 0: More than one user is named a. The user ID 7 is that of a, b.",
        ]);
}

#[test]
fn special_permissions_are_found_where_no_package_accounts_for_them() {
    let files = "1: usr/bin/su=9:4755 opt/x=9:4755 opt/y=9:2755 opt/z=9:4644 opt/w=9:666 opt/l@x";
    image(files).owned(&["usr/bin/su"]).finds(&[
        "setuid-file high opt/x 0: It runs as user 0 for anyone who starts it.",
        "setgid-file medium opt/y 0: It runs with group 0 for anyone who starts it.",
        "world-writable medium opt/w 0: Anyone may change the file.",
    ]);
}

#[test]
fn a_mode_that_a_later_layer_gave_is_not_the_packages() {
    image("1: usr/bin/vi=9:755 2: usr/bin/vi=9:4755")
        .owned(&["usr/bin/vi"])
        .finds(&["setuid-file high usr/bin/vi 1: It runs as user 0 for anyone who starts it."]);
}

#[test]
fn what_is_below_a_writable_directory_is_counted_with_it() {
    let mut members: Vec<_> = ["app/", "app/b/", "tmp/", "usr/share/x/"].map(drawn_member).into();
    members[0].mode = 0o777;
    members[1].mode = 0o777;
    members[2].mode = 0o1777;
    members[3].mode = 0o777;
    members.push(drawn_member("app/b/c=1:666"));
    let image = DrawnImage { tree: tree_of(vec![members]), ..image("1: a") };
    image.finds(&[
        "world-writable high usr/share/x 0: Anyone may add, replace and remove files in it.",
        "world-writable medium app 0: Anyone may change it and 2 paths below it.",
    ]);
}

#[test]
fn settings_that_others_meet_are_found() {
    let config = r#"{"User":"1","Cmd":["a"],"ExposedPorts":{"22/tcp":{},"2222/tcp":{},"22/udp":{}},
        "Volumes":{"/data":{},"/etc/":{},"/var/run/docker.sock":{},"/proc/x":{},"/usr/src":{}},"WorkingDir":"app"}"#;
    image("1: a").configured(config).finds(&[
        "system-volume high var/run/docker.sock : /var/run/docker.sock is a volume. It is the socket that controls Docker.",
        "ssh-port medium - : 22/tcp is exposed.",
        "system-volume medium etc : /etc/ is a volume.",
        "system-volume medium proc/x : /proc/x is a volume.",
        "relative-workdir low - : WORKDIR is app.",
        "no-healthcheck info - : HEALTHCHECK is not set.",
    ]);
}

#[test]
fn a_working_directory_of_the_system_is_found_and_usual_ones_are_not() {
    for (directory, want) in
        [("/proc/self/fd/8", 1), ("/usr/bin", 1), ("/", 0), ("/usr/src/app", 0), ("/root", 0)]
    {
        let config = format!(
            r#"{{"User":"1","Cmd":["a"],"WorkingDir":"{directory}","Healthcheck":{{"Test":["CMD","a"]}}}}"#
        );
        assert_eq!(image("1: a").configured(&config).lines().len(), want, "{directory}");
    }
}

#[test]
fn add_of_an_address_is_found_and_its_secrets_are_not_told() {
    image("1: a 2: b 3: c 4: d")
        .built_by(&[
            "ADD file:dbd3 in /",
            "ADD https://user:secret@example.com/a?token=secret /b # buildkit",
            "ADD --checksum=sha256:24454f830c https://example.com/c /c # buildkit",
            "RUN /bin/sh -c curl https://example.com/d | tar x # ADD https://example.com /x",
        ])
        .finds(&["add-url medium - 1: ADD takes a file from example.com."]);
}

#[test]
fn false_alarms_of_others_are_silent() {
    // dockle and others report versions as tags, and variables as credentials, by their names alone.
    image("1: etc/passwd")
        .configured(
            r#"{"User":"nginx","Cmd":["a"],"Healthcheck":{"Test":["CMD","a"]},
            "Env":["KEYCLOAK_VERSION=26.0","GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D",
            "POSTGRES_PASSWORD_FILE=/run/secrets/db"]}"#,
        )
        .with("etc/passwd", b"nginx:x:101:101::/:/sbin/nologin\n")
        .built_by(&["RUN /bin/sh -c apk add libcrypto3=3.1.4-r5 libssl3=3.1.4-r5 # buildkit"])
        .finds(&[]);
}

#[test]
fn keys_that_anyone_can_read_and_expired_certificates_are_found() {
    let files = "1: app/tls.pem=9:644 app/old.crt=9:644 app/far.crt=9:644 \
                 etc/ssl/certs/old.pem=9:644 src/tests/old.pem=9:644 app/key.pem=9:600";
    image(files)
        .with_key("app/tls.pem")
        .with_key("app/key.pem")
        .with("app/old.crt", OLD.as_bytes())
        .with("app/far.crt", FAR.as_bytes())
        .with("etc/ssl/certs/old.pem", OLD.as_bytes())
        .with("src/tests/old.pem", OLD.as_bytes())
        .finds(&[
            "readable-private-key high app/tls.pem 0: Its mode is 0644.",
            "expired-certificate medium app/old.crt 0: The certificate of old.example.com expired on 2020-01-31.",
        ]);
}

#[test]
fn a_key_in_a_closed_directory_cannot_be_read() {
    let mut members: Vec<_> = ["root/", "root/key=9:644"].map(drawn_member).into();
    members[0].mode = 0o700;
    let image = DrawnImage { tree: tree_of(vec![members]), ..image("1: a") };
    image.with_key("root/key").finds(&[]);
}

#[test]
fn leftovers_are_summed_by_their_folders() {
    let files = "1: var/lib/apt/lists/a=100 var/lib/apt/lists/b=50 var/lib/apt/lists/lock=0 \
                 root/.cache/x=3 root/.cache/pip/y=5 tmp/a.deb=7 app/.git/HEAD=20 app/.git/objects/x=30 \
                 app/x.swp=2 app/.x.swp=2 var/cache/apk/owned=9 srv/tmp/x=1 \
                 2: root/.cache/pip/z=6";
    image(files).owned(&["var/cache/apk/owned"]).finds(&[
        "git-folder medium app/.git 0: 2 files of 50 bytes.",
        "package-manager-cache low var/lib/apt/lists 0: 2 files of 150 bytes.",
        "user-cache low root/.cache 0: 1 file of 3 bytes.",
        "language-cache low root/.cache/pip 1: 2 files of 11 bytes.",
        "temporary-files low tmp 0: 1 file of 7 bytes.",
        "editor-files low app/.x.swp 0: 2 bytes.",
    ]);
}

#[test]
fn the_end_of_support_is_that_of_the_release_or_of_the_table() {
    for (id, version, says, want) in [
        (
            "fedora",
            "42",
            "2026-05-13",
            "end-of-support high - : Support of fedora 42 ended on 2026-05-13.",
        ),
        ("fedora", "99", "2099-05-13", ""),
        (
            "debian",
            "11.9",
            "",
            "end-of-support high - : Support of debian 11.9 ended on 2026-08-31.",
        ),
        (
            "debian",
            "12.1",
            "",
            "long-term-support info - : debian 12.1 has long-term support until 2028-06-30.",
        ),
        ("debian", "13", "", ""),
        (
            "alpine",
            "3.10.9",
            "",
            "end-of-support high - : Support of alpine 3.10.9 ended on 2021-05-01.",
        ),
        ("alpine", "3.22.1", "", ""),
        ("wolfi", "20230201", "", ""),
        ("fedora", "42", "soon", ""),
    ] {
        assert_eq!(
            image("1: a").release(id, version, says).lines().concat(),
            want,
            "{id} {version}"
        );
    }
}

#[test]
fn tools_are_named_once_wherever_they_are() {
    image(
        "1: bin@usr/bin usr/bin/sh@bash usr/bin/bash=9:755 sbin/apk=9:755 usr/local/bin/go=9:755",
    )
    .finds(&[
        "shell info bin/sh 0: sh, bash.",
        "package-manager info sbin/apk 0: apk.",
        "compiler info usr/local/bin/go 0: go.",
    ]);
}

#[test]
fn a_root_file_system_has_no_settings() {
    let image = image("1: a");
    DrawnImage { source: ImageSource::default(), ..image }.finds(&[]);
}

#[test]
fn codes_are_unique_and_documented_with_their_aliases() {
    let documentation = include_str!("../../../docs/risks.md");
    let mut codes = BTreeSet::new();
    for check in checks() {
        assert!(codes.insert(check.code), "{}", check.code);
        let row =
            documentation.lines().find(|line| line.contains(&format!("| `{}` |", check.code)));
        let row = row.unwrap_or_else(|| panic!("{} is not documented", check.code));
        assert!(row.contains(&format!("| {} |", check.severity.name())), "{row}");
        for alias in check.aliases {
            assert!(row.contains(alias), "{row} lacks {alias}");
        }
    }
    let rows = documentation.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, codes.len(), "every row is a check");
}
