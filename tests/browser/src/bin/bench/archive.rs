//! The measured archives: a `docker save` archive as Docker writes it since 25, an OCI layout with `manifest.json`.
//!
//! - `generated` and `real` fill the layers; here they are compressed, hashed and put together.
//! - An archive is made once and kept, under a name that says what is in it.

use flate2::{Compression, write::GzEncoder};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tar::{Builder, EntryType, Header};

/// 2024-01-01.
const TIME: u64 = 1_704_067_200;

/// How layers lie in the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layers {
    /// Level 6, as Docker compresses.
    Gzip,
    Plain,
    /// Level 3, by the program `zstd`.
    Zstd,
}

impl Layers {
    pub fn name(self) -> &'static str {
        match self {
            Layers::Gzip => "gzip",
            Layers::Plain => "plain",
            Layers::Zstd => "zstd",
        }
    }
}

/// The archive at `path`, of the layers that `blobs` makes in a folder for the work, if it does not exist.
pub fn ensure(
    path: &Path,
    blobs: impl FnOnce(&Path) -> io::Result<Vec<Blob>>,
) -> io::Result<PathBuf> {
    if path.is_file() {
        return Ok(path.to_owned());
    }
    eprintln!("making {} …", path.display());
    let work = path.with_extension("parts");
    fs::create_dir_all(&work)?;
    let part = path.with_extension("part");
    let made = blobs(&work).and_then(|blobs| assemble(&part, &blobs));
    fs::remove_dir_all(&work)?;
    made?;
    fs::rename(part, path)?;
    Ok(path.to_owned())
}

/// The largest layer of an archive, as a file.
pub fn largest_layer(folder: &Path, archive: &Path) -> io::Result<PathBuf> {
    let path = archive.with_extension("layer.gz");
    if !path.is_file() {
        let mut source = tar::Archive::new(File::open(archive)?);
        let places = source.entries()?.filter_map(Result::ok);
        let places = places.map(|entry| (entry.size(), entry.raw_file_position()));
        let (size, position) = places.max().ok_or(io::ErrorKind::NotFound)?;
        let mut file = File::open(archive)?;
        file.seek(SeekFrom::Start(position))?;
        let mut blob = file.take(size);
        let part = folder.join("layer.part");
        io::copy(&mut blob, &mut File::create(&part)?)?;
        fs::rename(part, &path)?;
    }
    Ok(path)
}

/// A layer's blob, on disk.
pub struct Blob {
    path: PathBuf,
    layers: Layers,
    /// The instruction in the history.
    why: String,
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

/// A layer of the members that `fill` appends.
pub fn layer(
    path: PathBuf,
    layers: Layers,
    why: &str,
    fill: impl FnOnce(&mut Builder<&mut dyn Write>) -> io::Result<()>,
) -> io::Result<Blob> {
    let file = BufWriter::with_capacity(1 << 20, File::create(&path)?);
    let (diff_id, digest, size) = match layers {
        Layers::Plain => {
            let (digest, size, mut file) = filled(file, fill)?.hex();
            file.flush()?;
            (digest.clone(), digest, size)
        }
        Layers::Gzip => {
            let packed = GzEncoder::new(Hashing::new(file), Compression::new(6));
            let (diff_id, _, packed) = filled(packed, fill)?.hex();
            let (digest, size, mut file) = packed.finish()?.hex();
            file.flush()?;
            (diff_id, digest, size)
        }
        Layers::Zstd => {
            let out = file.into_inner()?;
            let mut zstd = Command::new("zstd");
            let mut zstd = zstd.args(["-q", "-3"]).stdin(Stdio::piped()).stdout(out).spawn()?;
            let input = zstd.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
            let (diff_id, _, input) = filled(input, fill)?.hex();
            drop(input);
            if !zstd.wait()?.success() {
                return Err(io::Error::other("zstd failed"));
            }
            let mut blob = Hashing::new(io::sink());
            io::copy(&mut File::open(&path)?, &mut blob)?;
            let (digest, size, _) = blob.hex();
            (diff_id, digest, size)
        }
    };
    Ok(Blob { path, layers, why: why.to_owned(), digest, diff_id, size })
}

/// Writes a tar through a hasher.
fn filled<W: Write>(
    out: W,
    fill: impl FnOnce(&mut Builder<&mut dyn Write>) -> io::Result<()>,
) -> io::Result<Hashing<W>> {
    let mut buffer = BufWriter::with_capacity(1 << 17, Hashing::new(out));
    let mut tar = Builder::new(&mut buffer as &mut dyn Write);
    fill(&mut tar)?;
    tar.finish()?;
    drop(tar);
    Ok(buffer.into_inner()?)
}

/// Appends a member with these bytes.
pub fn put<W: Write>(
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

/// A header of root's.
pub fn header(kind: EntryType, mode: u32) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(TIME);
    header.set_size(0);
    header
}

fn assemble(path: &Path, blobs: &[Blob]) -> io::Result<()> {
    let history = blobs
        .iter()
        .map(|blob| json!({ "created": "2024-01-01T00:00:00Z", "created_by": blob.why }));
    let config = json!({
        "architecture": "amd64", "os": "linux", "created": "2024-01-01T00:00:00Z",
        "config": { "Cmd": ["/bin/sh"], "Env": ["PATH=/usr/bin"] },
        "history": history.collect::<Vec<_>>(),
        "rootfs": {
            "type": "layers",
            "diff_ids": blobs.iter().map(|blob| format!("sha256:{}", blob.diff_id)).collect::<Vec<_>>(),
        },
    });
    let kind = |blob: &Blob| match blob.layers {
        Layers::Gzip => "application/vnd.oci.image.layer.v1.tar+gzip",
        Layers::Plain => "application/vnd.oci.image.layer.v1.tar",
        Layers::Zstd => "application/vnd.oci.image.layer.v1.tar+zstd",
    };
    let descriptor = |kind: &str, digest: &str, size: u64| json!({ "mediaType": kind, "digest": format!("sha256:{digest}"), "size": size });
    let hex = |text: &str| format!("{:x}", Sha256::digest(text));
    let config = config.to_string();
    let manifest = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": descriptor("application/vnd.oci.image.config.v1+json", &hex(&config), config.len() as u64),
        "layers": blobs.iter().map(|blob| descriptor(kind(blob), &blob.digest, blob.size)).collect::<Vec<_>>(),
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
