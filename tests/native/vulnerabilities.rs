//! Vulnerabilities of real images, with the session as the page uses it: from an export of OSV's Go database,
//! and from the same records as responses of its API.

use crate::sessions;
use layerscope::analysis::vulnerabilities::record::OsvRecord;
use layerscope::http::{HttpFailure, HttpRequest, HttpResponse};
use layerscope::problem::Problem;
use layerscope::protocol::{
    AnswersQueries, CheckFacts, CheckSource, CheckState, CheckVulnerabilities, Export, ExportForm,
    OpenAdvisories, PackageDetails, RowRange, TableLine, Vulnerabilities, VulnerabilityCheck,
    VulnerabilityCounts, VulnerabilityDetails, VulnerabilityGroup, VulnerabilityRow,
    VulnerabilityShow, VulnerabilityTable,
};
use layerscope::selection::LayerSelection;
use layerscope::session::Session;
use layerscope::session::native::{Disk, Driver, FileBeside, Transport};
use layerscope::session::schedule::ScheduleOptions;
use layerscope::vocabulary::{ImagePosition, LayerNumber, UncheckedReason, VexStatus};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const FIRST: ImagePosition = ImagePosition(0);

fn shared(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path)
}

/// An image with programs that Go built.
fn image() -> Disk {
    Disk::open(&shared("fixtures/polyglot-public.skopeo-zstd.oci.tar")).unwrap()
}

/// Vulnerabilities of Go modules, as OSV exports them.
fn export() -> Vec<u8> {
    std::fs::read(shared("osv/Go-all.zip")).unwrap()
}

/// The image after its user opened the export.
fn with_export() -> Session {
    let image = image();
    let mut driver = sessions::driver(&image);
    drop_file(&mut driver, "Go-all.zip", export());
    sessions::session(driver)
}

/// 2026-08-21T00:00:00Z.
const MODIFIED: u64 = 1_787_270_400_000;

fn drop_file(driver: &mut Driver<'_>, name: &str, bytes: Vec<u8>) {
    drop_files(driver, vec![(name.to_owned(), bytes)]).unwrap();
}

fn drop_files(driver: &mut Driver<'_>, files: Vec<(String, Vec<u8>)>) -> Result<(), Problem> {
    let (names, bytes): (Vec<_>, Vec<_>) = files.into_iter().unzip();
    let beside = |bytes: Vec<u8>| FileBeside { bytes: bytes.into(), modified: MODIFIED };
    let files = bytes.into_iter().map(beside).collect();
    driver.ask_with(OpenAdvisories { image: FIRST, names }, files).map(|_| ())
}

/// Answers requests for a path with a body, if there is one.
struct Database<F>(F);

impl<F: FnMut(&str, &HttpRequest) -> Option<Vec<u8>>> Transport for Database<F> {
    fn send(&mut self, request: &HttpRequest) -> Result<(HttpResponse, Vec<Vec<u8>>), HttpFailure> {
        let path = request.url.strip_prefix(ENDPOINT).expect("nobody else is asked");
        let body = (self.0)(path, request);
        let status = if body.is_some() { 200 } else { 404 };
        let body = body.unwrap_or_default();
        Ok((HttpResponse { status, body, ..HttpResponse::default() }, Vec::new()))
    }
}

const ENDPOINT: &str = "https://osv.test";

/// The image after its packages were checked against a database.
fn checked_against(
    image: &Disk,
    answer: impl FnMut(&str, &HttpRequest) -> Option<Vec<u8>>,
) -> Session {
    let options = ScheduleOptions { cores: 2, ..ScheduleOptions::default() };
    let mut driver = Driver::new(image, options).with_transport(Database(answer));
    driver.open_source("image").unwrap();
    driver.ask(CheckVulnerabilities { image: FIRST, endpoint: ENDPOINT.to_owned() }).unwrap();
    sessions::session(driver)
}

/// The queries of a request.
fn queries(request: &HttpRequest) -> Vec<Value> {
    let body: Value = serde_json::from_str(request.body.as_deref().unwrap()).unwrap();
    body["queries"].as_array().unwrap().clone()
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
    let session = with_export();
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
    let image = image();
    let mut driver = sessions::driver(&image);
    let before = checked(driver.session().unwrap());
    assert_eq!((before.state, before.answered), (CheckState::NotChecked, 0));
    assert_eq!(before.source, None);
    drop_file(&mut driver, "Go-all.zip", export());
    let after = checked(driver.session().unwrap());
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
    let by_file = with_export();
    let records = all_records(&shared("osv/Go-all.zip"));
    // This server matches names only: the session must find out which versions are affected.
    let about = |query: &Value| {
        let (ecosystem, name) = (&query["package"]["ecosystem"], &query["package"]["name"]);
        let named = records.iter().filter(|(record, _)| {
            let mut packages = record.affected.iter().map(|affected| &affected.package);
            ecosystem == "Go" && packages.any(|package| *name == *package.name)
        });
        let vulns = named.map(|(r, _)| json!({"id": r.id, "modified": r.modified}));
        json!({"vulns": vulns.collect::<Vec<_>>()})
    };
    let by_asking =
        checked_against(&image(), |path, request| match path.strip_prefix("/v1/vulns/") {
            Some(id) => {
                records.iter().find(|(record, _)| record.id == id).map(|(_, json)| json.clone())
            }
            None => {
                let results: Vec<_> = queries(request).iter().map(about).collect();
                Some(json!({ "results": results }).to_string().into_bytes())
            }
        });
    let (one, other) = (rows(&by_file, &[]), rows(&by_asking, &[]));
    assert!(!one.is_empty());
    assert_eq!(one, other);
    let export = |session: &Session| exported(session, ExportForm::VulnerabilityTable);
    assert_eq!(export(&by_file), export(&by_asking));
    let asked = checked(&by_asking);
    assert_eq!(asked.source, Some(CheckSource::Database("osv.test".into())));
    assert!(asked.answered > checked(&by_file).answered, "not only Go was answered");
    assert_eq!((asked.state, asked.answered), (CheckState::Done, asked.checkable));
}

