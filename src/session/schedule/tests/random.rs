//! Whatever order results come in, and whatever the user does meanwhile.
//!
//! - Every request is answered once, or cancelled; it ends; no worker does two jobs, no job runs twice at
//!   once (the world asserts that); `Ready` comes once for each work on an image; no defect is found.

use super::contents::content;
use super::images::{estargz, noise, packed, two_images};
use super::registry::{Fault, REFERENCE, blobs};
use super::searches::search;
use super::world::{Open, World, image, layer, world};
use crate::protocol::{
    AttachedWish, CancelWork, DownloadRequest, Event, Extract, ExtractedPart, FetchAttached,
    FetchList, LiftLimit, ListKind, Overview, RequestId, SaveInspection, SearchContents, ShowImage,
    ToSession, VerifySignatures, WriteReport,
};
use crate::selection::LayerSelection;
use proptest::prelude::*;

/// One step: what happens, and a number that says which.
type Happening = (u8, usize);

fn choices() -> impl Strategy<Value = Vec<Happening>> {
    prop::collection::vec((0..29u8, 0..1000usize), 0..60)
}

/// Whether the user cancels work.
fn cancels(steps: &[Happening]) -> bool {
    steps.iter().any(|(what, _)| *what == 23)
}

/// Once all has ended, the page shows no progress.
fn assert_no_progress(world: &World) {
    let last = world.events.iter().rfind(|event| {
        matches!(event, Event::Progress(_) | Event::Ready { .. } | Event::Idle | Event::Failed(_))
    });
    assert!(!matches!(last, Some(Event::Progress(_))), "{:#?}", world.log);
}

fn act(world: &mut World, (what, which): Happening, requests: &mut Vec<RequestId>) {
    let position = image(which as u32 % 2);
    let request = match what {
        // Most of the time something ends, in any order.
        0..=11 => {
            if !world.open.is_empty() {
                world.finish(which % world.open.len());
            }
            return;
        }
        12 => {
            let jobs: Vec<usize> = (0..world.open.len())
                .filter(|at| matches!(world.open[*at], Open::Job { .. }))
                .collect();
            if let Some(at) = jobs.get(which % jobs.len().max(1)).copied() {
                world.lose_worker_at(at);
            }
            return;
        }
        13 => world.ask(ShowImage { image: position }),
        14 => world.ask(content(["a", "b", "c", "nowhere", "etc/small"][which % 5])),
        15 => world.ask(WriteReport { image: [None, Some(position)][which % 2] }),
        16 => world.ask(SaveInspection { image: position }),
        17 => world.ask(LiftLimit { image: position, layer: [None, Some(layer(1))][which % 2] }),
        18 => world.ask(Overview { image: position }),
        19 => {
            let wish = [AttachedWish::Signatures, AttachedWish::All][which % 2];
            world.ask(FetchAttached { image: position, wish })
        }
        20 => {
            let list = [ListKind::Cache, ListKind::Referrers][which % 2].clone();
            world.ask(FetchList { list, filter: String::new(), rows: 10 })
        }
        21 => {
            if let Some(request) = requests.get(which % requests.len().max(1)).copied() {
                world.cancel(request);
            }
            return;
        }
        26 => world.ask(VerifySignatures { image: position }),
        22 => {
            use DownloadRequest::{All, Layer, Needed, Pause, Resume};
            let request = [Needed, All, Pause, Resume, Layer(layer(2)), Pause][which % 6];
            return world.download(request);
        }
        23 => world.ask(CancelWork {}),
        24 | 25 => {
            let layers = [LayerSelection::All, LayerSelection::one(layer(2))][which % 2];
            let text = ["o", "small", ""][which % 3];
            world.ask(SearchContents { image: position, ..search(text, layers) })
        }
        27 => {
            let up_to = [None, Some(layer(1))][which % 2];
            let layer = layer(1 + which as u32 % 3);
            let part = match which % 3 {
                0 => ExtractedPart::Layer { layer, paths: Vec::new() },
                _ => ExtractedPart::Root { up_to, paths: Vec::new(), form: Default::default() },
            };
            world.ask(Extract { image: position, part })
        }
        _ => {
            world.now += which as u64;
            return;
        }
    };
    requests.push(request);
}

