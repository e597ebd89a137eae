//! OpenVEX. Things are objects with an `@id`, or plain strings as in version 0.0.1.

use super::statement::{MAX_TEXT, MAX_TIME, VexProduct, VexStatement, VexStatements};
use crate::analysis::vulnerabilities::json::{cut, list, objects, text, texts};
use crate::analysis::vulnerabilities::vulnerability::{VexStatus, VexVerdict};
use serde_json::Value;

/// A document's statements; statements without a known status are skipped.
pub fn statements(name: &str, document: &Value) -> VexStatements {
    let source = [text(document, "author"), text(document, "@id"), name.to_owned()];
    let time = [text(document, "last_updated"), text(document, "timestamp")];
    let (mut source, mut time) = (first(source), first(time));
    // Each statement has a copy.
    cut(&mut source, MAX_TEXT);
    cut(&mut time, MAX_TIME);
    let mut statements = VexStatements::default();
    for stated in objects(document, "statements") {
        if let Some(statement) = statement(stated, &source, &time) {
            statements.push(statement);
        }
    }
    statements
}

fn statement(stated: &Value, source: &str, time: &str) -> Option<VexStatement> {
    let status = match text(stated, "status").as_str() {
        "not_affected" => VexStatus::NotAffected,
        "affected" => VexStatus::Affected,
        "fixed" => VexStatus::Fixed,
        "under_investigation" => VexStatus::UnderInvestigation,
        _ => return None,
    };
    let vulnerability = stated.get("vulnerability")?;
    let mut names = texts(vulnerability, "aliases");
    names.extend(vulnerability.as_str().map(str::to_owned));
    names.push(text(vulnerability, "name"));
    names.retain(|name| !name.is_empty());
    let product =
        |component: &Value| VexProduct { purls: purls(component), parts: parts(component) };
    let verdict = VexVerdict {
        status,
        justification: text(stated, "justification"),
        note: first([text(stated, "impact_statement"), text(stated, "status_notes")]),
        source: source.to_owned(),
    };
    let time = [text(stated, "last_updated"), text(stated, "timestamp"), time.to_owned()];
    let products = list(stated, "products").iter().map(product).collect();
    // In 0.0.1 parts are beside the products, later inside of them.
    Some(VexStatement { names, products, parts: parts(stated), verdict, time: first(time) })
}

/// PURLs of the components of a product, or of all products of a statement.
fn parts(value: &Value) -> Vec<String> {
    let components = list(value, "subcomponents");
    let mut parts: Vec<String> = components.iter().flat_map(purls).collect();
    if parts.is_empty() && !components.is_empty() {
        // Unknown parts must not be taken for the whole.
        parts.push(String::new());
    }
    parts
}

fn purls(component: &Value) -> Vec<String> {
    let purl = component.get("identifiers").map(|all| text(all, "purl")).unwrap_or_default();
    let plain = component.as_str().unwrap_or_default().to_owned();
    let mut all = vec![plain, text(component, "@id"), purl];
    all.retain(|text| !text.is_empty());
    all
}

/// The first text that is not empty.
fn first<const N: usize>(texts: [String; N]) -> String {
    texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}
