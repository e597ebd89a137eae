//! Vulnerabilities of real images, with the session as the page uses it: from an export of OSV's Go database,
//! and from the same records as responses of its API.

use layerscope::analysis::vulnerabilities::api::{
    BatchLookup, LookupResult, LookupStep, ORIGIN, RecordVersion,
};
use layerscope::analysis::vulnerabilities::ecosystem::OsvQuery;
use layerscope::analysis::vulnerabilities::record::OsvRecord;
use layerscope::http::HttpResponse;
use layerscope::session::query::{
    Answers, Cell, CheckState, Checks, Export, Leads, Table, TableAsk, Vulnerabilities,
    Vulnerability,
};
use layerscope::session::{Files, Session, disk::Disk, drive, job};
use serde_json::Value;
use std::path::{Path, PathBuf};

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
    let job = session.advisories_job(0, name, size).unwrap();
    let result = job::run(&job, files.open(0).unwrap(), None, &mut |_| {}).unwrap();
    // As it is sent between workers.
    let result = job::JobResult::from_buffer(&result.into_buffer()).unwrap();
    session.take_advisories(name, "2026-08-21T00:00:00Z", result).unwrap();
}

fn table(session: &mut Session, show: &str) -> Table {
    let ask = TableAsk { show: show.into(), count: 1000, ..TableAsk::default() };
    session.vulnerabilities(Vulnerabilities { ask }).unwrap()
}

