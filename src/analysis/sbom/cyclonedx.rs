//! Writes CycloneDX 1.6 JSON.
//!
//! Source: CycloneDX/specification, schema/bom-1.6.schema.json. Images are written as syft does: the image
//! is `metadata.component` with a digest as its version, the distribution a component of type
//! `operating-system`.
//!
//! - `serialNumber` is a digest of everything else and `timestamp` is the image's own time, so documents
//!   with the same content are identical.
//! - Licences are either a list of identifiers and names, or exactly one expression: the schema does not
//!   allow both.
//! - Where a part of the image was not read, the composition is `incomplete` and a property of the image says
//!   which part.
//! - A package's locations are given twice: as the format's evidence (only paths), and as properties
//!   `layerscope:location:N:path`, `…:layerIndex` (from 0) and `…:layerDiffId`.

use super::document::{Component, ComponentLicence, SbomDocument};
use super::output::{TOOL, TOOL_VERSION, hash, object, text, url};
use super::uuid::uuid;
use crate::analysis::packages::{Release, licence};
use crate::problem::Problem;
use crate::time::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Writes the document as JSON text.
pub fn write(document: &SbomDocument<'_>) -> Result<String, Problem> {
    let purl = document.purl();
    let root = purl.clone().or_else(|| document.image_id.as_ref().map(ToString::to_string));
    let root = root.unwrap_or_else(|| "image".to_owned());
    let ordered = document.ordered();
    let mut depends: Vec<Value> = Vec::new();
    let mut components: Vec<Value> = Vec::new();
    if let Some(release) = document.release.as_ref().filter(|release| !release.id.is_empty()) {
        let reference = format!("os:{}-{}", release.id, release.version_id);
        components.push(distribution(release, &reference));
        depends.push(text(reference));
    }
    for (reference, component) in ordered {
        components.push(package(document, component, &reference));
        depends.push(text(reference));
    }
    let mut bom = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": metadata(document, &root, purl.unwrap_or_default()),
        "components": components,
        "dependencies": [object([("ref", text(&root)), ("dependsOn", Value::Array(depends))])],
    });
    if !document.gaps.is_empty() {
        bom["compositions"] = json!([{ "aggregate": "incomplete", "assemblies": [root] }]);
    }
    let serial = format!("urn:uuid:{}", uuid(&bom.to_string()));
    if let Value::Object(map) = &mut bom {
        map.insert("serialNumber".to_owned(), text(serial));
    }
    serde_json::to_string_pretty(&bom).map_err(|error| {
        Problem::new("report-failed", "The SBOM cannot be written.").found(error.to_string())
    })
}

fn metadata(document: &SbomDocument<'_>, root: &str, purl: String) -> Value {
    let digest = document.manifest_digest.as_ref().or(document.image_id.as_ref());
    let digest = digest.map(ToString::to_string).unwrap_or_default();
    let hashes = document.manifest_digest.iter().filter_map(|digest| a_hash(digest.as_str()));
    let name = document.repository().map_or_else(|| document.title(), |tag| tag.name());
    let image = object([
        ("bom-ref", text(root)),
        ("type", text("container")),
        ("name", text(name)),
        ("version", text(digest)),
        ("purl", text(purl)),
        ("hashes", hashes.collect()),
        ("properties", Value::Array(image_properties(document))),
    ]);
    let tool = object([
        ("type", text("application")),
        ("name", text(TOOL)),
        ("version", text(TOOL_VERSION)),
    ]);
    let created = document.created.as_deref().and_then(Timestamp::from_rfc3339);
    let created = created.and_then(Timestamp::to_rfc3339).unwrap_or_default();
    object([
        ("timestamp", text(created)),
        ("tools", json!({ "components": [tool] })),
        ("component", image),
    ])
}

fn image_properties(document: &SbomDocument<'_>) -> Vec<Value> {
    let mut all = Vec::new();
    let digests = [("imageId", &document.image_id), ("manifestDigest", &document.manifest_digest)];
    for (name, digest) in digests {
        all.extend(digest.iter().map(|digest| property(name, digest.to_string())));
    }
    all.push(property("platform", document.platform.to_string()));
    all.extend(document.tags.iter().map(|tag| property("tag", tag.clone())));
    for (at, layer) in document.layers.iter().enumerate() {
        let diff_id = layer.diff_id.as_ref().map(ToString::to_string);
        let digest = layer.digest.as_ref().map(ToString::to_string);
        for (name, digest) in [("diffId", diff_id), ("digest", digest)] {
            all.extend(digest.map(|digest| property(&format!("layer:{at}:{name}"), digest)));
        }
    }
    all.push(property("incomplete", document.gaps.clone()));
    all.retain(|property| property["value"] != "");
    all
}

