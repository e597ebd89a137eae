//! Puts things into a registry: by its own API, and by skopeo from archives.
//!
//! Only open registries are filled; one with a login gets its content from an open one beside it.

use crate::distribution::Registry;
use crate::images::{entry, index};
use crate::{OCI_INDEX, OCI_MANIFEST, digest, http};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// An image's configuration, as a manifest in a registry has it.
const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";

/// A manifest or an index, as stored in a registry.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its media type.
    pub kind: String,
    /// Its bytes.
    pub json: String,
}

impl Document {
    /// `sha256:…`.
    pub fn digest(&self) -> String {
        digest(self.json.as_bytes())
    }

    /// Read.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.json).expect("a registry takes only JSON for a manifest")
    }
}

impl Registry {
    /// A blob; its digest.
    pub fn push_blob(&self, repository: &str, bytes: &[u8]) -> String {
        let digest = digest(bytes);
        let start = format!("{}/v2/{repository}/blobs/uploads/", self.origin());
        let begun = http::open("POST", &start, &[], b"").expect("the registry answers").head;
        assert_eq!(begun.status, 202);
        let place = begun.header("location").expect("an upload has a place");
        let place = match place.starts_with('/') {
            true => format!("{}{place}", self.origin()),
            false => place.to_owned(),
        };
        let put = format!("{place}{}digest={digest}", if place.contains('?') { '&' } else { '?' });
        let kind = [("content-type", "application/octet-stream")];
        let answer = http::open("PUT", &put, &kind, bytes).expect("the registry answers");
        let status = answer.head.status;
        assert_eq!(status, 201, "{}", answer.text());
        digest
    }

    /// A manifest or an index, under a tag or its digest; its digest.
    pub fn push_manifest(&self, repository: &str, name: &str, kind: &str, json: &str) -> String {
        let url = format!("{}/v2/{repository}/manifests/{name}", self.origin());
        let sent = [("content-type", kind)];
        let answer = http::open("PUT", &url, &sent, json.as_bytes()).expect("the registry answers");
        let status = answer.head.status;
        assert_eq!(status, 201, "{}", answer.text());
        digest(json.as_bytes())
    }

    /// What a tag or a digest names, if there is anything.
    pub fn document(&self, repository: &str, name: &str) -> Option<Document> {
        let url = format!("{}/v2/{repository}/manifests/{name}", self.origin());
        let accept =
            [OCI_MANIFEST, OCI_INDEX, crate::DOCKER_MANIFEST, crate::DOCKER_LIST].join(", ");
        let answer = http::open("GET", &url, &[("accept", &accept)], b"")?;
        if answer.head.status != 200 {
            return None;
        }
        let kind = answer.head.header("content-type").unwrap_or_default().to_owned();
        Some(Document { kind, json: answer.text() })
    }

