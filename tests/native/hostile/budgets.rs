//! What one file, or many layers, may take of the memory. Each test runs in a process of its own.

use super::limits::within;
use super::{open, warnings, zip};
use crate::made::{docker, tar};
use serde_json::Value;

/// An archive of libraries within others that have long names: every package has a path of half a megabyte.
fn a_jar_of_long_paths_body() {
    let pom = b"groupId=a\nartifactId=b\nversion=1\n";
    let names: Vec<String> =
        (0..20_000).map(|n| format!("META-INF/maven/{n}/pom.properties")).collect();
    let poms: Vec<(&str, &[u8])> = names.iter().map(|name| (&name[..], &pom[..])).collect();
    let long = "n".repeat(65_000) + ".jar";
    let jar = (0..7).fold(zip(&poms), |inner, _| zip(&[(&long, &inner)]));
    let status = b"Package: bash\nStatus: install ok installed\nVersion: 5.2\n\n";
    let layer = tar(&[("srv/app.jar", &jar), ("var/lib/dpkg/status", status)]);
    let report = open(docker(&[layer])).unwrap();
    let packages = report["images"][0]["packages"].as_array().unwrap();
    assert!(packages.iter().any(|package| package["name"] == "bash"), "the layer is not lost");
    assert!(warnings(&report).contains(&"package-database-damaged".to_owned()));
}

#[test]
fn a_jar_of_long_paths_costs_its_limit() {
    within(700, module_path!(), "a_jar_of_long_paths_costs_its_limit", a_jar_of_long_paths_body);
}

/// A layer whose file lists are repeated by a manifest that names it a thousand times.
fn one_layer_a_thousand_times_body() {
    let list: String =
        (0..20_000).map(|n| format!("/usr/share/folder/of/files/file{n}\n")).collect();
    let names: Vec<String> = (0..10).map(|n| format!("var/lib/dpkg/info/p{n}.list")).collect();
    let members: Vec<(&str, &[u8])> =
        names.iter().map(|name| (&name[..], list.as_bytes())).collect();
    let layers = Value::from(vec!["l"; 1000]);
    let manifest = format!(r#"[{{"Config":"c.json","Layers":{layers}}}]"#);
    let layer = tar(&members);
    let archive = [("c.json", &b"{}"[..]), ("l", &layer), ("manifest.json", manifest.as_bytes())];
    let report = open(tar(&archive)).unwrap();
    assert!(warnings(&report).contains(&"packages-limit".to_owned()), "{:?}", warnings(&report));
    let partial = report["images"][0]["partialLayers"].as_array().unwrap().len();
    assert!((900..1000).contains(&partial), "{partial} layers are read in part");
}

#[test]
fn one_layer_a_thousand_times_costs_its_limit() {
    let test = "one_layer_a_thousand_times_costs_its_limit";
    within(1500, module_path!(), test, one_layer_a_thousand_times_body);
}
