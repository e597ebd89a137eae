//! The session worker's layer workers: begun when there is work for them, kept warm while there is.
//!
//! - As many as the machine has cores work on stages; one more may come for a file's content, so that
//!   a user who looks at a file doesn't wait for background work.
//! - A worker that traps is replaced; what it was at comes back as lost. Its `error` event may come
//!   after it was removed, and without a handler would go on to the session and end that too: so
//!   handlers outlive their workers.
//! - Each has its own memory, which never shrinks: what is idle after the work is ended, but for one.

use super::{
    panics,
    spawn::{self, Engine},
    wire::{self, FromLayer, ToLayer},
};
use crate::{
    problem::Problem,
    session::job::{Job, Work},
};
use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{File, MessageEvent, Worker};

/// What a worker is at.
#[derive(Clone)]
pub enum Task {
    /// A job of a stage.
    Stage {
        job: Job,
        /// Where uncompressed bytes may be kept.
        spill: Option<String>,
    },
    /// What the request of this id asks for: a file's content, and why it takes long, or what a file of
    /// advisories says.
    Content { id: u32, job: Job, why: String },
}

struct Slot {
    number: u32,
    worker: Worker,
    task: Option<Task>,
}

/// Called with the worker's number, what it says and what is beside it.
pub type OnMessage = fn(u32, FromLayer, JsValue);

pub struct Pool {
    engine: Engine,
    script: String,
    slots: Vec<Slot>,
    handlers: Vec<Closure<dyn FnMut(JsValue)>>,
    cores: usize,
    next_number: u32,
    on_message: OnMessage,
}

impl Pool {
    pub fn new(engine: Engine, cores: usize, on_message: OnMessage) -> Result<Pool, Problem> {
        let script = spawn::script(spawn::Entry::Layer, &engine)?;
        Ok(Pool {
            engine,
            script,
            slots: Vec::new(),
            handlers: Vec::new(),
            cores: cores.max(1),
            next_number: 1,
            on_message,
        })
    }

    /// Whether a task of this kind could be begun now.
    pub fn has_room(&self, for_content: bool) -> bool {
        let at_stage = |slot: &&Slot| matches!(slot.task, Some(Task::Stage { .. }));
        if !for_content && self.slots.iter().filter(at_stage).count() >= self.cores {
            return false;
        }
        self.slots.len() <= self.cores || self.slots.iter().any(|slot| slot.task.is_none())
    }

    /// Gives a task to an idle worker, or to a new one.
    pub fn run(&mut self, task: Task, file: &File) -> Result<(), Problem> {
        let idle = self.slots.iter().position(|slot| slot.task.is_none());
        let position = match idle {
            Some(position) => position,
            None => self.add()?,
        };
        let slot = &mut self.slots[position];
        let message = match &task {
            Task::Stage { job, spill } => {
                ToLayer::Run { job: job.clone(), content: false, spill: spill.clone() }
            }
            Task::Content { job, .. } => {
                let content = matches!(job.work, Work::Content(_));
                ToLayer::Run { job: job.clone(), content, spill: None }
            }
        };
        slot.worker.post_message(&wire::pack(&message, file)).map_err(|error| {
            Problem::new("worker-failed", "A job could not be handed to a worker.")
                .found(panics::words(&error))
        })?;
        slot.task = Some(task);
        Ok(())
    }

    /// The task of a worker, which goes on.
    pub fn task(&self, number: u32) -> Option<&Task> {
        self.slots.iter().find(|slot| slot.number == number)?.task.as_ref()
    }

    /// The task of a worker that has ended it.
    pub fn take_task(&mut self, number: u32) -> Option<Task> {
        self.slots.iter_mut().find(|slot| slot.number == number)?.task.take()
    }

    /// Ends a worker, whatever it is at, and says what that was.
    pub fn remove(&mut self, number: u32) -> Option<Task> {
        let position = self.slots.iter().position(|slot| slot.number == number)?;
        let slot = self.slots.swap_remove(position);
        slot.end();
        slot.task
    }

    /// Ends the workers whose tasks are not wanted any more.
    pub fn retain(&mut self, wanted: impl Fn(&Task) -> bool) {
        self.keep(|slot| slot.task.as_ref().is_none_or(&wanted));
    }

    /// Ends the idle ones: each keeps what its largest layer took, and a new one is there in no time.
    pub fn shrink(&mut self) {
        self.keep(|slot| slot.task.is_some());
    }

    /// What is being done for stages.
    pub fn running(&self) -> Vec<Work> {
        let work = |slot: &Slot| match &slot.task {
            Some(Task::Stage { job, .. }) => Some(job.work.clone()),
            _ => None,
        };
        self.slots.iter().filter_map(work).collect()
    }

    fn keep(&mut self, mut stays: impl FnMut(&Slot) -> bool) {
        self.slots.retain(|slot| {
            let stays = stays(slot);
            if !stays {
                slot.end();
            }
            stays
        });
    }

    fn add(&mut self) -> Result<usize, Problem> {
        let worker = spawn::worker(&self.script, &self.engine)?;
        let number = self.next_number;
        self.next_number += 1;
        let tell = self.on_message;
        let lost =
            move |words: String| tell(number, FromLayer::Panicked { words }, JsValue::UNDEFINED);
        let on_message = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            let event: &MessageEvent = event.unchecked_ref();
            match wire::unpack(&event.data()) {
                Some((message, beside)) => tell(number, message, beside),
                None => lost("a message that is none".to_owned()),
            }
        });
        let on_error = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            event.unchecked_ref::<web_sys::Event>().prevent_default();
            lost(panics::words(&event));
        });
        let function = |closure: &Closure<dyn FnMut(JsValue)>| -> Function {
            closure.as_ref().unchecked_ref::<Function>().clone()
        };
        worker.set_onmessage(Some(&function(&on_message)));
        worker.set_onerror(Some(&function(&on_error)));
        self.handlers.extend([on_message, on_error]);
        self.slots.push(Slot { number, worker, task: None });
        Ok(self.slots.len() - 1)
    }
}

impl Slot {
    fn end(&self) {
        self.worker.set_onmessage(None);
        self.worker.terminate();
    }
}
