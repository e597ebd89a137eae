//! Further images as they are found in practice: where the checks must be silent, and where one small thing makes a
//! risk of it.

use super::drawn_image::{DrawnImage, image};
use super::noted::NotedRisks;
use super::program::NotedProgram;
use crate::analysis::certificate::tests::OLD;
use crate::analysis::contents::FileNotes;
use crate::tree::drawn::{drawn_member, tree_of};

/// A configuration with this user that starts a program.
fn user(user: &str) -> String {
    format!(r#"{{"User":"{user}","Cmd":["a"],"Healthcheck":{{"Test":["CMD","a"]}}}}"#)
}

fn with_program(mut image: DrawnImage, path: &str, program: NotedProgram) -> DrawnImage {
    let risks = NotedRisks { program: Some(program), ..NotedRisks::default() };
    image.note(path, FileNotes { risks, ..FileNotes::default() });
    image
}

#[test]
fn a_user_by_number_needs_no_account_and_zero_is_root() {
    for number in ["10001", "65532:65532", "1000:0", "4000000000"] {
        image("1: app/run=9:755").configured(&user(number)).finds(&[]);
    }
    for root in ["0", "0:0", "0:1000", "00"] {
        let lines = image("1: app/run=9:755").configured(&user(root)).lines();
        assert_eq!(lines, [format!("root-user medium - : USER is {root}.")]);
    }
}

#[test]
fn accounts_behind_a_link_say_nothing() {
    // Bottlerocket and NixOS have /etc/passwd elsewhere; what was not read is not judged.
    image("1: etc/passwd@/usr/share/passwd usr/share/passwd=40")
        .configured(&user("app"))
        .finds(&[]);
    // A later layer's passwd is the one that counts, and this one was not read.
    image("1: etc/passwd=9 2: etc/passwd=10")
        .with("etc/passwd", b"root:x:0:0::/:/bin/sh\n")
        .configured(&user("app"))
        .finds(&[]);
}

#[test]
fn a_bit_that_a_later_layer_takes_away_is_gone_and_so_is_a_removed_file() {
    image("1: usr/bin/su=9:4755 2: usr/bin/su=9:755").finds(&[]);
    image("1: opt/x=9:4755 opt/y=9:2755 2: opt/.wh.x opt/.wh.y").finds(&[]);
    image("1: opt/x=9:4755 2: opt/y->opt/x 3: opt/.wh.x")
        .finds(&["setuid-file high opt/y 1: It runs as user 0 for anyone who starts it."]);
}

#[test]
fn links_sticky_folders_and_folders_with_a_group_are_not_open() {
    let mut members: Vec<_> =
        ["tmp/", "var/tmp/", "srv/", "srv/l@x", "var/mail/"].map(drawn_member).into();
    for (member, mode) in members.iter_mut().zip([0o1777, 0o1777, 0o2775, 0o777, 0o2775]) {
        member.mode = mode;
    }
    DrawnImage { tree: tree_of(vec![members]), ..image("1: a") }.finds(&[]);
}

#[test]
fn expired_certificates_in_stores_of_authorities_are_silent() {
    let store = OLD.repeat(12);
    let alone = ["var/lib/ca-certificates/pem/a.pem", "usr/share/ca-certificates/mozilla/a.crt"];
    for path in alone {
        image(&format!("1: {path}=9:644")).with(path, OLD.as_bytes()).finds(&[]);
    }
    for path in [
        "usr/local/lib/python3.12/site-packages/certifi/cacert.pem",
        "etc/ssl/cert.pem",
        "app/node_modules/a/rds-combined-ca-bundle.pem",
    ] {
        image(&format!("1: {path}=9:644")).with(path, store.as_bytes()).finds(&[]);
    }
    image("1: app/tls.crt=9:644").with("app/tls.crt", OLD.as_bytes()).finds(&[
        "expired-certificate medium app/tls.crt 0: The certificate of old.example.com expired on 2020-01-31.",
    ]);
    image("1: app/tls.crt=9:644")
        .owned(&["app/tls.crt"])
        .with("app/tls.crt", OLD.as_bytes())
        .finds(&[]);
}

#[test]
fn interpreters_are_there_through_links_and_in_busybox() {
    let files = "1: bin@usr/bin lib@usr/lib usr/bin/env@busybox usr/bin/busybox=9:755 usr/bin/sh@/bin/busybox \
                 usr/bin/python3@/etc/alternatives/py etc/alternatives/py@../../usr/bin/python3.11 \
                 usr/bin/python3.11=9:755 app/a=9:755 app/b=9:755 app/c=9:755 app/d=9:755 app/e=9:755";
    let drawn = || {
        image(files)
            .with("app/a", b"#!/bin/sh -e\n")
            .with("app/b", b"#!/usr/bin/env -S python3 -u\n")
            .with("app/c", b"#!/bin/python3\n")
            .with("app/d", b"#!/usr/bin/env -S PYTHONPATH=/app python3.11 -m app\n")
    };
    drawn().finds(&["shell info bin/sh 0: sh."]);
    drawn().with("app/e", b"#!/usr/bin/env -S deno run\n").finds(&[
        "missing-script-interpreter info app/e 0: It needs deno.",
        "shell info bin/sh 0: sh.",
    ]);
}

#[test]
fn programs_that_need_nothing_or_are_for_another_processor_are_silent() {
    let linked = |interpreter: &str| NotedProgram {
        interpreter: interpreter.to_owned(),
        machine: 62,
        ..NotedProgram::default()
    };
    with_program(image("1: app/static=9:755"), "app/static", linked("")).finds(&[]);
    let go = NotedProgram { go: true, fixed: true, writable: true, ..linked("") };
    with_program(image("1: app/go=9:755"), "app/go", go).finds(&[]);
    let files = "1: lib64@usr/lib64 usr/lib64/ld-linux-x86-64.so.2@../lib/ld.so usr/lib/ld.so=9:755 app/a=9:755";
    with_program(image(files), "app/a", linked("/lib64/ld-linux-x86-64.so.2")).finds(&[]);
    let mut arm = with_program(image("1: app/a=9:755"), "app/a", linked("/lib/ld.so"));
    arm.source.config.architecture = Some("arm64".to_owned());
    arm.finds(&[]);
    arm.source.config.architecture = Some("amd64".to_owned());
    arm.finds(&["missing-interpreter medium app/a 0: It needs /lib/ld.so."]);
}

#[test]
fn an_image_without_a_shell_has_none_whatever_links_say() {
    let files = "1: bin/sh@busybox usr/bin/bash@/etc/alternatives/bash usr/bin/shasum=9:755 usr/bin/gccgo=9:755 \
                 etc/bash.bashrc usr/share/bash-completion/completions/apt-get etc/apk/world";
    image(files).finds(&[]);
    image("1: app/run=9:755").configured(&user("65532")).finds(&[]);
}

#[test]
fn usual_volumes_ports_and_folders_are_silent() {
    image("1: a")
        .configured(
            r#"{"User":"1","Cmd":["a"],"Healthcheck":{"Test":["CMD","a"]},
            "ExposedPorts":{"80/tcp":{},"220/tcp":{},"8022/tcp":{},"22/udp":{}},
            "Volumes":{"/var/lib/mysql":{},"/data":{},"/etc/nginx/conf.d":{},"/usr/share/nginx/html":{},"/tmp":{}},
            "WorkingDir":"/usr/share/nginx/html"}"#,
        )
        .finds(&[]);
}

#[test]
fn leftovers_that_are_none_are_silent() {
    image(
        "1: app/.git=40 app/.gitignore=9 app/.github/workflows/a.yml=9 app/cache/a=9 app/x.swp=9 \
         var/lib/apt/lists/partial/ var/cache/apt/ root/.cached=9 app/tmp/a=9 tmp/",
    )
    .finds(&[]);
}

#[test]
fn a_windows_image_has_no_permissions_and_no_root() {
    let mut image = image("1: Files/a=9:4777").configured(r#"{"Cmd":["a"]}"#);
    image.source.config.os = Some("windows".to_owned());
    let found = image.lines();
    assert!(found.iter().all(|line| line.starts_with("no-healthcheck info")), "{found:?}");
}
