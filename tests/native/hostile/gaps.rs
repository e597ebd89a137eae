//! A layer that was lost, is missing or ends early is never passed over: packages, vulnerabilities, exports and
//! the report name it.

use crate::made::{docker, tar};
use crate::sessions;
use layerscope::protocol::{
    AnswersQueries, Export, ExportForm, Overview, PackageCounts, RiskCounts, SecretCounts,
    VulnerabilityCheck, Waste,
};
use layerscope::session::native::{Driver, Memory};
use layerscope::session::schedule::{Command, ScheduleOptions};
use layerscope::session::{Files, ReadSeek, Session};
use layerscope::vocabulary::ImagePosition;
use serde_json::Value;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const FIRST: ImagePosition = ImagePosition(0);
const STATUS: &[u8] = b"Package: bash\nStatus: install ok installed\nVersion: 5.2\n\n";

/// A file of which a part cannot be read once jobs run.
struct Failing {
    bytes: Arc<[u8]>,
    from: u64,
    to: u64,
    fails: Arc<AtomicBool>,
}

struct FailingReader(Cursor<Arc<[u8]>>, u64, u64, Arc<AtomicBool>);

impl Files for Failing {
    fn list(&self) -> Vec<(String, u64)> {
        vec![("x".to_owned(), self.bytes.len() as u64)]
    }

    fn open(&self, _: u32) -> io::Result<Box<dyn ReadSeek>> {
        let bytes = Cursor::new(Arc::clone(&self.bytes));
        Ok(Box::new(FailingReader(bytes, self.from, self.to, Arc::clone(&self.fails))))
    }
}

impl Read for FailingReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let FailingReader(bytes, from, to, fails) = self;
        match fails.load(Ordering::Relaxed) && (*from..*to).contains(&bytes.position()) {
            true => Err(io::Error::other("the disk is broken")),
            false => {
                let room = from.checked_sub(bytes.position()).filter(|room| *room > 0);
                let room = room.map_or(out.len(), |room| out.len().min(room as usize));
                bytes.read(&mut out[..room])
            }
        }
    }
}

impl Seek for FailingReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// An image of a package database, and of a layer that cannot be read.
fn lost() -> Session {
    let top = tar(&[("etc/marker-of-the-second-layer", b"x")]);
    let bytes = docker(&[tar(&[("var/lib/dpkg/status", STATUS)]), top.clone()]);
    let from = bytes.windows(30).position(|part| part == &top[..30]).unwrap() as u64;
    let fails = Arc::new(AtomicBool::new(false));
    let source = Failing {
        bytes: bytes.into(),
        from,
        to: from + top.len() as u64,
        fails: Arc::clone(&fails),
    };
    let options = ScheduleOptions { cores: 1, ..ScheduleOptions::default() };
    let mut driver = Driver::new(&source, options).with_observer(move |command| {
        if let Command::RunJob { .. } = command {
            fails.store(true, Ordering::Relaxed);
        }
    });
    driver.open_source("x").unwrap();
    sessions::session(driver)
}

/// The same with a layer that the archive does not have.
fn missing() -> Session {
    let layer = tar(&[("var/lib/dpkg/status", STATUS)]);
    let manifest = br#"[{"Config":"c.json","Layers":["a","gone"]}]"#;
    let source = Memory::one(tar(&[("c.json", b"{}"), ("a", &layer), ("manifest.json", manifest)]));
    sessions::read(&source)
}

/// The same with a layer that ends in the middle.
fn cut() -> Session {
    let mut top = tar(&[("a", b"a"), ("b", &[b'b'; 2000])]);
    top.truncate(2500);
    sessions::read(&Memory::one(docker(&[tar(&[("var/lib/dpkg/status", STATUS)]), top])))
}

