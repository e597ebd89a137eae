//! Manifests and indexes: verified against their digests, then read.
//!
//! Source: OCI image-spec 1.1, manifest.md and image-index.md; Docker's manifest schemas 2 and 1.
//!
//! - The content decides the kind of a document: with the header alone, an index could pass for a manifest. A
//!   document that reads as both is refused (image-spec's CVE-2021-41190).

use super::error_body::shortened;
use crate::oci::{Digest, Hasher, ImageIndex, ImageManifest};
use crate::problem::Problem;
use serde_json::Value;

/// Media types of indexes, OCI's and Docker's: the Accept value of the first direct request.
pub const ACCEPT_INDEXES: &str = "application/vnd.oci.image.index.v1+json,\
    application/vnd.docker.distribution.manifest.list.v2+json";
/// Media types of manifests, OCI's and Docker's: the Accept value of the second direct request.
pub const ACCEPT_MANIFESTS: &str = "application/vnd.oci.image.manifest.v1+json,\
    application/vnd.docker.distribution.manifest.v2+json";
/// All of them, for requests through the proxy.
pub const ACCEPT_ALL: &str = "application/vnd.oci.image.index.v1+json,\
    application/vnd.docker.distribution.manifest.list.v2+json,\
    application/vnd.oci.image.manifest.v1+json,\
    application/vnd.docker.distribution.manifest.v2+json";

/// An index or a manifest.
#[derive(Clone, Debug, PartialEq)]
pub enum ManifestDocument {
    /// An image index or a manifest list.
    Index(ImageIndex),
    /// The manifest of an image or an artifact.
    Manifest(Box<ImageManifest>),
    /// A manifest of Docker's schema 1, from old registries, and from some that get no other Accept value.
    SchemaOne,
}

/// Compares the digest of `bytes` with the one by which they were requested; `what` is for the message.
pub fn verify(bytes: &[u8], digest: &Digest, what: &str) -> Result<(), Problem> {
    let Some(mut hasher) = Hasher::of_algorithm(digest.algorithm()) else {
        return Err(Problem::new(
            "digest-algorithm",
            "The algorithm of a digest is not supported.",
        )
        .expected("sha256, sha384 or sha512")
        .found(shortened(digest.algorithm()))
        .in_blob(digest.to_string()));
    };
    hasher.update(bytes);
    let found = hasher.finish();
    if found == *digest {
        return Ok(());
    }
    Err(Problem::new("manifest-digest-mismatch", format!("The digest of {what} does not match."))
        .expected(digest.to_string())
        .found(found.to_string())
        .in_blob(digest.to_string())
        .advice("Do not use this image: the registry, the proxy or the network changed it. Try again. If this continues, tell the operator of the registry."))
}

/// Reads an index or a manifest.
pub fn parse(bytes: &[u8], media_type: &str) -> Result<ManifestDocument, Problem> {
    let wrong = |found: String| {
        Problem::new("json-invalid", "A manifest is not valid.")
            .expected("an image manifest or an index")
            .found(found)
    };
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        wrong(format!(
            "{} ({error})",
            shortened(&String::from_utf8_lossy(&bytes[..bytes.len().min(24)]))
        ))
    })?;
    let has = |key: &str| value.get(key).is_some_and(|value| !value.is_null());
    let schema_one = value.get("schemaVersion").and_then(Value::as_u64) == Some(1)
        || media_type.starts_with("application/vnd.docker.distribution.manifest.v1+");
    let document = match (has("manifests"), has("config") || has("layers")) {
        (true, true) => return Err(wrong("a document that reads as both".into())),
        (true, false) => serde_json::from_slice(bytes).map(ManifestDocument::Index),
        (false, true) => serde_json::from_slice(bytes).map(ManifestDocument::Manifest),
        (false, false) if schema_one => return Ok(ManifestDocument::SchemaOne),
        (false, false) => return Err(wrong("a document with neither manifests nor layers".into())),
    };
    document.map_err(|error| wrong(shortened(&error.to_string())))
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
    fn the_content_decides_the_kind() {
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
    fn every_registered_algorithm_is_verified() {
        for (algorithm, good) in [("sha256", true), ("sha384", true), ("sha512", true)] {
            let mut hasher = Hasher::of_algorithm(algorithm).unwrap();
            hasher.update(b"x");
            let digest = hasher.finish();
            assert_eq!(verify(b"x", &digest, "it").is_ok(), good);
            assert_eq!(verify(b"y", &digest, "it").unwrap_err().code, "manifest-digest-mismatch");
        }
        let unknown = Digest::parse("blake3:abcd").unwrap();
        assert_eq!(verify(b"", &unknown, "it").unwrap_err().code, "digest-algorithm");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>, media_type in ".{0,9}") {
            let _ = parse(&bytes, &media_type);
        }
    }
}
