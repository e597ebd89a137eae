//! Parts of documents that cannot be read: nulls, values of another kind, other encodings. Each costs itself, is named, and
//! leaves the rest.

use crate::lenient::{all_verified, reports};
use crate::made_images::*;
use crate::sessions;
use serde_json::{Value, json};

/// The value with a null beside every value of a map and every item of a list.
fn with_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut map: serde_json::Map<_, _> =
                map.iter().map(|(key, value)| (key.clone(), with_nulls(value))).collect();
            map.insert("a-null".to_owned(), Value::Null);
            for key in [
                "annotations",
                "platform",
                "artifactType",
                "subject",
                "data",
                "urls",
                "history",
                "Labels",
            ] {
                map.entry(key).or_insert(Value::Null);
            }
            Value::Object(map)
        }
        Value::Array(list) => {
            let null = [Value::Null];
            Value::Array(list.iter().map(with_nulls).chain(null.clone()).collect())
        }
        other => other.clone(),
    }
}

#[test]
fn nulls_anywhere_are_as_if_absent() {
    let layer = tar(&[("a", b"hello")]);
    let mut of_image = config(&[&layer]);
    of_image["config"] = json!({ "Env": ["A=1"], "Cmd": ["sh"], "Labels": { "a": "b" }, "Healthcheck": { "Test": ["NONE"] } });
    of_image["history"] =
        json!([{ "created_by": "x" }, { "created_by": "y", "empty_layer": true }]);
    let mut members = Members::default();
    let config = members.blob(CONFIG, with_nulls(&of_image).to_string().as_bytes());
    let layer_name = blob_name(&layer);
    let layer = members.blob(LAYER, &layer);
    let mut image = manifest(&config, &[layer]);
    image["annotations"] = json!({ "org.opencontainers.image.source": "s" });
    let mut entry = members.blob(MANIFEST, with_nulls(&image).to_string().as_bytes());
    entry["annotations"] = json!({ "org.opencontainers.image.ref.name": "latest" });
    entry["platform"] = json!({ "os": "linux", "architecture": "amd64" });
    let inner = with_nulls(&index(&[entry])).to_string();
    let entry = members.blob(INDEX, inner.as_bytes());
    let config_name = config["digest"].as_str().unwrap().replace("sha256:", "blobs/sha256/");
    let layout = members.clone().with_json("index.json", &with_nulls(&index(&[entry])));
    let docker = json!([{ "Config": config_name, "RepoTags": ["x:1"], "Layers": [layer_name] }]);
    let docker = members.with_json("manifest.json", &with_nulls(&docker));
    for (members, tag) in [(layout, "latest"), (docker, "x:1")] {
        for report in reports(&members) {
            let image = &report["images"][0];
            assert_eq!((paths(&report), codes(&report)), (vec![1], Vec::new()), "{report:#}");
            assert_eq!((&image["tags"], &image["os"]), (&json!([tag]), &json!("linux")));
            assert_eq!(image["history"].as_array().unwrap().len(), 2);
            assert!(all_verified(&report));
        }
    }
}

#[test]
fn nulls_in_older_forms_are_as_if_absent() {
    let layer = tar(&[("a", b"hello")]);
    let step = json!({ "id": "top", "parent": null, "created": null, "container_config": { "Cmd": [null, "sh"] } });
    let chain = Members::default()
        .with_json("repositories", &json!({ "x": { "1": "top", "2": null }, "y": null }))
        .with_json("top/json", &step)
        .with("top/layer.tar", layer.clone());
    let digest = layerscope::oci::Digest::of(&layer);
    let one = json!({ "schemaVersion": 1, "name": "x", "tag": "1", "signatures": null,
        "fsLayers": [null, { "blobSum": digest.to_string() }],
        "history": [null, { "v1Compatibility": step.to_string() }] });
    let one = Members::default().with_json("manifest.json", &one).with(digest.encoded(), layer);
    for members in [chain, one] {
        for report in reports(&members) {
            assert_eq!((paths(&report), &report["images"][0]["tags"]), (vec![1], &json!(["x:1"])));
            assert!(!codes(&report).contains(&"json-part-invalid"), "{report:#}");
        }
    }
}

#[test]
fn what_cannot_be_read_costs_itself_and_is_named() {
    let mut members = Members::default();
    let good = members.image();
    let capitals = format!("sha256:{}", "A".repeat(64));
    for (bad, digest, place) in [
        (
            json!({ "digest": capitals, "mediaType": MANIFEST }),
            json!(capitals),
            "manifests[0].digest",
        ),
        (json!({ "digest": "md5", "mediaType": MANIFEST }), Value::Null, "manifests[0].digest"),
        (json!({ "mediaType": MANIFEST }), Value::Null, "manifests[0]"),
        (json!({ "digest": 5 }), Value::Null, "manifests[0].digest"),
        (json!("text"), Value::Null, "manifests[0]"),
        (json!([]), Value::Null, "manifests[0]"),
    ] {
        let inner = index(&[bad.clone(), good.clone()]).to_string();
        let mut nested = members.clone();
        let entry = nested.blob(INDEX, inner.as_bytes());
        for members in [members.clone().index(&[bad.clone(), good.clone()]), nested.index(&[entry])]
        {
            for report in reports(&members) {
                assert_eq!(
                    (paths(&report), codes(&report)),
                    (vec![1], vec!["json-part-invalid"]),
                    "{report:#}"
                );
                let others = report["others"].as_array().unwrap();
                assert_eq!((others.len(), &others[0]["digest"]), (1, &digest), "{bad}");
                let message = report["warnings"][0]["message"].as_str().unwrap();
                assert!(message.ends_with(&format!(" {place}.")), "{message}");
            }
        }
    }
}

