//! Bytes of a blob, in as many requests as it takes.
//!
//! - A transfer that breaks off is continued where it stopped, after a pause that grows while no byte
//!   arrives; after five attempts in a row without any byte it fails.
//! - The caller gets each piece once, in order.

use super::ids::{CallId, OperationId, TransferId};
use super::network::{Manners, Network};
use super::outbox::Outbox;
use crate::http::{HttpFailure, HttpResponse};
use crate::problem::Problem;
use crate::registry::blob::Transfer;
use crate::registry::{RegistryError, Retry, errors};

/// Attempts in a row without any byte, before a transfer fails.
const MAX_ATTEMPTS: u32 = 5;
/// Milliseconds before an attempt to continue, doubled for each attempt in a row without any byte.
const PAUSE: u64 = 250;

#[derive(Debug)]
enum FetchState {
    Stopped,
    /// A request is on its way.
    Requested(OperationId),
    /// Its body is arriving.
    Receiving(CallId),
    /// It broke off, and is continued at this time (milliseconds since 1970).
    Pausing(u64),
}

/// What an input meant for a fetch.
#[derive(Debug, PartialEq)]
pub enum FetchStep {
    /// It goes on.
    Continues,
    /// All bytes are here.
    Complete,
    Failed(Problem),
}

/// A part of a blob, or all of it, on its way.
#[derive(Debug)]
pub struct BlobFetch {
    id: TransferId,
    transfer: Transfer,
    manners: Manners,
    state: FetchState,
    /// Attempts in a row without any byte.
    failures: u32,
    /// Where the current attempt began.
    began_at: u64,
}

impl BlobFetch {
    /// Sends nothing yet.
    pub fn new(id: TransferId, transfer: Transfer, manners: Manners) -> BlobFetch {
        BlobFetch { id, transfer, manners, state: FetchState::Stopped, failures: 0, began_at: 0 }
    }

    pub fn id(&self) -> TransferId {
        self.id
    }

    /// The position of the next byte in the blob.
    pub fn position(&self) -> u64 {
        self.transfer.position()
    }

    /// Starts at another position, up to the blob's end.
    pub fn move_to(&mut self, position: u64) {
        self.transfer = self.transfer.clone().part(position, u64::MAX);
    }

    /// Bytes are coming.
    pub fn is_receiving(&self) -> bool {
        matches!(self.state, FetchState::Receiving(_))
    }

    /// Requests what is missing.
    pub fn start(&mut self, network: &mut Network, out: &mut Outbox) -> FetchStep {
        if self.transfer.is_complete() {
            return FetchStep::Complete;
        }
        self.began_at = self.transfer.position();
        let (call, id) = (self.transfer.call(), self.id);
        self.state = FetchState::Requested(network.start_stream(call, id, self.manners, out));
        FetchStep::Continues
    }

    /// Ends what is on its way. `start` continues.
    pub fn stop(&mut self, network: &mut Network, out: &mut Outbox) {
        match std::mem::replace(&mut self.state, FetchState::Stopped) {
            FetchState::Requested(operation) => network.cancel(operation, out),
            FetchState::Receiving(call) => out.abort(call),
            FetchState::Stopped | FetchState::Pausing(_) => {}
        }
    }

    /// Takes the headers of the answer.
    pub fn take_headers(
        &mut self,
        headers: Result<(CallId, HttpResponse), RegistryError>,
        out: &mut Outbox,
    ) -> FetchStep {
        let error = match headers {
            Ok((call, head)) => match self.transfer.begin(&head, out.now()) {
                Ok(()) => {
                    self.state = FetchState::Receiving(call);
                    return self.see_whether_enough(out);
                }
                Err(error) => {
                    out.abort(call);
                    error
                }
            },
            Err(error) => error,
        };
        self.try_again(error, out)
    }

    /// Takes a piece of the body. Gives of it what is wanted.
    pub fn take_piece(&mut self, bytes: Vec<u8>, out: &mut Outbox) -> (Vec<u8>, FetchStep) {
        match self.transfer.chunk(bytes) {
            Ok(wanted) => (wanted, self.see_whether_enough(out)),
            Err(problem) => (Vec::new(), self.fail(problem, out)),
        }
    }

    /// The body has ended, or broke off.
    pub fn take_end(&mut self, end: Result<(), HttpFailure>, out: &mut Outbox) -> FetchStep {
        self.state = FetchState::Stopped;
        let ended = match end {
            Ok(()) => self.transfer.ended(),
            // A connection that broke may hold the next time.
            Err(failure) => {
                let host = self.transfer.call().host();
                let error = errors::unreachable(&host, failure, false, errors::HiddenAnswer::None);
                Err(RegistryError { retry: Retry::Soon, ..error })
            }
        };
        match ended {
            Ok(()) => FetchStep::Complete,
            Err(error) => self.try_again(error, out),
        }
    }

    /// The time at which it is continued, if it pauses.
    pub fn due(&self) -> Option<u64> {
        match self.state {
            FetchState::Pausing(until) => Some(until),
            _ => None,
        }
    }

    /// Gives up.
    pub fn fail(&mut self, problem: Problem, out: &mut Outbox) -> FetchStep {
        if let FetchState::Receiving(call) = std::mem::replace(&mut self.state, FetchState::Stopped)
        {
            out.abort(call);
        }
        FetchStep::Failed(problem)
    }

    /// Of a whole answer no more is read than is needed: the rest is broken off.
    fn see_whether_enough(&mut self, out: &mut Outbox) -> FetchStep {
        if !self.transfer.needs_no_more() {
            return FetchStep::Continues;
        }
        if let FetchState::Receiving(call) = std::mem::replace(&mut self.state, FetchState::Stopped)
        {
            out.abort(call);
        }
        FetchStep::Complete
    }

    fn try_again(&mut self, error: RegistryError, out: &Outbox) -> FetchStep {
        let brought = self.transfer.position() > self.began_at;
        self.failures = if brought { 0 } else { self.failures + 1 };
        let at = match error.retry {
            Retry::Never => None,
            _ if self.failures >= MAX_ATTEMPTS => None,
            Retry::Soon => Some(out.now().saturating_add(PAUSE << self.failures)),
            Retry::NotBefore(at) => Some(at),
        };
        match at {
            Some(at) => {
                self.state = FetchState::Pausing(at);
                FetchStep::Continues
            }
            None => {
                self.state = FetchState::Stopped;
                FetchStep::Failed(error.problem)
            }
        }
    }
}
