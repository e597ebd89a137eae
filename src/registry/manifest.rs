//! What came for a manifest: checked against its digest, then told apart.
//!
//! Source: OCI image-spec 1.1, manifest.md and image-index.md; Docker's manifest schemas 2 and 1.
//!
//! - A document is what its content says: a header alone could turn an index into a manifest. One that
//!   reads as both is refused (image-spec's CVE-2021-41190).

use super::errors::shown;
use crate::oci::{Digest, Hasher, ImageIndex, ImageManifest};
use crate::problem::Problem;
use serde_json::Value;

/// ImageIndex types, OCI's and Docker's: the first of the two Accept values of a direct request.
pub const ACCEPT_INDEXES: &str = "application/vnd.oci.image.index.v1+json,\
    application/vnd.docker.distribution.manifest.list.v2+json";
/// ImageManifest types, OCI's and Docker's.
pub const ACCEPT_MANIFESTS: &str = "application/vnd.oci.image.manifest.v1+json,\
    application/vnd.docker.distribution.manifest.v2+json";
/// All of them, for the proxy.
pub const ACCEPT_ALL: &str = "application/vnd.oci.image.index.v1+json,\
    application/vnd.docker.distribution.manifest.list.v2+json,\
    application/vnd.oci.image.manifest.v1+json,\
    application/vnd.docker.distribution.manifest.v2+json";

/// A document by its kind.
#[derive(Clone, Debug, PartialEq)]
pub enum ManifestDocument {
    /// An index or a manifest list.
    Index(ImageIndex),
    /// An image's or an artifact's manifest.
    Manifest(Box<ImageManifest>),
    /// Docker's schema 1: what older registries, and some asked for nothing newer, give.
    SchemaOne,
}

/// Checks bytes against the digest that they were asked for by.
pub fn verify(bytes: &[u8], digest: &Digest, what: &str) -> Result<(), Problem> {
    let Some(mut hasher) = Hasher::of_algorithm(digest.algorithm()) else {
        return Err(Problem::new(
            "digest-algorithm",
            "A digest is of an algorithm not known here.",
        )
        .expected("sha256, sha384 or sha512")
        .found(shown(digest.algorithm()))
        .in_blob(digest.to_string()));
    };
    hasher.update(bytes);
    let found = hasher.finish();
    if found == *digest {
        return Ok(());
    }
    Err(Problem::new("manifest-digest-mismatch", format!("{what} is not what its digest says."))
        .expected(digest.to_string())
        .found(found.to_string())
        .in_blob(digest.to_string())
        .advice("Do not use it: registry, proxy or network changed it. Try again, then tell the registry."))
}

/// Reads a document.
pub fn parse(bytes: &[u8], media_type: &str) -> Result<ManifestDocument, Problem> {
    let wrong = |found: String| {
        Problem::new("json-invalid", "A manifest is not the JSON that it should be.")
            .expected("an image manifest or an index")
            .found(found)
    };
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        wrong(format!(
            "{} ({error})",
            shown(&String::from_utf8_lossy(&bytes[..bytes.len().min(24)]))
        ))
    })?;
    let has = |key: &str| value.get(key).is_some_and(|value| !value.is_null());
    let schema_one = value.get("schemaVersion").and_then(Value::as_u64) == Some(1)
        || media_type.starts_with("application/vnd.docker.distribution.manifest.v1+");
    let document = match (has("manifests"), has("config") || has("layers")) {
        (true, true) => return Err(wrong("what reads as both".into())),
        (true, false) => serde_json::from_slice(bytes).map(ManifestDocument::Index),
        (false, true) => serde_json::from_slice(bytes).map(ManifestDocument::Manifest),
        (false, false) if schema_one => return Ok(ManifestDocument::SchemaOne),
        (false, false) => return Err(wrong("neither manifests nor layers".into())),
    };
    document.map_err(|error| wrong(shown(&error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accept_values_keep_a_direct_request_simple() {
        for value in [ACCEPT_INDEXES, ACCEPT_MANIFESTS] {
            assert!(value.len() <= 128, "{} bytes", value.len());
            assert!(!value.contains(' '), "{value}");
        }
    }

    #[test]
    fn documents_are_told_apart_by_content() {
        let config = format!(r#""config":{{"digest":"{}"}}"#, Digest::of(b""));
        let kind = |json: &str, media_type: &str| match parse(json.as_bytes(), media_type) {
            Ok(ManifestDocument::Index(_)) => "index",
            Ok(ManifestDocument::Manifest(_)) => "manifest",
            Ok(ManifestDocument::SchemaOne) => "one",
            Err(_) => "error",
        };
        let list = "application/vnd.docker.distribution.manifest.list.v2+json";
        for (json, media_type, want) in [
            (r#"{"manifests":[]}"#.to_owned(), "", "index"),
            (format!("{{{config}}}"), list, "manifest"),
            (format!(r#"{{{config},"manifests":[]}}"#), "", "error"),
            (format!(r#"{{{config},"manifests":null}}"#), "", "manifest"),
            (r#"{"schemaVersion":1,"fsLayers":[]}"#.to_owned(), "", "one"),
            (r#"{"schemaVersion":2}"#.to_owned(), "", "error"),
            (r#"{"manifests":{}}"#.to_owned(), "", "error"),
            ("<html>".to_owned(), "text/html", "error"),
        ] {
            assert_eq!(kind(&json, media_type), want, "{json}");
        }
    }

    #[test]
    fn bytes_are_checked_by_every_registered_algorithm() {
        for (algorithm, good) in [("sha256", true), ("sha384", true), ("sha512", true)] {
            let mut hasher = Hasher::of_algorithm(algorithm).unwrap();
            hasher.update(b"x");
            let digest = hasher.finish();
            assert_eq!(verify(b"x", &digest, "It").is_ok(), good);
            assert_eq!(verify(b"y", &digest, "It").unwrap_err().code, "manifest-digest-mismatch");
        }
        let unknown = Digest::parse("blake3:abcd").unwrap();
        assert_eq!(verify(b"", &unknown, "It").unwrap_err().code, "digest-algorithm");
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes: Vec<u8>, media_type in ".{0,9}") {
            let _ = parse(&bytes, &media_type);
        }
    }
}
