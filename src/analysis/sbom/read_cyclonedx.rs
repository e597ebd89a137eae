//! CycloneDX 1.x JSON as a list of packages.
//!
//! Source: CycloneDX/specification, schema/bom-1.2 to bom-1.7: fields of `metadata` and `components`, and
//! `tools` in both of its forms.
//!
//! Components hold components: they are read level by level, so that a level is a list of places in the
//! text, and depth has a bound.

use super::read::{Attached, MAX_OTHERS, MAX_PACKAGES, entries, parse};
use crate::analysis::packages::{Package, purl};
use crate::problem::Problem;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Components within each other.
const MAX_DEPTH: usize = 16;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Bom<'a> {
    spec_version: Option<String>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    components: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata<'a> {
    timestamp: Option<String>,
    #[serde(borrow)]
    tools: Option<&'a RawValue>,
    #[serde(borrow)]
    authors: Option<&'a RawValue>,
    #[serde(borrow)]
    component: Option<&'a RawValue>,
    #[serde(borrow)]
    supplier: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tools<'a> {
    #[serde(borrow)]
    components: Option<&'a RawValue>,
}

/// A component, a tool, an author, a supplier: all have names.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry<'a> {
    r#type: Option<String>,
    group: Option<String>,
    name: Option<String>,
    version: Option<String>,
    vendor: Option<String>,
    purl: Option<String>,
    #[serde(borrow)]
    licenses: Option<&'a RawValue>,
    #[serde(borrow)]
    supplier: Option<&'a RawValue>,
    publisher: Option<String>,
    #[serde(borrow)]
    components: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Choice {
    license: Option<Named>,
    expression: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    id: Option<String>,
    name: Option<String>,
}

/// Reads the document.
pub fn read(text: &str) -> Result<Attached, Problem> {
    let bom: Bom<'_> = parse(text)?;
    let version = bom.spec_version.unwrap_or_default();
    let format = format!("CycloneDX {version}").trim_end().to_owned();
    let mut attached = Attached { format, ..Attached::default() };
    if let Some(metadata) = bom.metadata.and_then(|raw| parse::<Metadata<'_>>(raw.get()).ok()) {
        about(metadata, &mut attached);
    }
    let mut level: Vec<&RawValue> = bom.components.into_iter().collect();
    for _ in 0..MAX_DEPTH {
        let mut next = Vec::new();
        for list in std::mem::take(&mut level) {
            components(list, &mut next, &mut attached);
        }
        level = next;
    }
    attached.cut |= !level.is_empty();
    Ok(attached)
}

/// One list of components; those that hold others leave their lists in `next`.
fn components<'a>(list: &'a RawValue, next: &mut Vec<&'a RawValue>, attached: &mut Attached) {
    let list = entries::<{ MAX_PACKAGES + 1 }>(Some(list));
    attached.cut |= list.len() > MAX_PACKAGES;
    for raw in list {
        let Ok(mut entry) = parse::<Entry<'_>>(raw.get()) else {
            attached.unread = attached.unread.saturating_add(1);
            continue;
        };
        if let Some(inner) = entry.components.take() {
            match next.len() < MAX_PACKAGES {
                true => next.push(inner),
                false => attached.cut = true,
            }
        }
        if let Some(package) = package(entry) {
            attached.add(package);
        }
    }
}

fn about(metadata: Metadata<'_>, attached: &mut Attached) {
    attached.created = metadata.timestamp.unwrap_or_default();
    if let Some(root) = metadata.component.and_then(named) {
        attached.name = root.name.unwrap_or_default();
    }
    // A list until 1.4; since then an object, which holds it.
    let list = match metadata.tools {
        Some(raw) if raw.get().starts_with('{') => {
            parse::<Tools<'_>>(raw.get()).ok().and_then(|tools| tools.components)
        }
        list => list,
    };
    for tool in entries::<MAX_OTHERS>(list).into_iter().filter_map(named) {
        let words = [tool.vendor, tool.name, tool.version];
        let words: Vec<String> = words.into_iter().flatten().filter(|w| !w.is_empty()).collect();
        attached.tools.push(words.join(" "));
    }
    let authors = entries::<MAX_OTHERS>(metadata.authors).into_iter().filter_map(named);
    let supplier = metadata.supplier.and_then(named);
    attached.creators.extend(authors.chain(supplier).filter_map(|who| who.name));
}

fn named(raw: &RawValue) -> Option<Entry<'_>> {
    parse(raw.get()).ok()
}

fn package(entry: Entry<'_>) -> Option<Package> {
    let purl = entry.purl.as_deref().and_then(purl::parse);
    let kind = entry.r#type.as_deref().unwrap_or_default();
    if purl.is_none() && matches!(kind, "operating-system" | "container" | "file" | "data") {
        return None;
    }
    let mut package = match purl {
        Some(purl) => purl.package(),
        None => Package { namespace: entry.group.unwrap_or_default(), ..Package::default() },
    };
    if package.name.is_empty() {
        package.name = entry.name.unwrap_or_default();
    }
    if package.version.is_empty() {
        package.version = entry.version.unwrap_or_default();
    }
    package.licenses = licences(entry.licenses);
    let supplier = entry.supplier.and_then(named);
    let supplier = supplier.and_then(|supplier| supplier.name);
    package.supplier = supplier.or(entry.publisher).unwrap_or_default();
    Some(package)
}

fn licences(list: Option<&RawValue>) -> Vec<String> {
    let list = entries::<MAX_OTHERS>(list).into_iter();
    let choices = list.filter_map(|raw| parse::<Choice>(raw.get()).ok());
    let name = |choice: Choice| {
        let named = choice.license.and_then(|licence| licence.id.or(licence.name));
        choice.expression.or(named).filter(|name| !name.is_empty())
    };
    choices.filter_map(name).collect()
}
