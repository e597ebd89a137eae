//! Walks through indexes that are described in themselves.

use super::super::contents::{KeptMembers, document};
use super::super::listing::ArchiveListing;
use super::*;
use serde_json::{Value, json};

fn descriptor(bytes: &[u8]) -> Value {
    json!({ "mediaType": "application/vnd.oci.image.index.v1+json",
            "digest": Digest::of(bytes).as_str(), "size": bytes.len() })
}

/// How many manifests count where an index names one of two manifests four times.
fn counted(annotations: &Value) -> usize {
    let nested = json!({ "schemaVersion": 2, "manifests": [descriptor(b"a"), descriptor(b"b")] });
    let nested = nested.to_string();
    let mut inner = descriptor(nested.as_bytes());
    inner["data"] = json!(crate::base64::encode(nested.as_bytes()));
    inner["annotations"] = annotations.clone();
    let outer = json!({ "schemaVersion": 2, "manifests": vec![inner; 4] }).to_string();
    let index: ImageIndex = document(outer.as_bytes(), "index.json", &mut Vec::new()).unwrap();
    let kept = KeptMembers::default();
    let mut contents = ArchiveContents::kept(ArchiveListing::default(), &kept);
    let mut archive = Archive::default();
    let mut walk = Walk::new(&mut contents, &mut archive);
    walk.index(&index, &[], 0);
    let count = walk.count;
    assert_eq!(archive.others.len(), 2, "{:?}", archive.warnings);
    count
}

#[test]
fn manifests_below_an_index_count_each_time_that_it_gives_them_a_name() {
    assert_eq!(counted(&json!({})), 4 + 2);
    assert_eq!(counted(&json!({ "org.opencontainers.image.ref.name": "a" })), 4 * (1 + 2));
}
