//! Media types of indexes, manifests, image configs and layers.
//!
//! Source: OCI image-spec, media-types.md, with its list of compatible Docker types.

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
