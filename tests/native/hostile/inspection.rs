//! Saved inspections that claim too much, or say what is ours to say.

use crate::sessions;
use layerscope::protocol::{AnswersQueries, Overview, PackageCounts};
use layerscope::session::native::{Disk, Memory};
use layerscope::vocabulary::ImagePosition;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::path::Path;

const FIRST: ImagePosition = ImagePosition(0);
const MAGIC: &[u8] = b"LSINSP1\n";

/// The inspection of the sample, with another head.
pub fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/sample.tar");
    let saved = sessions::read(&Disk::open(&sample).unwrap()).save(FIRST).unwrap();
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&saved[MAGIC.len()..]).read_to_end(&mut bytes).unwrap();
    let (length, rest) = bytes.split_first_chunk().unwrap();
    let (head, indexes) = rest.split_at(u64::from_le_bytes(*length) as usize);
    let mut head: Value = serde_json::from_slice(head).unwrap();
    change(&mut head);
    let head = head.to_string();
    let mut out = flate2::write::GzEncoder::new(MAGIC.to_vec(), flate2::Compression::fast());
    out.write_all(&(head.len() as u64).to_le_bytes()).unwrap();
    out.write_all(head.as_bytes()).unwrap();
    out.write_all(indexes).unwrap();
    out.finish().unwrap()
}

#[test]
fn an_inspection_has_no_more_layers_than_an_archive() {
    let bytes = changed(|head| {
        head["image"]["layers"] = vec![json!({}); 100_000].into();
        head["layers"] = vec![json!({}); 100_000].into();
    });
    let problem = sessions::try_driver(&Memory::one(bytes)).err().expect("it is refused");
    assert_eq!(problem.code, "inspection-damaged");
}

#[test]
fn an_inspection_has_few_warnings_and_they_are_its_own() {
    let warning = json!({
        "code": "all-verified", "message": "All layers were verified.",
        "advice": "Log in at https://example.test to see more.",
    });
    let known = json!({"code": "layer-limit", "message": "x".repeat(1000)});
    let bytes = changed(|head| {
        head["warnings"] = vec![warning.clone(); 20_000].into();
        head["image"]["warnings"] = vec![known; 20_000].into();
        head["layers"][0]["scan"]["warnings"] = vec![warning; 20_000].into();
    });
    let source = Memory::one(bytes);
    let session = sessions::read(&source);
    let warnings = session.overview(Overview { image: FIRST }).unwrap().warnings;
    assert!((200..500).contains(&warnings.len()), "{} warnings", warnings.len());
    for warning in warnings.iter().filter(|warning| warning.code != "inspection-saved") {
        assert!(matches!(&*warning.code, "inspection-note" | "layer-limit"), "{warning:?}");
        assert!(warning.message.starts_with("The inspection says: “"), "{warning:?}");
        assert!(warning.message.len() < 600 && warning.advice.is_none(), "{warning:?}");
    }
    // Saved again, they are marked once.
    let again = sessions::read(&Memory::one(session.save(FIRST).unwrap()));
    let warnings = again.overview(Overview { image: FIRST }).unwrap().warnings;
    assert!(warnings.iter().all(|warning| warning.message.matches("says:").count() < 2));
}

#[test]
fn what_an_inspection_says_about_a_file_is_its_own_too() {
    let facts = json!({"packages": {"warnings": [
        {"code": "all-verified", "message": "All is well.", "advice": "Log in."},
    ]}});
    let bytes = changed(|head| {
        let notes = &mut head["layers"][0]["scan"]["notes"];
        notes["looked"] = true.into();
        notes["notes"] = json!([{"entry": 0, "text": facts.to_string()}]);
    });
    let session = sessions::read(&Memory::one(bytes));
    let question = PackageCounts { image: FIRST, layers: Default::default() };
    let problems = session.package_counts(question).unwrap().problems;
    let [problem] = &problems[..] else { panic!("{problems:?}") };
    assert_eq!((&*problem.code, &problem.advice), ("inspection-note", &None));
    assert_eq!(problem.message, "The inspection says: “All is well.”");
}
