//! Manifests and indexes: verified against their digests, then read.
//!
//! Source: OCI image-spec 1.1, manifest.md and image-index.md; Docker's manifest schemas 2 and 1.
//!
//! - The content decides the kind of a document: with the header alone, an index could pass for a manifest. A
//!   document that reads as both is refused (image-spec's CVE-2021-41190).

use super::error_body::shortened;
use crate::oci::{Digest, DocumentShape, Hasher, ImageIndex, ImageManifest, LenientDocument};
use crate::problem::Problem;
use crate::text::text_as_utf8;
use serde::de::IgnoredAny;

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

/// Reads an index or a manifest; what cannot be read of it is left out.
pub fn parse(bytes: &[u8], media_type: &str) -> Result<ManifestDocument, Problem> {
    let wrong = |found: String| {
        Problem::new("json-invalid", "A manifest is not valid.")
            .expected("an image manifest or an index")
            .found(found)
    };
    let invalid = |error: serde_json::Error| wrong(shortened(&error.to_string()));
    let text = text_as_utf8(bytes);
    match DocumentShape::of(&text) {
        DocumentShape::Index => {
            ImageIndex::with_faults(&text).map(|(index, _)| ManifestDocument::Index(index))
        }
        DocumentShape::Manifest => ImageManifest::with_faults(&text)
            .map(|(manifest, _)| ManifestDocument::Manifest(Box::new(manifest))),
        DocumentShape::SchemaOne => return Ok(ManifestDocument::SchemaOne),
        DocumentShape::Both => return Err(wrong("a document that reads as both".into())),
        DocumentShape::Config | DocumentShape::Other => {
            let json: Result<IgnoredAny, _> = serde_json::from_slice(&text);
            let schema_one =
                media_type.starts_with("application/vnd.docker.distribution.manifest.v1+");
            return match json {
                Ok(_) if schema_one => Ok(ManifestDocument::SchemaOne),
                Ok(_) => Err(wrong("a document with neither manifests nor layers".into())),
                Err(error) => {
                    let begin = String::from_utf8_lossy(&text[..text.len().min(24)]);
                    Err(wrong(format!("{} ({error})", shortened(&begin))))
                }
            };
        }
    }
    .map_err(invalid)
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
