//! What is read although it is odd: the members of the kinds in `cases.rs`, made by hand.
//!
//! Each is opened as a tar, as a tar that is compressed, and as one that is compressed twice: in those the
//! documents come from the one pass.

use crate::made_images::*;
use crate::sessions;
use layerscope::protocol::{LinkPath, ReadContent};
use layerscope::selection::LayerSelection;
use layerscope::vocabulary::ImagePosition;
use serde_json::{Value, json};

/// The reports over an archive in all ways; the warning about the second compression is left out.
pub fn reports(members: &Members) -> Vec<Value> {
    let mut reports: Vec<Value> =
        members.archives().iter().map(|one| sessions::report(one)).collect();
    for report in &mut reports {
        let warnings = report["warnings"].as_array_mut().unwrap();
        warnings.retain(|warning| warning["code"] != "compressed-again");
    }
    reports
}

/// Every layer of every image was read, and is what is claimed.
pub fn all_verified(report: &Value) -> bool {
    let images = report["images"].as_array().unwrap().iter();
    let mut layers = images.flat_map(|image| image["layers"].as_array().unwrap());
    layers.all(|layer| layer["verified"] == true)
}

#[test]
fn an_archive_is_opened_below_folders_of_any_depth() {
    let mut members = Members::default();
    let image = members.image();
    let layer = tar(&[("a", b"hello")]);
    let docker = Members::default()
        .with_json("c.json", &config(&[&layer]))
        .with("l/layer.tar", layer)
        .with_json("manifest.json", &json!([{ "Config": "c.json", "Layers": ["l/layer.tar"] }]));
    for archive in [members.with("oci-layout", *b"{}").index(&[image]), docker] {
        for folder in ["", "./", "layout/", "a/b/c/"] {
            let plain = archive.clone().below(folder);
            let beside = plain.clone().with(".DS_Store", *b"x").with("__MACOSX/._a", *b"x");
            for members in [plain, beside] {
                for report in reports(&members) {
                    assert_eq!(paths(&report), [1], "{folder}: {report:#}");
                    assert!(all_verified(&report) && codes(&report).is_empty(), "{report:#}");
                }
            }
        }
    }
}

#[test]
fn a_folder_of_files_without_an_index_stays_a_root_file_system() {
    // A web application's own manifest.json and index.json, below one folder.
    for name in ["srv/www/manifest.json", "srv/www/index.json"] {
        let files =
            Members::default().with(name, *b"{\"name\":\"app\"}").with("srv/www/app.js", *b"x");
        for report in reports(&files) {
            assert_eq!(
                (report["source"]["format"].as_str(), paths(&report)),
                (Some("tar"), vec![4])
            );
            assert_eq!(codes(&report), Vec::<&str>::new());
        }
    }
}

#[test]
fn all_names_of_an_image_are_kept_from_whichever_annotation() {
    let (full, short) = ("io.containerd.image.name", "org.opencontainers.image.ref.name");
    for (first, second) in [(full, full), (full, short), (short, full), (short, short)] {
        for nested in [0, 1, 2] {
            let mut members = Members::default();
            let mut entry = members.image();
            for _ in 0..nested {
                let inner = index(&[entry]).to_string();
                entry = members.blob(INDEX, inner.as_bytes());
            }
            let named = |annotation: &str, name: &str| {
                let mut entry = entry.clone();
                entry["annotations"] = json!({ annotation: name });
                entry
            };
            let entries = [named(first, "one"), named(second, "two"), named(second, "one")];
            for report in reports(&members.index(&entries)) {
                assert_eq!(report["images"].as_array().unwrap().len(), 1);
                assert_eq!(report["images"][0]["tags"], json!(["one", "two"]), "{nested} indexes");
            }
        }
    }
}

#[test]
fn names_of_what_is_not_an_image_are_kept_too() {
    let mut members = Members::default();
    let config = members.blob("application/vnd.cncf.helm.config.v1+json", b"{}");
    let chart = manifest(&config, &[]).to_string();
    let entry = members.blob(MANIFEST, chart.as_bytes());
    let named = |name: &str| {
        let mut entry = entry.clone();
        entry["annotations"] = json!({ "org.opencontainers.image.ref.name": name });
        entry
    };
    let members = members.index(&[named("1"), named("2")]);
    for report in reports(&members) {
        assert_eq!(report["others"][0]["names"], json!(["1", "2"]));
    }
}

