//! From a reference to an image: its manifest, its configuration, and the size of its layers.
//!
//! Source: OCI distribution-spec 1.1, "Pulling manifests".
//!
//! - By tag: first HEAD (Docker Hub does not count it), then GET by the digest in its response, so that the cache
//!   can replace the GET. By digest: GET at once.
//! - Every document is verified against the digest that led to it; a mismatch is an error. Only a tag without a
//!   digest in the HEAD's response makes no claim.
//! - A direct request's Accept header has room for the types of indexes or of manifests, not both (128 bytes). So
//!   a response of another type, or none, is followed by a second request.

mod nested;
mod pulled;
mod stage;

use super::endpoint::{blob_path, host_of, manifest_path};
use super::error_body::shortened;
use super::limits::{MAX_CONFIG, MAX_MANIFEST};
use super::manifest::{self, ACCEPT_ALL, ACCEPT_INDEXES, ACCEPT_MANIFESTS, ManifestDocument};
use super::platform::Wish;
use super::{Call, Need, Operation, RegistryError, errors};
use crate::http::{HttpResponse, Method, ResponseBody};
use crate::oci::{
    Digest, DocumentShape, Hasher, ImageConfig, ImageManifest, LenientDocument, ManifestClaim,
    Reference, is_index, is_manifest,
};
use crate::problem::Problem;
use crate::text::text_as_utf8;
pub use pulled::{Artifact, OtherManifest, PlatformChoice, Pulled, PulledImage};
use stage::{EntryLimit, Fetch, FetchKind, NestedDocument, PullStage};
use std::collections::{HashSet, VecDeque};

/// Pulls an image's manifest and configuration.
#[derive(Debug)]
pub struct Pull {
    wish: Wish,
    stage: PullStage,
    /// Nested indexes that are not fetched yet, and what may be one.
    queue: VecDeque<NestedDocument>,
    /// Number of nested indexes so far.
    indexes: usize,
    /// Requests for documents without a known media type so far, and those that were left out.
    unknown: usize,
    not_looked_at: Vec<(Digest, EntryLimit)>,
    /// Indexes that were read, so that none is read again when it leads to itself.
    entered: HashSet<Digest>,
    /// At the end, see whether the tag still names the digest beside it.
    check_tag: bool,
    pulled: Pulled,
}

impl Pull {
    /// Pulls what `reference` names, for the wanted platform.
    pub fn new(reference: Reference, wish: Wish) -> Pull {
        let stage = match reference.digest() {
            Some(digest) => PullStage::Top(Fetch::of(digest, FetchKind::Index)),
            None => PullStage::Head(FetchKind::Index),
        };
        let check_tag = reference.tag().is_some() && reference.digest().is_some();
        let pulled = Pulled::new(reference);
        let (queue, entered, not_looked_at) = Default::default();
        let (indexes, unknown) = (0, 0);
        Pull { wish, stage, queue, indexes, unknown, not_looked_at, entered, check_tag, pulled }
    }

    /// Pulls another image of an index that was pulled before.
    pub fn choice(reference: Reference, choice: &PlatformChoice) -> Pull {
        let digest = choice.descriptor.digest.clone();
        let pinned = reference.with_digest(digest.clone());
        let pull = Pull::new(pinned, Wish::Preferably(choice.platform.clone()));
        let stage = PullStage::Top(Fetch::described(&choice.descriptor, FetchKind::Manifest));
        Pull { stage, check_tag: false, ..pull } // the tag names the index
    }

    /// A request for a manifest or an index by tag or digest.
    fn manifest_call(&self, method: Method, by: &str, kind: FetchKind) -> Call {
        let reference = &self.pulled.reference;
        let (registry, repository) = (reference.registry(), reference.repository());
        let path = manifest_path(repository, by);
        let call = Call::pull(registry, repository, path, ResponseBody::Keep(MAX_MANIFEST));
        let accept = if kind == FetchKind::Index { ACCEPT_INDEXES } else { ACCEPT_MANIFESTS };
        let what = format!("{repository} {by}");
        let (accept, accept_proxied) = (Some(accept), Some(ACCEPT_ALL));
        Call { method, what, accept, accept_proxied, ..call }
    }

