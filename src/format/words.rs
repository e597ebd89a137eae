//! Words for forms of sources and types of artifacts, whose names in reports are for machines.
//!
//! Sources: `session::query::SourceInfo` for forms; the media types of OCI, CNCF, SPDX, CycloneDX, in-toto and
//! Sigstore for artifacts. Anything else is shown unchanged.

use super::numbers::counted;
use crate::session::query::ImageName;

/// "docker save archive, compressed with gzip".
pub fn source_words(format: &str, compression: &str, files: u32) -> String {
    let one = |form| match form {
        "docker-archive" => "docker save archive",
        "docker-archive-v1" => "docker save archive from before Docker 1.10",
        "oci-layout" => "OCI image layout",
        "docker-dir" => "folder from skopeo",
        "tar" => "tar archive without an image index",
        "" => "unknown form",
        other => other,
    };
    let mut words = format.split('+').map(one).collect::<Vec<_>>().join(" and ");
    if files > 1 {
        words.push_str(&format!(", {}", counted(files.into(), "file", "files")));
    }
    if !matches!(compression, "" | "none") {
        words.push_str(&format!(", compressed with {compression}"));
    }
    words
}

/// What a source without an image is, by its number of layers. Bytes alone do not distinguish a layer from a root
/// file system.
pub fn alone_words(layers: u32) -> &'static str {
    match layers {
        0..=1 => "A root file system or a single layer",
        _ => "Layers",
    }
}

/// `registry.example/app:1.0`; without a tag if there is none.
pub fn name_words(name: &ImageName) -> String {
    match name.tag.as_str() {
        "<none>" => name.repository.clone(),
        tag => format!("{}:{tag}", name.repository),
    }
}

/// "Helm chart"; an unknown media type is unchanged. Old Cosign signatures look like images and are recognised by their
/// tags.
pub fn artifact_words(artifact_type: &str, names: &[String]) -> String {
    let tagged = |ending: &str| {
        let tag = |name: &String| name.rsplit([':', '/']).next().unwrap_or_default().to_owned();
        names.iter().map(tag).any(|tag| tag.starts_with("sha256-") && tag.ends_with(ending))
    };
    let known = match artifact_type {
        _ if tagged(".sig") => "Cosign signature",
        _ if tagged(".att") => "Cosign attestation",
        _ if tagged(".sbom") => "SBOM",
        "" | "application/vnd.oci.empty.v1+json" => "Artifact",
        "application/vnd.oci.image.config.v1+json"
        | "application/vnd.docker.container.image.v1+json" => {
            "Artifact whose layers are not file systems"
        }
        "application/wasm" => "WebAssembly module",
        "application/spdx+json" | "text/spdx+json" | "text/spdx" => "SBOM, SPDX",
        "application/vnd.in-toto+json" => "In-toto attestation",
        "application/vnd.cncf.notary.signature" => "Notary signature",
        _ => "",
    };
    const BEGINNINGS: [(&str, &str); 6] = [
        ("application/vnd.cncf.helm.", "Helm chart"),
        ("application/vnd.wasm.", "WebAssembly module"),
        ("application/vnd.cyclonedx", "SBOM, CycloneDX"),
        ("application/vnd.syft", "SBOM, Syft"),
        ("application/vnd.dev.cosign.", "Cosign signature"),
        ("application/vnd.dev.sigstore.bundle", "Sigstore bundle"),
    ];
    let begins = || BEGINNINGS.iter().find(|(start, _)| artifact_type.starts_with(start));
    match known {
        "" => begins().map_or(artifact_type, |(_, words)| words).to_owned(),
        known => known.to_owned(),
    }
}

/// Whether files that were picked together are one source: the parts of a layout, and not several archives.
pub fn are_one_source<'a>(mut names: impl Iterator<Item = &'a str>) -> bool {
    names.any(|name| {
        let stem = name.split('.').next().unwrap_or_default();
        let is_digest = stem.len() == 64 && stem.bytes().all(|b| b.is_ascii_hexdigit());
        is_digest || matches!(name, "index.json" | "oci-layout" | "manifest.json" | "version")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_named_with_their_compression() {
        assert_eq!(source_words("docker-archive", "none", 1), "docker save archive");
        assert_eq!(
            source_words("docker-archive+oci-layout", "gzip", 1),
            "docker save archive and OCI image layout, compressed with gzip"
        );
        assert_eq!(source_words("oci-layout", "", 1204), "OCI image layout, 1,204 files");
        assert_eq!(source_words("new-form", "none", 1), "new-form");
    }

    #[test]
    fn a_name_without_a_tag_is_the_repository() {
        let name = |repository: &str, tag: &str| ImageName {
            repository: repository.to_owned(),
            tag: tag.to_owned(),
        };
        assert_eq!(name_words(&name("localhost:5000/app", "1")), "localhost:5000/app:1");
        assert_eq!(name_words(&name("app", "<none>")), "app");
    }

    #[test]
    fn artifacts_have_names() {
        let words = |artifact_type| artifact_words(artifact_type, &[]);
        assert_eq!(words("application/vnd.cncf.helm.config.v1+json"), "Helm chart");
        assert_eq!(words("application/vnd.wasm.config.v0+json"), "WebAssembly module");
        assert_eq!(words("application/wasm"), "WebAssembly module");
        assert_eq!(words("application/spdx+json"), "SBOM, SPDX");
        assert_eq!(words("application/vnd.cyclonedx+xml"), "SBOM, CycloneDX");
        assert_eq!(words("application/vnd.dev.cosign.artifact.sig.v1+json"), "Cosign signature");
        assert_eq!(words("application/vnd.in-toto+json"), "In-toto attestation");
        assert_eq!(words("application/vnd.example.thing"), "application/vnd.example.thing");
        assert_eq!(words(""), "Artifact");
        let config = "application/vnd.oci.image.config.v1+json";
        let tag = format!("registry.example/app:sha256-{}.sig", "a".repeat(64));
        assert_eq!(artifact_words(config, &[tag]), "Cosign signature");
    }

    #[test]
    fn files_with_a_part_of_a_layout_are_one_source() {
        let hex = "ab".repeat(32);
        for part in
            ["index.json", "oci-layout", "manifest.json", "version", &hex, &format!("{hex}.tar.gz")]
        {
            assert!(are_one_source(["a.tar", part].into_iter()), "{part}");
        }
        assert!(!are_one_source(["a.tar", "b.tar", "index.json.tar", "abc"].into_iter()));
    }
}
