//! The view drawn natively: loading, full, empty, failed, odd names, and every state of a signature.

use super::ProvenanceView;
use crate::problem::Problem;
use crate::protocol::{
    BuildFacts, CheckedSignature, DocumentScope, GivenTrust, KeyFacts, KeyKind, LinkWord,
    MaterialFacts, Overview, OverviewFacts, Provenance, ProvenanceDetails, ProvenanceFacts,
    ProvenanceNumbers, ProvenanceRow, RegistrySearch, SignatureCheck, SignatureCheckResult,
    SignatureFault, SignatureGap, SignatureOutcome, SignatureSigner, SignatureState,
    SignatureVerdict, SignedContent, SignedTime, SignedTimeSource, TableLine, TablePart, TrustItem,
    TrustedThing,
};
use crate::ui::app::Loaded;
use crate::ui::testing::{Rendered, TestPage};
use crate::vocabulary::ProvenanceKind;
use leptos::prelude::*;

fn row(signature: SignatureState) -> ProvenanceRow {
    let identity = Some("https://github.com/o/app/.github/workflows/r.yml@refs/heads/main".into());
    let issuer = Some("https://token.actions.githubusercontent.com".into());
    ProvenanceRow {
        key: "0123456789ab".into(),
        kind: ProvenanceKind::Slsa,
        media_type: "application/vnd.dev.sigstore.bundle.v0.3+json".into(),
        predicate_type: Some("https://slsa.dev/provenance/v1".into()),
        scope: DocumentScope::Manifest,
        signature,
        signer: Some(SignatureSigner::Certificate { identity, issuer }),
        time: Some(SignedTime { seconds: 1_692_367_000, source: SignedTimeSource::Log }),
        builder: Some("https://builds.example/<b>".into()),
        digest: format!("sha256:{}", "ab".repeat(32)),
    }
}

fn part(rows: Vec<ProvenanceRow>) -> TablePart<ProvenanceRow> {
    let total = rows.len() as u64;
    let lines = rows.into_iter().map(TableLine::Row).collect();
    TablePart { lines, total_lines: total, total_rows: total }
}

fn page(link: &str, rows: Vec<ProvenanceRow>, numbers: ProvenanceNumbers) -> TestPage {
    let facts = OverviewFacts { provenance: numbers, ..OverviewFacts::default() };
    TestPage::at(link).answers::<Overview>(facts).answers::<Provenance>(part(rows))
}

fn draw(page: TestPage) -> Rendered {
    page.render(|| view! { <ProvenanceView /> })
}

fn list(rows: Vec<ProvenanceRow>, numbers: ProvenanceNumbers) -> Rendered {
    draw(page("#/?view=provenance", rows, numbers))
}

