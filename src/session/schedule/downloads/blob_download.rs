//! One blob on its way from a registry into the cache.
//!
//! - A blob that the cache has is not downloaded. What an earlier visit wrote of it is hashed again and
//!   continued.
//! - Each byte is hashed as it arrives. A blob that does not match its digest is removed.

use super::ranges::BlobPlace;
use crate::http::{HttpFailure, HttpResponse};
use crate::oci::Descriptor;
use crate::problem::Problem;
use crate::protocol::PullState;
use crate::registry::RegistryError;
use crate::registry::blob::{Transfer, Verifier};
use crate::session::schedule::command::{Command, WriteTarget};
use crate::session::schedule::fetch::{BlobFetch, FetchStep};
use crate::session::schedule::ids::{CallId, FileNumber, TransferId};
use crate::session::schedule::input::TransferResult;
use crate::session::schedule::network::{Manners, Network};
use crate::session::schedule::outbox::Outbox;
use crate::session::schedule::purpose::TransferPurpose;
use crate::text::byte_count;

/// Bytes of an earlier visit that are hashed in one go.
const HASHED_AT_ONCE: u64 = 1 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DownloadPhase {
    /// Does the cache have it?
    Looking,
    /// A place to write to is opened.
    Opening,
    /// So many bytes of an earlier visit, of how many, are hashed.
    Hashing {
        done: u64,
        length: u64,
    },
    Fetching,
    /// All is written; `verified`: and it is what its digest says.
    Finishing {
        verified: bool,
    },
}

/// Where a blob may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlobOrigin {
    /// The cache, if it has the blob, or a part of it.
    Any,
    /// The registry alone: what the cache has of it cannot be read.
    Registry,
}

/// What an input meant for a download.
#[derive(Debug, PartialEq)]
pub enum DownloadStep {
    Continues,
    Paused,
    /// The blob is a file now. `verified`: its bytes are what its digest says.
    Arrived {
        verified: bool,
        from_cache: bool,
    },
    Failed(Problem),
}

/// A blob on its way.
pub struct BlobDownload {
    fetch: BlobFetch,
    blob: Descriptor,
    file: FileNumber,
    verifier: Verifier,
    phase: DownloadPhase,
    origin: BlobOrigin,
    paused: bool,
    /// An earlier visit wrote some of it.
    continued: bool,
}

impl BlobDownload {
    /// Starts with a look into the cache, if it may come from there. The blob will be file `file`.
    pub fn start(
        place: BlobPlace<'_>,
        blob: &Descriptor,
        file: FileNumber,
        origin: BlobOrigin,
        out: &mut Outbox,
    ) -> Result<BlobDownload, Problem> {
        let transfer = Transfer::whole(place.registry, place.repository, blob)?;
        let id = out.transfer(TransferPurpose::Layer(file));
        let mut download = BlobDownload {
            fetch: BlobFetch::new(id, transfer, Manners::Asks),
            blob: blob.clone(),
            file,
            verifier: Verifier::new(&blob.digest),
            phase: DownloadPhase::Looking,
            origin,
            paused: false,
            continued: false,
        };
        match origin {
            BlobOrigin::Any => {
                let (digest, size) = (blob.digest.clone(), blob.bytes());
                out.push(Command::OpenBlob { transfer: id, digest, size, file });
            }
            BlobOrigin::Registry => download.open(out),
        }
        Ok(download)
    }

    pub fn id(&self) -> TransferId {
        self.fetch.id()
    }

    /// How the page calls what it does, and the bytes that are here.
    pub fn shown(&self) -> (PullState, u64) {
        match self.phase {
            DownloadPhase::Looking | DownloadPhase::Opening => (PullState::Waiting, 0),
            DownloadPhase::Hashing { done, .. } => (PullState::Verifying, done),
            DownloadPhase::Fetching if self.fetch.is_receiving() => {
                (PullState::Downloading, self.fetch.position())
            }
            DownloadPhase::Fetching => (PullState::Waiting, self.fetch.position()),
            DownloadPhase::Finishing { .. } => (PullState::Verifying, self.blob.bytes()),
        }
    }

