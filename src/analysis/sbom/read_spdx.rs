//! SPDX 2.x JSON as a list of packages.
//!
//! Source: SPDX specification 2.3, clauses 6 (document), 7 (packages) and 11 (relationships).
//!
//! What the document describes (the image, the folder that was scanned) is no package in the image, if it
//! has no PURL or an image's.

use super::read::{Attached, MAX_OTHERS, MAX_PACKAGES, entries, parse};
use crate::analysis::packages::{Package, purl};
use crate::problem::Problem;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeSet;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Bom<'a> {
    spdx_version: Option<String>,
    name: Option<String>,
    #[serde(borrow)]
    creation_info: Option<&'a RawValue>,
    #[serde(borrow)]
    packages: Option<&'a RawValue>,
    #[serde(borrow)]
    document_describes: Option<&'a RawValue>,
    #[serde(borrow)]
    relationships: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Creation<'a> {
    created: Option<String>,
    #[serde(borrow)]
    creators: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(rename = "SPDXID")]
    id: Option<String>,
    name: Option<String>,
    version_info: Option<String>,
    license_declared: Option<String>,
    license_concluded: Option<String>,
    supplier: Option<String>,
    primary_package_purpose: Option<String>,
    #[serde(borrow)]
    external_refs: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ExternalRef {
    reference_type: Option<String>,
    reference_locator: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Relation {
    spdx_element_id: Option<String>,
    relationship_type: Option<String>,
    related_spdx_element: Option<String>,
}

/// Reads the document.
pub fn read(text: &str) -> Result<Attached, Problem> {
    let bom: Bom<'_> = parse(text)?;
    let mut attached = Attached {
        format: bom.spdx_version.unwrap_or_default().replacen('-', " ", 1),
        name: bom.name.unwrap_or_default(),
        ..Attached::default()
    };
    if let Some(creation) = bom.creation_info.and_then(|raw| parse::<Creation<'_>>(raw.get()).ok())
    {
        attached.created = creation.created.unwrap_or_default();
        for creator in entries::<MAX_OTHERS>(creation.creators) {
            let Ok(creator) = parse::<String>(creator.get()) else { continue };
            match creator.split_once(':') {
                Some(("Tool", tool)) => attached.tools.push(tool.trim().to_owned()),
                Some((_, who)) => attached.creators.push(who.trim().to_owned()),
                None => attached.creators.push(creator),
            }
        }
    }
    let described = described(bom.document_describes, bom.relationships);
    let list = entries::<{ MAX_PACKAGES + 1 }>(bom.packages);
    attached.cut = list.len() > MAX_PACKAGES;
    for raw in list {
        match parse::<Entry<'_>>(raw.get()) {
            Ok(entry) => {
                if let Some(package) = package(entry, &described) {
                    attached.add(package);
                }
            }
            Err(_) => attached.unread = attached.unread.saturating_add(1),
        }
    }
    Ok(attached)
}

/// Identifiers of what the document describes.
fn described(list: Option<&RawValue>, relations: Option<&RawValue>) -> BTreeSet<String> {
    let own = entries::<MAX_OTHERS>(list).into_iter();
    let mut all: BTreeSet<String> = own.filter_map(|id| parse(id.get()).ok()).collect();
    // Relations are many: several for each file of each package.
    for raw in entries::<{ 10 * MAX_PACKAGES }>(relations) {
        let Ok(relation) = parse::<Relation>(raw.get()) else { continue };
        let of_document = relation.spdx_element_id.as_deref() == Some("SPDXRef-DOCUMENT");
        if of_document && relation.relationship_type.as_deref() == Some("DESCRIBES") {
            all.extend(relation.related_spdx_element);
        }
    }
    all
}

fn package(entry: Entry<'_>, described: &BTreeSet<String>) -> Option<Package> {
    let is_root = entry.id.is_some_and(|id| described.contains(&id));
    let purpose = entry.primary_package_purpose.unwrap_or_default();
    let purl = purl(entry.external_refs);
    let of_image = purl.as_ref().is_some_and(|purl| matches!(&purl.kind[..], "oci" | "docker"));
    if purl.is_none() && is_root || of_image {
        return None;
    }
    if purl.is_none() && matches!(&purpose[..], "CONTAINER" | "OPERATING_SYSTEM" | "FILE") {
        return None;
    }
    let mut package = purl.map(purl::Purl::package).unwrap_or_default();
    if package.name.is_empty() {
        package.name = entry.name.unwrap_or_default();
    }
    if package.version.is_empty() {
        package.version = entry.version_info.unwrap_or_default();
    }
    let said = |text: Option<String>| {
        text.filter(|text| !matches!(&text[..], "" | "NOASSERTION" | "NONE"))
    };
    package.licenses =
        said(entry.license_declared).or(said(entry.license_concluded)).into_iter().collect();
    let supplier = said(entry.supplier).unwrap_or_default();
    let kinds = ["Person:", "Organization:"];
    let named = kinds.iter().find_map(|kind| supplier.strip_prefix(kind));
    package.supplier = named.unwrap_or(&supplier).trim().to_owned();
    Some(package)
}

/// The first PURL among the references.
fn purl(list: Option<&RawValue>) -> Option<purl::Purl> {
    let list = entries::<MAX_OTHERS>(list).into_iter();
    let refs = list.filter_map(|raw| parse::<ExternalRef>(raw.get()).ok());
    let mut purls = refs.filter(|one| one.reference_type.as_deref() == Some("purl"));
    purls.find_map(|one| purl::parse(&one.reference_locator?))
}
