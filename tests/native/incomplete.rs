//! Files that end early: it is told once, first, and nothing is made of a part that is not there.

use crate::made_images::*;
use crate::sessions;
use layerscope::session::native::Memory;
use serde_json::{Value, json};

/// What `docker save` wrote before and since Docker 25, with two layers; the index comes last.
fn docker_save(since_25: bool) -> Members {
    let (one, two) = (tar(&[("a", &[7; 3000])]), tar(&[("b", &[8; 3000])]));
    let config = config(&[&one, &two]).to_string();
    let name = |bytes: &[u8], id: &str| match since_25 {
        true => blob_name(bytes),
        false => format!("{}/layer.tar", id.repeat(64)),
    };
    let (first, second) = (name(&one, "1"), name(&two, "2"));
    let mut members = Members::default();
    for (name, id, layer) in [(&first, "1", &one), (&second, "2", &two)] {
        if !since_25 {
            let parent = if id == "2" { json!("1".repeat(64)) } else { Value::Null };
            let old =
                json!({ "id": id.repeat(64), "parent": parent, "created": "1970-01-01T00:00:00Z" });
            members = members.with_json(&format!("{}/json", id.repeat(64)), &old);
        }
        members = members.with(name, layer.clone());
    }
    let docker = json!([{ "Config": "c.json", "RepoTags": ["x:1"], "Layers": [first, second] }]);
    members.with("c.json", config).with_json("manifest.json", &docker)
}

/// The kind of what is shown, and the codes of all warnings.
fn shown(bytes: &[u8]) -> (String, Vec<String>, Value) {
    let report = sessions::report(&Memory::one(bytes.to_vec()));
    let codes = codes(&report).into_iter().map(str::to_owned).collect();
    (report["source"]["format"].as_str().unwrap().to_owned(), codes, report)
}

#[test]
fn a_cut_docker_save_is_no_image_from_before_docker_1_10() {
    for since_25 in [false, true] {
        let members = docker_save(since_25);
        let whole = members.tar();
        let (format, codes, _) = shown(&whole);
        assert_eq!((&*format, codes), ("docker-archive", Vec::new()));
        // Where manifest.json's own header begins.
        let index = members.0.last().unwrap().1.len().next_multiple_of(512) + 512 + 1024;
        let index = whole.len() - index;
        // Within headers, contents and between members.
        for cut in (513..index).step_by(257).chain([index, 4096, 5120]) {
            let (format, codes, report) = shown(&whole[..cut]);
            assert_eq!(
                (&*format, &codes[..]),
                ("tar", &["archive-truncated".to_owned()][..]),
                "{cut}: {report:#}"
            );
            let message = report["warnings"][0]["message"].as_str().unwrap();
            assert!(message.starts_with("The file is incomplete"), "{message}");
            assert_eq!(report["images"][0]["tags"], json!([]));
        }
    }
}

#[test]
fn a_cut_stream_is_told_once_and_gives_no_chain_of_layers() {
    for since_25 in [false, true] {
        let whole = gzip(&docker_save(since_25).tar());
        for cut in (40..whole.len() - 1).step_by(13) {
            let (format, codes, report) = shown(&whole[..cut]);
            match &*format {
                // The index may have come through.
                "docker-archive" => assert_eq!(codes, ["archive-damaged"], "{cut}"),
                "tar" => assert_eq!(codes, ["archive-damaged"], "{cut}: {report:#}"),
                other => panic!("{other} at {cut}"),
            }
        }
    }
}

#[test]
fn a_layer_that_a_cut_file_ends_in_is_told_once() {
    // The index comes first.
    let (one, two) = (tar(&[("a", &[7; 3000])]), tar(&[("b", &[8; 9000]), ("c", b"x")]));
    for packed in [two.clone(), gzip(&two)] {
        let mut members = Members::default();
        let config = members.blob(CONFIG, config(&[&one, &two]).to_string().as_bytes());
        let layers = [descriptor(LAYER, &one), descriptor(LAYER, &packed)];
        let entry = members.blob(MANIFEST, manifest(&config, &layers).to_string().as_bytes());
        let mut members = members.index(&[entry]);
        members.blob("", &one);
        let before = members.tar().len() - 1024;
        members.blob("", &packed);
        let whole = members.tar();
        for cut in
            [before + 512 + 40, before + 512 + packed.len() / 2, before + 512 + packed.len() - 1]
        {
            let (format, codes, report) = shown(&whole[..cut]);
            assert_eq!(
                (&*format, codes),
                ("oci-layout", vec!["archive-truncated".to_owned()]),
                "{cut}: {report:#}"
            );
            let layers = report["images"][0]["layers"].as_array().unwrap();
            assert_eq!(
                (&layers[0]["verified"], &layers[1]["verified"]),
                (&json!(true), &Value::Null)
            );
        }
        // Before the layer's header it is missing.
        let (_, codes, _) = shown(&whole[..before + 100]);
        assert_eq!(codes, ["layer-missing", "archive-truncated"]);
    }
}

#[test]
fn the_old_form_is_read_where_the_file_is_whole() {
    let layer = tar(&[("a", b"x")]);
    let old = json!({ "id": "a", "created": "1970-01-01T00:00:00Z" });
    let members = Members::default().with_json("a/json", &old).with("a/layer.tar", layer);
    let named = members.clone().with_json("repositories", &json!({ "x": { "1": "a" } }));
    for whole in [members.tar(), named.tar(), gzip(&members.tar())] {
        assert_eq!(shown(&whole).0, "docker-archive-v1");
    }
    // `repositories` names the images, so the blocks of zeros at the end may be missing.
    let whole = named.tar();
    assert_eq!(shown(&whole[..whole.len() - 1024]).0, "docker-archive-v1");
    let whole = members.tar();
    assert_eq!(shown(&whole[..whole.len() - 1024]).0, "tar");
}

#[test]
fn a_root_file_system_without_an_end_is_not_called_incomplete() {
    let whole = Members::default().with("etc/passwd", *b"root").tar();
    let (format, codes, _) = shown(&whole[..whole.len() - 1024]);
    assert_eq!((&*format, codes), ("tar", Vec::new()));
}

#[test]
fn a_cut_root_file_system_is_told_once() {
    let whole = Members::default().with("a", *b"x").with("b", [7; 9000]).tar();
    let (format, codes, report) = shown(&whole[..3000]);
    assert_eq!((&*format, codes), ("tar", vec!["archive-truncated".to_owned()]), "{report:#}");
    assert_eq!(paths(&report), [2]);
}
