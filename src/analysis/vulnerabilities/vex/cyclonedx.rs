//! CycloneDX's vulnerabilities with an analysis.
//!
//! - A statement is about components by reference: to one of the same document, or, by BOM-Link, to one of
//!   another, which can be told only if the reference is the PURL itself.
//! - Of `affects[].versions` only those that are named one by one are followed.

use super::{Product, Said, Statement, Status};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    components: Vec<Component>,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    timestamp: String,
    component: Option<Component>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Component {
    #[serde(rename = "bom-ref")]
    reference: String,
    purl: String,
    components: Vec<Component>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Vulnerability {
    id: String,
    references: Vec<Reference>,
    analysis: Option<Analysis>,
    affects: Vec<Affects>,
    updated: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reference {
    id: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Analysis {
    state: String,
    justification: String,
    detail: String,
    first_issued: String,
    last_updated: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Affects {
    #[serde(rename = "ref")]
    reference: String,
    versions: Vec<Version>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Version {
    version: String,
    range: String,
    status: String,
}

/// The states, in OpenVEX's words.
fn status(state: &str) -> Option<Status> {
    Some(match state {
        "resolved" | "resolved_with_pedigree" => Status::Fixed,
        "exploitable" => Status::Affected,
        "in_triage" => Status::UnderInvestigation,
        "false_positive" | "not_affected" => Status::NotAffected,
        _ => return None,
    })
}

/// A document's statements. An error says what is wrong with it.
pub fn statements(name: &str, json: &[u8]) -> Result<Vec<Statement>, String> {
    let document: Document = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let mut purls: BTreeMap<&str, &str> = BTreeMap::new();
    // No recursion of ours: how deep they can be is for the parser to bound.
    let mut components: Vec<_> =
        document.components.iter().chain(&document.metadata.component).collect();
    while let Some(component) = components.pop() {
        components.extend(&component.components);
        purls.insert(&component.reference, &component.purl);
    }
    let mut statements = Vec::new();
    for vulnerability in &document.vulnerabilities {
        let Some(analysis) = &vulnerability.analysis else { continue };
        let Some(status) = status(&analysis.state) else { continue };
        let names = std::iter::once(&vulnerability.id);
        let names = names.chain(vulnerability.references.iter().map(|reference| &reference.id));
        let names = names.filter(|name| !name.is_empty()).cloned().collect();
        let products =
            vulnerability.affects.iter().flat_map(|affects| products(affects, status, &purls));
        let times = [
            &analysis.last_updated,
            &analysis.first_issued,
            &vulnerability.updated,
            &document.metadata.timestamp,
        ];
        let time = times.into_iter().find(|time| !time.is_empty()).cloned().unwrap_or_default();
        let (justification, note) = (analysis.justification.clone(), analysis.detail.clone());
        let said = Said { status, justification, note, source: name.to_owned() };
        statements.push(Statement { names, products: products.collect(), said, time });
    }
    Ok(statements)
}

/// The component's PURL; for each version that is named, the PURL with that version.
fn products(affects: &Affects, status: Status, purls: &BTreeMap<&str, &str>) -> Vec<Product> {
    let link = affects.reference.strip_prefix("urn:cdx:").and_then(|link| link.split_once('#'));
    let reference = link.map_or(&affects.reference[..], |(_, reference)| reference);
    let purl = purls.get(reference).copied().filter(|purl| !purl.is_empty()).unwrap_or(reference);
    let of = |purl: String| Product { purls: vec![purl], parts: Vec::new() };
    if affects.versions.is_empty() {
        return vec![of(purl.to_owned())];
    }
    let named = affects.versions.iter().filter(|version| {
        let spared = version.status == "unaffected" && status == Status::Affected;
        version.range.is_empty() && !version.version.is_empty() && !spared
    });
    named.map(|version| of(with_version(purl, &version.version))).collect()
}

fn with_version(purl: &str, version: &str) -> String {
    let (path, qualifiers) = match purl.split_once('?') {
        Some((path, qualifiers)) => (path, format!("?{qualifiers}")),
        None => (purl, String::new()),
    };
    let name = path.rfind('/').map_or(0, |slash| slash + 1);
    let end = path.get(name..).and_then(|name| name.find('@')).map_or(path.len(), |at| name + at);
    let path = path.get(..end).unwrap_or(path);
    format!("{path}@{}{qualifiers}", crate::text::percent_encode(version.as_bytes()))
}
