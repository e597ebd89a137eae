//! What the tests share: an internet within one process, a proxy on it, and a client that writes raw bytes.
//!
//! - A test gives names their addresses. A connection to any address ends at an upstream on loopback, with or without
//!   TLS depending on its port, and is recorded.
//! - The client sends exact bytes: no library would send half of what is tested.

#![allow(dead_code)]

use std::collections::{HashMap, HashSet, VecDeque};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use layerscope_proxy::{Answer, Config, Network, Proxy, RootCertStore, Stream, serve};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::TlsAcceptor;

pub type UpstreamBody = UnsyncBoxBody<Bytes, io::Error>;

/// Answers a request that arrived with TLS (true) or without.
pub type Upstream = Arc<dyn Fn(bool, Request<Incoming>) -> Said + Send + Sync + 'static>;
pub type Said = Pin<Box<dyn Future<Output = Response<UpstreamBody>> + Send>>;

/// Names, addresses and the upstreams behind them.
pub struct Internet {
    pub names: Mutex<HashMap<String, VecDeque<Vec<SocketAddr>>>>,
    pub plain_ports: HashSet<u16>,
    pub dead_ports: HashSet<u16>,
    pub connected: Mutex<Vec<SocketAddr>>,
    pub resolved: Mutex<usize>,
    tls: SocketAddr,
    plain: SocketAddr,
}

impl Internet {
    /// One upstream at every address, with a certificate for `names`.
    pub async fn new(names: &[&str], upstream: Upstream) -> (Self, RootCertStore) {
        let (acceptor, roots) = certificates(names);
        let tls = listen(Some(acceptor), upstream.clone()).await;
        let plain = listen(None, upstream).await;
        let internet = Self {
            names: Mutex::default(),
            plain_ports: HashSet::from([80, 5000]),
            dead_ports: HashSet::from([5001]),
            connected: Mutex::default(),
            resolved: Mutex::default(),
            tls,
            plain,
        };
        (internet, roots)
    }
}

impl Network for Internet {
    fn resolve(&self, name: &str, port: u16) -> Answer<Vec<SocketAddr>> {
        *self.resolved.lock().unwrap() += 1;
        let mut names = self.names.lock().unwrap();
        let answer = match names.get_mut(name) {
            Some(answers) if answers.len() > 1 => answers.pop_front().unwrap(),
            Some(answers) => answers[0].clone(),
            None => vec![SocketAddr::from(([45, 0, 0, 1], 0))],
        };
        let answer: Vec<_> =
            answer.into_iter().map(|address| SocketAddr::new(address.ip(), port)).collect();
        Box::pin(async move { Ok(answer) })
    }

    fn connect(&self, address: SocketAddr) -> Answer<Box<dyn Stream>> {
        self.connected.lock().unwrap().push(address);
        let dead = self.dead_ports.contains(&address.port());
        let plain = self.plain_ports.contains(&address.port());
        let to = if plain { self.plain } else { self.tls };
        Box::pin(async move {
            if dead {
                return Err(io::ErrorKind::ConnectionRefused.into());
            }
            Ok(Box::new(narrow(to).await?) as Box<dyn Stream>)
        })
    }
}

fn certificates(names: &[&str]) -> (TlsAcceptor, RootCertStore) {
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let names: Vec<_> = names.iter().map(|name| name.to_string()).collect();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(root.der().clone()).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), roots)
}

async fn listen(acceptor: Option<TlsAcceptor>, upstream: Upstream) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(converse(stream, acceptor.clone(), upstream.clone()));
        }
    });
    address
}

/// Errors mean that the proxy closed the connection, or tried TLS without success.
async fn converse(stream: TcpStream, acceptor: Option<TlsAcceptor>, upstream: Upstream) {
    let tls = acceptor.is_some();
    let stream: Box<dyn Stream> = match acceptor {
        None => Box::new(stream),
        Some(acceptor) => match acceptor.accept(stream).await {
            Ok(stream) => Box::new(stream),
            Err(_) => return,
        },
    };
    let service = service_fn(|request| {
        let response = upstream(tls, request);
        async move { Ok::<_, io::Error>(response.await) }
    });
    let mut server = http1::Builder::new();
    let _ = server.max_buf_size(64 * 1024).serve_connection(TokioIo::new(stream), service).await;
}

/// A body that is generated while it is sent: `size` bytes, at most one frame of them in memory. `after` is dropped with
/// it.
pub struct Generated<T> {
    frame: Bytes,
    left: u64,
    /// Without a length, the response is chunked.
    known: bool,
    _after: T,
}

impl<T> Generated<T> {
    pub fn new(size: u64, after: T) -> Self {
        Self { frame: Bytes::from(vec![b'x'; 64 * 1024]), left: size, known: true, _after: after }
    }

    /// Bytes without an end.
    pub fn endless(after: T) -> Self {
        Self { known: false, ..Self::new(u64::MAX, after) }
    }
}

impl<T: Unpin> Body for Generated<T> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let size = self.left.min(self.frame.len() as u64);
        self.left -= size;
        let frame = self.frame.slice(..size as usize);
        Poll::Ready((size > 0).then_some(Ok(Frame::data(frame))))
    }

    fn size_hint(&self) -> SizeHint {
        if self.known { SizeHint::with_exact(self.left) } else { SizeHint::default() }
    }
}

/// A connection with small system buffers: otherwise a thousand of them would hold gigabytes, which are not what is
/// tested.
pub async fn narrow(to: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(64 * 1024)?;
    socket.connect(to).await
}

/// The peak memory of this process, in bytes, where the system reports it (Linux).
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

/// A proxy named `proxy.example` on loopback, for `https://page.example`.
pub async fn proxy(
    internet: Arc<Internet>,
    roots: RootCertStore,
    change: impl FnOnce(&mut Config),
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut config = Config::new(address);
    config.host_names = vec!["proxy.example".into()];
    config.origins = vec!["https://page.example".into()];
    config.roots = roots;
    change(&mut config);
    let proxy = Proxy::on(config, internet).unwrap();
    tokio::spawn(serve(proxy, listener));
    address
}

/// Sends these bytes, and returns everything until the proxy closes the connection.
pub async fn exchange(proxy: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(proxy).await.unwrap();
    // The proxy may close before it has read everything; only its response matters.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    answer
}

/// The bytes of a request; with `Connection: close`, so that the response has an end.
pub fn request(method: &str, path: &str, host: &str, headers: &[(String, String)]) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.into_bytes()
}

/// A parsed response.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let pair = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            Some((name.to_ascii_lowercase(), value.to_owned()))
        };
        let headers: Vec<_> = lines.filter_map(pair).collect();
        let mut reply = Self { status, headers, body: bytes[end + 4..].to_vec() };
        if reply.header("transfer-encoding") == Some("chunked") {
            reply.body = unchunk(&reply.body)?;
        }
        Some(reply)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }
}

fn unchunk(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let line = bytes.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..line]).ok()?, 16).ok()?;
        bytes = &bytes[line + 2..];
        if size == 0 {
            return Some(whole);
        }
        whole.extend(bytes.get(..size)?);
        bytes = bytes.get(size + 2..)?;
    }
}
