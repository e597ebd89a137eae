//! Lock files that are plain lists: Composer, NuGet, renv, Conan, Swift Package Manager, Gradle.
//!
//! Source: Composer, docs/05-repositories.md, for packages; NuGet's wiki, "Repeatable builds using a lock
//! file"; renv's documentation, "Lockfiles"; Conan's, "Lockfiles" (both versions); SwiftPM's
//! `ResolvedPackagesStore`; Gradle's manual, "Locking dependency versions".

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::composer::composer_package;
use crate::analysis::packages::reading::json::{elements, members, text};
use crate::analysis::packages::reading::text::package;
use serde_json::Value;

/// Reads composer.lock: packages, and packages for development.
pub fn composer(lock: &Value) -> Vec<Package> {
    let sections = ["packages", "packages-dev"].into_iter();
    sections.flat_map(|section| elements(lock, section)).map(composer_package).collect()
}

/// One list per framework. Other projects of the solution are not packages.
pub fn nuget(lock: &Value) -> Vec<Package> {
    let frameworks = members(lock, "dependencies").flat_map(|(_, list)| list.as_object()).flatten();
    let packages = frameworks.filter(|(_, value)| text(value, "type") != "Project");
    packages.map(|(name, value)| package("nuget", name, text(value, "resolved"))).collect()
}

/// Reads renv.lock.
pub fn renv(lock: &Value) -> Vec<Package> {
    let packages = members(lock, "Packages").map(|(_, value)| value);
    packages.map(|value| package("cran", text(value, "Package"), text(value, "Version"))).collect()
}

/// Lists of references; before Conan 2 a graph with a reference in each node.
pub fn conan(lock: &Value) -> Vec<Package> {
    let lists = ["requires", "build_requires", "python_requires"].into_iter();
    let listed = lists.flat_map(|list| elements(lock, list)).filter_map(Value::as_str);
    let nodes = lock.get("graph_lock").into_iter().flat_map(|graph| members(graph, "nodes"));
    let nodes = nodes.map(|(_, node)| text(node, "ref"));
    listed.chain(nodes).filter_map(conan_reference).collect()
}

/// `NAME/VERSION[@USER/CHANNEL][#REVISION][:PACKAGE][%TIME]`
fn conan_reference(reference: &str) -> Option<Package> {
    let reference = reference.split(['#', ':', '%']).next()?;
    let (package_part, user) = reference.split_once('@').unwrap_or((reference, ""));
    let (name, version) = package_part.split_once('/')?;
    let mut package = package("conan", name, version);
    if let Some((user, channel)) = user.split_once('/') {
        for (key, value) in [("channel", channel), ("user", user)] {
            package.qualifiers.push((key.to_owned(), value.to_owned()));
        }
    }
    Some(package)
}

/// Pins, at the top level since version 2. A pin to a branch has no version.
pub fn swift(lock: &Value) -> Vec<Package> {
    let old = lock.get("object").unwrap_or(&Value::Null);
    elements(lock, "pins").chain(elements(old, "pins")).filter_map(pin).collect()
}

fn pin(pin: &Value) -> Option<Package> {
    let [name, location] = match text(pin, "identity") {
        "" => ["package", "repositoryURL"],
        _ => ["identity", "location"],
    };
    let mut package = package("swift", text(pin, name), text(pin.get("state")?, "version"));
    // `https://github.com/apple/swift-nio.git`, `git@github.com:apple/swift-nio.git`
    let place = text(pin, location);
    let place = place.split_once("://").map_or(place, |(_, rest)| rest);
    let place = place.split_once('@').map_or(place, |(_, rest)| rest).replace(':', "/");
    package.namespace = place.rsplit_once('/').map_or("", |(namespace, _)| namespace).to_owned();
    Some(package)
}

/// `GROUP:ARTIFACT:VERSION=CONFIGURATIONS`
pub fn gradle(text: &str) -> Vec<Package> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let packages = lines.filter_map(|line| {
        let mut parts = line.split('=').next()?.splitn(3, ':');
        let (group, name, version) = (parts.next()?, parts.next()?, parts.next()?);
        let package = package("maven", name.trim(), version.trim());
        Some(Package { namespace: group.trim().to_owned(), ..package })
    });
    packages.collect()
}

#[test]
fn pins_of_the_first_version_are_read() {
    // SwiftPM's test data has the same fields.
    let pin = serde_json::json!({"object": {"pins": [{"package": "SwiftNIO",
        "repositoryURL": "git@github.com:apple/swift-nio.git",
        "state": {"branch": null, "revision": "0a", "version": "2.0.0"}}]}, "version": 1});
    let package = swift(&pin).remove(0);
    assert_eq!((&package.name[..], &package.version[..]), ("SwiftNIO", "2.0.0"));
    assert_eq!(package.namespace, "github.com/apple");
}

#[test]
fn an_renv_lock_lists_packages_by_name() {
    // renv's documentation, "Lockfiles".
    let lock = serde_json::json!({"R": {"Version": "2.15.0"}, "Packages": {"mime": {
        "Package": "mime", "Version": "0.12.1", "Source": "GitHub", "RemoteType": "github"}}});
    let package = renv(&lock).remove(0);
    assert_eq!((&package.name[..], &package.version[..]), ("mime", "0.12.1"));
}

#[test]
fn a_conan_reference_may_have_user_and_channel() {
    let package = conan_reference("mfast/1.2.2@my_user/my_channel#c6f6%12.5").unwrap();
    assert_eq!((&package.name[..], &package.version[..]), ("mfast", "1.2.2"));
    assert_eq!(package.qualifiers.len(), 2);
    assert_eq!(conan_reference("zlib/1.2.12#c67c").unwrap().qualifiers, []);
    assert!(conan_reference("conanfile.py").is_none());
}
