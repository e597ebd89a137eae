//! Lookups of base images at deps.dev, after the user agreed.
//!
//! - Requests contain only what `analysis/base_lookup.rs` allows: digests of layers.
//! - A lookup that is cancelled leaves what was known before.

use super::purpose::CallPurpose;
use super::shared::SharedParts;
use crate::analysis::base_lookup::{BaseLookup, BaseLookupResult};
use crate::analysis::service::LookupStep;
use crate::http::{HttpFailure, HttpResponse};
use crate::problem::Problem;
use crate::protocol::{Event, LookUpBase, RequestId};
use crate::vocabulary::ImagePosition;
use std::collections::BTreeMap;

/// Lookups in progress.
#[derive(Default)]
pub struct BaseLookups {
    open: BTreeMap<RequestId, OpenLookup>,
}

struct OpenLookup {
    image: ImagePosition,
    lookup: BaseLookup,
    due: Option<u64>,
}

impl BaseLookups {
    /// Starts to ask; a lookup of the same image that runs is answered by this one.
    pub fn request(&mut self, request: RequestId, wish: LookUpBase, shared: &mut SharedParts) {
        let LookUpBase { image, endpoint } = wish;
        let same = self.open.iter().filter(|(_, open)| open.image == image).map(|(id, _)| *id);
        for id in same.collect::<Vec<_>>() {
            self.cancel(id, shared);
            shared.out.answer(id, &Ok(()));
        }
        let begun = shared.session().and_then(|session| session.base_lookup(image, &endpoint));
        match begun {
            Ok(lookup) => {
                self.open.insert(request, OpenLookup { image, lookup, due: None });
                self.ask(request, shared);
            }
            Err(problem) => shared.out.refuse(request, problem),
        }
    }

    /// The answer to a request.
    pub fn take_response(
        &mut self,
        request: RequestId,
        result: Result<HttpResponse, HttpFailure>,
        shared: &mut SharedParts,
    ) {
        let Some(open) = self.open.get_mut(&request) else { return };
        open.lookup.take(result, shared.out.now());
        self.ask(request, shared);
    }

    /// A request was cancelled.
    pub fn cancel(&mut self, request: RequestId, shared: &mut SharedParts) {
        let Some(open) = self.open.remove(&request) else { return };
        shared.out.abort_all(|purpose| *purpose == CallPurpose::PublishedImages(request));
        end_in_session(open.image, None, shared);
    }

    /// Continues what has waited long enough.
    pub fn wake(&mut self, shared: &mut SharedParts) {
        let now = shared.out.now();
        let due = self.open.iter().filter(|(_, open)| open.due.is_some_and(|at| at <= now));
        for request in due.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.ask(request, shared);
        }
    }

    /// When something continues by itself.
    pub fn due(&self) -> Option<u64> {
        self.open.values().filter_map(|open| open.due).min()
    }

    fn ask(&mut self, request: RequestId, shared: &mut SharedParts) {
        let Some(open) = self.open.get_mut(&request) else { return };
        open.due = None;
        match open.lookup.step(shared.out.now()) {
            LookupStep::Send(call) => {
                let (image, (done, total)) = (open.image, open.lookup.progress());
                shared.out.send(call, CallPurpose::PublishedImages(request));
                if let Ok(session) = shared.session() {
                    session.base_lookup_progress(image, done, total);
                }
                shared.out.tell(Event::Changed { image });
            }
            LookupStep::Wait(until) => open.due = Some(until),
            LookupStep::Done(result) => self.end(request, result, shared),
        }
    }

    fn end(
        &mut self,
        request: RequestId,
        result: Result<BaseLookupResult, Problem>,
        shared: &mut SharedParts,
    ) {
        let Some(open) = self.open.remove(&request) else { return };
        let (found, answer) = match result {
            Ok(found) => (Some(found), Ok(())),
            Err(problem) => (None, Err(problem)),
        };
        end_in_session(open.image, found, shared);
        shared.out.answer(request, &answer);
    }
}

fn end_in_session(image: ImagePosition, found: Option<BaseLookupResult>, shared: &mut SharedParts) {
    if let Ok(session) = shared.session() {
        session.end_base_lookup(image, found);
    }
    shared.out.tell(Event::Changed { image });
}
