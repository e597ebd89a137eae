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

pub use statement::{VexProduct, VexStatement};

use super::json::text;
use super::vulnerability::{AppliedVex, VexDocument, Vulnerability};
use crate::problem::Problem;
use crate::text::text_as_utf8;
use purl_pattern::PurlPattern;
use serde_json::Value;

/// Most bytes of a document.
pub const MAX_DOCUMENT: u64 = 64 << 20;

/// Reads a document of either form. `name` is that of its file.
pub fn parse(name: &str, json: &[u8]) -> Result<Vec<VexStatement>, Problem> {
    let unreadable = |found: &str| {
        Problem::new("vex-unreadable", "The VEX document cannot be read.")
            .expected("OpenVEX, or CycloneDX with an analysis of vulnerabilities")
            .found(found)
            .in_blob(name)
    };
    let document: Value =
        serde_json::from_slice(&text_as_utf8(json)).map_err(|e| unreadable(&e.to_string()))?;
    let context = document.get("@context").map(Value::to_string).unwrap_or_default();
    let statements = if text(&document, "bomFormat") == "CycloneDX" {
        cyclonedx::statements(name, &document)
    } else if context.contains("openvex") {
        openvex::statements(name, &document)
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
    statements: &[VexStatement],
    image: &[String],
) {
    let mut statements: Vec<_> =
        statements.iter().map(|statement| (statement, Patterns::of(statement))).collect();
    // The sort is stable: of equally old statements the last stays the last.
    statements.sort_by(|(a, _), (b, _)| a.time.cmp(&b.time));
    let image: Vec<_> = image.iter().filter_map(|purl| PurlPattern::parse(purl)).collect();
    for vulnerability in vulnerabilities {
        let Some(package) = PurlPattern::parse(&vulnerability.package.purl) else { continue };
        let newest = statements.iter().rev().find(|(statement, patterns)| {
            let is_named =
                |name: &String| *name == vulnerability.id || vulnerability.aliases.contains(name);
            statement.names.iter().any(is_named) && patterns.cover(&package, &image)
        });
        if let Some((statement, _)) = newest {
            let (verdict, document) = (statement.verdict.clone(), document.clone());
            vulnerability.vex = Some(AppliedVex { verdict, document });
        }
    }
}

/// The parsed PURLs of a statement's products.
struct Patterns(Vec<ProductPatterns>);

struct ProductPatterns {
    product: Vec<PurlPattern>,
    parts: Vec<PurlPattern>,
    /// The statement is about the whole product.
    whole: bool,
}

impl Patterns {
    fn of(statement: &VexStatement) -> Patterns {
        let parsed =
            |purls: &[String]| purls.iter().filter_map(|purl| PurlPattern::parse(purl)).collect();
        let patterns = |product: &VexProduct| ProductPatterns {
            product: parsed(&product.purls),
            parts: parsed(&product.parts),
            whole: product.parts.is_empty(),
        };
        Patterns(statement.products.iter().map(patterns).collect())
    }

    /// Whether one of the products includes the package of an image.
    fn cover(&self, package: &PurlPattern, image: &[PurlPattern]) -> bool {
        self.0.iter().any(|ProductPatterns { product, parts, whole }| {
            let is_package = || product.iter().any(|purl| purl.covers(package));
            let is_image =
                || product.iter().any(|purl| image.iter().any(|image| purl.covers(image)));
            if *whole {
                is_package() || is_image()
            } else {
                is_image() && parts.iter().any(|part| part.covers(package))
            }
        })
    }
}

#[cfg(test)]
mod tests;
