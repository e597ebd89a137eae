//! What both requests of the protocol share.

use crate::analysis::service::Service;
use crate::analysis::vulnerabilities::ecosystem::OsvQuery;
use serde::{Deserialize, Serialize};

/// OSV's own endpoint. Others that speak its protocol can be used instead.
pub const ORIGIN: &str = "https://api.osv.dev";
/// Most bytes of a response: OSV sends no more over HTTP/1.1.
pub const MAX_RESPONSE: u64 = 32 << 20;
/// Most queries in a batch.
pub const MAX_BATCH: usize = 1000;

/// As errors name it.
pub static OSV: Service = Service {
    name: "OSV",
    refused: "vulnerabilities-refused",
    unreachable: "vulnerabilities-unreachable",
    unreadable: "vulnerabilities-unreadable",
    advice: "Check again later, or open an export of OSV's database.",
};

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
