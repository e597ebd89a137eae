//! Which paths a find matches, and what they weigh. Trees are drawn (`src/tree/drawn.rs`).

use super::super::*;
use super::test;
use crate::entry::Member;
use crate::find::*;
use crate::selection::LayerSelection;
use crate::tree::drawn::{drawn, file, tree_of};
use crate::tree::{FileTree, NodeState, PathEvent, TreeView, ViewSettings, unchanged};
use crate::vocabulary::{Change, NodeKind};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// A view with everything that it shows expanded.
fn view(tree: &FileTree, find: &str, layers: &str) -> TreeView {
    let find = Find::parse(find);
    assert_eq!(find.problems, []);
    let selection = LayerSelection::parse(layers).unwrap();
    let mut view = TreeView::new(tree);
    view.set(tree, ViewSettings { selection, find: find.terms, ..ViewSettings::default() });
    view.expand(tree, 0, true, true);
    view
}

fn shown(tree: &FileTree, view: &TreeView) -> String {
    let path = |row: &crate::tree::VisibleRow| {
        let mark = if view.matched(row.node) { "!" } else { "" };
        String::from_utf8_lossy(&tree.path(row.node)).into_owned() + mark
    };
    view.rows().iter().map(path).collect::<Vec<_>>().join(" ")
}

/// The paths that match.
fn found(tree: &FileTree, find: &str, layers: &str) -> String {
    let view = view(tree, find, layers);
    let paths = shown(tree, &view);
    let matched = paths.split(' ').filter_map(|path| path.strip_suffix('!'));
    matched.collect::<Vec<_>>().join(" ")
}

#[test]
fn letters_of_either_case_are_found() {
    let tree = drawn("1: usr/sbin/adduser usr/sbin/ADDUSER.conf opt/GRÜN opt/x");
    assert_eq!(found(&tree, "ADDUSER", ""), "usr/sbin/ADDUSER.conf usr/sbin/adduser");
    assert_eq!(found(&tree, "Sbin/Add", ""), "usr/sbin/ADDUSER.conf usr/sbin/adduser");
    assert_eq!(found(&tree, "grün", ""), "opt/GRÜN");
    assert_eq!(found(&tree, "*.CONF", ""), "usr/sbin/ADDUSER.conf");
    assert_eq!(found(&tree, "/adduser/", ""), "usr/sbin/adduser", "an expression is exact");
}

#[test]
fn globs_are_over_names_or_over_paths_from_the_root() {
    let tree = drawn("1: etc/a.conf etc/x/b.conf opt/etc/c.conf [ x] src/x1 src/p/q/x2 src/x");
    for (find, want) in [
        ("*.conf", "etc/a.conf etc/x/b.conf opt/etc/c.conf"),
        ("etc/*.conf", "etc/a.conf"),
        ("/etc/*.conf", "etc/a.conf"),
        ("**/etc/*.conf", "etc/a.conf opt/etc/c.conf"),
        ("etc/**", "etc/a.conf etc/x etc/x/b.conf"),
        ("src/**/x?", "src/p/q/x2 src/x1"),
        ("*/x", "etc/x src/x"),
        ("?", "[ etc/x src/p src/p/q src/x"),
        ("*]", "x]"),
        ("/?", "["),
        ("s?c/x*", "src/x src/x1"),
        ("src/**/**/x", "src/x"),
    ] {
        assert_eq!(found(&tree, find, ""), want, "{find}");
    }
}

#[test]
fn an_expression_is_over_the_path_with_its_first_slash() {
    let tree = drawn("1: etc/ssl/a.pem usr/etc/b.pem");
    assert_eq!(found(&tree, r"/^\/etc\/.*\.pem$/", ""), "etc/ssl/a.pem");
    assert_eq!(found(&tree, "/^/etc$/", ""), "etc");
    let tree = tree_of(vec![vec![Member { name: b"a/\xff.bin".to_vec(), ..file("") }]]);
    assert_eq!(view(&tree, r"/\/\xff\./", "").summary().matches, 1, "paths are bytes");
}

