//! The CORS proxy between the page and registries that do not allow requests from web pages.
//!
//! `cases.json` in this crate is the table of cases, which the edge script follows too.
//!
//! - It relays registries and nothing else: listed hosts, listed paths, GET and HEAD.
//! - It connects only to public addresses, whatever a request or a redirect names, and checks the very address to which
//!   it connects.
//! - It keeps nothing: bodies are streamed, credentials live as long as their request, and the log has no path.
//!
//! To share a port with other things: [`Proxy::takes`] says whether a path belongs to the proxy, [`Proxy::answer`]
//! answers a request, and [`serve_with`] serves both.

mod address;
mod body;
mod clients;
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

/// The type of `Config::roots`.
pub use rustls::RootCertStore;
