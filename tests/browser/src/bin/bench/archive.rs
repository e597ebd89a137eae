//! The measured archives: generated from a size and a number of entries, always the same bytes.
//!
//! - A `docker save` archive as Docker writes it since 25: an OCI layout with `manifest.json`, its layers
//!   gzip blobs (level 6) or plain tars.
//! - Two large layers and four small ones. Above the base, some files are removed, some written again
//!   changed, some unchanged.
//! - Of the bytes a quarter is incompressible, a quarter lies in few large files; the rest is text of
//!   generated words, in files whose sizes spread over three orders of magnitude.

use flate2::{Compression, write::GzEncoder};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tar::{Builder, EntryType, Header};

/// To be raised with every change to what is generated, so that no old archive is measured.
const GENERATION: u32 = 1;

/// Shares of the entries and bytes, layer by layer.
const SHARES: [f64; 6] = [0.45, 0.47, 0.04, 0.02, 0.01, 0.01];
/// Files that hold a quarter of a large layer's bytes.
const LARGE_FILES: usize = 12;
const POOL_BYTES: usize = 8 << 20;
/// 2024-01-01.
const TIME: u64 = 1_704_067_200;

/// How layers lie in the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layers {
    Gzip,
    Plain,
}

impl Layers {
    pub fn name(self) -> &'static str {
        match self {
            Layers::Gzip => "gzip",
            Layers::Plain => "plain",
        }
    }
}

/// What to generate.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    pub entries: usize,
    /// Of the files' contents.
    pub bytes: u64,
    pub layers: Layers,
}

/// The archive in `folder`, generated if it does not exist.
pub fn ensure(folder: &Path, spec: Spec) -> io::Result<PathBuf> {
    let Spec { entries, bytes, layers } = spec;
    let name = format!("{}-{entries}-{}mb-{GENERATION}.tar", layers.name(), bytes / 1_000_000);
    let path = folder.join(name);
    if path.is_file() {
        return Ok(path);
    }
    eprintln!("making {} …", path.display());
    fs::create_dir_all(folder)?;
    let work = path.with_extension("parts");
    fs::create_dir_all(&work)?;
    let made = make(&work, &path.with_extension("part"), spec);
    fs::remove_dir_all(&work)?;
    made?;
    fs::rename(path.with_extension("part"), &path)?;
    Ok(path)
}

/// The first layer of a generated archive, as a file.
pub fn first_layer(folder: &Path, archive: &Path) -> io::Result<PathBuf> {
    let path = archive.with_extension("layer.gz");
    if !path.is_file() {
        let mut source = tar::Archive::new(File::open(archive)?);
        let largest = |entry: &tar::Entry<File>| entry.size() > 1 << 20;
        let entries = source.entries()?.filter_map(Result::ok);
        let mut blob = { entries }.find(largest).ok_or(io::ErrorKind::NotFound)?;
        let part = folder.join("layer.part");
        io::copy(&mut blob, &mut File::create(&part)?)?;
        fs::rename(part, &path)?;
    }
    Ok(path)
}

fn make(work: &Path, archive: &Path, spec: Spec) -> io::Result<()> {
    let pools = &Pools::new();
    let mut blobs = Vec::new();
    // Two at a time: both cores, and no more open than is in use.
    for pair in [[0, 1], [2, 3], [4, 5]] {
        let made: Vec<io::Result<Blob>> = std::thread::scope(|scope| {
            let start = |number: usize| {
                let path = work.join(number.to_string());
                scope.spawn(move || layer(path, number, spec, pools))
            };
            let threads = pair.map(start);
            threads.map(|thread| thread.join().expect("a layer is made without panic")).into()
        });
        blobs.extend(made.into_iter().collect::<io::Result<Vec<_>>>()?);
    }
    assemble(archive, &blobs, spec.layers)
}

/// A layer's blob, on disk.
struct Blob {
    path: PathBuf,
    digest: String,
    diff_id: String,
    size: u64,
}

/// Hashes what is written through it.
struct Hashing<W> {
    inner: W,
    hasher: Sha256,
    size: u64,
}

impl<W> Hashing<W> {
    fn new(inner: W) -> Hashing<W> {
        Hashing { inner, hasher: Sha256::new(), size: 0 }
    }

