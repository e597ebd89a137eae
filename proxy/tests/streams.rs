//! Slow clients, slow registries, clients that disconnect, limits. Each test waits for the expected state; times are the
//! proxy's own limits, set to short values.

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::Response;
use layerscope_proxy::{Config, RootCertStore};
use support::{Generated, Internet, Reply, Upstream, exchange, proxy, request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

const SHORT: Duration = Duration::from_millis(100);

async fn start(upstream: Upstream, change: impl FnOnce(&mut Config)) -> std::net::SocketAddr {
    let (internet, roots) = Internet::new(&["quay.io", "auth.docker.io"], upstream).await;
    proxy(Arc::new(internet), roots, change).await
}

fn get() -> Vec<u8> {
    request("GET", "/proxy/https/quay.io/v2/", "proxy.example", &[])
}

/// Reports when it is dropped.
struct Guard(UnboundedSender<()>);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

/// An upstream that sends bytes forever, and reports when it was stopped.
fn endless() -> (Upstream, UnboundedReceiver<()>) {
    let (sender, receiver) = unbounded_channel();
    let upstream: Upstream = Arc::new(move |_, _| {
        let body = Generated::endless(Guard(sender.clone()));
        Box::pin(async { Response::new(body.boxed_unsync()) })
    });
    (upstream, receiver)
}

/// An upstream that never answers: (requested, given up).
fn silent() -> (Upstream, UnboundedReceiver<()>, UnboundedReceiver<()>) {
    let (asked, was_asked) = unbounded_channel();
    let (dropped, was_dropped) = unbounded_channel();
    let upstream: Upstream = Arc::new(move |_, _| {
        let _ = asked.send(());
        let guard = Guard(dropped.clone());
        Box::pin(async move {
            let _guard = guard;
            std::future::pending().await
        })
    });
    (upstream, was_asked, was_dropped)
}

/// An upstream that answers at once.
fn quick() -> Upstream {
    Arc::new(|_, _| Box::pin(async { Response::new(Generated::new(5, ()).boxed_unsync()) }))
}

#[tokio::test]
async fn a_client_that_is_slow_with_its_headers_is_sent_away() {
    let address = start(quick(), |config| config.limits.header_time = SHORT).await;
    for beginning in ["", "GET /proxy/ht", "GET /proxy/https/quay.io/v2/ HTTP/1.1\r\nHost: pro"] {
        let answer = exchange(address, beginning.as_bytes()).await;
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{beginning:?}");
    }
}

#[tokio::test]
async fn a_connection_without_a_next_request_is_closed() {
    let address = start(quick(), |config| config.limits.header_time = SHORT).await;
    let open = "GET /proxy/https/quay.io/v2/ HTTP/1.1\r\nHost: proxy.example\r\n\r\n";
    let reply = Reply::parse(&exchange(address, open.as_bytes()).await).unwrap();
    assert_eq!((reply.status, reply.body.len()), (200, 5));
}

#[tokio::test]
async fn a_client_that_takes_no_bytes_is_sent_away() {
    let (upstream, mut stopped) = endless();
    let address = start(upstream, |config| config.limits.idle_time = SHORT).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&get()).await.unwrap();
    stopped.recv().await.unwrap();
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_transfer() {
    let (upstream, mut stopped) = endless();
    let address = start(upstream, |_| {}).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&get()).await.unwrap();
    stream.read_exact(&mut [0; 100_000]).await.unwrap();
    drop(stream);
    stopped.recv().await.unwrap();
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_waiting() {
    let (upstream, mut asked, mut given_up) = silent();
    let address = start(upstream, |_| {}).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&get()).await.unwrap();
    asked.recv().await.unwrap();
    drop(stream);
    given_up.recv().await.unwrap();
}

#[tokio::test]
async fn a_registry_that_never_answers_is_given_up() {
    let (upstream, _asked, mut given_up) = silent();
    let address = start(upstream, |config| config.limits.patience = SHORT).await;
    let reply = Reply::parse(&exchange(address, &get()).await).unwrap();
    assert_eq!((reply.status, reply.header("x-proxy-error")), (504, Some("timed-out")));
    given_up.recv().await.unwrap();
}

#[tokio::test]
async fn a_registry_that_stops_halfway_leaves_a_broken_transfer() {
    let upstream: Upstream = Arc::new(|_, _| {
        let first = half(b"half");
        Box::pin(async { Response::new(first) })
    });
    let address = start(upstream, |config| config.limits.idle_time = SHORT).await;
    let answer = exchange(address, &get()).await;
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", answer.escape_ascii());
    // Chunks, but not the last one.
    assert!(Reply::parse(&answer).is_none(), "{}", answer.escape_ascii());
}

