//! Collects the packages and the damage of one database, whatever its format.

use super::header;
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::problem::Problem;
use crate::vocabulary::RecordedDigest;

/// Most packages in one database: ten times what the largest distribution has.
pub const MAX_PACKAGES: usize = 100_000;

/// Takes headers and damage from a reader.
pub struct HeaderCollector {
    packages: Vec<Package>,
    damage: Option<Problem>,
    /// Number of damages, including the first.
    damages: u64,
    /// Bytes that further headers may still have.
    headers: usize,
    /// Bytes of text that further packages may still have.
    text: usize,
    /// A path whose digest is looked for, instead of packages, and the digest.
    wanted: Option<(Vec<u8>, Option<RecordedDigest>)>,
}

impl HeaderCollector {
    /// For a database of `size` bytes, each header of which is stored once. Paths take more bytes than in
    /// the header, which has each directory's name once; but the header has some sixty bytes of other data
    /// for each path, so four times the file's size is enough.
    pub fn new(size: usize) -> HeaderCollector {
        let text = size.saturating_mul(4);
        let packages = Vec::new();
        HeaderCollector { packages, damage: None, damages: 0, headers: size, text, wanted: None }
    }

    /// Looks for the digest of a path in a database of `size` bytes.
    pub fn of_digest(size: usize, path: &[u8]) -> HeaderCollector {
        HeaderCollector { wanted: Some((path.to_vec(), None)), ..HeaderCollector::new(size) }
    }

    /// The digest that was looked for: the last one, as what was installed later owns the path.
    pub fn digest(self) -> Option<RecordedDigest> {
        self.wanted.and_then(|(_, digest)| digest)
    }

    /// Whether a header of `length` bytes is plausible. Must be called before memory is allocated for it.
    pub fn admits(&mut self, length: usize, offset: usize) -> bool {
        let rest = self.headers.checked_sub(length);
        if rest.is_none() {
            self.damaged(
                offset,
                "headers that lie beside each other",
                "more bytes than the file has",
            );
        }
        self.headers = rest.unwrap_or(self.headers);
        rest.is_some()
    }

    /// Takes the header whose first byte is at this offset.
    pub fn header(&mut self, offset: usize, bytes: &[u8]) {
        if let Some((path, digest)) = &mut self.wanted {
            *digest = header::file_digest(bytes, path).or(digest.take());
            return;
        }
        if self.packages.len() >= MAX_PACKAGES {
            self.damaged(offset, "at most 100,000 packages", "more");
            return;
        }
        match header::package(bytes, &mut self.text) {
            Ok((package, problem)) => {
                self.packages.push(package);
                if let Some(found) = problem {
                    self.damaged(offset, "a header whose entries lie in it", found);
                }
            }
            Err(found) => self.damaged(offset, "an rpm header", found),
        }
    }

    /// Records damage that costs a part of the database.
    pub fn damaged(&mut self, offset: usize, expected: &str, found: impl AsRef<[u8]>) {
        self.damages = self.damages.saturating_add(1);
        if self.damage.is_none() {
            let problem = Problem::new("package-database-damaged", String::new());
            self.damage = Some(problem.at(offset as u64).expected(expected).found(found));
        }
    }

    /// The packages, with one warning if there was damage.
    pub fn facts(self) -> CatalogFacts {
        let mut facts = CatalogFacts { packages: self.packages, ..CatalogFacts::default() };
        if let Some(mut problem) = self.damage {
            problem.message = match self.damages {
                1 => "A part of the rpm database cannot be read: packages may be missing.".into(),
                n => format!(
                    "{n} parts of the rpm database cannot be read: packages may be missing."
                )
                .into(),
            };
            facts.warnings.push(problem);
        }
        facts
    }
}
