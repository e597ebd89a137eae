//! Parts of blobs, and small blobs, in memory: for tables of contents, single files, attached documents.

use crate::http::{HttpFailure, HttpResponse};
use crate::oci::Descriptor;
use crate::problem::Problem;
use crate::registry::RegistryError;
use crate::registry::blob::Transfer;
use crate::session::schedule::fetch::{BlobFetch, FetchStep};
use crate::session::schedule::ids::{CallId, TransferId};
use crate::session::schedule::network::{Manners, Network};
use crate::session::schedule::outbox::Outbox;
use crate::session::schedule::purpose::TransferPurpose;
use std::collections::{BTreeMap, VecDeque};

/// A range that is here, or failed.
pub struct RangeEnd {
    pub purpose: TransferPurpose,
    pub bytes: Result<Vec<u8>, Problem>,
}

/// Where a blob is.
#[derive(Clone, Copy, Debug)]
pub struct BlobPlace<'a> {
    pub registry: &'a str,
    pub repository: &'a str,
}

/// All ranges on their way.
#[derive(Default)]
pub struct Ranges {
    open: BTreeMap<TransferId, (BlobFetch, Vec<u8>)>,
    ended: VecDeque<RangeEnd>,
}

impl Ranges {
    /// Requests the bytes of a blob from `first` up to the one before `end`.
    pub fn start(
        &mut self,
        place: BlobPlace<'_>,
        blob: &Descriptor,
        (first, end): (u64, u64),
        purpose: TransferPurpose,
        network: &mut Network,
        out: &mut Outbox,
    ) {
        let transfer = match Transfer::whole(place.registry, place.repository, blob) {
            Ok(whole) => whole.part(first, end.saturating_sub(first)),
            Err(problem) => {
                self.ended.push_back(RangeEnd { purpose, bytes: Err(problem) });
                return;
            }
        };
        let id = out.transfer(purpose);
        let manners = match purpose {
            TransferPurpose::Document(_) => Manners::Quiet, // the user requested none of them by name
            _ => Manners::Asks,
        };
        let mut fetch = BlobFetch::new(id, transfer, manners);
        let step = fetch.start(network, out);
        self.open.insert(id, (fetch, Vec::new()));
        self.after(id, step, out);
    }

    pub fn take_headers(
        &mut self,
        id: TransferId,
        headers: Result<(CallId, HttpResponse), RegistryError>,
        out: &mut Outbox,
    ) {
        self.step(id, out, |fetch, _, out| fetch.take_headers(headers, out));
    }

    pub fn take_piece(&mut self, id: TransferId, piece: Vec<u8>, out: &mut Outbox) {
        self.step(id, out, |fetch, bytes, out| {
            let (wanted, step) = fetch.take_piece(piece, out);
            bytes.extend(wanted);
            step
        });
    }

    pub fn take_end(&mut self, id: TransferId, end: Result<(), HttpFailure>, out: &mut Outbox) {
        self.step(id, out, |fetch, _, out| fetch.take_end(end, out));
    }

    /// Continues what has paused long enough.
    pub fn wake(&mut self, network: &mut Network, out: &mut Outbox) {
        let now = out.now();
        let due =
            self.open.iter().filter(|(_, (fetch, _))| fetch.due().is_some_and(|at| at <= now));
        for id in due.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.step(id, out, |fetch, _, out| fetch.start(network, out));
        }
    }

    /// When the next one continues.
    pub fn due(&self) -> Option<u64> {
        self.open.values().filter_map(|(fetch, _)| fetch.due()).min()
    }

    /// The ranges of this purpose are no longer needed.
    pub fn cancel(&mut self, purpose: TransferPurpose, network: &mut Network, out: &mut Outbox) {
        let same = out.transfers.iter().filter(|(_, there)| **there == purpose).map(|(id, _)| id);
        for id in same.collect::<Vec<_>>() {
            if let Some((mut fetch, _)) = self.open.remove(&id) {
                fetch.stop(network, out);
                out.transfers.cancel(id);
            }
        }
        self.ended.retain(|end| end.purpose != purpose);
    }

    /// A range that is here, or failed.
    pub fn next_ended(&mut self) -> Option<RangeEnd> {
        self.ended.pop_front()
    }

    /// Some are here, or failed.
    pub fn has_ended(&self) -> bool {
        !self.ended.is_empty()
    }

    fn step(
        &mut self,
        id: TransferId,
        out: &mut Outbox,
        take: impl FnOnce(&mut BlobFetch, &mut Vec<u8>, &mut Outbox) -> FetchStep,
    ) {
        if let Some((fetch, bytes)) = self.open.get_mut(&id) {
            let step = take(fetch, bytes, out);
            self.after(id, step, out);
        }
    }

    fn after(&mut self, id: TransferId, step: FetchStep, out: &mut Outbox) {
        let result = match step {
            FetchStep::Continues => return,
            FetchStep::Complete => Ok(()),
            FetchStep::Failed(problem) => Err(problem),
        };
        let Some((_, bytes)) = self.open.remove(&id) else { return };
        if let Ok(Some(purpose)) = out.transfers.take(id) {
            self.ended.push_back(RangeEnd { purpose, bytes: result.map(|()| bytes) });
        }
    }
}
