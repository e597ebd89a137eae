//! A statement of a VEX document, and what is kept of a document.
//!
//! - What many statements have in common is short, or kept once: a document must not grow when it is read.
//! - What is left out is counted, so that the document does not read as complete.

use crate::analysis::vulnerabilities::json::cut;
use crate::analysis::vulnerabilities::vulnerability::VexVerdict;
use crate::problem::Problem;
use crate::text::byte_count;
use serde::{Deserialize, Serialize};

/// Most bytes of a document.
pub const MAX_DOCUMENT: u64 = 64 << 20;

/// Most bytes that are kept of a document, or of all documents of a file: small texts take more than they did there.
const MAX_KEPT: usize = 2 * MAX_DOCUMENT as usize;
/// Most bytes of a PURL, of a vulnerability's ID and of a text for people. Real ones have some hundred.
pub const MAX_TEXT: usize = 2 << 10;
/// Most bytes of a time. RFC 3339 needs 35 for nanoseconds and an offset.
pub const MAX_TIME: usize = 64;

/// A verdict about a vulnerability in some products.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VexStatement {
    /// The vulnerability's ID and its aliases.
    pub names: Vec<String>,
    pub products: Vec<VexProduct>,
    /// PURLs of components that each of the products has, beside the product's own.
    pub parts: Vec<String>,
    pub verdict: VexVerdict,
    /// RFC 3339; empty if unknown, and then older than any time.
    pub time: String,
}

/// A product of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VexProduct {
    /// PURLs, any of which may identify it.
    pub purls: Vec<String>,
    /// PURLs of its components. Without these and without the statement's, the whole product is meant.
    pub parts: Vec<String>,
}

/// What is kept of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VexStatements {
    pub list: Vec<VexStatement>,
    /// Statements, PURLs and IDs that are too many or too long.
    pub left_out: u32,
    /// Bytes of the list.
    kept: usize,
}

impl VexProduct {
    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        size_of::<VexProduct>()
            + self.purls.iter().chain(&self.parts).map(|text| bytes(text)).sum::<usize>()
    }
}

impl VexStatements {
    /// Whether the document says nothing.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty() && self.left_out == 0
    }

    /// Bytes that are left for further statements.
    pub fn room(&self) -> usize {
        MAX_KEPT.saturating_sub(self.kept)
    }

    /// Something is left out.
    pub fn leave_out(&mut self) {
        self.left_out = self.left_out.saturating_add(1);
    }

    /// Adds a statement if there is room for it. Texts that are too long become empty, which matches nothing: unknown
    /// parts must not be taken for the whole.
    pub fn push(&mut self, mut statement: VexStatement) {
        let products = statement.products.iter_mut();
        let of_products = products.flat_map(|one| one.purls.iter_mut().chain(&mut one.parts));
        let texts = statement.names.iter_mut().chain(&mut statement.parts).chain(of_products);
        for text in texts.filter(|text| text.len() > MAX_TEXT) {
            *text = String::new();
            self.leave_out();
        }
        let VexVerdict { justification, note, source, .. } = &mut statement.verdict;
        for text in [justification, note, source] {
            cut(text, MAX_TEXT);
        }
        cut(&mut statement.time, MAX_TIME);
        let bytes = statement.bytes();
        if bytes > self.room() {
            self.leave_out();
            return;
        }
        self.kept += bytes;
        self.list.push(statement);
    }

    /// Adds another document of the same file.
    pub fn append(&mut self, other: VexStatements) {
        self.left_out = self.left_out.saturating_add(other.left_out);
        other.list.into_iter().for_each(|statement| self.push(statement));
    }

    /// What to tell of a document that is used in part. `name` is its own.
    pub fn warning(&self, name: &str) -> Option<Problem> {
        let problem = || {
            Problem::new("vex-incomplete", "Statements of a VEX document are left out.")
                .expected(format!(
                    "{} of statements, and {} for a PURL",
                    byte_count(MAX_KEPT as u64),
                    byte_count(MAX_TEXT as u64)
                ))
                .found(format!("{} that are too many or too long", self.left_out))
                .in_blob(name)
        };
        (self.left_out > 0).then(problem)
    }
}

impl VexStatement {
    fn bytes(&self) -> usize {
        let VexVerdict { justification, note, source, .. } = &self.verdict;
        let texts = [justification, note, source, &self.time].into_iter();
        let texts = texts.chain(&self.names).chain(&self.parts);
        let products = self.products.iter().map(VexProduct::bytes);
        size_of::<VexStatement>()
            + texts.map(|text| bytes(text)).sum::<usize>()
            + products.sum::<usize>()
    }
}

fn bytes(text: &str) -> usize {
    size_of::<String>() + text.len()
}
