//! What one file, or many layers, may take of the memory. Each test runs in a process of its own.

use super::counting::cost;
use super::limits::within;
use super::{open, warnings};
use crate::fuzzing::generators::{zip, zip_of};
use crate::made::{docker, tar};
use crate::sessions;
use layerscope::analysis::contents::AnalysisHook;
use layerscope::codec::{BlobPart, Checkpoints};
use layerscope::layer::{Contents, DistantBuffer, Limits, ScanOptions, scan};
use layerscope::protocol::{Layers, LiftLimit};
use layerscope::session::jobs::{Job, JobResult, Work, run};
use layerscope::session::native::{Driver, Memory};
use layerscope::session::schedule::ScheduleOptions;
use layerscope::vocabulary::{ImagePosition, LayerNumber};
use serde_json::Value;
use std::io::Cursor;

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

/// Six archives of two megabytes that each hold 200 MiB: more than a layer's files may hold together.
fn jars_that_hold_much_body() {
    let inner = zip(&[("padding", &vec![0; 200 << 20])]);
    let jar = zip_of(&[("a.jar", &inner)], true);
    drop(inner);
    assert!(jar.len() < 3 << 20, "{} bytes", jar.len());
    let names: Vec<String> = (0..6).map(|n| format!("srv/{n}.jar")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (&name[..], &jar[..])).collect();
    let source = Memory::one(docker(&[tar(&members)]));
    let image = ImagePosition(0);
    let limited = |driver: &mut Driver<'_>| {
        let rows = driver.ask(Layers { image }).unwrap().rows;
        let warnings = warnings(&sessions::report_of(driver));
        let damaged = warnings.iter().filter(|code| *code == "package-database-damaged").count();
        (rows[0].layer.as_ref().unwrap().limited, damaged)
    };
    let options = ScheduleOptions { cores: 1, ..ScheduleOptions::default() };
    let mut driver = sessions::with_options(&source, options.clone()).unwrap();
    assert_eq!(limited(&mut driver), (true, 1), "the limit is reached, and said");
    driver.ask(LiftLimit { image, layer: LayerNumber::new(1) }).unwrap();
    assert_eq!(limited(&mut driver), (false, 0), "the button lifts it");
    drop(driver);
    let lifted = ScheduleOptions { no_limits: true, ..options };
    let mut driver = sessions::with_options(&source, lifted).unwrap();
    assert_eq!(limited(&mut driver), (false, 0), "so does --no-limits");
}

#[test]
fn what_files_of_a_layer_hold_together_is_limited_and_can_be_lifted() {
    let test = "what_files_of_a_layer_hold_together_is_limited_and_can_be_lifted";
    within(1000, module_path!(), test, jars_that_hold_much_body);
}

#[test]
fn large_files_are_read_separately_up_to_a_sum_that_can_be_lifted() {
    let mut program = b"\x7fELF\x02\x01\x01".to_vec();
    program.resize(33 << 20, 0);
    // Of `node` the version is looked for in all its bytes, of other programs parts are enough.
    for name in ["node", "app"] {
        let layer = tar(&[(&format!("a/{name}"), &program), (&format!("b/{name}"), &program)]);
        let most = Limits { large: 40 << 20, ..Limits::default() };
        for (limits, large, limited) in [(most, vec![0], true), (Limits::LIFTED, vec![0, 1], false)]
        {
            let options =
                ScanOptions { limits, contents: Contents::Read, ..ScanOptions::default() };
            let part = BlobPart::plain(0, 0, layer.len() as u64);
            let source = Box::new(Cursor::new(layer.clone()));
            let mut hook = AnalysisHook::new(limits);
            let none = Checkpoints::default();
            let found = scan(source, part, &none, &options, Some(&mut hook), None, &mut |_| {});
            let notes = found.unwrap().notes;
            let open = if name == "node" { notes.large } else { notes.in_parts };
            assert_eq!((open, notes.limited, notes.cut), (large, limited, limited), "{name}");
        }
    }
}

/// From the worker that made it, over the buffer that travels, to the session.
#[test]
fn an_index_is_there_twice_at_most_on_its_way_to_the_session() {
    let names: Vec<String> =
        (0..20_000).map(|n| format!("{}/{n}", "directory/".repeat(9))).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (&name[..], &b""[..])).collect();
    let layer = tar(&members);
    let part = BlobPart::plain(0, 0, layer.len() as u64);
    let work = Work::Index { part, options: ScanOptions::default() };
    let job = Job { blob_bytes: part.len, layer: 1, work, outer: Checkpoints::default() };
    let read = || {
        let mut open = |_| Ok(Box::new(Cursor::new(layer.clone())) as _);
        run(&job, &mut open, None, &mut |_| {}).unwrap()
    };
    let buffer = read().into_buffer();
    let size = buffer.len() as u64;
    assert!(size > 3 << 20, "{size} bytes");
    let result = read();
    let sent = cost(move || result.into_buffer()).peak;
    assert!(sent < size + size / 10, "{sent} bytes beside the index, for a buffer of {size}");
    let copy = |start: usize, end: usize| buffer[start..end].to_vec();
    let mut distant = DistantBuffer::new(buffer.len(), copy);
    let received = cost(|| JobResult::from_source(&mut distant).is_ok()).peak;
    assert!(received < size + size / 3, "{received} bytes beside a buffer of {size}");
    println!("sent with {sent}, received with {received} bytes beside {size}");
}
