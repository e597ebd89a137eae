//! A header: rpm's data about one installed package, as the database stores it.
//!
//! Source: rpm's manual, "Package format", "Header" (docs/manual/format_header.md), and lib/header.cc.
//! Without the magic number that precedes it in a package file: two numbers, an index of entries (tag,
//! type, offset, count) and a store that the entries point into, all big-endian. The package's entries come
//! first, then those that the installation added; the last entry of a tag counts.

use super::bytes::at;
use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::listed_path::find_listed;
use crate::text::byte_count;
use crate::vocabulary::{DigestAlgorithm, RecordedDigest};

/// Tags, named as in rpm's manual.
mod tag {
    pub const NAME: u32 = 1000;
    pub const VERSION: u32 = 1001;
    pub const RELEASE: u32 = 1002;
    pub const EPOCH: u32 = 1003;
    pub const SIZE: u32 = 1009;
    pub const VENDOR: u32 = 1011;
    pub const LICENSE: u32 = 1014;
    pub const PACKAGER: u32 = 1015;
    pub const URL: u32 = 1020;
    pub const ARCH: u32 = 1022;
    pub const OLDFILENAMES: u32 = 1027;
    pub const SOURCERPM: u32 = 1044;
    pub const FILESTATES: u32 = 1029;
    pub const FILEDIGESTS: u32 = 1035;
    pub const DIRINDEXES: u32 = 1116;
    pub const BASENAMES: u32 = 1117;
    pub const DIRNAMES: u32 = 1118;
    pub const LONGSIZE: u32 = 5009;
    pub const FILEDIGESTALGO: u32 = 5011;
}

const INT32: u32 = 4;
const INT64: u32 = 5;
const STRING: u32 = 6;
const STRING_ARRAY: u32 = 8;
const I18N_STRING: u32 = 9;

/// Bytes of an index entry.
const ENTRY: usize = 16;

/// The package of a header, with a description of its damage if there is any. `text` is the number of bytes
/// that its texts may have, and is reduced by those used. The error describes what was found instead of a
/// header.
pub fn package(bytes: &[u8], text: &mut usize) -> Result<(Package, Option<String>), String> {
    let mut header = Header::new(bytes, text)?;
    let name = header.string(tag::NAME);
    let version = header.string(tag::VERSION);
    let release = header.string(tag::RELEASE);
    if name.is_empty() || version.is_empty() {
        return Err(header
            .problem
            .unwrap_or_else(|| "a header without name or version".to_owned()));
    }
    // An explicit epoch of 0 is printed; a missing epoch is not.
    let epoch = header.number(tag::EPOCH);
    let mut package = Package {
        kind: "rpm".to_owned(),
        name,
        version: evr(epoch, &version, &release),
        architecture: header.string(tag::ARCH),
        size: header.number(tag::LONGSIZE).or_else(|| header.number(tag::SIZE)),
        supplier: header.string(tag::VENDOR),
        homepage: header.string(tag::URL),
        ..Package::default()
    };
    if package.supplier.is_empty() {
        package.supplier = header.string(tag::PACKAGER);
    }
    package.licenses.extend(Some(header.string(tag::LICENSE)).filter(|name| !name.is_empty()));
    let source = header.string(tag::SOURCERPM);
    set_source(&mut package, &source);
    header.files(&mut package.files);
    Ok((package, header.problem))
}

