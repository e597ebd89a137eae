//! Writes SPDX 2.3 JSON.
//!
//! Source: SPDX specification 2.3 and its schemas/spdx-schema.json.
//!
//! - `documentNamespace` is a digest of everything else and `created` is the image's own time (the start of
//!   1970 if it has none, because the format requires a time), so documents with the same content are
//!   identical.
//! - A declared licence without an expression becomes `LicenseRef-…` with the declared words as its text.
//!   Nothing is concluded.
//! - Where a part of the image was not read, the document's comment says which part.
//! - `sourceInfo` names the layers of a package, for people; they count from 0.

use super::document::{Component, ComponentLicence, SbomDocument};
use super::output::{TOOL, TOOL_VERSION, hash, object, text, url};
use super::uuid::uuid;
use crate::analysis::packages::{Release, licence};
use crate::oci::{DiffId, Digest};
use crate::problem::Problem;
use crate::time::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const NONE: &str = "NOASSERTION";
const IMAGE: &str = "SPDXRef-Image";

/// Writes the document as JSON text.
pub fn write(document: &SbomDocument<'_>) -> Result<String, Problem> {
    let mut references = BTreeMap::new();
    let mut packages = vec![image(document)];
    let mut relations = vec![relation("SPDXRef-DOCUMENT", "DESCRIBES", IMAGE)];
    if let Some(release) = document.release.as_ref().filter(|release| !release.id.is_empty()) {
        packages.push(distribution(release));
        relations.push(relation(IMAGE, "CONTAINS", "SPDXRef-OperatingSystem"));
    }
    for (reference, component) in document.ordered() {
        let id = identifier(component, &reference);
        relations.push(relation(IMAGE, "CONTAINS", &id));
        packages.push(package(document, component, &id, &mut references));
    }
    let created = document.created.as_deref().and_then(Timestamp::from_rfc3339);
    let created = created.and_then(Timestamp::to_rfc3339);
    let extracted = references.into_iter().map(
        |(id, words)| json!({ "licenseId": id, "name": one_line(&words), "extractedText": words }),
    );
    let mut all = object([
        ("spdxVersion", text("SPDX-2.3")),
        ("dataLicense", text("CC0-1.0")),
        ("SPDXID", text("SPDXRef-DOCUMENT")),
        ("name", text(document.title())),
        ("comment", text(&document.gaps)),
        (
            "creationInfo",
            json!({
                "created": created.as_deref().unwrap_or("1970-01-01T00:00:00Z"),
                "creators": [format!("Tool: {TOOL}-{TOOL_VERSION}")],
                "licenseListVersion": licence::LIST_VERSION,
                "comment": "The time is that of the image, so that the same image gives the same document.",
            }),
        ),
        ("packages", Value::Array(packages)),
        ("hasExtractedLicensingInfos", extracted.collect()),
        ("relationships", Value::Array(relations)),
    ]);
    let namespace = format!("urn:uuid:{}", uuid(&all.to_string()));
    if let Value::Object(map) = &mut all {
        map.insert("documentNamespace".to_owned(), text(namespace));
    }
    serde_json::to_string_pretty(&all).map_err(|error| {
        Problem::new("report-failed", "The SBOM cannot be written.").found(error.to_string())
    })
}

