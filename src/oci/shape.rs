//! What a document is by its content: the bytes decide, whatever a descriptor or a header says.
//!
//! Source: OCI image-spec, image-index.md, manifest.md and config.md; Docker's manifest schema 1.

use super::is_index;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

/// What a document is by its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentShape {
    /// An image index or a manifest list.
    Index,
    /// The manifest of an image or an artifact.
    Manifest,
    /// Docker's manifest of schema 1.
    SchemaOne,
    /// It reads as an index and as a manifest: nobody can say which is meant (image-spec's CVE-2021-41190).
    Both,
    /// An image's configuration.
    Config,
    /// Something else, or no JSON.
    Other,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Keys {
    schema_version: Option<serde_json::Value>,
    media_type: Option<serde_json::Value>,
    #[serde(deserialize_with = "presence")]
    manifests: Presence,
    #[serde(deserialize_with = "presence")]
    config: Presence,
    #[serde(deserialize_with = "presence")]
    layers: Presence,
    #[serde(deserialize_with = "presence")]
    fs_layers: Presence,
    #[serde(deserialize_with = "presence")]
    rootfs: Presence,
    #[serde(deserialize_with = "presence")]
    architecture: Presence,
    #[serde(deserialize_with = "presence")]
    os: Presence,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Presence {
    #[default]
    Absent,
    Null,
    There,
}

fn presence<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Presence, D::Error> {
    let value = Option::<IgnoredAny>::deserialize(deserializer)?;
    Ok(value.map_or(Presence::Null, |_| Presence::There))
}

impl DocumentShape {
    /// The kind of a document in UTF-8.
    pub fn of(json: &[u8]) -> DocumentShape {
        let keys: Keys = serde_json::from_slice(json).unwrap_or_default();
        let is = |key: Presence| key == Presence::There;
        let media_type = keys.media_type.as_ref().and_then(serde_json::Value::as_str);
        let version = keys.schema_version.as_ref().and_then(serde_json::Value::as_u64);
        let of_image = is(keys.rootfs) || is(keys.architecture) && is(keys.os);
        match (is(keys.manifests), is(keys.config) || is(keys.layers)) {
            // A configuration has an object `config` as well, but neither version nor layers.
            (false, _) if of_image && version.is_none() && !is(keys.layers) => {
                DocumentShape::Config
            }
            (false, _) if is(keys.fs_layers) || version == Some(1) => DocumentShape::SchemaOne,
            (true, true) => DocumentShape::Both,
            (true, false) => DocumentShape::Index,
            (false, true) => DocumentShape::Manifest,
            // An index of nothing.
            _ if keys.manifests == Presence::Null => DocumentShape::Index,
            _ if media_type.is_some_and(is_index) => DocumentShape::Index,
            _ => DocumentShape::Other,
        }
    }
}

#[test]
fn the_content_decides_what_a_document_is() {
    use DocumentShape::{Both, Config, Index, Manifest, Other, SchemaOne};
    let index = "application/vnd.oci.image.index.v1+json";
    for (json, kind) in [
        (r#"{"schemaVersion":2,"manifests":[]}"#.to_owned(), Index),
        (r#"{"schemaVersion":2,"manifests":null}"#.to_owned(), Index),
        (format!(r#"{{"schemaVersion":2,"mediaType":"{index}"}}"#), Index),
        (format!(r#"{{"mediaType":"{index}","config":{{}},"layers":[]}}"#), Manifest),
        (r#"{"config":{},"manifests":null}"#.to_owned(), Manifest),
        (r#"{"layers":[]}"#.to_owned(), Manifest),
        (r#"{"config":{},"manifests":[]}"#.to_owned(), Both),
        (r#"{"schemaVersion":1,"fsLayers":[]}"#.to_owned(), SchemaOne),
        (r#"{"schemaVersion":1,"architecture":"a","os":"b"}"#.to_owned(), SchemaOne),
        (r#"{"architecture":"amd64","os":"linux","config":{}}"#.to_owned(), Config),
        (r#"{"rootfs":{"diff_ids":[]}}"#.to_owned(), Config),
        (r#"{"schemaVersion":2}"#.to_owned(), Other),
        (r#"{"schemaVersion":"2","manifests":[]}"#.to_owned(), Index),
        (r#"{"config":{}}"#.to_owned(), Manifest),
        ("[]".to_owned(), Other),
        ("<html>".to_owned(), Other),
    ] {
        assert_eq!(DocumentShape::of(json.as_bytes()), kind, "{json}");
    }
}