/// The digest that the header of a package has of a file; `None`: it is another package's, it has none, one of another
/// algorithm, or another package's file is there instead.
pub fn file_digest(bytes: &[u8], package: &str, path: &[u8]) -> Option<RecordedDigest> {
    let mut no_texts = 0;
    let mut header = Header::new(bytes, &mut no_texts).ok()?;
    if header.strings(tag::NAME)?.next() != Some(package.as_bytes()) {
        return None;
    }
    let digests = header.strings(tag::FILEDIGESTS)?;
    let files = header.listed_files()?.zip(digests).enumerate();
    // What is not a file has an empty digest.
    let files = files.filter(|(_, (_, digest))| !digest.is_empty());
    let listed = files.map(|(at, (file, digest))| (file, (at, digest)));
    let (at, digest) = find_listed(listed, path)?;
    // 0: the file is there; others: it was replaced, or not installed.
    let states = header.entry(tag::FILESTATES).map(|entry| entry.offset.saturating_add(at));
    if states.is_some_and(|at| header.store.get(at) != Some(&0)) {
        return None;
    }
    // Numbers of OpenPGP, RFC 9580, 9.5; without the tag it is MD5.
    let algorithm = match header.number(tag::FILEDIGESTALGO) {
        None | Some(1) => DigestAlgorithm::Md5,
        Some(8) => DigestAlgorithm::Sha256,
        Some(_) => return None,
    };
    algorithm.recorded(digest)
}

/// Epoch, version and release as rpm's `%{EVR}` prints them.
pub fn evr(epoch: Option<u64>, version: &str, release: &str) -> String {
    let mut text = epoch.map(|epoch| format!("{epoch}:")).unwrap_or_default();
    text.push_str(version);
    if !release.is_empty() {
        text.push('-');
        text.push_str(release);
    }
    text
}

/// Sets the source package from its file name, `NAME-VERSION-RELEASE.src.rpm`. A file name of another form
/// (`….nosrc.rpm`) goes unchanged into the PURL, which would otherwise be built from the parts.
pub fn set_source(package: &mut Package, file: &str) {
    let stem = file.strip_suffix(".src.rpm");
    let mut parts = stem.or(file.strip_suffix(".nosrc.rpm")).unwrap_or(file).rsplitn(3, '-');
    if let (Some(release), Some(version), Some(name)) = (parts.next(), parts.next(), parts.next()) {
        package.source = Some((name.to_owned(), evr(None, version, release)));
    }
    if !file.is_empty() && (stem.is_none() || package.source.is_none()) {
        package.qualifiers.push(("upstream".to_owned(), file.to_owned()));
    }
}

/// An index entry: type, offset in the store, and number of values.
#[derive(Clone, Copy)]
struct HeaderEntry {
    kind: u32,
    offset: usize,
    count: usize,
}

struct Header<'a, 'b> {
    index: &'a [u8],
    store: &'a [u8],
    text: &'b mut usize,
    /// The first entry that was needed and could not be read.
    problem: Option<String>,
}

impl<'a, 'b> Header<'a, 'b> {
    fn new(bytes: &'a [u8], text: &'b mut usize) -> Result<Header<'a, 'b>, String> {
        let numbers = (at(bytes, 0).map(u32::from_be_bytes), at(bytes, 4).map(u32::from_be_bytes));
        let (Some(entries), Some(length)) = numbers else {
            return Err(byte_count(bytes.len() as u64));
        };
        let parts = (|| {
            let rest = bytes.get(8..)?;
            let (index, store) = rest.split_at_checked((entries as usize).checked_mul(ENTRY)?)?;
            Some((index, store.get(..length as usize)?))
        })();
        let Some((index, store)) = parts else {
            let (store, size) = (byte_count(length.into()), byte_count(bytes.len() as u64));
            return Err(format!("{entries} entries and a store of {store} in {size}"));
        };
        Ok(Header { index, store, text, problem: None })
    }

    fn entry(&self, tag: u32) -> Option<HeaderEntry> {
        let last = self
            .index
            .rchunks_exact(ENTRY)
            .find(|entry| at(entry, 0) == Some(tag.to_be_bytes()))?;
        let number = |offset: usize| at(last, offset).map(u32::from_be_bytes);
        Some(HeaderEntry {
            kind: number(4)?,
            offset: number(8)? as usize,
            count: number(12)? as usize,
        })
    }

    fn bad(&mut self, tag: u32, what: &str) {
        self.problem.get_or_insert_with(|| format!("tag {tag} {what}"));
    }

