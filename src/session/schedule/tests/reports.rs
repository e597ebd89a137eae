//! Reports and saved inspections, and what they wait for.

use super::images::{three_layers, two_images};
use super::world::{World, image, runs, world};
use crate::protocol::{AddInspection, SaveInspection, ShowImage, WriteReport};

fn opened() -> World {
    let mut world = world();
    world.open_files(two_images());
    world
}

fn report(world: &mut World) -> crate::protocol::RequestId {
    world.ask(WriteReport { image: None })
}

#[test]
fn a_report_waits_for_the_image_and_reads_the_others() {
    let mut world = opened();
    world.run_until(|world| world.open.iter().any(runs("index 1")));
    let early = report(&mut world);
    world.run();
    assert_eq!(world.ready(), [0]);
    let text = std::str::from_utf8(world.beside(early)).unwrap();
    let report: serde_json::Value = serde_json::from_str(text).unwrap();
    let sizes: Vec<_> =
        report["images"].as_array().unwrap().iter().map(|image| image["size"].as_u64()).collect();
    assert_eq!(sizes, [Some(6), Some(8)]);
    assert_eq!(world.logged("run source digest").len(), 1);
    world.assert_clean();
}

#[test]
fn reports_over_the_same_images_are_written_once() {
    let mut world = opened();
    world.run();
    let first = report(&mut world);
    let only = world.ask(WriteReport { image: Some(image(0)) });
    let second = report(&mut world);
    world.run();
    assert_eq!(world.beside(first), world.beside(second));
    assert!(world.beside(only).len() < world.beside(first).len());
    assert_eq!(world.logged("run source digest").len(), 1);
    world.assert_clean();
}

#[test]
fn a_report_that_is_cancelled_is_read_no_further() {
    let mut world = opened();
    world.run();
    let first = report(&mut world);
    let second = report(&mut world);
    let jobs = world.open.len();
    assert_eq!(jobs, 2);
    world.cancel(first);
    assert_eq!(world.open.len(), jobs, "the second one waits for the same");
    world.cancel(second);
    assert!(world.open.is_empty(), "nothing is pending");
    world.run();
    world.assert_clean();
}

/// The latest event about progress.
fn progress_line(world: &World) -> &str {
    let about = |line: &&String| {
        line.starts_with("tell progress") || line.starts_with("tell ready") || *line == "tell idle"
    };
    world.log.iter().rfind(about).map_or("", String::as_str)
}

#[test]
fn the_progress_of_a_report_ends_with_it() {
    let mut world = opened();
    world.run();
    report(&mut world);
    assert_eq!(progress_line(&world), "tell progress Reporting");
    world.run();
    assert_eq!(progress_line(&world), "tell idle");
    world.assert_clean();

    let mut world = opened();
    world.run();
    let before = world.logged("tell idle").len();
    let cancelled = report(&mut world);
    assert_eq!(progress_line(&world), "tell progress Reporting");
    world.cancel(cancelled);
    assert_eq!(progress_line(&world), "tell idle");
    world.run();
    assert_eq!(world.logged("tell idle").len(), before + 1, "told once");
    world.assert_clean();
}

#[test]
fn a_report_gives_way_to_an_image_that_is_shown() {
    let mut world = opened();
    world.run();
    let wanted = report(&mut world);
    world.ask(ShowImage { image: image(1) });
    world.run();
    assert_eq!(world.ready(), [0, 1]);
    assert!(world.answers.contains_key(&wanted));
    world.assert_clean();
}

#[test]
fn an_image_that_was_not_read_is_read_to_be_saved() {
    let mut world = opened();
    let save = world.ask(SaveInspection { image: image(0) });
    assert_eq!(world.problem(save), "not-open");
    world.run();
    let other = world.ask(SaveInspection { image: image(1) });
    let none = world.ask(SaveInspection { image: image(2) });
    assert_eq!(world.problem(none), "no-such-image");
    world.run();
    assert_eq!(world.ready(), [0, 1]);
    let saved = world.beside(other).to_vec();
    let added = world.ask_with(AddInspection { name: "saved".to_owned() }, vec![saved.clone()]);
    world.run();
    let question = AddInspection { name: String::new() };
    assert_eq!(world.answer(added, &question), Ok(vec![image(2)]));
    world.ask(ShowImage { image: image(2) });
    world.run();
    assert_eq!(world.ready(), [0, 1, 2]);
    let wrong = world.ask_with(AddInspection { name: "x".to_owned() }, vec![b"x".to_vec()]);
    world.run();
    assert_eq!(world.problem(wrong), "inspection-expected");
    world.assert_clean();
}

#[test]
fn an_inspection_that_is_taken_back_is_not_taken_in() {
    let mut world = world();
    world.open_files(three_layers());
    world.run();
    let save = world.ask(SaveInspection { image: image(0) });
    world.run();
    let saved = world.beside(save).to_vec();
    let added = world.ask_with(AddInspection { name: "saved".to_owned() }, vec![saved]);
    world.cancel(added);
    world.run();
    assert_eq!(world.session().image_count(), 1);
    world.assert_clean();
}

#[test]
fn a_report_over_an_image_that_is_not_there_is_refused() {
    let mut world = opened();
    world.run();
    let request = world.ask(WriteReport { image: Some(image(9)) });
    assert_eq!(world.problem(request), "no-such-image");
    world.assert_clean();
}
