//! Several images in one session: switching, eviction, blobs that images share, inspections taken in.

use layerscope::session::{Inspection, Session, drive, memory::Memory};
use layerscope::vocabulary::{ImagePosition, LayerNumber};
use serde_json::{Value, json};

const FIRST: ImagePosition = ImagePosition(0);
const SECOND: ImagePosition = ImagePosition(1);

/// A tar of these files.
fn tar(members: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, name, content.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

/// A docker archive of two images: both have the layer `base`, each has one of its own.
fn two_images() -> Memory {
    let item = |config: &str, own: &str| json!({"Config": config, "Layers": ["base", own]});
    let manifest = json!([item("c1", "one"), item("c2", "two")]).to_string();
    let base = tar(&[("etc/passwd", "root"), ("etc/hosts", "localhost")]);
    let (one, two) = (tar(&[("app", "1"), ("etc/hosts", "one")]), tar(&[("app", "22")]));
    let config = |architecture: &str| json!({"architecture": architecture, "os": "linux"});
    let (c1, c2) = (config("arm64").to_string(), config("amd64").to_string());
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in [
        ("manifest.json", manifest.as_bytes()),
        ("c1", c1.as_bytes()),
        ("c2", c2.as_bytes()),
        ("base", &base),
        ("one", &one),
        ("two", &two),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, bytes).unwrap();
    }
    Memory::one(builder.into_inner().unwrap())
}

fn opened() -> (Session, Memory) {
    let source = two_images();
    (drive::open("two.tar", &source).unwrap(), source)
}

fn finish(session: &mut Session, image: ImagePosition, source: &Memory) {
    drive::finish_one(session, image, source, 1).unwrap();
}

#[test]
fn images_are_found_by_platform_and_by_id() {
    let (session, _) = opened();
    assert_eq!(session.image_count(), 2);
    assert_eq!(session.default_image(), SECOND, "linux/amd64 comes first");
    assert_eq!(session.image_for_platform("linux/arm64"), Some(FIRST));
    assert_eq!(session.image_for_platform("windows/amd64"), None);
    let config = json!({"architecture": "arm64", "os": "linux"}).to_string();
    let id = layerscope::oci::Digest::of(config.as_bytes());
    assert_eq!(session.find_image(id.as_str()), Some(FIRST));
    assert_eq!(session.find_image("sha256:0"), None);
    assert!(!session.has_unnamed_images());
}

#[test]
fn a_shared_layer_is_read_once() {
    let (mut session, source) = opened();
    assert_eq!(session.index_jobs(SECOND).len(), 2);
    finish(&mut session, FIRST, &source);
    assert_eq!(session.index_jobs(SECOND).len(), 1, "the base is read");
    assert!(session.is_built(FIRST) && !session.is_built(SECOND));
}

#[test]
fn switching_images_back_and_forth_reads_nothing_again() {
    let (mut session, source) = opened();
    for image in [FIRST, SECOND] {
        finish(&mut session, image, &source);
    }
    for image in [FIRST, SECOND, FIRST] {
        let jobs = [session.index_jobs(image), session.check_jobs(image), session.look_jobs(image)];
        assert_eq!(jobs.concat(), []);
        session.build_tree(image).unwrap();
        assert!(session.is_built(image) && session.is_analysed(image));
    }
}

#[test]
fn a_lifted_limit_discards_every_tree_with_that_layer_and_no_other() {
    let (mut session, source) = opened();
    for image in [FIRST, SECOND] {
        finish(&mut session, image, &source);
    }
    session.lift_limit(FIRST, LayerNumber::new(2)).unwrap();
    assert!(!session.is_built(FIRST) && session.is_built(SECOND));
    session.lift_limit(FIRST, LayerNumber::new(1)).unwrap();
    assert!(!session.is_built(SECOND), "the base is theirs both");
    let problem = session.lift_limit(FIRST, LayerNumber::new(3)).unwrap_err();
    assert_eq!(problem.code, "layer-missing");
}

#[test]
fn a_position_beyond_the_images_is_an_error() {
    let (mut session, source) = opened();
    let third = ImagePosition(2);
    assert_eq!(session.build_tree(third).unwrap_err().code, "no-such-image");
    assert_eq!(session.save(third).unwrap_err().code, "no-such-image");
    assert_eq!(session.index_jobs(third), []);
    assert_eq!(
        drive::finish_one(&mut session, third, &source, 1).unwrap_err().code,
        "no-such-image"
    );
}

#[test]
fn an_inspection_is_taken_in_beside_the_images() {
    let (mut other, source) = opened();
    finish(&mut other, FIRST, &source);
    let saved = Memory::one(other.save(FIRST).unwrap());
    let (mut session, source) = opened();
    let taken = session.add_inspection(Inspection::read("saved", &saved).unwrap());
    assert_eq!((&taken[..], session.image_count()), (&[ImagePosition(2)][..], 3));
    assert_eq!(session.index_jobs(taken[0]), [], "its indexes came with it");
    finish(&mut session, taken[0], &source);
    finish(&mut session, FIRST, &source);
    let images = |only| {
        let report: Value = serde_json::from_str(&session.report(only).unwrap()).unwrap();
        report["images"].as_array().unwrap().clone()
    };
    assert_eq!(images(None).len(), 2, "the report is about the source");
    let (own, taken_in) = (&images(Some(FIRST))[0], &images(Some(taken[0]))[0]);
    assert_eq!(own["tree"], taken_in["tree"]);
    assert_eq!(taken_in["layers"][0]["verified"], Value::Null, "somebody else checked it");
    let again = session.add_inspection(Inspection::read("saved", &saved).unwrap());
    assert_eq!(again, [ImagePosition(3)]);
    let problem = Inspection::read("two.tar", &source).err().unwrap();
    assert_eq!(problem.code, "inspection-expected");
}
