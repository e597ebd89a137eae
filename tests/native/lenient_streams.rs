//! Streams and files that are odd: compressed several times, of other kinds, or like another kind.

use crate::lenient::{all_verified, reports};
use crate::made_images::*;
use crate::sessions;
use layerscope::session::native::Memory;

#[test]
fn an_archive_that_is_compressed_four_times_names_what_is_inside() {
    let mut archive = Members::default().with("etc/passwd", *b"root").tar();
    for times in 1..=4 {
        archive = gzip(&archive);
        let opened = sessions::try_driver(&Memory::one(archive.clone())).map(|_| ());
        match times {
            4 => {
                let problem = opened.unwrap_err();
                assert_eq!(
                    (&*problem.code, problem.found.as_deref()),
                    ("not-a-tar", Some("gzip data"))
                );
            }
            _ => assert_eq!(opened, Ok(())),
        }
    }
}

#[test]
fn the_diff_id_of_a_layer_that_is_compressed_twice_may_be_of_the_stream_between() {
    let layer = tar(&[("a", b"hello")]);
    let once = gzip(&layer);
    let twice = gzip(&once);
    for (claimed, holds) in [(&layer, true), (&once, true), (&twice, false)] {
        let mut members = Members::default();
        let config = members.blob(CONFIG, config(&[claimed]).to_string().as_bytes());
        let blob = members.blob(LAYER, &twice);
        let entry = members.blob(MANIFEST, manifest(&config, &[blob]).to_string().as_bytes());
        for report in reports(&members.index(&[entry])) {
            assert_eq!((paths(&report), all_verified(&report)), (vec![1], holds));
            let diff_id = report["images"][0]["layers"][0]["diffId"].as_str().unwrap();
            let shown = if holds { claimed } else { &layer };
            assert_eq!(diff_id, layerscope::oci::Digest::of(shown).as_str());
            let mismatch = codes(&report).contains(&"layer-diff-id-mismatch");
            assert_eq!(mismatch, !holds, "{report:#}");
        }
    }
}

#[test]
fn files_of_other_kinds_are_named() {
    let utf16 = |text: &str| -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
    };
    let big = "6f1084be.json".repeat(100);
    let zip = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/packages/archives/plain.zip"
    ));
    for (bytes, found) in [
        (utf16(&big), "text in UTF-16, as `>` of Windows PowerShell writes it"),
        (gzip(&utf16(&big)), "text in UTF-16, as `>` of Windows PowerShell writes it"),
        (format!("\u{feff}{big}").into_bytes(), "text in UTF-8 with a byte order mark"),
        (zip.unwrap(), "a zip archive"),
        (b"<!DOCTYPE html><title>Not found</title>".to_vec(), "HTML or XML text"),
    ] {
        let problem = sessions::try_driver(&Memory::one(bytes)).map(|_| ()).unwrap_err();
        assert_eq!(problem.found.as_deref(), Some(found), "{problem:?}");
    }
}

#[test]
fn a_tar_whose_first_name_begins_like_another_format_is_a_tar() {
    for name in ["{x}", "BZh91AY&SY", "GIF8", "MZ", "<a>", "[1]"] {
        let report = sessions::report(&Members::default().with(name, *b"x").archive());
        assert_eq!(paths(&report), [1], "{name}");
    }
}
