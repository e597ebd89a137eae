//! What the workers need of the browser: they execute commands and run jobs, and decide nothing.
//!
//! - `session_worker` drives a `session/schedule`; `executor` does what it says, with `layer_workers`, `files`
//!   and `spill`, the cache (`store`), downloads on their way there (`writers`), requests (`calls`,
//!   `transport`) and the `alarm`. `results` is the way back, `port` the way to the page.
//! - `layer_worker` runs one job at a time. `verifier` has the worker that verifies signatures, which is a module of its
//!   own (`browser/verify_worker.rs`).

mod alarm;
mod blob_reader;
mod calls;
mod executor;
mod files;
mod freed;
pub mod layer_worker;
mod layer_workers;
mod port;
mod results;
mod scope;
pub mod session_worker;
mod spill;
mod store;
mod transport;
mod verifier;
mod writers;
