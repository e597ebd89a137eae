//! OSV's protocol without I/O: callers send the requests and pass back the responses.
//!
//! Source: google.github.io/osv.dev, "POST /v1/querybatch" and "GET /v1/vulns/ID" (google/osv.dev,
//! docs/api): up to 1,000 queries per batch, results in their order, a token if there are more.
//!
//! - Requests contain the ecosystem, name and version of packages, and IDs that OSV sent: nothing else.
//! - A batch returns only IDs (`BatchLookup`). Each record is a request of its own (`RecordLookup`); the
//!   caller decides how many run at once.
//! - Hostile responses: lists of the wrong length, endless pages, IDs that are paths.

mod batch_lookup;
mod protocol;
mod record_lookup;
#[cfg(test)]
mod tests;

pub use crate::analysis::service::LookupStep;
pub use batch_lookup::{BatchLookup, LookupResult};
pub use protocol::{MAX_BATCH, MAX_RESPONSE, ORIGIN, RecordVersion, cache_key};
pub use record_lookup::RecordLookup;