    /// Stops requesting bytes. What happens on this machine goes on to the next request.
    pub fn pause(&mut self, network: &mut Network, out: &mut Outbox) -> DownloadStep {
        self.paused = true;
        match self.phase {
            DownloadPhase::Fetching => {
                self.fetch.stop(network, out);
                DownloadStep::Paused
            }
            _ => DownloadStep::Continues,
        }
    }

    /// Takes back a pause that has not taken effect.
    pub fn take_back_pause(&mut self) {
        self.paused = false;
    }

    /// Continues after a pause.
    pub fn resume(&mut self, network: &mut Network, out: &mut Outbox) -> DownloadStep {
        self.paused = false;
        self.fetch(network, out)
    }

    /// The result of a command about the download.
    pub fn take(
        &mut self,
        result: TransferResult,
        network: &mut Network,
        out: &mut Outbox,
    ) -> DownloadStep {
        match result {
            TransferResult::Looked { found } => self.take_looked(found, out),
            TransferResult::Begun { length } => self.take_begun(length, network, out),
            TransferResult::Read { bytes } => self.take_written(bytes, network, out),
            TransferResult::NoRoom => self.take_no_room(out),
            TransferResult::Finished { found } => self.take_finished(found, out),
        }
    }

    /// Whether the cache has the blob.
    fn take_looked(&mut self, found: bool, out: &mut Outbox) -> DownloadStep {
        if found {
            // Only what is its digest's is in the cache.
            return self.arrive(true, true, out);
        }
        self.open(out);
        DownloadStep::Continues
    }

    /// Opens a place to write to.
    fn open(&mut self, out: &mut Outbox) {
        self.phase = DownloadPhase::Opening;
        let target =
            WriteTarget::Blob { digest: self.blob.digest.clone(), size: self.blob.bytes() };
        out.push(Command::BeginWrite { transfer: self.id(), target });
    }

    /// A place to write to is open, and has so many bytes of an earlier visit.
    fn take_begun(&mut self, length: u64, network: &mut Network, out: &mut Outbox) -> DownloadStep {
        let mut length = length.min(self.blob.bytes());
        if length > 0 && self.origin == BlobOrigin::Registry {
            out.push(Command::Restart { transfer: self.id() });
            length = 0;
        }
        self.continued = length > 0;
        self.phase = DownloadPhase::Hashing { done: 0, length };
        self.hash(network, out)
    }

    /// Bytes of an earlier visit.
    fn take_written(
        &mut self,
        bytes: Option<Vec<u8>>,
        network: &mut Network,
        out: &mut Outbox,
    ) -> DownloadStep {
        let DownloadPhase::Hashing { done, length } = self.phase else {
            return DownloadStep::Continues;
        };
        match bytes.filter(|bytes| !bytes.is_empty()) {
            Some(bytes) => {
                self.verifier.update(&bytes);
                let done = done.saturating_add(bytes.len() as u64);
                self.phase = DownloadPhase::Hashing { done, length };
            }
            None => {
                // It cannot be read: from the start, then.
                out.push(Command::Restart { transfer: self.id() });
                self.verifier = Verifier::new(&self.blob.digest);
                self.phase = DownloadPhase::Hashing { done: 0, length: 0 };
            }
        }
        self.hash(network, out)
    }

    pub fn take_headers(
        &mut self,
        headers: Result<(CallId, HttpResponse), RegistryError>,
        out: &mut Outbox,
    ) -> DownloadStep {
        let step = self.fetch.take_headers(headers, out);
        self.after(step, out)
    }

    pub fn take_piece(&mut self, bytes: Vec<u8>, out: &mut Outbox) -> DownloadStep {
        let (wanted, step) = self.fetch.take_piece(bytes, out);
        if !wanted.is_empty() {
            self.verifier.update(&wanted);
            out.push(Command::Write { transfer: self.fetch.id(), bytes: wanted });
        }
        self.after(step, out)
    }

