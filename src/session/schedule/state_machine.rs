//! Decides everything that happens next with an opened source. Does nothing itself.
//!
//! - `take` gets what happened, `step` returns what to do. A driver executes commands and hands their results
//!   back: the session worker in a browser, threads and files natively, a table in tests. All of them run
//!   this one schedule.
//! - Priorities: what the user looks at, the image that is shown, other images, reports.
//! - Nothing is ignored silently: an unexpected result is logged as a defect.

use super::command::Command;
use super::deliver::deliver;
use super::input::ScheduleInput;
use super::opening::ScheduleOptions;
use super::parts::Parts;
use super::results::{Effect, take_input};
use super::stages::{StageEvent, next_stage, start_jobs};
use crate::problem::Problem;
use crate::protocol::Event;
use crate::session::Session;
use crate::vocabulary::ImagePosition;

/// What happens next with an opened source.
pub struct Schedule {
    parts: Parts,
    /// The time to which the driver's alarm is set.
    wakes_at: Option<u64>,
    closed: bool,
}

impl Schedule {
    /// Nothing is open yet.
    pub fn new(options: ScheduleOptions) -> Schedule {
        Schedule { parts: Parts::new(options), wakes_at: None, closed: false }
    }

    /// Takes what happened, at `now` (milliseconds since 1970).
    pub fn take(&mut self, input: ScheduleInput, now: u64) {
        if self.closed {
            return; // what was on its way when the source was closed
        }
        self.parts.shared.set_now(now);
        if matches!(input, ScheduleInput::Time) {
            self.wakes_at = None; // it rang, though a clock that was set back may say that it is early
        }
        match take_input(&mut self.parts, input) {
            Ok(Effect::Counts) => {}
            Ok(Effect::Advances) => self.advance(),
            Err(problem) => self.parts.shared.out.defect(problem),
        }
    }

    /// The next thing to do. `None`: nothing until something happens.
    pub fn step(&mut self) -> Option<Command> {
        self.parts.shared.out.pop()
    }

    /// Ends everything: each request is answered with `closed`. Later inputs are ignored.
    pub fn close(&mut self) {
        let shared = &mut self.parts.shared;
        let waiting: Vec<_> = shared.out.waiting().collect();
        for request in waiting {
            shared.out.refuse(request, Problem::new("closed", "The source was closed."));
        }
        shared.out.abort_all(|_| true);
        shared.pool.retain(|_| false, &mut shared.out);
        shared.pool.shrink(&mut shared.out);
        self.set_alarm(None);
        self.closed = true;
    }

    /// The session, once there is one.
    pub fn session(&self) -> Option<&Session> {
        self.parts.shared.session.as_ref()
    }

    /// The image that is shown.
    pub fn shown(&self) -> Option<ImagePosition> {
        self.parts.shared.queue.shown
    }

    /// The session alone.
    pub fn into_session(self) -> Option<Session> {
        self.parts.shared.session
    }

    /// Defects of the driver or the schedule that were found so far.
    pub fn defects(&self) -> u32 {
        self.parts.shared.out.defects()
    }

    /// Does what can be done now: starts jobs, goes to next stages, writes reports.
    fn advance(&mut self) {
        loop {
            let parts = &mut self.parts;
            if let Some((downloads, mut means)) = parts.shared.downloads() {
                downloads.advance(&mut means);
            }
            match deliver(parts) {
                Ok(true) => continue,
                Ok(false) => {}
                Err(problem) => parts.shared.out.defect(problem),
            }
            parts.searches.advance(&mut parts.requested, &mut parts.shared);
            parts.requested.start(&mut parts.shared);
            start_jobs(&mut parts.shared);
            match next_stage(&mut parts.shared) {
                Some(Some(event)) => self.tell(event),
                Some(None) => {}
                None if parts.reports.advance(&mut parts.shared) => {}
                None if parts.extractions.advance(&mut parts.requested, &mut parts.shared) => {}
                None => break,
            }
        }
        self.rest();
    }

    fn tell(&mut self, event: StageEvent) {
        let shared = &mut self.parts.shared;
        let event = match event {
            StageEvent::Ready(image) => self.parts.opening.ready(image, shared),
            StageEvent::Failed(problem) => Event::Failed(problem),
        };
        shared.out.tell(event);
        shared.tell_progress(); // of what is left: the event ended what was shown
    }

    /// Nothing more can be done now: ends workers that have nothing to do and progress that is over, and sets
    /// the alarm.
    fn rest(&mut self) {
        let Parts { shared, checks, base_lookups, opening, .. } = &mut self.parts;
        if shared.queue.is_empty() && !opening.is_busy() && shared.out.shows_progress() {
            shared.out.tell(Event::Idle);
        }
        if shared.queue.is_empty() && shared.pool.is_idle() {
            shared.pool.shrink(&mut shared.out);
        }
        let now = shared.out.now();
        let downloads = shared.downloads.as_ref().and_then(|downloads| downloads.due(now));
        let due = [downloads, shared.ranges.due(), checks.due(), base_lookups.due()];
        let due = due.into_iter().flatten().min();
        self.set_alarm(due);
    }

    /// Sets the alarm, or withdraws it, unless that was done.
    fn set_alarm(&mut self, at: Option<u64>) {
        if self.wakes_at != at {
            self.wakes_at = at;
            self.parts.shared.out.push(Command::Wake { at });
        }
    }
}
