//! A plain static file server, like any static host, that records its requests.
//!
//! - Serves one folder under `/some/sub/path/`, with no headers but type and length.
//! - A test can replace a file (`config.json` names the proxy of a deployment) and mount the proxy at
//!   `proxy/` in the folder, as `cargo xtask serve` does.
//! - Listens on loopback, on a free port, until it is dropped.
//! - Answers `GET` and `HEAD`, one request for each connection.
//! - Can switch to another folder, as when a new version is deployed, and can close every connection.
//! - `serve_compressed` answers with brotli if the browser accepts it, as real hosts do.

use crate::compressed::Compressed;
use layerscope_proxy::{Config, InsecureHost, Proxy, serve};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use tokio::runtime::Runtime;

/// The path of the page on the server.
pub const SUB_PATH: &str = "/some/sub/path/";

/// A recorded request.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, …
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names and values, the names in lower case.
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
    shared: Arc<Shared>,
}

/// Shared by the threads.
#[derive(Default)]
struct Shared {
    /// `None`: every connection is closed.
    folder: Mutex<Option<PathBuf>>,
    seen: Mutex<Vec<Request>>,
    closing: Mutex<bool>,
    gate: Gate,
    /// Replacements for files of the folder, by name.
    replaced: Mutex<HashMap<String, Vec<u8>>>,
    proxy: Mutex<Option<Mounted>>,
    compressed: Option<Compressed>,
}

/// A proxy on its own port, to which the site forwards requests.
struct Mounted {
    address: SocketAddr,
    runtime: Runtime,
}

/// Holds back the response for one file.
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
        Site::start(folder, None)
    }

    /// Starts serving precompressed files.
    pub fn serve_compressed(files: &Compressed) -> Site {
        Site::start(&files.folder, Some(files.clone()))
    }

    fn start(folder: &Path, compressed: Option<Compressed>) -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let shared = Arc::new(Shared {
            folder: Mutex::new(Some(folder.to_path_buf())),
            compressed,
            ..Shared::default()
        });
        let address = listener.local_addr().expect("a bound socket has an address");
        let site = Site { address, shared: shared.clone() };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if *shared.closing.lock().expect("no holder panics") {
                    break;
                }
                let shared = shared.clone();
                // A browser may close the connection within the response.
                thread::spawn(move || drop(answer(stream, &shared)));
            }
        });
        site
    }

    /// Mounts the proxy, which may contact these registries although they are on loopback and without TLS.
    /// The page learns about it only from its `config.json`.
    ///
    /// # Panics
    /// If a registry's name is invalid.
    pub fn mount_proxy(&self, registries: &[&str]) {
        let insecure = registries.iter().map(|name| {
            InsecureHost::parse(name).unwrap_or_else(|error| panic!("{name}: {error}"))
        });
        let mut config = Config::new(self.address);
        config.prefix = format!("{SUB_PATH}proxy");
        config.lists.insecure = insecure.collect();
        let runtime = Runtime::new().expect("the system has threads and sockets");
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        listener.set_nonblocking(true).expect("a socket can be non-blocking");
        runtime.spawn(async move {
            let proxy = Proxy::new(config).expect("its own configuration is valid");
            let listener = tokio::net::TcpListener::from_std(listener).expect("it is bound");
            serve(proxy, listener).await
        });
        let mounted = Mounted { address, runtime };
        let before = self.shared.proxy.lock().expect("no holder panics").replace(mounted);
        end(before);
    }

    /// Mounts the proxy and names it in the page's `config.json`.
    pub fn offer_proxy(&self, registries: &[&str]) {
        self.mount_proxy(registries);
        self.replace("config.json", br#"{"proxy":"proxy/"}"#);
    }

    /// Serves this instead of a file of the folder.
    pub fn replace(&self, name: &str, content: &[u8]) {
        let mut replaced = self.shared.replaced.lock().expect("no holder panics");
        replaced.insert(name.to_owned(), content.to_vec());
    }

    /// `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The URL of the page.
    pub fn url(&self) -> String {
        format!("{}{SUB_PATH}", self.origin())
    }

    /// Holds back responses for files with this name until `release`.
    pub fn hold(&self, name: &str) {
        self.shared.gate.set(Some(name.to_owned()));
    }

    /// Sends the responses that are held back.
    pub fn release(&self) {
        self.shared.gate.set(None);
    }

    /// Serves another folder from now on.
    pub fn turn_to(&self, folder: &Path) {
        *self.shared.folder.lock().expect("no holder panics") = Some(folder.to_path_buf());
    }

    /// Closes every connection from now on.
    pub fn fall_silent(&self) {
        *self.shared.folder.lock().expect("no holder panics") = None;
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.seen.lock().expect("no holder panics").clone()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        *self.shared.closing.lock().expect("no holder panics") = true;
        self.release();
        end(self.shared.proxy.lock().expect("no holder panics").take());
        drop(TcpStream::connect(self.address)); // wakes the loop
    }
}

