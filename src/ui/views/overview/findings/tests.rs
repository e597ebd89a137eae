//! The verdict for images in each state.

use super::*;
use crate::link::View;
use crate::problem::Problem;
use crate::protocol::{
    CheckFacts, CheckSource, CheckState, DigestCheck, DiveEfficiency, HiddenBytes, OverviewFacts,
    RiskNumbers, RunFacts, SecretNumbers, SeverityCounts, VexDocumentFacts,
};
use crate::ui::testing::layer;
use crate::vocabulary::{
    ClassTallies, FileTally, LayerPosition, Severity, UncheckedReason, VexOrigin,
};

const READY: Situation =
    Situation { ready: true, cancelled: false, limited: false, missing_bytes: 0 };

/// An image of two layers of which everything is known and fine.
fn fine() -> OverviewFacts {
    OverviewFacts {
        image_id: Some("sha256:a".into()),
        layers: 2,
        size: Some(1_000_000),
        tree_size: Some(1_000_000),
        run: RunFacts { user: "app".into(), root: Some(false), ..RunFacts::default() },
        digests: DigestCheck { matching: vec![layer(1), layer(2)], ..DigestCheck::default() },
        hidden: Some(HiddenBytes { size: 1_000_000, classes: ClassTallies::default() }),
        dive: Some(DiveEfficiency { score: 0.91, wasted_bytes: 230_000, paths: 7 }),
        packages: Some(94),
        secrets: Some(SecretNumbers::default()),
        risks: Some(RiskNumbers::default()),
        ..OverviewFacts::default()
    }
}

fn check(state: CheckState) -> CheckFacts {
    CheckFacts { state, packages: 94, checkable: 93, ..CheckFacts::default() }
}

/// A check that a database has answered.
fn done(counts: SeverityCounts) -> CheckFacts {
    CheckFacts {
        answered: 93,
        source: Some(CheckSource::Database("api.osv.dev".into())),
        as_of: "2026-11-28T12:00:00Z".into(),
        unchecked: vec![(UncheckedReason::NoVersion, 1)],
        counts,
        ..check(CheckState::Done)
    }
}

/// `High: title`, without what is not implemented yet and what `secrets.rs` and `risks.rs` test.
fn lines(findings: &[ImageFinding]) -> Vec<String> {
    const ALWAYS: [&str; 3] =
        ["No secrets were found", "No risks were found", "Signatures and provenance"];
    let line = |finding: &ImageFinding| match finding.verdict {
        Verdict::Found(severity) => format!("{severity:?}: {}", finding.title),
        verdict => format!("{verdict:?}: {}", finding.title),
    };
    findings.iter().filter(|f| !ALWAYS.contains(&f.title.as_str())).map(line).collect()
}

fn verdict(facts: &OverviewFacts, check: &CheckFacts, situation: Situation) -> Vec<String> {
    lines(&findings(facts, Some(check), situation))
}

fn detail(findings: &[ImageFinding], title: &str) -> String {
    let found = findings.iter().find(|finding| finding.title == title);
    found.map(|finding| finding.detail.clone()).unwrap_or_else(|| panic!("{title}: {findings:#?}"))
}

#[test]
fn what_was_not_looked_at_is_named_even_where_all_else_is_fine() {
    assert_eq!(
        verdict(&fine(), &check(CheckState::NotChecked), READY),
        [
            "NotChecked: Vulnerabilities",
            "Clean: All 2 layers match their digests",
            "Clean: Does not start as root",
            "Clean: No space is wasted",
        ]
    );
    let all = findings(&fine(), Some(&check(CheckState::NotChecked)), READY);
    let not_checked = all.iter().filter(|f| f.verdict == Verdict::NotChecked);
    assert_eq!(not_checked.count(), 2, "vulnerabilities, signatures");
    assert_eq!(
        all[0].step,
        Some(NextStep::Check { view: View::Vulnerabilities, label: "Check 93 packages".into() })
    );
    assert_eq!(
        all[0].detail,
        "A check sends names and versions of 93 packages to OSV, after you confirm."
    );
}

#[test]
fn vulnerabilities_that_were_found_come_first_and_by_severity() {
    let counts = SeverityCounts { high: 3, medium: 11, unrated: 4, none: 1, ..Default::default() };
    let mut facts = fine();
    let cmd = vec!["sh".into()];
    facts.run = RunFacts { root: Some(true), cmd, ..RunFacts::default() };
    let all = findings(&facts, Some(&done(counts)), READY);
    assert_eq!(
        lines(&all),
        [
            "High: 19 known vulnerabilities",
            "Medium: Runs as root",
            "NotChecked: Vulnerabilities of 1 further package",
            "Clean: All 2 layers match their digests",
            "Clean: No space is wasted",
        ]
    );
    assert_eq!(
        all[0].detail,
        "3 high, 11 medium, 1 rated 0, 4 not rated. 93 of 94 packages checked against api.osv.dev \
         (28 Nov 2026)."
    );
}

