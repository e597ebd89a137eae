//! Vulnerabilities of real images, with the session as the page uses it: from an export of OSV's Go database,
//! and from the same records as responses of its API.

use layerscope::analysis::vulnerabilities::api::{
    BatchLookup, LookupResult, LookupStep, ORIGIN, RecordVersion,
};
use layerscope::analysis::vulnerabilities::ecosystem::OsvQuery;
use layerscope::analysis::vulnerabilities::record::OsvRecord;
use layerscope::http::HttpResponse;
use layerscope::protocol::{
    AnswersQueries, CheckFacts, CheckSource, CheckState, Export, ExportForm, PackageDetails,
    RowRange, TableLine, Vulnerabilities, VulnerabilityCheck, VulnerabilityCounts,
    VulnerabilityDetails, VulnerabilityGroup, VulnerabilityRow, VulnerabilityShow,
    VulnerabilityTable,
};
use layerscope::selection::LayerSelection;
use layerscope::session::{Files, Session, drive, jobs, native::Disk};
use layerscope::vocabulary::{ImagePosition, LayerNumber, UncheckedReason, VexStatus};
use serde_json::Value;
use std::path::{Path, PathBuf};

const FIRST: ImagePosition = ImagePosition(0);

fn shared(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path)
}

/// An image with programs that Go built, and the export.
fn opened() -> (Session, Disk) {
    let disk = Disk::open(&shared("fixtures/polyglot-public.skopeo-zstd.oci.tar")).unwrap();
    let mut session = drive::open("image", &disk).unwrap();
    drive::finish_image(&mut session, &disk, 2).unwrap();
    (session, Disk::open(&shared("osv/Go-all.zip")).unwrap())
}

fn drop_file(session: &mut Session, name: &str, files: &dyn Files) {
    let size = files.list()[0].1;
    let job = session.advisories_job(FIRST, 0, name, size).unwrap();
    let result = jobs::run(&job, files.open(0).unwrap(), None, &mut |_| {}).unwrap();
    // As it crosses from worker to worker.
    let result = jobs::JobResult::from_buffer(&result.into_buffer()).unwrap();
    session.take_advisories(FIRST, name, "2026-08-21T00:00:00Z", result).unwrap();
}

fn rows(session: &Session, show: &[VulnerabilityShow]) -> Vec<VulnerabilityRow> {
    let rows = RowRange { first: 0, count: 1000 };
    let table = VulnerabilityTable { show: show.to_vec(), rows, ..VulnerabilityTable::default() };
    let part = session.vulnerabilities(Vulnerabilities { table }).unwrap();
    let row = |line: TableLine<VulnerabilityRow>| match line {
        TableLine::Row(row) => row,
        TableLine::Head(head) => panic!("{head:?}"),
    };
    part.lines.into_iter().map(row).collect()
}

fn checked(session: &Session) -> CheckFacts {
    session.vulnerability_check(VulnerabilityCheck { image: FIRST }).unwrap()
}

