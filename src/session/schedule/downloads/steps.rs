//! What happens next with the layers of an image in a registry.
//!
//! - Several blobs are downloaded at once, in the image's order; those that the user looks at are first.
//! - A large layer's table of contents is looked up before its blob. It stands in for the blob, which then
//!   is downloaded only if the user looks at a file in it, or requests it.
//! - If a layer cannot be downloaded, only that layer is missing.

use super::blob_download::{BlobDownload, BlobOrigin, DownloadStep};
use super::layer::{BlobState, DownloadedLayer, Urgency};
use super::layers::{DownloadEvent, DownloadMeans, DownloadMode, LayerDownloads, is_settled};
use super::ranges::{BlobPlace, RangeEnd};
use super::soci::TableBeside;
use super::tables::{TableLookup, TableStep};
use crate::session::Session;
use crate::session::schedule::ids::FileNumber;
use crate::session::schedule::network::{Manners, Network};
use crate::session::schedule::outbox::Outbox;
use crate::session::schedule::purpose::{OperationPurpose, TransferPurpose};
use crate::session::schedule::running::{OperationResult, operation};

/// Blobs that are downloaded at once, as many as by `docker pull`.
const AT_ONCE: usize = 3;

impl LayerDownloads {
    /// Starts what is wanted and has room, and continues what has paused long enough.
    pub fn advance(&mut self, means: &mut DownloadMeans<'_>) {
        let needed = match self.mode {
            DownloadMode::Paused(_) => return,
            DownloadMode::Idle => false,
            DownloadMode::Running(_) => true,
        };
        if needed {
            self.ask_for_tables(means);
            if !self.needs_consent(means.session) {
                let open = |layer: &&mut DownloadedLayer| !is_settled(layer, means.session);
                let wanted = self.layers.iter_mut().filter(open);
                wanted.for_each(|layer| layer.want(Urgency::ForTree));
            }
        }
        self.wake(means);
        let mut active = self.layers.iter().filter(|layer| layer.is_active()).count();
        for at in self.order() {
            if active >= AT_ONCE {
                break;
            }
            self.start(at, needed, means);
            active += usize::from(self.layers[at].is_active());
        }
    }

    /// Takes the result of something that a download waited for.
    pub fn take(
        &mut self,
        file: FileNumber,
        means: &mut DownloadMeans<'_>,
        take: impl FnOnce(&mut BlobDownload, &mut Network, &mut Outbox) -> DownloadStep,
    ) {
        let Some(download) = self.layer_mut(file).and_then(DownloadedLayer::download) else {
            return;
        };
        let before = download.shown().0;
        let step = take(download, means.network, means.out);
        let changed = step != DownloadStep::Continues || download.shown().0 != before;
        self.take_step(file, step, means.session);
        self.tell(changed, means.session, means.out);
    }

    /// Takes a range of a layer's table of contents.
    pub fn take_range(&mut self, file: FileNumber, end: RangeEnd, means: &mut DownloadMeans<'_>) {
        let at = self.layers.iter().position(|layer| layer.file == file);
        let Some(at) = at else { return };
        let layer = &mut self.layers[at];
        let BlobState::ReadingTable { lookup, .. } = &mut layer.state else { return };
        let step = match end.bytes {
            Ok(bytes) => lookup.take(bytes, &layer.blob),
            Err(_) => TableStep::Nothing, // the blob will do
        };
        self.take_table_step(at, step, means);
        self.tell(true, means.session, means.out);
    }

    /// Changes a layer's state by what happened to its download.
    pub(super) fn take_step(
        &mut self,
        file: FileNumber,
        step: DownloadStep,
        session: &mut Session,
    ) {
        let Some(layer) = self.layer_mut(file) else { return };
        match step {
            DownloadStep::Continues => {}
            DownloadStep::Paused => layer.pause(),
            DownloadStep::Arrived { verified, from_cache } => {
                let replaces_table = session.is_listed(file.0);
                let known = session.has_index(file.0) && !replaces_table;
                session.unlist(file.0);
                if verified {
                    session.arrived(file.0, layer.blob.digest.clone());
                }
                layer.index_kept &= !replaces_table;
                layer.state = match (known, from_cache) {
                    (_, true) => BlobState::CachedBlob,
                    (true, false) => BlobState::Done,
                    (false, false) => BlobState::Indexing,
                };
                self.fetched |= !from_cache;
                self.events.push_back(DownloadEvent::Arrived { file, replaces_table });
            }
            DownloadStep::Failed(problem) => {
                layer.state = BlobState::Failed(problem.clone());
                self.events.push_back(DownloadEvent::Failed { file, problem });
            }
        }
    }

