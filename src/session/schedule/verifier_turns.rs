//! Whose turn it is at the verifier's worker, which is given one request at a time: decided here, executed by the
//! driver in the browser.
//!
//! - Workers are numbered. What a worker says after another one was started is ignored: its `error` event may come
//!   after its end, and must not end what the next one does.

use super::ids::VerificationId;
use std::collections::VecDeque;

/// The number of a verifier's worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VerifierWorker(u32);

/// Requests to the verifier, and what its worker does.
#[derive(Debug)]
pub struct VerifierTurns<R> {
    waiting: VecDeque<(VerificationId, R)>,
    current: Option<VerificationId>,
    worker: VerifierWorker,
}

impl<R> Default for VerifierTurns<R> {
    fn default() -> VerifierTurns<R> {
        VerifierTurns { waiting: VecDeque::new(), current: None, worker: VerifierWorker::default() }
    }
}

impl<R> VerifierTurns<R> {
    /// A request waits for its turn.
    pub fn add(&mut self, id: VerificationId, request: R) {
        self.waiting.push_back((id, request));
    }

    /// The worker does something.
    pub fn is_busy(&self) -> bool {
        self.current.is_some()
    }

    /// The next request, which is in progress from now on; `None` if one is, or none waits.
    pub fn begin(&mut self) -> Option<(VerificationId, R)> {
        if self.is_busy() {
            return None;
        }
        let next = self.waiting.pop_front()?;
        self.current = Some(next.0);
        Some(next)
    }

    /// The request in progress could not be given to a worker: it waits again, as the first.
    pub fn give_up(&mut self, id: VerificationId, request: R) {
        self.current = None;
        self.waiting.push_front((id, request));
    }

    /// A worker is started; those before it are no longer heard.
    pub fn start_worker(&mut self) -> VerifierWorker {
        self.worker.0 = self.worker.0.wrapping_add(1);
        self.worker
    }

    /// A worker answered or is lost: the request that has ended with it. `None`: no request does.
    pub fn end(&mut self, worker: VerifierWorker) -> Option<VerificationId> {
        if worker == self.worker { self.current.take() } else { None }
    }

    /// All requests that wait, because none can be served.
    pub fn take_waiting(&mut self) -> Vec<VerificationId> {
        std::mem::take(&mut self.waiting).into_iter().map(|(id, _)| id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns() -> VerifierTurns<&'static str> {
        let mut turns = VerifierTurns::default();
        turns.add(VerificationId(1), "one");
        turns.add(VerificationId(2), "two");
        turns
    }

    #[test]
    fn a_late_error_of_an_ended_worker_does_not_end_what_the_next_one_does() {
        let mut turns = turns();
        let first = turns.start_worker();
        assert_eq!(turns.begin(), Some((VerificationId(1), "one")));
        assert_eq!(turns.begin(), None, "one at a time");
        assert_eq!(turns.end(first), Some(VerificationId(1)), "its panic");
        let second = turns.start_worker();
        assert_eq!(turns.begin(), Some((VerificationId(2), "two")));
        assert_eq!(turns.end(first), None, "the event of its trap");
        assert!(turns.is_busy());
        assert_eq!(turns.end(second), Some(VerificationId(2)));
        assert_eq!(turns.end(second), None, "nothing is in progress");
    }

    #[test]
    fn a_request_that_was_not_given_to_a_worker_waits_again() {
        let mut turns = turns();
        let (id, request) = turns.begin().unwrap();
        turns.give_up(id, request);
        assert_eq!(turns.take_waiting(), [VerificationId(1), VerificationId(2)]);
        assert_eq!(turns.begin(), None);
    }
}
