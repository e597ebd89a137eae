//! What is taken out of an image as a file, and what it waits for.

use super::images::{three_layers, two_images};
use super::registry::{REFERENCE, blobs};
use super::world::{Open, World, image, layer, runs, world};
use crate::codec::StreamInput;
use crate::entry::Members;
use crate::problem::Problem;
use crate::protocol::{
    ArchiveForm, CancelWork, Extract, ExtractedPart, ExtractionNotes, LinkPath, RequestId,
    ShowImage,
};
use crate::selection::LayerSelection;
use crate::session::schedule::{JobEnd, ScheduleInput};

fn root(position: u32) -> Extract {
    let form = ArchiveForm::Tar;
    let part = ExtractedPart::Root { up_to: None, paths: Vec::new(), form };
    Extract { image: image(position), part }
}

fn whole_layer(number: u32) -> Extract {
    let part = ExtractedPart::Layer { layer: layer(number), paths: Vec::new() };
    Extract { image: image(0), part }
}

/// The names in a tar that was made.
fn names(world: &World, request: RequestId) -> Vec<String> {
    let tar = world.beside(request).to_vec();
    let mut members = Members::new(StreamInput::new(Box::new(&tar[..]), Box::new(|_| {})));
    let mut names = Vec::new();
    while let Some(member) = members.next() {
        names.push(String::from_utf8(member.name).unwrap());
    }
    assert!(members.ended_by_mark(), "{names:?}");
    names.sort();
    names
}

fn built() -> World {
    let mut world = world();
    world.open_files(three_layers());
    world.run_until(|world| world.logged("tell tree").len() == 1);
    world
}

#[test]
fn a_file_system_is_written_to_a_file_that_goes_beside_the_answer() {
    let mut world = built();
    let request = world.ask(root(0));
    assert_eq!(world.logged("run extract").len(), 1, "it does not wait for background work");
    world.finish_first(runs("extract 0"));
    assert_eq!(world.logged("open spill").len(), 1);
    world.run();
    assert_eq!(world.answer(request, &root(0)), Ok(ExtractionNotes::default()));
    assert_eq!(names(&world, request), ["b", "c", "padding"]);
    world.assert_clean();
}

#[test]
fn a_layer_is_written_as_it_is() {
    let mut world = built();
    let request = world.ask(whole_layer(2));
    let paths = vec![LinkPath("c".to_owned())];
    let part = ExtractedPart::Layer { layer: layer(3), paths };
    let member = world.ask(Extract { image: image(0), part });
    world.run();
    assert_eq!(names(&world, request), ["b"]);
    assert_eq!(names(&world, member), ["c"]);
    world.assert_clean();
}

#[test]
fn an_image_that_was_not_read_is_read_first() {
    let mut world = world();
    world.open_files(two_images());
    let early = world.ask(root(0));
    assert_eq!(world.problem(early), "not-open");
    world.run_until(|world| world.open.iter().any(runs("index 1")));
    let first = world.ask(root(0));
    world.run();
    let other = world.ask(root(1));
    assert!(!world.answers.contains_key(&other));
    world.run();
    assert!(!names(&world, first).is_empty() && !names(&world, other).is_empty());
    assert_ne!(world.beside(first), world.beside(other));
    world.assert_clean();
}

#[test]
fn what_does_not_exist_is_refused() {
    let mut world = built();
    let nowhere = vec![LinkPath("nowhere".to_owned())];
    let form = ArchiveForm::Zip;
    let part = ExtractedPart::Root { up_to: None, paths: nowhere.clone(), form };
    let path = world.ask(Extract { image: image(0), part });
    let no_image = world.ask(root(7));
    let no_layer = world.ask(whole_layer(7));
    let part = ExtractedPart::Layer { layer: layer(1), paths: nowhere };
    let in_layer = world.ask(Extract { image: image(0), part });
    world.run();
    for (request, code) in [
        (path, "no-such-path"),
        (no_image, "no-such-image"),
        (no_layer, "no-such-layer"),
        (in_layer, "no-such-path"),
    ] {
        assert_eq!(world.problem(request), code);
    }
    world.assert_clean();
}

