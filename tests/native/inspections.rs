//! Saved inspections: they open as they were saved, and nothing in them is called verified.

use crate::sessions;
use layerscope::protocol::{AnswersQueries, Layers, LinkPath, Overview, ReadContent};
use layerscope::session::{Session, native::Disk, native::Memory};
use layerscope::vocabulary::ImagePosition;
use proptest::prelude::*;
use serde_json::Value;
use std::path::{Path, PathBuf};

const FIRST: ImagePosition = ImagePosition(0);

/// The image of a report; digests that were checked elsewhere are checked by nobody here, and warnings are in other
/// words.
fn image(session: &Session) -> Value {
    let shown = session.default_image();
    let report: Value = serde_json::from_str(&session.report(Some(shown)).unwrap()).unwrap();
    let mut image = report["images"][0].clone();
    for layer in image["layers"].as_array_mut().unwrap() {
        let verified = &mut layer["verified"];
        *verified = if *verified == true { Value::Null } else { verified.take() };
    }
    for warning in image["warnings"].as_array_mut().unwrap() {
        let warning = warning.as_object_mut().unwrap();
        warning.retain(|key, _| key != "message" && key != "advice");
        // What the file says is quoted.
        for text in warning.values_mut().filter(|value| value.is_string()) {
            let plain = text.as_str().unwrap().replace(['“', '”', '"'], "");
            *text = Value::String(plain);
        }
    }
    image
}

/// The archives of a folder, from the root.
fn fixtures(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_archive = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        path.is_file() && name.contains(".tar")
    };
    let mut files: Vec<_> = files.filter(is_archive).collect();
    files.sort();
    files
}

fn save_and_open_again(folder: &str) {
    let fixtures = fixtures(folder);
    assert!(fixtures.len() > 5, "{fixtures:?}");
    for path in fixtures {
        let disk = Disk::open(&path).unwrap();
        let session = sessions::read(&disk);
        if session.image_count() == 0 {
            continue;
        }
        let saved = Memory::one(session.save(session.default_image()).unwrap());
        let again = sessions::read(&saved);
        assert_eq!(image(&again), image(&session), "{}", path.display());
        assert_eq!(again.info().images.len(), 1);
    }
}

#[test]
fn an_inspection_of_our_own_archives_opens_as_it_was_saved() {
    save_and_open_again("tests/fixtures");
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn an_inspection_of_the_shared_archives_opens_as_it_was_saved() {
    save_and_open_again("../shared/fixtures");
}

fn sample() -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let disk = Disk::open(&root.join("www/sample.tar")).unwrap();
    sessions::read(&disk).save(FIRST).unwrap()
}

#[test]
fn nothing_in_a_saved_inspection_is_verified() {
    let saved = Memory::one(sample());
    let session = sessions::read(&saved);
    let rows = session.layers(Layers { image: FIRST }).unwrap().rows;
    let layers: Vec<_> = rows.into_iter().filter_map(|row| row.layer).collect();
    assert!(!layers.is_empty() && layers.iter().all(|layer| layer.verified != Some(true)));
    let digests = session.overview(Overview { image: FIRST }).unwrap().digests;
    assert!(digests.saved_inspection && session.info().saved_inspection);
    assert_eq!((&digests.matching[..], &digests.unclaimed[..]), (&[][..], &[][..]));
    let codes: Vec<_> = session.info().warnings.into_iter().map(|warning| warning.code).collect();
    assert_eq!(codes[0], "inspection-saved");
}

#[test]
fn a_saved_inspection_says_that_it_has_no_contents() {
    let saved = Memory::one(sample());
    let mut driver = sessions::driver(&saved);
    let request = ReadContent {
        image: FIRST,
        path: LinkPath("/etc/passwd".to_owned()),
        layers: Default::default(),
        offset: 0,
        length: 10,
    };
    assert_eq!(driver.content(request).unwrap_err().code, "no-content");
}

#[test]
fn a_truncated_inspection_is_an_error() {
    let whole = sample();
    for length in (8..whole.len()).step_by(997) {
        let cut = Memory::one(&whole[..length]);
        let problem = Session::open("x", &cut).err();
        assert_eq!(
            problem.map(|problem| problem.code).as_deref(),
            Some("inspection-damaged"),
            "{length}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_changed_inspection_is_answered(at: prop::sample::Index, byte: u8, head in "[ -~]{0,200}") {
        let mut bytes = sample();
        let at = 8 + at.index(bytes.len() - 8);
        bytes[at] = byte;
        let changed = Memory::one(bytes);
        let _ = sessions::try_driver(&changed).map(sessions::session);
        let mut own = b"LSINSP1\n".to_vec();
        let mut encoder = flate2::write::GzEncoder::new(&mut own, flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, &(head.len() as u64).to_le_bytes()).unwrap();
        std::io::Write::write_all(&mut encoder, head.as_bytes()).unwrap();
        encoder.finish().unwrap();
        prop_assert!(Session::open("x", &Memory::one(own)).is_err());
    }
}