/// Between two `Ready` of an image there is a `TreeReady`: each work gives one. If work is cancelled before it does,
/// and the image was ready, it is so again.
fn assert_ready_once(world: &World, cancels: bool) {
    let mut built = [false; 3];
    for event in &world.events {
        match event {
            Event::TreeReady { image } => built[image.index()] = true,
            Event::Cancelled { image } => built[image.index()] = false,
            Event::Ready { image } => {
                assert!(built[image.index()] || cancels, "{:#?}", world.log);
                built[image.index()] = false;
            }
            _ => {}
        }
    }
    assert_eq!(built, [false; 3], "each work ends: {:#?}", world.log);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn an_archive_is_read_to_its_end(steps in choices(), whole: bool) {
        let mut world = world();
        let source = if whole { packed(&two_images()) } else { two_images() };
        world.open_files(source);
        let mut requests = Vec::new();
        for choice in steps.clone() {
            act(&mut world, choice, &mut requests);
        }
        world.run();
        world.ask(ShowImage { image: image(0) }); // goes on with what was cancelled
        world.run();
        if world.failure().is_none() {
            assert_ready_once(&world, cancels(&steps));
            prop_assert!(!world.ready().is_empty());
        }
        assert_no_progress(&world);
        world.assert_clean();
    }

    #[test]
    fn an_image_of_a_registry_is_downloaded_to_its_end(
        steps in choices(),
        faults in prop::collection::vec((0..3usize, 0..4usize), 0..8),
        room in prop::sample::select(vec![usize::MAX, 100_000, 600]),
        cached in prop::collection::vec(0..3u8, 3),
    ) {
        let mut world = world();
        let mut layers = blobs(&[&[("a", "1")], &[("b", &noise(3000))]]);
        layers.push(estargz(&[("etc/small", "small"), ("etc/large", &noise(300_000))]));
        let digests = world.registry.put(&layers);
        (world.registry.piece, world.room) = (50_000, room);
        for ((digest, layer), cached) in digests.iter().zip(&layers).zip(cached).filter(|x| x.1 > 0) {
            world.blobs.insert(digest.clone(), layer.bytes.clone());
            if cached == 2 {
                world.broken.insert(digest.clone());
            }
        }
        for (at, fault) in faults {
            let faults =
                [Fault::BreakAfter(0), Fault::BreakAfter(300), Fault::Wrong, Fault::Status(500)];
            world.registry.fail(&digests[at], faults[fault].clone());
        }
        world.open_reference(REFERENCE);
        let mut requests = Vec::new();
        for choice in steps.clone() {
            act(&mut world, choice, &mut requests);
        }
        world.run();
        // Whatever was paused or failed is tried to its end.
        world.room = usize::MAX;
        for _ in 0..2 {
            world.download(DownloadRequest::Resume);
            world.run();
        }
        world.ask(ShowImage { image: image(0) });
        world.run();
        prop_assert_eq!(world.failure(), None);
        assert_ready_once(&world, cancels(&steps));
        prop_assert!(!world.ready().is_empty());
        assert_no_progress(&world);
        world.assert_clean();
    }

    #[test]
    fn it_can_be_closed_at_any_time(steps in choices(), rest in choices()) {
        let mut world = world();
        world.registry.put(&blobs(&[&[("a", "1")], &[("b", "2")]]));
        world.open_reference(REFERENCE);
        let mut requests = Vec::new();
        for choice in steps {
            act(&mut world, choice, &mut requests);
        }
        world.close();
        let told = world.log.len();
        for (_, which) in rest {
            if !world.open.is_empty() {
                world.finish(which % world.open.len());
            }
        }
        prop_assert_eq!(world.log.len(), told);
        for request in requests {
            world.say(ToSession::Cancel { id: request });
        }
    }
}
