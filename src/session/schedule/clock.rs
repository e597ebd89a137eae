//! The time as text.

use crate::analysis::sbom::time::written;

/// A time in milliseconds since 1970 as RFC 3339, in whole seconds; empty for a year that four digits cannot
/// hold.
pub fn rfc3339(millis: u64) -> String {
    i64::try_from(millis / 1000).ok().and_then(written).unwrap_or_default()
}

#[test]
fn times_are_written_in_whole_seconds() {
    assert_eq!(rfc3339(1_796_000_000_999), "2026-11-30T00:53:20Z");
    assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
    assert_eq!(rfc3339(u64::MAX), "");
}
