//! What is attached to the image that is shown: bills of materials, and VEX documents, of BuildKit's
//! attestations and of other artifacts that refer to it.
//!
//! They are claims: a bill is shown beside what was found, and no signature around it is checked.

use super::job::{Job, Work};
use super::query::{Cell, Table, TableAsk, TableRow};
use super::rows::{self, Lines, Order};
use super::state::Session;
use super::{ReadSeek, advisories::predicate};
use crate::analysis::packages::Inventory;
use crate::analysis::sbom::AttachedSbom;
use crate::analysis::sbom::compare::{VersionSides, compare};
use crate::analysis::sbom::read::{self, MAX_BYTES};
use crate::analysis::vulnerabilities::vex::{self, VexStatement};
use crate::archive::{ArtifactDocument, OtherKind};
use crate::problem::Problem;
use crate::text;
use serde::{Deserialize, Serialize};
use std::io::Read;

/// Documents that are read of one image.
const MAX_DOCUMENTS: usize = 20;

/// What a document turned out to be.
#[derive(Serialize, Deserialize)]
pub(super) enum Kind {
    Bill(AttachedSbom),
    Vex(Vec<VexStatement>),
}

/// A document that was read, or why not.
pub(super) struct Known {
    /// Digest of its blob, as claimed.
    pub digest: String,
    pub said: Result<Kind, Problem>,
}

/// Whether a document of this predicate or media type is of use.
pub fn is_of_use(name: &str) -> bool {
    let media = ["application/spdx+json", "text/spdx+json", "application/vnd.cyclonedx+json"];
    read::is_read(name) || media.contains(&name) || name.contains("openvex")
}

/// Reads a document, as `Session::take_attached` takes it.
pub(super) fn read_document(reader: &mut dyn ReadSeek, name: &str) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    reader.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| {
        Problem::new("read-failed", "A document cannot be read.")
            .found(text::show(error.to_string().as_bytes()))
    })?;
    serde_json::to_string(&kind(name, &bytes)?).map_err(|error| {
        Problem::new("worker-answer", "A worker's answer cannot be written.")
            .found(error.to_string())
    })
}

fn kind(name: &str, bytes: &[u8]) -> Result<Kind, Problem> {
    if name.contains("openvex") {
        let inner = predicate(bytes);
        let bytes = inner.as_deref().map_or(bytes, str::as_bytes);
        return vex::parse(name, bytes).map(Kind::Vex);
    }
    read::read(bytes).map(Kind::Bill)
}

impl Session {
    /// Documents that speak of the image that is shown and lie in the source, and are of use.
    fn documents(&self) -> Vec<&ArtifactDocument> {
        let subjects = self.manifests();
        let about = self.others.iter().filter(|other| {
            other.kind != OtherKind::Absent
                && other.subject.as_ref().is_some_and(|subject| subjects.contains(subject))
        });
        let documents = about.flat_map(|other| &other.documents);
        documents.filter(|document| is_of_use(&document.name)).take(MAX_DOCUMENTS).collect()
    }

    /// Jobs that read those that were not read yet.
    pub(super) fn attached_jobs(&self) -> Vec<Job> {
        let known = |document: &&ArtifactDocument| {
            self.attached.iter().any(|known| known.digest == document.digest.as_str())
        };
        let unread = self.documents().into_iter().filter(|document| !known(document));
        unread
            .filter_map(|document| {
                let part = document.blob?;
                let (digest, name) = (document.digest.to_string(), document.name.clone());
                let work = Work::Attached { part, digest, name };
                Some(self.blobs.job(part, 0, work, part.start))
            })
            .collect()
    }

    /// Takes what such a job gave.
    pub(super) fn take_attached(&mut self, digest: &str, said: Result<String, Problem>) {
        let unreadable = |_| Problem::new("worker-answer", "A worker's answer cannot be read.");
        let said = said.and_then(|said| serde_json::from_str(&said).map_err(unreadable));
        self.attached.retain(|known| known.digest != digest);
        self.attached.push(Known { digest: digest.to_owned(), said });
    }

    /// Takes a document that came from a registry.
    pub fn attach(&mut self, digest: &str, name: &str, bytes: &[u8]) {
        self.attached.retain(|known| known.digest != digest);
        self.attached.push(Known { digest: digest.to_owned(), said: kind(name, bytes) });
        self.apply_attached();
    }

