//! Layers' tables of contents in archives: what they claim is shown until the layer was read.

use super::contents::content;
use super::images::{archive_of_blobs, estargz_claiming, noise};
use super::world::{World, image, runs, world};
use crate::protocol::{LayerFacts, LayerPresence, Layers, LinkPath, Reveal, SetTree, TreeSpec};
use serde_json::json;

/// Whether the tree has a path now.
fn has(world: &mut World, path: &str) -> bool {
    world.ask(SetTree { image: image(0), spec: TreeSpec::default() });
    let question = Reveal { image: image(0), path: LinkPath(path.to_owned()) };
    let request = world.ask(question.clone());
    world.answer(request, &question).unwrap().row.is_some()
}

fn layer(world: &mut World) -> LayerFacts {
    let question = Layers { image: image(0) };
    let request = world.ask(question.clone());
    world.answer(request, &question).unwrap().rows.remove(0).layer.unwrap()
}

#[test]
fn a_large_layer_is_listed_by_its_table_until_it_is_read() {
    let big = noise(6 << 20); // smaller layers are read at once
    let lie = json!({"name": "claimed", "type": "symlink", "linkName": "big", "mode": 511});
    let blob = estargz_claiming(&[("big", &big), ("etc/passwd", "root")], vec![lie]);
    let mut world = world();
    world.open_files(archive_of_blobs(&[blob], &[&[0]]));
    world.run_until(|world| world.logged("tell tree").len() == 1);
    assert!(has(&mut world, "/etc/passwd") && has(&mut world, "/claimed"));
    let early = layer(&mut world);
    assert_eq!((early.verified, early.presence), (None, LayerPresence::Unread));
    let request = world.ask(content("etc/passwd"));
    world.finish_first(runs("content 1"));
    assert_eq!(world.beside(request), b"root");
    assert!(has(&mut world, "/claimed"), "the layer is still being read");

    world.run();
    assert!(has(&mut world, "/etc/passwd"));
    assert!(!has(&mut world, "/claimed"), "the table's lie is still shown");
    let requests = ["etc/passwd", "big"].map(|path| world.ask(content(path)));
    world.run();
    assert_eq!(world.beside(requests[0]), b"root");
    assert_eq!(world.beside(requests[1]), &big.as_bytes()[..1 << 20]);
    let late = layer(&mut world);
    let codes: Vec<&str> = late.warnings.iter().map(|warning| &*warning.code).collect();
    assert_eq!((codes, late.verified), (vec!["toc-mismatch"], Some(true)));
    world.assert_clean();
}