    /// Starts what is next for one layer, if anything is.
    fn start(&mut self, at: usize, needed: bool, means: &mut DownloadMeans<'_>) {
        let layer = &self.layers[at];
        let (urgency, started) = match &layer.state {
            BlobState::NotDownloaded => (None, false),
            BlobState::Waiting { urgency, started } => (Some(*urgency), started.is_some()),
            _ => return,
        };
        // A download that was started goes on: what is here of it is not dropped for a table.
        if needed && !started && layer.may_have_table() && !is_settled(layer, means.session) {
            if layer.names_table {
                let (lookup, step) = TableLookup::in_blob(&layer.blob);
                return self.look_up_table(at, lookup, step, means);
            }
            match self.soci.beside(&layer.blob, means.out.now()) {
                TableBeside::Held if urgency != Some(Urgency::LookedAt) => return,
                TableBeside::Held | TableBeside::None => {}
                TableBeside::Table(table) => {
                    let (lookup, step) = TableLookup::beside(table);
                    return self.look_up_table(at, lookup, step, means);
                }
            }
        }
        if urgency.is_some() {
            self.download(at, means);
        }
    }

    fn download(&mut self, at: usize, means: &mut DownloadMeans<'_>) {
        let (registry, repository) = (&self.registry, &self.repository);
        let layer = &mut self.layers[at];
        let file = layer.file;
        let state = std::mem::replace(&mut layer.state, BlobState::NotDownloaded);
        let started = match state {
            BlobState::Waiting { started: Some(mut started), .. } => {
                let step = started.resume(means.network, means.out);
                Ok((started, step))
            }
            _ => {
                let place = BlobPlace { registry, repository };
                let origin = if layer.unreadable { BlobOrigin::Registry } else { BlobOrigin::Any };
                BlobDownload::start(place, &layer.blob, file, origin, means.out)
                    .map(|download| (Box::new(download), DownloadStep::Continues))
            }
        };
        let step = match started {
            Ok((download, step)) => {
                layer.state = BlobState::Downloading(download);
                step
            }
            Err(problem) => DownloadStep::Failed(problem),
        };
        self.take_step(file, step, means.session);
    }

    fn look_up_table(
        &mut self,
        at: usize,
        lookup: TableLookup,
        step: TableStep,
        means: &mut DownloadMeans<'_>,
    ) {
        let layer = &mut self.layers[at];
        let then_blob =
            matches!(layer.state, BlobState::Waiting { urgency: Urgency::LookedAt, .. });
        layer.tried_table = true;
        layer.state = BlobState::ReadingTable { lookup, then_blob };
        self.take_table_step(at, step, means);
    }

    fn take_table_step(&mut self, at: usize, step: TableStep, means: &mut DownloadMeans<'_>) {
        let place = BlobPlace { registry: &self.registry, repository: &self.repository };
        let layer = &mut self.layers[at];
        let (file, purpose) = (layer.file, TransferPurpose::Table(layer.file));
        let DownloadMeans { session, network, ranges, out } = means;
        let found = match step {
            TableStep::BlobRange(first, end) => {
                return ranges.start(place, &layer.blob, (first, end), purpose, network, out);
            }
            TableStep::Whole(table) => {
                return ranges.start(place, &table, (0, table.bytes()), purpose, network, out);
            }
            TableStep::Found(scan) => {
                session.list(file.0, *scan);
                true
            }
            TableStep::Nothing => false,
        };
        let then_blob = matches!(layer.state, BlobState::ReadingTable { then_blob: true, .. });
        layer.state = if found { BlobState::Listed } else { BlobState::NotDownloaded };
        if then_blob {
            layer.want(Urgency::LookedAt);
        }
        if found {
            self.fetched = true;
            self.events.push_back(DownloadEvent::Listed { file });
        }
    }

    fn ask_for_tables(&mut self, means: &mut DownloadMeans<'_>) {
        let (layers, session) = (&self.layers, &*means.session);
        let worth = |least| {
            layers.iter().any(|layer| {
                layer.may_have_table()
                    && !layer.names_table
                    && layer.blob.bytes() >= least
                    && !is_settled(layer, session)
            })
        };
        let now = means.out.now();
        if let Some(find) = self.soci.ask(&self.registry, &self.repository, worth, now) {
            let find = operation(find, OperationResult::Tables);
            means.network.start(find, OperationPurpose::Tables, Manners::Quiet, means.out);
        }
    }

    /// Those that the user looks at first, then in the image's order.
    fn order(&self) -> Vec<usize> {
        let looked_at = |layer: &DownloadedLayer| {
            matches!(layer.state, BlobState::Waiting { urgency: Urgency::LookedAt, .. })
        };
        let mut order: Vec<usize> = (0..self.layers.len()).collect();
        order.sort_by_key(|at| !looked_at(&self.layers[*at])); // stable
        order
    }

    fn wake(&mut self, means: &mut DownloadMeans<'_>) {
        for at in 0..self.layers.len() {
            let BlobState::Downloading(download) = &mut self.layers[at].state else { continue };
            let step = download.wake(means.network, means.out);
            self.take_step(self.layers[at].file, step, means.session);
        }
    }
}
