//! Known vulnerabilities of the versions in Cargo.lock, from RustSec's database.
//!
//! - The database is a git repository, cloned into cargo's target folder at each run. If it cannot be
//!   reached, that is reported, but is not an error: it says nothing about our crates.
//! - Advisories that are withdrawn or only inform (unmaintained, notice) are skipped.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use cargo_metadata::Package;
use cargo_metadata::semver::{Version, VersionReq};
use serde::Deserialize;

use crate::shell;

const DATABASE: &str = "https://github.com/RustSec/advisory-db";
const PATIENCE: Duration = Duration::from_secs(60);

pub enum Answer {
    NotChecked(String),
    Checked { advisories: String, found: Vec<String> },
}

pub fn check(packages: &[Package]) -> Result<Answer> {
    let folder = shell::cache().join("advisory-db");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    if !fetch(&folder) {
        return Ok(Answer::NotChecked("database not reachable".into()));
    }
    let (mut count, mut found) = (0, Vec::new());
    for package in packages.iter().filter(|package| package.source.is_some()) {
        let Ok(files) = std::fs::read_dir(folder.join("crates").join(package.name.as_str())) else {
            continue; // it has no advisories
        };
        for file in files {
            let path = file?.path();
            let text = std::fs::read_to_string(&path)?;
            count += 1;
            let hit = concerns(&text, &package.version)
                .with_context(|| format!("cannot read the advisory {}", path.display()))?;
            if let Some(advisory) = hit {
                found.push(format!("{} {}: {advisory}", package.name, package.version));
            }
        }
    }
    Ok(Answer::Checked { advisories: format!("{count} advisories on our crates"), found })
}

/// Whether the database could be cloned in time. git's own errors are not shown.
fn fetch(folder: &Path) -> bool {
    let mut git = shell::command("git");
    git.args(["clone", "--quiet", "--depth=1", DATABASE]).arg(folder);
    git.env("GIT_TERMINAL_PROMPT", "0").stderr(std::process::Stdio::null());
    let Ok(mut child) = git.spawn() else { return false };
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if start.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(100));
            }
            Ok(None) | Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}

#[derive(Deserialize)]
struct File {
    advisory: Advisory,
    versions: Versions,
}

#[derive(Deserialize)]
struct Advisory {
    id: String,
    withdrawn: Option<String>,
    informational: Option<String>,
}

#[derive(Deserialize)]
struct Versions {
    #[serde(default)]
    patched: Vec<VersionReq>,
    #[serde(default)]
    unaffected: Vec<VersionReq>,
}

/// The advisory's ID if this version is vulnerable. The text is Markdown whose first block is TOML.
fn concerns(text: &str, version: &Version) -> Result<Option<String>> {
    let block = text.split("```toml").nth(1).and_then(|rest| rest.split("```").next());
    let File { advisory, versions } =
        toml::from_str(block.context("expected a block of TOML, found none")?)?;
    let informs = advisory.informational.is_some_and(|kind| kind != "unsound");
    let safe = versions.patched.iter().chain(&versions.unaffected).any(|req| req.matches(version));
    Ok((!safe && !informs && advisory.withdrawn.is_none()).then_some(advisory.id))
}

#[test]
fn cases() {
    let text = |more: &str| {
        format!(
            "```toml\n[advisory]\nid = \"RUSTSEC-2021-0001\"\npackage = \"x\"\n{more}\n\
             [versions]\npatched = [\">= 1.2.3\"]\nunaffected = [\"< 1.0.0\"]\n```\n\n# Title\n"
        )
    };
    for (more, version, hit) in [
        ("", "1.2.2", true),
        ("", "1.2.3", false),
        ("", "0.9.0", false),
        ("informational = \"unsound\"", "1.0.0", true),
        ("informational = \"unmaintained\"", "1.0.0", false),
        ("withdrawn = \"2021-02-02\"", "1.0.0", false),
    ] {
        let found = concerns(&text(more), &version.parse().unwrap()).unwrap();
        assert_eq!(found.is_some(), hit, "{more} {version}");
    }
    assert!(concerns("# no block", &"1.0.0".parse().unwrap()).is_err());
}
