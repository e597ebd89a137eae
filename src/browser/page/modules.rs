//! WebAssembly modules of workers, each loaded once however many ask for it.
//!
//! A load that failed is not kept: the next caller tries again.

use crate::browser::spawn::WorkerModule;
use crate::problem::Problem;
use futures_channel::oneshot;
use std::cell::RefCell;
use std::future::Future;

/// The modules.
#[derive(Clone, Copy)]
pub enum PageModule {
    Engine,
    Verifier,
}

/// How far a module is.
enum ModuleState {
    NotStarted,
    /// With the callers that wait for it.
    Loading(Vec<oneshot::Sender<Result<WorkerModule, Problem>>>),
    Loaded(WorkerModule),
}

thread_local! {
    static STATES: RefCell<[ModuleState; 2]> =
        const { RefCell::new([ModuleState::NotStarted, ModuleState::NotStarted]) };
}

/// A module. The first caller's `load` is run, the others wait for the same result.
pub async fn loaded(
    which: PageModule,
    load: impl Future<Output = Result<WorkerModule, Problem>>,
) -> Result<WorkerModule, Problem> {
    enum Turn {
        Use(WorkerModule),
        Wait(oneshot::Receiver<Result<WorkerModule, Problem>>),
        Load,
    }
    let at = which as usize;
    let turn = STATES.with_borrow_mut(|states| match &mut states[at] {
        ModuleState::Loaded(module) => Turn::Use(module.clone()),
        ModuleState::Loading(waiting) => {
            let (sender, receiver) = oneshot::channel();
            waiting.push(sender);
            Turn::Wait(receiver)
        }
        state => {
            *state = ModuleState::Loading(Vec::new());
            Turn::Load
        }
    });
    match turn {
        Turn::Use(module) => return Ok(module),
        Turn::Wait(result) => return result.await.unwrap_or_else(|_| Err(cancelled())),
        Turn::Load => {}
    }
    let result = load.await;
    let state = result.clone().map_or(ModuleState::NotStarted, ModuleState::Loaded);
    let before = STATES.with_borrow_mut(|states| std::mem::replace(&mut states[at], state));
    if let ModuleState::Loading(waiting) = before {
        for waiting in waiting {
            let _ = waiting.send(result.clone()); // the caller may be gone
        }
    }
    result
}

fn cancelled() -> Problem {
    Problem::new("fetch-failed", "Loading a part of the page was cancelled.")
        .advice("Reload the page.")
}
