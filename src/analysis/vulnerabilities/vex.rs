//! VEX documents: what a supplier says about vulnerabilities in its product.
//!
//! Source: OpenVEX 0.2.0 (OPENVEX-SPEC.md), whose older forms name things by plain strings; CycloneDX 1.4
//! to 1.6, `vulnerabilities` with an `analysis`.
//!
//! - A statement is about packages of the image, or about the image itself: then about all of its packages,
//!   or those that it names as subcomponents. PURLs identify both.
//! - A PURL without a version means all versions. Its qualifiers must also be the package's.
//! - If several statements are about one vulnerability, the newest counts; of equally old ones, the last.

mod cyclonedx;
mod openvex;
mod purl_pattern;
mod statement;

pub use statement::{MAX_DOCUMENT, VexProduct, VexStatement, VexStatements};

use super::json::{cut, text};
use super::vulnerability::{AppliedVex, VexDocument, Vulnerability};
use crate::problem::Problem;
use crate::text::text_as_utf8;
use purl_pattern::PurlPattern;
use serde_json::Value;
use std::collections::BTreeMap;

/// Reads a document of either form. `name` is that of its file.
pub fn parse(name: &str, json: &[u8]) -> Result<VexStatements, Problem> {
    let unreadable = |found: &str| {
        Problem::new("vex-unreadable", "The VEX document cannot be read.")
            .expected("OpenVEX, or CycloneDX with an analysis of vulnerabilities")
            .found(found)
            .in_blob(name)
    };
    let document: Value =
        serde_json::from_slice(&text_as_utf8(json)).map_err(|e| unreadable(&e.to_string()))?;
    let context = document.get("@context").map(Value::to_string).unwrap_or_default();
    // Each statement may have a copy of the name.
    let mut source = name.to_owned();
    cut(&mut source, statement::MAX_TEXT);
    let statements = if text(&document, "bomFormat") == "CycloneDX" {
        cyclonedx::statements(&source, &document)
    } else if context.contains("openvex") {
        openvex::statements(&source, &document)
    } else {
        return Err(unreadable("another JSON document"));
    };
    if statements.is_empty() { Err(unreadable("no statement")) } else { Ok(statements) }
}

/// Sets the verdicts of the vulnerabilities that a document's statements are about. `image` has the PURLs of the
/// image itself (`pkg:oci/…`).
pub fn apply(
    vulnerabilities: &mut [Vulnerability],
    document: &VexDocument,
    statements: &VexStatements,
    image: &[String],
) {
    let image: Vec<_> = image.iter().filter_map(|purl| PurlPattern::parse(purl)).collect();
    let statements = statements.list.iter();
    let mut statements: Vec<_> =
        statements.map(|statement| (statement, Patterns::of(statement, &image))).collect();
    // The sort is stable: of equally old statements the last stays the last.
    statements.sort_by(|(a, _), (b, _)| a.time.cmp(&b.time));
    // There may be many of both, and few statements are about one vulnerability.
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, (statement, _)) in statements.iter().enumerate() {
        for name in statement.names.iter().filter(|name| !name.is_empty()) {
            by_name.entry(name).or_default().push(at);
        }
    }
    for vulnerability in vulnerabilities {
        let Some(package) = PurlPattern::parse(&vulnerability.package.purl) else { continue };
        let newest = |name: &String| {
            let about = by_name.get(&name[..])?.iter().rev();
            about.copied().find(|at| statements[*at].1.cover(&package))
        };
        let names = std::iter::once(&vulnerability.id).chain(&vulnerability.aliases);
        if let Some(at) = names.filter_map(newest).max() {
            let (verdict, document) = (statements[at].0.verdict.clone(), document.clone());
            vulnerability.vex = Some(AppliedVex { verdict, document });
        }
    }
}

/// The parsed PURLs of a statement.
struct Patterns {
    products: Vec<ProductPatterns>,
    /// Of those products that are the image.
    parts: Vec<PurlPattern>,
}

struct ProductPatterns {
    product: Vec<PurlPattern>,
    parts: Vec<PurlPattern>,
    /// The statement is about the whole product.
    whole: bool,
    is_image: bool,
}

impl Patterns {
    fn of(statement: &VexStatement, image: &[PurlPattern]) -> Patterns {
        let parsed = |purls: &[String]| -> Vec<PurlPattern> {
            purls.iter().filter_map(|purl| PurlPattern::parse(purl)).collect()
        };
        let patterns = |one: &VexProduct| {
            let product = parsed(&one.purls);
            let is_image = product.iter().any(|purl| image.iter().any(|image| purl.covers(image)));
            let whole = one.parts.is_empty() && statement.parts.is_empty();
            ProductPatterns { product, parts: parsed(&one.parts), whole, is_image }
        };
        let products: Vec<_> = statement.products.iter().map(patterns).collect();
        let has_image = products.iter().any(|one| one.is_image);
        let parts = if has_image { parsed(&statement.parts) } else { Vec::new() };
        Patterns { products, parts }
    }

    /// Whether one of the products includes the package of an image.
    fn cover(&self, package: &PurlPattern) -> bool {
        let is_in = |purls: &[PurlPattern]| purls.iter().any(|purl| purl.covers(package));
        is_in(&self.parts)
            || self.products.iter().any(|ProductPatterns { product, parts, whole, is_image }| {
                match whole {
                    true => *is_image || is_in(product),
                    false => *is_image && is_in(parts),
                }
            })
    }
}

#[cfg(test)]
mod tests;
