//! The times that tests and `cargo xtask bench` read: `performance.mark` entries.
//!
//! Set when what they name is on screen. Each drop clears them all, so that there is one entry for each name,
//! and the four belong to the same source.

/// A moment in the life of an opened source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageMark {
    /// A file was dropped or picked.
    Drop,
    /// The layer table can be read.
    Layers,
    /// The tree can be used.
    Tree,
    /// Every analysis that runs without being asked for has ended.
    Ready,
}

const ALL: [PageMark; 4] = [PageMark::Drop, PageMark::Layers, PageMark::Tree, PageMark::Ready];

impl PageMark {
    /// Its entry's name.
    pub fn name(self) -> &'static str {
        match self {
            PageMark::Drop => "layerscope:drop",
            PageMark::Layers => "layerscope:layers",
            PageMark::Tree => "layerscope:tree",
            PageMark::Ready => "layerscope:ready",
        }
    }
}

/// Marks this moment. A mark that is set again (another image of the same source) replaces the earlier one.
pub fn mark(mark: PageMark) {
    if !cfg!(target_arch = "wasm32") {
        return; // a test without a browser
    }
    let Some(performance) = web_sys::window().and_then(|window| window.performance()) else {
        return;
    };
    let cleared: &[PageMark] = if mark == PageMark::Drop { &ALL } else { &[mark] };
    for mark in cleared {
        performance.clear_marks_with_mark_name(mark.name());
    }
    // Fails only for names that the browser reserves.
    let _ = performance.mark(mark.name());
}
