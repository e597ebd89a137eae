//! VEX documents: what a maker says about vulnerabilities in its product.
//!
//! Source: OpenVEX 0.2.0 (OPENVEX-SPEC.md), the older forms of which name things by plain strings;
//! CycloneDX 1.4 to 1.6, `vulnerabilities` with an `analysis`.
//!
//! - A statement is about packages of the image, or about the image itself: then about all of its packages,
//!   or those that it names as subcomponents. Both are told by PURL.
//! - A PURL without version means all versions; qualifiers that it has must be the package's too.
//! - Of several statements about one finding the youngest holds, of equally old ones the last.

mod cyclonedx;
mod openvex;
mod purl_pattern;

use super::json::text;
use super::vulnerability::{VexStatus, VexVerdict, Vulnerability};
use crate::problem::Problem;
use crate::text::show;
use purl_pattern::PurlPattern;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Bytes of a document at most.
pub const MAX_DOCUMENT: u64 = 64 << 20;

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VexStatement {
    /// The vulnerability's ID and its aliases.
    pub names: Vec<String>,
    /// What it is about.
    pub products: Vec<VexProduct>,
    pub verdict: VexVerdict,
    /// RFC 3339; empty: not said, and so older than any.
    pub time: String,
}

/// What a statement is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VexProduct {
    /// PURLs, any of which may be it.
    pub purls: Vec<String>,
    /// PURLs of parts of it: the statement is about these alone. Empty: about all of it.
    pub parts: Vec<String>,
}

/// Reads a document of either form; `name` is what it was dropped as.
pub fn parse(name: &str, json: &[u8]) -> Result<Vec<VexStatement>, Problem> {
    let unreadable = |found: &str| {
        Problem::new("vex-unreadable", "The document can't be read as VEX.")
            .expected("OpenVEX, or CycloneDX with an analysis of vulnerabilities")
            .found(show(found.as_bytes()))
            .in_blob(show(name.as_bytes()))
    };
    let document: Value = serde_json::from_slice(json).map_err(|e| unreadable(&e.to_string()))?;
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

/// Marks the findings that statements are about. `image`: PURLs of the image itself (`pkg:oci/…`).
pub fn apply(findings: &mut [Vulnerability], statements: &[VexStatement], image: &[String]) {
    // A stable sort: of equally old ones the last stays the last.
    let statements: Vec<_> = statements.iter().map(|s| (s, Parsed::of(s))).collect();
    let statements = super::sorted(statements, &|(a, _), (b, _)| a.time.cmp(&b.time));
    let image: Vec<_> = image.iter().filter_map(|purl| PurlPattern::parse(purl)).collect();
    for finding in findings {
        let Some(package) = PurlPattern::parse(&finding.package.purl) else { continue };
        let about = statements.iter().rev().find(|(statement, parsed)| {
            let named = |name: &String| *name == finding.id || finding.aliases.contains(name);
            statement.names.iter().any(named) && parsed.is_about(&package, &image)
        });
        if let Some((statement, _)) = about {
            finding.vex = Some(statement.verdict.clone());
        }
    }
}

/// A statement's products with their PURLs taken apart.
struct Parsed(Vec<(Vec<PurlPattern>, Vec<PurlPattern>, bool)>);

impl Parsed {
    fn of(statement: &VexStatement) -> Parsed {
        let all =
            |purls: &[String]| purls.iter().filter_map(|purl| PurlPattern::parse(purl)).collect();
        let products = statement.products.iter();
        Parsed(products.map(|p| (all(&p.purls), all(&p.parts), p.parts.is_empty())).collect())
    }

    fn is_about(&self, package: &PurlPattern, image: &[PurlPattern]) -> bool {
        self.0.iter().any(|(product, parts, whole)| {
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
