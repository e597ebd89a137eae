//! Tests of the comparison, on a report made from facts: it must find every change.

use super::*;
use serde_json::json;

fn facts() -> Value {
    json!({
        "format": "docker-archive", "outer_compression": "gzip", "file_size": 10,
        "outer_uncompressed": 40, "file_sha256": "ab", "kind": "file",
        "images": [
            { "repo_tags": ["a:1"], "image_id": "sha256:1", "platform": "linux/amd64",
              "os": "linux", "architecture": "amd64", "variant": null, "created": "2026-01-01T00:00:00Z",
              "config": { "Cmd": ["sh"] }, "diff_ids_match": true,
              "history": [{ "created": null, "created_by": "RUN x", "empty_layer": false, "layer": 0,
                            "size_tar_payload": 5 },
                          { "created": null, "created_by": "CMD", "empty_layer": true }],
              "layers": [{ "digest": "sha256:2", "diff_id": "sha256:2", "compression": "none",
                           "compressed": 30, "tar": 30, "payload": 5, "entries": 2, "added": 1,
                           "types": { "file": 1, "other:Z": 1 }, "whiteouts": 0, "opaque": 0 }],
              "total": { "compressed": 30, "payload": 5 },
              "merged": { "paths": 2, "size": 5, "paths_sha256": "cd", "by_type": { "file": 1, "hardlink": 1 } },
              "dive": { "efficiency": 0.5, "wasted_bytes": 3, "top": [{ "path": "/a", "size": 3 }] } },
            { "manifest_digest": "sha256:9", "missing": true, "platform": "linux/arm64" },
        ],
    })
}

fn report() -> Value {
    json!({
        "schemaVersion": 1,
        "source": { "format": "docker-archive", "size": 10, "digest": "sha256:ab", "compression": "gzip" },
        "images": [{
            "tags": ["a:1"], "manifestDigest": null, "imageId": "sha256:1", "platform": "linux/amd64",
            "os": "linux", "architecture": "amd64", "variant": null, "created": "2026-01-01T00:00:00Z",
            "config": { "Cmd": ["sh"], "User": "", "Tty": false, "Volumes": null }, "size": 5,
            "compressedSize": 30,
            "history": [{ "created": null, "createdBy": "RUN x", "emptyLayer": false, "layer": 0, "size": 5,
                          "comment": "" },
                        { "created": null, "createdBy": "CMD", "emptyLayer": true, "layer": null, "size": 0 }],
            "layers": [{ "digest": "sha256:2", "diffId": "sha256:2", "compression": "none",
                         "compressedSize": 30, "tarSize": 30, "size": 5, "entries": 2, "files": 2,
                         "directories": 0, "symlinks": 0, "hardLinks": 0, "whiteouts": 0,
                         "opaqueDirectories": 0, "added": 1, "verified": true }],
            "tree": { "entries": 2, "size": 5, "pathsSha256": "cd", "files": 2, "directories": 0, "symlinks": 0 },
            "efficiency": { "score": 0.5, "wastedBytes": 3, "paths": [{ "path": "a", "bytes": 3 }] },
        }],
        "others": [{ "kind": "absent", "digest": "sha256:9", "platform": "linux/arm64" }],
    })
}

#[test]
fn a_right_report_agrees() {
    assert_eq!(check(&report(), &facts()), [""; 0]);
}

#[test]
fn each_wrong_value_is_found_once() {
    for (pointer, wrong) in [
        ("/source/digest", json!("sha256:ac")),
        ("/images/0/tags", json!([])),
        ("/images/0/manifestDigest", json!("sha256:7")),
        ("/images/0/config/User", json!("me")),
        ("/images/0/config/Cmd", json!(null)),
        ("/images/0/history/1/size", json!(1)),
        ("/images/0/layers/0/files", json!(1)),
        ("/images/0/layers/0/added", json!(null)),
        ("/images/0/layers/0/verified", json!(null)),
        ("/images/0/tree/pathsSha256", json!("ce")),
        ("/images/0/efficiency/score", json!(0.500001)),
        ("/images/0/efficiency/paths/0/bytes", json!(2)),
        ("/others/0/kind", json!("attestation")),
    ] {
        let mut report = report();
        *report.pointer_mut(pointer).expect("the sample has the field") = wrong;
        assert_eq!(check(&report, &facts()).len(), 1, "{pointer}");
    }
}

#[test]
fn a_report_without_anything_differs_and_nothing_panics() {
    assert!(check(&Value::Null, &facts()).len() > 3);
}
