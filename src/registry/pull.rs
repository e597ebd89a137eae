//! From a reference to an image: its manifest, its configuration, and what its layers will cost.
//!
//! Source: OCI distribution-spec 1.1, "Pulling manifests"; CONTRACTS.md, "Images".
//!
//! - By tag: HEAD first (Docker Hub doesn't count it), then GET by the digest that it told, so that
//!   what was kept on an earlier visit need not be fetched. By digest: GET at once.
//! - Every document is checked against the digest that led to it, or it is an error: nothing wrong is
//!   shown as right. Only what a tag led to has no claim to be checked against but the HEAD's.
//! - Directly, one Accept value holds index types or manifest types, not both (128 bytes): so an
//!   answer of another kind, or none, is followed by the second question.

mod found;

use super::endpoint::{blob_path, host_of, manifest_path};
use super::limits::{MAX_CONFIG, MAX_MANIFEST};
use super::manifest::{self, ACCEPT_ALL, ACCEPT_INDEXES, ACCEPT_MANIFESTS, ManifestDocument};
use super::platform::{self, Wish};
use super::{Call, Need, Operation, RegistryError, errors};
use crate::http::{HttpResponse, Method, ResponseBody};
use crate::oci::{
    Digest, ImageIndex, ImageManifest, Reference, is_image_config, is_index, is_manifest,
};
use crate::problem::Problem;
pub use found::{Artifact, OtherManifest, PlatformChoice, Pulled, PulledImage};
use std::collections::VecDeque;

/// Indexes are followed so deep, and so many of them.
const MAX_DEPTH: usize = 4;
const MAX_INDEXES: usize = 32;
/// Manifests of indexes at most.
const MAX_CHOICES: usize = 10_000;

/// Documents that are asked for in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FetchKind {
    Index,
    Manifest,
    Config,
}

/// What is being fetched.
#[derive(Clone, Debug)]
struct Fetch {
    /// What it must be; `None`: whatever the tag leads to.
    digest: Option<Digest>,
    kind: FetchKind,
    /// The cache was asked.
    looked: bool,
}

#[derive(Debug)]
enum PullStage {
    Head(FetchKind),
    Top(Fetch),
    Nested(Fetch, usize),
    Image(Fetch),
    Config(Fetch, Box<(Digest, ImageManifest)>),
    Moved(FetchKind),
    Done(Result<(), RegistryError>),
}

/// Brings an image.
#[derive(Debug)]
pub struct Pull {
    wish: Wish,
    stage: PullStage,
    queue: VecDeque<(Digest, usize)>,
    indexes: usize,
    top: Option<Digest>,
    /// Whether to see, at the end, if the tag beside a digest still names it.
    check_tag: bool,
    out: Option<Pulled>,
}

impl Pull {
    /// What `reference` names, for the platform that is wished for.
    pub fn new(reference: Reference, wish: Wish) -> Pull {
        let stage = match reference.digest() {
            Some(digest) => PullStage::Top(Fetch::of(digest, FetchKind::Index)),
            None => PullStage::Head(FetchKind::Index),
        };
        let digest = reference.digest().cloned();
        let (queue, check_tag) = (VecDeque::new(), reference.tag().is_some() && digest.is_some());
        Pull { wish, stage, queue, indexes: 0, top: digest, check_tag, out: None }
            .with_output(reference)
    }

    /// Another image of an index that was pulled before.
    pub fn choice(reference: Reference, choice: &PlatformChoice) -> Pull {
        let digest = choice.descriptor.digest.clone();
        let pinned = reference.with_digest(digest.clone());
        let pull = Pull::new(pinned, Wish::Preferably(choice.platform.clone()));
        let stage = PullStage::Top(Fetch::of(&digest, FetchKind::Manifest));
        Pull { stage, check_tag: false, ..pull } // the tag names the index
    }

    fn with_output(mut self, reference: Reference) -> Pull {
        self.out = Some(Pulled {
            // Set before it is handed out: the stage Top knows it.
            digest: self.top.clone().unwrap_or_else(|| Digest::of(b"")),
            reference,
            documents: Vec::new(),
            choices: Vec::new(),
            others: Vec::new(),
            chosen: None,
            image: None,
            artifact: None,
            moved_to: None,
            warnings: Vec::new(),
        });
        self
    }

    fn reference(&self) -> Option<&Reference> {
        self.out.as_ref().map(|out| &out.reference)
    }