    fn hex(self) -> (String, u64, W) {
        (format!("{:x}", self.hasher.finalize()), self.size, self.inner)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write_all(bytes)?;
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn layer(path: PathBuf, number: usize, spec: Spec, pools: &Pools) -> io::Result<Blob> {
    let file = BufWriter::with_capacity(1 << 20, File::create(&path)?);
    let blob = Hashing::new(file);
    match spec.layers {
        Layers::Gzip => {
            let packed = GzEncoder::new(blob, Compression::new(6));
            let buffer = BufWriter::with_capacity(1 << 17, Hashing::new(packed));
            let buffer = members(buffer, number, spec, pools)?;
            let (diff_id, _, packed) = buffer.into_inner()?.hex();
            let (digest, size, mut file) = packed.finish()?.hex();
            file.flush()?;
            Ok(Blob { path, digest, diff_id, size })
        }
        Layers::Plain => {
            let buffer = BufWriter::with_capacity(1 << 17, blob);
            let buffer = members(buffer, number, spec, pools)?;
            let (digest, size, mut file) = buffer.into_inner()?.hex();
            file.flush()?;
            Ok(Blob { path, diff_id: digest.clone(), digest, size })
        }
    }
}

/// A layer's members: directories of fifteen files and a link, some of them nested.
fn members<W: Write>(out: W, number: usize, spec: Spec, pools: &Pools) -> io::Result<W> {
    let mut tar = Builder::new(out);
    let mut random = Random::new(number as u64 + 1);
    let count = (spec.entries as f64 * SHARES[number]) as usize;
    let large = if number < 2 { LARGE_FILES } else { 0 };
    let bytes = spec.bytes as f64 * SHARES[number];
    // The mean of a log-uniform spread from 1 to 1000 is 999 / ln 1000.
    let small_bytes = if large > 0 { bytes * 0.75 } else { bytes };
    let unit = small_bytes / (count as f64 * 15.0 / 17.0) / (999.0 / 1000f64.ln());
    for entry in 0..count {
        let folder = folder(number, entry / 17);
        match entry % 17 {
            0 => put(&mut tar, EntryType::Directory, &format!("{folder}/"), 0o755, &[])?,
            1 => link(&mut tar, &format!("{folder}/current"), "file-2.txt")?,
            at => {
                let size = (unit * 1000f64.powf(random.unit())) as usize;
                let content = pools.content(&mut random, size);
                put(
                    &mut tar,
                    EntryType::Regular,
                    &format!("{folder}/file-{at}.txt"),
                    0o644,
                    &content,
                )?;
            }
        }
    }
    for at in 0..large {
        let content = pools.content(&mut random, (bytes * 0.25 / large as f64) as usize);
        put(
            &mut tar,
            EntryType::Regular,
            &format!("{}/large-{at}.bin", folder(number, 0)),
            0o755,
            &content,
        )?;
    }
    if number >= 2 {
        changes_to_base(&mut tar, number, spec, pools)?;
    }
    tar.into_inner()
}

/// Removes files of the base and writes others again.
fn changes_to_base<W: Write>(
    tar: &mut Builder<W>,
    number: usize,
    spec: Spec,
    pools: &Pools,
) -> io::Result<()> {
    let mut random = Random::new(number as u64 + 100);
    let folders = (spec.entries as f64 * SHARES[0] / 17.0) as u64;
    for step in 0..folders / 20 {
        let folder = folder(0, (random.next() % folders.max(1)) as usize);
        match step % 3 {
            0 => put(tar, EntryType::Regular, &format!("{folder}/.wh.file-3.txt"), 0o644, &[])?,
            _ => {
                let content = pools.content(&mut random, 3000);
                put(tar, EntryType::Regular, &format!("{folder}/file-4.txt"), 0o644, &content)?;
            }
        }
    }
    Ok(())
}

/// The folder of files: a few directories at the top, thousands below, as in a system with packages.
fn folder(layer: usize, number: usize) -> String {
    const TOPS: [&str; 6] =
        ["usr/lib", "usr/share", "opt/app/node_modules", "usr/lib/python3", "var/lib", "etc"];
    let top = TOPS[number % TOPS.len()];
    format!("{top}/part-{layer}-{:02}/package-{number}/src", number / TOPS.len() % 64)
}

fn put<W: Write>(
    tar: &mut Builder<W>,
    kind: EntryType,
    name: &str,
    mode: u32,
    data: &[u8],
) -> io::Result<()> {
    let mut header = header(kind, mode);
    header.set_size(data.len() as u64);
    tar.append_data(&mut header, name, data)
}

fn link<W: Write>(tar: &mut Builder<W>, name: &str, target: &str) -> io::Result<()> {
    tar.append_link(&mut header(EntryType::Symlink, 0o777), name, target)
}

fn header(kind: EntryType, mode: u32) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(TIME);
    header.set_size(0);
    header
}

fn assemble(path: &Path, blobs: &[Blob], layers: Layers) -> io::Result<()> {
    let history = blobs.iter().enumerate().map(|(at, _)| {
        json!({ "created": "2024-01-01T00:00:00Z", "created_by": format!("COPY part-{at} / # buildkit") })
    });
    let config = json!({
        "architecture": "amd64", "os": "linux", "created": "2024-01-01T00:00:00Z",
        "config": { "Cmd": ["/bin/sh"], "Env": ["PATH=/usr/bin"] },
        "history": history.collect::<Vec<_>>(),
        "rootfs": {
            "type": "layers",
            "diff_ids": blobs.iter().map(|blob| format!("sha256:{}", blob.diff_id)).collect::<Vec<_>>(),
        },
    });
    let kind = match layers {
        Layers::Gzip => "application/vnd.oci.image.layer.v1.tar+gzip",
        Layers::Plain => "application/vnd.oci.image.layer.v1.tar",
    };
    let descriptor = |kind: &str, digest: &str, size: u64| json!({ "mediaType": kind, "digest": format!("sha256:{digest}"), "size": size });
    let hex = |text: &str| format!("{:x}", Sha256::digest(text));
    let config = config.to_string();
    let manifest = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": descriptor("application/vnd.oci.image.config.v1+json", &hex(&config), config.len() as u64),
        "layers": blobs.iter().map(|blob| descriptor(kind, &blob.digest, blob.size)).collect::<Vec<_>>(),
    });
    let manifest = manifest.to_string();
    let mut described = descriptor(
        "application/vnd.oci.image.manifest.v1+json",
        &hex(&manifest),
        manifest.len() as u64,
    );
    described["annotations"] = json!({
        "io.containerd.image.name": "docker.io/library/bench:1", "org.opencontainers.image.ref.name": "1",
    });
    let index = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [described],
    });
    let blob_path = |digest: &str| format!("blobs/sha256/{digest}");
    let saved = json!([{
        "Config": blob_path(&hex(&config)), "RepoTags": ["bench:1"],
        "Layers": blobs.iter().map(|blob| blob_path(&blob.digest)).collect::<Vec<_>>(),
    }]);
    let mut tar = Builder::new(BufWriter::with_capacity(1 << 20, File::create(path)?));
    for blob in blobs {
        let mut header = header(EntryType::Regular, 0o644);
        header.set_size(blob.size);
        tar.append_data(&mut header, blob_path(&blob.digest), File::open(&blob.path)?)?;
    }
    for (name, text) in [
        (blob_path(&hex(&config)), config),
        (blob_path(&hex(&manifest)), manifest),
        ("index.json".into(), index.to_string()),
        ("manifest.json".into(), saved.to_string()),
        ("oci-layout".into(), json!({ "imageLayoutVersion": "1.0.0" }).to_string()),
    ] {
        put(&mut tar, EntryType::Regular, &name, 0o644, text.as_bytes())?;
    }
    tar.into_inner()?.flush()
}

