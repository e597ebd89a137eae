//! How far a read of a file is, and why it takes long.

use crate::format;
use crate::protocol::{OrderProgress, SlowRead, StreamLevel};
use crate::ui::words;

/// `Reading the layer: 12.0 MB of 80.0 MB. …`
pub fn progress_text(progress: OrderProgress) -> String {
    let text = format!("Reading the layer: {}.", amount(progress));
    match progress.slow {
        Some(slow) => format!("{text} {}", slow_text(slow)),
        None => text,
    }
}

/// `12.0 MB of 80.0 MB`
pub fn amount(progress: OrderProgress) -> String {
    let done = format::size(progress.done.min(progress.total));
    format!("{done} of {}", format::size(progress.total))
}

fn slow_text(slow: SlowRead) -> String {
    let what = match slow.within {
        StreamLevel::Layer => "layer",
        StreamLevel::Archive => "archive",
    };
    let stream = words::compression(slow.compression).unwrap_or("single");
    format!(
        "The {what} is one {stream} stream that can only be read from its start, and there was no room to keep \
         it uncompressed."
    )
}

#[test]
fn a_slow_read_says_why() {
    use crate::vocabulary::Compression;
    let mut progress = OrderProgress { done: 12_000_000, total: 80_000_000, slow: None };
    assert_eq!(progress_text(progress), "Reading the layer: 12.0 MB of 80.0 MB.");
    progress.slow = Some(SlowRead { within: StreamLevel::Layer, compression: Compression::Zstd });
    assert!(progress_text(progress).contains("The layer is one zstd stream that can only be read"));
}
