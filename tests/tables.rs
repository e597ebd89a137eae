//! Layers' tables of contents: recognised, shown, and compared with what the layer holds.

use layerscope::session::query::{Answers, LayerRow, Layers};
use layerscope::session::{Files, ReadSeek, disk::Disk, drive};
use std::io::{Cursor, Write};
use std::path::Path;

struct Memory(Vec<u8>);

impl Files for Memory {
    fn list(&self) -> Vec<(String, u64)> {
        vec![("x".to_owned(), self.0.len() as u64)]
    }

    fn open(&self, _: u32) -> std::io::Result<Box<dyn ReadSeek>> {
        Ok(Box::new(Cursor::new(self.0.clone())))
    }
}

fn layers(source: &(dyn Files + Sync)) -> Vec<LayerRow> {
    let mut session = drive::open("x", source).unwrap();
    drive::finish_image(&mut session, source, 2).unwrap();
    let rows = session.layers(Layers {}).unwrap().rows;
    rows.into_iter().filter(|row| row.number.is_some()).collect()
}

#[test]
fn tables_of_real_layers_are_recognised_and_hold() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures");
    for (name, form) in [
        ("multi-amd64.buildkit-estargz.docker.tar", "eStargz"),
        ("waste-public.skopeo-zstdchunked.oci-dir", "zstd:chunked"),
        ("multi-amd64.buildkit-zstd.oci.tar", ""),
        ("third-party/dive-test-oci-estargz-image.tar", "eStargz"),
    ] {
        let path = shared.join(name);
        if !path.exists() {
            println!("not tested: {name} is not there");
            continue;
        }
        for row in layers(&Disk::open(&path).unwrap()) {
            assert_eq!(row.warnings, [], "{name}, layer {:?}", row.number);
            assert_eq!(row.form, form, "{name}, layer {:?}", row.number);
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn member(name: &str, data: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(data.len() as u64);
    header.set_mode(0o644);
    builder.append_data(&mut header, name, data).unwrap();
    let mut tar = builder.into_inner().unwrap();
    tar.truncate(tar.len() - 1024); // the end is the table's
    tar
}

/// A docker archive whose one layer is eStargz with this table.
fn archive(table: &str) -> Memory {
    let mut layer = gzip(&member("etc/passwd", b"root"));
    let start = layer.len();
    let mut table = member("stargz.index.json", table.as_bytes());
    table.extend_from_slice(&[0; 1024]);
    layer.extend(gzip(&table));
    layer.extend_from_slice(&[0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 26, 0, b'S', b'G', 22, 0]);
    layer.extend_from_slice(format!("{start:016x}STARGZ").as_bytes());
    layer.extend_from_slice(&[1, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0]);
    let mut builder = tar::Builder::new(Vec::new());
    for (name, data) in [
        ("manifest.json", &br#"[{"Config":"c.json","Layers":["layer"]}]"#[..]),
        ("c.json", b"{}"),
        ("layer", &layer),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(data.len() as u64);
        builder.append_data(&mut header, name, data).unwrap();
    }
    Memory(builder.into_inner().unwrap())
}

#[test]
fn a_table_that_differs_from_the_layer_is_told() {
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
        let rows = layers(&archive(&table));
        let found: Vec<&str> = rows[0].warnings.iter().map(|warning| &*warning.code).collect();
        assert_eq!(found, codes, "{table}");
        assert_eq!(rows[0].form, if codes == ["toc-unreadable"] { "" } else { "eStargz" });
    }
}