#[test]
fn the_bytes_decide_what_an_index_leads_to() {
    let types = [
        "",
        MANIFEST,
        INDEX,
        CONFIG,
        "application/octet-stream",
        "application/x-unknown",
        "text/plain",
    ];
    for media_type in types {
        for nested in [false, true] {
            let mut members = Members::default();
            let mut entry = members.image();
            if nested {
                entry = members.blob(INDEX, index(&[entry]).to_string().as_bytes());
            }
            match media_type {
                "" => drop(entry.as_object_mut().unwrap().remove("mediaType")),
                _ => entry["mediaType"] = json!(media_type),
            }
            for report in reports(&members.index(&[entry.clone()])) {
                assert_eq!(paths(&report), [1], "“{media_type}” {nested}: {report:#}");
                assert!(
                    report["others"].as_array().unwrap().is_empty() && codes(&report).is_empty()
                );
            }
        }
    }
}

#[test]
fn index_json_may_be_a_manifest_itself() {
    let mut members = Members::default();
    let layer = tar(&[("a", b"hello")]);
    let config = members.blob(CONFIG, config(&[&layer]).to_string().as_bytes());
    let layer = members.blob(LAYER, &layer);
    let members = members.with_json("index.json", &manifest(&config, &[layer]));
    for report in reports(&members) {
        assert_eq!(paths(&report), [1], "{report:#}");
    }
}

#[test]
fn the_bytes_decide_what_a_manifest_without_media_types_describes() {
    let layer = tar(&[("a", b"hello")]);
    let of_image = config(&[&layer]).to_string();
    for (config_bytes, layer_bytes, is_image) in [
        (of_image.as_bytes(), &layer[..], true),
        (of_image.as_bytes(), &gzip(&layer), true),
        (of_image.as_bytes(), b"{\"predicate\": {}}", false),
        (b"{\"name\": \"chart\"}", &layer, false),
        (b"no JSON", &layer, false),
    ] {
        for (config_type, layer_type) in [
            ("", ""),
            ("", LAYER),
            (CONFIG, ""),
            ("application/octet-stream", "application/gzip"),
            (LAYER, CONFIG),
        ] {
            // A layer's type that is right says that it is one.
            if layer_type == LAYER && layer_bytes.starts_with(b"{")
                || config_type == CONFIG && !config_bytes.starts_with(b"{\"arch")
            {
                continue;
            }
            let mut members = Members::default();
            let config = members.blob(config_type, config_bytes);
            let layer = members.blob(layer_type, layer_bytes);
            let manifest = manifest(&config, &[layer]).to_string();
            let entry = members.blob(MANIFEST, manifest.as_bytes());
            let report = sessions::report(&members.index(&[entry]).archive());
            let kind = report["others"][0]["kind"].as_str();
            let want = (usize::from(is_image), (!is_image).then_some("artifact"));
            let images = report["images"].as_array().unwrap().len();
            assert_eq!((images, kind), want, "{config_type} {layer_type}: {report:#}");
        }
    }
}

#[test]
fn artifacts_by_their_media_types_stay_artifacts() {
    let layer = tar(&[("a", b"hello")]);
    let of_image = config(&[&layer]).to_string();
    for (config_type, layer_type, artifact_type) in [
        ("application/vnd.cncf.helm.config.v1+json", "", ""),
        ("application/vnd.oci.empty.v1+json", LAYER, ""),
        (CONFIG, "application/vnd.in-toto+json", ""),
        (CONFIG, "application/vnd.acme.rocket.v1.tar", ""),
        ("", LAYER, "application/vnd.acme.rocket"),
    ] {
        let mut members = Members::default();
        let config = members.blob(config_type, of_image.as_bytes());
        let layer = members.blob(layer_type, &layer);
        let mut manifest = manifest(&config, &[layer]);
        manifest["artifactType"] = json!(artifact_type);
        let entry = members.blob(MANIFEST, manifest.to_string().as_bytes());
        let report = sessions::report(&members.index(&[entry]).archive());
        assert!(report["images"].as_array().unwrap().is_empty(), "{config_type} {layer_type}");
    }
}