/// Does not wait for its end, because the caller may run in a runtime itself.
fn end(mounted: Option<Mounted>) {
    if let Some(mounted) = mounted {
        mounted.runtime.shutdown_background();
    }
}

fn answer(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let Some(request) = read_request(&mut reader)? else { return Ok(()) };
    // Only now, because browsers connect long before they send a request.
    let folder = shared.folder.lock().expect("no holder panics").clone();
    let Some(folder) = folder else { return Ok(()) };
    let is_head = request.method == "HEAD";
    shared.gate.pass(&request.target);
    shared.seen.lock().expect("no holder panics").push(request.clone());
    if request.target.starts_with(&format!("{SUB_PATH}proxy/")) {
        let proxy = shared.proxy.lock().expect("no holder panics").as_ref().map(|p| p.address);
        if let Some(proxy) = proxy {
            return pass_on(&request, proxy, stream);
        }
    }
    let (status, kind, mut body) = match content(shared, &folder, &request.target) {
        Some((body, path)) => ("200 OK", media_type(&path), body),
        None => ("404 Not Found", "text/plain", b"not found".to_vec()),
    };
    let mut encoding = "";
    if let Some(packed) = compressed(shared, &folder, &request) {
        (body, encoding) = (packed, "Content-Encoding: br\r\nVary: Accept-Encoding\r\n");
    }
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{encoding}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    if !is_head {
        stream.write_all(&body)?;
    }
    stream.flush()
}

/// Forwards a request to the proxy, and its response as it comes.
fn pass_on(request: &Request, proxy: SocketAddr, mut client: TcpStream) -> std::io::Result<()> {
    let mut upstream = TcpStream::connect(proxy)?;
    let mut head =
        format!("{} {} HTTP/1.1\r\nconnection: close\r\n", request.method, request.target);
    for (name, value) in request.headers.iter().filter(|(name, _)| name != "connection") {
        head += &format!("{name}: {value}\r\n");
    }
    write!(upstream, "{head}\r\n")?;
    let mut buffer = [0; 16 << 10];
    loop {
        let count = std::io::Read::read(&mut upstream, &mut buffer)?;
        if count == 0 {
            return client.shutdown(Shutdown::Both);
        }
        client.write_all(&buffer[..count])?;
    }
}

/// Reads the head of a request; `None` if the connection was closed without one.
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

/// The content for a target, and the path of the file that it is or replaces.
fn content(shared: &Shared, folder: &Path, target: &str) -> Option<(Vec<u8>, PathBuf)> {
    let path = find(folder, target)?;
    let name = path.strip_prefix(folder).ok()?.to_str()?;
    let replaced = shared.replaced.lock().expect("no holder panics").get(name).cloned();
    Some((replaced.or_else(|| std::fs::read(&path).ok())?, path))
}

/// The response body in brotli, if the site has it and the browser accepts it.
fn compressed(shared: &Shared, folder: &Path, request: &Request) -> Option<Vec<u8>> {
    let accepted = request.header("accept-encoding")?.split(',').any(|one| one.trim() == "br");
    let files = shared.compressed.as_ref().filter(|_| accepted)?;
    files.get(&find(folder, &request.target)?).map(<[u8]>::to_vec)
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
