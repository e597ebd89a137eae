//! Every crate's licence expression must be satisfied by the licences that we accept.
//!
//! All of these let us ship under Apache-2.0 without asking; MPL-2.0 because we don't change its files.
//! Other licences (Unlicense, LGPL) may appear as one side of an OR.

use cargo_metadata::Package;
use spdx::{Expression, Licensee, ParseMode};

const ACCEPTED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "bzip2-1.0.6",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Zlib",
];

pub fn check(packages: &[Package]) -> Vec<String> {
    let check = |package: &Package| {
        let problem = problem(package.license.as_deref())?;
        Some(format!("{} {}: {problem}", package.name, package.version))
    };
    packages.iter().filter_map(check).collect()
}

fn problem(licence: Option<&str>) -> Option<String> {
    let Some(licence) = licence else { return Some("names no licence".into()) };
    // Lax: old crates write `MIT/Apache-2.0`.
    let expression = match Expression::parse_mode(licence, ParseMode::LAX) {
        Ok(expression) => expression,
        Err(error) => return Some(format!("licence {licence:?}: {}", error.reason)),
    };
    let accepted: Vec<_> = ACCEPTED.iter().filter_map(|name| Licensee::parse(name).ok()).collect();
    let fits = expression.evaluate(|asked| accepted.iter().any(|ours| ours.satisfies(asked)));
    (!fits).then(|| format!("licence {licence:?} is not accepted (xtask/src/audit/licences.rs)"))
}

#[test]
fn cases() {
    for name in ACCEPTED {
        assert!(Licensee::parse(name).is_ok(), "{name} is no SPDX name");
    }
    for (licence, accepted) in [
        (Some("MIT"), true),
        (Some("MIT/Apache-2.0"), true),
        (Some("MIT OR Apache-2.0 OR LGPL-2.1-or-later"), true),
        (Some("Unlicense OR MIT"), true),
        (Some("(MIT OR Apache-2.0) AND Unicode-3.0"), true),
        (Some("Unlicense"), false),
        (Some("GPL-3.0-only"), false),
        (Some("MIT AND GPL-3.0-only"), false),
        (Some("as you like"), false),
        (None, false),
    ] {
        assert_eq!(problem(licence).is_none(), accepted, "{licence:?}");
    }
}
