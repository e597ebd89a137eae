//! Vulnerabilities with an analysis in CycloneDX documents.
//!
//! - A statement refers to components of the same document, or by BOM-Link to components of another one;
//!   the latter are known only if the reference is itself a PURL.
//! - Of `affects[].versions` only single versions are read, not ranges.

use super::statement::{MAX_TEXT, MAX_TIME, VexProduct, VexStatement, VexStatements};
use crate::analysis::vulnerabilities::json::{cut, objects, text};
use crate::analysis::vulnerabilities::vulnerability::{VexStatus, VexVerdict};
use serde_json::Value;
use std::collections::BTreeMap;

/// The state in OpenVEX's terms.
fn status(state: &str) -> Option<VexStatus> {
    Some(match state {
        "resolved" | "resolved_with_pedigree" => VexStatus::Fixed,
        "exploitable" => VexStatus::Affected,
        "in_triage" => VexStatus::UnderInvestigation,
        "false_positive" | "not_affected" => VexStatus::NotAffected,
        _ => return None,
    })
}

/// A document's statements.
pub fn statements(name: &str, document: &Value) -> VexStatements {
    let mut statements = VexStatements::default();
    let metadata = document.get("metadata").unwrap_or(&Value::Null);
    let mut purls: BTreeMap<String, String> = BTreeMap::new();
    // Iterative, because only the parser's limit bounds the depth.
    let mut components: Vec<&Value> = objects(document, "components").collect();
    components.extend(metadata.get("component"));
    while let Some(component) = components.pop() {
        components.extend(objects(component, "components"));
        let purl = text(component, "purl");
        match purl.len() <= MAX_TEXT {
            true => _ = purls.insert(text(component, "bom-ref"), purl),
            false => statements.leave_out(),
        }
    }
    let mut timestamp = text(metadata, "timestamp");
    cut(&mut timestamp, MAX_TIME); // each statement has a copy
    for vulnerability in objects(document, "vulnerabilities") {
        let analysis = vulnerability.get("analysis").unwrap_or(&Value::Null);
        let Some(status) = status(&text(analysis, "state")) else { continue };
        let mut names = vec![text(vulnerability, "id")];
        names.extend(objects(vulnerability, "references").map(|value| text(value, "id")));
        names.retain(|name| !name.is_empty());
        let affects = objects(vulnerability, "affects");
        let products = affects.flat_map(|affects| products(affects, status, &purls));
        // A short reference stands for a long PURL. One product too many shows that there is no room.
        let mut room = statements.room();
        let products = products.take_while(|product| {
            let fits = room > 0;
            room = room.saturating_sub(product.bytes());
            fits
        });
        let products = products.collect();
        let times = [
            text(analysis, "lastUpdated"),
            text(analysis, "firstIssued"),
            text(vulnerability, "updated"),
            timestamp.clone(),
        ];
        let time = times.into_iter().find(|time| !time.is_empty()).unwrap_or_default();
        let (justification, note) = (text(analysis, "justification"), text(analysis, "detail"));
        let verdict = VexVerdict { status, justification, note, source: name.to_owned() };
        statements.push(VexStatement { names, products, parts: Vec::new(), verdict, time });
    }
    statements
}

/// The component's PURL, or a PURL for each listed version.
fn products<'a>(
    affects: &'a Value,
    status: VexStatus,
    purls: &'a BTreeMap<String, String>,
) -> impl Iterator<Item = VexProduct> + use<'a> {
    let reference = affects.get("ref").and_then(Value::as_str).unwrap_or_default();
    let link = reference.strip_prefix("urn:cdx:").and_then(|link| link.split_once('#'));
    let reference = link.map_or(reference, |(_, reference)| reference);
    let purl = purls.get(reference).filter(|purl| !purl.is_empty());
    let purl = purl.map_or(reference, String::as_str);
    let all = objects(affects, "versions").next().is_none().then(|| purl.to_owned());
    let named = objects(affects, "versions").filter_map(move |value| {
        let spared = text(value, "status") == "unaffected" && status == VexStatus::Affected;
        let version = text(value, "version");
        let is_named = text(value, "range").is_empty() && !version.is_empty() && !spared;
        is_named.then(|| with_version(purl, &version))
    });
    let of = |purl: String| VexProduct { purls: vec![purl], parts: Vec::new() };
    all.into_iter().chain(named).map(of)
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
