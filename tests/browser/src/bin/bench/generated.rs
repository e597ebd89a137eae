//! Archives of a size and a number of entries, always the same bytes.
//!
//! - Two large layers and four small ones. Above the base, some files are removed, some written again
//!   changed, some unchanged.
//! - Of the bytes a quarter is incompressible, a quarter lies in few large files; the rest is text of
//!   generated words, in files whose sizes spread over three orders of magnitude.
//! - They are for counts that real packages hardly have. Programs are compared on `real` ones.

use super::archive::{self, Blob, Layers, put};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tar::{Builder, EntryType};

/// To be raised with every change to what is generated, so that no old archive is measured.
const GENERATION: u32 = 1;

/// Shares of the entries and bytes, layer by layer.
const SHARES: [f64; 6] = [0.45, 0.47, 0.04, 0.02, 0.01, 0.01];
/// Files that hold a quarter of a large layer's bytes.
const LARGE_FILES: usize = 12;
const POOL_BYTES: usize = 8 << 20;

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
    archive::ensure(&folder.join(name), |work| blobs(work, spec))
}

fn blobs(work: &Path, spec: Spec) -> io::Result<Vec<Blob>> {
    let pools = &Pools::new();
    let mut blobs = Vec::new();
    // Two at a time: both cores, and no more open than is in use.
    for pair in [[0, 1], [2, 3], [4, 5]] {
        let made: Vec<io::Result<Blob>> = std::thread::scope(|scope| {
            let start = |number: usize| {
                let path = work.join(number.to_string());
                scope.spawn(move || {
                    let why = format!("COPY part-{number} / # buildkit");
                    archive::layer(path, spec.layers, &why, |tar| members(tar, number, spec, pools))
                })
            };
            let threads = pair.map(start);
            threads.map(|thread| thread.join().expect("a layer is made without panic")).into()
        });
        blobs.extend(made.into_iter().collect::<io::Result<Vec<_>>>()?);
    }
    Ok(blobs)
}

/// A layer's members: directories of fifteen files and a link, some of them nested.
fn members<W: Write>(
    tar: &mut Builder<W>,
    number: usize,
    spec: Spec,
    pools: &Pools,
) -> io::Result<()> {
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
            0 => put(tar, EntryType::Directory, &format!("{folder}/"), 0o755, &[])?,
            1 => link(tar, &format!("{folder}/current"), "file-2.txt")?,
            at => {
                let size = (unit * 1000f64.powf(random.unit())) as usize;
                let content = pools.content(&mut random, size);
                put(tar, EntryType::Regular, &format!("{folder}/file-{at}.txt"), 0o644, &content)?;
            }
        }
    }
    for at in 0..large {
        let content = pools.content(&mut random, (bytes * 0.25 / large as f64) as usize);
        put(
            tar,
            EntryType::Regular,
            &format!("{}/large-{at}.bin", folder(number, 0)),
            0o755,
            &content,
        )?;
    }
    if number >= 2 {
        changes_to_base(tar, number, spec, pools)?;
    }
    Ok(())
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

fn link<W: Write>(tar: &mut Builder<W>, name: &str, target: &str) -> io::Result<()> {
    tar.append_link(&mut archive::header(EntryType::Symlink, 0o777), name, target)
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