#[test]
fn sizes_are_of_regular_files() {
    let tree = drawn("1: a=10 b=2000 d/c=3000 s@b h->b");
    assert_eq!(found(&tree, "size:>1k", ""), "b d/c h");
    assert_eq!(found(&tree, "size:<1k", ""), "a");
    assert_eq!(found(&tree, "size:10..2k", ""), "a b h");
    assert_eq!(found(&tree, "-size:>1k", ""), "a d s");
}

#[test]
fn types_modes_owners_and_times_are_columns() {
    let tree = drawn("1: bin/su=1:4755 bin/w=1:2755 tmp/ bin/sh@su bin/su2->bin/su open=1:666");
    for (find, want) in [
        ("type:dir", "bin tmp"),
        ("type:file", "bin/su bin/su2 bin/w open"),
        ("type:symlink|hardlink", "bin/sh bin/su2"),
        ("mode:setuid|setgid", "bin/su bin/w"),
        ("mode:6000", ""),
        ("mode:0755 type:file", "bin/su bin/w"),
        ("mode:world-writable", "open"),
        ("mode:exec", "bin/su bin/w tmp"),
        ("owner:0:0 type:symlink", "bin/sh"),
        ("owner:1", ""),
        ("mtime:1970-01-01 type:symlink", "bin/sh"),
        ("mtime:>1970-01-01", ""),
        ("mtime:<1970-01-02 mode:setgid", "bin/w"),
    ] {
        assert_eq!(found(&tree, find, ""), want, "{find}");
    }
}

#[test]
fn layers_and_changes_are_those_of_the_selection() {
    let tree = drawn("1: a=1 b=1 c=1 d=1 e=1 2: a=2 b=1:600 c=1 .wh.d f=1 g/h=1");
    for (find, layers, want) in [
        ("layer:1", "", "e"),
        ("layer:2", "", "a b c f g g/h"),
        ("change:added", "2", "f g g/h"),
        ("change:modified", "2", "a b"),
        ("change:content", "2", "a"),
        ("change:metadata", "2", "b"),
        ("change:unchanged", "2", "c"),
        ("change:removed", "2", "d"),
        ("layer:2 change:removed", "2", "d"),
        ("-change:unchanged", "2", "a b d f g g/h"),
        ("change:added|removed type:file", "2", "d f g/h"),
        ("change:added", "", ""),
    ] {
        assert_eq!(found(&tree, find, layers), want, "{find}");
    }
}

#[test]
fn all_terms_must_hold() {
    let tree = drawn("1: lib/a.so=2000 lib/b.so=10 a.so=3000");
    assert_eq!(found(&tree, "*.so size:>1k", ""), "a.so lib/a.so");
    assert_eq!(found(&tree, "*.so size:>1k -lib/", ""), "a.so");
}

#[test]
fn what_is_below_a_directory_that_a_name_matches_is_shown_and_counted() {
    let tree =
        drawn("1: node_modules/x/a.js=100 node_modules/x/a.map=50 app/a.js=7 node_modules/z@x");
    let check = |find, want, size| {
        let view = view(&tree, find, "");
        assert_eq!((&shown(&tree, &view)[..], view.summary().matched_size), (want, size), "{find}");
    };
    let all =
        "node_modules! node_modules/x node_modules/x/a.js node_modules/x/a.map node_modules/z";
    check("node_modules", all, 150);
    check("node_modules type:dir", all, 150);
    check(
        "node_modules -*.map",
        "node_modules! node_modules/x node_modules/x/a.js node_modules/z",
        100,
    );
    check("-*.map -node_modules/", "app! app/a.js! node_modules!", 7);
    check("type:dir", "app! node_modules! node_modules/x!", 0);
    check("*.js", "app app/a.js! node_modules node_modules/x node_modules/x/a.js!", 107);
    check("nothing", "", 0);
}

