//! Tars, compressed streams and archives made by hand, for what no fixture has.

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use std::io::Write;
use tar::{Builder, EntryType, Header};

/// A tar of files with mode 644; one whose content begins with `->` is a symbolic link.
pub fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    tar_with(members, |_, _| {})
}

/// The same, of texts.
pub fn texts(members: &[(&str, &str)]) -> Vec<u8> {
    let bytes = members.iter().map(|(name, text)| (*name, text.as_bytes()));
    tar(&bytes.collect::<Vec<_>>())
}

/// The same; `fill` changes the header of the member at a position.
pub fn tar_with(members: &[(&str, &[u8])], fill: impl Fn(usize, &mut Header)) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (at, (name, content)) in members.iter().enumerate() {
        let mut header = Header::new_gnu();
        header.set_mode(0o644);
        fill(at, &mut header);
        match content.strip_prefix(b"->") {
            Some(target) => {
                let target = std::str::from_utf8(target).expect("targets here are text");
                header.set_entry_type(EntryType::Symlink);
                header.set_size(0);
                builder.append_link(&mut header, name, target).unwrap();
            }
            None => {
                header.set_size(content.len() as u64);
                builder.append_data(&mut header, name, *content).unwrap();
            }
        }
    }
    builder.into_inner().unwrap()
}

/// Bytes as one gzip stream.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A docker archive of one image with these layers and an empty configuration.
pub fn docker(layers: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let names: Vec<String> = (0..layers.len()).map(|at| format!("l{at}")).collect();
    let manifest = format!(r#"[{{"Config":"c.json","Layers":{}}}]"#, Value::from(names.clone()));
    let mut members: Vec<(&str, &[u8])> = vec![("c.json", b"{}")];
    members.extend(names.iter().zip(layers).map(|(name, layer)| (&name[..], layer.as_ref())));
    members.push(("manifest.json", manifest.as_bytes()));
    tar(&members)
}

/// An eStargz layer of one file, with this table of contents.
pub fn estargz(name: &str, content: &[u8], table: &str) -> Vec<u8> {
    let mut file = tar(&[(name, content)]);
    file.truncate(file.len() - 1024); // the end is the table's
    let mut blob = gzip(&file);
    let start = blob.len();
    blob.extend(gzip(&texts(&[("stargz.index.json", table)])));
    blob.extend(b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x1a\0SG\x16\0");
    blob.extend(format!("{start:016x}STARGZ").bytes());
    blob.extend(b"\x01\0\0\xff\xff\0\0\0\0\0\0\0\0");
    blob
}
