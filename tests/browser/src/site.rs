//! A plain static file server, as any host of static files is one, that remembers what it was asked for.
//!
//! - Serves one folder under `/some/sub/path/`, nothing else; no header but type and length.
//! - On loopback, on a port that the system chooses; ends when dropped.
//! - Answers `GET` and `HEAD`; a connection carries one request.
//! - Can turn to another folder, as a host does when a new version is deployed, and hang up on everyone.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// Where the page lies on the server.
pub const SUB_PATH: &str = "/some/sub/path/";

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, …
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A running server.
pub struct Site {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
    closing: Arc<Mutex<bool>>,
    gate: Arc<Gate>,
    folder: Arc<Mutex<Option<PathBuf>>>,
}

/// Keeps the answer for one file back.
#[derive(Default)]
struct Gate {
    held: Mutex<Option<String>>,
    opened: Condvar,
}

impl Gate {
    fn pass(&self, target: &str) {
        let held = self.held.lock().expect("no holder panics");
        let waits =
            |held: &mut Option<String>| held.as_ref().is_some_and(|name| target.ends_with(name));
        drop(self.opened.wait_while(held, waits).expect("no holder panics"));
    }

    fn set(&self, held: Option<String>) {
        *self.held.lock().expect("no holder panics") = held;
        self.opened.notify_all();
    }
}

impl Site {
    /// Starts serving `folder`.
    pub fn serve(folder: &Path) -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let site = Site {
            address: listener.local_addr().expect("a bound socket has an address"),
            seen: Arc::default(),
            closing: Arc::default(),
            gate: Arc::default(),
            folder: Arc::new(Mutex::new(Some(folder.to_path_buf()))),
        };
        let (folder, seen, closing, gate) =
            (site.folder.clone(), site.seen.clone(), site.closing.clone(), site.gate.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if *closing.lock().expect("no holder panics") {
                    break;
                }
                let (folder, seen, gate) = (folder.clone(), seen.clone(), gate.clone());
                // A browser that hangs up in mid-answer is its own affair.
                thread::spawn(move || drop(answer(stream, &folder, &seen, &gate)));
            }
        });
        site
    }

    /// `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the page is.
    pub fn url(&self) -> String {
        format!("{}{SUB_PATH}", self.origin())
    }

    /// Keeps answers for files of this name back, until `release`.
    pub fn hold(&self, name: &str) {
        self.gate.set(Some(name.to_owned()));
    }

    /// Lets go what is kept back.
    pub fn release(&self) {
        self.gate.set(None);
    }

    /// Serves another folder from now on.
    pub fn turn_to(&self, folder: &Path) {
        *self.folder.lock().expect("no holder panics") = Some(folder.to_path_buf());
    }

    /// Hangs up on whoever calls from now on.
    pub fn fall_silent(&self) {
        *self.folder.lock().expect("no holder panics") = None;
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Request> {
        self.seen.lock().expect("no holder panics").clone()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        *self.closing.lock().expect("no holder panics") = true;
        self.release();
        drop(TcpStream::connect(self.address)); // wakes the loop
    }
}

fn answer(
    stream: TcpStream,
    folder: &Mutex<Option<PathBuf>>,
    seen: &Mutex<Vec<Request>>,
    gate: &Gate,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let Some(request) = read_request(&mut reader)? else { return Ok(()) };
    // Only now: browsers connect long before they ask.
    let Some(folder) = folder.lock().expect("no holder panics").clone() else { return Ok(()) };
    let file =
        find(&folder, &request.target).and_then(|path| Some((std::fs::read(&path).ok()?, path)));
    let is_head = request.method == "HEAD";
    gate.pass(&request.target);
    seen.lock().expect("no holder panics").push(request);
    let (status, kind, body) = match file {
        Some((body, path)) => ("200 OK", media_type(&path), body),
        None => ("404 Not Found", "text/plain", b"not found".to_vec()),
    };
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    if !is_head {
        stream.write_all(&body)?;
    }
    stream.flush()
}

/// The head of a request; `None` if the other side said nothing.
pub fn read_request(reader: &mut impl BufRead) -> std::io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            return Ok(Some(Request { method, target, headers }));
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
}

fn find(folder: &Path, target: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?.strip_prefix(SUB_PATH)?;
    let plain = path.split('/').all(|part| !part.starts_with('.'));
    let path = if path.is_empty() { "index.html" } else { path };
    plain.then(|| folder.join(path)).filter(|path| path.is_file())
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html",
        Some("js" | "mjs") => "text/javascript",
        Some("css") => "text/css",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("tar") => "application/x-tar",
        _ => "application/octet-stream",
    }
}