/// A body of one frame, and then nothing more.
fn half(first: &'static [u8]) -> support::UpstreamBody {
    struct Half(Option<&'static [u8]>);
    impl hyper::body::Body for Half {
        type Data = hyper::body::Bytes;
        type Error = std::io::Error;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context,
        ) -> std::task::Poll<Option<std::io::Result<hyper::body::Frame<Self::Data>>>> {
            match self.0.take() {
                Some(bytes) => std::task::Poll::Ready(Some(Ok(hyper::body::Frame::data(
                    hyper::body::Bytes::from_static(bytes),
                )))),
                None => std::task::Poll::Pending,
            }
        }
    }
    Half(Some(first)).boxed_unsync()
}

#[tokio::test]
async fn a_request_too_many_is_told_so_and_a_later_one_is_not() {
    let (upstream, mut stopped) = endless();
    let address = start(upstream, |config| {
        config.limits.upstream = 1;
        config.limits.patience = SHORT;
    })
    .await;
    let mut first = TcpStream::connect(address).await.unwrap();
    first.write_all(&get()).await.unwrap();
    first.read_exact(&mut [0; 100]).await.unwrap();
    let reply = Reply::parse(&exchange(address, &get()).await).unwrap();
    assert_eq!((reply.status, reply.header("x-proxy-error")), (503, Some("busy")));
    drop(first);
    stopped.recv().await.unwrap();
    // The permit is free after the transfer; until then other requests are still refused.
    loop {
        let mut next = TcpStream::connect(address).await.unwrap();
        next.write_all(&get()).await.unwrap();
        let mut status = [0; 12];
        next.read_exact(&mut status).await.unwrap();
        if &status == b"HTTP/1.1 200" {
            break;
        }
    }
}