/// ID, package and what fixes it.
fn rows(table: &Table) -> Vec<(String, String, String)> {
    let text = |cell: &Cell| match cell {
        Cell::Text(text) | Cell::Code(text) => text.clone(),
        other => panic!("{other:?}"),
    };
    table
        .rows
        .iter()
        .map(|row| (text(&row.cells[0]), text(&row.cells[2]), text(&row.cells[4])))
        .collect()
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn an_export_lists_the_vulnerabilities_of_go_modules() {
    let (mut session, export) = opened();
    drop_file(&mut session, "Go-all.zip", &export);
    let found = rows(&table(&mut session, ""));
    // As pkg.go.dev/vuln lists them for golang.org/x/text v0.3.0.
    for (id, fixed) in
        [("GO-2020-0015", "0.3.3"), ("GO-2021-0113", "0.3.7"), ("GO-2022-1059", "0.3.8")]
    {
        let row = (id.to_owned(), "golang.org/x/text".to_owned(), fixed.to_owned());
        assert!(found.contains(&row), "{row:?} is not among {found:?}");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn packages_that_an_export_does_not_cover_are_not_called_checked() {
    let (mut session, export) = opened();
    let before = session.checks(Checks {}).unwrap();
    assert_eq!(before.state, CheckState::Ready);
    drop_file(&mut session, "Go-all.zip", &export);
    let after = session.checks(Checks {}).unwrap();
    assert_eq!(after.state, CheckState::Done);
    assert_eq!(
        after.as_of, "2026-08-21T00:00:00Z",
        "its records have no dates, so the file's counts"
    );
    assert_eq!(after.packages, before.packages);
    assert!(after.checkable < before.checkable, "npm and the like are not in it");
    assert_eq!(after.ecosystems.len(), 1);
    assert_eq!(after.ecosystems[0].0, "Go");
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn export_and_api_give_the_same_findings() {
    let (mut by_file, export) = opened();
    drop_file(&mut by_file, "Go-all.zip", &export);
    let (mut by_asking, _) = opened();
    let questions =
        by_asking.begin_check("osv.test".into(), "2026-01-01T00:00:00Z".into()).unwrap();
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
    by_asking.take_answers(LookupResult { answers, warnings: Vec::new() }).unwrap();
    for known in by_asking.wanted_records() {
        let record = records.iter().find(|record| record.id == known.id).unwrap().clone();
        by_asking.take_record(&known.id, Ok(record));
    }
    by_asking.end_check(Ok(()));
    let (one, other) = (table(&mut by_file, ""), table(&mut by_asking, ""));
    assert!(!one.rows.is_empty());
    assert_eq!(one.rows, other.rows);
    let export = |session: &mut Session| {
        session.export(Export { form: "vulnerabilities".into() }).unwrap().text
    };
    assert_eq!(export(&mut by_file), export(&mut by_asking));
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
    let row =
        table(&mut session, "").rows.into_iter().find(|row| row.key.starts_with("GO-2022-1059"));
    let details = session.vulnerability(Vulnerability { key: row.unwrap().key }).unwrap();
    let fact = |name: &str| details.facts.iter().find(|fact| fact.name == name).unwrap();
    assert_eq!(fact("Package").leads, Leads::Package("pkg:golang/golang.org/x/text@v0.3.0".into()));
    assert!(matches!(&fact("Advisory").leads, Leads::Web(url) if url.starts_with("https://")));
    assert!(details.text.contains("denial of service") || details.text.contains("Accept-Language"));
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn findings_excluded_by_vex_are_listed_separately() {
    let (mut session, export) = opened();
    drop_file(&mut session, "Go-all.zip", &export);
    let before = table(&mut session, "").rows.len();
    let vex = r#"{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "urn:x", "author": "us",
        "timestamp": "2026-01-01T00:00:00Z", "version": 1, "statements": [{
        "vulnerability": {"name": "GO-2022-1059"},
        "products": [{"@id": "pkg:golang/golang.org/x/text@v0.3.0"}],
        "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path"}]}"#;
    drop_file(
        &mut session,
        "us.vex.json",
        &layerscope::session::memory::Memory::one(vex.as_bytes()),
    );
    assert_eq!(table(&mut session, "").rows.len(), before - 1);
    let apart = table(&mut session, "suppressed");
    assert_eq!(rows(&apart)[0].0, "GO-2022-1059");
    assert_eq!(session.checks(Checks {}).unwrap().suppressed, 1);
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn sarif_has_a_result_for_each_finding_with_its_path() {
    let (mut session, export) = opened();
    drop_file(&mut session, "Go-all.zip", &export);
    let count = table(&mut session, "").rows.len();
    let sarif = session.export(Export { form: "sarif".into() }).unwrap();
    let sarif: Value = serde_json::from_str(&sarif.text).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), count);
    let text = sarif.to_string();
    assert!(text.contains("usr/local/bin/hello-go"));
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn recorded_packages_have_the_recorded_ids() {
    let cassettes = osv_cassettes::Cassettes::load(&shared("osv/cassettes")).unwrap();
    let (mut session, _) = opened();
    let questions = session.begin_check("osv.test".into(), "2026-01-01T00:00:00Z".into()).unwrap();
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
    session.take_answers(found).unwrap();
    for known in session.wanted_records() {
        let path = format!("/v1/vulns/{}", known.id);
        let (_, record) = cassettes.answer("GET", &path, b"").unwrap();
        session.take_record(&known.id, Ok(OsvRecord::parse(&record).unwrap()));
    }
    session.end_check(Ok(()));
    // All IDs that another program recorded for these queries.
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
        rows(&table(&mut session, "")).into_iter().map(|(id, ..)| id).collect();
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
    drop_file(&mut by_folder, "documents", &layerscope::session::memory::Memory::one(documents));
    let (one, other) = (table(&mut by_zip, ""), table(&mut by_folder, ""));
    assert!(!one.rows.is_empty());
    assert_eq!(one.rows, other.rows);
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn a_file_without_advisories_is_an_error() {
    let (mut session, _) = opened();
    for wrong in ["", "{}", "[1, 2]", "no JSON", "{\"id\": "] {
        let files = layerscope::session::memory::Memory::one(wrong.as_bytes());
        let job = session.advisories_job(0, "wrong.json", wrong.len() as u64).unwrap();
        let result = job::run(&job, files.open(0).unwrap(), None, &mut |_| {});
        assert_eq!(
            result.err().map(|p| p.code).as_deref(),
            Some("advisories-unreadable"),
            "{wrong}"
        );
    }
}