#[test]
fn one_that_is_cancelled_ends_its_worker() {
    let mut world = built();
    let running = world.ask(root(0));
    let waiting = world.ask(whole_layer(1));
    world.cancel(running);
    assert_eq!(world.logged("end worker").len(), 1);
    assert_eq!(world.logged("remove spill").len(), 1, "what it wrote is not needed");
    world.cancel(waiting);
    world.run();
    assert!(world.answers.is_empty());
    assert_eq!(world.logged("open spill").len(), 0);
    world.assert_clean();
}

#[test]
fn one_that_waits_is_refused_when_the_user_cancels_all_work() {
    let mut world = world();
    world.open_files(two_images());
    world.run_until(|world| world.open.iter().any(runs("index 1")));
    let waiting = world.ask(root(0));
    world.ask(CancelWork {});
    assert_eq!(world.problem(waiting), "reading-cancelled");
    world.run();
    assert_eq!(world.logged("run extract").len(), 0);
    world.assert_clean();
}

#[test]
fn a_file_that_a_layer_removed_is_written_as_it_was_before() {
    let mut world = world();
    world.open_files(three_layers()); // the third removes `a`
    world.run_until(|world| world.logged("tell tree").len() == 1);
    let content = |layers| {
        let part = ExtractedPart::Content { layers, path: LinkPath("a".to_owned()) };
        Extract { image: image(0), part }
    };
    let all = world.ask(content(LayerSelection::All));
    let first = world.ask(content(LayerSelection::UpTo(layer(1))));
    world.run();
    assert_eq!((world.beside(all), world.beside(first)), (&b"one"[..], &b"one"[..]));
    world.assert_clean();
}

#[test]
fn one_that_is_cancelled_once_it_is_written_is_removed() {
    let mut world = built();
    let request = world.ask(root(0));
    world.finish_first(runs("extract 0"));
    world.cancel(request);
    world.run();
    assert!(world.answers.is_empty() && world.spilled.is_empty());
    world.assert_clean();
}

#[test]
fn one_that_fails_says_why_and_leaves_no_file() {
    let mut world = built();
    let lost = world.ask(root(0));
    world.lose_worker(runs("extract 0"));
    assert_eq!(world.problem(lost), "worker-failed");
    let request = world.ask(root(0));
    let at = world.open.iter().position(runs("extract 0")).unwrap();
    let Open::Job { id, .. } = world.open.remove(at) else { panic!("a job") };
    let problem = Problem::new("write-failed", "No room.");
    world.take(ScheduleInput::JobEnded { id, end: JobEnd::Failed(problem) });
    assert_eq!(world.problem(request), "write-failed");
    assert_eq!(world.logged("remove spill").len(), 2);
    world.run();
    world.assert_clean();
}

#[test]
fn files_are_removed_some_time_after_they_were_made() {
    let mut world = built();
    world.ask(root(0));
    world.run();
    assert_eq!(world.spilled.len(), 1);
    world.ask(whole_layer(1));
    world.run();
    assert_eq!(world.spilled.len(), 2, "the first may still be saved");
    world.now += 3_600_000;
    world.ask(whole_layer(2));
    world.run();
    assert_eq!(world.spilled.len(), 1);
    world.assert_clean();
}

#[test]
fn layers_of_a_registry_are_downloaded_for_it() {
    let mut world = world();
    world.registry.put(&blobs(&[&[("a", "1")], &[("b", "2")]]));
    world.open_reference(REFERENCE);
    world.run_until(|world| !world.logged("tell opened").is_empty());
    let request = world.ask(root(0));
    world.run();
    assert_eq!(names(&world, request), ["a", "b"]);
    world.ask(ShowImage { image: image(0) });
    world.run();
    world.assert_clean();
}