    /// A number; `None` if the header has no such tag.
    fn number(&mut self, tag: u32) -> Option<u64> {
        let entry = self.entry(tag)?;
        let number = match entry.kind {
            INT32 => at(self.store, entry.offset).map(|bytes| u64::from(u32::from_be_bytes(bytes))),
            INT64 => at(self.store, entry.offset).map(u64::from_be_bytes),
            _ => None,
        };
        if number.is_none() {
            self.bad(tag, "is no number within the header");
        }
        number
    }

    /// The strings of an entry, each terminated by NUL. Of a translated string, the first is the original.
    fn strings(&mut self, tag: u32) -> Option<impl Iterator<Item = &'a [u8]> + use<'a>> {
        let entry = self.entry(tag)?;
        let rest = self.store.get(entry.offset..).unwrap_or_default();
        if !matches!(entry.kind, STRING | STRING_ARRAY | I18N_STRING) || rest.is_empty() {
            self.bad(tag, "is no string within the header");
            return None;
        }
        let strings = rest.split_inclusive(|&byte| byte == 0).take(entry.count);
        Some(strings.map_while(|string| string.strip_suffix(b"\0")))
    }

    /// The first string of an entry; empty if there is none.
    fn string(&mut self, tag: u32) -> String {
        let first = self.strings(tag).and_then(|mut strings| strings.next()).unwrap_or_default();
        match first {
            b"(none)" => String::new(),
            text => self.take(tag, &[text]).unwrap_or_default(),
        }
    }

    /// Joins the parts to one text, if the limit allows it.
    fn take(&mut self, tag: u32, parts: &[&[u8]]) -> Option<String> {
        let length = parts.iter().map(|part| part.len()).fold(0, usize::saturating_add);
        let text = (length <= *self.text)
            .then(|| parts.iter().map(|part| String::from_utf8_lossy(part)).collect::<String>());
        let rest = text.as_ref().and_then(|text| self.text.checked_sub(text.len()));
        match rest {
            Some(rest) => *self.text = rest,
            None => self.bad(tag, "has texts longer than the database"),
        }
        text.filter(|_| rest.is_some())
    }

    /// The files and directories that the header lists since rpm 4: directories, base names, and the index of each base
    /// name's directory. Each as its directory and its name, without a leading slash, up to the first that has none.
    fn listed_files(&mut self) -> Option<impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a>> {
        let names = self.strings(tag::BASENAMES)?;
        let directories: Vec<&[u8]> = self.strings(tag::DIRNAMES)?.collect();
        let Some(indexes) = self.entry(tag::DIRINDEXES).filter(|entry| entry.kind == INT32) else {
            self.bad(tag::DIRINDEXES, "is no list of numbers");
            return None;
        };
        let indexes = self.store.get(indexes.offset..).unwrap_or_default().as_chunks::<4>().0;
        Some(names.zip(indexes).map_while(move |(name, &index)| {
            let directory = directories.get(u32::from_be_bytes(index) as usize)?;
            Some((relative(directory), relative(name)))
        }))
    }

    /// Paths of all files and directories, without the leading slash.
    fn files(&mut self, files: &mut Vec<String>) {
        if let Some(names) = self.strings(tag::OLDFILENAMES) {
            for name in names {
                let Some(path) = self.take(tag::OLDFILENAMES, &[relative(name)]) else { return };
                files.push(path);
            }
        }
        let Some(listed) = self.listed_files() else { return };
        let count = self.entry(tag::BASENAMES).map_or(0, |entry| entry.count);
        let mut read = 0;
        for (directory, name) in listed {
            let path = self.take(tag::BASENAMES, &[directory, name]);
            let Some(path) = path else { return };
            read += 1;
            // The root itself has an empty path.
            if !path.is_empty() {
                files.push(path);
            }
        }
        if read < count {
            self.bad(tag::BASENAMES, "has fewer files than it claims");
        }
    }
}

/// The path without its leading slash.
fn relative(path: &[u8]) -> &[u8] {
    path.strip_prefix(b"/").unwrap_or(path)
}