#[test]
fn a_document_that_reads_as_index_and_manifest_is_refused() {
    let mut members = Members::default();
    let image = members.image();
    let layer = tar(&[("b", b"other")]);
    let config = members.blob(CONFIG, config(&[&layer]).to_string().as_bytes());
    let mut both = manifest(&config, &[]);
    both["manifests"] = json!([image]);
    let entry = members.blob(INDEX, both.to_string().as_bytes());
    let good = image;
    for report in reports(&members.index(&[entry, good])) {
        assert_eq!((paths(&report), codes(&report)), (vec![1], vec!["json-invalid"]), "{report:#}");
        assert_eq!(report["others"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn of_two_lists_of_layers_the_one_that_fits_the_diff_ids_is_used() {
    let (one, two) = (tar(&[("a", b"1")]), tar(&[("b", b"2")]));
    for (in_manifest, in_docker, paths_of, code) in [
        (&[][..], &[0, 1][..], 2, Some("manifests-disagree")),
        (&[0, 1], &[], 2, Some("manifests-disagree")),
        (&[0], &[0, 1], 2, Some("manifests-disagree")),
        (&[0, 1, 0], &[0, 1], 2, Some("manifests-disagree")),
        (&[0, 1], &[0, 1], 2, None),
    ] {
        let mut members = Members::default();
        let config = members.blob(CONFIG, config(&[&one, &two]).to_string().as_bytes());
        let name = |descriptor: &Value| {
            descriptor["digest"].as_str().unwrap().replace("sha256:", "blobs/sha256/")
        };
        let layers = [members.blob(LAYER, &one), members.blob(LAYER, &two)];
        let listed: Vec<Value> =
            in_manifest.iter().map(|at| layers[*at as usize].clone()).collect();
        let entry = members.blob(MANIFEST, manifest(&config, &listed).to_string().as_bytes());
        let names: Vec<String> = in_docker.iter().map(|at| name(&layers[*at as usize])).collect();
        let docker = json!([{ "Config": name(&config), "RepoTags": ["x:1"], "Layers": names }]);
        let members = members.index(&[entry]).with_json("manifest.json", &docker);
        for report in reports(&members) {
            assert_eq!(paths(&report), [paths_of], "{in_manifest:?} {in_docker:?}: {report:#}");
            assert_eq!(codes(&report), code.into_iter().collect::<Vec<_>>());
            assert_eq!(report["images"][0]["tags"], json!(["x:1"]));
            assert!(all_verified(&report));
        }
    }
}

#[test]
fn a_layer_that_only_manifest_json_finds_is_read() {
    let layer = tar(&[("a", b"hello")]);
    let packed = gzip(&layer);
    let mut members = Members::default();
    let config = members.blob(CONFIG, config(&[&layer]).to_string().as_bytes());
    // The OCI manifest names a compressed blob, and the archive has the layer as it was.
    let gone = descriptor(LAYER, &packed);
    let entry = members.blob(MANIFEST, manifest(&config, &[gone]).to_string().as_bytes());
    let config = config["digest"].as_str().unwrap().replace("sha256:", "blobs/sha256/");
    let docker = json!([{ "Config": config, "Layers": ["l/layer.tar"] }]);
    let members =
        members.index(&[entry]).with("l/layer.tar", layer).with_json("manifest.json", &docker);
    for report in reports(&members) {
        assert_eq!((paths(&report), codes(&report)), (vec![1], Vec::new()), "{report:#}");
        assert!(all_verified(&report));
    }
}

#[test]
fn blobs_that_descriptors_have_in_themselves_are_read() {
    let layer = tar(&[("a", b"hello")]);
    let config = config(&[&layer]).to_string();
    for packed in [layer.clone(), gzip(&layer)] {
        let image =
            manifest(&inline(CONFIG, config.as_bytes()), &[inline(LAYER, &packed)]).to_string();
        let nested = index(&[inline(MANIFEST, image.as_bytes())]).to_string();
        for entry in [
            inline(MANIFEST, image.as_bytes()),
            inline("", image.as_bytes()),
            inline(INDEX, nested.as_bytes()),
        ] {
            let members = Members::default().index(&[entry]);
            for report in reports(&members) {
                assert_eq!((paths(&report), codes(&report)), (vec![1], Vec::new()), "{report:#}");
                assert!(all_verified(&report));
            }
            for archive in members.archives() {
                let mut driver = sessions::driver(&archive);
                let (image, path) = (ImagePosition(0), LinkPath("a".to_owned()));
                let layers = LayerSelection::default();
                let question = ReadContent { image, path, layers, offset: 0, length: 9 };
                assert_eq!(driver.content(question).unwrap(), b"hello");
            }
        }
    }
}

#[test]
fn data_is_checked_against_digest_and_size() {
    let layer = tar(&[("a", b"hello")]);
    let config = config(&[&layer]).to_string();
    let good = inline(LAYER, &layer);
    let with = |key: &str, value: Value| {
        let mut descriptor = good.clone();
        descriptor[key] = value;
        descriptor
    };
    for wrong in [
        with("data", json!(layerscope::base64::encode(b"other"))),
        with("data", json!("no base64 !")),
        with("size", json!(5)),
        with("digest", json!("sha256:".to_owned() + &"0".repeat(64))),
    ] {
        let mut members = Members::default();
        let config = members.blob(CONFIG, config.as_bytes());
        let entry = members.blob(MANIFEST, manifest(&config, &[wrong]).to_string().as_bytes());
        // The blob is in the archive as well, or it is not.
        for there in [false, true] {
            let mut members = members.clone();
            if there {
                members.blob("", &layer);
            }
            let report = sessions::report(&members.index(std::slice::from_ref(&entry)).archive());
            assert!(codes(&report).contains(&"descriptor-data"), "{report:#}");
            let is_named =
                !report["images"][0]["layers"][0]["digest"].as_str().unwrap().contains("0000");
            assert_eq!(paths(&report), [u64::from(there && is_named)]);
        }
    }
    // A number is not data; the blob is used.
    let mut members = Members::default();
    let config = members.blob(CONFIG, config.as_bytes());
    members.blob("", &layer);
    let layer = with("data", json!(5));
    let entry = members.blob(MANIFEST, manifest(&config, &[layer]).to_string().as_bytes());
    let report = sessions::report(&members.index(&[entry]).archive());
    assert_eq!((paths(&report), codes(&report)), (vec![1], vec!["json-part-invalid"]));
}

#[test]
fn a_size_that_is_not_the_blob_s_is_warned_of_and_the_digest_judged() {
    let layer = tar(&[("a", b"hello")]);
    let claim = |mut descriptor: Value, wrong: bool| {
        if wrong {
            descriptor["size"] = json!(7);
        }
        descriptor
    };
    for at in 0..4 {
        let mut members = Members::default();
        let config = claim(members.blob(CONFIG, config(&[&layer]).to_string().as_bytes()), at == 0);
        let layer = claim(members.blob(LAYER, &layer), at == 1);
        let image = manifest(&config, &[layer]).to_string();
        let entry = claim(members.blob(MANIFEST, image.as_bytes()), at == 2);
        let entry = claim(members.blob(INDEX, index(&[entry]).to_string().as_bytes()), at == 3);
        for report in reports(&members.index(&[entry])) {
            assert_eq!(
                (paths(&report), codes(&report)),
                (vec![1], vec!["descriptor-size"]),
                "{at}"
            );
            assert!(all_verified(&report));
        }
    }
}

#[test]
fn manifest_json_may_name_an_image_twice() {
    let layer = tar(&[("a", b"hello")]);
    let mut members = Members::default();
    let config = members.blob(CONFIG, config(&[&layer]).to_string().as_bytes());
    let layer_name = blob_name(&layer);
    let blob = members.blob(LAYER, &layer);
    let entry = members.blob(MANIFEST, manifest(&config, &[blob]).to_string().as_bytes());
    let config = config["digest"].as_str().unwrap().replace("sha256:", "blobs/sha256/");
    let item = |tags: Value| json!({ "Config": config, "RepoTags": tags, "Layers": [layer_name] });
    let docker =
        json!([item(Value::Null), item(json!(["x:1", null, 5])), item(json!(["x:2", "x:1"]))]);
    let docker = members.clone().with_json("manifest.json", &docker);
    for members in [docker.clone(), docker.index(&[entry])] {
        for report in reports(&members) {
            assert_eq!(report["images"][0]["tags"], json!(["x:1", "x:2"]), "{report:#}");
            assert_eq!(codes(&report), ["json-part-invalid"]);
        }
    }
}
