//! From a reference to an open session: the image's documents first, its layers later.
//!
//! - What an earlier visit found out about a layer is used instead of the layer: then its blob is downloaded
//!   only if the user looks at a file in it.
//! - If the registry does not answer, what the cache has for the same reference is shown, and a warning
//!   says so.

use super::command::{AddedFile, CacheKey, Command};
use super::downloads::REGISTRY_IMAGE;
use super::downloads::{BlobPlace, BlobState, DownloadedLayer, LayerDownloads, SociTables};
use super::ids::FileNumber;
use super::network::Manners;
use super::purpose::{CachePurpose, OperationPurpose};
use super::running::{OperationResult, operation};
use super::shared::SharedParts;
use crate::oci::{Digest, Platform, Reference};
use crate::problem::Problem;
use crate::registry::RegistryError;
use crate::registry::platform::{self, Wish};
use crate::registry::pull::{Pull, Pulled};
use crate::session::Session;
use crate::session::pulled::Layout;

/// Which image to open.
pub struct PullWish {
    pub reference: String,
    /// Required, if named: `linux/arm64`.
    pub platform: Option<String>,
    /// Preferred where `platform` is absent.
    pub preferred_platform: Option<String>,
}

/// An image in a registry on its way to a session.
pub struct RegistryOpening {
    reference: Reference,
    wish: Wish,
    /// Why the registry did not answer, while the cache is looked into.
    stale: Option<Problem>,
    /// The image's documents, once they are here.
    found: Option<(Layout, SociTables)>,
}

impl RegistryOpening {
    /// Asks the registry.
    pub fn start(wish: PullWish, shared: &mut SharedParts) -> Result<RegistryOpening, Problem> {
        let reference = Reference::parse(&wish.reference)?;
        let wish = match (&wish.platform, &wish.preferred_platform) {
            (Some(required), _) => {
                Wish::Exactly(platform::parse(required).ok_or_else(|| no_platform(required))?)
            }
            (None, preferred) => {
                let preferred = preferred.as_deref().and_then(platform::parse);
                Wish::Preferably(preferred.unwrap_or_else(amd64))
            }
        };
        let opening = RegistryOpening { reference, wish, stale: None, found: None };
        opening.pull(opening.reference.clone(), OperationPurpose::Image, shared);
        Ok(opening)
    }

    /// What the registry has.
    pub fn take_image(
        &mut self,
        result: Result<Box<Pulled>, RegistryError>,
        shared: &mut SharedParts,
    ) -> Result<(), Problem> {
        let error = match result {
            Ok(pulled) => {
                self.keep(&pulled, shared);
                let soci = SociTables::of(&pulled);
                self.lay_out(*pulled, soci, shared);
                return Ok(());
            }
            Err(error) => error,
        };
        let no_answer = error.status.is_none_or(|status| status >= 500 || status == 429);
        if !no_answer {
            return Err(error.problem);
        }
        self.stale = Some(error.problem);
        match self.reference.digest() {
            Some(digest) => look_for(digest.clone(), shared),
            None => drop(shared.out.read_cache(vec![self.tag_key()], CachePurpose::Tag)),
        }
        Ok(())
    }

    /// The digest that the tag named on an earlier visit.
    pub fn take_tag(
        &mut self,
        value: Option<Vec<u8>>,
        shared: &mut SharedParts,
    ) -> Result<(), Problem> {
        let text = value.and_then(|value| String::from_utf8(value).ok());
        let digest = text.and_then(|text| Digest::parse(&text)).ok_or_else(|| self.no_answer())?;
        self.reference = self.reference.clone().with_digest(digest.clone());
        look_for(digest, shared);
        Ok(())
    }

    /// Whether the cache has what the reference names; else the registry would be asked once more.
    pub fn take_cached(
        &mut self,
        value: Option<Vec<u8>>,
        shared: &mut SharedParts,
    ) -> Result<(), Problem> {
        let digest = self.reference.digest().filter(|_| value.is_some());
        let pinned = digest.map(|digest| format!("{}@{digest}", self.reference.name()));
        let pinned = Reference::parse(&pinned.ok_or_else(|| self.no_answer())?)?;
        self.pull(pinned, OperationPurpose::CachedImage, shared);
        Ok(())
    }

    /// The image as the cache has it.
    pub fn take_cached_image(
        &mut self,
        result: Result<Box<Pulled>, RegistryError>,
        shared: &mut SharedParts,
    ) -> Result<(), Problem> {
        let pulled = result.map_err(|_| self.no_answer())?;
        self.lay_out(*pulled, SociTables::none(), shared);
        Ok(())
    }

