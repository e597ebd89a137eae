//! The request for one record.

use super::protocol::{MAX_RESPONSE, OSV, is_id};
use crate::analysis::service::{Attempts, LookupStep};
use crate::analysis::vulnerabilities::record::OsvRecord;
use crate::http::{HttpFailure, HttpRequest, HttpResponse, Method, ResponseBody};
use crate::problem::Problem;

/// Requests one record.
#[derive(Debug)]
pub struct RecordLookup {
    /// Without a trailing slash.
    endpoint: String,
    id: String,
    attempts: Attempts,
    result: Option<Result<OsvRecord, Problem>>,
}

impl RecordLookup {
    /// Requests the record of this ID from the OSV API at `endpoint`; `None` if the text is not an ID.
    pub fn new(endpoint: &str, id: &str) -> Option<RecordLookup> {
        let id = is_id(id).then(|| id.to_owned())?;
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        Some(RecordLookup { endpoint, id, attempts: Attempts::new(&OSV), result: None })
    }

    /// What to do at `now` (milliseconds since 1970).
    pub fn step(&mut self, now: u64) -> LookupStep<OsvRecord> {
        if let Some(result) = &self.result {
            return LookupStep::Done(result.clone());
        }
        match self.attempts.wait_until(now) {
            Some(time) => LookupStep::Wait(time),
            None => {
                let url = format!("{}/v1/vulns/{}", self.endpoint, self.id);
                let body = ResponseBody::Keep(MAX_RESPONSE);
                LookupStep::Send(HttpRequest::new(Method::Get, url, body))
            }
        }
    }

    /// Takes the result of the request that `step` returned.
    pub fn take(&mut self, result: Result<HttpResponse, HttpFailure>, now: u64) {
        self.result = match self.attempts.take(result, now) {
            Ok(None) => None,
            Ok(Some(body)) => Some(match OsvRecord::parse(&body) {
                Ok(record) if record.id == self.id => Ok(record),
                Ok(record) => Err(OSV
                    .unreadable(format!("the record of {}", record.id))
                    .expected(format!("the record of {}", self.id))),
                Err(error) => Err(OSV.unreadable(error)),
            }),
            Err(error) => Some(Err(error)),
        };
    }
}
