//! What is not known is not said, what is cut is named, and scripts whose interpreter is missing.

use super::drawn_image::{DrawnImage, image};
use super::noted::NotedRisks;
use super::program::NotedProgram;
use super::risk::MAX_OF_CHECK;
use crate::analysis::contents::FileNotes;
use crate::oci::HistoryEntry;
use crate::tree::drawn::{drawn_member, tree_of};
use crate::vocabulary::LayerPosition;
use std::collections::HashSet;

/// A program of the first layer that needs this interpreter and library.
fn with_program(mut image: DrawnImage, path: &str, interpreter: &str, library: &str) -> DrawnImage {
    let program = NotedProgram {
        interpreter: interpreter.to_owned(),
        needed: vec![library.to_owned()],
        ..NotedProgram::default()
    };
    let risks = NotedRisks { program: Some(program), ..NotedRisks::default() };
    image.note(path, FileNotes { risks, ..FileNotes::default() });
    image
}

#[test]
fn every_kind_of_key_that_has_a_rule_can_be_readable() {
    for rule in ["private-key", "private-key-rsa", "private-key-encrypted", "wireguard-key"] {
        image("1: etc/a.conf=9:644")
            .with_secret("etc/a.conf", rule)
            .finds(&["readable-private-key high etc/a.conf 0: Its mode is 0644."]);
    }
    image("1: etc/a.conf=9:644").with_secret("etc/a.conf", "npm-token").finds(&[]);
}

#[test]
fn what_one_check_finds_by_thousands_hides_nothing_of_others() {
    let files = (0..MAX_OF_CHECK + 5).map(|at| drawn_member(&format!("srv/{at}=9:2755")));
    let backups = (0..MAX_OF_CHECK + 5).map(|at| drawn_member(&format!("srv/b/{at}~=9")));
    let mut members: Vec<_> = files.chain(backups).collect();
    members.push(drawn_member("srv/.git/HEAD=20"));
    // Of one check, the severe ones stay: those of a user other than root are medium.
    let mut of_user = |path: String, uid| {
        let mut member = drawn_member(&format!("{path}=9:4755"));
        member.uid = uid;
        members.push(member);
    };
    (0..MAX_OF_CHECK).for_each(|at| of_user(format!("srv/u{at}"), 7));
    of_user("srv/z".to_owned(), 0);
    let found = DrawnImage { tree: tree_of(vec![members]), ..image("1: a") }.findings();
    let cut: Vec<&str> = found.cut.iter().copied().collect();
    assert_eq!(cut, ["editor-files", "setgid-file", "setuid-file"]);
    let count = |code: &str| found.risks.iter().filter(|risk| risk.check.code == code).count();
    let counts = ["setuid-file", "setgid-file", "editor-files", "git-folder"].map(count);
    assert_eq!(counts, [MAX_OF_CHECK, MAX_OF_CHECK, MAX_OF_CHECK, 1]);
    assert_eq!(found.risks[0].path.as_deref(), Some(&b"srv/z"[..]));
    assert_eq!(found.warnings()[0].code, "risks-limit");
}

#[test]
fn what_was_not_looked_up_is_not_missing() {
    let config = r#"{"User":"nginx","Cmd":["a"],"Healthcheck":{"Test":["CMD","a"]}}"#;
    let drawn = || {
        let image = image("1: app/run=9:755 app/go=9:755 app/liba.so").configured(config);
        let image = with_program(image, "app/run", "/lib/ld.so", "liba.so");
        image.with("app/go", b"#!/bin/bash\n")
    };
    drawn().finds(&[
        "unknown-user medium etc/passwd : /etc/passwd has no user nginx.",
        "missing-interpreter medium app/run 0: It needs /lib/ld.so.",
        "missing-script-interpreter info app/go 0: It needs /bin/bash.",
    ]);
    let mut unread = drawn();
    unread.inventory.unread.push(LayerPosition(1));
    unread.finds(&[]);
    let mut partial = drawn();
    partial.inventory.partial.push(LayerPosition(0));
    partial.finds(&[]);
    let spent = DrawnImage { steps: Some(0), ..drawn() };
    spent.finds(&[]);
    let codes = spent.findings().warnings().into_iter().map(|problem| problem.code);
    assert_eq!(codes.collect::<Vec<_>>(), ["risks-not-checked"]);
    assert!(drawn().findings().warnings().is_empty());
}

#[test]
fn a_library_in_a_layer_that_was_not_read_is_not_missing() {
    let drawn =
        || with_program(image("1: app/run=9:755 lib/ld.so"), "app/run", "/lib/ld.so", "a.so");
    drawn().finds(&["missing-library medium app/run 0: It needs a.so."]);
    let mut unread = drawn();
    unread.inventory.unread.push(LayerPosition(1));
    unread.finds(&[]);
}

