//! Collects the packages and the damage of one database, whatever its format.

use super::header;
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::problem::Problem;
use crate::vocabulary::RecordedDigest;

/// Most packages in one database: ten times what the largest distribution has.
const MAX_PACKAGES: usize = 100_000;

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
    /// The digest that is looked for, instead of packages.
    wanted: Option<WantedDigest>,
}

/// A digest that is looked for.
struct WantedDigest {
    package: String,
    path: Vec<u8>,
    found: Option<RecordedDigest>,
    /// Headers differ about it: which file is there is not known.
    is_ambiguous: bool,
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

    /// Looks for the digest of a package's file in a database of `size` bytes.
    pub fn of_digest(size: usize, package: &str, path: &[u8]) -> HeaderCollector {
        let wanted = WantedDigest {
            package: package.to_owned(),
            path: path.to_vec(),
            found: None,
            is_ambiguous: false,
        };
        HeaderCollector { wanted: Some(wanted), ..HeaderCollector::new(size) }
    }

    /// The digest that was looked for. `None` also where packages of that name, as for two architectures, differ.
    pub fn digest(self) -> Option<RecordedDigest> {
        self.wanted.filter(|wanted| !wanted.is_ambiguous).and_then(|wanted| wanted.found)
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
        if let Some(wanted) = &mut self.wanted {
            let digest = header::file_digest(bytes, &wanted.package, &wanted.path);
            if let Some(digest) = digest {
                let first = wanted.found.get_or_insert_with(|| digest.clone());
                wanted.is_ambiguous |= *first != digest;
            }
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