fn exported(session: &Session, form: ExportForm) -> String {
    session.export(Export { image: FIRST, form }).unwrap().text
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn an_export_lists_the_vulnerabilities_of_go_modules() {
    let (mut session, export) = opened();
    drop_file(&mut session, "Go-all.zip", &export);
    let found = rows(&session, &[]);
    // As pkg.go.dev/vuln lists them for golang.org/x/text v0.3.0.
    for (id, fixed) in
        [("GO-2020-0015", "0.3.3"), ("GO-2021-0113", "0.3.7"), ("GO-2022-1059", "0.3.8")]
    {
        let is_this = |row: &&VulnerabilityRow| row.id == id && row.package == "golang.org/x/text";
        let row = found.iter().find(is_this).unwrap_or_else(|| panic!("{id} is not found"));
        assert!(row.applies && row.fixed.iter().any(|version| *version == fixed), "{row:?}");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn what_an_export_does_not_cover_is_not_called_checked() {
    let (mut session, export) = opened();
    let before = checked(&session);
    assert_eq!((before.state, before.answered), (CheckState::NotChecked, 0));
    assert_eq!(before.source, None);
    drop_file(&mut session, "Go-all.zip", &export);
    let after = checked(&session);
    assert_eq!(after.state, CheckState::Done);
    assert_eq!(
        after.as_of, "2026-08-21T00:00:00Z",
        "its records have no dates, so the file's counts"
    );
    assert_eq!(after.packages, before.packages);
    assert!(after.checkable < before.checkable, "npm and the like are not in it");
    assert_eq!(after.ecosystems.len(), 1);
    assert_eq!(after.ecosystems[0].0, "Go");
    assert_eq!(
        after.answered, after.checkable,
        "the export says which modules it knows nothing of"
    );
    assert_eq!(after.source, Some(CheckSource::Files(vec!["Go-all.zip".into()])));
    let not_in_files = after.unchecked.iter().find(|(why, _)| *why == UncheckedReason::NotInFiles);
    assert_eq!(not_in_files.unwrap().1, before.checkable - after.checkable);
    assert_eq!(
        after.packages,
        after.checkable + after.unchecked.iter().map(|(_, n)| n).sum::<u32>()
    );
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn export_and_api_give_the_same_findings() {
    let (mut by_file, export) = opened();
    drop_file(&mut by_file, "Go-all.zip", &export);
    let (mut by_asking, _) = opened();
    let questions =
        by_asking.begin_check(FIRST, "osv.test", "2026-01-01T00:00:00Z".into()).unwrap();
    let records = all_records(&shared("osv/Go-all.zip"));
    let about = |query: &OsvQuery| {
        // This server matches names only: the session must find out which versions are affected.
        let named = records.iter().filter(|record| {
            record.affected.iter().any(|affected| affected.package.name == query.name)
        });
        named.map(|r| RecordVersion { id: r.id.clone(), modified: r.modified.clone() }).collect()
    };
    let go = questions.iter().filter(|query| query.ecosystem == "Go");
    let answers = go.map(|query| (query.clone(), about(query))).collect();
    by_asking.take_answers(FIRST, LookupResult { answers, warnings: Vec::new() }).unwrap();
    for known in by_asking.wanted_records(FIRST) {
        let record = records.iter().find(|record| record.id == known.id).unwrap().clone();
        by_asking.take_record(FIRST, &known.id, Ok(record));
    }
    by_asking.end_check(FIRST, Ok(()));
    let (one, other) = (rows(&by_file, &[]), rows(&by_asking, &[]));
    assert!(!one.is_empty());
    assert_eq!(one, other);
    let export = |session: &Session| exported(session, ExportForm::VulnerabilityTable);
    assert_eq!(export(&by_file), export(&by_asking));
    let asked = checked(&by_asking);
    assert_eq!(asked.source, Some(CheckSource::Database("osv.test".into())));
    assert!(asked.answered > 0 && asked.answered < asked.checkable, "only Go was answered");
}

/// Every record of an export, as stored.
fn all_records(zip: &Path) -> Vec<OsvRecord> {
    let file = std::fs::File::open(zip).unwrap();
    let zip = layerscope::codec::zip::Zip::open(file).unwrap();
    let mut records = Vec::new();
    zip.walk(|entry| {
        if entry.name.ends_with(b".json")
            && let Ok(json) = zip.content(entry.place, 16 << 20)
            && let Ok(record) = OsvRecord::parse(&json)
        {
            records.push(record);
        }
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    records
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn a_finding_links_to_its_package_and_advisory() {
    let (mut session, export) = opened();
    drop_file(&mut session, "Go-all.zip", &export);
    let row = rows(&session, &[]).into_iter().find(|row| row.id == "GO-2022-1059").unwrap();
    let question = |key: String| VulnerabilityDetails { image: FIRST, key };
    let facts = session.vulnerability_details(question(row.key.clone())).unwrap();
    let package = "pkg:golang/golang.org/x/text@v0.3.0";
    assert_eq!(facts.package_key.as_deref(), Some(package));
    assert!(facts.advisory.starts_with("https://"));
    assert!(facts.references.iter().all(|(url, _)| url.starts_with("https://")));
    assert!(
        facts.details.contains("denial of service") || facts.details.contains("Accept-Language")
    );
    let package = PackageDetails { image: FIRST, key: package.into() };
    let links = session.package_details(package).unwrap().vulnerabilities;
    assert!(links.iter().any(|link| link.key == row.key), "{links:?}");
    let unknown = session.vulnerability_details(question("GO-0 x".into()));
    assert_eq!(unknown.unwrap_err().code, "no-such-advisory");
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn numbers_and_groups_say_the_same_as_rows() {
    let (mut session, export) = opened();
    drop_file(&mut session, "Go-all.zip", &export);
    let all = rows(&session, &[]);
    let layers = LayerSelection::All;
    let numbers =
        session.vulnerability_counts(VulnerabilityCounts { image: FIRST, layers }).unwrap();
    assert_eq!(numbers.counts.total() as usize, all.len());
    assert_eq!(numbers.counts, checked(&session).counts);
    let fixable = rows(&session, &[VulnerabilityShow::Fixable]).len();
    assert_eq!(numbers.fixable as usize, fixable);
    let table = VulnerabilityTable {
        group: Some(VulnerabilityGroup::Package),
        rows: RowRange { first: 0, count: 1000 },
        ..VulnerabilityTable::default()
    };
    let grouped = session.vulnerabilities(Vulnerabilities { table }).unwrap();
    let heads: u64 = grouped
        .lines
        .iter()
        .map(|line| match line {
            TableLine::Head(head) => head.rows,
            TableLine::Row(_) => 0,
        })
        .sum();
    assert_eq!((heads, grouped.total_rows), (all.len() as u64, all.len() as u64));
    assert!(grouped.total_lines > grouped.total_rows);
    let first = LayerSelection::one(LayerNumber::FIRST);
    let of_layer =
        session.vulnerability_counts(VulnerabilityCounts { image: FIRST, layers: first }).unwrap();
    let in_first = all.iter().filter(|row| row.layer.number == LayerNumber::FIRST).count();
    assert_eq!(of_layer.counts.total() as usize, in_first);
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn findings_excluded_by_vex_are_listed_separately() {
    let (mut session, export) = opened();
    drop_file(&mut session, "Go-all.zip", &export);
    let before = rows(&session, &[]).len();
    let vex = r#"{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "urn:x", "author": "us",
        "timestamp": "2026-01-01T00:00:00Z", "version": 1, "statements": [{
        "vulnerability": {"name": "GO-2022-1059"},
        "products": [{"@id": "pkg:golang/golang.org/x/text@v0.3.0"}],
        "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path"}]}"#;
    drop_file(
        &mut session,
        "us.vex.json",
        &layerscope::session::native::Memory::one(vex.as_bytes()),
    );
    assert_eq!(rows(&session, &[]).len(), before - 1);
    let apart = rows(&session, &[VulnerabilityShow::Suppressed]);
    assert_eq!((apart.len(), &*apart[0].id, apart[0].applies), (1, "GO-2022-1059", false));
    assert_eq!(checked(&session).suppressed, 1);
    let key = apart[0].key.clone();
    let facts = session.vulnerability_details(VulnerabilityDetails { image: FIRST, key }).unwrap();
    let note = facts.vex.unwrap();
    assert_eq!((note.status, &*note.source), (VexStatus::NotAffected, "us"));
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn sarif_has_a_result_for_each_finding_with_its_path() {
    let (mut session, export) = opened();
    drop_file(&mut session, "Go-all.zip", &export);
    let count = rows(&session, &[]).len();
    let sarif: Value = serde_json::from_str(&exported(&session, ExportForm::Sarif)).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), count);
    let text = sarif.to_string();
    assert!(text.contains("usr/local/bin/hello-go"));
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn packages_that_were_recorded_have_the_ids_that_were_recorded() {
    let image = shared("fixtures/polyglot-public.skopeo-zstd.oci.tar");
    let cassettes = shared("osv/cassettes");
    let cassettes = osv_cassettes::Cassettes::load(&cassettes).unwrap();
    let disk = Disk::open(&image).unwrap();
    let mut session = drive::open("image", &disk).unwrap();
    drive::finish_image(&mut session, &disk, 2).unwrap();
    let questions = session.begin_check(FIRST, "osv.test", "2026-01-01T00:00:00Z".into()).unwrap();
    let mut lookup = BatchLookup::new(ORIGIN, questions.clone());
    let found = loop {
        match lookup.step(0) {
            LookupStep::Send(request) => {
                let body = request.body.unwrap_or_default();
                let answer =
                    cassettes.answer("POST", &request.url[ORIGIN.len()..], body.as_bytes());
                let (status, body) = answer.unwrap();
                lookup.take(Ok(HttpResponse { status, body, ..HttpResponse::default() }), 0);
            }
            LookupStep::Wait(_) => panic!("there is no reason to wait"),
            LookupStep::Done(found) => break found.unwrap(),
        }
    };
    session.take_answers(FIRST, found).unwrap();
    for known in session.wanted_records(FIRST) {
        let path = format!("/v1/vulns/{}", known.id);
        let (_, record) = cassettes.answer("GET", &path, b"").unwrap();
        session.take_record(FIRST, &known.id, Ok(OsvRecord::parse(&record).unwrap()));
    }
    session.end_check(FIRST, Ok(()));
    // Of the recording, by another program: each ID of each of these questions.
    let mut recorded = std::collections::BTreeSet::new();
    for interaction in &cassettes.interactions {
        let queries = interaction.request["queries"].as_array().unwrap();
        let results = interaction.response["results"].as_array().unwrap();
        for (query, result) in queries.iter().zip(results) {
            let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
            let package = &query["package"];
            let question = OsvQuery::new(
                &text(&package["ecosystem"]),
                &text(&package["name"]),
                &text(&query["version"]),
            );
            if questions.contains(&question) {
                let ids = result["vulns"].as_array().into_iter().flatten();
                recorded.extend(ids.map(|known| known["id"].as_str().unwrap().to_owned()));
            }
        }
    }
    assert!(!recorded.is_empty());
    let shown: std::collections::BTreeSet<String> =
        rows(&session, &[]).into_iter().map(|row| row.id.into_string()).collect();
    assert_eq!(shown, recorded);
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn a_folder_of_records_gives_the_same_as_their_zip() {
    let (mut by_zip, export) = opened();
    drop_file(&mut by_zip, "Go-all.zip", &export);
    let (mut by_folder, _) = opened();
    // As the page joins the files of a folder.
    let file = std::fs::File::open(shared("osv/Go-all.zip")).unwrap();
    let zip = layerscope::codec::zip::Zip::open(file).unwrap();
    let mut documents = Vec::new();
    zip.walk(|entry| {
        if entry.name.ends_with(b".json") {
            documents.extend(zip.content(entry.place, 16 << 20).unwrap());
            documents.push(b'\n');
        }
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    drop_file(&mut by_folder, "documents", &layerscope::session::native::Memory::one(documents));
    let (one, other) = (rows(&by_zip, &[]), rows(&by_folder, &[]));
    assert!(!one.is_empty());
    assert_eq!(one, other);
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn a_file_that_holds_no_advisories_is_told() {
    let (session, _) = opened();
    for wrong in ["", "{}", "[1, 2]", "no JSON", "{\"id\": "] {
        let files = layerscope::session::native::Memory::one(wrong.as_bytes());
        let job = session.advisories_job(FIRST, 0, "wrong.json", wrong.len() as u64).unwrap();
        let result = jobs::run(&job, files.open(0).unwrap(), None, &mut |_| {});
        assert_eq!(
            result.err().map(|p| p.code).as_deref(),
            Some("advisories-unreadable"),
            "{wrong}"
        );
    }
}