#[tokio::test]
async fn connections_beyond_the_limit_wait() {
    let most = Arc::new(AtomicUsize::new(0));
    let now = Arc::new(AtomicUsize::new(0));
    let (seen, current) = (most.clone(), now.clone());
    let upstream: Upstream = Arc::new(move |_, _| {
        let (seen, current) = (seen.clone(), current.clone());
        Box::pin(async move {
            seen.fetch_max(current.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            current.fetch_sub(1, Ordering::SeqCst);
            Response::new(Generated::new(5, ()).boxed_unsync())
        })
    });
    let address = start(upstream, |config| config.limits.connections = 2).await;
    let clients: Vec<_> = (0..20)
        .map(|_| tokio::spawn(async move { Reply::parse(&exchange(address, &get()).await) }))
        .collect();
    for client in clients {
        assert_eq!(client.await.unwrap().unwrap().status, 200);
    }
    assert!(most.load(Ordering::SeqCst) <= 2);
}

#[tokio::test]
async fn headers_have_a_limit() {
    let address = start(quick(), |_| {}).await;
    let long = |size: usize| vec![("X-Long".to_owned(), "x".repeat(size))];
    let many = (0..100).map(|n| (format!("X-{n}"), "x".to_owned())).collect();
    // Beyond the proxy's limit, beyond hyper's buffer, beyond its number of headers.
    for headers in [long(40_000), long(1_000_000), many] {
        let bytes = request("GET", "/proxy/https/quay.io/v2/", "proxy.example", &headers);
        assert_eq!(Reply::parse(&exchange(address, &bytes).await).unwrap().status, 431);
    }
    let path = format!("/proxy/https/quay.io/v2/?{}", "x".repeat(40_000));
    let bytes = request("GET", &path, "proxy.example", &[]);
    assert_eq!(Reply::parse(&exchange(address, &bytes).await).unwrap().status, 431);
    // A token of the length that registries use passes.
    let token = [("Authorization".to_owned(), format!("Bearer {}", "x".repeat(8_000)))];
    let bytes = request("GET", "/proxy/https/quay.io/v2/", "proxy.example", &token);
    assert_eq!(Reply::parse(&exchange(address, &bytes).await).unwrap().status, 200);
}

#[tokio::test]
async fn a_certificate_of_a_stranger_is_refused() {
    let address = start(quick(), |config| config.roots = RootCertStore::empty()).await;
    let reply = Reply::parse(&exchange(address, &get()).await).unwrap();
    assert_eq!((reply.status, reply.header("x-proxy-error")), (502, Some("tls")));
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let (internet, roots) = Internet::new(&["ghcr.io"], quick()).await;
    let address = proxy(Arc::new(internet), roots, |_| {}).await;
    let reply = Reply::parse(&exchange(address, &get()).await).unwrap();
    assert_eq!((reply.status, reply.header("x-proxy-error")), (502, Some("tls")));
}

#[tokio::test]
async fn the_log_has_neither_path_nor_query_nor_credentials() {
    let (sender, mut lines) = unbounded_channel();
    let sender = Mutex::new(sender);
    let address = start(quick(), |config| {
        config.log = Some(Arc::new(move |line| {
            let _ = sender.lock().unwrap().send(line.clone());
        }));
    })
    .await;
    let secret = [("Authorization".to_owned(), "Basic c2VjcmV0".to_owned())];
    for (method, path, want) in [
        (
            "GET",
            "/proxy/https/auth.docker.io/token?account=secret",
            "GET auth.docker.io 200 5 bytes",
        ),
        ("HEAD", "/proxy/https/quay.io/v2/secret/", "HEAD quay.io 200 0 bytes"),
        ("POST", "/proxy/https/quay.io/v2/secret/", "POST - 405 "),
        ("GET", "/proxy/https/secret.example/v2/", "GET - 403 "),
    ] {
        exchange(address, &request(method, path, "proxy.example", &secret)).await;
        let line = lines.recv().await.unwrap().to_string();
        assert!(line.starts_with(want) && !line.contains("secret"), "{line}");
    }
}

/// An upstream that sends a byte at a time, and reports when it was stopped.
fn trickling() -> (Upstream, UnboundedReceiver<()>) {
    struct Trickle(#[allow(dead_code)] Guard, tokio::time::Interval);
    impl hyper::body::Body for Trickle {
        type Data = hyper::body::Bytes;
        type Error = std::io::Error;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            cx: &mut std::task::Context,
        ) -> std::task::Poll<Option<std::io::Result<hyper::body::Frame<Self::Data>>>> {
            let byte = || Some(Ok(hyper::body::Frame::data(hyper::body::Bytes::from_static(b"x"))));
            self.1.poll_tick(cx).map(|_| byte())
        }
    }
    let (sender, receiver) = unbounded_channel();
    let upstream: Upstream = Arc::new(move |_, _| {
        let every = tokio::time::interval(Duration::from_millis(10));
        let body = Trickle(Guard(sender.clone()), every);
        Box::pin(async { Response::new(body.boxed_unsync()) })
    });
    (upstream, receiver)
}

#[tokio::test]
async fn a_registry_that_trickles_is_given_up() {
    let (upstream, mut stopped) = trickling();
    let address = start(upstream, |config| config.limits.idle_time = SHORT).await;
    let answer = exchange(address, &get()).await;
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", answer.escape_ascii());
    stopped.recv().await.unwrap();
}

#[tokio::test]
async fn a_client_that_trickles_is_sent_away() {
    let (upstream, mut stopped) = endless();
    let address = start(upstream, |config| config.limits.idle_time = 2 * SHORT).await;
    let mut stream = support::narrow(address).await.unwrap();
    stream.write_all(&get()).await.unwrap();
    // Enough at a time for the proxy to write again, and less than a sixteenth of the least rate.
    let trickle = async {
        let mut bytes = vec![0; 128 * 1024];
        loop {
            tokio::time::sleep(SHORT).await;
            if stream.read(&mut bytes[..1024]).await.unwrap_or(0) == 0 {
                break;
            }
        }
    };
    tokio::select! {
        () = trickle => {}
        _ = stopped.recv() => {}
    }
}

#[tokio::test]
async fn a_transfer_that_takes_too_long_ends() {
    let (upstream, mut stopped) = endless();
    let address = start(upstream, |config| config.limits.transfer_time = SHORT).await;
    let answer = exchange(address, &get()).await;
    assert!(Reply::parse(&answer).is_none_or(|reply| !reply.body.is_empty()));
    stopped.recv().await.unwrap();
}

#[tokio::test]
async fn a_client_has_no_more_places_than_its_own() {
    let (upstream, mut stopped) = endless();
    let address = start(upstream, |config| {
        config.client_header = Some("x-forwarded-for".parse().unwrap());
        config.limits.per_client = 1;
    })
    .await;
    let from = |client: &str| {
        let headers = [("X-Forwarded-For".to_owned(), client.to_owned())];
        request("GET", "/proxy/https/quay.io/v2/", "proxy.example", &headers)
    };
    let status = |bytes: Vec<u8>| async move {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.unwrap();
        (String::from_utf8_lossy(&status[9..]).into_owned(), stream)
    };
    let (first, held) = status(from("192.0.2.1")).await;
    assert_eq!(first, "200");
    // Only the last address counts, which the server before the proxy wrote.
    for (client, want) in
        [("192.0.2.1", "503"), ("192.0.2.9, 192.0.2.1", "503"), ("192.0.2.2", "200")]
    {
        assert_eq!(status(from(client)).await.0, want, "{client}");
    }
    drop(held);
    stopped.recv().await.unwrap();
}

#[tokio::test]
async fn a_redirect_with_an_unfinished_body_is_followed() {
    let upstream: Upstream = Arc::new(|_, request| {
        let first = request.uri().path() == "/v2/";
        Box::pin(async move {
            if !first {
                return Response::new(Generated::new(5, ()).boxed_unsync());
            }
            let mut response = Response::new(half(b"half"));
            *response.status_mut() = hyper::StatusCode::FOUND;
            let headers = response.headers_mut();
            headers.insert("location", "/v2/there".parse().unwrap());
            headers.insert("content-length", "100".parse().unwrap());
            response
        })
    });
    let address = start(upstream, |_| {}).await;
    let reply = Reply::parse(&exchange(address, &get()).await).unwrap();
    assert_eq!((reply.status, reply.body.len()), (200, 5));
}
