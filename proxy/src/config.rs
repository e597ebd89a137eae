//! The configuration: who may use the proxy, which hosts it contacts, and all limits.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::header::HeaderName;
use rustls::RootCertStore;

use crate::hosts::Lists;

/// The configuration of a proxy. `Config::new` is for a page and a proxy on one loopback port.
#[derive(Clone)]
pub struct Config {
    /// The path before `/https/…`: begins with a slash and does not end with one; may be empty.
    pub prefix: String,
    /// Allowed values of `Host`, in lower case, with the port if a browser would send it.
    pub host_names: Vec<String>,
    /// Allowed values of `Origin`, if it is sent. A page of the proxy's own origin does not send it with GET.
    pub origins: Vec<String>,
    /// Hosts that requests may name, hosts that redirects may lead to, and insecure hosts.
    pub lists: Lists,
    /// Trusted certificate authorities.
    pub roots: RootCertStore,
    pub limits: Limits,
    /// The header in which a trusted server before the proxy names the client's address: `X-Forwarded-For`, of which the
    /// last address counts. `None`: clients are not distinguished.
    pub client_header: Option<HeaderName>,
    /// Gets a line for every request that has ended. It contains no path, no query and no header.
    pub log: Option<Log>,
}

/// Where log lines go.
pub type Log = Arc<dyn Fn(&LogLine) + Send + Sync>;

/// One request, after its last byte was sent or its client has gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    pub method: String,
    /// The registry that the request names; `-` if it names none.
    pub host: String,
    pub status: u16,
    /// Bytes of the body that were sent.
    pub bytes: u64,
    pub milliseconds: u128,
}

impl fmt::Display for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { method, host, status, bytes, milliseconds } = self;
        write!(f, "{method} {host} {status} {bytes} bytes {milliseconds} ms")
    }
}

/// Limits of numbers, sizes and times.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections of clients; more wait to be accepted.
    pub connections: usize,
    /// Requests to registries at the same time; more wait for `patience`.
    pub upstream: usize,
    /// Bytes that are buffered for each direction of a connection.
    pub buffer: usize,
    /// Bytes of a request's URL and headers.
    pub header_bytes: usize,
    /// Number of headers.
    pub headers: usize,
    /// Time for the headers of a request, and for a connection without a request.
    pub header_time: Duration,
    /// Time for the headers of a response, redirects included, and before that for a free permit.
    pub patience: Duration,
    /// Time to connect to an address, TLS included.
    pub connect_time: Duration,
    /// Time without a byte from a registry or to a client.
    pub idle_time: Duration,
    /// Bytes a second that registries send and clients take, over all the time that they were waited for beyond
    /// `idle_time`: otherwise few clients that trickle hold all places.
    pub least_rate: u64,
    /// Longest time of one transfer.
    pub transfer_time: Duration,
    /// Requests of one client at the same time, where clients are distinguished (`Config::client_header`).
    pub per_client: usize,
    /// Redirects in a row.
    pub redirects: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            upstream: 256,
            buffer: 64 * 1024,
            header_bytes: 32 * 1024,
            headers: 64,
            header_time: Duration::from_secs(15),
            patience: Duration::from_secs(60),
            connect_time: Duration::from_secs(8),
            idle_time: Duration::from_secs(60),
            least_rate: 16 * 1024,
            transfer_time: Duration::from_secs(6 * 60 * 60),
            per_client: 32,
            redirects: 5,
        }
    }
}

impl Config {
    /// The default lists, for one listening address with all names that a browser may use for it.
    pub fn new(listen: SocketAddr) -> Self {
        let mut config = Self {
            prefix: "/proxy".into(),
            host_names: Vec::new(),
            origins: Vec::new(),
            lists: Lists::well_known(),
            roots: RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() },
            limits: Limits::default(),
            client_header: None,
            log: None,
        };
        let host = match listen.ip() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        };
        let loopback = listen.ip().is_loopback().then(|| "localhost".to_owned());
        for name in [host].into_iter().chain(loopback) {
            // Browsers omit the default port of the scheme.
            let name = if listen.port() == 80 { name } else { format!("{name}:{}", listen.port()) };
            config.origins.push(format!("http://{name}"));
            config.host_names.push(name);
        }
        config
    }
}