    /// A HEAD request for the tag.
    fn head_call(&self, kind: FetchKind) -> Call {
        let tag = self.pulled.reference.tag().unwrap_or_default();
        self.manifest_call(Method::Head, tag, kind)
    }

    fn fetch_call(&self, fetch: &Fetch) -> Call {
        let reference = &self.pulled.reference;
        if let (FetchKind::Config, Some(digest)) = (fetch.kind, &fetch.digest) {
            let (registry, repository) = (reference.registry(), reference.repository());
            let path = blob_path(repository, digest);
            let call = Call::pull(registry, repository, path, ResponseBody::Keep(MAX_CONFIG));
            return Call { what: format!("the configuration of {repository}"), ..call };
        }
        let by = match &fetch.digest {
            Some(digest) => digest.to_string(),
            None => reference.tag().unwrap_or_default().to_owned(),
        };
        self.manifest_call(Method::Get, &by, fetch.kind)
    }

    fn host(&self) -> String {
        host_of(self.pulled.reference.registry())
    }

    fn failed(&self, response: &HttpResponse, now: u64) -> RegistryError {
        errors::of_response(response, &self.host(), &self.pulled.reference.familiar(), now)
    }

    /// The stage after the response to a HEAD for the tag.
    fn after_head(
        &self,
        kind: FetchKind,
        response: &HttpResponse,
        now: u64,
    ) -> Result<PullStage, RegistryError> {
        let media_type = response.media_type();
        let claimed = response.header("docker-content-digest").and_then(Digest::parse);
        let digest = claimed.filter(|d| Hasher::of_algorithm(d.algorithm()).is_some());
        let kind_found = match (is_index(&media_type), is_manifest(&media_type)) {
            (true, _) => Some(FetchKind::Index),
            (_, true) => Some(FetchKind::Manifest),
            _ => None,
        };
        match (response.status, kind_found) {
            (200, Some(kind)) => {
                Ok(PullStage::Top(Fetch { digest, kind, not_cached: false, inline: None }))
            }
            (200 | 404 | 406, None) if kind == FetchKind::Index => {
                Ok(PullStage::Head(FetchKind::Manifest))
            }
            (429, _) => Err(self.failed(response, now)),
            // The body of a GET explains any other response.
            _ => {
                let kind = FetchKind::Index;
                Ok(PullStage::Top(Fetch { digest: None, kind, not_cached: true, inline: None }))
            }
        }
    }

    /// The document in a response. `Ok(None)`: the second request is needed.
    fn document(
        &self,
        fetch: &Fetch,
        response: &HttpResponse,
        now: u64,
    ) -> Result<Option<(Digest, ManifestDocument)>, RegistryError> {
        let first = fetch.kind == FetchKind::Index;
        match response.status {
            200 => {}
            404 | 406 if first => return Ok(None),
            _ => return Err(self.failed(response, now)),
        }
        let digest = match &fetch.digest {
            Some(digest) => {
                manifest::verify(&response.body, digest, "a manifest")?;
                digest.clone()
            }
            None => Digest::of(&response.body),
        };
        match manifest::parse(&response.body, &response.media_type())? {
            ManifestDocument::SchemaOne if first => Ok(None),
            ManifestDocument::SchemaOne => Err(RegistryError::new(
                Problem::new("schema-one", "The manifest has Docker's schema 1.")
                    .expected("a manifest of schema 2 or OCI")
                    .advice("Push the image again with Docker 1.10 or newer."),
            )),
            document => Ok(Some((digest, document))),
        }
    }

