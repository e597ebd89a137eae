//! Commands that no driver has taken yet, with the purposes of their results; requests without an answer.
//!
//! - Each request is answered once, or cancelled: an answer without a pending request is a defect.
//! - Each result goes to the one purpose that its command had.

use super::command::{Beside, CacheKey, Command, RequestAnswer};
use super::expected::{Expected, unexpected};
use super::ids::{CacheId, CallId, FileNumber, TransferId};
use super::purpose::{CachePurpose, CallPurpose, TransferPurpose};
use crate::http::HttpRequest;
use crate::problem::Problem;
use crate::protocol::{Event, OrderProgress, RequestId, to_wire};
use serde::Serialize;
use std::collections::{BTreeSet, VecDeque};

/// Numbers of files that a session adds start here: a source has fewer files of its own.
const FIRST_ADDED_FILE: u32 = 1 << 31;

/// Commands that no driver has yet.
#[derive(Debug)]
pub struct Outbox {
    commands: VecDeque<Command>,
    last_id: u32,
    next_file: u32,
    /// Milliseconds since 1970.
    now: u64,
    waiting: BTreeSet<RequestId>,
    pub calls: Expected<CallId, CallPurpose>,
    pub caches: Expected<CacheId, CachePurpose>,
    pub transfers: Expected<TransferId, TransferPurpose>,
    /// The page shows progress, and no event has ended it.
    shows_progress: bool,
    /// Defects found so far.
    defects: u32,
}

impl Default for Outbox {
    fn default() -> Outbox {
        Outbox {
            commands: VecDeque::new(),
            last_id: 0,
            next_file: FIRST_ADDED_FILE,
            now: 0,
            waiting: BTreeSet::new(),
            calls: Expected::default(),
            caches: Expected::default(),
            transfers: Expected::default(),
            shows_progress: false,
            defects: 0,
        }
    }
}

impl Outbox {
    /// The oldest command.
    pub fn pop(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// Adds a command.
    pub fn push(&mut self, command: Command) {
        self.commands.push_back(command);
    }

    /// Adds an event for the page.
    pub fn tell(&mut self, event: Event) {
        match event {
            Event::Progress(_) => self.shows_progress = true,
            Event::Ready { .. } | Event::Idle | Event::Failed(_) => self.shows_progress = false,
            _ => {}
        }
        self.push(Command::Tell(event));
    }

    /// Whether the page shows progress that no event has ended.
    pub fn shows_progress(&self) -> bool {
        self.shows_progress
    }

    /// A new ID.
    pub fn id<I: From<u32>>(&mut self) -> I {
        self.last_id += 1;
        I::from(self.last_id)
    }

    /// Sends a request.
    pub fn send(&mut self, request: HttpRequest, purpose: CallPurpose) -> CallId {
        let call = self.id();
        self.calls.insert(call, purpose);
        self.push(Command::Send { call, request: Box::new(request) });
        call
    }

    /// Ends a request whose result is pending.
    pub fn abort(&mut self, call: CallId) {
        if self.calls.cancel(call) {
            self.push(Command::Abort(call));
        }
    }

    /// Ends the requests of this purpose.
    pub fn abort_all(&mut self, is_for: impl Fn(&CallPurpose) -> bool) {
        let calls = self.calls.iter().filter(|(_, purpose)| is_for(purpose)).map(|(call, _)| call);
        for call in calls.collect::<Vec<_>>() {
            self.abort(call);
        }
    }

    /// Looks into the cache.
    pub fn read_cache(&mut self, keys: Vec<CacheKey>, purpose: CachePurpose) -> CacheId {
        let id = self.id();
        self.caches.insert(id, purpose);
        self.push(Command::ReadCache { id, keys });
        id
    }

    /// The lookups of this purpose are no longer needed.
    pub fn forget_lookups(&mut self, is_for: impl Fn(&CachePurpose) -> bool) {
        let ids = self.caches.iter().filter(|(_, purpose)| is_for(purpose)).map(|(id, _)| id);
        for id in ids.collect::<Vec<_>>() {
            self.caches.cancel(id);
        }
    }

    /// Starts a transfer.
    pub fn transfer(&mut self, purpose: TransferPurpose) -> TransferId {
        let id = self.id();
        self.transfers.insert(id, purpose);
        id
    }

    /// The number of a file that is added.
    pub fn added_file(&mut self) -> FileNumber {
        let number = FileNumber(self.next_file);
        self.next_file = self.next_file.saturating_add(1);
        number
    }

    /// Milliseconds since 1970, as of the latest input.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// Sets the time. A machine's clock can be set back: intervals are differences either way.
    pub fn set_now(&mut self, now: u64) {
        self.now = now;
    }

    /// A request has arrived. False if its ID is in use: then it is dropped.
    pub fn expect_answer(&mut self, request: RequestId) -> bool {
        let new = self.waiting.insert(request);
        if !new {
            self.defect(unexpected(format!("a second request {}", request.0)));
        }
        new
    }

    /// An answer is no longer needed. False if it was given before.
    pub fn cancel(&mut self, request: RequestId) -> bool {
        self.waiting.remove(&request)
    }

    /// Whether a request waits for its answer.
    pub fn is_waiting(&self, request: RequestId) -> bool {
        self.waiting.contains(&request)
    }

    /// The requests that wait.
    pub fn waiting(&self) -> impl Iterator<Item = RequestId> + use<'_> {
        self.waiting.iter().copied()
    }

    /// Answers a request.
    pub fn answer<T: Serialize>(&mut self, request: RequestId, answer: &Result<T, Problem>) {
        self.answer_bytes(request, to_wire(answer), Beside::Nothing);
    }

    /// Answers a request with something beside the answer.
    pub fn answer_beside<T: Serialize>(&mut self, request: RequestId, answer: T, beside: Beside) {
        self.answer_bytes(request, to_wire(&Ok::<T, Problem>(answer)), beside);
    }

    /// Says that a request failed.
    pub fn refuse(&mut self, request: RequestId, problem: Problem) {
        self.answer(request, &Err::<(), Problem>(problem));
    }

    /// Answers a request with bytes that are `to_wire`'s already.
    pub fn answer_bytes(&mut self, request: RequestId, answer: Vec<u8>, beside: Beside) {
        match self.waiting.remove(&request) {
            true => self.push(Command::Answer(RequestAnswer { request, answer, beside })),
            false => self.defect(unexpected(format!("an answer to request {}", request.0))),
        }
    }

    /// Says how far an order is.
    pub fn tell_progress(&mut self, request: RequestId, progress: OrderProgress) {
        self.push(Command::TellProgress { request, progress });
    }

    /// Reports a defect of the driver or the schedule.
    pub fn defect(&mut self, problem: Problem) {
        self.defects += 1;
        self.push(Command::Log(problem));
    }

    /// Defects found so far.
    pub fn defects(&self) -> u32 {
        self.defects
    }
}
