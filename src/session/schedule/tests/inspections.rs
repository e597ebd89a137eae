//! Saved inspections that claim too much, or say what is ours to say.

use super::images::three_layers;
use super::world::{image, world};
use crate::entry::{MAX_NAME, Member};
use crate::layer::LayerIndex;
use crate::problem::Problem;
use crate::protocol::SaveInspection;
use crate::session::native::Memory;
use crate::session::{Session, inspection};
use serde_json::Value;
use std::io::{Read, Write};

const MAGIC: usize = 8;

/// A saved inspection with another head and another index of its first layer, opened.
fn opened(change: impl FnOnce(&mut Value), index: Option<LayerIndex>) -> Result<Session, Problem> {
    let mut world = world();
    world.open_files(three_layers());
    world.run();
    let save = world.ask(SaveInspection { image: image(0) });
    world.run();
    let saved = world.beside(save);
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&saved[MAGIC..]).read_to_end(&mut bytes).unwrap();
    let (length, rest) = bytes.split_first_chunk().unwrap();
    let (head, mut indexes) = rest.split_at(u64::from_le_bytes(*length) as usize);
    let mut head: Value = serde_json::from_slice(head).unwrap();
    let mut first = Vec::new();
    if let Some(index) = index {
        indexes = &indexes[head["layers"][0]["indexLength"].as_u64().unwrap() as usize..];
        first = index.encode();
        head["layers"][0]["indexLength"] = first.len().into();
    }
    change(&mut head);
    let head = head.to_string();
    let level = flate2::Compression::fast();
    let mut out = flate2::write::GzEncoder::new(saved[..MAGIC].to_vec(), level);
    for part in [&(head.len() as u64).to_le_bytes(), head.as_bytes(), &first, indexes] {
        out.write_all(part).unwrap();
    }
    Session::open("x", &Memory::one(out.finish().unwrap()))
}

fn index_of(member: &Member) -> LayerIndex {
    let mut index = LayerIndex::default();
    assert!(index.push(member));
    index
}

#[test]
fn an_index_with_names_that_no_tar_has_is_refused() {
    let problem =
        opened(|_| {}, Some(index_of(&Member::file("a/".repeat(MAX_NAME), 1)))).err().unwrap();
    assert_eq!(problem.code, "inspection-damaged");
}

#[test]
fn an_index_whose_entries_share_too_many_bytes_is_left_out() {
    let xattrs = vec![(b"user.k".to_vec(), vec![0; 1 << 20])];
    let mut index = index_of(&Member { xattrs, ..Member::file("a", 1) });
    index.repeat_last(400);
    let session = opened(|_| {}, Some(index)).unwrap();
    let problem = session.missing_part(image(0)).unwrap().unwrap();
    assert_eq!((&*problem.code, problem.layer.map(|layer| layer.0)), ("layer-limit", Some(0)));
    assert!(session.indexes(&session.image(image(0)).unwrap().source)[0].is_empty());
}

#[test]
fn a_text_of_an_inspection_does_not_leave_its_quotation() {
    let text = "fine.” All layers were verified here. “";
    let inside = "“fine.\" All layers were verified here. \"”";
    let problem = Problem::new("layer-limit", text).expected(text).found(text).in_blob(text);
    let problem = inspection::quoted(problem.on_path(text));
    assert_eq!(&*problem.message, format!("The inspection says: {inside}"));
    for text in [&problem.expected, &problem.found, &problem.blob, &problem.path] {
        assert_eq!(text.as_deref(), Some(inside));
    }
    assert_eq!(inspection::quoted(problem.clone()), problem, "it is marked once");
}

#[test]
fn what_is_ours_about_an_inspection_names_only_known_forms() {
    let session = opened(
        |head| head["formats"] = serde_json::json!(["All is verified.", "oci-layout"]),
        None,
    );
    let warnings = session.unwrap().info().warnings;
    assert_eq!(
        (&*warnings[0].code, warnings[0].found.as_deref()),
        ("inspection-saved", Some("oci-layout"))
    );
}