/// Bytes that files are cut from.
struct Pools {
    text: Vec<u8>,
    noise: Vec<u8>,
}

impl Pools {
    fn new() -> Pools {
        let mut random = Random::new(7);
        let words: Vec<Vec<u8>> = (0..4000)
            .map(|_| {
                (0..2 + random.next() % 9).map(|_| b'a' + (random.next() % 26) as u8).collect()
            })
            .collect();
        let mut text = Vec::with_capacity(POOL_BYTES + 16);
        while text.len() < POOL_BYTES {
            // Squared: few words are frequent, as in languages of people and machines.
            let at = (random.unit() * random.unit() * words.len() as f64) as usize;
            text.extend_from_slice(&words[at]);
            text.push(if random.next().is_multiple_of(9) { b'\n' } else { b' ' });
        }
        text.truncate(POOL_BYTES);
        let noise = (0..POOL_BYTES / 8).flat_map(|_| random.next().to_le_bytes()).collect();
        Pools { text, noise }
    }

    fn content(&self, random: &mut Random, size: usize) -> Vec<u8> {
        let pool = if random.next().is_multiple_of(4) { &self.noise } else { &self.text };
        let start = (random.next() % POOL_BYTES as u64) as usize;
        pool[start..].iter().chain(pool.iter().cycle()).take(size).copied().collect()
    }
}

/// xorshift64*.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// From 0 to 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}
