//! Errors of compressed streams: each begins with the format's name.

use std::fmt::Display;
use std::io;

/// A stream that is damaged, truncated or not supported.
pub fn damaged(format: &str, what: impl Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{format}: {what}"))
}

/// A library's error as the format's, unless it was the source that failed.
pub fn failed(format: &str, error: io::Error) -> io::Error {
    use io::ErrorKind::{
        InvalidData, InvalidInput, Other, OutOfMemory, UnexpectedEof, Unsupported,
    };
    match error.kind() {
        UnexpectedEof => damaged(format, "the stream is cut short"),
        InvalidData | InvalidInput | Other | OutOfMemory | Unsupported => damaged(format, error),
        _ => error,
    }
}
