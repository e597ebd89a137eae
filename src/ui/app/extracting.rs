//! What is taken out of a source's images as a file: one at a time, and it goes on while other views are shown.

use super::order::RunningOrder;
use crate::protocol::OrderProgress;
use leptos::prelude::*;

/// The extraction of a source that runs, if one does.
#[derive(Clone, Copy)]
pub struct Extracting {
    pub order: RunningOrder,
    /// Name of the file that is made.
    pub name: RwSignal<String>,
    pub progress: RwSignal<OrderProgress>,
}

/// Nothing is taken out.
impl Default for Extracting {
    fn default() -> Extracting {
        Extracting {
            order: RunningOrder::new(),
            name: RwSignal::new(String::new()),
            progress: RwSignal::new(OrderProgress::default()),
        }
    }
}
