//! Layers' tables of contents: recognised, shown, and compared with the layer's content.

use crate::{made, sessions};
use layerscope::codec::{BlobPart, Partial};
use layerscope::layer::{self, ByTable, LayerScan, Limits};
use layerscope::oci::{Descriptor, Digest, ImageIndex, ImageManifest, LenientDocument};
use layerscope::protocol::{AnswersQueries, LayerFacts, Layers};
use layerscope::session::native::{Disk, Memory, NativeSource};
use layerscope::vocabulary::LayerForm;
use std::io::Cursor;
use std::path::Path;

fn layers(source: NativeSource<'_>) -> Vec<LayerFacts> {
    let session = sessions::read(source);
    let rows = session.layers(Layers { image: session.default_image() }).unwrap().rows;
    rows.into_iter().filter_map(|row| row.layer).collect()
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn tables_of_real_layers_are_recognised_and_correct() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures");
    for (name, form) in [
        ("multi-amd64.buildkit-estargz.docker.tar", Some(LayerForm::EStargz)),
        ("waste-public.skopeo-zstdchunked.oci-dir", Some(LayerForm::ZstdChunked)),
        ("multi-amd64.buildkit-zstd.oci.tar", None),
        ("third-party/dive-test-oci-estargz-image.tar", Some(LayerForm::EStargz)),
    ] {
        let rows = layers(&Disk::open(&shared.join(name)).unwrap());
        assert!(!rows.is_empty(), "{name}");
        for row in rows {
            assert_eq!(row.warnings, [], "{name}, layer {:?}", row.number);
            assert_eq!(row.forms, Vec::from_iter(form), "{name}, layer {:?}", row.number);
        }
    }
}

#[test]
fn a_table_that_differs_from_its_layer_is_a_warning() {
    let entry = |name: &str, size: u32| {
        format!(r#"{{"entries":[{{"name":"{name}","type":"reg","size":{size},"mode":420}}]}}"#)
    };
    for (table, codes) in [
        (entry("etc/passwd", 4), vec![]),
        (entry("etc/passwd", 5), vec!["toc-mismatch"]),
        (entry("etc/shadow", 4), vec!["toc-mismatch"]),
        (r#"{"entries":[]}"#.to_owned(), vec!["toc-mismatch"]),
        ("{".to_owned(), vec!["toc-unreadable"]),
    ] {
        let layer = made::estargz("etc/passwd", b"root", &table);
        let rows = layers(&Memory::one(made::docker(&[layer])));
        let found: Vec<&str> = rows[0].warnings.iter().map(|warning| &*warning.code).collect();
        assert_eq!(found, codes, "{table}");
        let form = (codes != ["toc-unreadable"]).then_some(LayerForm::EStargz);
        assert_eq!(rows[0].forms, Vec::from_iter(form));
    }
}

/// The layers of an OCI layout's images with their blobs.
fn blobs(layout: &Path) -> Vec<(Descriptor, Vec<u8>)> {
    let digest = |digest: &Digest| layout.join(format!("blobs/sha256/{}", digest.encoded()));
    let json = |path: &Path| std::fs::read(path).unwrap();
    let (index, _) = ImageIndex::with_faults(&json(&layout.join("index.json"))).unwrap();
    let mut blobs = Vec::new();
    for descriptor in index.manifests {
        let bytes = json(&digest(&descriptor.digest));
        let Ok((manifest, _)) = ImageManifest::with_faults(&bytes) else { continue };
        for layer in manifest.layers {
            let bytes = json(&digest(&layer.digest));
            blobs.push((layer, bytes));
        }
    }
    blobs
}

/// The layer as its table of contents describes it, and the number of bytes fetched for that.
fn by_ranges(layer: &Descriptor, blob: &[u8]) -> (Option<LayerScan>, usize) {
    let (mut here, mut fetched) = (Partial::new(blob.len() as u64), 0);
    for _ in 0..4 {
        match layer::by_table(&here, layer, Limits::default()) {
            ByTable::Needs(first, end) => {
                let bytes = &blob[first as usize..end as usize];
                fetched += bytes.len();
                here.add(first, bytes.to_vec());
            }
            ByTable::Layer(scan) => return (Some(*scan), fetched),
            ByTable::Nothing => return (None, fetched),
        }
    }
    panic!("asked for more, and more again");
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn a_layer_is_listed_from_a_few_ranges_of_its_blob() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures");
    let layout = shared.join("waste-public.skopeo-zstdchunked.oci-dir");
    let blobs = blobs(&layout);
    assert!(!blobs.is_empty(), "no layer in {}", layout.display());
    for (layer, blob) in blobs {
        let (scan, fetched) = by_ranges(&layer, &blob);
        let scan = scan.unwrap_or_else(|| panic!("{}: no table", layer.digest));
        assert!(scan.claimed && fetched <= (64 << 10).max(blob.len() / 8), "{fetched} bytes");
        let part = BlobPart::plain(0, 0, blob.len() as u64);
        let reader = Box::new(Cursor::new(blob.clone()));
        let (outer, options) = Default::default();
        let whole = layer::scan(reader, part, &outer, &options, None, None, &mut |_| {}).unwrap();
        let names = |scan: &LayerScan| {
            let names = scan.index.entries().map(|entry| entry.name().to_vec());
            names.collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(names(&scan), names(&whole), "{}", layer.digest);
        // The manifest must have the digest of this table.
        let mut other = layer.clone();
        other.annotations.values_mut().for_each(|value| *value = Digest::of(b"").to_string());
        assert!(by_ranges(&other, &blob).0.is_none());
    }
}