#[test]
fn one_wrong_value_leaves_the_rest_of_its_document() {
    let layer = tar(&[("a", b"hello")]);
    let wrong = [json!(5), json!("text"), json!([1]), json!({ "a": [] })];
    // Documents, with places that may have a wrong value.
    for (document, places) in [
        (
            "index",
            &[
                "annotations",
                "manifests/0/annotations",
                "manifests/0/platform",
                "manifests/0/size",
                "manifests/0/artifactType",
                "manifests/0/annotations/x",
                "manifests/0/mediaType",
            ][..],
        ),
        (
            "manifest",
            &[
                "annotations",
                "subject",
                "artifactType",
                "layers/0/annotations",
                "layers/0/size",
                "layers/0/data",
            ],
        ),
        (
            "config",
            &[
                "created",
                "author",
                "history",
                "history/0",
                "history/0/created",
                "history/0/created_by",
                "config/Env",
                "config/Labels",
                "config/Labels/a",
                "config/Env/0",
                "variant",
            ],
        ),
    ] {
        for place in places {
            for value in &wrong {
                let change = |name: &str, mut json: Value| {
                    if name == document {
                        set(&mut json, place, value.clone());
                    }
                    json.to_string()
                };
                let mut members = Members::default();
                let mut of_image = config(&[&layer]);
                of_image["history"] = json!([{ "created_by": "x" }]);
                of_image["config"] = json!({ "Env": ["A=1"], "Labels": { "a": "b" } });
                let config = members.blob(CONFIG, change("config", of_image).as_bytes());
                let layer = members.blob(LAYER, &layer);
                let image = change("manifest", manifest(&config, &[layer]));
                let entry = members.blob(MANIFEST, image.as_bytes());
                let members = members.with("index.json", change("index", index(&[entry])));
                let report = sessions::report(&members.archive());
                let is_artifact = *place == "artifactType" && value.is_string();
                assert_eq!(paths(&report).len(), 1, "{document}/{place} {value}: {report:#}");
                assert_eq!(paths(&report), [1], "{document}/{place} {value}");
                assert!(is_artifact || all_verified(&report), "{document}/{place} {value}");
            }
        }
    }
}

/// Puts a value at a place like `a/0/b`; maps on the way are made.
fn set(json: &mut Value, place: &str, value: Value) {
    let mut at = json;
    for key in place.split('/') {
        at = match key.parse::<usize>() {
            Ok(position) => &mut at[position],
            Err(_) => &mut at[key],
        };
    }
    *at = value;
}

#[test]
fn a_layer_that_cannot_be_read_keeps_its_place() {
    let (one, two) = (tar(&[("a", b"1")]), tar(&[("b", b"2")]));
    for bad in [
        json!({ "mediaType": LAYER, "digest": "sha256:XY" }),
        json!({ "mediaType": LAYER }),
        json!(7),
    ] {
        let mut members = Members::default();
        let config = members.blob(CONFIG, config(&[&one, b"gone", &two]).to_string().as_bytes());
        let layers = [members.blob(LAYER, &one), bad, members.blob(LAYER, &two)];
        let entry = members.blob(MANIFEST, manifest(&config, &layers).to_string().as_bytes());
        for report in reports(&members.index(&[entry])) {
            let verified: Vec<_> = report["images"][0]["layers"]
                .as_array()
                .unwrap()
                .iter()
                .map(|layer| &layer["verified"])
                .collect();
            assert_eq!(verified, [&json!(true), &Value::Null, &json!(true)], "{report:#}");
            assert_eq!(paths(&report), [2]);
            let codes = codes(&report);
            assert!(
                codes.contains(&"layer-missing") && codes.contains(&"json-part-invalid"),
                "{codes:?}"
            );
        }
    }
}

#[test]
fn documents_have_a_byte_order_mark_or_are_in_utf_16() {
    let encodings: [fn(&str) -> Vec<u8>; 4] = [
        |text| format!("\u{feff}{text}").into_bytes(),
        |text| format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
        |text| format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect(),
        |text| text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
    ];
    let layer = tar(&[("a", b"hello")]);
    for encode in encodings {
        let mut members = Members::default();
        let config = members.blob(CONFIG, &encode(&config(&[&layer]).to_string()));
        let layer_name = blob_name(&layer);
        let config_name = config["digest"].as_str().unwrap().replace("sha256:", "blobs/sha256/");
        let layer = members.blob(LAYER, &layer);
        let entry = members.blob(MANIFEST, &encode(&manifest(&config, &[layer]).to_string()));
        let docker =
            json!([{ "Config": config_name, "RepoTags": ["x:1"], "Layers": [layer_name] }]);
        let layout = members.clone().with("index.json", encode(&index(&[entry]).to_string()));
        let docker = members.with("manifest.json", encode(&docker.to_string()));
        for members in [layout, docker] {
            for report in reports(&members) {
                assert_eq!((paths(&report), codes(&report)), (vec![1], Vec::new()), "{report:#}");
                assert!(all_verified(&report));
            }
        }
    }
}
