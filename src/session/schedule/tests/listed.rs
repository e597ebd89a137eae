//! Layers in a registry with tables of contents, which stand in for their blobs.

use super::contents::content;
use super::downloads::{pulled_of, states};
use super::images::{LayerBlob, estargz, noise};
use super::registry::{Fault, blobs};
use super::world::layer;
use crate::protocol::{DownloadRequest, PullState, WriteReport};

/// Two layers, the second with a table of contents.
fn with_table() -> Vec<LayerBlob> {
    let mut layers = blobs(&[&[("etc/base", "1")]]);
    layers.push(estargz(&[("etc/small", "small"), ("etc/large", &noise(400_000))]));
    layers
}

#[test]
fn a_table_of_contents_comes_first_and_stands_in_for_its_layer() {
    let (mut world, digests) = pulled_of(&with_table());
    world.download(DownloadRequest::Needed);
    world.run();
    assert_eq!(states(&world), [PullState::Done, PullState::Listed]);
    assert_eq!(world.ready(), [0]);
    let of_table = |line: &&String| line.contains(&digests[1].to_string());
    assert!(world.log.iter().filter(of_table).all(|line| line.contains("bytes=")));
    // One file is fetched by itself.
    let small = world.ask(content("etc/small"));
    world.run();
    assert_eq!(world.beside(small), b"small");
    assert_eq!(states(&world)[1], PullState::Listed);
    // A report needs the layer, and what the table claims is compared with it.
    let report = world.ask(WriteReport { image: None });
    world.run();
    assert_eq!(states(&world), [PullState::Done; 2]);
    assert!(!world.beside(report).is_empty());
    assert_eq!(world.ready(), [0, 0]);
    world.assert_clean();
}

#[test]
fn a_table_of_contents_that_cannot_be_had_is_no_problem() {
    let (mut world, digests) = pulled_of(&with_table());
    world.registry.fail(&digests[1], Fault::Status(404));
    world.download(DownloadRequest::Needed);
    world.run();
    assert_eq!(states(&world), [PullState::Done; 2], "the layer itself comes");
    world.assert_clean();
}

#[test]
fn a_part_that_is_cancelled_is_fetched_no_further() {
    let (mut world, _) = pulled_of(&with_table());
    world.download(DownloadRequest::Needed);
    world.run();
    let small = world.ask(content("etc/small"));
    assert!(!world.open.is_empty());
    world.cancel(small);
    world.run();
    assert!(world.answers.is_empty());
    world.assert_clean();
}

#[test]
fn a_file_that_was_fetched_by_itself_is_kept_until_it_is_read() {
    for cancelled in [false, true] {
        let (mut world, _) = pulled_of(&with_table());
        world.download(DownloadRequest::Needed);
        world.run();
        let small = world.ask(content("etc/small"));
        world.run_until(|world| world.logged("run content").len() == 1);
        assert_eq!(world.logged("add bytes").len(), 4, "three documents and the file's bytes");
        assert_eq!(world.logged("remove file"), [""; 0]);
        if cancelled {
            world.cancel(small);
        }
        world.run();
        assert_eq!(world.logged("remove file").len(), 1);
        world.assert_clean();
    }
}

#[test]
fn a_download_that_was_started_is_not_dropped_for_a_table() {
    let (mut world, _) = pulled_of(&with_table());
    world.registry.piece = 100_000;
    world.download(DownloadRequest::Layer(layer(2))); // no view needs the tree: no table is looked up
    world.run_until(|world| world.logged("write 100000").len() == 2);
    world.download(DownloadRequest::Pause);
    world.run();
    world.download(DownloadRequest::Resume);
    world.run();
    assert_eq!(states(&world), [PullState::Done; 2]);
    assert_eq!(world.logged("begin blob").len(), 2, "{:#?}", world.log);
    assert!(world.log.iter().any(|line| line.contains("bytes=200000-")), "{:#?}", world.log);
    assert!(world.writing.is_empty());
    world.assert_clean();
}