    /// What the cache has of the layers: opens the session.
    pub fn take_layers(
        &mut self,
        values: Vec<Option<Vec<u8>>>,
        shared: &mut SharedParts,
    ) -> Result<(Session, LayerDownloads), Problem> {
        let (layout, soci) = self.found.take().ok_or_else(|| self.no_answer())?;
        let mut session = Session::of_layout(&layout)?;
        for file in 0..layout.document_count() {
            if let Some(bytes) = layout.document(file) {
                let content = AddedFile::Bytes(bytes.to_vec());
                shared.out.push(Command::AddFile { file: FileNumber(file), content });
            }
        }
        let mut numbers = session.layers_by_file(REGISTRY_IMAGE);
        let mut layers = Vec::new();
        let values = values.into_iter().chain(std::iter::repeat(None));
        for (blob, value) in layout.blobs.iter().zip(values) {
            let file = FileNumber(blob.file);
            shared.files.remove(file);
            let known = value.is_some_and(|value| session.take_kept(blob.file, &value));
            let state = match (known, session.is_listed(blob.file)) {
                (_, true) => BlobState::Listed,
                (true, false) => BlobState::Cached,
                (false, false) => BlobState::NotDownloaded,
            };
            let numbers = numbers.remove(&blob.file).unwrap_or_default();
            layers.push(DownloadedLayer::new(file, blob.descriptor.clone(), numbers, state));
        }
        let (registry, repository) = (self.reference.registry(), self.reference.repository());
        let place = BlobPlace { registry, repository };
        Ok((session, LayerDownloads::new(place, layers, soci)))
    }

    fn pull(&self, reference: Reference, purpose: OperationPurpose, shared: &mut SharedParts) {
        let pull = operation(Pull::new(reference, self.wish.clone()), |result| {
            OperationResult::Image(result.map(Box::new))
        });
        let SharedParts { network, out, .. } = shared;
        network.start(pull, purpose, Manners::Asks, out);
    }

    /// Keeps what the registry has for the next visit.
    fn keep(&self, pulled: &Pulled, shared: &mut SharedParts) {
        let out = &mut shared.out;
        for (digest, bytes) in &pulled.documents {
            let key = CacheKey::Document(digest.clone());
            out.push(Command::WriteCache { key, bytes: bytes.clone() });
        }
        if self.reference.digest().is_none() {
            let bytes = pulled.digest.to_string().into_bytes();
            out.push(Command::WriteCache { key: self.tag_key(), bytes });
        }
    }

    fn lay_out(&mut self, pulled: Pulled, soci: SociTables, shared: &mut SharedParts) {
        let mut layout = Layout::of(pulled, &self.reference);
        let registry = self.reference.registry();
        if shared.network.is_proxied(registry) {
            layout.is_proxied();
        }
        if let Some(limit) = shared.network.rate_limit(registry) {
            layout.has_limit(limit);
        }
        if let Some(problem) = &self.stale {
            layout.is_from_cache(from_cache(problem));
        }
        let digests = layout.blobs.iter().map(|blob| blob.descriptor.digest.clone());
        let keys = digests.map(CacheKey::LayerIndex).collect();
        shared.out.read_cache(keys, CachePurpose::Layers);
        self.found = Some((layout, soci));
    }

    fn tag_key(&self) -> CacheKey {
        let tag = self.reference.tag().unwrap_or_default();
        CacheKey::Text(format!("tag {}:{tag}", self.reference.name()))
    }

    fn no_answer(&self) -> Problem {
        let unknown = || Problem::new("registry-over", "The registry was not contacted.");
        self.stale.clone().unwrap_or_else(unknown)
    }
}

fn look_for(digest: Digest, shared: &mut SharedParts) {
    shared.out.read_cache(vec![CacheKey::Document(digest)], CachePurpose::CachedImage);
}

fn amd64() -> Platform {
    Platform { os: "linux".to_owned(), architecture: "amd64".to_owned(), ..Platform::default() }
}

fn no_platform(found: &str) -> Problem {
    Problem::new("platform-name", "The link names an unknown platform.")
        .expected("an operating system and an architecture, such as linux/arm64")
        .found(found)
}

fn from_cache(problem: &Problem) -> Problem {
    Problem::new(
        "registry-memory",
        "The registry does not answer. What is shown is from the cache of an earlier visit.",
    )
    .found(&problem.message)
    .advice("The tag may name another image by now.")
}
