//! The sentences of a comparison.

use crate::format;
use crate::protocol::{ComparisonFacts, MetadataDifference};
use crate::vocabulary::PathDifference;

/// What is said first: whether they differ, and by how many bytes.
pub fn verdict(facts: &ComparisonFacts) -> String {
    let times = facts.classes.iter().find(|class| class.difference == PathDifference::Time);
    if facts.same_but_times {
        return match times {
            None => "Nothing differs.".to_owned(),
            Some(class) => {
                let paths = format::counted(class.paths, "path", "paths");
                format!("Only times differ, those of {paths}.")
            }
        };
    }
    let (a, b) = (facts.a.size, facts.b.size);
    let files = facts.classes.iter().any(|class| class.difference != PathDifference::Time);
    match a.cmp(&b) {
        std::cmp::Ordering::Equal if !files && facts.unknown > 0 => {
            "No difference is known so far.".to_owned()
        }
        std::cmp::Ordering::Equal if !files => {
            "The files are the same; packages, layers, configuration or history differ.".to_owned()
        }
        std::cmp::Ordering::Equal => "The files differ and have the same size together.".to_owned(),
        std::cmp::Ordering::Less => format!("{} larger.", grown(b - a, a)),
        std::cmp::Ordering::Greater => format!("{} smaller.", grown(a - b, a)),
    }
}

/// `12.0 MB (4.1 %)`.
fn grown(bytes: u64, of: u64) -> String {
    match of {
        0 => format::size(bytes),
        _ if bytes > of => format::size(bytes),
        _ => format!("{} ({})", format::size(bytes), format::percent_text(bytes, of)),
    }
}

/// What differs of a path's metadata: `mode 644 → 600, owner 0:0 → 7:7`.
pub fn metadata(metadata: &MetadataDifference) -> String {
    let mode = metadata.mode.map(|(a, b)| format!("mode {a:o} → {b:o}"));
    let owner = metadata.owner.map(|((user_a, group_a), (user_b, group_b))| {
        format!("owner {user_a}:{group_a} → {user_b}:{group_b}")
    });
    let xattrs = metadata.xattrs.then(|| "extended attributes".to_owned());
    [mode, owner, xattrs].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[test]
fn the_verdict_says_how_much_or_that_only_times_differ() {
    let mut facts = ComparisonFacts { same_but_times: true, ..ComparisonFacts::default() };
    assert_eq!(verdict(&facts), "Nothing differs.");
    facts.classes = vec![crate::protocol::DifferenceNumbers {
        difference: PathDifference::Time,
        paths: 12,
        bytes_a: 0,
        bytes_b: 0,
    }];
    assert_eq!(verdict(&facts), "Only times differ, those of 12 paths.");
    facts.same_but_times = false;
    assert_eq!(
        verdict(&facts),
        "The files are the same; packages, layers, configuration or history differ."
    );
    facts.unknown = 2;
    assert_eq!(verdict(&facts), "No difference is known so far.");
    (facts.a.size, facts.b.size) = (1_000_000, 1_012_000);
    assert_eq!(verdict(&facts), "12.0 kB (1.2 %) larger.");
    (facts.a.size, facts.b.size) = (10, 7);
    assert_eq!(verdict(&facts), "3 B (30 %) smaller.");
    (facts.a.size, facts.b.size) = (0, 7);
    assert_eq!(verdict(&facts), "7 B larger.");
}

#[test]
fn only_what_differs_of_the_metadata_is_named() {
    let all = MetadataDifference {
        mode: Some((0o644, 0o4755)),
        owner: Some(((0, 0), (7, 8))),
        xattrs: true,
    };
    assert_eq!(metadata(&all), "mode 644 → 4755, owner 0:0 → 7:8, extended attributes");
    assert_eq!(
        metadata(&MetadataDifference { mode: None, xattrs: false, ..all }),
        "owner 0:0 → 7:8"
    );
}
