//! A cache of folders, keyed by their inputs.
//!
//! - The key is a hash of the inputs' bytes, not of their times, so a stale folder is never used.
//! - The key is written last, so a folder of an interrupted run is never used.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// A hash of all inputs, each preceded by its length.
pub fn key(inputs: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for input in inputs {
        hash.update((input.len() as u64).to_le_bytes());
        hash.update(input);
    }
    format!("{:x}", hash.finalize())
}

/// Returns `place/files`; `make` fills it unless it is already filled for this key.
pub fn folder(place: &Path, key: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let (files, made_for) = (place.join("files"), place.join("key"));
    if fs::read_to_string(&made_for).is_ok_and(|found| found == key) {
        return Ok(files);
    }
    if place.exists() {
        // The key first, so that an interrupted removal does not leave it.
        let _ = fs::remove_file(&made_for);
        fs::remove_dir_all(place).with_context(|| format!("cannot empty {}", place.display()))?;
    }
    fs::create_dir_all(&files).with_context(|| format!("cannot make {}", files.display()))?;
    make(&files)?;
    fs::write(&made_for, key).with_context(|| format!("cannot write {}", made_for.display()))?;
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filled_again_for_another_key_and_after_a_failure() {
        let place = std::env::temp_dir().join(format!("xtask-cache-{}", std::process::id()));
        let mut made = 0;
        let mut ask = |key: &str, fails: bool| {
            folder(&place, key, |files| {
                made += 1;
                fs::write(files.join(key), "")?;
                anyhow::ensure!(!fails, "interrupted");
                Ok(())
            })
            .map(|files| fs::read_dir(files).unwrap().count())
            .ok()
        };
        let answers =
            [ask("a", false), ask("a", false), ask("b", false), ask("c", true), ask("c", false)];
        assert_eq!(answers, [Some(1), Some(1), Some(1), None, Some(1)]);
        assert_eq!(made, 4);
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn boundaries_between_inputs_count() {
        assert_ne!(key(&[b"ab", b"c"]), key(&[b"a", b"bc"]));
    }
}
