//! Opening sources, and the image that a link names.

use super::images::{layer_tar, three_layers, two_images};
use super::world::{Open, World, image, world, world_with};
use crate::oci::Digest;
use crate::protocol::{FirstImage, SourceRequest, ToSession};
use crate::session::native::Memory;
use crate::session::schedule::{FirstShown, ScheduleOptions};

fn opened_for(source: Memory, first: FirstImage) -> World {
    let mut world = world();
    world.open_for(source, first);
    world.run();
    world
}

fn required(id: &str) -> FirstImage {
    FirstImage { required_id: Some(id.to_owned()), ..FirstImage::default() }
}

fn preferred(platform: &str) -> FirstImage {
    FirstImage { preferred_platform: Some(platform.to_owned()), ..FirstImage::default() }
}

/// The ID of an image of a source.
fn id_of(source: &Memory, position: usize) -> String {
    let world = opened_for(source.clone(), FirstImage::default());
    let source =
        crate::protocol::AnswersQueries::source(world.session(), crate::protocol::Source {});
    source.unwrap().images[position].image_id.clone()
}

#[test]
fn the_first_image_is_the_link_s_or_the_platform_s() {
    let id = id_of(&two_images(), 1);
    for (first, ready) in [
        (FirstImage::default(), 0),
        (preferred("linux/arm64"), 1),
        (preferred("linux/riscv64"), 0),
        (required(&id), 1),
    ] {
        assert_eq!(opened_for(two_images(), first).ready(), [ready]);
    }
    let world = opened_for(two_images(), required(&Digest::of(b"another").to_string()));
    let problem = world.failure().unwrap();
    assert_eq!(problem.code, "wrong-archive");
    assert!(problem.found.as_ref().unwrap().contains(&id), "{problem}");
    assert_eq!(world.logged("run"), [""; 0]);
}

#[test]
fn a_bare_layer_is_compared_with_the_link_once_it_is_read() {
    let tar = layer_tar(&[("etc/passwd", "root")]);
    let right = opened_for(Memory::one(tar.clone()), required(&Digest::of(&tar).to_string()));
    assert_eq!((right.ready(), right.failure()), (vec![0], None));
    let wrong = opened_for(Memory::one(tar), required(&Digest::of(b"another").to_string()));
    assert_eq!(wrong.ready(), [0; 0]);
    assert_eq!(wrong.failure().unwrap().code, "wrong-archive");
    assert_eq!(wrong.logged("tell tree").len(), 1, "the files are shown until then");
}

#[test]
fn a_native_driver_can_name_the_image() {
    let opened = |first| {
        let options = ScheduleOptions { first, cores: 1, ..ScheduleOptions::default() };
        let mut world = world_with(options);
        world.open_files(two_images());
        world.run();
        world
    };
    assert_eq!(opened(FirstShown::Position(image(1))).ready(), [1]);
    assert_eq!(opened(FirstShown::Platform("linux/arm64".to_owned())).ready(), [1]);
    for wrong in [FirstShown::Position(image(2)), FirstShown::Platform("plan9/mips".to_owned())] {
        assert_eq!(opened(wrong).failure().unwrap().code, "no-such-image");
    }
}

#[test]
fn what_is_no_archive_is_refused() {
    let world = opened_for(Memory::one(b"PNG".to_vec()), FirstImage::default());
    assert!(world.failure().is_some());
    world.assert_clean();
}

const URL: &str = "https://files.example/image.tar?x=1";

fn fetched(change: impl FnOnce(&mut World)) -> World {
    let mut world = world();
    world.registry.pages.insert(URL.to_owned(), three_layers().0[0].1.to_vec());
    world.registry.piece = 1000;
    change(&mut world);
    let first = FirstImage::default();
    world.say(ToSession::Open(SourceRequest::Url { url: URL.to_owned(), first }));
    world.run();
    world
}

#[test]
fn an_archive_on_the_web_is_fetched_and_opened() {
    let world = fetched(|_| {});
    assert_eq!(world.logged("send"), [format!("send GET {URL}")]);
    assert_eq!(world.logged("finish"), ["finish, keep false"]);
    assert_eq!(world.ready(), [0]);
    world.assert_clean();
}

#[test]
fn an_archive_on_the_web_that_cannot_be_had_says_why() {
    for (change, code) in [
        (
            &(|world: &mut World| world.registry.silent = true) as &dyn Fn(&mut World),
            "fetch-failed",
        ),
        (&|world: &mut World| world.registry.pages.clear(), "fetch-failed"),
        (&|world: &mut World| world.room = 2000, "no-room"),
    ] {
        let world = fetched(|world| change(world));
        assert_eq!(world.failure().unwrap().code, code);
        assert_eq!(world.ready(), [0; 0]);
        world.assert_clean();
    }
}

#[test]
fn a_source_that_is_read_after_the_schedule_was_closed_is_dropped() {
    let mut world = world();
    world.open_files(three_layers());
    assert!(matches!(world.open[..], [Open::Source { .. }]));
    world.close();
    world.finish(0);
    assert!(world.schedule.session().is_none());
}