#[test]
fn a_file_counts_once_however_it_is_found() {
    let tree = drawn("1: d/a=100 d/e/b=10 h->d/a");
    let size = |find| view(&tree, find, "").summary().matched_size;
    assert_eq!(size("/./"), 110, "directories and what is in them");
    assert_eq!(size("h"), 100, "another name of it");
    assert_eq!(size("d"), 110);
}

#[test]
fn counts_of_changes_are_those_of_matches() {
    let tree = drawn("1: a=1 b=1 x=1 2: a=2 b=2 .wh.x c=1");
    let counts = |find| {
        let seen = view(&tree, find, "2").summary();
        (seen.matches, seen.paths, seen.added, seen.modified, seen.removed)
    };
    assert_eq!(counts(""), (3, 3, 1, 2, 1));
    assert_eq!(counts("a"), (1, 3, 0, 1, 0));
    assert_eq!(counts("change:removed"), (0, 3, 0, 0, 1), "what is gone is no path");
}

#[test]
fn the_directory_around_a_change_is_no_match_to_be_counted() {
    let tree = drawn("1: etc/hosts=1 2: etc/hosts=2");
    let view = view(&tree, "etc", "2");
    assert_eq!(shown(&tree, &view), "etc! etc/hosts");
    assert_eq!((view.summary().matches, view.summary().paths), (0, 1));
}

#[test]
fn the_end_of_a_path_longer_than_linux_takes_is_looked_at() {
    let name = "top/".to_owned() + &"d/".repeat(10_000) + "x";
    let tree = tree_of(vec![vec![file(&name)]]);
    let view = |find: &str| {
        let mut view = TreeView::new(&tree);
        view.set(&tree, ViewSettings { find: Find::parse(find).terms, ..Default::default() });
        view.summary().matches
    };
    assert_eq!(view("d/d/x"), 1);
    assert_eq!(view("/d/x$/"), 1);
    assert_eq!(view("top/"), 2046, "paths of at most 4,096 bytes");
    assert_eq!(view("top/**"), 2046);
}

#[test]
fn text_is_marked_in_names() {
    let matcher = |find| Matcher::new(&Find::parse(find).terms);
    let mark = |find, name: &str| matcher(find).mark(name.as_bytes());
    assert_eq!(mark("SSL", "libssl.so"), Some((3, 6)));
    assert_eq!(mark("lib/ssl", "ssl.conf"), Some((0, 3)));
    assert_eq!(mark("lib/ssl", "xssl"), None);
    assert_eq!(mark("ssl/", "ssl"), None);
    assert_eq!(mark("-ssl *.so", "ssl.so"), None);
}

#[test]
fn the_next_row_that_begins_so_is_found_around_the_end() {
    let tree = drawn("1: alpha beta Bravo gamma Éa");
    let view = TreeView::new(&tree);
    let next = |prefix, from| {
        let row = view.next_row(&tree, prefix, from)?;
        Some(String::from_utf8_lossy(tree.name(view.rows()[row].node)).into_owned())
    };
    assert_eq!(next("b", 0).as_deref(), Some("Bravo"), "sorted bytewise");
    assert_eq!(next("b", 1).as_deref(), Some("beta"));
    assert_eq!(next("br", 3).as_deref(), Some("Bravo"));
    assert_eq!(next("é", 0).as_deref(), Some("Éa"));
    assert_eq!(next("z", 0), None);
    assert_eq!(next("a", 99).as_deref(), Some("alpha"));
}

// The reference: the definitions of docs/links.md, one path at a time, in the plainest way.

fn glob_holds(parts: &[GlobPart], text: &[char]) -> bool {
    match parts.split_first() {
        None => text.is_empty(),
        Some((GlobPart::Literal(literal), rest)) => {
            let literal: Vec<char> = literal.to_lowercase().chars().collect();
            text.starts_with(&literal) && glob_holds(rest, &text[literal.len()..])
        }
        Some((GlobPart::One, rest)) => {
            !text.is_empty() && text[0] != '/' && glob_holds(rest, &text[1..])
        }
        Some((_, rest)) => {
            let parts = text.iter().take_while(|c| **c != '/').count();
            (0..=parts).any(|len| glob_holds(rest, &text[len..]))
        }
    }
}

