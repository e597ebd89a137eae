//! Reads the packages of SPDX 2.x JSON.
//!
//! Source: SPDX specification 2.3, clauses 6 (document), 7 (packages) and 11 (relationships).
//!
//! What the document describes (the image, or a folder that was scanned) is not listed as a package if it
//! has no PURL, or the PURL of an image.

use super::attached::{AttachedSbom, MAX_OTHERS, MAX_PACKAGES, named_package};
use super::raw_json::{entries, parse};
use crate::analysis::packages::{Package, purl};
use crate::problem::Problem;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeSet;

/// Most relationships that are searched: a document has several for each file of each package.
const MAX_RELATIONSHIPS: usize = 10 * MAX_PACKAGES;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SpdxDocument<'a> {
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
struct CreationInfo<'a> {
    created: Option<String>,
    #[serde(borrow)]
    creators: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SpdxPackage<'a> {
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
struct Relationship {
    spdx_element_id: Option<String>,
    relationship_type: Option<String>,
    related_spdx_element: Option<String>,
}

/// Reads the document.
pub fn read(text: &str) -> Result<AttachedSbom, Problem> {
    let document: SpdxDocument<'_> = parse(text)?;
    let mut attached = AttachedSbom {
        format: document.spdx_version.unwrap_or_default().replacen('-', " ", 1),
        name: document.name.unwrap_or_default(),
        ..AttachedSbom::default()
    };
    let creation = document.creation_info.and_then(|raw| parse(raw.get()).ok());
    if let Some(creation) = creation {
        read_creation(creation, &mut attached);
    }
    let described = described(document.document_describes, document.relationships);
    attached.read_packages(document.packages, |_, entry| package(entry, &described));
    Ok(attached)
}

fn read_creation(creation: CreationInfo<'_>, attached: &mut AttachedSbom) {
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

/// Identifiers of what the document describes.
fn described(list: Option<&RawValue>, relationships: Option<&RawValue>) -> BTreeSet<String> {
    let own = entries::<MAX_OTHERS>(list).into_iter();
    let mut all: BTreeSet<String> = own.filter_map(|id| parse(id.get()).ok()).collect();
    for raw in entries::<MAX_RELATIONSHIPS>(relationships) {
        let Ok(relationship) = parse::<Relationship>(raw.get()) else { continue };
        let of_document = relationship.spdx_element_id.as_deref() == Some("SPDXRef-DOCUMENT");
        if of_document && relationship.relationship_type.as_deref() == Some("DESCRIBES") {
            all.extend(relationship.related_spdx_element);
        }
    }
    all
}

fn package(entry: SpdxPackage<'_>, described: &BTreeSet<String>) -> Option<Package> {
    let is_root = entry.id.is_some_and(|id| described.contains(&id));
    let purpose = entry.primary_package_purpose.unwrap_or_default();
    let purl = purl(entry.external_refs);
    let of_image = purl.as_ref().is_some_and(|purl| matches!(&purl.kind[..], "oci" | "docker"));
    let is_other = is_root || matches!(&purpose[..], "CONTAINER" | "OPERATING_SYSTEM" | "FILE");
    if of_image || purl.is_none() && is_other {
        return None;
    }
    let mut package = named_package(purl, entry.name, entry.version_info);
    let asserted = |text: Option<String>| {
        text.filter(|text| !matches!(&text[..], "" | "NOASSERTION" | "NONE"))
    };
    let licence = asserted(entry.license_declared).or(asserted(entry.license_concluded));
    package.licenses = licence.into_iter().collect();
    let supplier = asserted(entry.supplier).unwrap_or_default();
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
