//! The layers of an image in a registry, and what is known about their downloads.
//!
//! - More than 500 MB are downloaded only after the user agreed.
//! - What happens next is in `steps.rs`, what the page requests is in `requests.rs`.

use super::layer::{BlobState, DownloadedLayer, Urgency};
use super::ranges::{BlobPlace, Ranges};
use super::soci::SociTables;
use crate::oci::{Descriptor, Digest};
use crate::problem::Problem;
use crate::protocol::{Event, PullOutcome, Pulling};
use crate::registry::soci::LayerTables;
use crate::session::Session;
use crate::session::schedule::ids::FileNumber;
use crate::session::schedule::network::Network;
use crate::session::schedule::outbox::Outbox;
use crate::vocabulary::ImagePosition;
use std::collections::VecDeque;

/// The image of a registry, among the images of its session.
pub const REGISTRY_IMAGE: ImagePosition = ImagePosition(0);
/// More bytes than this are downloaded only after the user agreed.
const CONSENT_BEYOND: u64 = 500_000_000;
/// The page is informed no more often than this, in milliseconds, unless a layer's state changes.
const TELL_EVERY: u64 = 200;

/// What is downloaded without being requested by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// The layers that the tree is made of; if they are many bytes, the user is asked first.
    Tree,
    /// All layers: the user agreed.
    All,
}

/// Whether anything is downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DownloadMode {
    /// No view needs layers yet. Layers that the user asks for by themselves are downloaded.
    Idle,
    Running(Demand),
    Paused(Demand),
}

/// What happened to a layer and concerns other parts.
#[derive(Debug, PartialEq)]
pub enum DownloadEvent {
    /// Its blob is a file now. `replaces_table`: so far its table of contents stood in for it.
    Arrived { file: FileNumber, replaces_table: bool },
    /// Its table of contents stands in for it now.
    Listed { file: FileNumber },
    /// It is not available.
    Failed { file: FileNumber, problem: Problem },
}

/// What downloads are driven with.
pub struct DownloadMeans<'a> {
    pub session: &'a mut Session,
    pub network: &'a mut Network,
    pub ranges: &'a mut Ranges,
    pub out: &'a mut Outbox,
}

/// The layers of an image in a registry.
pub struct LayerDownloads {
    pub(super) registry: String,
    pub(super) repository: String,
    pub(super) layers: Vec<DownloadedLayer>,
    pub(super) soci: SociTables,
    pub(super) mode: DownloadMode,
    /// Something was not in the cache.
    pub(super) fetched: bool,
    pub(super) events: VecDeque<DownloadEvent>,
    told_at: u64,
}

impl LayerDownloads {
    /// Nothing is needed yet.
    pub fn new(
        place: BlobPlace<'_>,
        layers: Vec<DownloadedLayer>,
        soci: SociTables,
    ) -> LayerDownloads {
        LayerDownloads {
            registry: place.registry.to_owned(),
            repository: place.repository.to_owned(),
            layers,
            soci,
            mode: DownloadMode::Idle,
            fetched: false,
            events: VecDeque::new(),
            told_at: 0,
        }
    }

