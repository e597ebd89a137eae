//! Reads the packages of CycloneDX 1.x JSON.
//!
//! Source: CycloneDX/specification, schema/bom-1.2 to bom-1.7: the fields of `metadata` and `components`,
//! and both forms of `tools`.
//!
//! Components contain components. They are read level by level, so that a level is a list of unparsed
//! texts, and the depth is limited.

use super::attached::{AttachedSbom, MAX_OTHERS, MAX_PACKAGES, named_package};
use super::raw_json::{entries, parse};
use crate::analysis::packages::{Package, purl};
use crate::problem::Problem;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Deepest nesting of components.
const MAX_DEPTH: usize = 16;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CycloneDxDocument<'a> {
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
struct ToolComponents<'a> {
    #[serde(borrow)]
    components: Option<&'a RawValue>,
}

/// A component, tool, author or supplier: all have names.
#[derive(Default, Deserialize)]
#[serde(default)]
struct NamedEntry<'a> {
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
struct LicenceChoice {
    license: Option<NamedLicence>,
    expression: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NamedLicence {
    id: Option<String>,
    name: Option<String>,
}

/// Reads the document.
pub fn read(text: &str) -> Result<AttachedSbom, Problem> {
    let document: CycloneDxDocument<'_> = parse(text)?;
    let version = document.spec_version.unwrap_or_default();
    let format = format!("CycloneDX {version}").trim_end().to_owned();
    let mut attached = AttachedSbom { format, ..AttachedSbom::default() };
    let metadata = document.metadata.and_then(|raw| parse::<Metadata<'_>>(raw.get()).ok());
    if let Some(metadata) = metadata {
        read_metadata(metadata, &mut attached);
    }
    let mut level: Vec<&RawValue> = document.components.into_iter().collect();
    for _ in 0..MAX_DEPTH {
        let mut next = Vec::new();
        for list in std::mem::take(&mut level) {
            attached.read_packages(Some(list), |attached, mut entry: NamedEntry<'_>| {
                if let Some(inner) = entry.components.take() {
                    match next.len() < MAX_PACKAGES {
                        true => next.push(inner),
                        false => attached.cut = true,
                    }
                }
                package(entry)
            });
        }
        level = next;
    }
    attached.cut |= !level.is_empty();
    Ok(attached)
}

fn read_metadata(metadata: Metadata<'_>, attached: &mut AttachedSbom) {
    attached.created = metadata.timestamp.unwrap_or_default();
    if let Some(root) = metadata.component.and_then(named) {
        attached.name = root.name.unwrap_or_default();
    }
    // Until 1.4 a list; since then an object that contains it.
    let list = match metadata.tools {
        Some(raw) if raw.get().starts_with('{') => {
            parse::<ToolComponents<'_>>(raw.get()).ok().and_then(|tools| tools.components)
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

fn named(raw: &RawValue) -> Option<NamedEntry<'_>> {
    parse(raw.get()).ok()
}

fn package(entry: NamedEntry<'_>) -> Option<Package> {
    let purl = entry.purl.as_deref().and_then(purl::parse);
    let kind = entry.r#type.as_deref().unwrap_or_default();
    if purl.is_none() && matches!(kind, "operating-system" | "container" | "file" | "data") {
        return None;
    }
    let has_purl = purl.is_some();
    let mut package = named_package(purl, entry.name, entry.version);
    if !has_purl {
        package.namespace = entry.group.unwrap_or_default();
    }
    package.licenses = licences(entry.licenses);
    let supplier = entry.supplier.and_then(named);
    let supplier = supplier.and_then(|supplier| supplier.name);
    package.supplier = supplier.or(entry.publisher).unwrap_or_default();
    Some(package)
}

fn licences(list: Option<&RawValue>) -> Vec<String> {
    let list = entries::<MAX_OTHERS>(list).into_iter();
    let choices = list.filter_map(|raw| parse::<LicenceChoice>(raw.get()).ok());
    let name = |choice: LicenceChoice| {
        let named = choice.license.and_then(|licence| licence.id.or(licence.name));
        choice.expression.or(named).filter(|name| !name.is_empty())
    };
    choices.filter_map(name).collect()
}
