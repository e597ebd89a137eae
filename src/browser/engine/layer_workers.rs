//! The layer workers of a session: starting them, posting jobs, receiving results, ending them.
//!
//! - The `error` event of a worker that trapped may come after the worker was ended, and without a handler
//!   would go on to the session and end that too: so handlers outlive their workers.

use super::port::log;
use super::results::give;
use crate::browser::spawn::{self, WorkerModule};
use crate::browser::{message, panics};
use crate::layer::DistantBuffer;
use crate::problem::Problem;
use crate::protocol::{FromLayer, RunJob};
use crate::session::jobs::{Job, JobResult};
use crate::session::schedule::{JobEnd, JobId, ScheduleInput, WorkerId};
use js_sys::{Array, Function, Uint8Array};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Event, File, MessageEvent, Worker};

/// All layer workers of a session.
pub struct LayerWorkers {
    engine: WorkerModule,
    script: String,
    open: BTreeMap<WorkerId, Worker>,
    state: WorkerStates,
    handlers: Vec<Closure<dyn FnMut(JsValue)>>,
}

/// What the handlers of workers know.
#[derive(Clone, Default)]
struct WorkerStates(Rc<RefCell<WorkerState>>);

#[derive(Default)]
struct WorkerState {
    /// What each worker does, and whether that is to read a content.
    jobs: BTreeMap<WorkerId, (JobId, bool)>,
    /// A content that has just been read.
    content: Option<(JobId, JsValue)>,
}

impl LayerWorkers {
    pub fn new(engine: WorkerModule) -> Result<LayerWorkers, Problem> {
        let script = spawn::script(spawn::WorkerEntry::Layer, &engine)?;
        let (open, state, handlers) = Default::default();
        Ok(LayerWorkers { engine, script, open, state, handlers })
    }

    /// Gives a job to a worker, which is started if there is none of this ID. A job that cannot be given has
    /// ended.
    pub fn run(
        &mut self,
        (worker, id): (WorkerId, JobId),
        job: Job,
        spill: Option<String>,
        files: Vec<Option<File>>,
    ) -> Option<ScheduleInput> {
        let is_content = job.work.reads_content();
        let problem = self.post(worker, RunJob { job, spill }, files).err();
        match problem {
            None => {
                self.state.0.borrow_mut().jobs.insert(worker, (id, is_content));
                None
            }
            Some(problem) => Some(ScheduleInput::JobEnded { id, end: JobEnd::Failed(problem) }),
        }
    }

    /// Ends a worker.
    pub fn end(&mut self, id: WorkerId) {
        self.state.0.borrow_mut().jobs.remove(&id);
        if let Some(worker) = self.open.remove(&id) {
            worker.set_onmessage(None);
            worker.terminate();
        }
    }

    /// The content that has just been read.
    pub fn take_content(&self) -> Option<(JobId, JsValue)> {
        self.state.0.borrow_mut().content.take()
    }

    fn post(
        &mut self,
        id: WorkerId,
        message: RunJob<Job>,
        files: Vec<Option<File>>,
    ) -> Result<(), Problem> {
        let files: Option<Array> = files.into_iter().collect();
        let files = files.ok_or_else(|| Problem::new("read-failed", "The file is not there."))?;
        if !self.open.contains_key(&id) {
            let worker = self.start(id)?;
            self.open.insert(id, worker);
        }
        let Some(worker) = self.open.get(&id) else { return Ok(()) }; // it was just started
        worker.post_message(&message::pack(&message, &files)).map_err(|error| {
            Problem::new("worker-failed", "A job could not be handed to a worker.")
                .found(panics::words(&error))
        })
    }

    fn start(&mut self, id: WorkerId) -> Result<Worker, Problem> {
        let worker = spawn::worker(&self.script, &self.engine)?;
        let state = self.state.clone();
        let on_message = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            let event: &MessageEvent = event.unchecked_ref();
            match message::unpack(&event.data()) {
                Some((message, beside)) => state.hear(id, message, beside),
                None => lost(id, "a message that cannot be read".to_owned()),
            }
        });
        let on_error = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            event.unchecked_ref::<Event>().prevent_default();
            lost(id, panics::words(&event));
        });
        let function = |closure: &Closure<dyn FnMut(JsValue)>| -> Function {
            closure.as_ref().unchecked_ref::<Function>().clone()
        };
        worker.set_onmessage(Some(&function(&on_message)));
        worker.set_onerror(Some(&function(&on_error)));
        self.handlers.extend([on_message, on_error]);
        Ok(worker)
    }
}

impl WorkerStates {
    /// What a layer worker says.
    fn hear(&self, worker: WorkerId, message: FromLayer, beside: JsValue) {
        let job = self.0.borrow().jobs.get(&worker).copied();
        let Some((id, is_content)) = job else {
            return log(&Problem::new("worker-answer", "A worker without a job said something."));
        };
        let end = match message {
            FromLayer::Progress { done } => return give(ScheduleInput::JobProgress { id, done }),
            FromLayer::Panicked { words } => return lost(worker, words),
            FromLayer::Failed { problem } => JobEnd::Failed(problem),
            FromLayer::Done { content, .. } if is_content => {
                self.0.borrow_mut().content = Some((id, beside));
                JobEnd::Content { info: content }
            }
            FromLayer::Done { spilled, .. } => {
                let bytes = Uint8Array::new(&beside);
                let copy =
                    |start: usize, end: usize| bytes.subarray(start as u32, end as u32).to_vec();
                let mut buffer = DistantBuffer::new(bytes.length() as usize, copy);
                match JobResult::from_source(&mut buffer) {
                    Ok(result) => JobEnd::Result { result: Box::new(result), spilled },
                    Err(problem) => JobEnd::Failed(problem),
                }
            }
        };
        self.0.borrow_mut().jobs.remove(&worker);
        give(ScheduleInput::JobEnded { id, end });
    }
}

fn lost(worker: WorkerId, words: String) {
    give(ScheduleInput::WorkerLost { worker, words });
}
