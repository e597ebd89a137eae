//! One blob's way from a registry to a file: hashed as it comes, gone on with where it broke off.

use crate::browser::network::{self, now};
use crate::browser::store::{self, blobs::Sink};
use crate::browser::transport;
use crate::oci::Descriptor;
use crate::problem::Problem;
use crate::registry::blob::{Transfer, Verifier};
use crate::registry::{Error, Failure, Retry, errors};
use crate::session::query::PullState;
use web_sys::{AbortController, File};

/// Attempts in a row that bring nothing, before it is given up.
const ATTEMPTS: u32 = 5;
/// Bytes of a transfer that broke off which are hashed again in one go.
const STEP: usize = 1 << 20;

/// A blob on its way.
pub struct Download {
    transfer: Transfer,
    verifier: Verifier,
    sink: Sink,
    blob: Descriptor,
    size: u64,
}

/// What came of it.
pub enum Outcome {
    /// The file, and whether it is what its digest says (false: that can't be told).
    Whole(File, bool),
    /// It was paused, and can be gone on with.
    Paused(Box<Download>),
}

/// Whoever looks on.
pub trait Watch {
    /// How far it is.
    fn tell(&self, state: PullState, done: u64);
    /// How it can be ended from elsewhere.
    fn begin(&self, abort: AbortController);
    /// Whether it was.
    fn is_paused(&self) -> bool;
}

impl Download {
    /// Goes on where an earlier visit stopped, if it did.
    pub async fn begin(
        registry: &str,
        repository: &str,
        blob: &Descriptor,
        watch: &impl Watch,
    ) -> Result<Download, Problem> {
        let transfer = Transfer::whole(registry, repository, blob)?;
        let size = blob.bytes();
        store::make_room(size).await;
        let sink = Sink::create(&blob.digest, size).await;
        let verifier = Verifier::new(&blob.digest);
        let mut download = Download { transfer, verifier, sink, blob: blob.clone(), size };
        download.hash_what_is_there(watch).await;
        Ok(download)
    }

    async fn hash_what_is_there(&mut self, watch: &impl Watch) {
        let length = self.sink.length();
        let mut buffer = vec![0; STEP.min(length as usize)];
        let mut at = 0;
        while at < length {
            let Some(count) = self.sink.read(at, &mut buffer).filter(|count| *count > 0) else {
                return self.restart(); // it can't be read: from the start, then
            };
            self.verifier.update(&buffer[..count]);
            at += count as u64;
            watch.tell(PullState::Verifying, at);
            transport::pause(0).await; // other messages are to be heard, too
        }
        self.transfer = self.transfer.clone().part(length, u64::MAX);
    }

    fn restart(&mut self) {
        self.sink.restart();
        self.verifier = Verifier::new(&self.blob.digest);
        self.transfer = self.transfer.clone().part(0, u64::MAX);
    }

    /// Brings what is missing.
    pub async fn go_on(mut self, watch: &impl Watch) -> Result<Outcome, Problem> {
        let resumed = self.transfer.position() > 0;
        let mut failures = 0;
        while !self.transfer.is_complete() {
            let before = self.transfer.position();
            let Err(error) = self.stream(watch).await else { break };
            if watch.is_paused() {
                return Ok(Outcome::Paused(Box::new(self)));
            }
            failures = if self.transfer.position() > before { 0 } else { failures + 1 };
            let wait = match error.retry {
                Retry::Never => return Err(error.problem),
                _ if failures >= ATTEMPTS => return Err(error.problem),
                Retry::Soon => 250 << failures,
                Retry::NotBefore(then) => then.saturating_sub(now()),
            };
            watch.tell(PullState::Waiting, self.transfer.position());
            transport::pause(i32::try_from(wait).unwrap_or(i32::MAX)).await;
        }
        watch.tell(PullState::Verifying, self.size);
        match self.verifier.finish() {
            Ok(verified) => {
                let size = self.size;
                let file = self.sink.finish(size, verified).await;
                let file = file.ok_or_else(|| no_room(size))?;
                Ok(Outcome::Whole(file, verified))
            }
            Err(problem) => {
                self.sink.remove().await;
                // What an earlier visit left may have been the fault.
                Err(if resumed { problem.advice("Try again: it begins anew.") } else { problem })
            }
        }
    }

    async fn stream(&mut self, watch: &impl Watch) -> Result<(), Error> {
        let call = self.transfer.call();
        let host = call.host();
        let (head, stream) = network::open(call).await?;
        self.transfer.begin(&head, now())?;
        watch.begin(stream.aborter());
        loop {
            let piece = stream.next().await.map_err(|failure| broke_off(&host, failure))?;
            let Some(piece) = piece else { return self.transfer.ended() };
            let bytes = piece.to_vec();
            let wanted = self.transfer.chunk(&bytes)?;
            self.verifier.update(wanted);
            if !self.sink.write(wanted) {
                let moved = self.sink.move_to_memory() && self.sink.write(wanted);
                if !moved {
                    return Err(no_room(self.size).into());
                }
            }
            watch.tell(PullState::Downloading, self.transfer.position());
        }
    }
}

/// Bytes of a blob from `first` up to `end`, in memory: for tables of contents, and for one file.
pub async fn part(
    registry: &str,
    repository: &str,
    blob: &Descriptor,
    (first, end): (u64, u64),
) -> Result<Vec<u8>, Problem> {
    let mut transfer =
        Transfer::whole(registry, repository, blob)?.part(first, end.saturating_sub(first));
    let mut bytes = Vec::new();
    let mut failures = 0;
    while !transfer.is_complete() {
        let Err(error) = stream_part(&mut transfer, &mut bytes).await else { break };
        failures += 1;
        if error.retry == Retry::Never || failures >= ATTEMPTS {
            return Err(error.problem);
        }
        transport::pause(250 << failures).await;
    }
    Ok(bytes)
}

async fn stream_part(transfer: &mut Transfer, bytes: &mut Vec<u8>) -> Result<(), Error> {
    let call = transfer.call();
    let host = call.host();
    let (head, stream) = network::open(call).await?;
    transfer.begin(&head, now())?;
    // Of a whole answer no more is read than is needed: the rest is broken off.
    while !transfer.is_complete() {
        let piece = stream.next().await.map_err(|failure| broke_off(&host, failure))?;
        let Some(piece) = piece else { return transfer.ended() };
        bytes.extend_from_slice(transfer.chunk(&piece.to_vec())?);
    }
    Ok(())
}

/// A connection that broke may hold the next time.
fn broke_off(host: &str, failure: Failure) -> Error {
    Error { retry: Retry::Soon, ..errors::unreachable(host, failure, false, false) }
}

fn no_room(size: u64) -> Problem {
    Problem::new("no-room", "The browser has no room for a layer.")
        .expected(format!("{size} bytes"))
        .advice("Clear what is kept in the settings, or free some room on the disk.")
}
