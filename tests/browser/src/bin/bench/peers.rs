//! The programs that we are compared with, as processes; and our engine without a browser.
//!
//! - The caller runs each once without counting it, so that files are in the page cache for all.
//! - Peak memory is the largest resident memory of the process.
//! - `FAIRNESS` says what each peer does and where the comparison is unequal; it is printed.

use crate::machine;
use crate::runs::Runs;
use layerscope::codec::{BlobPart, Checkpoints};
use layerscope::layer::{ScanOptions, scan};
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Printed with the table.
pub const FAIRNESS: &str = "\
  dive   `CI=true dive --ci --source docker-archive FILE`: parses all layers, builds its trees, computes
         efficiency, prints, ends. It hashes every file's content (xxHash), we do (BLAKE3) where layers are
         compressed and after the tree where they are not. Its start and end count, a browser's start doesn't:
         a tab that is open is what a user has; a dive that runs is not.
  ours   from `layerscope:drop` to `layerscope:tree` (`layerscope:ready`) in a page of headless Chromium that
         was loaded before; starting workers counts. Processor seconds are those of the whole browser.
  gzip   `gzip -dc LAYER > /dev/null`, one core; ours: index and content hashes of that file, natively, one core.
  tar    `tar -tzf LAYER > /dev/null`: lists names only; for orientation.
  crane  `crane export REFERENCE - | tar -t` from docker-registry on loopback; ours from `layerscope:drop`, which is
         Enter. It checks digests as they come and lists the flattened files; we check them, keep the blobs and
         index every layer.
  syft   `syft -q -o json docker-archive:FILE`.
  All read files that lie in the page cache; medians; at most two cores for each.";

/// Runs a program and records its times; false if it is missing or fails.
pub fn time(runs: &mut Runs, what: &str, program: &str, arguments: &[&str], file: &Path) -> bool {
    let (began, before) = (Instant::now(), machine::ended_seconds());
    let mut command = Command::new(program);
    command.args(arguments.iter().map(|word| word.replace("FILE", &file.to_string_lossy())));
    command.env("CI", "true").env("SYFT_CHECK_FOR_APP_UPDATE", "false");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else {
        eprintln!("  {program}: not on the PATH");
        return false;
    };
    let peak = machine::peak_until_exit(&mut child);
    let Ok((status, peak)) = peak else { return false };
    // dive and our `check` exit with 1 if an image fails the efficiency rules, after doing all their work.
    let done = status.success() || status.code() == Some(1);
    if !done {
        eprintln!("  {program}: {status}");
        return false;
    }
    runs.note(&format!("{what} wall"), began.elapsed().as_secs_f64(), "s");
    runs.note(&format!("{what} processors"), machine::ended_seconds() - before, "s");
    runs.note(&format!("{what} peak memory"), peak as f64 / 1e6, "MB");
    true
}

/// Index and content hashes of one layer, in this process, on one thread.
pub fn one_layer(runs: &mut Runs, what: &str, layer: &Path) -> std::io::Result<()> {
    let file = File::open(layer)?;
    let part = BlobPart::plain(0, 0, file.metadata()?.len());
    let (began, before) = (Instant::now(), machine::own_seconds());
    let found = scan(
        Box::new(file),
        part,
        &Checkpoints::default(),
        &ScanOptions::default(),
        None,
        None,
        &mut |_| {},
    );
    let found = found.map_err(|problem| std::io::Error::other(problem.to_string()))?;
    if found.index.is_empty() || !found.index.hashed() {
        return Err(std::io::Error::other("the layer gave no index with hashes"));
    }
    runs.note(&format!("{what} wall"), began.elapsed().as_secs_f64(), "s");
    runs.note(&format!("{what} processors"), machine::own_seconds() - before, "s");
    Ok(())
}
