//! WordPress: plugins, each described in a comment in its main file.
//!
//! Source: WordPress, Plugin Handbook, "Header Requirements", and `get_file_data`: fields count in the
//! first 8 KiB. A plugin is a folder in `wp-content/plugins`, or a single file there.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::CatalogFacts;
use crate::analysis::packages::reading::text::{folder, package};

/// The first bytes of a file, in which WordPress looks for the fields.
const HEADER: usize = 8 << 10;

pub const CATALOGER: Cataloger = Cataloger {
    name: "WordPress plugins",
    wants: |file| file.name().ends_with(b".php") && in_plugins(file).is_some(),
    read: CatalogRead::Whole(read),
};

/// Whether the file is in a plugin's own folder; `None` if it is not a plugin's file.
fn in_plugins(file: &Candidate<'_>) -> Option<bool> {
    let is_plugins = |folder: &[u8]| {
        folder
            .strip_suffix(b"wp-content/plugins")
            .is_some_and(|rest| matches!(rest, [] | [.., b'/']))
    };
    let folder = file.folder();
    let above = folder.iter().rposition(|&byte| byte == b'/').and_then(|cut| folder.get(..cut));
    match above {
        Some(above) if is_plugins(above) => Some(true),
        _ => is_plugins(folder).then_some(false),
    }
}

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let head = String::from_utf8_lossy(bytes.get(..HEADER).unwrap_or(bytes));
    let field = |name: &str| head.lines().find_map(|line| value(line, name)).unwrap_or_default();
    let mut package = package("wordpress-plugin", field("Plugin Name"), field("Version"));
    if package.name.is_empty() {
        return CatalogFacts::default();
    }
    package.licenses.extend(Some(field("License").to_owned()).filter(|text| !text.is_empty()));
    package.supplier = field("Author").to_owned();
    package.homepage = field("Plugin URI").to_owned();
    package.files = vec![match in_plugins(file) {
        Some(true) => folder(file),
        _ => String::from_utf8_lossy(file.path).into_owned(),
    }];
    CatalogFacts::of(package)
}

/// The value after `NAME:` at the start of a comment line.
fn value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let line = line.trim_start_matches("<?php");
    let line = line.trim_start_matches([' ', '\t', '/', '*', '#', '@']);
    let (key, value) = line.split_once(':')?;
    let value = value.split("*/").next()?.split("?>").next()?.trim();
    (key.eq_ignore_ascii_case(name) && !value.is_empty()).then_some(value)
}

#[test]
fn a_plugin_is_described_by_its_main_file() {
    // The Plugin Handbook's own example, shortened.
    let text = b"<?php\n/**\n * Plugin Name:       My Basics Plugin\n * Plugin URI:        \
                 https://example.com/plugins/the-basics/\n * Version:           1.10.3\n * Author:   \
                 John Smith\n * License:           GPL v2 or later\n */\n";
    let at = |path: &'static str| Candidate::at(path.as_bytes());
    let main = at("var/www/wp-content/plugins/basics/basics.php");
    assert!((CATALOGER.wants)(&main));
    let package = read(&main, text).packages.remove(0);
    assert_eq!((&package.name[..], &package.version[..]), ("My Basics Plugin", "1.10.3"));
    assert_eq!(package.licenses, ["GPL v2 or later"]);
    assert_eq!(package.files, ["var/www/wp-content/plugins/basics/"]);
    let single = at("var/www/wp-content/plugins/hello.php");
    assert_eq!(read(&single, text).packages[0].files, ["var/www/wp-content/plugins/hello.php"]);
    assert!(!(CATALOGER.wants)(&at("var/www/wp-content/plugins/basics/inc/a.php")));
    assert!(!(CATALOGER.wants)(&at("var/www/wp-content/themes/x/a.php")));
    assert!(read(&main, b"<?php\n// Silence is golden.\n").is_empty());
}
