//! The service worker's list of the page's files, and their version.
//!
//! - The version is the SHA-256 of the output of `sha256sum` for the files, sorted by name. The worker
//!   computes the same from the files that it fetched, so its cache never mixes two versions.
//! - The version is part of the script, so browsers see a new script whenever any file has changed.
//! - It covers neither the script itself nor config.json, which deployments change without a build
//!   (www/sw.js says how each is fetched).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

const SCRIPT: &str = "sw.js";
const WITHOUT_VERSION: [&str; 2] = [SCRIPT, "config.json"];

/// The lines of the script that the build fills in.
const VERSION: &str = "const VERSION = \"\";";
const FILES: &str = "const FILES = [];";

/// Fills in the script, if it is one of the files. `files` are those of dist/, by name.
pub fn stamp(files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
    let Some(script) = files.get(Path::new(SCRIPT)) else { return Ok(()) };
    let script = std::str::from_utf8(script).with_context(|| format!("{SCRIPT} is not text"))?;
    let mut names = Vec::new();
    let mut sums = String::new();
    for (path, bytes) in files.iter() {
        let name = path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))?;
        if !WITHOUT_VERSION.contains(&name) {
            sums.push_str(&format!("{:x}  {name}\n", Sha256::digest(bytes)));
            names.push(name);
        }
    }
    let version = format!("const VERSION = \"{:x}\";", Sha256::digest(&sums));
    let list = format!("const FILES = {names:?};"); // JavaScript has the same syntax
    let mut filled = String::new();
    for line in script.lines() {
        filled.push_str(match line {
            VERSION => &version,
            FILES => &list,
            line => line,
        });
        filled.push('\n');
    }
    let both = filled.contains(&version) && filled.contains(&list);
    anyhow::ensure!(both, "expected the lines {VERSION} and {FILES} in www/{SCRIPT}");
    files.insert(SCRIPT.into(), filled.into_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The script filled in for files `a`, `config.json` and `b/c`.
    fn stamped(a: &str, config: &str, script: &str) -> Result<String> {
        let files = [("a", a), ("config.json", config), ("b/c", "c"), ("sw.js", script)];
        let mut files = files.map(|(name, text)| (name.into(), text.as_bytes().to_vec())).into();
        stamp(&mut files)?;
        Ok(String::from_utf8(files.remove(Path::new("sw.js")).unwrap()).unwrap())
    }

    #[test]
    fn the_version_is_the_hash_of_the_output_of_sha256sum() {
        let script = format!("{VERSION}\n{FILES}\ngo();\n");
        let made = stamped("a", "{}", &script).unwrap();
        // printf a > a; mkdir b; printf c > b/c; sha256sum a b/c | sha256sum
        let sum = "54c8f380c5f779da64df970ef0429c1ec48d393fa4774cfcf5fd8ac1fbbaa3ef";
        let wanted =
            format!("const VERSION = \"{sum}\";\nconst FILES = [\"a\", \"b/c\"];\ngo();\n");
        assert_eq!(made, wanted);
    }

    #[test]
    fn the_version_changes_with_every_file_except_the_deployments() {
        let script = format!("{VERSION}\n{FILES}\n");
        let made = |a, config| stamped(a, config, &script).unwrap();
        assert_ne!(made("a", "{}"), made("b", "{}"));
        assert_eq!(made("a", "{}"), made("a", "{\"proxy\":null}"));
    }

    #[test]
    fn a_script_without_the_lines_is_an_error() {
        assert!(stamped("a", "{}", VERSION).is_err());
        assert!(stamped("a", "{}", "const VERSION = \"1\";").is_err());
    }

    #[test]
    fn our_script_has_the_lines() {
        let script = std::fs::read_to_string(crate::shell::root().join("www/sw.js")).unwrap();
        stamped("a", "{}", &script).unwrap();
    }
}