    /// Attestations of the image that is shown, in a registry, that nobody has fetched.
    pub fn unfetched_attestations(&self) -> Vec<crate::oci::Digest> {
        let subjects = self.manifests();
        let about = self.others.iter().filter(|other| {
            other.kind == OtherKind::Attestation
                && other.documents.is_empty()
                && other.subject.as_ref().is_some_and(|subject| subjects.contains(subject))
        });
        about.map(|other| other.digest.clone()).collect()
    }

    /// Has attached VEX documents say what they do of findings.
    pub(super) fn apply_attached(&mut self) {
        let mut said = Vec::new();
        for known in &self.attached {
            if let Ok(Kind::Vex(statements)) = &known.said {
                said.push((format!("attached: {}", known.digest), statements.clone()));
            }
        }
        for (name, statements) in said {
            // Without packages there is nothing yet that it speaks of.
            let _ = self.take_vex(&name, statements);
        }
    }

    /// Attached bills: how `show` calls each, words, and how many packages it lists.
    pub(super) fn bills(&self) -> Vec<(String, String, u64)> {
        let bills = self.attached.iter().filter_map(|known| match &known.said {
            Ok(Kind::Bill(bill)) => Some((known, bill)),
            _ => None,
        });
        bills
            .map(|(known, bill)| {
                let words = format!("Attached {}", text::show(bill.format.as_bytes()));
                (show_name(known), words, bill.packages.len() as u64)
            })
            .collect()
    }

    /// Why attached documents could not be read.
    pub(super) fn attached_problems(&self) -> impl Iterator<Item = &Problem> {
        self.attached.iter().filter_map(|known| known.said.as_ref().err())
    }

    /// An attached bill held against what was found.
    pub(super) fn bill_table(&self, inventory: &Inventory, ask: &TableAsk) -> Option<Table> {
        let known = self.attached.iter().find(|known| show_name(known) == ask.show)?;
        let Ok(Kind::Bill(bill)) = &known.said else { return None };
        let installed = inventory.packages.iter().filter(|f| !f.package.declared && !f.removed());
        let compared = compare(installed.map(|found| &found.purl[..]), bill);
        let mut lines = Lines::default();
        let mut add = |sides: &VersionSides, words: &str, rank: u64| {
            let shown =
                |versions: &[String]| Cell::Code(text::show(versions.join(", ").as_bytes()));
            if !rows::holds(&format!("{}\n{words}", sides.identity), &ask.filter) {
                return;
            }
            let order = match ask.sort.trim_start_matches('-') {
                "package" => Order::Text(sides.identity.clone()),
                _ => Order::Number(rank),
            };
            let row = TableRow {
                cells: vec![
                    Cell::Text(text::show(sides.identity.as_bytes())),
                    Cell::Badge(words.to_owned()),
                    shown(&sides.claimed),
                    shown(&sides.found),
                ],
                ..TableRow::default()
            };
            let group = if ask.group.is_empty() { String::new() } else { words.to_owned() };
            lines.push(group, rank, order, 0, row);
        };
        compared.only_claimed.iter().for_each(|sides| add(sides, "only in the SBOM", 0));
        compared.only_found.iter().for_each(|sides| add(sides, "only found here", 1));
        compared.other_version.iter().for_each(|sides| add(sides, "other version", 2));
        let columns =
            [("Package", "package"), ("Difference", "state"), ("SBOM", ""), ("Found", "")];
        let mut table = lines.table(ask, &columns);
        table.groups = vec![("state".to_owned(), "Difference".to_owned())];
        table.note = note(bill, compared.same, compared.unnamed);
        Some(table)
    }
}

/// How links call it: enough of its digest to tell it from others.
fn show_name(known: &Known) -> String {
    let (_, hex) = known.digest.split_once(':').unwrap_or(("", &known.digest));
    format!("sbom-{}", hex.chars().take(12).collect::<String>())
}

/// Who made it, and what of it is the same.
fn note(bill: &AttachedSbom, same: usize, unnamed: usize) -> String {
    let tools = [&bill.tools[..], &bill.creators].concat().join(", ");
    let made = match (tools.as_str(), bill.created.as_str()) {
        ("", "") => String::new(),
        ("", time) => format!(" Made at {time}."),
        (tools, "") => format!(" Made by {tools}."),
        (tools, time) => format!(" Made by {tools} at {time}."),
    };
    let unnamed = match unnamed {
        0 => String::new(),
        count => format!(" {count} of its entries have no PURL and are not compared."),
    };
    let same = match same {
        1 => "1 package is the same".to_owned(),
        count => format!("{count} packages are the same"),
    };
    let words = format!(
        "{same} here and in the SBOM; what differs is listed. It is a claim: no signature of it is \
         checked.{made}{unnamed}"
    );
    text::show(words.as_bytes())
}
