//! The files that tidy looks at: what git tracks, and what it would if it were added now.

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

/// All text files; those that are not UTF-8 or hold a NUL are not text.
pub fn read(root: &Path) -> Result<Vec<Source>> {
    let mut git = shell::command("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let names = shell::output(&mut git).context("tidy asks git which files are the project's")?;
    let mut names: Vec<_> = names.split('\0').filter(|name| !name.is_empty()).collect();
    names.sort();
    names.dedup();
    let mut sources = Vec::new();
    for name in names {
        // A file that is tracked but was removed, or a link to a folder, has nothing to look at.
        let Ok(bytes) = std::fs::read(root.join(name)) else { continue };
        match String::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => sources.push(Source { path: name.into(), text }),
            _ => {}
        }
    }
    Ok(sources)
}
