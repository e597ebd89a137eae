//! Until when the distribution gets security updates.
//!
//! Sources: os-release(5), `SUPPORT_END`; else `end_of_support.txt`, made of endoflife.date's data of 22 August 2026
//! (MIT licence): ID and version as in os-release, the last day of support, and of Debian the last day of its
//! long-term support, which is free too. Extensions that have to be paid for do not count.
//!
//! - A version that is not in the table says nothing: it may be newer than the table.

use super::check::{RiskBasis, RiskCheck};
use super::material::RiskMaterial;
use super::risk::{Risk, RiskFindings};
use crate::analysis::packages::Release;
use crate::text::show;
use crate::time::Timestamp;
use crate::vocabulary::RiskSeverity;

pub static CHECKS: &[&RiskCheck] = &[&END_OF_SUPPORT, &LONG_TERM_SUPPORT];

static END_OF_SUPPORT: RiskCheck = RiskCheck {
    code: "end-of-support",
    title: "Distribution without security updates",
    severity: RiskSeverity::High,
    basis: RiskBasis::Files,
    why: "New vulnerabilities in its packages are not fixed any more, and often not even listed.",
    advice: "Build on a supported version of the distribution.",
    aliases: &["CIS Docker 4.4"],
};

static LONG_TERM_SUPPORT: RiskCheck = RiskCheck {
    code: "long-term-support",
    title: "Distribution in long-term support",
    severity: RiskSeverity::Info,
    basis: RiskBasis::Files,
    why: "A smaller team fixes security faults of a part of the packages.",
    advice: "Plan the change to a newer version.",
    aliases: &[],
};

const TABLE: &str = include_str!("end_of_support.txt");

/// The last days on which a version gets updates.
struct Support<'a> {
    last: &'a str,
    /// Of long-term support; empty: there is none.
    long_term: &'a str,
}

pub fn find(image: &RiskMaterial<'_>, found: &mut RiskFindings) {
    let Some(release) = &image.inventory.release else { return };
    let Some(support) = support(release) else { return };
    let is_over = |day: &str| {
        let end = Timestamp::from_rfc3339(&format!("{day}T23:59:59Z"));
        end.is_some_and(|end| end < image.now)
    };
    let name = show(release.shown_name().as_bytes());
    let Support { last, long_term } = support;
    if is_over(last) && (long_term.is_empty() || is_over(long_term)) {
        let last = if long_term > last { long_term } else { last };
        let message = format!("Support of {name} ended on {}.", show(last.as_bytes()));
        found.add(Risk::new(&END_OF_SUPPORT, message));
    } else if is_over(last) {
        let message = format!("{name} has long-term support until {long_term}.");
        found.add(Risk::new(&LONG_TERM_SUPPORT, message));
    }
}

/// What the release itself says; else the table's line of its version, or of the version that it is a part of.
fn support(release: &Release) -> Option<Support<'_>> {
    if !release.support_end.is_empty() {
        return Some(Support { last: &release.support_end, long_term: "" });
    }
    let mut version = &*release.version_id;
    loop {
        let line = TABLE.lines().find_map(|line| {
            let mut words = line.split(' ');
            let is_it = words.next() == Some(&*release.id) && words.next() == Some(version);
            is_it.then(|| Support {
                last: words.next().unwrap_or_default(),
                long_term: words.next().unwrap_or_default(),
            })
        });
        match (line, version.rsplit_once('.')) {
            (Some(support), _) => return Some(support),
            (None, Some((shorter, _))) => version = shorter,
            (None, None) => return None,
        }
    }
}

#[test]
fn versions_are_found_by_what_they_are_a_part_of() {
    let last = |id: &str, version: &str| {
        let (id, version_id) = (id.to_owned(), version.to_owned());
        let release = Release { id, version_id, ..Release::default() };
        support(&release).map(|found| format!("{} {}", found.last, found.long_term))
    };
    // Source: debian.org/releases, alpinelinux.org/releases, access.redhat.com's life cycle.
    assert_eq!(last("debian", "11.11").as_deref(), Some("2024-08-14 2026-08-31"));
    assert_eq!(last("alpine", "3.10.2").as_deref(), Some("2021-05-01 "));
    assert_eq!(last("rhel", "7.9").as_deref(), Some("2024-06-30 "));
    for (id, version) in
        [("debian", ""), ("alpine", "3.99"), ("wolfi", "20230201"), ("alpine", "3")]
    {
        assert_eq!(last(id, version), None, "{id} {version}");
    }
}

#[test]
fn every_line_of_the_table_has_its_days() {
    for line in TABLE.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        assert!((3..=4).contains(&words.len()), "{line}");
        for day in &words[2..] {
            assert!(Timestamp::from_rfc3339(&format!("{day}T00:00:00Z")).is_some(), "{line}");
        }
    }
}
