//! One schedule, whichever driver runs it: the native driver, and one that gives results like a session worker, from
//! an event loop.
//!
//! What this proves: commands follow from what happened, and from nothing that differs between drivers
//! (threads, clocks, how results travel). The browser's executor is not run here; it is one `match` over
//! commands (`browser/engine/executor.rs`), so it cannot add to the sequence or leave something out.

use super::images::{archive, packed, three_layers, two_images};
use super::lines::line;
use super::world::world_with;
use crate::protocol::{ShowImage, WriteReport};
use crate::session::native::{Driver, Memory};
use crate::session::schedule::ScheduleOptions;
use crate::vocabulary::ImagePosition;
use std::cell::RefCell;

fn options(thorough: bool) -> ScheduleOptions {
    ScheduleOptions { cores: 1, thorough, ..ScheduleOptions::default() }
}

/// How often progress is told depends on the time that things take.
fn is_about_time(line: &str) -> bool {
    line.starts_with("tell progress") || line.starts_with("progress of") || line == "wake"
}

fn by_threads(source: &Memory, thorough: bool) -> Vec<String> {
    let lines = RefCell::new(Vec::new());
    let mut driver = Driver::new(source, options(thorough))
        .with_observer(|command| lines.borrow_mut().push(line(command)));
    driver.open_source("x").unwrap();
    driver.ask(ShowImage { image: ImagePosition(1) }).unwrap();
    driver.ask(WriteReport { image: None }).unwrap();
    drop(driver);
    lines.into_inner().into_iter().filter(|line| !is_about_time(line)).collect()
}

fn by_events(source: &Memory, thorough: bool) -> Vec<String> {
    let mut world = world_with(options(thorough));
    world.open_files(source.clone());
    world.run();
    world.ask(ShowImage { image: ImagePosition(1) });
    world.run();
    world.ask(WriteReport { image: None });
    world.run();
    world.assert_clean();
    world.log.into_iter().filter(|line| !is_about_time(line)).collect()
}

#[test]
fn both_drivers_get_the_same_commands() {
    let layers: [&[(&str, &str)]; 2] = [&[("etc/os-release", "ID=x")], &[("a", "1")]];
    let many = archive(&layers, &[&[0], &[0, 1, 0], &[1]]);
    for source in [two_images(), packed(&two_images()), many] {
        for thorough in [false, true] {
            assert_eq!(by_threads(&source, thorough), by_events(&source, thorough));
        }
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
