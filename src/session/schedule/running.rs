//! Operations of all kinds behind one interface, so that one loop drives them.

use super::ids::CallId;
use crate::http::{HttpFailure, HttpResponse};
use crate::registry::documents::FoundDocuments;
use crate::registry::hub::{HubTags, SearchResult};
use crate::registry::pull::Pulled;
use crate::registry::referrers::Referrers;
use crate::registry::soci::LayerTables;
use crate::registry::tags::TagList;
use crate::registry::{
    Call, Operation, OperationRun, OperationStep, RegistryClient, RegistryError, SingleCall,
};

/// An operation in progress, whatever it finds.
pub trait RunningOperation {
    fn step(&mut self, client: &mut RegistryClient, now: u64) -> OperationStep<OperationResult>;
    fn take(
        &mut self,
        client: &mut RegistryClient,
        result: Result<HttpResponse, HttpFailure>,
        now: u64,
    );
    fn take_cached(&mut self, bytes: Option<Vec<u8>>);
    fn decline(&mut self);
}

/// What an operation found.
pub enum OperationResult {
    Image(Result<Box<Pulled>, RegistryError>),
    Tables(Result<LayerTables, RegistryError>),
    Documents(Result<FoundDocuments, RegistryError>),
    Tags(Result<TagList, RegistryError>),
    HubTags(Result<HubTags, RegistryError>),
    Search(Result<SearchResult, RegistryError>),
    Repositories(Result<Vec<String>, RegistryError>),
    Referrers(Result<Referrers, RegistryError>),
    /// The headers of a streamed call, before it is known which call has the body.
    Headers(Result<HttpResponse, RegistryError>),
    /// The headers of a streamed call, and the call that has the body.
    Stream(Result<(CallId, HttpResponse), RegistryError>),
}

struct DrivenOperation<O: Operation> {
    run: OperationRun<O>,
    result: fn(Result<O::Output, RegistryError>) -> OperationResult,
}

/// An operation whose output becomes a result.
pub fn operation<O: Operation + 'static>(
    operation: O,
    result: fn(Result<O::Output, RegistryError>) -> OperationResult,
) -> Box<dyn RunningOperation> {
    Box::new(DrivenOperation { run: OperationRun::new(operation), result })
}

/// One call whose body is streamed.
pub fn stream(call: Call) -> Box<dyn RunningOperation> {
    operation(SingleCall::new(call), OperationResult::Headers)
}

impl<O: Operation> RunningOperation for DrivenOperation<O> {
    fn step(&mut self, client: &mut RegistryClient, now: u64) -> OperationStep<OperationResult> {
        self.run.step(client, now).map(self.result)
    }

    fn take(
        &mut self,
        client: &mut RegistryClient,
        result: Result<HttpResponse, HttpFailure>,
        now: u64,
    ) {
        self.run.take(client, result, now);
    }

    fn take_cached(&mut self, bytes: Option<Vec<u8>>) {
        self.run.take_cached(bytes);
    }

    fn decline(&mut self) {
        self.run.decline();
    }
}
