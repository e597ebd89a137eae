//! Trees of small layers, and the names by which analyses ask for their files.

use super::*;
use crate::entry::Member;
use crate::layer::{LayerIndex, NameNote};
use crate::tree::drawn::drawn;
use crate::tree::merge;
use crate::vocabulary::NodeKind;
use std::sync::Arc;

/// A member: its name, and for a link its target after an arrow (`->` symbolic, `=>` hard).
fn layer(members: &[&str]) -> Arc<LayerIndex> {
    let mut index = LayerIndex::default();
    for member in members {
        let (kind, name, link) = match (member.split_once(" -> "), member.split_once(" => ")) {
            (Some((name, link)), _) => (NodeKind::Symlink, name, link),
            (_, Some((name, link))) => (NodeKind::HardLink, name, link),
            _ => (NodeKind::File, *member, ""),
        };
        let size = u64::from(kind == NodeKind::File);
        index.push(&Member { kind, link: link.into(), ..Member::file(name, size) });
    }
    Arc::new(index)
}

/// What is looked at: `LAYER:ENTRY PATH`, for paths through links with the path of the file behind an arrow.
fn asked(layers: &[&[&str]]) -> Vec<String> {
    let tree = merge(layers.iter().map(|members| layer(members)).collect());
    let names = FurtherNames::find(&tree, &NotedLogs::new());
    let line = |asked: &AskedName| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let real = match text(&asked.name.real) {
            real if real.is_empty() => real,
            real => format!(" -> {real}"),
        };
        format!("{}:{} {}{real}", asked.content.0.0, asked.content.1, text(&asked.name.path))
    };
    names.asked().into_iter().map(line).collect()
}

#[test]
fn a_hard_link_is_a_name_whichever_comes_first_and_in_whichever_layer() {
    for (layers, want) in [
        (&[&["a/status", "var/lib/dpkg/status => a/status"][..]][..], "0:0 var/lib/dpkg/status"),
        (&[&["a/status"], &["var/lib/dpkg/status => a/status"]], "0:0 var/lib/dpkg/status"),
        (
            &[&["a/status", "var/lib/dpkg/status => a/status"], &[".wh.a"]],
            "0:0 var/lib/dpkg/status",
        ),
        // The first name is requested in the pass; the other is nothing.
        (&[&["var/lib/dpkg/status", "a/status => var/lib/dpkg/status"]], ""),
        (
            &[&[
                "x/a-1.dist-info/METADATA",
                "y/a-1.dist-info/METADATA => x/a-1.dist-info/METADATA",
            ]],
            "0:0 y/a-1.dist-info/METADATA",
        ),
        // Programs are recognised by their content in the pass, except those known by name.
        (&[&["bin/a", "bin/b => bin/a", "bin/busybox => bin/a"]], "0:0 bin/busybox"),
    ] {
        assert_eq!(asked(layers).join(", "), want, "{layers:?}");
    }
}

#[test]
fn a_path_through_links_is_a_name_where_no_analysis_asks_for_the_file_itself() {
    for (layers, want) in [
        // A chain of links to a file.
        (
            &[&[
                "usr/lib/x/release",
                "usr/lib/os-release -> ./x/release",
                "etc/os-release -> ../usr/lib/os-release",
            ][..]][..],
            "0:0 etc/os-release -> usr/lib/x/release, 0:0 usr/lib/os-release -> usr/lib/x/release",
        ),
        // Linked directories, each in the one before, and a link in one.
        (
            &[&["data/d/status", "var/lib/dpkg -> /data/d"]],
            "0:0 var/lib/dpkg/status -> data/d/status",
        ),
        (
            &[&["data/d/status", "var/lib -> /data/lib", "data/lib/dpkg -> ../d"]],
            "0:0 data/lib/dpkg/status -> data/d/status, 0:0 var/lib/dpkg/status -> data/d/status",
        ),
        (
            &[&["x/release", "etc -> usr/conf", "usr/conf/os-release -> ../../x/release"]],
            "0:0 etc/os-release -> x/release",
        ),
        // The link and the file are of different layers.
        (&[&["x/release"], &["etc/os-release -> ../x/release"]], "0:0 etc/os-release -> x/release"),
        (
            &[&["etc/os-release -> ../x/release"], &["x/release"], &[".wh.x"]],
            "1:0 etc/os-release -> x/release",
        ),
        // The file is requested where it is.
        (&[&["usr/lib/os-release", "etc/os-release -> ../usr/lib/os-release"]], ""),
        (&[&["usr/lib/apk/db/installed", "lib -> usr/lib"]], ""),
        // In a workspace, links lead to the project's own folders; a folder of packages may be anywhere.
        (&[&["app/a/package.json", "app/node_modules/a -> ../a"]], ""),
        (
            &[&["deps/a/package.json", "app/node_modules -> /deps"]],
            "0:0 app/node_modules/a/package.json -> deps/a/package.json",
        ),
        // Links that lead nowhere, to themselves, or in circles.
        (&[&["etc/os-release -> os-release", "a -> b", "b -> a", "c -> c/d", "d -> /"]], ""),
    ] {
        assert_eq!(asked(layers).join(", "), want, "{layers:?}");
    }
}

