//! One blob's way from a registry to a file: hashed as it comes, gone on with where it broke off.

use crate::browser::network::{self, now};
use crate::browser::store::{self, blobs::Sink};
use crate::browser::transport;
use crate::http::HttpFailure;
use crate::oci::Descriptor;
use crate::problem::Problem;
use crate::registry::blob::{Transfer, Verifier};
use crate::registry::{RegistryError, Retry, errors};
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
        let mut patience = Patience::default();
        while !self.transfer.is_complete() {
            let before = self.transfer.position();
            let Err(error) = self.stream(watch).await else { break };
            if !watch.is_paused() {
                let wait = patience.after(error, self.transfer.position() > before)?;
                watch.tell(PullState::Waiting, self.transfer.position());
                transport::pause(wait).await;
            }
            if watch.is_paused() {
                return Ok(Outcome::Paused(Box::new(self)));
            }
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

    async fn stream(&mut self, watch: &impl Watch) -> Result<(), RegistryError> {
        let Download { transfer, verifier, sink, size, .. } = self;
        let take = |bytes: &[u8], done| {
            verifier.update(bytes);
            let written = sink.write(bytes) || (sink.move_to_memory() && sink.write(bytes));
            watch.tell(PullState::Downloading, done);
            written.then_some(()).ok_or_else(|| no_room(*size))
        };
        receive(transfer, |abort| watch.begin(abort), take).await
    }
}

/// Bytes of a blob from `first` up to `end`, in memory: for tables of contents, and for one file.
pub async fn part(
    registry: &str,
    repository: &str,
    blob: &Descriptor,
    (first, end): (u64, u64),
) -> Result<Vec<u8>, Problem> {
    let whole = Transfer::whole(registry, repository, blob)?;
    let mut transfer = whole.part(first, end.saturating_sub(first));
    let mut bytes = Vec::new();
    let mut patience = Patience::default();
    while !transfer.is_complete() {
        let before = bytes.len();
        let take = |piece: &[u8], _| {
            bytes.extend_from_slice(piece);
            Ok(())
        };
        let Err(error) = receive(&mut transfer, |_| {}, take).await else { break };
        transport::pause(patience.after(error, bytes.len() > before)?).await;
    }
    Ok(bytes)
}

/// Asks once for what is missing. `begin` hears how it can be ended from elsewhere, `take` gets each piece
/// and how far it is with it.
async fn receive(
    transfer: &mut Transfer,
    begin: impl FnOnce(AbortController),
    mut take: impl FnMut(&[u8], u64) -> Result<(), Problem>,
) -> Result<(), RegistryError> {
    let call = transfer.call();
    let host = call.host();
    let (head, stream) = network::open(call).await?;
    transfer.begin(&head, now())?;
    begin(stream.aborter());
    // Of a whole answer no more is read than is needed: the rest is broken off.
    while !transfer.needs_no_more() {
        let piece = stream.next().await.map_err(|failure| broke_off(&host, failure))?;
        let Some(piece) = piece else { return transfer.ended() };
        let bytes = piece.to_vec();
        let wanted = transfer.chunk(&bytes)?;
        take(wanted, transfer.position())?;
    }
    Ok(())
}

/// How often a transfer is tried again, and when.
#[derive(Default)]
struct Patience {
    /// Attempts in a row that brought nothing.
    failures: u32,
}

impl Patience {
    /// Milliseconds until the next attempt; the problem, if there is to be none.
    fn after(&mut self, error: RegistryError, brought: bool) -> Result<i32, Problem> {
        self.failures = if brought { 0 } else { self.failures + 1 };
        let wait = match error.retry {
            Retry::Never => return Err(error.problem),
            _ if self.failures >= ATTEMPTS => return Err(error.problem),
            Retry::Soon => 250 << self.failures,
            Retry::NotBefore(then) => then.saturating_sub(now()),
        };
        Ok(i32::try_from(wait).unwrap_or(i32::MAX))
    }
}

/// A connection that broke may hold the next time.
fn broke_off(host: &str, failure: HttpFailure) -> RegistryError {
    RegistryError { retry: Retry::Soon, ..errors::unreachable(host, failure, false, false) }
}

fn no_room(size: u64) -> Problem {
    Problem::new("no-room", "The browser has no room for a layer.")
        .expected(format!("{size} bytes"))
        .advice("Clear what is kept in the settings, or free some room on the disk.")
}
