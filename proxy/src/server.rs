//! Connections of clients: accepted up to a limit, and closed when they are too slow.
//!
//! - Slow headers and idle connections end after `header_time`, clients that read nothing after `idle_time`, and those
//!   that read less than `least_rate` over all. The buffers of a connection are bounded.
//! - Works for any service, so that the files of a page and the proxy can share a port.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body as HttpBody, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::body::{Idle, Pace};
use crate::config::Limits;
use crate::proxy::Proxy;

/// Serves only the proxy, forever.
pub async fn serve(proxy: Proxy, listener: TcpListener) -> io::Result<()> {
    let limits = proxy.limits().clone();
    serve_with(listener, limits, move |request| {
        let proxy = proxy.clone();
        async move { proxy.answer(request).await }
    })
    .await
}

/// Serves anything with the proxy's limits on connections, forever.
pub async fn serve_with<S, F, B>(listener: TcpListener, limits: Limits, answer: S) -> io::Result<()>
where
    S: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    F: Future<Output = Response<B>> + Send + 'static,
    B: HttpBody + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let permits = Arc::new(Semaphore::new(limits.connections));
    loop {
        // The semaphore is never closed, so this cannot fail.
        let permit = permits.clone().acquire_owned().await.map_err(io::Error::other)?;
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(_) => {
                // Only this connection is lost. The pause helps if file descriptors are exhausted.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let (limits, answer) = (limits.clone(), answer.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let answer = answer(request);
                async move { Ok::<_, std::convert::Infallible>(answer.await) }
            });
            let stream = TokioIo::new(Impatient::new(stream, &limits));
            // An error here means that the client has gone or was too slow.
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(limits.header_time)
                .max_buf_size(limits.buffer)
                .max_headers(limits.headers)
                .serve_connection(stream, service)
                .await;
            drop(permit);
        });
    }
}

/// A connection that fails if nothing can be written for too long, or too little over all.
struct Impatient<S> {
    stream: S,
    idle: Idle,
    pace: Pace,
}

impl<S> Impatient<S> {
    fn new(stream: S, limits: &Limits) -> Self {
        let idle = Idle { time: limits.idle_time, sleep: None, waiting: false };
        Self { stream, idle, pace: Pace::new(limits) }
    }

    /// `bytes` are those that were written.
    fn check<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        bytes: impl Fn(&T) -> usize,
        cx: &mut Context,
    ) -> Poll<io::Result<T>> {
        match written {
            Poll::Ready(Ok(done)) => {
                self.idle.waiting = false;
                let in_time = self.pace.moved(bytes(&done));
                Poll::Ready(if in_time { Ok(done) } else { Err(io::ErrorKind::TimedOut.into()) })
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                self.pace.waits();
                self.idle.poll_elapsed(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Impatient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context,
        buffer: &mut ReadBuf,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Impatient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.check(written, |written| *written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context,
        bytes: &[io::IoSlice],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.check(written, |written| *written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.check(flushed, |()| 0, cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.check(shut, |()| 0, cx)
    }
}
