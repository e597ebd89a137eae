//! Trees of one layer with links in them.

use super::*;
use crate::entry::Member;
use crate::layer::LayerIndex;
use crate::tree::drawn::drawn;
use crate::tree::merge;
use crate::vocabulary::NodeKind;
use std::sync::Arc;

/// A tree of files, and of links as `NAME -> TARGET`.
fn tree(members: &[String]) -> FileTree {
    let mut index = LayerIndex::default();
    for member in members {
        let (name, link) = member.split_once(" -> ").unwrap_or((member, ""));
        let kind = if link.is_empty() { NodeKind::File } else { NodeKind::Symlink };
        index.push(&Member { kind, link: link.into(), ..Member::file(name, 0) });
    }
    merge(vec![Arc::new(index)])
}

fn resolved(tree: &FileTree, path: &str, last: LastLink) -> Option<(String, usize)> {
    let budget = StepBudget::default();
    let resolved = Resolver::new(tree, &budget).resolve(path.as_bytes(), last)?;
    Some((String::from_utf8(tree.path(resolved.node)).unwrap(), resolved.link))
}

#[test]
fn paths_are_resolved_as_by_the_kernel() {
    let members = [
        "usr/bin/sh",
        "bin -> usr/bin",
        "sbin -> /bin/",
        "a/up -> ../usr/./bin/../bin",
        "loop -> loop",
        "none -> gone/x",
        "last -> usr/bin/sh",
        "two -> last",
    ];
    let tree = tree(&members.map(str::to_owned));
    let (followed, kept) = (LastLink::Followed, LastLink::Kept);
    for (path, last, want) in [
        ("usr/bin/sh", kept, Some(("usr/bin/sh", 0))),
        ("bin/sh", kept, Some(("usr/bin/sh", 1))),
        ("sbin/sh", kept, Some(("usr/bin/sh", 1))),
        ("a/up/sh", kept, Some(("usr/bin/sh", 2))),
        ("bin", kept, Some(("bin", 0))),
        ("bin", followed, Some(("usr/bin", 1))),
        ("two", followed, Some(("usr/bin/sh", 1))),
        ("loop/x", kept, None),
        ("none", followed, None),
        ("usr/bin/sh/x", kept, None),
    ] {
        let want = want.map(|(path, link): (&str, usize)| (path.to_owned(), link));
        assert_eq!(resolved(&tree, path, last), want, "{path}");
    }
}

#[test]
fn forty_links_are_followed_wherever_a_path_begins() {
    let chain = (0..60).map(|n| format!("l{n} -> l{}", n + 1));
    let tree = tree(&chain.chain(["l60".to_owned()]).collect::<Vec<_>>());
    let budget = StepBudget::default();
    for starts in [[0, 20, 21], [21, 20, 0]] {
        let mut resolver = Resolver::new(&tree, &budget);
        for start in starts {
            let path = format!("l{start}");
            let found = resolver.resolve(path.as_bytes(), LastLink::Followed);
            assert_eq!(found.is_some(), 60 - start <= 40, "{path} of {starts:?}");
        }
    }
}

#[test]
fn a_long_link_is_walked_once_whatever_is_behind_it() {
    let steps = |paths: usize| {
        let long = format!("link -> {}d", "d/../".repeat(800));
        let tree = tree(&["d/file".to_owned(), long]);
        let budget = StepBudget::default();
        let mut resolver = Resolver::new(&tree, &budget);
        assert!((0..paths).all(|_| resolver.node(b"link/file").is_some()));
        MAX_STEPS - budget.0.get()
    };
    assert_eq!(steps(1001) - steps(1), 2 * 1000);
}

#[test]
fn paths_beyond_the_budget_are_not_found() {
    let tree = tree(&["a".to_owned()]);
    let budget = StepBudget(Cell::new(3));
    let mut resolver = Resolver::new(&tree, &budget);
    assert_eq!((0..5).filter(|_| resolver.node(b"a").is_some()).count(), 3);
    assert!(budget.is_spent());
}

#[test]
fn later_layers_that_wrote_a_path_are_steps_too() {
    let layers: Vec<String> = (1..=100).map(|at| format!("{at}: a a")).collect();
    let tree = drawn(&layers.join(" "));
    let steps = |layers| {
        let budget = StepBudget::default();
        assert!(Resolver::after(&tree, layers, &budget).node(b"a").is_some());
        MAX_STEPS - budget.0.get()
    };
    assert_eq!([steps(100), steps(50), steps(1)], [1, 2, 4]);
}

#[test]
fn a_hard_link_to_a_symbolic_link_leads_where_that_leads() {
    for (layers, path, want) in [
        ("1: z/x l@z/x p->l", "p", Some("z/x")),
        ("1: z/x z/l@x 2: p->z/l", "p", None), // counted from where the name is
        ("1: z/x z/l@/z/x 2: d/p->z/l 3: z/.wh.l", "d/p", Some("z/x")),
        ("1: z/x l@z a->l b->a", "b/x", Some("z/x")),
        ("1: l@l a->l", "a", None),
        // As it was when the link was made, however many links are between.
        ("1: z/x l@z a->l 2: l@nowhere", "a/x", Some("z/x")),
        (
            &(0..20).fold("1: z/x l0@z".to_owned(), |all, n| format!("{all} l{}->l{n}", n + 1)),
            "l20/x",
            Some("z/x"),
        ),
    ] {
        let tree = drawn(layers);
        let budget = StepBudget::default();
        let found = Resolver::new(&tree, &budget).resolve(path.as_bytes(), LastLink::Followed);
        let found = found.map(|found| crate::text::show(&tree.path(found.node)).to_string());
        assert_eq!(found.as_deref(), want, "{layers}");
    }
}

#[test]
fn a_path_that_leads_to_nothing_says_why() {
    let members = ["a -> b", "b -> /a", "gone -> nowhere", "end -> d/x", "d/x"];
    let tree = tree(&members.map(str::to_owned));
    let budget = StepBudget::default();
    let mut resolver = Resolver::new(&tree, &budget);
    assert_eq!(resolver.follow(b"a"), Err(LostPath::TooManyLinks));
    assert_eq!(resolver.follow(b"gone"), Err(LostPath::Missing));
    assert_eq!(resolver.follow(b"end").ok(), tree.find(b"d/x"));
}
