//! Files that are fetched long after the page, by names that contain a digest of their content.
//!
//! The page's script gets the names, so a page never runs a part of another version: the host has it, or the page says
//! that it could not be loaded. (www/sw.js keeps all files of one version; not every page has it.)

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// The script that gets the names.
const PAGE: &str = "page.js";
/// Script and module of the verifier; src/browser/page/verifier.rs reads their names.
const VERIFIER: [&str; 2] = ["verify.js", "verify_bg.wasm"];
const NAMES: &str = "layerscopeVerifier";

/// Renames the verifier's files, if they are there. `files` are those of dist/, by name.
pub fn rename(files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
    if !VERIFIER.iter().all(|name| files.contains_key(Path::new(name))) {
        return Ok(());
    }
    let mut names = Vec::new();
    for name in VERIFIER {
        let bytes = files.remove(Path::new(name)).unwrap_or_default();
        let digest = format!("{:x}", Sha256::digest(&bytes));
        let (stem, ending) = name.split_once('.').context("a file without ending")?;
        let renamed = format!("{stem}-{}.{ending}", &digest[..16]);
        files.insert(renamed.clone().into(), bytes);
        names.push(renamed);
    }
    let page = files.get_mut(Path::new(PAGE)).with_context(|| format!("there is no {PAGE}"))?;
    // JavaScript has the same syntax for a list of names.
    page.extend(format!("\nglobalThis.{NAMES} = {names:?};\n").into_bytes());
    Ok(())
}

#[test]
fn the_page_knows_the_verifier_by_its_content() {
    let made = |module: &str| {
        let files = [("page.js", "start();"), ("verify.js", "js"), ("verify_bg.wasm", module)];
        let mut files = files.map(|(name, text)| (name.into(), text.as_bytes().to_vec())).into();
        rename(&mut files).unwrap();
        let names = files.keys().map(|name: &PathBuf| name.to_str().unwrap().to_owned());
        let names: Vec<String> = names.collect();
        (names, String::from_utf8(files.remove(Path::new("page.js")).unwrap()).unwrap())
    };
    // printf js | sha256sum; printf a | sha256sum
    let (script, module) = ("verify-16cedf80ade01c62.js", "verify_bg-ca978112ca1bbdca.wasm");
    let (names, page) = made("a");
    assert_eq!(names, ["page.js", script, module]);
    let list = format!("globalThis.layerscopeVerifier = [{script:?}, {module:?}];");
    assert!(page.starts_with("start();\n") && page.contains(&list), "{page}");
    assert_ne!(made("b").1, page);
}