#[test]
fn lists_in_messages_are_counted_to_their_end() {
    let passwd: String = (0..20).map(|at| format!("u{at}:x:7:7::/:\nr{at}:x:0:0::/:\n")).collect();
    image("1: etc/passwd").with("etc/passwd", passwd.as_bytes()).finds(&[
        "second-root high etc/passwd 0: The ID 0 is also that of r0, r1, r2, r3, r4 and 15 more.",
        "duplicate-account low etc/passwd 0: The user ID 7 is that of u0, u1, u2, u3, u4 and 15 more.",
    ]);
    let mut image = image("1: app/run=9:755 lib/ld.so");
    let needed = (0..9).map(|at| format!("lib{at}.so")).collect();
    let interpreter = "/lib/ld.so".to_owned();
    let program = NotedProgram { interpreter, needed, ..NotedProgram::default() };
    let risks = NotedRisks { program: Some(program), ..NotedRisks::default() };
    image.note("app/run", FileNotes { risks, ..FileNotes::default() });
    image.finds(&[
        "missing-library medium app/run 0: It needs lib0.so, lib1.so, lib2.so, lib3.so, lib4.so and 4 more.",
    ]);
}

#[test]
fn the_steps_of_a_chain_are_read_like_a_history() {
    let mut image = image("1: a 2: b");
    let step =
        |text: &str| HistoryEntry { created_by: Some(text.to_owned()), ..HistoryEntry::default() };
    image.source.chain = vec![step("ADD file:1 in /"), step("ADD https://example.com/a /b")];
    image.finds(&["add-url medium - 1: ADD takes a file from example.com."]);
}

#[test]
fn a_line_of_an_ignore_list_names_one_risk() {
    let config = r#"{"User":"1","Cmd":["a"],"ExposedPorts":{"22":{},"22/tcp":{}},
        "Volumes":{"/etc":{},"/etc/":{},"/proc":{}},"WorkingDir":"/usr"}"#;
    let image = image("1: a 2: b 3: c").configured(config).built_by(&[
        "ADD https://example.com/a /a",
        "ADD https://example.org/b /b",
        "ADD https://example.org/c /c",
    ]);
    let found = image.findings().risks;
    let names: Vec<String> = found.iter().map(super::Risk::fingerprint).collect();
    let places: HashSet<_> =
        found.iter().map(|risk| (&risk.check.code, &risk.path, &risk.message)).collect();
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), places.len(), "{names:?}");
    let ports = found.iter().filter(|risk| risk.check.code == "ssh-port").count();
    let volumes = found.iter().filter(|risk| risk.check.code == "system-volume").count();
    assert_eq!((ports, volumes), (1, 2), "what is the same is found once");
}

#[test]
fn scripts_whose_interpreter_is_missing_are_found() {
    let config = r#"{"User":"1","Entrypoint":["/app/start"],"Env":["PATH=/opt/bin:/usr/bin"],
        "Healthcheck":{"Test":["CMD","/app/tests/check"]}}"#;
    let files = "1: app/start=9:755 app/tests/check=9:755 app/tests/other=9:755 opt/bin/x=9:755 app/env=9:755 \
                 app/dos=9:755 app/data=9:644 app/node_modules/a/b.sh=9:755 usr/bin/env=9:755 \
                 usr/bin/owned=9:755";
    let mut image = image(files).configured(config).owned(&["usr/bin/owned"]);
    for path in ["app/start", "app/tests/check", "app/tests/other", "app/node_modules/a/b.sh"] {
        image = image.with(path, b"#!/bin/bash\n");
    }
    image
        .with("usr/bin/owned", b"#!/usr/bin/perl\n")
        .with("opt/bin/x", b"#! /usr/bin/env -S node --x\n")
        .with("app/env", b"#!/usr/bin/env python3\n")
        .with("app/dos", b"#!/usr/bin/env\tpython3\r\n")
        .finds(&[
            "missing-script-interpreter medium app/start 0: It needs /bin/bash.",
            "missing-script-interpreter medium app/tests/check 0: It needs /bin/bash.",
            "missing-script-interpreter medium opt/bin/x 0: It needs node.",
            "missing-script-interpreter info app/env 0: It needs python3.",
            "missing-script-interpreter info app/dos 0: It needs python3\\r. The line ends as on Windows.",
        ]);
}

#[test]
fn an_interpreter_is_there_wherever_links_lead() {
    image(
        "1: bin@usr/bin usr/bin/sh@dash usr/bin/dash=9:755 usr/bin/env=9:755 opt/venv/bin/python@/opt/py \
         opt/py=9:755 app/a=9:755 app/b=9:755 app/c=9:755",
    )
    .with("app/a", b"#!/bin/sh\n")
    .with("app/b", b"#!/bin/env python\n")
    .with("app/c", b"#!/opt/venv/bin/python -u\n")
    .finds(&["shell info bin/sh 0: sh, dash."]);
}
