//! A registry in memory: one image, with what tests want to go wrong.

use super::images::{LayerBlob, gzip, layer_tar};
use crate::http::{HttpFailure, HttpRequest, HttpResponse, Method};
use crate::oci::Digest;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The reference of its image.
pub const REFERENCE: &str = "registry.example/team/app:1";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// What a request gets.
pub struct FakeResponse {
    pub result: Result<HttpResponse, HttpFailure>,
    /// Of a body that is streamed.
    pub pieces: Vec<Vec<u8>>,
    /// The body breaks off after these pieces.
    pub breaks: bool,
}

/// What a registry does with the next request for a blob.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// It gives so many bytes, then the connection breaks.
    BreakAfter(usize),
    /// It gives other bytes of the same length.
    Wrong,
    /// This status.
    Status(u16),
}

/// The registry.
#[derive(Default)]
pub struct Registry {
    blobs: BTreeMap<String, Vec<u8>>,
    manifests: BTreeMap<String, Vec<u8>>,
    /// What goes wrong with a blob, by digest, in order.
    faults: BTreeMap<String, Vec<Fault>>,
    /// Answers to addresses that are no registry's: path and body.
    pub pages: BTreeMap<String, Vec<u8>>,
    /// Nothing is answered at all.
    pub silent: bool,
    /// A login is required.
    pub login: bool,
    /// A login is required for this blob.
    pub login_for: Option<Digest>,
    /// Bytes of a piece.
    pub piece: usize,
}