/// Every record of an export, and its JSON as stored.
fn all_records(zip: &Path) -> Vec<(OsvRecord, Vec<u8>)> {
    let file = std::fs::File::open(zip).unwrap();
    let zip = layerscope::codec::zip::Zip::open(file).unwrap();
    let mut records = Vec::new();
    zip.walk(|entry| {
        if entry.name.ends_with(b".json")
            && let Ok(json) = zip.content(entry.place, 16 << 20)
            && let Ok(record) = OsvRecord::parse(&json)
        {
            records.push((record, json));
        }
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    records
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn a_finding_links_to_its_package_and_advisory() {
    let session = with_export();
    let row = rows(&session, &[]).into_iter().find(|row| row.id == "GO-2022-1059").unwrap();
    let question = |key: String| VulnerabilityDetails { image: FIRST, key };
    let facts = session.vulnerability_details(question(row.key.clone())).unwrap();
    let package = "pkg:golang/golang.org/x/text@v0.3.0";
    assert_eq!(facts.package_key.as_deref(), Some(package));
    assert!(facts.advisory.starts_with("https://"));
    assert!(!facts.references.is_empty());
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
    let session = with_export();
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
    let image = image();
    let mut driver = sessions::driver(&image);
    drop_file(&mut driver, "Go-all.zip", export());
    let before = rows(driver.session().unwrap(), &[]).len();
    let vex = r#"{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "urn:x", "author": "us",
        "timestamp": "2026-01-01T00:00:00Z", "version": 1, "statements": [{
        "vulnerability": {"name": "GO-2022-1059"},
        "products": [{"@id": "pkg:golang/golang.org/x/text@v0.3.0"}],
        "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path"}]}"#;
    drop_file(&mut driver, "us.vex.json", vex.as_bytes().to_vec());
    let session = sessions::session(driver);
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
    let session = with_export();
    let count = rows(&session, &[]).len();
    assert!(count > 0);
    let sarif: Value = serde_json::from_str(&exported(&session, ExportForm::Sarif)).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), count);
    let text = sarif.to_string();
    assert!(text.contains("usr/local/bin/hello-go"));
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn packages_that_were_recorded_have_the_ids_that_were_recorded() {
    let cassettes = osv_cassettes::Cassettes::load(&shared("osv/cassettes")).unwrap();
    // Ecosystem, name and version.
    let key = |query: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let package = &query["package"];
        [text(&package["ecosystem"]), text(&package["name"]), text(&query["version"])]
    };
    let mut asked = BTreeSet::new();
    let session = checked_against(&image(), |path, request| {
        let body = request.body.as_deref().unwrap_or_default();
        if request.body.is_some() {
            asked.extend(queries(request).iter().map(key));
        }
        let (status, answer) = cassettes.answer(request.method.name(), path, body.as_bytes())?;
        (status == 200).then_some(answer)
    });
    // Of the recording, by another program: each ID of each of these questions.
    let mut recorded = BTreeSet::new();
    for interaction in &cassettes.interactions {
        let queries = interaction.request["queries"].as_array().unwrap();
        let results = interaction.response["results"].as_array().unwrap();
        for (query, result) in queries.iter().zip(results) {
            if asked.contains(&key(query)) {
                let ids = result["vulns"].as_array().into_iter().flatten();
                recorded.extend(ids.map(|known| known["id"].as_str().unwrap().to_owned()));
            }
        }
    }
    assert!(!recorded.is_empty());
    let shown: BTreeSet<String> =
        rows(&session, &[]).into_iter().map(|row| row.id.into_string()).collect();
    assert_eq!(shown, recorded);
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn a_folder_of_records_gives_the_same_as_their_zip() {
    let by_zip = with_export();
    let file = std::fs::File::open(shared("osv/Go-all.zip")).unwrap();
    let zip = layerscope::codec::zip::Zip::open(file).unwrap();
    let mut documents = Vec::new();
    zip.walk(|entry| {
        if entry.name.ends_with(b".json") {
            let name = String::from_utf8_lossy(entry.name).into_owned();
            documents.push((name, zip.content(entry.place, 16 << 20).unwrap()));
        }
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    let image = image();
    let mut driver = sessions::driver(&image);
    drop_files(&mut driver, documents).unwrap();
    let (one, other) = (rows(&by_zip, &[]), rows(&sessions::session(driver), &[]));
    assert!(!one.is_empty());
    assert_eq!(one, other);
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn a_file_that_holds_no_advisories_is_told() {
    let image = image();
    let mut driver = sessions::driver(&image);
    for wrong in ["", "{}", "[1, 2]", "no JSON", "{\"id\": "] {
        let file = ("wrong.json".to_owned(), wrong.as_bytes().to_vec());
        let problem = drop_files(&mut driver, vec![file]).unwrap_err();
        assert_eq!(problem.code, "advisories-unreadable", "{wrong}");
    }
    sessions::assert_sound(&driver);
}
