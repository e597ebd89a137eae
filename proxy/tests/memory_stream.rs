//! A blob of 2 GB is streamed: the memory of the process does not grow with the blob.
//!
//! In its own file, and so in its own process, because the peak is that of the process.

mod support;

use std::sync::Arc;

use http_body_util::BodyExt;
use hyper::Response;
use support::{Generated, Internet, Upstream, peak_memory, proxy, request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const BLOB: u64 = 2 << 30;
/// Buffers of three connections take a fraction of it; the blob is thirty times as large.
const GROWTH: u64 = 64 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_gigabytes_pass_through_a_few_buffers() {
    let upstream: Upstream =
        Arc::new(|_, _| Box::pin(async { Response::new(Generated::new(BLOB, ()).boxed_unsync()) }));
    let (internet, roots) = Internet::new(&["quay.io"], upstream).await;
    let address = proxy(Arc::new(internet), roots, |_| {}).await;
    let before = peak_memory();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let path = "/proxy/https/quay.io/v2/a/blobs/sha256:aa";
    stream.write_all(&request("GET", path, "proxy.example", &[])).await.unwrap();
    let mut buffer = vec![0; 64 * 1024];
    let size = stream.read(&mut buffer).await.unwrap();
    let head = buffer[..size].windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let text = std::str::from_utf8(&buffer[..head]).unwrap().to_ascii_lowercase();
    assert!(text.contains(&format!("content-length: {BLOB}\r\n")), "{text}");
    let mut total = (size - head) as u64;
    loop {
        match stream.read(&mut buffer).await.unwrap() {
            0 => break,
            size => total += size as u64,
        }
    }
    assert_eq!(total, BLOB);
    match (before, peak_memory()) {
        (Some(before), Some(after)) => {
            println!("peak memory grew by {} KiB", (after - before) / 1024);
            assert!(after - before < GROWTH, "{} bytes more", after - before);
        }
        _ => println!("left out: how much memory that took; only Linux tells"),
    }
}