impl Registry {
    /// Puts an image of these layers in. Gives the digests of its blobs.
    pub fn put(&mut self, layers: &[LayerBlob]) -> Vec<Digest> {
        self.piece = 1 << 16;
        let diff_ids: Vec<String> =
            layers.iter().map(|layer| Digest::of(&layer.tar).to_string()).collect();
        let config = json!({
            "os": "linux", "architecture": "amd64", "config": {},
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
        });
        let config = config.to_string().into_bytes();
        let mut list = Vec::new();
        for layer in layers {
            let mut one = descriptor(&layer.bytes, "application/vnd.oci.image.layer.v1.tar+gzip");
            one["annotations"] = json!(layer.annotations);
            if let Some(size) = layer.claimed_size {
                one["size"] = json!(size);
            }
            if layer.inline {
                one["data"] = json!(crate::base64::encode(&layer.bytes));
            } else {
                self.blobs.insert(Digest::of(&layer.bytes).to_string(), layer.bytes.clone());
            }
            list.push(one);
        }
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": descriptor(&config, "application/vnd.oci.image.config.v1+json"),
            "layers": list,
        });
        let manifest = manifest.to_string().into_bytes();
        self.blobs.insert(Digest::of(&config).to_string(), config);
        self.manifests.insert(Digest::of(&manifest).to_string(), manifest.clone());
        self.manifests.insert("1".to_owned(), manifest);
        layers.iter().map(|layer| Digest::of(&layer.bytes)).collect()
    }

    /// Attaches a document to the image. Gives the digest of its blob.
    pub fn attach(&mut self, media_type: &str, document: &[u8]) -> Digest {
        let image = self.manifests["1"].clone();
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": media_type,
            "config": descriptor(b"{}", "application/vnd.oci.empty.v1+json"),
            "layers": [descriptor(document, media_type)],
            "subject": descriptor(&image, MANIFEST),
        });
        let manifest = manifest.to_string().into_bytes();
        let tag = Digest::of(&image).to_string().replace(':', "-"); // there is no API for referrers
        let before = self.manifests.get(&tag).map(|index| serde_json::from_slice(index).unwrap());
        let before: Value = before.unwrap_or_default();
        let mut list = before["manifests"].as_array().cloned().unwrap_or_default();
        list.push(descriptor(&manifest, MANIFEST));
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": list});
        self.manifests.insert(tag, index.to_string().into_bytes());
        self.manifests.insert(Digest::of(&manifest).to_string(), manifest);
        let digest = Digest::of(document);
        self.blobs.insert(digest.to_string(), document.to_vec());
        digest
    }

    /// Lets something go wrong with the next request for a blob.
    pub fn fail(&mut self, blob: &Digest, fault: Fault) {
        self.faults.entry(blob.to_string()).or_default().push(fault);
    }

    /// The answer to a request.
    pub fn answer(&mut self, request: &HttpRequest) -> FakeResponse {
        let refused = |status| plain(status, &[], Vec::new());
        if self.silent {
            return FakeResponse {
                result: Err(HttpFailure::Network),
                pieces: Vec::new(),
                breaks: false,
            };
        }
        if let Some(body) = self.pages.get(&request.url) {
            let streams = request.response_body == crate::http::ResponseBody::Stream;
            return if streams {
                self.streamed(200, body.clone(), None)
            } else {
                plain(200, &[], body.clone())
            };
        }
        let of_blob = |blob: &Digest| request.url.ends_with(blob.as_str());
        let refuses = self.login || self.login_for.as_ref().is_some_and(of_blob);
        if refuses && request.authorization.is_none() {
            return plain(401, &[("www-authenticate", "Basic realm=\"x\"")], Vec::new());
        }
        let last = request.url.rsplit('/').next().unwrap_or_default().to_owned();
        if request.url.contains("/manifests/") {
            let Some(manifest) = self.manifests.get(&last) else { return refused(404) };
            let digest = Digest::of(manifest).to_string();
            let value: serde_json::Value = serde_json::from_slice(manifest).unwrap();
            let kind = value["mediaType"].as_str().unwrap();
            let headers = [("content-type", kind), ("docker-content-digest", &digest)];
            let body = if request.method == Method::Head { Vec::new() } else { manifest.clone() };
            return plain(200, &headers, body);
        }
        let Some(blob) = self.blobs.get(&last).cloned() else { return refused(404) };
        if request.response_body != crate::http::ResponseBody::Stream {
            return plain(200, &[], blob);
        }
        let fault = self.faults.get_mut(&last).filter(|list| !list.is_empty());
        match fault.map(|list| list.remove(0)) {
            Some(Fault::Status(status)) => refused(status),
            Some(Fault::Wrong) => self.ranged(request, vec![b'x'; blob.len()], None),
            Some(Fault::BreakAfter(count)) => self.ranged(request, blob, Some(count)),
            None => self.ranged(request, blob, None),
        }
    }

    fn ranged(&self, request: &HttpRequest, blob: Vec<u8>, breaks: Option<usize>) -> FakeResponse {
        let range = request.headers.iter().find(|(name, _)| *name == "range");
        let range = range.and_then(|(_, range)| {
            let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
            Some((first.parse::<usize>().ok()?, last.parse::<usize>().ok()?))
        });
        match range {
            Some((first, last)) => {
                let part = blob[first..=last.min(blob.len() - 1)].to_vec();
                self.streamed(206, part, breaks)
            }
            None => self.streamed(200, blob, breaks),
        }
    }

    fn streamed(&self, status: u16, mut body: Vec<u8>, breaks: Option<usize>) -> FakeResponse {
        if let Some(count) = breaks {
            body.truncate(count);
        }
        let pieces = body.chunks(self.piece.max(1)).map(<[u8]>::to_vec).collect::<Vec<_>>();
        let pieces = if pieces.is_empty() { vec![Vec::new()] } else { pieces };
        FakeResponse { pieces, breaks: breaks.is_some(), ..plain(status, &[], Vec::new()) }
    }
}

fn descriptor(bytes: &[u8], media_type: &str) -> serde_json::Value {
    let digest = Digest::of(bytes).to_string();
    json!({"mediaType": media_type, "digest": digest, "size": bytes.len()})
}

fn plain(status: u16, headers: &[(&str, &str)], body: Vec<u8>) -> FakeResponse {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let response = HttpResponse { status, headers: headers.collect(), body };
    FakeResponse { result: Ok(response), pieces: Vec::new(), breaks: false }
}

/// Layers of some files each, as gzip.
pub fn blobs(layers: &[&[(&str, &str)]]) -> Vec<LayerBlob> {
    layers.iter().map(|files| LayerBlob::of(layer_tar(files), gzip)).collect()
}
