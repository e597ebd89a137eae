//! For tests of catalogers: what they find in the real archives in `../shared/fixtures`.

use crate::analysis::packages::cataloger::{Candidate, Cataloger, HEAD};
use crate::analysis::packages::package::CatalogFacts;
use crate::codec::Compression;
use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use std::path::Path;
use tar::Archive;

/// A path, and the facts of the file there.
pub type FoundFacts = (String, CatalogFacts);

/// What `catalogers` find in the layers of an archive, in the order in which the layers are stored.
pub fn found_in(archive: &str, catalogers: &[Cataloger]) -> Vec<FoundFacts> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures").join(archive);
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{archive}: {error}"));
    let mut found = Vec::new();
    for (_, member) in files(&unpacked(bytes)) {
        for (path, content) in files(&unpacked(member)) {
            found.extend(read(&path, &content, catalogers));
        }
    }
    found
}

/// What `catalogers` find in one file.
pub fn read(path: &str, content: &[u8], catalogers: &[Cataloger]) -> Vec<FoundFacts> {
    let file = Candidate {
        size: content.len() as u64,
        mode: 0o755,
        head: Some(&content[..content.len().min(HEAD)]),
        ..Candidate::at(path.as_bytes())
    };
    let wanting = catalogers.iter().filter(|cataloger| (cataloger.wants)(&file));
    wanting.map(|cataloger| (path.to_owned(), cataloger.read(&file, content))).collect()
}

/// A file in tests/fixtures/packages/programs.
pub fn program(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/packages/programs/");
    std::fs::read(format!("{folder}{name}")).expect(name)
}

/// Names and versions, each once.
pub fn named(found: &[FoundFacts]) -> BTreeSet<(String, String)> {
    let packages = found.iter().flat_map(|(_, facts)| &facts.packages);
    packages.map(|package| (package.name.clone(), package.version.clone())).collect()
}

/// Lines of `name version`, in the form that `named` returns.
pub fn list(text: &str) -> BTreeSet<(String, String)> {
    let lines = text.lines().filter_map(|line| line.trim().rsplit_once(' '));
    lines.map(|(name, version)| (name.to_owned(), version.to_owned())).collect()
}

fn unpacked(bytes: Vec<u8>) -> Vec<u8> {
    let mut out = Vec::new();
    let read = Compression::detect(&bytes).decode(Cursor::new(&bytes)).read_to_end(&mut out);
    if read.is_ok() { out } else { bytes }
}

/// The regular files of a tar; empty if it is not a tar.
fn files(tar: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut archive = Archive::new(tar);
    for mut entry in archive.entries().into_iter().flatten().flatten() {
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let mut content = Vec::new();
        if entry.header().entry_type().is_file() && entry.read_to_end(&mut content).is_ok() {
            files.push((path, content));
        }
    }
    files
}

/// What a program prints.
pub fn output_of(program: &str, arguments: &[&str]) -> String {
    let output = std::process::Command::new(program).args(arguments).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
