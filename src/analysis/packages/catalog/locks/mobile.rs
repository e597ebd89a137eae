//! pubspec.lock (Dart, Flutter) and Podfile.lock (CocoaPods): YAML in the layout that their tools write.
//!
//! Source: dart.dev, "pubspec.lock"; CocoaPods' guides, "Podfile.lock".

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::digests::add_hex;
use crate::analysis::packages::reading::text::{package, unquoted};

/// `packages:` has one name per line, indented by two, its fields by four, its description's by six.
pub fn pubspec_lock(text: &str) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let Some((key, value)) = line.trim().split_once(':') else { continue };
        let value = unquoted(value);
        match (indent, key, packages.last_mut()) {
            (0, key, _) => inside = key == "packages",
            (2, name, _) if inside => packages.push(package("pub", unquoted(name), "")),
            (4, "version", Some(package)) if inside => package.version = value.to_owned(),
            (4, "source", Some(package)) if inside => package.own = value == "path",
            (6, "sha256", Some(package)) if inside => add_hex(package, "sha256", value),
            _ => {}
        }
    }
    packages
}

/// `PODS:` has `  - NAME (VERSION)`, followed by a colon if deeper lines with dependencies follow. A part
/// of a pod, `NAME/PART`, has the pod's version; only the pod is listed.
pub fn podfile_lock(text: &str) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    let mut section = "";
    for line in text.lines() {
        if !line.starts_with(' ') {
            section = line.trim_end();
        } else if let ("PODS:", Some(pod)) = (section, line.strip_prefix("  - ")) {
            let pod = unquoted(pod.trim_end().trim_end_matches(':'));
            if let Some((name, version)) = pod.split_once(" (") {
                let name = name.split('/').next().unwrap_or_default();
                packages.push(package("cocoapods", name, version.trim_end_matches(')')));
            }
        }
    }
    packages
}
