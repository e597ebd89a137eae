//! HTTP requests in progress. Each can be aborted.

use super::results::give;
use super::transport::{self, Stream};
use crate::http::{HttpFailure, HttpRequest};
use crate::session::schedule::{CallId, ScheduleInput};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;

/// Requests that were sent and have not ended.
#[derive(Clone, Default)]
pub struct Calls {
    open: Rc<RefCell<BTreeMap<CallId, AbortController>>>,
}

impl Calls {
    /// Sends a request. Its response is an input, and then each piece of a streamed body. Gives what it led to
    /// at once.
    pub fn send(&self, call: CallId, request: HttpRequest) -> Option<ScheduleInput> {
        let Ok(abort) = AbortController::new() else {
            return Some(ScheduleInput::Response { call, result: Err(HttpFailure::Network) });
        };
        // Known from now on: the next command may be to abort it, before anything is sent.
        self.open.borrow_mut().insert(call, abort.clone());
        let calls = self.clone();
        spawn_local(async move {
            if !calls.is_open(call) {
                return;
            }
            let sent = transport::send(&request, &abort).await;
            if !calls.is_open(call) {
                return;
            }
            match sent {
                Ok((response, stream)) => {
                    give(ScheduleInput::Response { call, result: Ok(response) });
                    if let Some(stream) = stream {
                        calls.read(call, &stream).await;
                    }
                }
                Err(failure) => give(ScheduleInput::Response { call, result: Err(failure) }),
            }
            calls.open.borrow_mut().remove(&call);
        });
        None
    }

    /// Ends a request.
    pub fn abort(&self, call: CallId) {
        let abort = self.open.borrow_mut().remove(&call);
        if let Some(abort) = abort {
            abort.abort();
        }
    }

    /// Reads a streamed body to its end, unless it is ended before.
    async fn read(&self, call: CallId, stream: &Stream) {
        while self.is_open(call) {
            let piece = stream.next().await;
            if !self.is_open(call) {
                return;
            }
            match piece {
                Ok(Some(piece)) => give(ScheduleInput::Piece { call, bytes: piece.to_vec() }),
                Ok(None) => return give(ScheduleInput::StreamEnded { call, result: Ok(()) }),
                Err(failure) => {
                    return give(ScheduleInput::StreamEnded { call, result: Err(failure) });
                }
            }
        }
    }

    fn is_open(&self, call: CallId) -> bool {
        self.open.borrow().contains_key(&call)
    }
}