    /// The stage after the response to a document's request.
    fn after_response(
        &mut self,
        stage: PullStage,
        response: HttpResponse,
        now: u64,
    ) -> Result<PullStage, RegistryError> {
        match stage {
            PullStage::Head(kind) => self.after_head(kind, &response, now),
            PullStage::Top(fetch) => self.after_top(fetch, response, now),
            PullStage::Nested(fetch, nested) => {
                Ok(self.after_nested(&fetch, *nested, response, now))
            }
            // It may be an index, for which the request had no room.
            PullStage::Image(fetch)
                if fetch.kind == FetchKind::Manifest && matches!(response.status, 404 | 406) =>
            {
                let (kind, not_cached) = (FetchKind::Index, true);
                Ok(PullStage::Image(Fetch { kind, not_cached, ..fetch }))
            }
            PullStage::Image(fetch) => match self.document(&fetch, &response, now)? {
                Some((digest, ManifestDocument::Manifest(manifest))) => {
                    self.keep(&digest, response.body);
                    Ok(self.after_manifest(digest, *manifest))
                }
                Some((digest, ManifestDocument::Index(index))) => {
                    self.keep(&digest, response.body);
                    Ok(self.after_chosen_index(index, &digest))
                }
                _ => Err(self.failed(&response, now)),
            },
            PullStage::Config(_, image) => self.after_config(*image, response, now),
            PullStage::Moved(kind) => Ok(self.after_moved(kind, &response, now)),
            stage @ (PullStage::Done(_) | PullStage::Over) => Ok(stage),
        }
    }

    /// The stage after what the reference names.
    fn after_top(
        &mut self,
        fetch: Fetch,
        response: HttpResponse,
        now: u64,
    ) -> Result<PullStage, RegistryError> {
        let Some((digest, document)) = self.document(&fetch, &response, now)? else {
            return Ok(PullStage::Top(Fetch { kind: FetchKind::Manifest, ..fetch }));
        };
        self.pulled.digest = digest.clone();
        self.keep(&digest, response.body);
        match document {
            ManifestDocument::Index(index) => {
                self.add_index(index, &digest, 0);
                Ok(self.after_index())
            }
            ManifestDocument::Manifest(manifest) => Ok(self.after_manifest(digest, *manifest)),
            ManifestDocument::SchemaOne => Ok(PullStage::Done(Ok(()))), // `document` made it an error
        }
    }

    /// The stage after the manifest of an image or an artifact. Where its media types say nothing, the
    /// configuration tells which.
    fn after_manifest(&mut self, digest: Digest, manifest: ImageManifest) -> PullStage {
        if manifest.claims() != ManifestClaim::Artifact {
            let fetch = Fetch::described(&manifest.config, FetchKind::Config);
            return PullStage::Config(fetch, Box::new((digest, manifest)));
        }
        self.after_artifact(digest, manifest)
    }

    fn after_artifact(&mut self, digest: Digest, manifest: ImageManifest) -> PullStage {
        self.pulled.artifact = Some(Artifact { digest, manifest });
        self.after_image()
    }

    /// The stage after the configuration of an image.
    fn after_config(
        &mut self,
        (manifest_digest, manifest): (Digest, ImageManifest),
        response: HttpResponse,
        now: u64,
    ) -> Result<PullStage, RegistryError> {
        let said = manifest.claims() == ManifestClaim::Image;
        let is_config =
            || DocumentShape::of(&text_as_utf8(&response.body)) == DocumentShape::Config;
        if !said && (response.status == 404 || response.status == 200 && !is_config()) {
            return Ok(self.after_artifact(manifest_digest, manifest));
        }
        if response.status != 200 {
            return Err(self.failed(&response, now));
        }
        let image_id = manifest.config.digest.clone();
        manifest::verify(&response.body, &image_id, "the configuration")?;
        let (config, _) =
            ImageConfig::with_faults(&text_as_utf8(&response.body)).map_err(|error| {
                Problem::new("json-invalid", "The configuration is not valid.")
                    .found(shortened(&error.to_string()))
                    .in_blob(image_id.as_str())
            })?;
        self.keep(&image_id, response.body);
        self.pulled.image = Some(PulledImage { manifest_digest, manifest, image_id, config });
        Ok(self.after_image())
    }

    /// The stage after the image: for a reference with tag and digest, see whether the tag still names the digest.
    fn after_image(&self) -> PullStage {
        if self.check_tag { PullStage::Moved(FetchKind::Index) } else { PullStage::Done(Ok(())) }
    }

