//! OpenVEX.

use super::{Product, Said, Statement, Status};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "@id", default)]
    id: String,
    #[serde(default)]
    author: String,
    #[serde(default)]
    timestamp: String,
    #[serde(default)]
    last_updated: String,
    statements: Vec<Stated>,
}

#[derive(Deserialize)]
struct Stated {
    vulnerability: Vulnerability,
    #[serde(default)]
    products: Vec<Component>,
    /// Beside the products in 0.0.1, in them since.
    #[serde(default)]
    subcomponents: Vec<Component>,
    status: Status,
    #[serde(default)]
    justification: String,
    #[serde(default)]
    impact_statement: String,
    #[serde(default)]
    status_notes: String,
    #[serde(default)]
    timestamp: String,
    #[serde(default)]
    last_updated: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Vulnerability {
    /// As 0.0.1 has it.
    Name(String),
    Struct {
        #[serde(default)]
        name: String,
        #[serde(default)]
        aliases: Vec<String>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Component {
    /// As 0.0.1 has it.
    Id(String),
    Struct {
        #[serde(rename = "@id", default)]
        id: String,
        #[serde(default)]
        identifiers: BTreeMap<String, serde_json::Value>,
        #[serde(default)]
        subcomponents: Vec<Component>,
    },
}

impl Component {
    fn purls(&self) -> Vec<String> {
        match self {
            Component::Id(id) => vec![id.clone()],
            Component::Struct { id, identifiers, .. } => {
                let purl = identifiers.get("purl").and_then(|purl| purl.as_str());
                [Some(id.as_str()), purl].into_iter().flatten().map(str::to_owned).collect()
            }
        }
    }

    fn parts(&self) -> &[Component] {
        match self {
            Component::Id(_) => &[],
            Component::Struct { subcomponents, .. } => subcomponents,
        }
    }
}

/// A document's statements. An error says what is wrong with it.
pub fn statements(name: &str, json: &[u8]) -> Result<Vec<Statement>, String> {
    let document: Document = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let source = [&document.author[..], &document.id, name];
    let source = source.into_iter().find(|text| !text.is_empty()).unwrap_or_default().to_owned();
    let later = |stated: &Stated| {
        let times =
            [&stated.last_updated, &stated.timestamp, &document.last_updated, &document.timestamp];
        times.into_iter().find(|time| !time.is_empty()).cloned().unwrap_or_default()
    };
    let statement = |stated: Stated| {
        let time = later(&stated);
        let names = match stated.vulnerability {
            Vulnerability::Name(name) => vec![name],
            Vulnerability::Struct { name, aliases } => {
                std::iter::once(name).chain(aliases).filter(|name| !name.is_empty()).collect()
            }
        };
        let product = |component: &Component| Product {
            purls: component.purls(),
            parts: component
                .parts()
                .iter()
                .chain(&stated.subcomponents)
                .flat_map(Component::purls)
                .collect(),
        };
        let products = stated.products.iter().map(product).collect();
        let notes = [stated.impact_statement, stated.status_notes];
        let note = notes.into_iter().find(|note| !note.is_empty()).unwrap_or_default();
        let (status, justification) = (stated.status, stated.justification);
        let said = Said { status, justification, note, source: source.clone() };
        Statement { names, products, said, time }
    };
    Ok(document.statements.into_iter().map(statement).collect())
}