    fn call(&self, method: Method, by: &str, kind: FetchKind) -> Option<Call> {
        let reference = self.reference()?;
        let (registry, repository) = (reference.registry(), reference.repository());
        let path = manifest_path(repository, by);
        let call = Call::pull(registry, repository, path, ResponseBody::Keep(MAX_MANIFEST));
        let accept = if kind == FetchKind::Index { ACCEPT_INDEXES } else { ACCEPT_MANIFESTS };
        let what = format!("{repository} {by}");
        let (accept, accept_proxied) = (Some(accept), Some(ACCEPT_ALL));
        Some(Call { method, what, accept, accept_proxied, ..call })
    }

    fn fetch_call(&self, fetch: &Fetch) -> Option<Call> {
        let reference = self.reference()?;
        if let (FetchKind::Config, Some(digest)) = (fetch.kind, &fetch.digest) {
            let (registry, repository) = (reference.registry(), reference.repository());
            let path = blob_path(repository, digest);
            let call = Call::pull(registry, repository, path, ResponseBody::Keep(MAX_CONFIG));
            return Some(Call { what: format!("configuration of {repository}"), ..call });
        }
        let by = match &fetch.digest {
            Some(digest) => digest.to_string(),
            None => reference.tag()?.to_owned(),
        };
        self.call(Method::Get, &by, fetch.kind)
    }

    /// An answer to a HEAD for a tag: the digest, if it is told, and by which question it was.
    fn head(
        &mut self,
        kind: FetchKind,
        response: &HttpResponse,
        now: u64,
    ) -> Result<PullStage, RegistryError> {
        let media_type = response.media_type();
        let told = response.header("docker-content-digest").and_then(Digest::parse);
        let known =
            told.filter(|digest| crate::oci::Hasher::of_algorithm(digest.algorithm()).is_some());
        let kind_told = match (is_index(&media_type), is_manifest(&media_type)) {
            (true, _) => Some(FetchKind::Index),
            (_, true) => Some(FetchKind::Manifest),
            _ => None,
        };
        match (response.status, kind_told) {
            (200, Some(kind)) => Ok(PullStage::Top(Fetch { digest: known, kind, looked: false })),
            (200 | 404 | 406, None) if kind == FetchKind::Index => {
                Ok(PullStage::Head(FetchKind::Manifest))
            }
            (429, _) => Err(self.failed(response, now)),
            // Whatever it is, a GET has a body that says so.
            _ => Ok(PullStage::Top(Fetch { digest: None, kind: FetchKind::Index, looked: true })),
        }
    }

    fn failed(&self, response: &HttpResponse, now: u64) -> RegistryError {
        let host = self.reference().map(|r| host_of(r.registry())).unwrap_or_default();
        let what = self.reference().map(Reference::familiar).unwrap_or_default();
        errors::of_response(response, &host, &what, now)
    }

    /// Bytes that are to be judged. `Ok(None)`: the second question is to be asked.
    fn document(
        &self,
        fetch: &Fetch,
        response: &HttpResponse,
        now: u64,
    ) -> Result<Option<(Digest, ManifestDocument)>, RegistryError> {
        let again = fetch.kind == FetchKind::Index;
        match response.status {
            200 => {}
            404 | 406 if again => return Ok(None),
            _ => return Err(self.failed(response, now)),
        }
        let digest = match &fetch.digest {
            Some(digest) => {
                manifest::verify(&response.body, digest, "A manifest")?;
                digest.clone()
            }
            None => Digest::of(&response.body),
        };
        match manifest::parse(&response.body, &response.media_type())? {
            ManifestDocument::SchemaOne if again => Ok(None),
            ManifestDocument::SchemaOne => Err(RegistryError::new(
                Problem::new("schema-one", "The manifest is of Docker's schema 1.")
                    .expected("schema 2, or an OCI manifest")
                    .advice("Push the image again with any Docker since 1.10."),
            )),
            document => Ok(Some((digest, document))),
        }
    }

    /// What an index names, sorted into choices, others and indexes to follow.
    fn index(&mut self, index: ImageIndex, digest: &Digest, depth: usize) {
        let Some(out) = &mut self.out else { return };
        for descriptor in index.manifests {
            let (subject, attestation) = (descriptor.attested(), descriptor.is_attestation());
            let media_type = &descriptor.media_type[..];
            let known = |choice: &PlatformChoice| choice.descriptor.digest == descriptor.digest;
            if is_index(media_type) && depth < MAX_DEPTH && self.indexes < MAX_INDEXES {
                self.indexes += 1;
                self.queue.push_back((descriptor.digest, depth + 1));
            } else if is_index(media_type) || out.choices.len() >= MAX_CHOICES {
                let problem =
                    Problem::new("index-too-large", "The index names more than is followed.");
                if !out.warnings.contains(&problem) {
                    out.warnings.push(problem);
                }
            } else if attestation
                || !(media_type.is_empty() || is_manifest(media_type))
                || !(descriptor.artifact_type.is_empty()
                    || is_image_config(&descriptor.artifact_type))
            {
                out.others.push(OtherManifest { descriptor, attestation, subject });
            } else if !out.choices.iter().any(known) {
                let platform = descriptor.platform.clone().unwrap_or_default();
                out.choices.push(PlatformChoice { descriptor, platform, parent: digest.clone() });
            }
        }
    }

