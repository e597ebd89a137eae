//! Why a vulnerability that matches a package's version may not be one: limits of what versions tell.
//!
//! Source: Fedora's documentation, "Modularity" (releases of module builds contain `.module`); Go Modules
//! Reference, "Pseudo-versions"; PEP 440, "Local version identifiers".

use super::ecosystem::OsvQuery;
use crate::vocabulary::Uncertainty;

/// The first digits of a pseudo-version that has no release before it.
const NO_RELEASE: &str = "0.0.0-";

/// Whether the version that was asked about leaves a doubt, and which.
pub fn uncertainty(query: &OsvQuery) -> Option<Uncertainty> {
    let version = query.version.as_str();
    match query.database() {
        "Red Hat" | "Rocky Linux" | "AlmaLinux" if is_of_module(version) => {
            Some(Uncertainty::ModuleStream)
        }
        "Go" if is_pseudo(version) => Some(Uncertainty::PseudoVersion),
        "PyPI" if version.contains('+') => Some(Uncertainty::LocalVersion),
        _ => None,
    }
}

/// `1:16.20.2-2.module+el8.8.0+19613+5d1b0bc8`, `1.14.1-2.module_el8.6.0`.
fn is_of_module(version: &str) -> bool {
    version.contains(".module+") || version.contains(".module_")
}

/// `0.0.0-20240101000000-abcdefabcdef`.
fn is_pseudo(version: &str) -> bool {
    let parts = version.strip_prefix(NO_RELEASE).and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(time, commit)| {
        time.len() == 14
            && time.bytes().all(|c| c.is_ascii_digit())
            && commit.bytes().take(12).filter(u8::is_ascii_hexdigit).count() == 12
    })
}

#[test]
fn versions_that_records_cannot_judge_are_uncertain() {
    use Uncertainty::{LocalVersion, ModuleStream, PseudoVersion};
    for (ecosystem, version, want) in [
        ("Rocky Linux:8", "1:16.20.2-2.module+el8.8.0+19613+5d1b0bc8", Some(ModuleStream)),
        ("AlmaLinux:8", "1.14.1-2.module_el8.6.0+3071+f6d6c4a1", Some(ModuleStream)),
        ("Red Hat:enterprise_linux:8::appstream", "1.14.1-2.module+el8", Some(ModuleStream)),
        ("Rocky Linux:9", "3.0.7-27.el9", None),
        ("Debian:12", "1.module+1", None),
        ("Go", "0.0.0-20240101000000-abcdefabcdef", Some(PseudoVersion)),
        ("Go", "0.0.0-20240101000000-abcdefabcdef+incompatible", Some(PseudoVersion)),
        // There is a release before these.
        ("Go", "1.2.4-0.20240101000000-abcdefabcdef", None),
        ("Go", "0.0.0-alpha-1", None),
        ("PyPI", "2.1.0+cu118", Some(LocalVersion)),
        ("PyPI", "2.1.0", None),
        ("npm", "2.1.0+build", None),
    ] {
        assert_eq!(uncertainty(&OsvQuery::new(ecosystem, "p", version)), want, "{version}");
    }
}