    /// Where blobs are.
    pub fn place(&self) -> BlobPlace<'_> {
        BlobPlace { registry: &self.registry, repository: &self.repository }
    }

    /// The blob that is this file, or will be.
    pub fn blob(&self, file: FileNumber) -> Option<&Descriptor> {
        self.layers.iter().find(|layer| layer.file == file).map(|layer| &layer.blob)
    }

    /// Layers are on their way.
    pub fn is_coming(&self) -> bool {
        self.layers.iter().any(DownloadedLayer::is_coming)
    }

    /// Something happened that concerns other parts.
    pub fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// The next event that concerns other parts.
    pub fn next_event(&mut self) -> Option<DownloadEvent> {
        self.events.pop_front()
    }

    /// A job could not read this file. True if it is a blob of the cache: it is downloaded instead, once.
    pub fn replace(&mut self, file: FileNumber, by_user: bool, session: &mut Session) -> bool {
        let Some(layer) = self.layer_mut(file) else { return false };
        if !matches!(layer.state, BlobState::CachedBlob) {
            return layer.unreadable && layer.is_coming(); // another job found it out
        }
        let urgency = if by_user { Urgency::LookedAt } else { Urgency::ForTree };
        (layer.unreadable, layer.tried_table) = (true, true);
        layer.state = BlobState::Waiting { urgency, started: None };
        session.lost(file.0);
        true
    }

    /// A layer was read.
    pub fn layer_read(&mut self, file: FileNumber, session: &Session, out: &mut Outbox) {
        let Some(layer) = self.layer_mut(file) else { return };
        if matches!(layer.state, BlobState::Indexing) {
            layer.state = BlobState::Done;
        }
        self.tell(true, session, out);
    }

    /// Takes the tables beside the image; late ones still replace downloads that have not started.
    pub fn take_tables(&mut self, tables: LayerTables) {
        self.soci = SociTables::Known(tables);
    }

    /// What is known about layers and not in the cache yet: to be kept for the next visit.
    pub fn indexes_to_keep(&mut self, session: &Session) -> Vec<(Digest, Vec<u8>)> {
        let fresh = self.layers.iter_mut().filter(|layer| !layer.index_kept);
        let kept = fresh.filter_map(|layer| {
            let buffer = session.to_keep(layer.file.0)?;
            layer.index_kept = true;
            Some((layer.blob.digest.clone(), buffer))
        });
        kept.collect()
    }

    /// When something continues by itself.
    pub fn due(&self, now: u64) -> Option<u64> {
        let downloads = self.layers.iter().filter_map(|layer| match &layer.state {
            BlobState::Downloading(download) => download.due(),
            _ => None,
        });
        downloads.chain(self.soci.due(now)).min()
    }

    /// Tells the page how far the downloads are, if it is time or `at_once`.
    pub fn tell(&mut self, at_once: bool, session: &Session, out: &mut Outbox) {
        let now = out.now();
        if !at_once && now.abs_diff(self.told_at) < TELL_EVERY {
            return;
        }
        self.told_at = now;
        let settled = self.layers.iter().all(|layer| is_settled(layer, session));
        let failed = self.layers.iter().any(DownloadedLayer::is_failed);
        let outcome = settled.then_some(match (failed, self.fetched) {
            (true, _) => PullOutcome::Partial,
            (false, true) => PullOutcome::Downloaded,
            (false, false) => PullOutcome::UpToDate,
        });
        let (missing, needs_consent) = (self.missing(session), self.needs_consent(session));
        out.tell(Event::Pulling(Pulling {
            rows: self.layers.iter_mut().map(|layer| layer.row(now)).collect(),
            missing,
            needs_consent,
            paused: matches!(self.mode, DownloadMode::Paused(_)),
            outcome,
        }));
    }

    /// Nothing is downloaded until the user agrees.
    pub(super) fn needs_consent(&self, session: &Session) -> bool {
        use DownloadMode::{Paused, Running};
        let asks = matches!(self.mode, Running(Demand::Tree) | Paused(Demand::Tree));
        asks && self.missing(session) > CONSENT_BEYOND
    }

    pub(super) fn layer_mut(&mut self, file: FileNumber) -> Option<&mut DownloadedLayer> {
        self.layers.iter_mut().find(|layer| layer.file == file)
    }

    /// Bytes that the tree still needs.
    fn missing(&self, session: &Session) -> u64 {
        let open = self.layers.iter().filter(|layer| !is_settled(layer, session));
        let bytes = open.map(|layer| layer.blob.bytes().saturating_sub(layer.done()));
        bytes.fold(0, u64::saturating_add)
    }
}

/// The layer's content is known, or the layer is not available.
pub(super) fn is_settled(layer: &DownloadedLayer, session: &Session) -> bool {
    layer.is_failed() || session.has_index(layer.file.0)
}