#[test]
fn documents_are_listed_with_what_is_known_of_their_signatures() {
    let html =
        list(vec![row(SignatureState::Valid), row(SignatureState::Unsigned)], Default::default());
    assert!(html.has(r#"aria-label="Provenance""#) && html.count("<h1") == 1);
    let text = html.text();
    assert!(
        text.contains(
            "Valid Build provenance This image \
             https://github.com/o/app/.github/workflows/r.yml@refs/heads/main \
             https://builds.example/<b> https://slsa.dev/provenance/v1 Not signed Build provenance"
        ),
        "{text}"
    );
    assert!(text.ends_with("2 documents"), "{text}");
}

#[test]
fn only_a_valid_signature_is_green_and_has_a_signer() {
    for state in [
        SignatureState::Invalid,
        SignatureState::Unchecked,
        SignatureState::Pending,
        SignatureState::Absent,
        SignatureState::Unsigned,
    ] {
        let html = list(vec![row(state)], Default::default());
        assert!(!html.has(r#"class="ok""#), "{state:?}");
        assert!(!html.text().contains("refs/heads/main"), "{state:?}: {}", html.text());
    }
    assert!(list(vec![row(SignatureState::Valid)], Default::default()).has(r#"class="ok""#));
}

#[test]
fn a_document_about_another_image_is_told_above_the_table() {
    let other = ProvenanceRow {
        scope: DocumentScope::Another(vec!["sha256:cd".into()]),
        ..row(SignatureState::Invalid)
    };
    let numbers = ProvenanceNumbers { of_others: 1, ..ProvenanceNumbers::default() };
    let text = list(vec![other], numbers).text();
    assert!(text.contains("is about another one"), "{text}");
    assert!(text.contains("Not valid Build provenance Another image"), "{text}");
}

#[test]
fn no_documents_are_told_by_where_they_were_looked_for() {
    let text = |search| list(Vec::new(), ProvenanceNumbers { search, ..Default::default() }).text();
    assert!(text(RegistrySearch::Complete).contains("Unsigned: the registry has no signature"));
    assert!(text(RegistrySearch::NoRegistry).contains("open it from its registry"));
    assert!(!text(RegistrySearch::NoRegistry).contains("Unsigned"));
    let problem = Problem::new("registry-forbidden", "The registry refuses.");
    let incomplete = text(RegistrySearch::Incomplete(problem));
    assert!(incomplete.contains("The registry refuses."), "{incomplete}");
    assert!(!incomplete.contains("Unsigned"), "{incomplete}");
}

#[test]
fn while_documents_are_read_it_says_so_and_a_failure_is_an_alert() {
    let html = draw(TestPage::at("#/?view=provenance"));
    assert!(html.text().contains("Reading the documents…"), "{}", html.text());
    let problem = Problem::new("session-failed", "The engine failed.");
    let html = draw(TestPage::at("#/?view=provenance").fails::<Provenance>(problem));
    assert!(html.has(r#"role="alert""#) && html.text().contains("The engine failed."));
}

#[test]
fn the_question_is_what_the_link_says() {
    let link = "#/?view=provenance&filter=slsa&sort=-name";
    let html = draw(TestPage::at(link).answers_with::<Provenance>(|question| {
        let table = &question.table;
        assert_eq!((&table.filter[..], &table.sort.to_link()[..]), ("slsa", "-name"));
        Loaded::of(part(vec![row(SignatureState::Unsigned)]))
    }));
    assert!(html.text().contains("Build provenance"));
}

fn checked(check: SignatureCheck, result: SignatureCheckResult) -> CheckedSignature {
    CheckedSignature { check, result, detail: "".into() }
}

fn facts(signature: SignatureState, checks: Vec<CheckedSignature>) -> ProvenanceFacts {
    let row = row(signature);
    let verdict = SignatureVerdict {
        outcome: SignatureOutcome::Unchecked,
        signer: row.signer.clone(),
        checks,
        ..SignatureVerdict::default()
    };
    ProvenanceFacts {
        row,
        size: 4000,
        names: vec!["app".into()],
        build: Some(BuildFacts {
            builder: Some("https://builds.example".into()),
            repository: Some("https://github.com/o/app".into()),
            commit: Some("f0b49a04e5a62250e0f60fb128004a73110fe311".into()),
            trigger: Some("push".into()),
            arguments: vec![("build-arg:V".into(), "<i>2</i>".into())],
            materials: vec![MaterialFacts {
                name: "alpine:3.20".into(),
                is_image: true,
                digest: "sha256:d1".into(),
            }],
            ..BuildFacts::default()
        }),
        verdict: Some(verdict).filter(|verdict| !verdict.checks.is_empty()),
        problem: None,
        is_kept: true,
    }
}

fn details(facts: ProvenanceFacts) -> Rendered {
    let link = "#/?view=provenance&item=0123456789ab";
    let rows = vec![facts.row.clone()];
    draw(page(link, rows, Default::default()).answers::<ProvenanceDetails>(facts))
}

#[test]
fn a_valid_signature_is_told_with_every_check_below_it() {
    let checks = vec![
        checked(SignatureCheck::Chain, SignatureCheckResult::Holds),
        checked(
            SignatureCheck::LogInclusion,
            SignatureCheckResult::NotChecked(SignatureGap::PromisedOnly),
        ),
    ];
    let html = details(facts(SignatureState::Valid, checks));
    let text = html.text();
    assert!(
        text.contains(
            "Signature valid: https://github.com/o/app/.github/workflows/r.yml@refs/heads/main, by \
             https://token.actions.githubusercontent.com, logged 2023-08-18 13:56:40 UTC."
        ),
        "{text}"
    );
    assert!(text.contains("Whether this is the right signer is for you to decide."), "{text}");
    assert!(text.contains("Certificate holds"), "{text}");
    let gap = "In the log not checked The log promised to include it and gave no proof.";
    assert!(text.contains(gap), "{text}");
    assert!(text.contains("Build as the signer says"), "{text}");
}

#[test]
fn of_a_signature_that_fails_the_signer_is_a_claim() {
    let fails = SignatureCheckResult::Fails(SignatureFault::OtherSubject);
    let html =
        details(facts(SignatureState::Invalid, vec![checked(SignatureCheck::Subject, fails)]));
    let text = html.text();
    assert!(text.contains("Signature not valid."), "{text}");
    assert!(text.contains("Subject fails Another image is signed, or another payload."), "{text}");
    assert!(text.contains("Claimed signer https://github.com/o/app"), "{text}");
    assert!(text.contains("Build a claim, not proven"), "{text}");
    assert!(!html.has(r#"class="ok""#), "{html}");
}

#[test]
fn builder_source_arguments_and_materials_are_told_and_the_document_is_one_click_away() {
    let html = details(facts(SignatureState::Unsigned, Vec::new()));
    let text = html.text();
    for told in [
        "Not signed: it is a claim of anyone who could write it.",
        "Builder https://builds.example Repository https://github.com/o/app Commit f0b49a04",
        "Trigger push",
        "Arguments build-arg:V = <i>2</i>",
        "Images used alpine:3.20 sha256:d1",
    ] {
        assert!(text.replace(" = ", "=").contains(&told.replace(" = ", "=")), "{told}: {text}");
    }
    let commit = "https://github.com/o/app/commit/f0b49a04e5a62250e0f60fb128004a73110fe311";
    assert!(html.has(&format!(r#"href="{commit}" target="_blank" rel="noopener noreferrer""#)));
    let raw = format!(r##"href="#/?view=raw&amp;item=sha256%3A{}""##, "ab".repeat(32));
    assert!(html.has(&raw), "{html}");
}

#[test]
fn every_check_fault_and_gap_has_words() {
    for check in SignatureCheck::ALL {
        assert!(!super::words::check(*check).0.is_empty());
    }
    for fault in SignatureFault::ALL {
        assert!(super::words::fault(*fault).ends_with('.'));
    }
    for gap in SignatureGap::ALL {
        assert!(super::words::gap(*gap).ends_with('.'));
    }
}

#[test]
fn what_is_trusted_is_listed_and_can_be_removed() {
    let item = |id: &str, what| TrustItem { id: id.to_owned(), what };
    let key = |algorithm| KeyFacts { algorithm, fingerprint: "sha256:ab".to_owned() };
    let root = TrustedThing::Root { authorities: 1, logs: 2, timestamp_authorities: 0 };
    let items = vec![
        item("r", root),
        item("a", TrustedThing::Key(Some(key(KeyKind::EcdsaP256)))),
        item("b", TrustedThing::Key(Some(key(KeyKind::Rsa)))),
        item("c", TrustedThing::Key(None)),
        item("d", TrustedThing::Authority { subject: "Company <CA>".into(), until: 2_000_000_000 }),
    ];
    let page = page("#/?view=provenance", Vec::new(), Default::default());
    let html = draw(page.answers::<GivenTrust>(items));
    let text = html.text();
    for told in [
        "Sigstore’s and GitHub’s roots as of 29 June 2026",
        "Your root 1 authority, 2 transparency logs, 0 timestamp authorities",
        "Your key ECDSA P-256, sha256:ab Your key",
        "Your key RSA, sha256:ab",
        "Your key it cannot be read (nothing is verified with it)",
        "Your CA Company <CA>, valid until 2033-05-18",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    for label in ["Remove your key: ECDSA P-256, sha256:ab", "Add a key, root or CA"] {
        assert!(html.has(&format!(r#"aria-label="{label}""#)), "{label}: {html}");
    }
    assert!(!html.has(r#"class="ok""#), "{html}");
}

#[test]
fn a_table_that_lacks_documents_says_so() {
    let numbers = |absent, cut| ProvenanceNumbers {
        search: RegistrySearch::Complete,
        absent,
        cut,
        ..ProvenanceNumbers::default()
    };
    let text = |numbers| list(Vec::new(), numbers).text();
    let absent = text(numbers(1, false));
    assert!(absent.contains("1 document is named and cannot be read here."), "{absent}");
    assert!(absent.contains("whether it is signed is not known"), "{absent}");
    let cut = text(numbers(0, true));
    assert!(
        cut.contains("The table is incomplete: there are more documents than are read."),
        "{cut}"
    );
    for text in [absent, cut] {
        assert!(!text.contains("Unsigned"), "{text}");
    }
}

#[test]
fn that_a_signature_is_not_of_what_is_shown_is_said_above_the_table_and_beside_the_document() {
    for (content, words) in [
        (SignedContent::NotHere, "that these layers are what was signed cannot be checked"),
        (SignedContent::NotSame, "what is here is not known to be what was signed"),
    ] {
        let numbers = ProvenanceNumbers { unchecked: 1, content, ..Default::default() };
        let text = list(vec![row(SignatureState::Unchecked)], numbers).text();
        assert!(text.contains(words), "{text}");
        let unsigned = ProvenanceNumbers { documents: 1, content, ..Default::default() };
        let text = list(vec![row(SignatureState::Unsigned)], unsigned).text();
        assert!(!text.contains(words), "{text}");
    }
    let holds = checked(SignatureCheck::Signature, SignatureCheckResult::Holds);
    let mut facts = facts(SignatureState::Unchecked, vec![holds]);
    let hint = "Whether what is shown is what was signed is not known.";
    assert!(!details(facts.clone()).text().contains(hint));
    facts.verdict.as_mut().unwrap().outcome = SignatureOutcome::Valid;
    let text = details(facts).text();
    assert!(text.contains(hint) && text.contains("Claimed signer"), "{text}");
}
