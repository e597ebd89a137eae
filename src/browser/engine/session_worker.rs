//! A session worker: passes messages of the page and results of layer workers, network and storage to the
//! schedule of its session, and executes the schedule's commands.
//!
//! - Never waits: work that takes time ends with a `ScheduleInput` later, so messages of the page are always handled.

use super::executor::Executor;
use super::layer_workers::LayerWorkers;
use super::scope::{now, scope};
use super::{port, results};
use crate::browser::spawn::WorkerModule;
use crate::browser::{message, panics};
use crate::problem::Problem;
use crate::protocol::{Event, SourceRequest, ToSession};
use crate::session::schedule::{OfferedFile, Schedule, ScheduleInput, ScheduleOptions};
use js_sys::Array;
use std::cell::RefCell;
use std::collections::VecDeque;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Blob, File, MessageEvent};

thread_local! {
    static WORKER: RefCell<Option<SessionWorker>> = const { RefCell::new(None) };
}

struct SessionWorker {
    schedule: Schedule,
    executor: Executor,
}

/// Called once, by the worker's own script, with the engine's compiled module and its script.
pub fn start(module: JsValue, source: Blob) {
    panics::install(port::panicked);
    let cores = scope().navigator().hardware_concurrency() as usize;
    match LayerWorkers::new(WorkerModule { source, module }) {
        Ok(workers) => {
            let options = ScheduleOptions { cores, ..ScheduleOptions::default() };
            let schedule = Schedule::new(options);
            WORKER.set(Some(SessionWorker { schedule, executor: Executor::new(workers) }));
            results::set_taker(take);
        }
        Err(problem) => port::tell(Event::Failed(problem)),
    }
    let on_message = Closure::<dyn FnMut(_)>::new(|event: MessageEvent| {
        match message::unpack::<ToSession>(&event.data()) {
            Some((message, beside)) => hear_page(message, beside),
            None => port::log(&Problem::new("session-failed", "A message cannot be read.")),
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget(); // lives as long as the worker
}

fn hear_page(message: ToSession, beside: JsValue) {
    if let ToSession::Verifier(fetched) = message {
        let module = fetched.and_then(|()| module_beside(&beside));
        return with_worker(|worker| worker.executor.take_verifier(module));
    }
    let files = files_beside(beside);
    let offered = files.iter().map(|file| {
        let file: File = file.unchecked_into();
        OfferedFile { size: file.size() as u64, modified: file.last_modified() as u64 }
    });
    let offered = offered.collect();
    with_worker(|worker| match &message {
        ToSession::Open(SourceRequest::Files { .. }) => worker.executor.open_files(&files),
        ToSession::Ask { id, .. } if files.length() > 0 => worker.executor.offer(*id, files),
        _ => {}
    });
    take(ScheduleInput::FromPage { message, files: offered });
}

/// Hands an input to the schedule, and executes what follows from it.
fn take(input: ScheduleInput) {
    with_worker(|worker| {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            worker.schedule.take(input, now());
            while let Some(command) = worker.schedule.step() {
                inputs.extend(worker.executor.execute(command));
            }
            worker.executor.forget_unused();
        }
    });
}

fn with_worker(change: impl FnOnce(&mut SessionWorker)) {
    WORKER.with_borrow_mut(|worker| {
        if let Some(worker) = worker {
            change(worker);
        }
    });
}

/// A module with its script beside a message.
fn module_beside(beside: &JsValue) -> Result<WorkerModule, Problem> {
    let pair = beside.dyn_ref::<Array>();
    let source = pair.and_then(|pair| pair.get(1).dyn_into::<Blob>().ok());
    match (pair, source) {
        (Some(pair), Some(source)) => Ok(WorkerModule { source, module: pair.get(0) }),
        _ => Err(Problem::new("session-failed", "A message cannot be read.")),
    }
}

/// Files beside a message: one, an array of them, or none.
fn files_beside(beside: JsValue) -> Array {
    match beside {
        beside if Array::is_array(&beside) => beside.unchecked_into(),
        beside if beside.is_instance_of::<File>() => Array::of1(&beside),
        _ => Array::new(),
    }
}