fn relation(from: &str, kind: &str, to: &str) -> Value {
    json!({ "spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to })
}

fn image(document: &SbomDocument<'_>) -> Value {
    let digest = document.manifest_digest.as_ref();
    let version = digest.or(document.image_id.as_ref()).map(ToString::to_string);
    let mut about = Vec::new();
    let platform = document.platform.to_string();
    let id = document.image_id.as_ref().map(ToString::to_string).unwrap_or_default();
    for (name, value) in [("image ID", id), ("platform", platform)] {
        if !value.is_empty() {
            about.push(format!("{name}: {value}"));
        }
    }
    about.extend(document.tags.iter().map(|tag| format!("tag: {tag}")));
    for (at, layer) in document.layers.iter().enumerate() {
        let diff_id = layer.diff_id.as_ref().map_or("-", DiffId::as_str);
        let blob = layer.digest.as_ref().map_or("-", Digest::as_str);
        about.push(format!("layer {at}: diff ID {diff_id}, blob {blob}"));
    }
    object([
        ("SPDXID", text(IMAGE)),
        ("name", text(document.repository().map_or_else(|| document.title(), |tag| tag.name()))),
        ("versionInfo", text(version.unwrap_or_default())),
        ("downloadLocation", text(NONE)),
        ("filesAnalyzed", Value::Bool(false)),
        ("licenseConcluded", text(NONE)),
        ("licenseDeclared", text(NONE)),
        ("copyrightText", text(NONE)),
        ("primaryPackagePurpose", text("CONTAINER")),
        ("checksums", digest.and_then(|digest| checksum(digest.as_str())).into_iter().collect()),
        ("externalRefs", document.purl().iter().map(|purl| purl_reference(purl)).collect()),
        ("comment", text(about.join("\n"))),
    ])
}

fn distribution(release: &Release) -> Value {
    object([
        ("SPDXID", text("SPDXRef-OperatingSystem")),
        ("name", text(&release.id)),
        ("versionInfo", text(&release.version_id)),
        ("summary", text(&release.pretty_name)),
        ("downloadLocation", text(NONE)),
        ("filesAnalyzed", Value::Bool(false)),
        ("licenseConcluded", text(NONE)),
        ("licenseDeclared", text(NONE)),
        ("copyrightText", text(NONE)),
        ("primaryPackagePurpose", text("OPERATING_SYSTEM")),
    ])
}

fn package(
    document: &SbomDocument<'_>,
    component: &Component<'_>,
    id: &str,
    references: &mut BTreeMap<String, String>,
) -> Value {
    let package = component.package;
    let name = match package.namespace.is_empty() || package.kind != "maven" {
        true => package.name.clone(),
        false => format!("{}:{}", package.namespace, package.name),
    };
    let locations = component.locations.iter().map(|location| {
        let diff_id = document.diff_id(location.layer);
        format!("/{} (layer {} {diff_id})", location.path, location.layer)
    });
    let locations: Vec<String> = locations.collect();
    let found = match locations.is_empty() {
        true => String::new(),
        false => format!("found by: {}", locations.join(", ")),
    };
    object([
        ("SPDXID", text(id)),
        ("name", text(name)),
        ("versionInfo", text(&package.version)),
        ("supplier", text(supplier(&package.supplier))),
        ("downloadLocation", text(NONE)),
        ("filesAnalyzed", Value::Bool(false)),
        ("homepage", text(url(&package.homepage).unwrap_or_default())),
        ("sourceInfo", text(found)),
        ("licenseConcluded", text(NONE)),
        ("licenseDeclared", text(declared(&component.licences, references))),
        ("copyrightText", text(NONE)),
        ("checksums", package.digests.iter().filter_map(|digest| checksum(digest)).collect()),
        ("externalRefs", json!([purl_reference(&component.purl)])),
    ])
}

/// An identifier has only letters, digits, dots and hyphens. Source: clause 3.2.
fn identifier(component: &Component<'_>, reference: &str) -> String {
    let package = component.package;
    let name = sound(&format!("{}-{}", package.kind, package.name), 80);
    let digest = Digest::of(reference.as_bytes());
    format!("SPDXRef-Package-{name}-{}", digest.encoded().get(..16).unwrap_or_default())
}

fn sound(text: &str, most: usize) -> String {
    let fit = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    text.chars().take(most).map(fit).collect()
}

/// A person or organization, with an e-mail address in parentheses. Source: clause 7.5.
fn supplier(declared: &str) -> String {
    let declared = one_line(declared);
    if declared.is_empty() {
        return NONE.to_owned();
    }
    let (name, mail) = match declared.split_once('<') {
        Some((name, rest)) => (name.trim(), rest.split('>').next().unwrap_or("").trim()),
        None => (&declared[..], ""),
    };
    let name = name.replace(['(', ')', '"'], " ");
    let name = one_line(&name);
    // Most maintainers are people; teams usually call themselves so.
    let lower = name.to_lowercase();
    let team = ["team", "maintainers", "developers", "project", "group", "inc", "ltd", "gmbh"]
        .iter()
        .any(|word| lower.split([' ', '.', ',']).any(|part| part == *word));
    let kind = if mail.is_empty() || team { "Organization" } else { "Person" };
    let mail_sound = mail.contains('@') && !mail.contains([' ', '(', ')']);
    match (name.is_empty(), mail_sound) {
        (true, false) => NONE.to_owned(),
        (true, true) => format!("{kind}: {mail}"),
        (false, true) => format!("{kind}: {name} ({mail})"),
        (false, false) => format!("{kind}: {name}"),
    }
}

/// The text without line breaks and other control characters.
fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All declared licences as one expression; a licence without an expression becomes a reference.
fn declared(all: &[ComponentLicence], references: &mut BTreeMap<String, String>) -> String {
    let mut expressions = Vec::new();
    for one in all {
        expressions.push(match &one.expression {
            Some(expression) => {
                for id in licence::references(expression) {
                    references.entry(id.to_owned()).or_insert_with(|| id.to_owned());
                }
                expression.clone()
            }
            None => {
                let words = one.declared.trim();
                let id = reference(words);
                references.insert(id.clone(), words.to_owned());
                id
            }
        });
    }
    match expressions.is_empty() {
        true => NONE.to_owned(),
        false => licence::all_of(&expressions),
    }
}

/// A reference for a declared licence: its words if they are valid in a name, else with a digest, so that
/// different licences have different references.
fn reference(words: &str) -> String {
    let name = sound(words, 60);
    if name == words {
        return format!("LicenseRef-{name}");
    }
    let digest = Digest::of(words.as_bytes());
    format!("LicenseRef-{name}-{}", digest.encoded().get(..12).unwrap_or_default())
}

fn checksum(digest: &str) -> Option<Value> {
    let (algorithm, hex) = hash(digest)?;
    Some(json!({ "algorithm": algorithm.to_uppercase(), "checksumValue": hex }))
}

fn purl_reference(purl: &str) -> Value {
    json!({
        "referenceCategory": "PACKAGE-MANAGER",
        "referenceType": "purl",
        "referenceLocator": purl,
    })
}
