//! The results of a run in the world: answers, events, its log, and what must hold at its end.

use super::world::World;
use crate::problem::Problem;
use crate::protocol::{Ask, Event, RequestId, from_wire};
use crate::session::Session;
use crate::session::schedule::{Beside, WorkerId};

impl World {
    /// The answer to a request.
    pub fn answer<Q: Ask>(&self, request: RequestId, _: &Q) -> Result<Q::Answer, Problem> {
        let (bytes, _) = self
            .answers
            .get(&request)
            .unwrap_or_else(|| panic!("request {} is not answered: {:#?}", request.0, self.log));
        from_wire(bytes).expect("an answer of its kind")
    }

    /// The answer to an order that answers nothing.
    pub fn done(&self, request: RequestId) -> Result<(), Problem> {
        let (bytes, _) = self
            .answers
            .get(&request)
            .unwrap_or_else(|| panic!("request {} is not answered: {:#?}", request.0, self.log));
        let answer: Result<(), Problem> = from_wire(bytes).expect("an answer");
        answer
    }

    /// Why a request failed.
    pub fn problem(&self, request: RequestId) -> String {
        let (bytes, _) = &self.answers[&request];
        // The problem comes first in what postcard writes of an error, whatever the answer's type.
        let answer: Result<(), Problem> = from_wire(bytes).expect("a problem");
        answer.expect_err("it failed").code.into_owned()
    }

    /// The bytes beside an answer.
    pub fn beside(&self, request: RequestId) -> &[u8] {
        match &self.answers[&request].1 {
            Beside::Bytes(bytes) => bytes,
            Beside::Content(job) => &self.contents[job],
            Beside::File(file) => &self.handed_over[file],
            Beside::Nothing => panic!("nothing is beside it"),
        }
    }

    /// The images that became ready, in order.
    pub fn ready(&self) -> Vec<u32> {
        let ready = self.events.iter().filter_map(|event| match event {
            Event::Ready { image } => Some(image.0),
            _ => None,
        });
        ready.collect()
    }

    /// The problem that ended the session.
    pub fn failure(&self) -> Option<&Problem> {
        self.events.iter().find_map(|event| match event {
            Event::Failed(problem) => Some(problem),
            _ => None,
        })
    }

    /// The session.
    pub fn session(&self) -> &Session {
        self.schedule.session().expect("a session")
    }

    /// Lines of the log that start with a text.
    pub fn logged(&self, start: &str) -> Vec<&str> {
        self.log.iter().map(String::as_str).filter(|line| line.starts_with(start)).collect()
    }

    /// Everything was done as it should be: nothing is left, and no defect was found.
    pub fn assert_clean(&self) {
        assert_eq!(self.schedule.defects(), 0, "{:#?}", self.log);
        assert!(self.open.is_empty(), "{:#?}", self.open);
        let added: Vec<_> = self.files.keys().filter(|file| file.0 >= 1 << 31).collect();
        assert!(added.is_empty(), "nothing reads these any more: {added:?}");
        assert!(self.spilling.is_empty(), "nobody removes these: {:?}", self.spilling);
        let unanswered = (1..self.next_request)
            .map(RequestId)
            .filter(|id| !self.answers.contains_key(id) && !self.cancelled.contains(id));
        assert_eq!(unanswered.collect::<Vec<_>>(), [], "{:#?}", self.log);
    }

    /// The workers that exist.
    pub fn workers(&self) -> Vec<WorkerId> {
        self.workers.keys().copied().collect()
    }
}
