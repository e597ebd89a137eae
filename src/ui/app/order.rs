//! A long order of the user that goes on while other views are shown: running, cancelled, failed.

use super::spawn;
use crate::problem::Problem;
use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;

/// At most one order of its kind at a time.
#[derive(Clone, Copy)]
pub struct RunningOrder {
    handle: RwSignal<Option<AbortHandle>>,
    problem: RwSignal<Option<Problem>>,
}

impl RunningOrder {
    /// Nothing is running.
    pub fn new() -> RunningOrder {
        RunningOrder { handle: RwSignal::new(None), problem: RwSignal::new(None) }
    }

    /// Starts the order; one that is still running is cancelled.
    pub fn start(self, work: impl Future<Output = Result<(), Problem>> + 'static) {
        self.cancel();
        let (work, handle) = abortable(work);
        self.handle.set(Some(handle));
        self.problem.set(None);
        spawn(async move {
            match work.await {
                Err(_) => return, // cancelled: a newer order may hold the signals
                Ok(Err(problem)) if problem.code != "closed" => self.problem.set(Some(problem)),
                Ok(_) => {}
            }
            self.handle.set(None);
        });
    }

    /// Cancels it.
    pub fn cancel(self) {
        if let Some(handle) = self.handle.get_untracked() {
            handle.abort();
            self.handle.set(None);
        }
    }

    /// Tracks whether it is running.
    pub fn is_running(self) -> bool {
        self.handle.read().is_some()
    }

    /// Why the last one failed; tracked.
    pub fn problem(self) -> Option<Problem> {
        self.problem.get()
    }

    /// It failed, in a test.
    #[cfg(test)]
    pub fn fail(self, problem: Problem) {
        self.problem.set(Some(problem));
    }
}

impl Default for RunningOrder {
    fn default() -> RunningOrder {
        RunningOrder::new()
    }
}
