//! Exports, compared with another program's results and with recorded responses.

use super::super::matching::vulnerabilities;
use super::super::vulnerability::AffectedPackage;
use super::*;
use osv_cassettes::Cassettes;
use std::fs::File;
use std::io::Cursor;
use std::path::{Path, PathBuf};

fn shared(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/osv").join(name)
}

fn export() -> File {
    File::open(shared("Go-all.zip")).unwrap()
}

fn read(queries: Vec<OsvQuery>, source: impl Read + Seek) -> Result<ExportMatches, Problem> {
    let mut matcher = ExportMatcher::new(queries);
    matcher.read_zip("Go-all.zip", source, &mut |_, _| ControlFlow::Continue(()))?;
    Ok(matcher.finish("Go-all.zip"))
}

fn ids<'a>(matched: &'a ExportMatches, query: &OsvQuery) -> BTreeSet<&'a str> {
    let (_, places) = matched.answers.iter().find(|(known, _)| known == query).unwrap();
    places.iter().map(|&place| matched.records[place].id.as_str()).collect()
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn go_modules_match_the_records_that_another_program_finds() {
    let export = export();
    let facts = include_str!("../../../../tests/fixtures/vulnerabilities/go.txt");
    let facts = facts.lines().map(|line| {
        let mut words = line.split(' ');
        let query = OsvQuery::new("Go", words.next().unwrap(), words.next().unwrap());
        (query, words.collect::<BTreeSet<_>>())
    });
    let facts: Vec<_> = facts.collect();
    let matched = read(facts.iter().map(|(query, _)| query.clone()).collect(), export).unwrap();
    assert_eq!((matched.read, matched.warnings.len()), (4291, 0));
    // The repository of the database has no dates.
    assert_eq!(matched.newest, "");
    assert_eq!(matched.ecosystems.iter().collect::<Vec<_>>(), ["Go"]);
    assert!(facts.iter().any(|(_, ids)| ids.len() > 50));
    for (query, want) in &facts {
        assert_eq!(ids(&matched, query), *want, "{query:?}");
    }
    // The reduced records apply to the same queries as the whole ones.
    for (query, places) in &matched.answers {
        assert!(places.iter().all(|&place| affects(&matched.records[place], query).is_some()));
    }
}

/// The export is two weeks newer than the recordings: it may have new records, and must have all others.
#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn the_export_has_the_records_that_osv_returned() {
    let (export, cassettes) = (export(), Cassettes::load(&shared("cassettes")).unwrap());
    let mut recorded: BTreeMap<OsvQuery, BTreeSet<String>> = BTreeMap::new();
    for interaction in &cassettes.interactions {
        let queries = interaction.request["queries"].as_array().unwrap().iter();
        for (query, result) in queries.zip(interaction.response["results"].as_array().unwrap()) {
            let package = &query["package"];
            let (Some("Go"), Some(name)) =
                (package["ecosystem"].as_str(), package["name"].as_str())
            else {
                continue;
            };
            let version = query["version"].as_str().unwrap_or_default();
            let ids = result["vulns"].as_array().into_iter().flatten();
            let ids = ids.filter_map(|known| known["id"].as_str());
            let ids = ids.filter(|id| id.starts_with("GO-")).map(str::to_owned);
            recorded.entry(OsvQuery::new("Go", name, version)).or_default().extend(ids);
        }
    }
    let matched = read(recorded.keys().cloned().collect(), export).unwrap();
    let mut compared = 0;
    for (query, want) in &recorded {
        let got: BTreeSet<_> = ids(&matched, query).into_iter().map(str::to_owned).collect();
        compared += want.len();
        let mut young = got.difference(want);
        assert!(young.all(|id| *id.as_str() > *"GO-2026-5"), "{query:?} {got:?}");
        let missing: Vec<_> = want.difference(&got).collect();
        assert!(missing.is_empty(), "{query:?} {missing:?}");
    }
    assert!(compared > 100, "{compared}");
}