fn export(session: &Session, form: ExportForm) -> String {
    session.export(Export { image: FIRST, form }).unwrap().text
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn names_the_gap(session: &Session, unread: &[u32], partial: &[u32]) {
    let numbers = |layers: &[layerscope::vocabulary::LayerNumber]| {
        layers.iter().map(|layer| layer.get()).collect::<Vec<_>>()
    };
    let counts =
        session.package_counts(PackageCounts { image: FIRST, layers: Default::default() }).unwrap();
    assert_eq!(
        (numbers(&counts.unread), numbers(&counts.partial)),
        (unread.into(), partial.into())
    );
    assert_eq!(counts.installed, 1);
    let check = session.vulnerability_check(VulnerabilityCheck { image: FIRST }).unwrap();
    assert_eq!((numbers(&check.unread), numbers(&check.partial)), (unread.into(), partial.into()));
    let overview = session.overview(Overview { image: FIRST }).unwrap();
    assert_eq!(numbers(&overview.unread), unread);
    let bom = json(&export(session, ExportForm::CycloneDx));
    assert_eq!(bom["compositions"][0]["aggregate"], "incomplete", "{bom:#}");
    let comment = json(&export(session, ExportForm::Spdx))["comment"].as_str().unwrap().to_owned();
    assert!(comment.starts_with("Incomplete") && comment.contains("layer 2"), "{comment}");
    let table = export(session, ExportForm::PackageTable);
    assert!(table.lines().last().unwrap().starts_with("# Incomplete"), "{table}");
    let sarif = json(&export(session, ExportForm::Sarif));
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
    let risks =
        session.risk_counts(RiskCounts { image: FIRST, layers: Default::default() }).unwrap();
    assert_eq!((numbers(&risks.unread), numbers(&risks.partial)), (unread.into(), partial.into()));
    let secrets =
        session.secret_counts(SecretCounts { image: FIRST, layers: Default::default() }).unwrap();
    let named = (numbers(&secrets.unsearched), numbers(&secrets.partial));
    assert_eq!(named, (unread.into(), partial.into()));
    for (sarif, table) in [
        (ExportForm::RiskSarif, ExportForm::RiskTable),
        (ExportForm::SecretSarif, ExportForm::SecretTable),
    ] {
        let sarif = json(&export(session, sarif));
        assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
        let table = export(session, table);
        assert!(table.lines().last().unwrap().starts_with("# Incomplete"), "{table}");
    }
    let report = json(&session.report(Some(FIRST)).unwrap());
    let zero_based =
        |layers: &[u32]| Value::from(layers.iter().map(|at| at - 1).collect::<Vec<_>>());
    let image = &report["images"][0];
    assert_eq!(image["unreadLayers"], zero_based(unread));
    assert_eq!(image["partialLayers"], zero_based(partial));
    if !unread.is_empty() {
        assert_eq!((&image["size"], &image["layers"][1]["entries"]), (&Value::Null, &Value::Null));
    }
}

#[test]
fn a_lost_layer_is_named_everywhere() {
    names_the_gap(&lost(), &[2], &[]);
}

#[test]
fn a_missing_layer_is_named_everywhere() {
    names_the_gap(&missing(), &[2], &[]);
}

#[test]
fn a_layer_that_ends_early_is_named_everywhere() {
    names_the_gap(&cut(), &[], &[2]);
}

#[test]
fn a_layer_with_a_program_that_is_too_large_to_be_read_is_named_in_packages() {
    let mut top = tar::Builder::new(Vec::new());
    let sparse: [(&str, &[u8]); 3] = [
        ("GNU.sparse.name", b"usr/bin/node"),
        ("GNU.sparse.size", b"600000000"),
        ("GNU.sparse.map", b"0,16"),
    ];
    top.append_pax_extensions(sparse).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_size(16);
    top.append_data(&mut header, "x", &b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"[..]).unwrap();
    let layers = [tar(&[("var/lib/dpkg/status", STATUS)]), top.into_inner().unwrap()];
    let session = sessions::read(&Memory::one(docker(&layers)));
    let counts = session.package_counts(PackageCounts { image: FIRST, layers: Default::default() });
    let partial: Vec<u32> = counts.unwrap().partial.iter().map(|layer| layer.get()).collect();
    assert_eq!(partial, [2]);
}

#[test]
fn figures_stay_once_large_files_are_hashed_with_the_digests() {
    // In plain layers, binary, and no other file has their sizes.
    let large = |size: usize| (0..size).map(|at| (at % 251) as u8).collect::<Vec<u8>>();
    let layers = [
        tar(&[("large", &large(2 << 20)), ("old", &large(3 << 20)), ("a", b"1")]),
        tar(&[("old", &large(4 << 20)), ("a", b"1"), ("twin", &large(5 << 20))]),
        tar(&[("b", &large(5 << 20))]),
    ];
    let source = Memory::one(docker(&layers));
    let mut driver = sessions::driver(&source);
    let waste = driver.ask(Waste { image: FIRST, layers: Default::default() }).unwrap();
    assert_eq!(waste.duplicates.files, 2, "{waste:?}");
    assert_eq!(sessions::report_of(&mut driver), sessions::report(&source));
}

#[test]
fn a_complete_image_is_not_called_incomplete() {
    let session = sessions::read(&Memory::one(docker(&[tar(&[("var/lib/dpkg/status", STATUS)])])));
    let bom = json(&export(&session, ExportForm::CycloneDx));
    assert_eq!(bom.get("compositions"), None);
    assert_eq!(json(&export(&session, ExportForm::Spdx)).get("comment"), None);
    assert_eq!(export(&session, ExportForm::PackageTable).lines().count(), 2);
    let report = json(&session.report(Some(FIRST)).unwrap());
    assert_eq!(report["images"][0]["unreadLayers"], Value::Array(Vec::new()));
}
