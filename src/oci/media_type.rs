//! Media types of indexes, manifests, image configs and layers.
//!
//! Source: OCI image-spec, media-types.md, with its list of compatible Docker types.

/// Bytes of a media type that are shown: those of RFC 6838, 4.2, have at most 255.
pub const MAX_TYPE: usize = 300;

/// What a media type says that a blob is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Index,
    Manifest,
    /// The configuration of a runnable image.
    Config,
    /// A tar, however compressed, foreign ones included.
    Layer,
    /// It says nothing: it is missing, or one of those that any bytes have.
    Nothing,
    /// Something that is not an image's.
    Other,
}

impl Role {
    /// The role that a media type names.
    pub fn of(media_type: &str) -> Role {
        match media_type {
            _ if is_index(media_type) => Role::Index,
            _ if is_manifest(media_type) => Role::Manifest,
            _ if is_image_config(media_type) => Role::Config,
            _ if is_layer(media_type) => Role::Layer,
            ""
            | "application/octet-stream"
            | "binary/octet-stream"
            | "application/json"
            | "text/plain"
            | "application/x-tar"
            | "application/gzip"
            | "application/x-gzip"
            | "application/tar"
            | "application/tar+gzip"
            | "application/zstd" => Role::Nothing,
            _ => Role::Other,
        }
    }
}

/// An image index or a manifest list.
pub fn is_index(media_type: &str) -> bool {
    matches!(
        media_type,
        "application/vnd.oci.image.index.v1+json"
            | "application/vnd.docker.distribution.manifest.list.v2+json"
    )
}

/// An image manifest (which may describe an artifact).
pub fn is_manifest(media_type: &str) -> bool {
    matches!(
        media_type,
        "application/vnd.oci.image.manifest.v1+json"
            | "application/vnd.docker.distribution.manifest.v2+json"
    )
}

/// The configuration of a runnable image.
pub fn is_image_config(media_type: &str) -> bool {
    matches!(
        media_type,
        "application/vnd.oci.image.config.v1+json"
            | "application/vnd.docker.container.image.v1+json"
    )
}

/// A layer: a tar with any compression, foreign ones included.
pub fn is_layer(media_type: &str) -> bool {
    let rest = [
        "application/vnd.oci.image.layer.v1.tar",
        "application/vnd.oci.image.layer.nondistributable.v1.tar",
        "application/vnd.docker.image.rootfs.diff.tar",
        "application/vnd.docker.image.rootfs.foreign.diff.tar",
    ]
    .iter()
    .find_map(|stem| media_type.strip_prefix(stem));
    matches!(rest, Some(rest) if rest.is_empty() || rest.starts_with(['+', '.']))
}

/// A layer that only its publisher distributes, from URLs (the base layers of Windows).
pub fn is_foreign(media_type: &str) -> bool {
    is_layer(media_type)
        && (media_type.contains(".nondistributable.") || media_type.contains(".foreign."))
}

#[test]
fn layers_are_recognised() {
    for good in [
        "application/vnd.oci.image.layer.v1.tar",
        "application/vnd.oci.image.layer.v1.tar+zstd",
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    ] {
        assert!(is_layer(good), "{good}");
    }
    for bad in ["application/vnd.in-toto+json", "application/vnd.oci.image.layer.v1.tarball", ""] {
        assert!(!is_layer(bad), "{bad}");
    }
}

#[test]
fn a_media_type_names_a_role_or_nothing() {
    for (media_type, role) in [
        ("application/vnd.docker.distribution.manifest.list.v2+json", Role::Index),
        ("application/vnd.oci.image.manifest.v1+json", Role::Manifest),
        ("application/vnd.docker.container.image.v1+json", Role::Config),
        ("application/vnd.oci.image.layer.v1.tar+zstd", Role::Layer),
        ("", Role::Nothing),
        ("application/octet-stream", Role::Nothing),
        ("application/vnd.oci.empty.v1+json", Role::Other),
        ("application/vnd.cncf.helm.config.v1+json", Role::Other),
        ("application/vnd.in-toto+json", Role::Other),
    ] {
        assert_eq!(Role::of(media_type), role, "{media_type}");
    }
}
