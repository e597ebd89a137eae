//! Layers that their descriptors have in themselves.

use super::contents::content;
use super::downloads::{pulled_of, states};
use super::images::LayerBlob;
use super::registry::blobs;
use super::world::image;
use crate::protocol::{DownloadRequest, LayerPresence, Layers, PullState};

fn layers(inline: &[bool]) -> Vec<LayerBlob> {
    let layers = blobs(&[&[("a", "1")], &[("b", "2")], &[("c", "3")]]);
    layers.into_iter().zip(inline).map(|(layer, &inline)| LayerBlob { inline, ..layer }).collect()
}

#[test]
fn a_layer_in_its_descriptor_is_not_downloaded() {
    let (mut world, _) = pulled_of(&layers(&[false, true, false]));
    assert_eq!(states(&world), [PullState::NotDownloaded; 2]);
    let question = Layers { image: image(0) };
    let request = world.ask(question.clone());
    let rows = world.answer(request, &question).unwrap().rows.into_iter();
    let presence: Vec<_> = rows.filter_map(|row| row.layer).map(|layer| layer.presence).collect();
    let (away, here) = (LayerPresence::NotDownloaded, LayerPresence::Read);
    assert_eq!(presence, [away, here, away]);
    world.download(DownloadRequest::Needed);
    world.run();
    assert_eq!(states(&world), [PullState::Done; 2]);
    assert_eq!(world.logged("open blob").len(), 2);
    assert_eq!(world.ready(), [0]);
    let read = world.ask(content("b"));
    world.run();
    assert_eq!(world.beside(read), b"2");
    world.assert_clean();
}

#[test]
fn an_image_of_such_layers_is_ready_without_a_download() {
    let (mut world, _) = pulled_of(&layers(&[true, true, true]));
    world.download(DownloadRequest::Needed);
    world.run();
    assert_eq!(world.logged("open blob"), [""; 0]);
    assert_eq!(world.ready(), [0]);
    let read = world.ask(content("c"));
    world.run();
    assert_eq!(world.beside(read), b"3");
    world.assert_clean();
}
