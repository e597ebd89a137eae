//! The times that tests and `cargo xtask bench` read: `performance.mark` entries.
//!
//! Set when what they name is on screen. Each drop clears them all, so that there is one entry for each name,
//! and the four belong to the same source.

/// A moment in the life of an opened source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A file was dropped or picked.
    Drop,
    /// The layer table can be read.
    Layers,
    /// The tree can be used.
    Tree,
    /// Every analysis that runs without being asked for has ended.
    Ready,
}

const ALL: [Mark; 4] = [Mark::Drop, Mark::Layers, Mark::Tree, Mark::Ready];

impl Mark {
    /// Its entry's name.
    pub fn name(self) -> &'static str {
        match self {
            Mark::Drop => "layerscope:drop",
            Mark::Layers => "layerscope:layers",
            Mark::Tree => "layerscope:tree",
            Mark::Ready => "layerscope:ready",
        }
    }
}

/// Marks this moment. A mark that is set again (another image of the same source) replaces the earlier one.
pub fn mark(mark: Mark) {
    let Some(performance) = web_sys::window().and_then(|window| window.performance()) else {
        return;
    };
    let cleared: &[Mark] = if mark == Mark::Drop { &ALL } else { &[mark] };
    for mark in cleared {
        performance.clear_marks_with_mark_name(mark.name());
    }
    // Fails only for names that the browser reserves.
    let _ = performance.mark(mark.name());
}
