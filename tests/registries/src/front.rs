//! A server in front of a registry: it forwards requests, counts them, and fails as tests demand.
//!
//! - It speaks HTTP/1.1 with one request for each connection, and only GET, HEAD and OPTIONS: registries are
//!   filled directly. A connection that begins with TLS is closed at once.
//! - Without an upstream it refuses requests, so that its name can be used in the configuration of the
//!   upstream.
//! - Stopped, it does not listen: new connections are refused, and open ones end. It comes back on the same
//!   port.

use crate::relay;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;

/// One request and its result so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// `GET`, `HEAD`, `OPTIONS`.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The first word of Authorization: `Basic`, `Bearer`.
    pub authorization: Option<String>,
    /// The header Range.
    pub range: Option<String>,
    /// Of the answer; 0 until there is one.
    pub status: u16,
    /// Bytes of the body that were forwarded.
    pub sent: u64,
}

impl Seen {
    /// Whether it is for a blob's bytes.
    pub fn is_blob(&self) -> bool {
        self.method == "GET" && self.target.contains("/blobs/sha256:")
    }
}

/// How it behaves.
#[derive(Default)]
pub(crate) struct Rules {
    pub upstream: Option<String>,
    pub also: Vec<(String, String)>,
    pub cors: bool,
    pub ignore_range: bool,
    /// How many blobs will still be broken off, and after how many bytes each.
    pub breaks: (usize, u64),
    /// Every blob is held after so many bytes.
    pub hold: Option<u64>,
    pub page: Option<usize>,
    pub stopped: bool,
    pub closed: bool,
}

/// Shared by its threads.
#[derive(Default)]
pub(crate) struct State {
    rules: Mutex<Rules>,
    pub changed: Condvar,
    seen: Mutex<Vec<Seen>>,
    /// Connections of clients, to be ended by `stop`.
    pub clients: Mutex<Vec<TcpStream>>,
}

impl State {
    pub fn rules(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().expect("no holder panics")
    }

    pub fn seen(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.seen.lock().expect("no holder panics")
    }

    fn set(&self, change: impl FnOnce(&mut Rules)) {
        change(&mut self.rules());
        self.changed.notify_all();
    }

    fn hang_up(&self) {
        for client in self.clients.lock().expect("no holder panics").drain(..) {
            drop(client.shutdown(std::net::Shutdown::Both));
        }
    }
}

/// A running front.
pub struct Front {
    address: SocketAddr,
    state: Arc<State>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// `127.0.0.1:PORT`, the registry's name in references.
    pub name: String,
}

impl Front {
    /// A front without an upstream.
    #[allow(clippy::new_without_default, reason = "it takes a port, which is no default")]
    pub fn new() -> Front {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let front = Front {
            address,
            state: Arc::default(),
            thread: Mutex::default(),
            name: address.to_string(),
        };
        front.listen(listener);
        front
    }

    /// A front of the server with this name.
    pub fn of(name: &str) -> Front {
        let front = Front::new();
        front.lead_to(name);
        front
    }

    /// Sets the upstream.
    pub fn lead_to(&self, name: &str) {
        self.state.set(|rules| rules.upstream = Some(name.to_owned()));
    }

    /// Forwards requests below a path to another server.
    pub fn also(&self, path: &str, name: &str) {
        self.state.set(|rules| rules.also.push((path.to_owned(), name.to_owned())));
    }

    /// Adds the headers that let pages of other origins read responses, and answers OPTIONS itself.
    pub fn cors(self) -> Front {
        self.state.set(|rules| rules.cors = true);
        self
    }

    /// Cuts lists of tags into pages of so many, each with a Link to the next.
    pub fn pages_of(self, tags: usize) -> Front {
        self.state.set(|rules| rules.page = Some(tags));
        self
    }

    /// Answers every range request with the whole blob.
    pub fn ignore_range(&self, ignore: bool) {
        self.state.set(|rules| rules.ignore_range = ignore);
    }

    /// The next so many transfers of blobs end with the connection, after so many bytes of each.
    pub fn break_blobs(&self, count: usize, bytes: u64) {
        self.state.set(|rules| rules.breaks = (count, bytes));
    }

    /// Every transfer of a blob waits after so many bytes, until `release`.
    pub fn hold_blobs(&self, bytes: u64) {
        self.state.set(|rules| rules.hold = Some(bytes));
    }

    /// Lets go what is held.
    pub fn release(&self) {
        self.state.set(|rules| rules.hold = None);
    }

    /// Listens no more and ends what is under way.
    pub fn stop(&self) {
        self.state.set(|rules| rules.stopped = true);
        drop(TcpStream::connect(self.address)); // wakes the loop
        if let Some(thread) = self.thread.lock().expect("no holder panics").take() {
            drop(thread.join());
        }
        self.state.hang_up();
    }

    /// Listens again, on the same port.
    pub fn come_back(&self) {
        let listener = TcpListener::bind(self.address).expect("nobody has taken the port");
        self.state.set(|rules| rules.stopped = false);
        self.listen(listener);
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.state.seen().clone()
    }

    /// Requests for blobs so far.
    pub fn blobs(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(Seen::is_blob).collect()
    }

    /// The number of requests with this method for each path, sorted by path.
    pub fn counts(&self, method: &str) -> Vec<(String, usize)> {
        let mut counts = std::collections::BTreeMap::new();
        for seen in self.seen().into_iter().filter(|seen| seen.method == method) {
            let path = seen.target.split('?').next().unwrap_or_default().to_owned();
            *counts.entry(path).or_default() += 1;
        }
        counts.into_iter().collect()
    }

    /// Whether a request with credentials came.
    pub fn saw_credentials(&self) -> bool {
        self.seen().iter().any(|seen| seen.authorization.is_some())
    }

    fn listen(&self, listener: TcpListener) {
        let state = self.state.clone();
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if state.rules().stopped {
                    break;
                }
                let mut clients = state.clients.lock().expect("no holder panics");
                clients.extend(stream.try_clone());
                drop(clients);
                let state = state.clone();
                // A client that hangs up in mid-answer is its own affair.
                std::thread::spawn(move || relay::answer(stream, &state));
            }
        });
        *self.thread.lock().expect("no holder panics") = Some(thread);
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.state.set(|rules| (rules.closed, rules.stopped) = (true, true));
        drop(TcpStream::connect(self.address)); // wakes the loop
        self.state.hang_up();
    }
}