#[test]
fn what_a_path_through_links_leads_to_is_known_after_each_layer() {
    let tree = merge(vec![
        layer(&["x/one", "x/two", "etc/os-release -> ../x/one"]),
        layer(&["etc/os-release -> ../x/two"]),
        layer(&["y/other"]),
        layer(&["x/.wh.two"]),
    ]);
    let names = FurtherNames::find(&tree, &NotedLogs::new());
    let [linked] = &names.linked[..] else { panic!("{} names", names.linked.len()) };
    let states = linked.states.iter();
    let states: Vec<(u32, Option<u32>)> = states
        .map(|(layer, asked)| (layer.0, asked.as_ref().map(|asked| asked.content.1)))
        .collect();
    assert_eq!(states, [(0, Some(0)), (1, Some(1)), (3, None)]);
}

#[test]
fn a_database_is_asked_for_with_the_log_that_is_beside_it() {
    let folder = "usr/lib/sysimage/rpm";
    let (database, log) = (format!("{folder}/rpmdb.sqlite"), format!("{folder}/rpmdb.sqlite-wal"));
    let gone = format!("{folder}/.wh.rpmdb.sqlite-wal");
    let tree = merge(vec![layer(&[&database]), layer(&[&log]), layer(&[&gone])]);
    let text = r#"{"packages":{"log":"eA=="}}"#.to_owned();
    let mut noted = Notes::default();
    noted.add(0, text);
    let none = Notes::default();
    let names = FurtherNames::find(&tree, &noted_logs(&[&none, &noted, &none]));
    let asked = names.asked();
    let [one] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(one.content, (LayerPosition(0), 0));
    assert_eq!(one.log, Some((LayerPosition(1), 0)));
    let node = tree.find(database.as_bytes()).unwrap();
    let has_log = |layer| {
        let event = tree.state(node, layer + 1).unwrap();
        names.at(node, event, LayerPosition(layer)).is_some()
    };
    assert_eq!([has_log(0), has_log(1), has_log(2)], [false, true, false]);
}

#[test]
fn a_log_is_found_in_notes_about_any_name() {
    let text = r#"{"packages":{"log":"eA=="}}"#.to_owned();
    assert_eq!(log_in(&text).as_deref(), Some("eA=="));
    assert_eq!(log_in(r#"{"packages":{"packages":[{"n":"\"log\":"}]}}"#), None);
    let name = FurtherName { path: b"a-wal".to_vec(), ..FurtherName::default() };
    let mut notes = Notes::default();
    notes.add_name(NameNote { entry: 3, name, text: Some(text) });
    assert!(noted_logs(&[&notes]).contains_key(&(LayerPosition(0), 3)));
}

#[test]
fn directories_behind_links_are_steps_too() {
    let words = (0..30).map(|at| format!("d/{at}/ l{at}@d"));
    let tree = drawn(&format!("1: {}", words.collect::<Vec<_>>().join(" ")));
    let budget = StepBudget::default();
    let cut = |steps| {
        let mut resolvers = [Resolver::new(&tree, &budget)];
        links::linked_paths(&tree, &mut resolvers, steps).1
    };
    // Each link is a step, and each of the thirty directories behind it.
    assert_eq!([cut(900), cut(1000)], [true, false]);
}

#[test]
fn files_behind_links_count_like_those_of_hard_links() {
    let size = 500 << 20;
    for kind in [NodeKind::Symlink, NodeKind::HardLink] {
        let mut index = LayerIndex::default();
        index.push(&Member::file("data/file", size));
        for at in 0..20 {
            let (name, link) = (format!("s/p{at}-1.dist-info/METADATA"), b"/data/file".to_vec());
            index.push(&Member { kind, link, ..Member::file(&name, 0) });
        }
        let tree = merge(vec![Arc::new(index)]);
        let names = FurtherNames::find(&tree, &NotedLogs::new());
        let most = (MAX_BYTES / size) as usize;
        assert_eq!((names.asked().len(), names.cut), (most, true), "{kind:?}");
    }
}
