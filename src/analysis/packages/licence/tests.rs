//! Compared with the published list, its full names, and what real packages declare.

use super::*;
use flate2::read::GzDecoder;
use serde_json::Value;

/// The list as CycloneDX publishes it: identifiers and full names.
fn published() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sbom/spdx.schema.json.gz");
    serde_json::from_reader(GzDecoder::new(std::fs::File::open(path).unwrap())).unwrap()
}

/// The current identifier for a deprecated GNU identifier.
fn of_today(id: &str) -> String {
    let gnu = ["GPL-", "LGPL-", "AGPL-", "GFDL-"].iter().any(|family| id.starts_with(family));
    let version = |id: &str| id.rsplit('-').next().is_some_and(|end| end.contains('.'));
    match id.strip_suffix('+') {
        Some(base) if gnu => format!("{base}-or-later"),
        None if gnu && version(id) && !id.contains("-CC-") => format!("{id}-only"),
        _ => id.to_owned(),
    }
}

#[test]
fn every_published_identifier_is_known_in_any_case() {
    let list = published();
    let ids: Vec<&str> = list["enum"].as_array().unwrap().iter().flat_map(Value::as_str).collect();
    let first_exception = ids.iter().position(|id| *id == "389-exception").unwrap();
    assert!(list["$comment"].as_str().unwrap().contains(LIST_VERSION));
    for (at, id) in ids.into_iter().enumerate() {
        if at < first_exception {
            assert!(is_listed(id), "{id}");
            assert!(!is_listed(&format!("{id}x")));
            for spelled in [id.to_owned(), id.to_lowercase(), id.to_uppercase()] {
                assert_eq!(normalise(&spelled), Some(of_today(id)), "{spelled}");
            }
        } else {
            assert_eq!(normalise(id), None, "an exception is no licence: {id}");
            let with = format!("gpl-2.0-only with {}", id.to_lowercase());
            assert_eq!(normalise(&with), Some(format!("GPL-2.0-only WITH {id}")));
        }
    }
}

#[test]
fn a_full_name_is_its_own_licence_or_unknown() {
    let list = published();
    let mut known = 0;
    for (id, name) in list["meta:enum"].as_object().unwrap() {
        let Some(found) = normalise(name.as_str().unwrap()) else { continue };
        let same = found == of_today(id) || found == *id;
        assert!(same, "{name} is {id}, not {found}");
        known += 1;
    }
    assert!(known > 200, "{known} of the names are known");
}