/// Over the parts of a path; `**` alone is any number of them.
fn path_glob_holds(pattern: &[Vec<GlobPart>], parts: &[Vec<char>]) -> bool {
    match pattern {
        [] => parts.is_empty(),
        [only] if only[..] == [GlobPart::Deep] => !parts.is_empty(),
        [first, rest @ ..] if first[..] == [GlobPart::Deep] => {
            (0..=parts.len()).any(|skip| path_glob_holds(rest, &parts[skip..]))
        }
        [first, rest @ ..] => parts
            .split_first()
            .is_some_and(|(part, more)| glob_holds(first, part) && path_glob_holds(rest, more)),
    }
}

/// A glob cut at its slashes.
fn cut(parts: &[GlobPart]) -> Vec<Vec<GlobPart>> {
    let mut names = vec![Vec::new()];
    for part in parts {
        match part {
            GlobPart::Literal(text) => {
                for c in text.chars() {
                    match (c, names.last_mut().unwrap().last_mut()) {
                        ('/', _) => names.push(Vec::new()),
                        (c, Some(GlobPart::Literal(text))) => text.push(c),
                        (c, _) => names.last_mut().unwrap().push(GlobPart::Literal(c.into())),
                    }
                }
            }
            other => names.last_mut().unwrap().push(other.clone()),
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

struct Shown<'a> {
    tree: &'a FileTree,
    view: &'a TreeView,
    node: u32,
    before: Option<&'a PathEvent>,
}

impl Shown<'_> {
    fn holds(&self, test: &FindTest) -> bool {
        let path = format!("/{}", String::from_utf8(self.tree.path(self.node)).unwrap());
        let name = path.rsplit('/').next().unwrap().to_lowercase();
        let (event, change) =
            (self.view.event(self.tree, self.node).unwrap(), self.view.change(self.node));
        let entry = self.tree.entry(event);
        let kind = entry.map_or(NodeKind::Directory, |entry| entry.kind());
        let is_file = matches!(kind, NodeKind::File | NodeKind::HardLink);
        let chars = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
        match test {
            FindTest::Text(text) => {
                let whole = if text.contains('/') { path.to_lowercase() } else { name };
                whole.contains(&text.to_lowercase())
            }
            FindTest::Glob(parts) => {
                let has_slash = parts
                    .iter()
                    .any(|part| matches!(part, GlobPart::Literal(text) if text.contains('/')));
                let parts_of_path: Vec<_> = path[1..].split('/').map(chars).collect();
                match has_slash {
                    true => path_glob_holds(&cut(parts), &parts_of_path),
                    false => glob_holds(parts, &chars(&name)),
                }
            }
            FindTest::Regex(pattern) => regex::bytes::RegexBuilder::new(pattern)
                .unicode(false)
                .build()
                .unwrap()
                .is_match(path.as_bytes()),
            FindTest::Size(bounds) => is_file && bounds.contain(&self.view.size(self.node)),
            FindTest::Type(list) => list.iter().any(|one| match one {
                FindType::File => is_file,
                FindType::Directory => kind == NodeKind::Directory,
                FindType::Symlink => kind == NodeKind::Symlink,
                FindType::HardLink => kind == NodeKind::HardLink,
                FindType::Device => matches!(kind, NodeKind::CharDevice | NodeKind::BlockDevice),
                FindType::Fifo => kind == NodeKind::Fifo,
            }),
            FindTest::Mode(list) => entry.is_some_and(|entry| {
                let mode = entry.mode();
                let holds = |one: &FindMode| match one {
                    FindMode::Setuid => mode & 0o4000 > 0,
                    FindMode::Setgid => mode & 0o2000 > 0,
                    FindMode::Sticky => mode & 0o1000 > 0,
                    FindMode::WorldWritable => mode & 2 > 0,
                    FindMode::Exec => mode & 0o111 > 0,
                    FindMode::Bits(bits) => mode & bits == *bits,
                };
                kind != NodeKind::Symlink && list.iter().any(holds)
            }),
            FindTest::Owner { uid, gid } => entry.is_some_and(|entry| {
                entry.owner().uid == *uid && gid.is_none_or(|gid| gid == entry.owner().gid)
            }),
            FindTest::Layer(layers) => {
                layers.contains(self.view.layer(self.tree, self.node).unwrap().number())
            }
            FindTest::Change(list) => list.iter().any(|one| self.is_changed(*one, event, change)),
            FindTest::Modified(bounds) => {
                entry.is_some_and(|entry| bounds.contain(&entry.mtime().0.div_euclid(86_400)))
            }
            FindTest::Writes(bounds) => {
                let there = self.tree.history(self.node).filter(|event| event.is_there());
                let layers: std::collections::BTreeSet<u32> =
                    there.map(|event| event.layer.0).collect();
                kind != NodeKind::Directory && bounds.contain(&(layers.len() as u64))
            }
            FindTest::Attribute(asked) => entry.is_some_and(|entry| {
                entry.xattrs().any(|(name, _)| String::from_utf8_lossy(name) == **asked)
            }),
        }
    }

    fn is_changed(&self, asked: FindChange, event: &PathEvent, change: Change) -> bool {
        let differs = |content: bool| {
            let (Some(before), Change::Modified) = (self.before, change) else { return false };
            let facts = |event: &PathEvent| {
                let entry = self.tree.entry(event);
                let meta = entry.map(|entry| (entry.mode(), entry.owner().clone()));
                let inode = self.tree.inode(event).map(|inode| inode.size);
                let kind = entry.map_or(NodeKind::Directory, |entry| entry.kind());
                let kind = if kind == NodeKind::HardLink && inode.is_some() {
                    NodeKind::File
                } else {
                    kind
                };
                let link = entry
                    .filter(|entry| entry.kind() == NodeKind::Symlink)
                    .map(|entry| entry.link().to_vec());
                (meta, (inode, kind, link))
            };
            let ((old_meta, old), (new_meta, new)) = (facts(before), facts(event));
            if content { old != new } else { old_meta != new_meta }
        };
        match asked {
            FindChange::Added => change == Change::Added,
            FindChange::Modified => change == Change::Modified,
            FindChange::Removed => change == Change::Removed,
            FindChange::Unchanged => change == Change::Unchanged,
            FindChange::Content => differs(true),
            FindChange::Metadata => differs(false),
        }
    }
}

fn members() -> impl Strategy<Value = Vec<Member>> {
    let names = prop::sample::select(vec![
        "lib", "LIB", "a.so", "b.SO", "é", "É.so", "x1", "[", "src", "a b", "-v", "9", "size:1",
        "\"",
    ]);
    let path = prop::collection::vec(names, 1..4).prop_map(|parts| parts.join("/"));
    let kinds = prop::sample::select(vec![
        NodeKind::File,
        NodeKind::File,
        NodeKind::Directory,
        NodeKind::Symlink,
        NodeKind::HardLink,
        NodeKind::CharDevice,
        NodeKind::Fifo,
    ]);
    let hides = prop::bool::weighted(0.15);
    let facts = (0..4u32, 0..3u64, 0..3u64, -90_000..200_000i64, 0..5u64);
    let member = (path, kinds, hides, facts).prop_map(
        |(path, kind, hides, (mode, uid, gid, time, size))| {
            let (above, base) = path.rsplit_once('/').unwrap_or(("", &path));
            let name = if hides { format!("{above}/.wh.{base}") } else { path.clone() };
            Member {
                kind: if hides { NodeKind::File } else { kind },
                link: b"lib/a.so".to_vec(),
                mode: [0o644, 0o4755, 0o1777, 0o2711][mode as usize],
                uid,
                gid,
                mtime: (time, 0),
                size: if matches!(kind, NodeKind::File) && !hides { size * 700 } else { 0 },
                ..file(&name)
            }
        },
    );
    prop::collection::vec(member, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn matches_are_those_of_a_plain_reading(
        layers in prop::collection::vec(members(), 1..4),
        layers_shown in prop::sample::select(vec!["", "..1", "..2", "2", "1..2", "2..3"]),
        terms in prop::collection::vec((any::<bool>(), test()), 1..3),
    ) {
        let tree = tree_of(layers);
        let terms: Vec<FindTerm> = terms.into_iter().map(|(negated, test)| FindTerm { negated, test }).collect();
        let selection = LayerSelection::parse(layers_shown).unwrap();
        let settings = ViewSettings { selection, ..ViewSettings::default() };
        let mut whole = TreeView::new(&tree);
        whole.set(&tree, settings.clone());
        whole.expand(&tree, 0, true, true);
        let all: Vec<u32> = whole.rows().iter().map(|row| row.node).collect();
        let below = match selection {
            LayerSelection::UpTo(last) => last.position().0,
            LayerSelection::Range(first, _) => first.position().0,
            LayerSelection::All => tree.layers().len() as u32,
        };
        let mut want = BTreeSet::new();
        for &node in &all {
            let before = tree.state(node, below).filter(|event| event.state != NodeState::Removed);
            let shown = Shown { tree: &tree, view: &whole, node, before };
            if terms.iter().all(|term| shown.holds(&term.test) != term.negated) {
                want.insert(node);
            }
        }
        let mut view = TreeView::new(&tree);
        view.set(&tree, ViewSettings { find: terms, ..settings });
        let got: BTreeSet<u32> = all.iter().copied().filter(|node| view.matched(*node)).collect();
        prop_assert_eq!(got, want);
        // What matches is shown with what is above it.
        view.expand(&tree, 0, true, true);
        let rows: BTreeSet<u32> = view.rows().iter().map(|row| row.node).collect();
        for &node in all.iter().filter(|node| view.matched(**node)) {
            prop_assert!(rows.contains(&node));
        }
        let seen = view.summary();
        prop_assert!(seen.matches <= seen.paths && seen.matched_size <= seen.size);
    }

    #[test]
    fn layers_count_as_a_view_of_them_does(layers in prop::collection::vec(members(), 2..4)) {
        let tree = tree_of(layers);
        for (position, layer) in tree.changes().iter().enumerate() {
            let mut view = TreeView::new(&tree);
            let number = crate::vocabulary::LayerPosition(position as u32).number();
            view.set(&tree, ViewSettings { selection: LayerSelection::one(number), ..Default::default() });
            let seen = view.summary();
            prop_assert_eq!(
                (seen.added, seen.modified, seen.removed, seen.unchanged),
                (layer.added, layer.modified - layer.unchanged, layer.removed, layer.unchanged)
            );
        }
    }

    #[test]
    fn a_find_that_matches_everything_weighs_everything(layers in prop::collection::vec(members(), 1..4)) {
        let tree = tree_of(layers);
        let mut view = TreeView::new(&tree);
        view.set(&tree, ViewSettings { find: Find::parse("/./").terms, ..Default::default() });
        let seen = view.summary();
        prop_assert_eq!((seen.matches, seen.matched_size), (seen.paths, seen.size));
    }
}

#[test]
fn a_rewritten_file_that_is_the_same_is_unchanged() {
    let tree = drawn("1: a=5 2: a=5");
    let node = tree.find(b"a").unwrap();
    let (before, after) = (tree.state(node, 1).unwrap(), tree.state(node, 2).unwrap());
    assert_eq!(unchanged(&tree, before, after), Some(true));
    assert_eq!((tree.changes()[1].modified, tree.changes()[1].unchanged), (1, 1));
}
