//! NuGet's order: Semantic Versioning with four numbers, case-insensitive.
//!
//! Source: NuGet documentation, "Package versioning", "Normalized version numbers" and "Version ordering".

use super::semver;
use std::cmp::Ordering;

/// Compares two versions; `None` if one of them is not a version.
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    semver::compare(&a.to_ascii_lowercase(), &b.to_ascii_lowercase())
}

#[test]
fn normalised_versions_are_equal() {
    for (a, b) in
        [("1.00", "1.0"), ("1.01.1", "1.1.1"), ("1.00.0.1", "1.0.0.1"), ("1.0.0.0", "1.0.0")]
    {
        assert_eq!(compare(a, b), Some(Ordering::Equal), "{a} {b}");
    }
}