#[test]
fn none_known_is_said_only_of_what_a_database_answered_for() {
    let none = SeverityCounts::default();
    let said = |check: &CheckFacts, facts: &OverviewFacts| {
        let all = findings(facts, Some(check), READY);
        let is_it =
            |f: &&ImageFinding| f.title.contains("ulnerabilities") && !f.title.contains("further");
        all.iter().find(is_it).map(|f| (f.verdict, f.title.clone(), f.detail.clone())).unwrap()
    };
    let whole = done(none);
    assert_eq!(
        said(&whole, &fine()),
        (
            Verdict::Clean,
            "No known vulnerabilities".into(),
            "93 of 94 packages checked against api.osv.dev (28 Nov 2026).".into()
        )
    );
    let unreachable = CheckFacts {
        answered: 0,
        warnings: vec![Problem::new("vulnerabilities-unreachable", "OSV cannot be reached.")],
        ..whole.clone()
    };
    let (verdict, title, text) = said(&unreachable, &fine());
    assert_eq!((verdict, title.as_str()), (Verdict::NotChecked, "Vulnerabilities"));
    assert!(text.starts_with("0 of 94 packages checked against api.osv.dev. "), "{text}");
    assert!(text.ends_with("OSV cannot be reached."), "{text}");
    let partly = CheckFacts { answered: 40, ..whole.clone() };
    assert_eq!(said(&partly, &fine()).0, Verdict::NotChecked);
    let interrupted = CheckFacts { state: CheckState::Interrupted, answered: 40, ..whole.clone() };
    assert_eq!(said(&interrupted, &fine()).1, "Vulnerabilities: results are partial");
    let unheard = CheckFacts { state: CheckState::Interrupted, ..unreachable };
    assert_eq!(said(&unheard, &fine()).1, "Vulnerabilities", "nothing is partial");
    // Layers that were not read may hold more packages.
    let part = OverviewFacts { unread: vec![layer(2)], ..fine() };
    assert_eq!(said(&whole, &part).0, Verdict::NotChecked);
    let running = CheckFacts { done: 7, total: 93, ..check(CheckState::Running) };
    assert_eq!(said(&running, &fine()).2, "7 of 93 looked up.");
}

#[test]
fn without_packages_there_is_nothing_to_look_up() {
    let nothing = CheckFacts { state: CheckState::NotChecked, ..CheckFacts::default() };
    let all = findings(&fine(), Some(&nothing), READY);
    assert_eq!(
        detail(&all, "Vulnerabilities"),
        "No package was found, so there is nothing to look up."
    );
    let all = findings(&fine(), None, Situation::default());
    assert_eq!(
        all.iter().find(|f| f.title == "Vulnerabilities").unwrap().verdict,
        Verdict::Running
    );
}

#[test]
fn a_file_that_ends_early_is_told_first_and_no_verdict_is_given_on_the_rest() {
    let cut = Problem::new("archive-truncated", "The file ends within a layer.")
        .expected("475,520 more bytes of <b>")
        .found("the end of the file");
    let facts = OverviewFacts {
        warnings: vec![Problem::new("no-image-named", "No index names an image."), cut],
        run: RunFacts { root: Some(true), ..RunFacts::default() },
        ..fine()
    };
    let counts = SeverityCounts { critical: 1, ..Default::default() };
    let all = findings(&facts, Some(&done(counts)), READY);
    let lines = lines(&all);
    assert_eq!(lines[..2], ["High: The file is incomplete", "Critical: 1 known vulnerability"]);
    assert!(lines.contains(&"NotChecked: Wasted space".into()), "{lines:#?}");
    assert!(!lines.iter().any(|line| line.starts_with("Clean: No space")), "{lines:#?}");
    assert_eq!(
        all[0].detail,
        "The file ends within a layer. What is shown is a part of it. Expected: 475,520 more bytes \
         of <b>. Found: the end of the file."
    );
}

#[test]
fn a_part_of_an_image_has_no_clean_waste() {
    let limited = Situation { limited: true, ..READY };
    let missing = OverviewFacts {
        digests: DigestCheck {
            matching: vec![layer(1)],
            missing: vec![layer(2)],
            ..DigestCheck::default()
        },
        unread: vec![layer(2)],
        ..fine()
    };
    for (facts, situation) in [(&fine(), limited), (&missing, READY)] {
        let lines = verdict(facts, &check(CheckState::NotChecked), situation);
        assert!(lines.contains(&"NotChecked: Wasted space".to_owned()), "{lines:#?}");
    }
    let lines = verdict(&missing, &check(CheckState::NotChecked), READY);
    assert!(lines.contains(&"Medium: 1 layer is missing".to_owned()), "{lines:#?}");
    assert!(lines.contains(&"NotChecked: Contents of layer 2".to_owned()), "{lines:#?}");
}