fn property(name: &str, value: String) -> Value {
    json!({ "name": format!("layerscope:{name}"), "value": value })
}

fn distribution(release: &Release, reference: &str) -> Value {
    object([
        ("bom-ref", text(reference)),
        ("type", text("operating-system")),
        ("name", text(&release.id)),
        ("version", text(&release.version_id)),
        ("description", text(&release.pretty_name)),
    ])
}

fn package(document: &SbomDocument<'_>, component: &Component<'_>, reference: &str) -> Value {
    let package = component.package;
    // A single executable is a program. Other packages may be either; the format's word for that is library.
    let kind = if package.kind == "generic" { "application" } else { "library" };
    let page = url(&package.homepage).map(|url| json!({ "type": "website", "url": url }));
    let evidence = occurrences(component);
    let supplier = object([("name", text(package.supplier.trim()))]);
    object([
        ("bom-ref", text(reference)),
        ("type", text(kind)),
        ("supplier", supplier),
        ("group", text(&package.namespace)),
        ("name", text(&package.name)),
        ("version", text(&package.version)),
        ("hashes", package.digests.iter().filter_map(|digest| a_hash(digest)).collect()),
        ("licenses", licences(&component.licences)),
        ("purl", text(&component.purl)),
        ("externalReferences", page.into_iter().collect()),
        ("evidence", object([("occurrences", evidence)])),
        ("properties", Value::Array(properties(document, component))),
    ])
}

fn occurrences(component: &Component<'_>) -> Value {
    let mut paths: Vec<&str> =
        component.locations.iter().map(|location| &location.path[..]).collect();
    paths.sort_unstable();
    paths.dedup();
    paths.into_iter().map(|path| json!({ "location": format!("/{path}") })).collect()
}

fn properties(document: &SbomDocument<'_>, component: &Component<'_>) -> Vec<Value> {
    let mut all = Vec::new();
    for (at, location) in component.locations.iter().enumerate() {
        let mut add = |name: &str, value: String| {
            if !value.is_empty() {
                all.push(property(&format!("location:{at}:{name}"), value));
            }
        };
        add("path", format!("/{}", location.path));
        add("layerIndex", location.layer.to_string());
        add("layerDiffId", document.diff_id(location.layer).to_owned());
    }
    let package = component.package;
    let own = [
        ("inside", package.inside.to_string()),
        ("size", package.size.map(|size| size.to_string()).unwrap_or_default()),
    ];
    let own = own.into_iter().filter(|(_, value)| !value.is_empty());
    all.extend(own.map(|(name, value)| property(name, value)));
    all
}

fn a_hash(digest: &str) -> Option<Value> {
    let (algorithm, hex) = hash(digest)?;
    let name = match algorithm {
        "md5" => "MD5",
        "sha1" => "SHA-1",
        "sha256" => "SHA-256",
        "sha384" => "SHA-384",
        _ => "SHA-512",
    };
    Some(json!({ "alg": name, "content": hex }))
}

fn licences(all: &[ComponentLicence]) -> Value {
    let known: Option<Vec<String>> = all.iter().map(|one| one.expression.clone()).collect();
    match known {
        Some(known) if known.iter().any(|one| !licence::is_listed(one)) => {
            json!([{ "expression": licence::all_of(&known), "acknowledgement": "declared" }])
        }
        _ => {
            let mut list: Vec<Value> = Vec::new();
            let mut seen = BTreeSet::new();
            for one in all {
                let listed = one.expression.as_deref().filter(|id| licence::is_listed(id));
                let (key, value) = match (listed, &one.expression) {
                    (Some(id), _) => ("id", id),
                    (None, Some(expression)) => ("name", &expression[..]),
                    (None, None) => ("name", one.declared.trim()),
                };
                if seen.insert((key, value)) {
                    list.push(json!({ "license": { key: value, "acknowledgement": "declared" } }));
                }
            }
            Value::Array(list)
        }
    }
}

#[test]
fn a_hundred_thousand_names_of_licences_are_written_once_each() {
    let named = |at: usize| ComponentLicence { declared: format!("L{}", at / 2), expression: None };
    let all: Vec<_> = (0..200_000).map(named).collect();
    assert_eq!(licences(&all).as_array().map(Vec::len), Some(100_000));
}
