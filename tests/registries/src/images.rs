//! Manifests and indexes as texts, for registries to be filled with.

use crate::{DOCKER_MANIFEST, OCI_MANIFEST};

/// The same image as Docker's schema 2 has it.
pub fn as_docker(manifest: &str) -> String {
    manifest
        .replace(OCI_MANIFEST, DOCKER_MANIFEST)
        .replace(
            "application/vnd.oci.image.config.v1+json",
            "application/vnd.docker.container.image.v1+json",
        )
        .replace(
            "application/vnd.oci.image.layer.v1.tar+gzip",
            "application/vnd.docker.image.rootfs.diff.tar.gzip",
        )
}

/// An index's entry for a manifest; `more` are further fields, each after a comma.
pub fn entry(kind: &str, digest: &str, json: &str, more: &str) -> String {
    let size = json.len();
    format!(r#"{{"mediaType":"{kind}","digest":"{digest}","size":{size}{more}}}"#)
}

/// An index of these entries.
pub fn index(kind: &str, entries: &[String]) -> String {
    let entries = entries.join(",");
    format!(r#"{{"schemaVersion":2,"mediaType":"{kind}","manifests":[{entries}]}}"#)
}