    /// The stage after a HEAD for the tag beside a digest. Its errors are ignored.
    fn after_moved(&mut self, kind: FetchKind, response: &HttpResponse, now: u64) -> PullStage {
        match self.after_head(kind, response, now) {
            Ok(PullStage::Head(kind)) => return PullStage::Moved(kind),
            Ok(PullStage::Top(Fetch { digest: Some(digest), .. })) => {
                self.pulled.moved_to = Some(digest).filter(|digest| *digest != self.pulled.digest);
            }
            _ => {}
        }
        PullStage::Done(Ok(()))
    }

    fn keep(&mut self, digest: &Digest, bytes: Vec<u8>) {
        self.pulled.documents.push((digest.clone(), bytes));
    }

    fn warn(&mut self, error: RegistryError) {
        self.pulled.warnings.push(error.problem);
    }

    /// The document that is being fetched.
    fn fetch(&mut self) -> Option<&mut Fetch> {
        match &mut self.stage {
            PullStage::Top(fetch)
            | PullStage::Nested(fetch, _)
            | PullStage::Image(fetch)
            | PullStage::Config(fetch, _) => Some(fetch),
            _ => None,
        }
    }

    /// The result, once.
    fn finish(&mut self) -> Result<Pulled, RegistryError> {
        match std::mem::replace(&mut self.stage, PullStage::Over) {
            PullStage::Done(Ok(())) => {
                let empty = Pulled::new(self.pulled.reference.clone());
                Ok(std::mem::replace(&mut self.pulled, empty))
            }
            PullStage::Done(Err(error)) => {
                self.stage = PullStage::Done(Err(error.clone()));
                Err(error)
            }
            _ => Err(Problem::new("registry-over", "This request has ended.").into()),
        }
    }
}

impl Operation for Pull {
    type Output = Pulled;

    fn next(&mut self) -> Need<Pulled> {
        while let Some(body) = self.fetch().and_then(|fetch| fetch.inline.take()) {
            self.take(Ok(HttpResponse { status: 200, headers: Vec::new(), body }), 0);
        }
        if let Some(Fetch { digest: Some(digest), not_cached: false, .. }) = self.fetch() {
            return Need::Cached(digest.clone());
        }
        match &self.stage {
            PullStage::Head(kind) | PullStage::Moved(kind) => Need::Call(self.head_call(*kind)),
            PullStage::Top(fetch)
            | PullStage::Nested(fetch, _)
            | PullStage::Image(fetch)
            | PullStage::Config(fetch, _) => Need::Call(self.fetch_call(fetch)),
            PullStage::Done(_) | PullStage::Over => Need::Done(self.finish()),
        }
    }

    fn take(&mut self, result: Result<HttpResponse, RegistryError>, now: u64) {
        let stage = std::mem::replace(&mut self.stage, PullStage::Done(Ok(())));
        let nested = match &stage {
            PullStage::Nested(_, nested) => Some((**nested).clone()),
            _ => None,
        };
        let was_extra = matches!(stage, PullStage::Moved(_));
        let next = match result {
            Ok(response) => self.after_response(stage, response, now),
            Err(_) if was_extra => Ok(PullStage::Done(Ok(()))),
            Err(error) => match nested {
                Some(nested) => Ok(self.after_no_nested(nested, error)),
                None => Err(error),
            },
        };
        self.stage = next.unwrap_or_else(|error| PullStage::Done(Err(error)));
    }

    /// Bytes from the cache are used only if their digest matches; otherwise they are fetched.
    fn take_cached(&mut self, bytes: Option<Vec<u8>>) {
        let Some(fetch) = self.fetch() else { return };
        fetch.not_cached = true;
        let matches = |bytes: &Vec<u8>| {
            fetch.digest.as_ref().is_some_and(|digest| manifest::verify(bytes, digest, "").is_ok())
        };
        if let Some(body) = bytes.filter(matches) {
            self.take(Ok(HttpResponse { status: 200, headers: Vec::new(), body }), 0);
        }
    }
}

#[cfg(test)]
mod tests;
