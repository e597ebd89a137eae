//! Frees the memory of a buffer at once.
//!
//! - A browser frees a buffer when it collects garbage, which it does not do while a job runs.
//! - Chromium and WebKit: what is moved to a worker that has ended is dropped with the message, without a copy and
//!   without a wait. `ArrayBuffer.transfer(0)` detaches a buffer, but Chromium's second reference to its memory stays.
//! - Firefox moves nothing to a worker that has ended. There, the buffer is detached, which frees it.

use js_sys::{Array, ArrayBuffer};
use web_sys::{Blob, Url, Worker};

thread_local! {
    /// A worker that was ended before it began; `None` where the browser makes none.
    static ENDED: Option<Worker> = ended_worker();
}

/// Frees a buffer, which has no bytes afterwards.
pub fn free(buffer: &ArrayBuffer) {
    ENDED.with(|worker| {
        if let Some(worker) = worker {
            // What cannot be moved keeps its bytes.
            let _ = worker.post_message_with_transfer(buffer, &Array::of1(buffer));
        }
    });
    if buffer.byte_length() > 0 {
        let _ = buffer.transfer_with_length(0); // left to the browser where it has no such function
    }
}

fn ended_worker() -> Option<Worker> {
    let script = Url::create_object_url_with_blob(&Blob::new().ok()?).ok()?;
    let worker = Worker::new(&script).ok()?;
    worker.terminate();
    let _ = Url::revoke_object_url(&script); // nothing will ask for it
    Some(worker)
}
