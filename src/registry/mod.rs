//! The distribution protocol, without I/O of its own: requests out, responses in.
//!
//! Source: OCI distribution-spec 1.1; Docker Registry HTTP API V2 and its token authentication, which some
//! registries still speak.
//!
//! - State machines: an `Operation` (an image, a list of tags, referrers, a search) says which `Call` it
//!   needs and takes the response; an `OperationRun` takes each call through routes and logins. A driver
//!   sends the requests: a browser's fetch, a native client, or a test's table.
//! - Everything is verified before it is used: manifests and configurations against their digests, ranges
//!   against the request, lengths against limits.
//! - Registries, token endpoints, search results and proxies are all hostile.
//! - Credentials live in `auth.rs` only, and in requests that redact them.

pub mod auth;
pub mod blob;
mod call;
pub mod catalog;
mod challenge;
mod client;
pub mod documents;
pub mod endpoint;
mod error_body;
pub mod errors;
pub mod exchange;
pub mod hub;
mod limits;
pub mod manifest;
mod operation;
mod pages;
pub mod platform;
pub mod pull;
pub mod rate_limit;
pub mod referrers;
pub mod soci;
pub mod tags;
mod url;
pub mod version;

pub use auth::Credentials;
pub use call::Call;
pub use client::RegistryClient;
pub use endpoint::Routes;
pub use errors::{RegistryError, Retry};
pub use exchange::{Exchange, ExchangeStep};
pub use operation::{Need, Operation, OperationRun, OperationStep, SingleCall};
