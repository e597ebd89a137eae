//! Bundler's Gemfile.lock (gems.locked).
//!
//! Source: Bundler, `LockfileParser`: the sections GEM, GIT, PATH and others have `specs:`, with one gem per
//! line, indented by four, `NAME (VERSION[-PLATFORM])`; deeper lines are dependencies. CHECKSUMS repeats
//! the gems, indented by two, with their digests.

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::digests::add_hex;
use crate::analysis::packages::reading::text::package;
use std::collections::BTreeMap;

/// Reads Gemfile.lock.
pub fn gemfile_lock(text: &str) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    let mut digests: BTreeMap<&str, &str> = BTreeMap::new();
    let mut section = "";
    for line in text.lines() {
        if !line.starts_with(' ') {
            section = line.trim_end();
        } else if section == "CHECKSUMS" {
            let gem = line.strip_prefix("  ").and_then(|line| line.split_once(") "));
            digests.extend(gem.and_then(|(gem, all)| {
                let mut all = all.split(',');
                Some((gem, all.find_map(|digest| digest.trim().strip_prefix("sha256="))?))
            }));
        } else if let Some(gem) = line.strip_prefix("    ")
            && matches!(section, "GEM" | "GIT" | "PATH" | "PLUGIN SOURCE")
            && !gem.starts_with(' ')
        {
            let own = section == "PATH";
            packages.extend(spec(gem).map(|gem| Package { own, ..gem }));
        }
    }
    for package in &mut packages {
        let platform =
            package.qualifiers.first().map_or(String::new(), |(_, name)| format!("-{name}"));
        let gem = format!("{} ({}{platform}", package.name, package.version);
        if let Some(sha256) = digests.get(gem.as_str()) {
            add_hex(package, "sha256", sha256);
        }
    }
    packages
}

fn spec(line: &str) -> Option<Package> {
    let (name, version) = line.split_once(" (")?;
    let version = version.trim_end().trim_end_matches(')');
    let (version, platform) = version.split_once('-').unwrap_or((version, ""));
    let mut package = package("gem", name, version);
    if !platform.is_empty() {
        package.qualifiers.push(("platform".to_owned(), platform.to_owned()));
    }
    Some(package)
}

#[test]
fn checksums_belong_to_a_gem_and_its_platform() {
    // The layout of Bundler 2.5's documentation, with digests of the empty text.
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let text = format!(
        "GEM\n  specs:\n    nokogiri (1.16.0)\n      racc (~> 1.4)\n    nokogiri (1.16.0-x86_64-linux)\n\n\
         DEPENDENCIES\n  nokogiri (1.0)\n\nCHECKSUMS\n  nokogiri (1.16.0-x86_64-linux) sha256={empty}\n"
    );
    let packages = gemfile_lock(&text);
    assert_eq!(packages.len(), 2);
    assert!(packages[0].digests.is_empty());
    assert_eq!(packages[1].digests, [format!("sha256:{empty}")]);
    assert_eq!(packages[1].qualifiers, [("platform".to_owned(), "x86_64-linux".to_owned())]);
}
