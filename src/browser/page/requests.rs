//! Requests that wait for their answers: one map by ID.
//!
//! - Every request settles: it is answered, or the end of its session answers it.
//! - An answer without a pending request is ignored: the request was cancelled while its answer was on its way.

use crate::problem::Problem;
use crate::protocol::{OrderProgress, RequestId};
use futures_channel::oneshot;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Hears how far an order is.
pub type ProgressListener = Rc<dyn Fn(OrderProgress)>;

struct Waiting<A> {
    answer: oneshot::Sender<Result<A, Problem>>,
    progress: Option<ProgressListener>,
}

/// The requests of one session that are not answered yet. `A` is an answer as it travels.
pub struct PendingRequests<A> {
    last: RequestId,
    waiting: BTreeMap<RequestId, Waiting<A>>,
}

impl<A> Default for PendingRequests<A> {
    fn default() -> Self {
        PendingRequests { last: RequestId(0), waiting: BTreeMap::new() }
    }
}

impl<A> PendingRequests<A> {
    /// Registers a request: its ID, and the receiver of its answer.
    pub fn begin(
        &mut self,
        progress: Option<ProgressListener>,
    ) -> (RequestId, oneshot::Receiver<Result<A, Problem>>) {
        let (answer, receiver) = oneshot::channel();
        self.last.0 = self.last.0.wrapping_add(1);
        self.waiting.insert(self.last, Waiting { answer, progress });
        (self.last, receiver)
    }

    /// The answer to a request.
    pub fn settle(&mut self, id: RequestId, answer: Result<A, Problem>) {
        if let Some(waiting) = self.waiting.remove(&id) {
            let _ = waiting.answer.send(answer); // the caller may have dropped its end
        }
    }

    /// Called with the progress of a request.
    pub fn listener(&self, id: RequestId) -> Option<ProgressListener> {
        self.waiting.get(&id)?.progress.clone()
    }

    /// The caller no longer waits. `true` if the request was still open, so that the session must be informed.
    pub fn cancel(&mut self, id: RequestId) -> bool {
        self.waiting.remove(&id).is_some()
    }

    /// The session has ended: every open request fails with this problem.
    pub fn end(&mut self, problem: &Problem) {
        for (_, waiting) in std::mem::take(&mut self.waiting) {
            let _ = waiting.answer.send(Err(problem.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn code(receiver: &mut oneshot::Receiver<Result<u8, Problem>>) -> Option<String> {
        let answer = receiver.try_recv().unwrap()?;
        Some(answer.map_or_else(|problem| problem.code.to_string(), |byte| byte.to_string()))
    }

    #[test]
    fn each_request_gets_its_own_answer_once() {
        let mut requests = PendingRequests::default();
        let (first, mut first_answer) = requests.begin(None);
        let (second, mut second_answer) = requests.begin(None);
        assert_ne!(first, second);
        requests.settle(second, Ok(2));
        requests.settle(second, Ok(3));
        requests.settle(RequestId(99), Ok(4));
        assert_eq!(code(&mut first_answer), None);
        assert_eq!(code(&mut second_answer).as_deref(), Some("2"));
    }

    #[test]
    fn the_end_of_a_session_answers_all() {
        let mut requests = PendingRequests::default();
        let mut answers: Vec<_> = (0..3).map(|_| requests.begin(None).1).collect();
        requests.end(&Problem::new("closed", "The file was closed."));
        for answer in &mut answers {
            assert_eq!(code(answer).as_deref(), Some("closed"));
        }
    }

    #[test]
    fn only_an_open_request_is_cancelled() {
        let mut requests = PendingRequests::default();
        let (open, _open) = requests.begin(None);
        let (answered, _answered) = requests.begin(None);
        requests.settle(answered, Ok(1));
        assert!(requests.cancel(open));
        assert!(!requests.cancel(open));
        assert!(!requests.cancel(answered));
    }

    #[test]
    fn progress_is_heard_until_the_answer() {
        let heard = Rc::new(Cell::new(0));
        let told = heard.clone();
        let mut requests = PendingRequests::<u8>::default();
        let (id, _answer) = requests.begin(Some(Rc::new(move |p| told.set(p.done))));
        requests.listener(id).unwrap()(OrderProgress { done: 7, total: 9, slow: None });
        assert_eq!(heard.get(), 7);
        requests.settle(id, Ok(0));
        assert!(requests.listener(id).is_none());
    }
}
