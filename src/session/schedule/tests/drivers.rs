//! One schedule, whichever driver runs it: the native driver, which `inspect`, the native tests and fuzzing use, and
//! one that gives results like a session worker, from an event loop.
//!
//! What this proves: commands follow from what happened, and from nothing that differs between drivers
//! (threads, clocks, how results travel). The browser's executor is not run here. It executes commands and
//! decides nothing (`browser/engine/executor.rs` is one `match` over them), as the native one.

use super::contents::content;
use super::images::{archive, estargz, noise, packed, three_layers, two_images};
use super::lines::line;
use super::registry::{FakeResponse, REFERENCE, Registry, blobs};
use super::world::{World, image, world_with};
use crate::http::{HttpFailure, HttpRequest, HttpResponse};
use crate::protocol::{
    DownloadRequest, NetworkSettings, ShowImage, SourceRequest, ToSession, WriteReport,
};
use crate::session::native::{Driver, Memory, Transport};
use crate::session::schedule::ScheduleOptions;
use std::cell::RefCell;

/// What a driver did, and what users got of it.
#[derive(Debug, PartialEq)]
struct Run {
    commands: Vec<String>,
    content: Vec<u8>,
    report: String,
}

fn options(thorough: bool) -> ScheduleOptions {
    ScheduleOptions { cores: 1, thorough, ..ScheduleOptions::default() }
}

/// Without what depends on the time that things take: how often progress is told.
fn timeless(lines: Vec<String>) -> Vec<String> {
    let is_about_time = |line: &String| {
        line.starts_with("tell progress")
            || line.starts_with("progress of")
            || line.ends_with("wake")
    };
    lines.into_iter().filter(|line| !is_about_time(line)).collect()
}

fn by_threads(source: &Memory, thorough: bool) -> Run {
    let lines = RefCell::new(Vec::new());
    let mut driver = Driver::new(source, options(thorough))
        .with_observer(|command| lines.borrow_mut().push(line(command)));
    driver.open_source("x").unwrap();
    driver.show(image(1)).unwrap();
    let content = driver.content(content("a")).unwrap();
    let report = driver.report(None).unwrap();
    assert_eq!((driver.panics(), driver.defects()), (0, 0));
    drop(driver);
    Run { commands: timeless(lines.into_inner()), content, report }
}

fn by_events(source: &Memory, thorough: bool) -> Run {
    let mut world = world_with(options(thorough));
    world.open_files(source.clone());
    world.run();
    world.ask(ShowImage { image: image(1) });
    world.run();
    read_and_report(world, "a")
}

fn read_and_report(mut world: World, path: &str) -> Run {
    let read = world.ask(content(path));
    world.run();
    let report = world.ask(WriteReport { image: None });
    world.run();
    world.assert_clean();
    let content = world.beside(read).to_vec();
    let report = String::from_utf8(world.beside(report).to_vec()).unwrap();
    Run { commands: timeless(world.log), content, report }
}

#[test]
fn both_drivers_get_the_same_commands() {
    let layers: [&[(&str, &str)]; 2] = [&[("etc/os-release", "ID=x")], &[("a", "1")]];
    let many = archive(&layers, &[&[0, 1], &[0, 1, 0], &[1]]);
    for source in [two_images(), packed(&two_images()), many] {
        for thorough in [false, true] {
            assert_eq!(by_threads(&source, thorough), by_events(&source, thorough));
        }
    }
}

/// Sends requests to a registry in memory.
struct ToRegistry(Registry);

impl Transport for ToRegistry {
    fn send(&mut self, request: &HttpRequest) -> Result<(HttpResponse, Vec<Vec<u8>>), HttpFailure> {
        let FakeResponse { result, pieces, .. } = self.0.answer(request);
        Ok((result?, pieces))
    }
}

fn registry(of_table: bool) -> Registry {
    let mut registry = Registry::default();
    // Of several layers that come at once, the order of their pieces is the network's.
    registry.put(&match of_table {
        true => vec![estargz(&[("etc/small", "small"), ("etc/large", &noise(400_000))])],
        false => blobs(&[&[("etc/small", "small")]]),
    });
    registry
}

fn pulled_by_threads(of_table: bool) -> Run {
    let (lines, nothing) = (RefCell::new(Vec::new()), Memory::default());
    let mut driver = Driver::new(&nothing, options(false))
        .with_transport(ToRegistry(registry(of_table)))
        .with_observer(|command| lines.borrow_mut().push(line(command)));
    driver.say(ToSession::Open(SourceRequest::Registry {
        reference: REFERENCE.to_owned(),
        platform: None,
        preferred_platform: None,
        network: NetworkSettings::default(),
    }));
    driver.say(ToSession::Download(DownloadRequest::Needed));
    let content = driver.content(content("etc/small")).unwrap();
    let report = driver.report(None).unwrap();
    assert_eq!((driver.failure(), driver.panics(), driver.defects()), (None, 0, 0));
    drop(driver);
    Run { commands: timeless(lines.into_inner()), content, report }
}

fn pulled_by_events(of_table: bool) -> Run {
    let mut world = world_with(options(false));
    world.registry = registry(of_table);
    world.open_reference(REFERENCE);
    world.run();
    world.download(DownloadRequest::Needed);
    world.run();
    read_and_report(world, "etc/small")
}

#[test]
fn both_drivers_get_the_same_commands_for_an_image_in_a_registry() {
    for of_table in [false, true] {
        let run = pulled_by_threads(of_table);
        assert_eq!(run.content, b"small");
        let fetches = run.commands.iter().filter(|line| line.contains("bytes=")).count();
        assert_eq!(fetches > 0, of_table, "{:#?}", run.commands);
        assert_eq!(run, pulled_by_events(of_table));
    }
}

#[test]
fn threads_give_what_one_after_the_other_gives() {
    let source = three_layers();
    let report = |cores| {
        let options = ScheduleOptions { cores, ..ScheduleOptions::default() };
        let mut driver = Driver::open("x", &source, options).unwrap();
        assert_eq!(driver.defects(), 0);
        driver.report(None).unwrap()
    };
    assert_eq!(report(1), report(4));
}
