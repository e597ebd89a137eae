//! The copyright file of a Debian package: the licences that it declares.
//!
//! Source: Debian Policy, 12.5, "Copyright information", and "Machine-readable debian/copyright file",
//! version 1.0.
//!
//! - Machine-readable: the short names in `License` fields of paragraphs about files, or of the header. A
//!   paragraph that has only a licence holds the text of one that others name; its name counts only if
//!   there is no other.
//! - Otherwise the file is prose, and only its references to `/usr/share/common-licenses` are certain. (In
//!   a machine-readable file they only point to the text: `GPL-2+` refers to `GPL-2`.)

use crate::analysis::packages::reading::control::paragraphs;

/// Licences as written, in the order of their first mention.
pub fn licenses(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    if is_machine_readable(bytes) {
        let mut texts = Vec::new();
        for (at, paragraph) in paragraphs(bytes).enumerate() {
            let name = paragraph.line("License");
            let of_files = at == 0 || paragraph.has("Files");
            add(name, if of_files { &mut found } else { &mut texts });
        }
        if found.is_empty() { texts } else { found }
    } else {
        for reference in references(bytes) {
            add(reference, &mut found);
        }
        found
    }
}

fn is_machine_readable(bytes: &[u8]) -> bool {
    paragraphs(bytes).next().is_some_and(|first| {
        // Drafts of the format called this field `Format-Specification`.
        let format = [first.line("Format"), first.line("Format-Specification")].concat();
        format.contains("copyright-format") || format.to_ascii_lowercase().contains("dep5")
    })
}

/// The names after `/usr/share/common-licenses/`, without the full stop that ends a sentence.
fn references(bytes: &[u8]) -> impl Iterator<Item = String> {
    const FOLDER: &str = "/common-licenses/";
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let at = rest.windows(FOLDER.len()).position(|window| window == FOLDER.as_bytes())?;
        rest = rest.get(at + FOLDER.len()..)?;
        let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
        let end = rest.iter().position(|byte| !in_name(byte)).unwrap_or(rest.len());
        let name = rest.get(..end)?;
        Some(String::from_utf8_lossy(name).trim_end_matches(['.', '-']).to_owned())
    })
}

/// Adds a name once. A real file has a few dozen at most; more than `MOST` are dropped.
fn add(name: String, names: &mut Vec<String>) {
    const MOST: usize = 200;
    if !name.is_empty() && names.len() < MOST && !names.contains(&name) {
        names.push(name);
    }
}