    /// The next nested index, or the platform that is taken.
    fn after_index(&mut self) -> PullStage {
        if let Some((digest, depth)) = self.queue.pop_front() {
            return PullStage::Nested(Fetch::of(&digest, FetchKind::Index), depth);
        }
        let Some(out) = &mut self.out else { return PullStage::Done(Ok(())) };
        let platforms: Vec<_> = out.choices.iter().map(|choice| &choice.platform).collect();
        out.chosen = platform::choose(&self.wish, &platforms);
        if let Some(at) = out.chosen {
            return PullStage::Image(Fetch::of(
                &out.choices[at].descriptor.digest,
                FetchKind::Manifest,
            ));
        }
        let names: Vec<_> = platforms.iter().map(ToString::to_string).collect();
        let (Wish::Exactly(wanted) | Wish::Preferably(wanted)) = &self.wish;
        out.warnings.push(
            Problem::new("platform-absent", "The index has no image for this platform.")
                .expected(errors::shown(&wanted.to_string()))
                .found(errors::shown(&names.join(", ")))
                .advice("Choose one of the platforms that it has."),
        );
        self.after_image()
    }

    fn manifest(&mut self, digest: Digest, manifest: ImageManifest) -> PullStage {
        if manifest.is_image() {
            let fetch = Fetch::of(&manifest.config.digest, FetchKind::Config);
            return PullStage::Config(fetch, Box::new((digest, manifest)));
        }
        if let Some(out) = &mut self.out {
            out.artifact = Some(Artifact { digest, manifest });
        }
        self.after_image()
    }

    /// Where a tag stands beside the digest: does it still name the same?
    fn after_image(&self) -> PullStage {
        if self.check_tag { PullStage::Moved(FetchKind::Index) } else { PullStage::Done(Ok(())) }
    }

    fn answer(
        &mut self,
        stage: PullStage,
        response: HttpResponse,
        now: u64,
    ) -> Result<PullStage, RegistryError> {
        match stage {
            PullStage::Head(kind) => self.head(kind, &response, now),
            PullStage::Top(fetch) => self.top(fetch, response, now),
            PullStage::Nested(fetch, depth) => {
                match self.document(&fetch, &response, now) {
                    Ok(Some((digest, ManifestDocument::Index(index)))) => {
                        self.keep(&digest, response.body);
                        self.index(index, &digest, depth);
                    }
                    Ok(_) if response.status != 200 => self.warn(self.failed(&response, now)),
                    Ok(_) => self.warn(errors::unreadable(
                        &self.reference().map(|r| host_of(r.registry())).unwrap_or_default(),
                        "a nested index",
                        "an index",
                        "something else",
                    )),
                    // The rest of the index is still good.
                    Err(error) => self.warn(error),
                }
                Ok(self.after_index())
            }
            PullStage::Image(fetch) => match self.document(&fetch, &response, now)? {
                Some((digest, ManifestDocument::Manifest(manifest))) => {
                    self.keep(&digest, response.body);
                    Ok(self.manifest(digest, *manifest))
                }
                _ => Err(self.failed(&response, now)),
            },
            PullStage::Config(_, image) => self.configuration(*image, response, now),
            PullStage::Moved(kind) => match self.head(kind, &response, now) {
                Ok(PullStage::Head(kind)) => Ok(PullStage::Moved(kind)),
                Ok(PullStage::Top(Fetch { digest: Some(digest), .. })) => {
                    if let Some(out) = &mut self.out {
                        out.moved_to = Some(digest).filter(|digest| *digest != out.digest);
                    }
                    Ok(PullStage::Done(Ok(())))
                }
                _ => Ok(PullStage::Done(Ok(()))), // what the tag is now is not worth an error
            },
            stage @ PullStage::Done(_) => Ok(stage),
        }
    }