    pub fn take_end(&mut self, end: Result<(), HttpFailure>, out: &mut Outbox) -> DownloadStep {
        let step = self.fetch.take_end(end, out);
        self.after(step, out)
    }

    /// There is no room for the blob.
    fn take_no_room(&mut self, out: &mut Outbox) -> DownloadStep {
        let problem = Problem::new("no-room", "The browser has no room for a layer.")
            .expected(byte_count(self.blob.bytes()))
            .advice("Clear the cache in the settings, or free some space on the disk.");
        let step = self.fetch.fail(problem, out);
        self.after(step, out)
    }

    /// The blob is a file, or cannot be made one.
    fn take_finished(&mut self, found: bool, out: &mut Outbox) -> DownloadStep {
        match self.phase {
            DownloadPhase::Finishing { verified } if found => self.arrive(verified, false, out),
            _ => self.take_no_room(out),
        }
    }

    /// When it continues by itself, if it pauses between two attempts.
    pub fn due(&self) -> Option<u64> {
        self.fetch.due()
    }

    /// Continues if it is time.
    pub fn wake(&mut self, network: &mut Network, out: &mut Outbox) -> DownloadStep {
        match self.fetch.due() {
            Some(at) if at <= out.now() => self.fetch(network, out),
            _ => DownloadStep::Continues,
        }
    }

    fn hash(&mut self, network: &mut Network, out: &mut Outbox) -> DownloadStep {
        let DownloadPhase::Hashing { done, length } = self.phase else {
            return DownloadStep::Continues;
        };
        if done < length {
            let length = HASHED_AT_ONCE.min(length - done);
            out.push(Command::ReadWritten { transfer: self.id(), offset: done, length });
            return DownloadStep::Continues;
        }
        self.fetch.move_to(done);
        self.phase = DownloadPhase::Fetching;
        self.fetch(network, out)
    }

    fn fetch(&mut self, network: &mut Network, out: &mut Outbox) -> DownloadStep {
        if self.paused {
            return DownloadStep::Paused;
        }
        let step = self.fetch.start(network, out);
        self.after(step, out)
    }

    fn after(&mut self, step: FetchStep, out: &mut Outbox) -> DownloadStep {
        match step {
            FetchStep::Continues => DownloadStep::Continues,
            FetchStep::Complete => self.finish(out),
            FetchStep::Failed(problem) => self.fail(problem, true, out),
        }
    }

    fn finish(&mut self, out: &mut Outbox) -> DownloadStep {
        let verifier = std::mem::replace(&mut self.verifier, Verifier::new(&self.blob.digest));
        match verifier.finish() {
            Ok(verified) => {
                self.phase = DownloadPhase::Finishing { verified };
                let (transfer, file) = (self.id(), self.file);
                let (size, keep) = (self.blob.bytes(), verified);
                out.push(Command::FinishWrite { transfer, size, keep, file });
                DownloadStep::Continues
            }
            // What an earlier visit wrote may have been wrong.
            Err(problem) if self.continued => self.fail(
                problem.advice("Try again: it starts again from the beginning."),
                false,
                out,
            ),
            Err(problem) => self.fail(problem, false, out),
        }
    }

    fn arrive(&mut self, verified: bool, from_cache: bool, out: &mut Outbox) -> DownloadStep {
        let ended = out.transfers.take(self.id());
        debug_assert!(ended.is_ok(), "a download ends once");
        DownloadStep::Arrived { verified, from_cache }
    }

    fn fail(&mut self, problem: Problem, keep: bool, out: &mut Outbox) -> DownloadStep {
        out.push(Command::EndWrite { transfer: self.id(), keep });
        out.transfers.cancel(self.id());
        DownloadStep::Failed(problem)
    }
}
