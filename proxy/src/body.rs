//! Bodies of responses: what a registry sends is passed on as it arrives.
//!
//! - Nothing is buffered: a frame is read when the client's connection has room for it. This is the only
//!   backpressure.
//! - A body is dropped when the client has gone. The connection to the registry, its permit and its log line end with
//!   it.
//! - If a registry sends nothing for too long, or too little over all, or if a transfer takes longer than any should,
//!   the body ends with an error, so that the client sees a broken transfer and not a short one.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use hyper::body::{Body as HttpBody, Bytes, Frame, Incoming, SizeHint};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Sleep;

use crate::clients::Place;
use crate::config::{Limits, Log, LogLine};

/// The body of a response of the proxy.
pub struct Body {
    kind: Kind,
    line: Option<Line>,
}

enum Kind {
    Own(Option<Bytes>),
    Passed { incoming: Incoming, idle: Idle, pace: Pace, until: Instant, _held: Held },
}

/// What a transfer occupies.
pub struct Held {
    pub permit: OwnedSemaphorePermit,
    pub place: Option<Place>,
}

/// A line of the log whose request has not ended.
pub struct Line {
    pub started: Instant,
    pub line: LogLine,
    pub log: Log,
}

impl Body {
    /// A text of the proxy itself.
    pub fn own(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self { kind: Kind::Own(Some(bytes).filter(|bytes| !bytes.is_empty())), line: None }
    }

    /// A registry's response, with what it holds.
    pub fn passed(incoming: Incoming, limits: &Limits, held: Held) -> Self {
        let idle = Idle { time: limits.idle_time, sleep: None, waiting: false };
        let (pace, until) = (Pace::new(limits), Instant::now() + limits.transfer_time);
        Self { kind: Kind::Passed { incoming, idle, pace, until, _held: held }, line: None }
    }

    /// Logs `line` when the body ends.
    pub fn logged(mut self, line: Line) -> Self {
        self.line = Some(line);
        self
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        let data = match &mut this.kind {
            Kind::Own(bytes) => bytes.take(),
            Kind::Passed { incoming, idle, pace, until, .. } => loop {
                let late = || Some(Err(io::Error::from(io::ErrorKind::TimedOut).into()));
                let Poll::Ready(frame) = Pin::new(&mut *incoming).poll_frame(cx) else {
                    pace.waits();
                    ready!(idle.poll_elapsed(cx));
                    return Poll::Ready(late());
                };
                idle.waiting = false;
                let bytes = match &frame {
                    Some(Ok(frame)) => frame.data_ref().map_or(0, Bytes::len),
                    _ => 0,
                };
                if !pace.moved(bytes) || Instant::now() > *until {
                    return Poll::Ready(late());
                }
                match frame {
                    None => break None,
                    Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                    // Trailers are dropped: registries send nothing in them.
                    Some(Ok(frame)) => match frame.into_data() {
                        Ok(data) => break Some(data),
                        Err(_) => continue,
                    },
                }
            },
        };
        if let (Some(data), Some(line)) = (&data, &mut this.line) {
            line.line.bytes += data.len() as u64;
        }
        Poll::Ready(data.map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Own(bytes) => bytes.is_none(),
            Kind::Passed { incoming, .. } => incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Own(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Kind::Passed { incoming, .. } => incoming.size_hint(),
        }
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        if let Some(Line { started, mut line, log }) = self.line.take() {
            line.milliseconds = started.elapsed().as_millis();
            log(&line);
        }
    }
}

/// The time without progress, measured only while someone waits.
pub struct Idle {
    pub time: Duration,
    pub sleep: Option<Pin<Box<Sleep>>>,
    pub waiting: bool,
}

impl Idle {
    /// Ready when it has lasted too long. On progress, the caller sets `waiting` to false.
    pub fn poll_elapsed(&mut self, cx: &mut Context) -> Poll<()> {
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(self.time)));
        if !self.waiting {
            self.waiting = true;
            sleep.as_mut().reset(tokio::time::Instant::now() + self.time);
        }
        sleep.as_mut().poll(cx)
    }
}

/// The rate of one side of a transfer, over all the time that was spent waiting for it.
pub struct Pace {
    /// Waiting that is allowed in any case, and bytes a second for which more is.
    grace: Duration,
    rate: u64,
    waiting_since: Option<Instant>,
    waited: Duration,
    bytes: u64,
}

impl Pace {
    pub fn new(limits: &Limits) -> Self {
        let (grace, rate) = (limits.idle_time, limits.least_rate.max(1));
        Self { grace, rate, waiting_since: None, waited: Duration::ZERO, bytes: 0 }
    }

    /// Nothing can be moved at the moment.
    pub fn waits(&mut self) {
        self.waiting_since.get_or_insert_with(Instant::now);
    }

    /// So many bytes were moved. False if they took too long, together with all before them.
    pub fn moved(&mut self, bytes: usize) -> bool {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        if let Some(since) = self.waiting_since.take() {
            self.waited += since.elapsed();
        }
        self.waited <= self.grace + Duration::from_secs(self.bytes / self.rate)
    }
}
