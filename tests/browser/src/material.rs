//! What the tests open: archives of `../shared`, archives of the repository, and archives made here.
//!
//! - Tests that use `../shared` are marked, and ignored where it is missing (`tests/material.rs`).
//! - What is made here is written to a temporary folder, which is removed with its `Temp`.
//! - An invalid archive differs from a valid one in as few bytes as possible, so that a message about it is
//!   about the one thing that is wrong.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A temporary folder, removed when this is dropped.
pub struct Temp(PathBuf);

impl Temp {
    /// A new, empty folder.
    #[allow(clippy::new_without_default, reason = "it creates a folder")]
    pub fn new() -> Temp {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("layerscope-material-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        Temp(path)
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file in the folder; returns its path.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        path
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A small archive of `tests/fixtures`.
pub fn fixture(name: &str) -> PathBuf {
    root().join("tests/fixtures").join(name)
}

/// The sample image, which the page opens at one click.
pub fn sample() -> PathBuf {
    root().join("www/sample.tar")
}

/// The script of axe-core, which `cargo xtask test` downloads.
///
/// # Panics
/// If it is not there.
pub fn axe() -> String {
    let path = root().join("target/xtask/axe/package/axe.min.js");
    let script = std::fs::read_to_string(&path);
    script.unwrap_or_else(|error| {
        panic!("{}: {error} (cargo xtask test downloads it)", path.display())
    })
}

/// A path below `../shared`.
pub fn shared(path: &str) -> PathBuf {
    root().join("../shared").join(path)
}

/// A member of a tar.
pub enum Member<'a> {
    /// A file with its content.
    File(&'a str, &'a [u8]),
    /// A directory.
    Dir(&'a str),
    /// A file whose header claims a size, without content.
    Claims(&'a str, u64),
}

/// A tar of these members.
pub fn tar(members: &[Member]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for member in members {
        write_member(&mut bytes, member);
    }
    bytes.extend([0; 1024]);
    bytes
}

fn write_member(bytes: &mut Vec<u8>, member: &Member) {
    let (name, size, content, kind) = match member {
        Member::File(name, content) => {
            (name, content.len() as u64, *content, tar::EntryType::Regular)
        }
        Member::Dir(name) => (name, 0, &[][..], tar::EntryType::Directory),
        Member::Claims(name, size) => (name, *size, &[][..], tar::EntryType::Regular),
    };
    let mut header = tar::Header::new_gnu();
    header.set_path(name).expect("names here are short");
    header.set_size(size);
    header.set_mode(if kind.is_dir() { 0o755 } else { 0o644 });
    header.set_mtime(1_767_225_600);
    header.set_entry_type(kind);
    header.set_cksum();
    bytes.extend(header.as_bytes());
    bytes.extend(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
}

/// `sha256:…`.
pub fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// The configuration of an image of these layers.
pub fn config(layers: &[&[u8]]) -> Vec<u8> {
    let diff_ids: Vec<String> = layers.iter().map(|layer| digest(layer)).collect();
    let history: Vec<Value> = (1..=layers.len())
        .map(|n| json!({ "created": "2026-01-01T00:00:00Z", "created_by": format!("RUN step {n} # buildkit") }))
        .collect();
    let config = json!({
        "architecture": "amd64", "os": "linux", "created": "2026-01-01T00:00:00Z",
        "config": { "Cmd": ["sh"] }, "history": history, "rootfs": { "type": "layers", "diff_ids": diff_ids },
    });
    config.to_string().into_bytes()
}

/// An archive as `docker save` wrote it before Docker 25, one image of these layers.
pub fn docker_save(layers: &[&[u8]]) -> Vec<u8> {
    docker_save_with(layers, &config(layers))
}

/// The same with any bytes as its configuration.
pub fn docker_save_with(layers: &[&[u8]], config: &[u8]) -> Vec<u8> {
    let names: Vec<String> = (0..layers.len()).map(|n| format!("layer{n}/layer.tar")).collect();
    let manifest =
        json!([{ "Config": "config.json", "RepoTags": ["made/here:1"], "Layers": names }]);
    let manifest = manifest.to_string();
    let mut members = vec![Member::File("config.json", config)];
    members.extend(names.iter().zip(layers).map(|(name, layer)| Member::File(name, layer)));
    members.push(Member::File("manifest.json", manifest.as_bytes()));
    tar(&members)
}

/// The uncompressed size of the layer of `one_frame`, in bytes.
pub const ONE_FRAME: u64 = (5 << 20) + (40 << 20) + 4 * 512 + 1024;

/// An image whose layer is one zstd frame, too large to be decompressed from its start for one file, and the
/// image's ID.
pub fn one_frame(temp: &Temp) -> (PathBuf, String) {
    let mut state = 1u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let noise: Vec<u8> = (0..5 << 20).map(|_| noise()).collect();
    let layer = tar(&[
        Member::File("noise", &noise),
        Member::File("zeros", &vec![0; 40 << 20]),
        Member::File("etc/last", b"the last file"),
    ]);
    let config = config(&[&layer]);
    let archive = docker_save_with(&[&zstd_frame(&layer)], &config);
    (temp.file("one-frame.tar", &archive), digest(&config))
}

/// An image for two platforms, and their image IDs: linux/amd64, and linux/arm64 with a layer that is larger
/// than the limit above which the page asks; after that much there is the file `behind`.
pub fn beyond_the_limit(temp: &Temp) -> (PathBuf, [String; 2]) {
    const PIECE: usize = 64 << 20;
    const PIECES: usize = 33;
    let small = tar(&[Member::File("etc/motd", b"hello\n")]);
    let mut head = Vec::new();
    write_member(&mut head, &Member::Claims("zeros", (PIECE * PIECES) as u64));
    let large = [
        zstd_frame(&head),
        zstd_frame(&vec![0; PIECE]).repeat(PIECES),
        zstd_frame(&tar(&[Member::File("behind", b"it")])),
    ]
    .concat();
    let config = |architecture: &str| {
        json!({ "os": "linux", "architecture": architecture, "config": {} }).to_string()
    };
    let (amd64, arm64) = (config("amd64"), config("arm64"));
    let item = |config: &str, layer: &str| json!({ "Config": config, "RepoTags": ["made/here:1"], "Layers": [layer] });
    let manifest = json!([item("amd64.json", "small"), item("arm64.json", "large")]).to_string();
    let archive = tar(&[
        Member::File("amd64.json", amd64.as_bytes()),
        Member::File("arm64.json", arm64.as_bytes()),
        Member::File("small", &small),
        Member::File("large", &large),
        Member::File("manifest.json", manifest.as_bytes()),
    ]);
    let ids = [digest(amd64.as_bytes()), digest(arm64.as_bytes())];
    (temp.file("beyond.tar", &archive), ids)
}

/// A zstd frame of raw blocks, and of run-length blocks where all bytes are the same.
fn zstd_frame(bytes: &[u8]) -> Vec<u8> {
    const BLOCK: usize = 128 << 10;
    const RAW: u32 = 0;
    const REPEATED: u32 = 1;
    // Magic; no sizes, no checksum; a window of 128 KiB.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 7 << 3];
    let count = bytes.len().div_ceil(BLOCK);
    for (at, block) in bytes.chunks(BLOCK).enumerate() {
        let same = block.iter().all(|byte| *byte == block[0]);
        let kind = if same { REPEATED } else { RAW };
        let header = u32::from(at + 1 == count) | kind << 1 | (block.len() as u32) << 3;
        frame.extend_from_slice(&header.to_le_bytes()[..3]);
        frame.extend_from_slice(if same { &block[..1] } else { block });
    }
    frame
}

/// An image of `files` empty files, a thousand in each directory, ten directories in each directory.
pub fn many_files(path: &Path, files: u32) {
    let mut layer = Vec::with_capacity(files as usize * 520);
    for number in 0..files {
        if number % 1_000 == 0 {
            write_member(
                &mut layer,
                &Member::Dir(&format!("d{}/d{}/", number / 10_000, number / 1_000)),
            );
        }
        let name = format!("d{}/d{}/file-{number:06}", number / 10_000, number / 1_000);
        write_member(&mut layer, &Member::File(&name, b""));
    }
    layer.extend([0; 1024]);
    let mut file = BufWriter::new(File::create(path).expect("the folder was made for this"));
    file.write_all(&docker_save(&[&layer])).expect("there is room for temporary files");
    file.flush().expect("there is room for temporary files");
}
