//! Known vulnerabilities of packages, their fixes and their severity.
//!
//! - No I/O: `api/` returns requests and takes responses, as `registry/` does; `offline.rs` reads an export
//!   through `Read + Seek`. Both return OSV records, which are matched in the same way.
//! - Requests to OSV contain the ecosystem, name and version of packages, and nothing else.
//! - All input is hostile: records, exports, VEX documents, responses.

pub mod api;
pub mod cvss;
pub mod ecosystem;
pub mod evaluation;
mod json;
pub mod matching;
pub mod offline;
mod rating;
pub mod record;
pub mod sarif;
pub mod table;
mod uncertainty;
pub mod versions;
pub mod vex;
pub mod vulnerability;
