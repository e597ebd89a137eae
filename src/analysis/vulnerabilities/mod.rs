//! Vulnerabilities of packages: which are known, what fixes them, how bad they are.
//!
//! - No I/O of its own, as `registry/`: `api.rs` gives requests and takes responses, `offline.rs` reads an
//!   export through `Read + Seek`. Both ways end in the same records and the same matching (`osv.rs`).
//! - What leaves for OSV is the ecosystem, name and version of packages, nothing else (`api.rs`).
//! - Everything here is hostile: records, exports, VEX documents, answers.

pub mod api;
pub mod cvss;
pub mod ecosystem;
pub mod finding;
pub mod offline;
pub mod osv;
pub mod sarif;
pub mod table;
pub mod versions;
pub mod vex;
