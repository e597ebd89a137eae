//! The CORS proxy between the page and registries that a browser may not ask by itself.
//!
//! Source of the rules: CONTRACTS.md, "The proxy"; `cases.json` beside this crate is their table, which
//! the edge script keeps too.
//!
//! - It passes on what a registry says and nothing else: listed hosts, listed paths, GET and HEAD.
//! - Whatever a request or a redirect names, it connects only to public addresses, and checks the
//!   address that it connects to.
//! - It keeps nothing: bodies stream through, credentials live as long as their request, the log has
//!   no path.
//!
//! To mount it beside other things on a port: [`Proxy::takes`] tells whose a path is,
//! [`Proxy::answer`] answers, [`serve_with`] serves both.

mod address;
mod body;
mod config;
mod connect;
mod headers;
mod hosts;
mod network;
mod proxy;
mod refusal;
mod server;
mod target;

pub use address::is_public;
pub use body::Body;
pub use config::{Config, Limits, Log, LogLine};
pub use hosts::{HostRule, InsecureHost, Lists, USUAL_PATHS};
pub use network::{Answer, Network, Stream, System};
pub use proxy::Proxy;
pub use refusal::Refusal;
pub use server::{serve, serve_with};
pub use target::Host;

/// For those who fill `Config::roots`.
pub use rustls::RootCertStore;
