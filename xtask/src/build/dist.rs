//! `dist/` contains www/ and the built modules, and nothing else.
//!
//! - Files that have not changed are not written, so their modification times, and a browser's cache,
//!   stay valid.
//! - Two sources for one name are an error.
//! - Names that start with a dot are not copied: they belong to editors and git, and hosts hide them.
//! - The verifier's files get names with a digest (`named.rs`).
//! - The service worker's script gets the list of all other files (`offline.rs`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{named, offline};

/// Makes `dist` contain exactly the files of `www` and of the modules' folders.
pub fn assemble(dist: &Path, www: &Path, modules: &[PathBuf]) -> Result<()> {
    let mut wanted = BTreeMap::new();
    for source in [www].into_iter().chain(modules.iter().map(PathBuf::as_path)) {
        for name in files(source)? {
            let from = source.join(&name);
            if let Some(other) = wanted.insert(name, from.clone()) {
                bail!(
                    "both {} and {} would become the same file of dist/",
                    other.display(),
                    from.display()
                );
            }
        }
    }
    if !wanted.contains_key(Path::new("index.html")) {
        println!("www/ has no index.html: dist/ has modules without a page");
    }
    let mut wanted = read(wanted)?;
    named::rename(&mut wanted)?;
    offline::stamp(&mut wanted)?;
    fs::create_dir_all(dist).with_context(|| format!("cannot make {}", dist.display()))?;
    for name in all_files(dist)?.into_iter().filter(|name| !wanted.contains_key(name)) {
        fs::remove_file(dist.join(&name))?;
    }
    for (name, bytes) in wanted {
        let to = dist.join(name);
        if fs::read(&to).is_ok_and(|found| found == bytes) {
            continue;
        }
        fs::create_dir_all(to.parent().unwrap_or(dist))?;
        fs::write(&to, bytes).with_context(|| format!("cannot write {}", to.display()))?;
    }
    remove_empty_folders(dist)?;
    Ok(())
}

fn read(sources: BTreeMap<PathBuf, PathBuf>) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let read = |(name, from): (PathBuf, PathBuf)| {
        let bytes = fs::read(&from).with_context(|| format!("cannot read {}", from.display()))?;
        Ok((name, bytes))
    };
    sources.into_iter().map(read).collect()
}

/// The files below a folder, relative to it and sorted, without those whose name starts with a dot.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let hidden = |name: &PathBuf| {
        name.components().any(|part| part.as_os_str().as_encoded_bytes().starts_with(b"."))
    };
    let mut names = all_files(folder)?;
    names.retain(|name| !hidden(name));
    Ok(names)
}

fn all_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut names = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        let here = folder.join(&below);
        let entries =
            fs::read_dir(&here).with_context(|| format!("cannot list {}", here.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = below.join(entry.file_name());
            if fs::metadata(entry.path())?.is_dir() {
                folders.push(name);
            } else {
                names.push(name);
            }
        }
    }
    names.sort();
    Ok(names)
}

/// Returns whether the folder is empty now.
fn remove_empty_folders(folder: &Path) -> Result<bool> {
    let mut empty = true;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && remove_empty_folders(&path)? {
            fs::remove_dir(path)?;
        } else {
            empty = false;
        }
    }
    Ok(empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contains_the_files_of_its_sources_and_nothing_else() {
        let place = std::env::temp_dir().join(format!("xtask-dist-{}", std::process::id()));
        let put = |name: &str, text: &str| {
            let path = place.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let (dist, www, module) = (place.join("dist"), place.join("www"), place.join("module"));
        put("www/index.html", "new");
        put("www/icons/a.svg", "svg");
        put("www/.swp", "editor's");
        put("module/page.js", "js");
        put("dist/index.html", "old");
        put("dist/gone/old.js", "js");
        let modules = [module];
        assemble(&dist, &www, &modules).unwrap();
        let names = all_files(&dist).unwrap();
        assert_eq!(names, ["icons/a.svg", "index.html", "page.js"].map(PathBuf::from));
        assert_eq!(fs::read_to_string(dist.join("index.html")).unwrap(), "new");
        assert!(!dist.join("gone").exists());

        put("www/page.js", "mine");
        let error = assemble(&dist, &www, &modules).unwrap_err().to_string();
        assert!(error.contains("would become the same file of dist/"), "{error}");
        fs::remove_dir_all(place).unwrap();
    }
}
