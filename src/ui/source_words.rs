//! What sources and manifests are, in words: enums and media types are for machines.
//!
//! Sources for media types: the registries of OCI, CNCF, SPDX, CycloneDX, in-toto and Sigstore. What is in none
//! of them is shown as it is written.

use crate::format;
use crate::protocol::{OtherLine, SourceInfo};
use crate::text::Shown;
use crate::ui::words;
use crate::vocabulary::{OtherKind, SourceFormat};

/// `docker save archive, compressed with gzip`.
pub fn source_form(source: &SourceInfo) -> String {
    let form = |format: &SourceFormat| match format {
        SourceFormat::DockerArchive => "docker save archive",
        SourceFormat::DockerArchiveV1 => "docker save archive from before Docker 1.10",
        SourceFormat::OciLayout => "OCI image layout",
        SourceFormat::DockerDirectory => "skopeo directory",
        SourceFormat::Tar => "tar without an image index",
        SourceFormat::Registry => "image in a registry",
        SourceFormat::Inspection => "saved inspection",
    };
    let forms: Vec<&str> = source.formats.iter().map(form).collect();
    let mut words = match forms.is_empty() {
        true => "unknown form".to_owned(),
        false => forms.join(" and "),
    };
    if source.files > 1 {
        words.push_str(&format!(", {}", format::counted(source.files.into(), "file", "files")));
    }
    if let Some(compression) = words::compression(source.compression) {
        words.push_str(&format!(", compressed with {compression}"));
    }
    words
}

/// What something is that has layers and no configuration: bytes do not tell a layer from a root file system.
pub fn not_an_image(layers: u32) -> &'static str {
    match layers {
        0..=1 => {
            "No image in this file (no manifest.json, index.json or oci-layout): \
             a root file system or one layer."
        }
        _ => "No image in this folder (no manifest.json, index.json or oci-layout): layers alone.",
    }
}

/// What another manifest of the source is: `Helm chart`, `Attestation, SBOM, SPDX`.
pub fn other_manifest(other: &OtherLine, in_registry: bool) -> String {
    match other.kind {
        OtherKind::Absent if in_registry => "Image".to_owned(),
        OtherKind::Absent => "Image, not in this file".to_owned(),
        OtherKind::Attestation => match artifact(&other.artifact_type, &[]) {
            words if words.starts_with("SBOM") => format!("Attestation, {words}"),
            _ => "Attestation".to_owned(),
        },
        OtherKind::Artifact => artifact(&other.artifact_type, &other.names),
    }
}

/// What an artifact is. Cosign's older signatures look like images; their tags give them away.
pub fn artifact(artifact_type: &str, names: &[Shown]) -> String {
    let tagged = |ending: &str| {
        let tag = |name: &Shown| name.rsplit([':', '/']).next().unwrap_or_default().to_owned();
        names.iter().map(tag).any(|tag| tag.starts_with("sha256-") && tag.ends_with(ending))
    };
    let known = match artifact_type {
        _ if tagged(".sig") => "Cosign signature",
        _ if tagged(".att") => "Cosign attestation",
        _ if tagged(".sbom") => "SBOM",
        "" | "application/vnd.oci.empty.v1+json" => "Artifact",
        "application/vnd.oci.image.config.v1+json"
        | "application/vnd.docker.container.image.v1+json" => {
            "Artifact whose layers are no file systems"
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Compression;

    #[test]
    fn a_form_is_told_with_the_compression_around_it() {
        let source = |formats: &[SourceFormat], compression, files| {
            source_form(&SourceInfo {
                formats: formats.to_vec(),
                compression,
                files,
                ..SourceInfo::default()
            })
        };
        use SourceFormat::*;
        assert_eq!(source(&[DockerArchive], Compression::None, 1), "docker save archive");
        assert_eq!(
            source(&[DockerArchive, OciLayout], Compression::Xz, 1),
            "docker save archive and OCI image layout, compressed with xz"
        );
        assert_eq!(source(&[OciLayout], Compression::None, 1204), "OCI image layout, 1,204 files");
        assert_eq!(source(&[], Compression::None, 1), "unknown form");
    }

    #[test]
    fn artifacts_are_called_what_they_are() {
        let words = |artifact_type| artifact(artifact_type, &[]);
        assert_eq!(words("application/vnd.cncf.helm.config.v1+json"), "Helm chart");
        assert_eq!(words("application/vnd.wasm.config.v0+json"), "WebAssembly module");
        assert_eq!(words("application/spdx+json"), "SBOM, SPDX");
        assert_eq!(words("application/vnd.cyclonedx+xml"), "SBOM, CycloneDX");
        assert_eq!(words("application/vnd.dev.cosign.artifact.sig.v1+json"), "Cosign signature");
        assert_eq!(words("application/vnd.in-toto+json"), "In-toto attestation");
        assert_eq!(words("application/vnd.example.thing"), "application/vnd.example.thing");
        assert_eq!(words(""), "Artifact");
        let config = "application/vnd.oci.image.config.v1+json";
        let tag = format!("registry.example/app:sha256-{}.sig", "a".repeat(64));
        assert_eq!(artifact(config, &[tag.into()]), "Cosign signature");
    }

    #[test]
    fn other_manifests_are_told_by_their_kind() {
        let other = |kind, artifact_type: &str| OtherLine {
            kind,
            digest: "sha256:a".into(),
            platform: None,
            names: Vec::new(),
            subject: None,
            artifact_type: artifact_type.into(),
        };
        let absent = other(OtherKind::Absent, "");
        assert_eq!(other_manifest(&absent, true), "Image");
        assert_eq!(other_manifest(&absent, false), "Image, not in this file");
        let sbom = other(OtherKind::Attestation, "application/spdx+json");
        assert_eq!(other_manifest(&sbom, false), "Attestation, SBOM, SPDX");
        let other_attestation = other(OtherKind::Attestation, "application/vnd.in-toto+json");
        assert_eq!(other_manifest(&other_attestation, false), "Attestation");
        assert_eq!(
            other_manifest(&other(OtherKind::Artifact, "application/wasm"), false),
            "WebAssembly module"
        );
    }
}
