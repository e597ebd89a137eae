//! The configuration: who is answered, what is asked, and how much of everything.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;

use crate::hosts::Lists;

/// All that a proxy is told. `Config::new` fits a page and a proxy on one loopback port.
#[derive(Clone)]
pub struct Config {
    /// What comes before `/https/…`, with a slash before and none behind; may be empty.
    pub prefix: String,
    /// What `Host` may be, in lower case, with the port where a browser would send it.
    pub host_names: Vec<String>,
    /// What `Origin` may be where it is sent. A page of the proxy's own origin sends none with GET.
    pub origins: Vec<String>,
    /// Whom a request may name, whom a redirect may lead to, who is named insecure.
    pub lists: Lists,
    /// Whose certificates hold.
    pub roots: RootCertStore,
    pub limits: Limits,
    /// Told of every request when it has ended. It gets no path, no query, no header.
    pub log: Option<Log>,
}

/// Where lines of the log go.
pub type Log = Arc<dyn Fn(&LogLine) + Send + Sync>;

/// One request, when its last byte is sent or its client has gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    pub method: String,
    /// The registry that was asked for; `-` where the request names none.
    pub host: String,
    pub status: u16,
    /// Of the body, as far as it was sent.
    pub bytes: u64,
    pub milliseconds: u128,
}

impl fmt::Display for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { method, host, status, bytes, milliseconds } = self;
        write!(f, "{method} {host} {status} {bytes} bytes {milliseconds} ms")
    }
}

/// How much at once, and how long.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Clients' connections; more wait to be accepted.
    pub connections: usize,
    /// Requests that registries are asked at once; more wait for `patience`.
    pub upstream: usize,
    /// Bytes that are buffered for each direction of a connection.
    pub buffer: usize,
    /// Bytes of a request's address and headers.
    pub header_bytes: usize,
    /// Lines of headers.
    pub headers: usize,
    /// For a request's headers, and for a connection without one.
    pub header_time: Duration,
    /// For an answer's headers, redirects included, and before that for a free place.
    pub patience: Duration,
    /// For an address to be connected to, TLS included.
    pub connect_time: Duration,
    /// Without a byte, of an answer from a registry or into a client's connection.
    pub idle_time: Duration,
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
            redirects: 5,
        }
    }
}

impl Config {
    /// The default lists behind one listening address, of which every name a browser may use is ours.
    pub fn new(listen: SocketAddr) -> Self {
        let mut config = Self {
            prefix: "/proxy".into(),
            host_names: Vec::new(),
            origins: Vec::new(),
            lists: Lists::well_known(),
            roots: RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() },
            limits: Limits::default(),
            log: None,
        };
        let host = match listen.ip() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        };
        let loopback = listen.ip().is_loopback().then(|| "localhost".to_owned());
        for name in [host].into_iter().chain(loopback) {
            // Browsers leave the scheme's own port out.
            let name = if listen.port() == 80 { name } else { format!("{name}:{}", listen.port()) };
            config.origins.push(format!("http://{name}"));
            config.host_names.push(name);
        }
        config
    }
}
