//! Whether decoders verify what streams say about themselves.

/// Whether a pass verifies the checksums of the streams that it decompresses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Checksums {
    Verified,
    /// Another pass over the same bytes verifies them. Leaves out gzip's CRC-32, a seventh of its decoder's time in a
    /// browser; the other decoders verify theirs anyway.
    LeftOut,
}