#[test]
fn what_is_not_downloaded_is_named_with_the_button_that_downloads_it() {
    let facts = OverviewFacts {
        digests: DigestCheck { not_downloaded: vec![layer(1), layer(2)], ..DigestCheck::default() },
        unread: vec![layer(1), layer(2)],
        hidden: None,
        dive: None,
        ..fine()
    };
    let situation = Situation { missing_bytes: 514_000_000, ..Situation::default() };
    let all = findings(&facts, Some(&check(CheckState::Waiting)), situation);
    let contents = all.iter().find(|f| f.title == "Contents of all layers").unwrap();
    assert_eq!(contents.step, Some(NextStep::Download { bytes: 514_000_000 }));
    assert_eq!(detail(&all, "Digests of layers"), "Layers 1 and 2 are not downloaded.");
    assert!(lines(&all).contains(&"NotChecked: Wasted space".to_owned()));
}

#[test]
fn while_layers_are_read_checks_are_running() {
    let facts = OverviewFacts {
        digests: DigestCheck {
            matching: vec![layer(1)],
            pending: vec![layer(2)],
            ..DigestCheck::default()
        },
        unread: vec![layer(2)],
        hidden: None,
        ..fine()
    };
    assert_eq!(
        verdict(&facts, &check(CheckState::Waiting), Situation::default()),
        [
            "Running: Digests of layers",
            "Running: Vulnerabilities",
            "Running: Wasted space",
            "Clean: Does not start as root",
        ]
    );
}

#[test]
fn digests_are_checked_after_all_else_unless_that_was_cancelled() {
    let digests =
        DigestCheck { matching: vec![layer(1)], pending: vec![layer(2)], ..DigestCheck::default() };
    let facts = OverviewFacts { digests, ..fine() };
    let told = |situation| {
        let all = findings(&facts, None, situation);
        let found = all.iter().find(|finding| finding.title == "Digests of layers");
        found.map(|finding| (finding.verdict, finding.detail.clone()))
    };
    let detail = "1 of 2 match so far.".to_owned();
    assert_eq!(told(READY), Some((Verdict::Running, detail.clone())));
    let cancelled = Situation { cancelled: true, ..READY };
    assert_eq!(told(cancelled), Some((Verdict::NotChecked, detail)));
}

#[test]
fn digests_are_told_as_they_are() {
    let of = |digests: DigestCheck| {
        let all = findings(&OverviewFacts { digests, ..fine() }, None, READY);
        let is_it = |f: &&ImageFinding| f.title.contains("igest") || f.title.contains("missing");
        all.iter()
            .find(is_it)
            .map(|f| format!("{:?}: {} {}", f.verdict, f.title, f.detail))
            .unwrap()
    };
    let both = || vec![layer(1), layer(2)];
    for (digests, want) in [
        (
            DigestCheck { mismatching: vec![layer(2)], ..Default::default() },
            "Found(High): A layer does not match its digest Layer 2 does not match its digest. Do not \
             trust this image.",
        ),
        (
            DigestCheck { missing: vec![layer(2)], ..Default::default() },
            "Found(Medium): 1 layer is missing Layer 2 is named but not in the file. It is not part \
             of what is shown.",
        ),
        (
            DigestCheck { missing: both(), ..Default::default() },
            "Found(Medium): 2 layers are missing Layers 1 and 2 are named but not in the file. They \
             are not part of what is shown.",
        ),
        (
            DigestCheck { unclaimed: both(), ..Default::default() },
            "NotChecked: Digests of layers Layers 1 and 2 have no digest to check against.",
        ),
        (
            DigestCheck { saved_inspection: true, ..Default::default() },
            "NotChecked: Digests of layers A saved inspection has no contents to check.",
        ),
        (
            DigestCheck { matching: vec![layer(1)], ..Default::default() },
            "NotChecked: Digests of layers 1 of 2 match so far.",
        ),
    ] {
        assert_eq!(of(digests), want);
    }
}

