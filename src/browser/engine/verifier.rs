//! The worker that verifies signatures: started once something must be verified, ended when nothing is left.
//!
//! - Its module is fetched by the page at the first use (`port::need_verifier`), and kept.
//! - It is given one request at a time. If it fails, that request has failed; the next one gets another worker. Whose
//!   turn it is decides `VerifierTurns`.

use super::port;
use super::results::give;
use crate::browser::spawn::{self, WorkerModule};
use crate::browser::{message, panics};
use crate::problem::Problem;
use crate::protocol::{FromVerifier, SignatureVerdict, SignaturesToVerify};
use crate::session::schedule::{
    ScheduleInput, VerificationId, VerifierFailure, VerifierTurns, VerifierWorker,
};
use js_sys::Function;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, MessageEvent, Worker};

/// The verifier of a session.
#[derive(Clone, Default)]
pub struct SignatureVerifier(Rc<RefCell<VerifierState>>);

#[derive(Default)]
struct VerifierState {
    module: VerifierModule,
    worker: Option<Worker>,
    turns: VerifierTurns<SignaturesToVerify>,
    /// Outlive their worker: its `error` event may come after its end.
    handlers: Vec<Closure<dyn FnMut(JsValue)>>,
}

#[derive(Default)]
enum VerifierModule {
    #[default]
    Absent,
    Requested,
    Loaded(WorkerModule, String),
}

impl SignatureVerifier {
    /// Verifies, as soon as the module is there and what came before is done.
    pub fn run(&self, id: VerificationId, request: SignaturesToVerify) {
        let mut state = self.0.borrow_mut();
        state.turns.add(id, request);
        if let VerifierModule::Absent = state.module {
            state.module = VerifierModule::Requested;
            port::need_verifier();
        }
        drop(state);
        self.next();
    }

    /// The module, or why it cannot be fetched. The next request asks for it again.
    pub fn take_module(&self, module: Result<WorkerModule, Problem>) {
        let loaded = module.and_then(|module| {
            let script = spawn::script(spawn::WorkerEntry::Verifier, &module)?;
            Ok(VerifierModule::Loaded(module, script))
        });
        match loaded {
            Ok(loaded) => {
                self.0.borrow_mut().module = loaded;
                self.next();
            }
            Err(problem) => {
                self.0.borrow_mut().module = VerifierModule::Absent;
                self.fail_waiting(&problem);
            }
        }
    }

    /// Posts the next request, or ends the worker.
    fn next(&self) {
        let mut state = self.0.borrow_mut();
        if state.turns.is_busy() || !matches!(state.module, VerifierModule::Loaded(..)) {
            return;
        }
        let Some((id, request)) = state.turns.begin() else {
            return state.end_worker();
        };
        let posted = self.worker(&mut state).and_then(|worker| {
            worker.post_message(&message::pack(&request, &JsValue::UNDEFINED)).map_err(|error| {
                Problem::new("worker-failed", "Signatures could not be handed to a worker.")
                    .found(panics::words(&error))
            })
        });
        if let Err(problem) = posted {
            state.end_worker();
            state.turns.give_up(id, request);
            drop(state);
            self.fail_waiting(&problem);
        }
    }

    fn worker(&self, state: &mut VerifierState) -> Result<Worker, Problem> {
        if let Some(worker) = &state.worker {
            return Ok(worker.clone());
        }
        let VerifierModule::Loaded(module, script) = &state.module else {
            return Err(Problem::new("worker-failed", "The verifier is not loaded."));
        };
        let worker = spawn::worker(script, module)?;
        let number = state.turns.start_worker();
        let (hearing, losing) = (self.clone(), self.clone());
        let on_message = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            let event: &MessageEvent = event.unchecked_ref();
            match message::unpack(&event.data()) {
                Some((FromVerifier::Done(verdicts), _)) => hearing.end(number, Ok(verdicts)),
                Some((FromVerifier::Panicked { words }, _)) => hearing.lose(number, words),
                None => hearing.lose(number, "a message that cannot be read".to_owned()),
            }
        });
        let on_error = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            event.unchecked_ref::<Event>().prevent_default();
            losing.lose(number, panics::words(&event));
        });
        let function = |closure: &Closure<dyn FnMut(JsValue)>| -> Function {
            closure.as_ref().unchecked_ref::<Function>().clone()
        };
        worker.set_onmessage(Some(&function(&on_message)));
        worker.set_onerror(Some(&function(&on_error)));
        state.handlers.extend([on_message, on_error]);
        state.worker = Some(worker.clone());
        Ok(worker)
    }

    /// A worker failed: what it did is lost.
    fn lose(&self, worker: VerifierWorker, words: String) {
        self.end(worker, Err(VerifierFailure::Lost(words)));
    }

    fn end(&self, worker: VerifierWorker, result: Result<Vec<SignatureVerdict>, VerifierFailure>) {
        let mut state = self.0.borrow_mut();
        // A panic is told twice: by its hook, and by the event of the trap.
        let Some(id) = state.turns.end(worker) else { return };
        if result.is_err() {
            state.end_worker();
        }
        drop(state);
        give(ScheduleInput::Verified { id, result });
        self.next();
    }

    /// Nothing can be verified now.
    fn fail_waiting(&self, problem: &Problem) {
        let waiting = self.0.borrow_mut().turns.take_waiting();
        let problem = problem.clone();
        // Later, because a command or a message is being handled.
        spawn_local(async move {
            for id in waiting {
                let result = Err(VerifierFailure::Unavailable(problem.clone()));
                give(ScheduleInput::Verified { id, result });
            }
        });
    }
}

impl VerifierState {
    fn end_worker(&mut self) {
        if let Some(worker) = self.worker.take() {
            worker.set_onmessage(None);
            worker.terminate();
        }
    }
}
