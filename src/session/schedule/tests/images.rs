//! Small images for tests.

use crate::session::native::Memory;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;

/// A layer's blob in a registry.
pub struct LayerBlob {
    pub tar: Vec<u8>,
    pub bytes: Vec<u8>,
    pub annotations: BTreeMap<String, String>,
    /// What its descriptor says in place of its size.
    pub claimed_size: Option<u64>,
    /// Its descriptor has it in `data`; the registry has no such blob.
    pub inline: bool,
}

impl LayerBlob {
    /// A layer, compressed.
    pub fn of(tar: Vec<u8>, compress: impl FnOnce(&[u8]) -> Vec<u8>) -> LayerBlob {
        let bytes = compress(&tar);
        LayerBlob { tar, bytes, annotations: BTreeMap::new(), claimed_size: None, inline: false }
    }
}

/// A tar of these files.
pub fn layer_tar(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        append(&mut builder, name, content.as_bytes());
    }
    builder.into_inner().unwrap()
}

/// Adds a file to a tar.
pub fn append(builder: &mut tar::Builder<Vec<u8>>, name: &str, bytes: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    builder.append_data(&mut header, name, bytes).unwrap();
}

/// A `docker save` archive: each image is a list of positions in `layers`.
pub fn archive(layers: &[&[(&str, &str)]], images: &[&[usize]]) -> Memory {
    let tars = layers.iter().map(|files| layer_tar(files)).collect::<Vec<_>>();
    archive_of(&tars, images)
}

/// The same, of layers that are tars already.
pub fn archive_of(tars: &[Vec<u8>], images: &[&[usize]]) -> Memory {
    let plain = |tar: &Vec<u8>| LayerBlob::of(tar.clone(), <[u8]>::to_vec);
    archive_of_blobs(&tars.iter().map(plain).collect::<Vec<_>>(), images)
}

/// The same, of layers in any form.
pub fn archive_of_blobs(blobs: &[LayerBlob], images: &[&[usize]]) -> Memory {
    let mut builder = tar::Builder::new(Vec::new());
    let mut manifest = Vec::new();
    for (at, layers) in images.iter().enumerate() {
        let diff_id = |layer: &usize| crate::oci::Digest::of(&blobs[*layer].tar).to_string();
        let diff_ids = layers.iter().map(diff_id);
        let config = json!({
            "os": "linux", "architecture": if at == 0 { "amd64" } else { "arm64" }, "number": at,
            "rootfs": {"type": "layers", "diff_ids": diff_ids.collect::<Vec<_>>()},
        });
        let name = format!("config{at}.json");
        append(&mut builder, &name, config.to_string().as_bytes());
        let names: Vec<_> = layers.iter().map(|layer| format!("layer{layer}.tar")).collect();
        manifest.push(json!({"Config": name, "RepoTags": [format!("app:{at}")], "Layers": names}));
    }
    append(&mut builder, "manifest.json", json!(manifest).to_string().as_bytes());
    for (at, blob) in blobs.iter().enumerate() {
        append(&mut builder, &format!("layer{at}.tar"), &blob.bytes);
    }
    Memory::one(builder.into_inner().unwrap())
}

/// One image of three layers.
pub fn three_layers() -> Memory {
    let layers: [&[(&str, &str)]; 3] = [
        &[("a", "one"), ("b", "two and more"), ("padding", "0123456789012345678901234567890")],
        &[("b", "three")],
        &[("c", "four"), (".wh.a", "")],
    ];
    archive(&layers, &[&[0, 1, 2]])
}

/// Two images that share their first layer.
pub fn two_images() -> Memory {
    let layers: [&[(&str, &str)]; 3] = [&[("a", "one")], &[("b", "two")], &[("c", "three")]];
    archive(&layers, &[&[0, 1], &[0, 2]])
}

/// A source packed as a whole.
pub fn packed(source: &Memory) -> Memory {
    Memory::one(gzip(&source.0[0].1))
}

/// The bytes as gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Bytes that do not compress.
pub fn noise(count: usize) -> String {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'!' + (state >> 24) as u8 % 90)
    };
    (0..count).map(|_| next()).collect()
}

/// An eStargz layer: each file's content is a gzip stream of its own, which the table points to.
pub fn estargz(files: &[(&str, &str)]) -> LayerBlob {
    estargz_claiming(files, Vec::new())
}

/// The same, with a table that claims more than the layer contains.
pub fn estargz_claiming(files: &[(&str, &str)], mut entries: Vec<Value>) -> LayerBlob {
    let (mut tar, mut bytes) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut member = layer_tar(&[(name, content)]);
        member.truncate(member.len() - 1024); // without the end of the tar
        let (header, data) = member.split_at(512);
        bytes.extend(gzip(header));
        entries.push(json!({
            "name": name, "type": "reg", "size": content.len(), "mode": 420, "offset": bytes.len(),
        }));
        bytes.extend(gzip(data));
        tar.extend_from_slice(&member);
    }
    let table = json!({"version": 1, "entries": entries}).to_string();
    let start = bytes.len();
    let end = layer_tar(&[("stargz.index.json", &table)]);
    bytes.extend(gzip(&end));
    tar.extend_from_slice(&end);
    bytes.extend_from_slice(&[0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 26, 0, b'S', b'G', 22, 0]);
    bytes.extend_from_slice(format!("{start:016x}STARGZ").as_bytes());
    bytes.extend_from_slice(&[1, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0]);
    let digest = crate::oci::Digest::of(table.as_bytes()).to_string();
    let name = "containerd.io/snapshot/stargz/toc.digest".to_owned();
    LayerBlob {
        tar,
        bytes,
        annotations: [(name, digest)].into(),
        claimed_size: None,
        inline: false,
    }
}