    /// What the reference itself leads to.
    fn top(
        &mut self,
        fetch: Fetch,
        response: HttpResponse,
        now: u64,
    ) -> Result<PullStage, RegistryError> {
        let Some((digest, document)) = self.document(&fetch, &response, now)? else {
            return Ok(PullStage::Top(Fetch { kind: FetchKind::Manifest, ..fetch }));
        };
        if let Some(out) = &mut self.out {
            out.digest = digest.clone();
        }
        self.keep(&digest, response.body);
        match document {
            ManifestDocument::Index(index) => {
                self.index(index, &digest, 0);
                Ok(self.after_index())
            }
            ManifestDocument::Manifest(manifest) => Ok(self.manifest(digest, *manifest)),
            ManifestDocument::SchemaOne => Ok(PullStage::Done(Ok(()))), // `document` gave an error for it
        }
    }

    fn configuration(
        &mut self,
        (manifest_digest, manifest): (Digest, ImageManifest),
        response: HttpResponse,
        now: u64,
    ) -> Result<PullStage, RegistryError> {
        if response.status != 200 {
            return Err(self.failed(&response, now));
        }
        let image_id = manifest.config.digest.clone();
        manifest::verify(&response.body, &image_id, "A configuration")?;
        let config = serde_json::from_slice(&response.body).map_err(|error| {
            Problem::new("json-invalid", "A configuration is not the JSON that it should be.")
                .found(errors::shown(&error.to_string()))
                .in_blob(image_id.to_string())
        })?;
        self.keep(&image_id, response.body);
        if let Some(out) = &mut self.out {
            out.image = Some(PulledImage { manifest_digest, manifest, image_id, config });
        }
        Ok(self.after_image())
    }

    fn keep(&mut self, digest: &Digest, bytes: Vec<u8>) {
        if let Some(out) = &mut self.out {
            out.documents.push((digest.clone(), bytes));
        }
    }

    fn warn(&mut self, error: RegistryError) {
        if let Some(out) = &mut self.out {
            out.warnings.push(error.problem);
        }
    }

    fn fetch(&mut self) -> Option<&mut Fetch> {
        match &mut self.stage {
            PullStage::Top(fetch)
            | PullStage::Nested(fetch, _)
            | PullStage::Image(fetch)
            | PullStage::Config(fetch, _) => Some(fetch),
            _ => None,
        }
    }
}

impl Fetch {
    fn of(digest: &Digest, kind: FetchKind) -> Fetch {
        Fetch { digest: Some(digest.clone()), kind, looked: false }
    }
}

impl Operation for Pull {
    type Output = Pulled;

    fn next(&mut self) -> Need<Pulled> {
        if let Some(Fetch { digest: Some(digest), looked: false, .. }) = self.fetch() {
            return Need::Cached(digest.clone());
        }
        let tag = self.reference().and_then(Reference::tag).unwrap_or_default().to_owned();
        let call = match &self.stage {
            PullStage::Head(kind) | PullStage::Moved(kind) => self.call(Method::Head, &tag, *kind),
            PullStage::Top(fetch)
            | PullStage::Nested(fetch, _)
            | PullStage::Image(fetch)
            | PullStage::Config(fetch, _) => self.fetch_call(fetch),
            PullStage::Done(Err(error)) => return Need::Done(Err(error.clone())),
            PullStage::Done(Ok(())) => None,
        };
        match (call, self.out.take()) {
            (Some(call), out) => {
                self.out = out;
                Need::Call(call)
            }
            (None, Some(out)) => Need::Done(Ok(out)),
            (None, None) => {
                Need::Done(Err(Problem::new("registry-over", "This request is over.").into()))
            }
        }
    }

    fn take(&mut self, result: Result<HttpResponse, RegistryError>, now: u64) {
        let stage = std::mem::replace(&mut self.stage, PullStage::Done(Ok(())));
        let was_nested = matches!(stage, PullStage::Nested(..));
        let was_extra = matches!(stage, PullStage::Moved(_));
        let next = match result {
            Ok(response) => self.answer(stage, response, now),
            Err(error) if was_nested => {
                self.warn(error);
                Ok(self.after_index())
            }
            Err(_) if was_extra => Ok(PullStage::Done(Ok(()))),
            Err(error) => Err(error),
        };
        self.stage = next.unwrap_or_else(|error| PullStage::Done(Err(error)));
    }

    /// Bytes of the cache count only if they are what the digest says; else they are fetched.
    fn take_cached(&mut self, bytes: Option<Vec<u8>>) {
        let Some(fetch) = self.fetch() else { return };
        fetch.looked = true;
        let good = |bytes: &Vec<u8>| {
            fetch.digest.as_ref().is_some_and(|digest| manifest::verify(bytes, digest, "").is_ok())
        };
        if let Some(body) = bytes.filter(good) {
            self.take(Ok(HttpResponse { status: 200, headers: Vec::new(), body }), 0);
        }
    }
}

#[cfg(test)]
mod tests;