    /// The one image of an OCI layout that is a folder; its blobs, but the manifest under a tag.
    pub fn push_layout(&self, repository: &str, tag: &str, layout: &Path) -> Document {
        let read = |path: &str| {
            let path = layout.join(path);
            std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
        };
        let parse = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).expect("it is JSON");
        let blob = |descriptor: &Value| {
            let digest = descriptor["digest"].as_str().expect("a descriptor has a digest");
            read(&format!("blobs/{}", digest.replace(':', "/")))
        };
        let bytes = blob(&parse(&read("index.json"))["manifests"][0]);
        let manifest = parse(&bytes);
        let layers = manifest["layers"].as_array().expect("a manifest has layers");
        for descriptor in layers.iter().chain([&manifest["config"]]) {
            self.push_blob(repository, &blob(descriptor));
        }
        let json = String::from_utf8(bytes).expect("JSON is UTF-8");
        self.push_manifest(repository, tag, OCI_MANIFEST, &json);
        Document { kind: OCI_MANIFEST.to_owned(), json }
    }

    /// Copies an archive or a folder with all its platforms to `REPOSITORY:TAG`, as skopeo does it.
    /// Its own folder for unpacked archives, `/var/tmp`, is not on every machine.
    ///
    /// # Panics
    /// If skopeo is not installed or refuses.
    pub fn copy(&self, source: &Path, name: &str) {
        let output = Command::new("skopeo")
            .arg("--tmpdir")
            .arg(std::env::temp_dir())
            .args(["copy", "--quiet", "--insecure-policy", "--all", "--dest-tls-verify=false"])
            .arg(format!("{}:{}", transport(source), source.display()))
            .arg(format!("docker://{}/{name}", self.name))
            .output()
            .expect("needs skopeo: apt-get install skopeo");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} to {name}: {said}", source.display());
    }

    /// Puts what has the tag `of` under other tags, too. Several at a time: a registry that writes each
    /// to the disk keeps one client waiting.
    pub fn tag(&self, repository: &str, of: &str, tags: impl IntoIterator<Item = String>) {
        let Document { kind, json } = &self.document(repository, of).expect("it has that tag");
        let tags: Vec<String> = tags.into_iter().collect();
        std::thread::scope(|scope| {
            for part in tags.chunks(tags.len().div_ceil(8).max(1)) {
                scope.spawn(move || {
                    for tag in part {
                        self.push_manifest(repository, tag, kind, json);
                    }
                });
            }
        });
    }

    /// Attaches an artifact to the manifest `subject`; its digest. Where the registry has no API for
    /// referrers, it is listed under the fallback tag, as clients have to do it.
    pub fn attach(&self, repository: &str, subject: &str, kind: &str, payload: &[u8]) -> String {
        let of = self.document(repository, subject).expect("the subject is there");
        let empty = "application/vnd.oci.empty.v1+json";
        let descriptor = |kind: &str, digest: String, size: usize| json!({ "mediaType": kind, "digest": digest, "size": size });
        let config = descriptor(empty, self.push_blob(repository, b"{}"), 2);
        let layer = descriptor(kind, self.push_blob(repository, payload), payload.len());
        let json = json!({
            "schemaVersion": 2, "mediaType": OCI_MANIFEST, "artifactType": kind,
            "config": config, "layers": [layer],
            "subject": descriptor(&of.kind, of.digest(), of.json.len()),
            "annotations": { "org.opencontainers.image.created": "2026-01-02T03:04:05Z" },
        })
        .to_string();
        let digest = digest(json.as_bytes());
        self.push_manifest(repository, &digest, OCI_MANIFEST, &json);
        let api = format!("{}/v2/{repository}/referrers/{subject}", self.origin());
        if http::get(&api).is_some_and(|answer| answer.head.status == 200) {
            return digest;
        }
        let tag = subject.replace(':', "-");
        let known = self.document(repository, &tag).map(|list| list.value()["manifests"].clone());
        let mut entries: Vec<String> =
            known.iter().flat_map(Value::as_array).flatten().map(Value::to_string).collect();
        entries.push(entry(OCI_MANIFEST, &digest, &json, &format!(r#","artifactType":"{kind}""#)));
        self.push_manifest(repository, &tag, OCI_INDEX, &index(OCI_INDEX, &entries));
        digest
    }

    /// A signature as cosign 2 pushes it: under the tag that names the image's digest. `recorded` is a file of
    /// `tests/fixtures/signatures`: payload and annotations.
    pub fn push_signature(&self, repository: &str, image: &str, recorded: &[u8]) {
        let recorded: Value = serde_json::from_slice(recorded).expect("it is JSON");
        let payload = recorded["payload"].as_str().expect("it has a payload");
        let descriptor = |kind: &str, bytes: &[u8]| json!({ "mediaType": kind, "digest": self.push_blob(repository, bytes), "size": bytes.len() });
        let kind = "application/vnd.dev.cosign.simplesigning.v1+json";
        let mut layer = descriptor(kind, payload.as_bytes());
        layer["annotations"] = recorded["annotations"].clone();
        let manifest = json!({
            "schemaVersion": 2, "mediaType": OCI_MANIFEST,
            "config": descriptor(OCI_CONFIG, b"{}"), "layers": [layer],
        });
        let tag = format!("{}.sig", image.replace(':', "-"));
        self.push_manifest(repository, &tag, OCI_MANIFEST, &manifest.to_string());
    }

    /// The image of an OCI layout for several platforms: its configuration says another one in each, its
    /// layers are the same. The index is tagged; the manifests' digests, in the platforms' order.
    pub fn push_platforms(
        &self,
        repository: &str,
        tag: &str,
        layout: &Path,
        platforms: &[&str],
    ) -> Vec<String> {
        let first = self.push_layout(repository, tag, layout).value();
        let config = first["config"]["digest"].as_str().expect("a manifest has a configuration");
        let url = format!("{}/v2/{repository}/blobs/{config}", self.origin());
        let config = http::get(&url).expect("it was pushed").text();
        let (mut digests, mut entries) = (Vec::new(), Vec::new());
        for platform in platforms {
            let mut parts = platform.split('/');
            let (os, architecture) = (parts.next(), parts.next());
            let mut said = json!({ "os": os, "architecture": architecture });
            if let Some(variant) = parts.next() {
                said["variant"] = variant.into();
            }
            let mut config: Value = serde_json::from_str(&config).expect("it is JSON");
            let fields = config.as_object_mut().expect("a configuration is an object");
            fields.extend(said.as_object().expect("made as one").clone());
            let config = config.to_string();
            let mut manifest = first.clone();
            let digest = self.push_blob(repository, config.as_bytes());
            manifest["config"] =
                json!({ "mediaType": OCI_CONFIG, "digest": digest, "size": config.len() });
            let json = manifest.to_string();
            let digest = crate::digest(json.as_bytes());
            self.push_manifest(repository, &digest, OCI_MANIFEST, &json);
            entries.push(entry(OCI_MANIFEST, &digest, &json, &format!(r#","platform":{said}"#)));
            digests.push(digest);
        }
        self.push_manifest(repository, tag, OCI_INDEX, &index(OCI_INDEX, &entries));
        digests
    }
}

/// skopeo's name for the form of a source.
fn transport(source: &Path) -> &'static str {
    let name = source.file_name().unwrap_or_default().to_string_lossy();
    match source.is_dir() {
        true if source.join("oci-layout").is_file() => "oci",
        true => "dir",
        false if name.contains(".oci.") => "oci-archive",
        false => "docker-archive",
    }
}
