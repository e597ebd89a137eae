//! The alarm of a schedule: one timeout. Setting it to another time replaces it.

use super::results::give;
use super::scope::now;
use super::transport::pause;
use crate::session::schedule::ScheduleInput;
use futures_util::future::{AbortHandle, abortable};
use wasm_bindgen_futures::spawn_local;

/// The timeout that is set, if any.
#[derive(Default)]
pub struct Alarm {
    handle: Option<AbortHandle>,
}

impl Alarm {
    /// Gives `ScheduleInput::Time` at this time (milliseconds since 1970), and not at the time that was set
    /// before. `None`: at no time.
    pub fn set(&mut self, at: Option<u64>) {
        if let Some(before) = self.handle.take() {
            before.abort();
        }
        let Some(at) = at else { return };
        let (rings, handle) = abortable(async move {
            // A browser's timeout has at most this many milliseconds; an alarm that rings early is set again.
            let millis = i32::try_from(at.saturating_sub(now())).unwrap_or(i32::MAX);
            pause(millis).await;
            give(ScheduleInput::Time);
        });
        self.handle = Some(handle);
        spawn_local(async move {
            let _ = rings.await; // an error: it was replaced
        });
    }
}
