//! What both requests of the protocol share.

use crate::analysis::vulnerabilities::ecosystem::OsvQuery;
use crate::http::HttpRequest;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};

/// OSV's own endpoint. Others that speak its protocol can be used instead.
pub const ORIGIN: &str = "https://api.osv.dev";
/// Most bytes of a response: OSV sends no more over HTTP/1.1.
pub const MAX_RESPONSE: u64 = 32 << 20;
/// Most queries in a batch.
pub const MAX_BATCH: usize = 1000;

/// What the caller does next.
#[derive(Clone, Debug, PartialEq)]
pub enum LookupStep<T> {
    /// Send this request and `take` its result.
    Send(HttpRequest),
    /// Call `step` again at this time (milliseconds since 1970).
    Wait(u64),
    /// The lookup has ended.
    Done(Result<T, Problem>),
}

/// A record's ID and the time of its last change (RFC 3339).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordVersion {
    pub id: String,
    pub modified: String,
}

/// The cache key of a query's result: the query and the day (UTC) of `now`, milliseconds since 1970.
pub fn cache_key(query: &OsvQuery, now: u64) -> String {
    let day = now / 86_400_000;
    // As JSON, so that different queries have different keys whatever their names contain.
    serde_json::to_string(&(day, &query.ecosystem, &query.name, &query.version)).unwrap_or_default()
}

/// Whether a text has only the characters of IDs, none of which leads to another path.
pub fn is_id(id: &str) -> bool {
    let good = |c: u8| c.is_ascii_alphanumeric() || b"-_.:+".contains(&c);
    !id.is_empty()
        && id.len() <= 256
        && id.bytes().all(good)
        && id.bytes().any(|c| c.is_ascii_alphanumeric())
}
