//! Known formats in outline: what a program, a certificate or a database says about itself. One file for each format.
//!
//! - A format is known by its first bytes, never by its name.
//! - Everything is hostile: offsets are checked, counts and texts are limited, nothing is allocated for a size that a file
//!   claims. A damaged file has no outline, or what could be read.
//! - To add a format: a file with a function over bytes, and a line in `FORMATS`.

mod archives;
mod bytes;
mod certificates;
mod elf;
mod executables;
mod gettext;
mod images;
mod java;
mod made;
mod models;
mod package_files;
mod python;
mod sqlite;

#[cfg(test)]
mod tests;

use crate::protocol::FileOutline;

pub use bytes::MOST;

/// Bytes that tell whether a format is known.
pub const HEAD: u64 = 512;

type HeadTest = fn(&[u8]) -> bool;
type OutlineReader = fn(&[u8]) -> Option<FileOutline>;

/// Each format: how its first bytes are known, and what reads it.
const FORMATS: &[(HeadTest, OutlineReader)] = &[
    (elf::is, elf::outline),
    (executables::is_pe, executables::pe),
    (java::is, java::outline),
    (executables::is_mach_o, executables::mach_o),
    (executables::is_universal, executables::universal),
    (certificates::is, certificates::outline),
    (sqlite::is, sqlite::outline),
    (gettext::is, gettext::outline),
    (images::is, images::outline),
    (models::is_gguf, models::gguf),
    (archives::is_zip, archives::zip),
    (archives::is_script, archives::zip_behind_script),
    (archives::is_tar, archives::tar),
    (package_files::is_deb, package_files::deb),
    (archives::is_ar, archives::ar),
    (package_files::is_rpm, package_files::rpm),
    (archives::is_cpio, archives::cpio),
    (package_files::is_compressed, package_files::compressed),
    (python::is, python::outline),
    (models::is_safetensors, models::safetensors),
];

/// Whether a file may be of a known format.
pub fn is_known(head: &[u8]) -> bool {
    FORMATS.iter().any(|(is, _)| is(head))
}

/// The outline of a file of `size` bytes whose beginning is given, as far as it was read.
pub fn outline(bytes: &[u8], size: u64) -> FileOutline {
    let cut = (bytes.len() as u64) < size;
    let read = FORMATS.iter().filter(|(is, _)| is(bytes)).find_map(|(_, read)| read(bytes));
    read.map(|outline| FileOutline { cut, ..outline }).unwrap_or_default()
}
