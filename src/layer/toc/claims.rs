//! What all forms of tables have in common: kinds, times, and the problem of a wrong table.

use crate::problem::Problem;
use crate::time::Timestamp;
use crate::vocabulary::NodeKind;

/// At most this many entries of a table are read: three bytes of JSON make one of two hundred bytes.
pub const MAX_ENTRIES: usize = 500_000;

/// The kind that a table names.
pub fn kind(name: &str) -> Option<NodeKind> {
    Some(match name {
        "reg" => NodeKind::File,
        "dir" => NodeKind::Directory,
        "symlink" => NodeKind::Symlink,
        "hardlink" => NodeKind::HardLink,
        "char" => NodeKind::CharDevice,
        "block" => NodeKind::BlockDevice,
        "fifo" => NodeKind::Fifo,
        _ => return None,
    })
}

/// Seconds since 1970 and nanoseconds of an RFC 3339 time, as Go writes them.
pub fn modification_time(text: &str) -> Option<(i64, u32)> {
    let time = Timestamp::from_rfc3339(text)?;
    Some((time.seconds, time.nanoseconds))
}

/// The problem of a table that differs from its layer.
pub fn mismatch(form: &str, found: impl AsRef<[u8]>) -> Problem {
    let message = format!("The layer's {form} table of contents does not match the layer.");
    Problem::new("toc-mismatch", message)
        .expected("the layer's own entries")
        .found(found)
        .advice("Do not trust this image: a lazy mount shows other files than an unpacked image.")
}

#[test]
fn times_are_read_as_go_writes_them() {
    for (text, want) in [
        ("2023-11-14T22:13:20Z", Some((1_700_000_000, 0))),
        ("1969-12-31T23:59:59.5Z", Some((-1, 500_000_000))),
        ("0001-01-01T00:00:00Z", Some((-62_135_596_800, 0))),
        ("2023-11-14T23:43:20.5+01:30", Some((1_700_000_000, 500_000_000))),
        ("2023-11-14T14:13:20+é:0", None),
        ("2000-01-9223372036854775807T00:00:00Z", None),
    ] {
        assert_eq!(modification_time(text), want, "{text}");
    }
}