#[test]
fn waste_is_one_figure_with_dives_below_it() {
    let of = |bytes| {
        let classes = ClassTallies {
            removed: FileTally { files: 23_348, bytes },
            rewritten: [FileTally { files: 4358, bytes: 0 }; 5],
            ..ClassTallies::default()
        };
        let hidden = HiddenBytes { size: 1_280_000_000, classes };
        let facts = OverviewFacts { hidden: Some(hidden), tree_size: Some(629_000_000), ..fine() };
        let all = findings(&facts, None, READY);
        all.into_iter().find(|f| f.footnote.is_some()).unwrap()
    };
    let much = of(649_000_000);
    assert_eq!(much.verdict, Verdict::Found(Severity::Medium));
    assert_eq!(much.title, "649 MB wasted, 51 %");
    assert_eq!(
        much.detail,
        "629 MB are visible in a container. Later layers remove 23,348 files (649 MB) and rewrite \
         21,790 files with the same content (0 B); the layers still contain them."
    );
    assert_eq!(much.step, Some(NextStep::show(View::Waste, "Show wasted files")));
    assert_eq!(
        much.footnote.as_deref(),
        Some("dive 0.13 would say: efficiency 91.0 %, 230 kB wasted in 7 paths.")
    );
    assert_eq!(of(20_000_000).verdict, Verdict::Found(Severity::Low));
    assert_eq!(of(1_000).title, "Under 1 % of the size is wasted");
    assert_eq!(of(0).title, "No space is wasted");
}

#[test]
fn a_root_file_system_has_no_verdict_on_what_it_has_not() {
    let facts = OverviewFacts {
        image_id: None,
        layers: 1,
        run: RunFacts::default(),
        digests: DigestCheck { unclaimed: vec![layer(1)], ..DigestCheck::default() },
        ..fine()
    };
    assert_eq!(
        verdict(&facts, &check(CheckState::NotChecked), READY),
        ["NotChecked: Digests of layers", "NotChecked: Vulnerabilities"]
    );
}

#[test]
fn many_problems_of_one_kind_are_one_finding() {
    let warning = |at: u32| {
        Problem::new("hard-link-target", "A hard link's target is missing.")
            .in_layer(LayerPosition(0))
            .on_path(format!("/a/{at}\u{202e}"))
    };
    let warnings: Vec<Problem> = (0..500).map(warning).collect();
    let facts = OverviewFacts { warnings: warnings.clone(), ..fine() };
    let all = findings(&facts, None, READY);
    assert_eq!(lines(&all)[0], "Low: Layer 1: A hard link's target is missing");
    assert_eq!(all[0].detail, "Path: /a/0\\u{202e}. And 499 more of this kind.");
    assert_eq!(all.iter().filter(|f| f.title.contains("hard link")).count(), 1);
    let facts = OverviewFacts { warnings: warnings[..2].to_vec(), ..fine() };
    let all = findings(&facts, None, READY);
    assert_eq!(all.iter().filter(|f| f.title.contains("hard link")).count(), 2);
}

#[test]
fn mismatches_of_layers_are_told_once() {
    let facts = OverviewFacts {
        warnings: vec![
            Problem::new("layer-diff-id-mismatch", "It differs.").in_layer(LayerPosition(0)),
            Problem::new("config-digest-mismatch", "The configuration differs."),
        ],
        digests: DigestCheck { mismatching: vec![layer(1)], ..DigestCheck::default() },
        ..fine()
    };
    let lines = lines(&findings(&facts, None, READY));
    assert_eq!(
        lines[..2],
        ["High: The configuration differs", "High: A layer does not match its digest"]
    );
}

#[test]
fn what_a_vex_document_leaves_out_is_neither_clean_nor_found() {
    let suppressed = SeverityCounts { critical: 2, low: 1, ..SeverityCounts::default() };
    let by = |origin, name: &str| CheckFacts {
        suppressed: 3,
        vex: vec![VexDocumentFacts { origin, name: name.into(), suppressed }],
        ..done(SeverityCounts::default())
    };
    let basis = "93 of 94 packages checked against api.osv.dev (28 Nov 2026).";
    for (check, speaker) in [
        (
            by(VexOrigin::Attached, "sha256:aa"),
            "the image itself (attached VEX document sha256:aa, whose author was not checked)",
        ),
        (by(VexOrigin::Opened, "us.vex.json"), "us.vex.json"),
    ] {
        let all = findings(&fine(), Some(&check), READY);
        let said = |verdict| {
            move |finding: &&ImageFinding| {
                finding.verdict == verdict && finding.title.contains("known vulnerabilities")
            }
        };
        assert_eq!(all.iter().find(said(Verdict::Clean)), None);
        let left_out = all.iter().find(said(Verdict::NotChecked)).unwrap();
        assert_eq!(left_out.title, "3 known vulnerabilities left out by VEX");
        assert_eq!(left_out.detail, format!("2 critical, 1 low left out by {speaker}. {basis}"));
    }
}

#[test]
fn what_a_vex_document_leaves_out_is_told_beside_what_was_found() {
    let check = CheckFacts {
        suppressed: 1,
        ..done(SeverityCounts { low: 1, ..SeverityCounts::default() })
    };
    let all = lines(&findings(&fine(), Some(&check), READY));
    assert!(all.contains(&"Low: 1 known vulnerability".to_owned()), "{all:?}");
    let left_out = "NotChecked: 1 further known vulnerability left out by VEX".to_owned();
    assert!(all.contains(&left_out), "{all:?}");
}