#[test]
fn what_distributions_and_ecosystems_declare_is_understood() {
    for (declared, expression) in [
        // Debian, in usr/share/doc/*/copyright.
        ("GPL-2+", "GPL-2.0-or-later"),
        ("GPL-2", "GPL-2.0-only"),
        ("LGPL-2.1+", "LGPL-2.1-or-later"),
        ("LGPL-2+", "LGPL-2.0-or-later"),
        ("Expat", "MIT"),
        ("BSD-3-clause", "BSD-3-Clause"),
        ("GPL-3+ and LGPL-2+ or Expat", "GPL-3.0-or-later AND LGPL-2.0-or-later OR MIT"),
        ("GFDL-NIV-1.3+", "GFDL-1.3-no-invariants-or-later"),
        ("Apache-2", "Apache-2.0"),
        ("MPL-1.1 or GPL-2+ or LGPL-2.1+", "MPL-1.1 OR GPL-2.0-or-later OR LGPL-2.1-or-later"),
        ("GPL-2 with Linux-syscall-note exception", "GPL-2.0-only WITH Linux-syscall-note"),
        // Alpine.
        ("GPL-2.0-only WITH Linux-syscall-note", "GPL-2.0-only WITH Linux-syscall-note"),
        ("MPL-2.0 AND MIT", "MPL-2.0 AND MIT"),
        ("GPL2+", "GPL-2.0-or-later"),
        // Fedora before 2022, and since; SUSE.
        ("GPLv3+ and (MIT or ASL 2.0)", "GPL-3.0-or-later AND (MIT OR Apache-2.0)"),
        ("(GPLv2 or LGPLv2.1+) and Boost", "(GPL-2.0-only OR LGPL-2.1-or-later) AND BSL-1.0"),
        ("MPLv1.1", "MPL-1.1"),
        ("GPL+", "GPL-1.0-or-later"),
        ("LicenseRef-Callaway-BSD AND MIT", "LicenseRef-Callaway-BSD AND MIT"),
        ("GPL-2.0+", "GPL-2.0-or-later"),
        // PyPI.
        ("License :: OSI Approved :: MIT License", "MIT"),
        ("License :: OSI Approved :: ISC License (ISCL)", "ISC"),
        ("License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
        ("License :: OSI Approved :: MIT No Attribution License (MIT-0)", "MIT-0"),
        (
            "License :: OSI Approved :: GNU General Public License v2 or later (GPLv2+)",
            "GPL-2.0-or-later",
        ),
        (
            "License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)",
            "LGPL-3.0-only",
        ),
        ("License :: CC0 1.0 Universal (CC0 1.0) Public Domain Dedication", "CC0-1.0"),
        ("License :: OSI Approved :: zlib/libpng License", "Zlib"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("The MIT License (MIT)", "MIT"),
        ("BSD 3-Clause License", "BSD-3-Clause"),
        // npm, Cargo, CPAN.
        ("(MIT OR CC0-1.0)", "MIT OR CC0-1.0"),
        ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
        ("perl_5", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
        // Parentheses stay where they are needed.
        ("((MIT)) AND ((ISC OR Zlib))", "MIT AND (ISC OR Zlib)"),
        ("Apache-2.0+", "Apache-2.0+"),
    ] {
        assert_eq!(normalise(declared).as_deref(), Some(expression), "{declared}");
    }
}

#[test]
fn ambiguous_and_other_texts_stay_as_declared() {
    for declared in [
        "",
        "BSD",
        "GPL",
        "LGPL",
        "Artistic",
        "Python",
        "public-domain",
        "Public Domain",
        "MIT/X11",
        "MIT CMU",
        "MIT, CMU",
        "LGPLv2",
        "LGPLv2+",
        "LGPL v2",
        "LGPL v2+",
        "GNU Lesser General Public License v2+",
        "GPL (>= 2)",
        "GPL-2.1",
        "GPL-9+",
        "GPL-2+ with OpenSSL exception",
        "GPL-2+ with MIT",
        "MIT WITH",
        "MIT AND",
        "OR MIT",
        "(MIT",
        "MIT)",
        "()",
        "MIT ISC",
        "BSD (MIT)",
        "MIT (with advertising clause)",
        "Apache 2.0 MIT",
        "NOASSERTION",
        "NONE",
        "UNLICENSED",
        "SEE LICENSE IN LICENSE.md",
        "Expat or BSD",
        "MIT License, see COPYING",
        "License :: OSI Approved :: Apache Software License",
        "License :: OSI Approved :: BSD License",
        "License :: OSI Approved :: GNU Lesser General Public License v2 (LGPLv2)",
        "LicenseRef-",
        "LicenseRef-a_b",
        "GPL-1+ or Artistic, and Expat",
        "ISC and/or LGPL-2.1+",
        "MIT BSD GPL2+",
        "GPL-3+ with Bison exception",
        "LGPLv3+_or_GPLv2+",
        "SUSE-GPL-2.0-with-OSI-exception",
        "BSD-3-clause-with-weird-numbering",
        "MPL-2.0 GPL-2.0-or-later",
        "GPL-1+ or Artistic",
    ] {
        assert_eq!(normalise(declared), None, "{declared}");
    }
}

#[test]
fn nesting_and_length_are_limited() {
    let nested = |depth| format!("{}MIT{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(normalise(&nested(20)).as_deref(), Some("MIT"));
    assert_eq!(normalise(&nested(1000)), None);
    assert_eq!(normalise(&"MIT OR ".repeat(100_000)), None);
}

#[test]
fn licences_that_all_apply_are_one_expression() {
    let all = |list: &[&str]| all_of(&list.iter().map(|&text| text.to_owned()).collect::<Vec<_>>());
    assert_eq!(all(&["MIT OR ISC", "Zlib", "Zlib"]), "(MIT OR ISC) AND Zlib");
    assert_eq!(all(&["MIT OR ISC"]), "MIT OR ISC");
    let found: Vec<_> = references("(LicenseRef-a OR MIT) AND LicenseRef-b").collect();
    assert_eq!(found, ["LicenseRef-a", "LicenseRef-b"]);
}

#[test]
fn a_gnu_name_is_settled_at_once_however_its_parts_are_joined() {
    let joins = ["", "-", "_", " ", "/", ", ", " v", "-v", " version ", ".", "-."];
    let ends = ["", "+", "or-later", "or later", "only", "license"];
    let mut known = 0;
    for family in ["GPL", "lgpl", "AGPL", "gfdl", "GFDL-niv"] {
        for (version, end) in
            ["1", "1.0", "1.2", "2", "2.1", "3.0"].iter().flat_map(|v| ends.map(|e| (v, e)))
        {
            for (join, last) in joins.iter().flat_map(|first| joins.map(|last| (first, last))) {
                let declared = format!("{family}{join}{version}{last}{end}");
                let Some(once) = normalise(&declared) else { continue };
                known += 1;
                assert_eq!(normalise(&once).as_ref(), Some(&once), "{declared}");
            }
        }
    }
    assert!(known > 1000, "{known} of the names are known");
    for (apart, joined) in
        [("GPL-1.0 +", "GPL-1.0+"), ("gpl 2-+", "gpl 2+"), ("LGPL v2 +", "LGPL v2+")]
    {
        assert_eq!(normalise(apart), normalise(joined), "{apart}");
    }
    assert_eq!(normalise("LGPL v2 +"), None);
}

proptest::proptest! {
    #[test]
    fn what_is_normal_stays_as_it_is(text in "(MIT|GPL-2\\+|LGPL|v2\\+|ISC|bsd|with|and|or|\\(|\\)|[ \n\r\t]|,|/|[a-z0-9.+-]{1,8}){0,12}") {
        if let Some(once) = normalise(&text) {
            proptest::prop_assert_eq!(normalise(&once), Some(once));
        }
    }

    #[test]
    fn any_text_is_read_without_harm(text in ".{0,60}") {
        let _ = normalise(&text);
    }
}

#[test]
fn a_hundred_thousand_licences_are_one_expression() {
    let names: Vec<String> = (0..100_000).map(|at| format!("LicenseRef-{at}")).collect();
    let twice = [&names[..], &names[..]].concat();
    assert_eq!(all_of(&twice), names.join(" AND "));
}
