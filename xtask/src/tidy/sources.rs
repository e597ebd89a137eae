//! The files that tidy checks: those that git tracks, and new ones that it does not ignore.

use std::path::Path;

use anyhow::{Context, Result};

use crate::shell;

pub struct Source {
    /// From the root, with slashes.
    pub path: String,
    pub text: String,
}

impl Source {
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }
}

/// All text files. A file that is not UTF-8 or contains a NUL is not text.
pub fn read(root: &Path) -> Result<Vec<Source>> {
    let mut git = shell::command("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let names = shell::output(&mut git).context("tidy asks git which files are the project's")?;
    let mut names: Vec<_> = names.split('\0').filter(|name| !name.is_empty()).collect();
    names.sort();
    names.dedup();
    let mut sources = Vec::new();
    for name in names {
        // A tracked file may be removed, or a link to a folder.
        let Ok(bytes) = std::fs::read(root.join(name)) else { continue };
        match String::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => sources.push(Source { path: name.into(), text }),
            _ => {}
        }
    }
    Ok(sources)
}
