//! A thousand requests at once: all are answered, one after another, with bounded memory.
//!
//! In its own file, and so in its own process, because the peak is that of the process.

mod support;

use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::Response;
use support::{Generated, Internet, Upstream, narrow, peak_memory, proxy, request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

const CLIENTS: usize = 1000;
const AT_ONCE: usize = 256;
/// Bytes that a client reads of an endless response.
const ENOUGH: usize = 1 << 20;
/// A third of what all clients read together, from endless blobs.
const GROWTH: u64 = 350 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_requests_at_once_have_bounded_memory() {
    let (asked, mut watched) = watch::channel(0);
    let upstream: Upstream = Arc::new(move |_, _| {
        asked.send_modify(|asked| *asked += 1);
        Box::pin(async { Response::new(Generated::endless(()).boxed_unsync()) })
    });
    let (internet, roots) = Internet::new(&["quay.io"], upstream).await;
    let address = proxy(Arc::new(internet), roots, |config| {
        config.limits.upstream = AT_ONCE;
        // Not tested here, and a loaded machine may be slow.
        config.limits.patience = Duration::from_secs(600);
        config.limits.connect_time = Duration::from_secs(600);
        config.limits.idle_time = Duration::from_secs(600);
    })
    .await;
    let before = peak_memory();
    let (open, may_read) = watch::channel(false);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let mut may_read = may_read.clone();
            tokio::spawn(async move {
                let mut stream = narrow(address).await.unwrap();
                let path = "/proxy/https/quay.io/v2/a/blobs/sha256:aa";
                stream.write_all(&request("GET", path, "proxy.example", &[])).await.unwrap();
                may_read.wait_for(|open| *open).await.unwrap();
                let mut buffer = vec![0; 16 * 1024];
                let mut total = stream.read(&mut buffer).await.unwrap();
                assert!(buffer.starts_with(b"HTTP/1.1 200"));
                while total < ENOUGH {
                    let size = stream.read(&mut buffer).await.unwrap();
                    assert!(size > 0, "an answer without an end has ended");
                    total += size;
                }
            })
        })
        .collect();
    // No client reads before all permits are taken, so that unread bytes would accumulate. No response ends by itself, so
    // that no other request can have started.
    watched.wait_for(|asked| *asked >= AT_ONCE).await.unwrap();
    assert_eq!(*watched.borrow(), AT_ONCE);
    open.send(true).unwrap();
    for client in clients {
        client.await.unwrap();
    }
    match (before, peak_memory()) {
        (Some(before), Some(after)) => {
            println!("peak memory grew by {} KiB", (after - before) / 1024);
            assert!(after - before < GROWTH, "{} bytes more", after - before);
        }
        _ => println!("left out: how much memory that took; only Linux tells"),
    }
}
