//! What is missing of an image is said wherever something is made of it.

use super::downloads::{pulled, states};
use super::images::{archive_of, layer_tar, three_layers};
use super::registry::Fault;
use super::world::{World, image, runs, world};
use crate::problem::{LEAVES_OUT, Problem};
use crate::protocol::{
    AddInspection, AnswersQueries, DownloadRequest, Overview, PackageCounts, PullState,
    SaveInspection, ShowImage, TakePart,
};
use crate::session::native::Memory;
use crate::session::{Session, inspection};
use crate::vocabulary::{LayerNumber, LayerPosition};

/// The code of the part that is missing of an image, and its layer.
fn missing(session: &Session, number: u32) -> Option<(String, Option<LayerPosition>)> {
    let problem = session.missing_part(image(number)).unwrap()?;
    Some((problem.code.into_owned(), problem.layer))
}

fn gaps(world: &World, number: u32) -> String {
    world.session().packages_of(image(number)).unwrap().1.gaps()
}

fn read(source: Memory) -> World {
    let mut world = world();
    world.open_files(source);
    world.run();
    assert_eq!(world.ready(), [0], "{:#?}", world.log);
    world
}

#[test]
fn a_layer_that_could_not_be_downloaded_is_missing_in_a_saved_inspection() {
    let (mut world, digests) = pulled();
    world.registry.fail(&digests[1], Fault::Status(404));
    world.download(DownloadRequest::Needed);
    world.run();
    assert_eq!(states(&world)[1], PullState::Failed);
    let save = world.ask(SaveInspection { image: image(0) });
    world.run();
    let saved = world.beside(save).to_vec();
    world.ask_with(AddInspection { name: "saved".to_owned() }, vec![saved.clone()]);
    world.run();
    world.ask(ShowImage { image: image(1) });
    world.run();
    let lost = Some(("layers-not-read".to_owned(), Some(LayerPosition(1))));
    assert_eq!(missing(world.session(), 0), lost);
    assert_eq!(missing(world.session(), 1), lost);
    assert!(gaps(&world, 1).contains("layer 2 (counted from 1): not read"), "{}", gaps(&world, 1));
    let opened = Session::open("x", &Memory::one(saved)).unwrap();
    assert_eq!(missing(&opened, 0), lost);
    let report = world.session().report(Some(image(1))).unwrap();
    assert!(report.contains("registry-not-found"), "the reason is told");
    world.assert_clean();
}

#[test]
fn a_layer_whose_worker_failed_is_missing_with_the_reason() {
    let mut world = world();
    world.open_files(three_layers());
    world.run_until(|world| world.open.iter().any(runs("index 2")));
    world.lose_worker(runs("index 2"));
    world.run();
    assert_eq!(missing(world.session(), 0).unwrap().0, "worker-failed");
}

#[test]
fn a_layer_with_a_damaged_header_is_not_whole() {
    let mut tar = layer_tar(&[("a", "1"), ("b", "2")]);
    tar[1024 + 150] ^= 1; // within the second header's checksum
    let world = read(archive_of(&[layer_tar(&[("c", "3")]), tar], &[&[0, 1]]));
    let damaged = Some(("tar-damaged".to_owned(), Some(LayerPosition(1))));
    assert_eq!(missing(world.session(), 0), damaged);
    assert!(gaps(&world, 0).contains("layer 2"), "{}", gaps(&world, 0));
}

#[test]
fn layers_beyond_the_limit_are_missing() {
    let world = read(archive_of(&[layer_tar(&[("a", "1")])], &[&[0; 1001]]));
    assert_eq!(missing(world.session(), 0), Some(("too-many-layers".to_owned(), None)));
    assert!(gaps(&world, 0).contains("layers beside these: not read"), "{}", gaps(&world, 0));
    let beyond = LayerPosition(1000).number();
    let facts = world.session().overview(Overview { image: image(0) }).unwrap();
    assert_eq!(facts.unread, [beyond]);
    let mut world = world;
    let question = PackageCounts { image: image(0), layers: Default::default() };
    let asked = world.ask(question.clone());
    assert_eq!(world.answer(asked, &question).unwrap().unread, [beyond]);
}

#[test]
fn an_archive_that_ends_before_its_index_is_not_whole() {
    let id = "a".repeat(64);
    let mut tar = layer_tar(&[(&format!("{id}/layer.tar"), "1")]);
    tar.truncate(1024); // without the end of the tar
    let world = read(Memory::one(tar));
    assert_eq!(missing(world.session(), 0), Some(("archive-truncated".to_owned(), None)));
}

#[test]
fn what_its_source_lacks_is_not_missing_in_an_image_of_another_source_nor_in_a_part_of_it() {
    let mut tar = layer_tar(&[(&format!("{}/layer.tar", "a".repeat(64)), "1")]);
    tar.truncate(1024);
    let mut world = read(Memory::one(tar));
    let whole = read(three_layers()).session().save(image(0)).unwrap();
    world.ask_with(AddInspection { name: "saved".to_owned() }, vec![whole]);
    world.run();
    world.ask(ShowImage { image: image(1) });
    let part = TakePart { image: image(1), last: LayerNumber::FIRST };
    let taken = world.ask(part.clone());
    assert_eq!(world.answer(taken, &part), Ok(image(2)));
    world.ask(ShowImage { image: image(2) });
    world.run();
    assert!(missing(world.session(), 0).is_some());
    assert_eq!([1, 2].map(|number| missing(world.session(), number)), [None, None]);
}

#[test]
fn an_image_that_was_read_misses_nothing() {
    let world = read(three_layers());
    assert_eq!((missing(world.session(), 0), gaps(&world, 0)), (None, String::new()));
}

#[test]
fn an_inspection_may_say_all_that_leaves_something_out() {
    for code in LEAVES_OUT {
        let problem = inspection::quoted(Problem::new(code, "A part is missing."));
        assert!(problem.leaves_out(), "{code} became {}", problem.code);
    }
}