/// Online, the IDs come from one response and the whole records from others.
#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn export_and_api_give_the_same_vulnerabilities() {
    let export = export();
    let facts = include_str!("../../../../tests/fixtures/vulnerabilities/go.txt");
    let ask = |line: &str| {
        let words: Vec<_> = line.split(' ').collect();
        OsvQuery::new("Go", words[0], words[1])
    };
    let matched = read(facts.lines().map(ask).collect(), export.try_clone().unwrap()).unwrap();
    let zip = Zip::open(export).unwrap();
    let mut whole = BTreeMap::new();
    let walked = zip.walk(|entry| {
        let record = OsvRecord::parse(&zip.content(entry.place, MAX_RECORD).unwrap()).unwrap();
        whole.insert(record.id.clone(), record);
        ControlFlow::Continue(())
    });
    walked.unwrap();
    let mut found = 0;
    for line in facts.lines() {
        let query = ask(line);
        let subject = AffectedPackage { name: query.name.clone(), ..AffectedPackage::default() };
        let online = line.split(' ').skip(2).map(|id| (&query, &whole[id]));
        let (_, places) = matched.answers.iter().find(|(known, _)| *known == query).unwrap();
        let offline = places.iter().map(|&place| (&query, &matched.records[place]));
        let online = vulnerabilities(&subject, online);
        found += online.len();
        assert_eq!(vulnerabilities(&subject, offline), online);
    }
    assert!(found > 150, "{found}");
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn reading_stops_on_request() {
    let export = export();
    let size = export.metadata().unwrap().len();
    let mut matcher = ExportMatcher::new([OsvQuery::new("Go", "stdlib", "1.20.0")]);
    let mut last = 0;
    let mut progress = |done: u64, total: u64| {
        assert!(done >= last && total == size && done <= total);
        last = done;
        if done > size / 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    matcher.read_zip("Go-all.zip", export, &mut progress).unwrap();
    let matched = matcher.finish("Go-all.zip");
    assert!(matched.stopped && matched.read > 1000 && matched.read < 4000, "{}", matched.read);
}

const RECORD: &str = r#"{"id": "X-1", "modified": "2026-01-02T00:00:00Z", "affected": [
    {"package": {"ecosystem": "npm", "name": "other"}, "versions": ["1"]},
    {"package": {"ecosystem": "npm", "name": "p"}, "versions": ["1.0.0", "2.0.0", "3.0.0"]}]}"#;

fn added(files: &[(&str, &str)]) -> ExportMatches {
    let mut matcher = ExportMatcher::new([OsvQuery::new("npm", "p", "2.0.0")]);
    for (name, json) in files {
        matcher.add(name.as_bytes(), json.as_bytes());
    }
    matcher.finish("dropped")
}

#[test]
fn files_and_lists_of_records_are_read_alike() {
    let one = added(&[("X-1.json", RECORD)]);
    let list = format!(" [{RECORD}, {RECORD}]");
    let list = added(&[("all.json", &list)]);
    assert_eq!((one.answers[0].1.len(), one.read, list.read), (1, 1, 2));
    assert_eq!((&one.records, &one.answers), (&list.records, &list.answers));
    assert_eq!(one.newest, "2026-01-02T00:00:00Z");
}

#[test]
fn a_record_is_reduced_to_the_queried_packages() {
    let matched = added(&[("X-1.json", RECORD)]);
    let affected = &matched.records[0].affected;
    assert_eq!((affected.len(), &affected[0].versions), (1, &vec!["2.0.0".to_owned()]));
}

#[test]
fn damaged_records_are_counted_and_the_first_ones_are_named() {
    let bad: Vec<_> = (0..9).map(|n| (format!("bad-{n}.json"), "{\"id\":")).collect();
    let mut files: Vec<_> = bad.iter().map(|(name, json)| (name.as_str(), *json)).collect();
    files.push(("X-1.json", RECORD));
    let matched = added(&files);
    assert_eq!((matched.read, matched.answers[0].1.len(), matched.warnings.len()), (1, 1, 1));
    let warning = &matched.warnings[0];
    assert_eq!(warning.code, "vulnerabilities-export-damaged");
    assert!(warning.message.starts_with("9 records"), "{}", warning.message);
    assert!(warning.message.contains("bad-4.json") && !warning.message.contains("bad-5.json"));
}

#[test]
fn a_file_that_is_no_export_gives_a_warning_or_an_error() {
    assert_eq!(added(&[]).warnings[0].code, "vulnerabilities-export-empty");
    let error = read(Vec::new(), Cursor::new(b"no archive")).unwrap_err();
    assert_eq!(error.code, "vulnerabilities-export-damaged");
}
