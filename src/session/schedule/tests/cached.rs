//! Images in a registry that an earlier visit left in the cache: blobs, and what is known about layers.

use super::contents::content;
use super::downloads::{pulled, pulling, states};
use super::registry::REFERENCE;
use super::world::World;
use crate::oci::Digest;
use crate::protocol::{DownloadRequest, PullOutcome, PullState};
use crate::session::schedule::CacheKey;

/// A visit later: what the cache has stays.
pub fn later(world: World) -> World {
    let mut next = super::world::world();
    (next.registry, next.cache) = (world.registry, world.cache);
    (next.blobs, next.parts) = (world.blobs, world.parts);
    next.open_reference(REFERENCE);
    next.run();
    next
}

/// A second visit, to which the cache has the blobs of four layers.
fn with_blobs(change: impl FnOnce(&mut World)) -> (World, Vec<Digest>) {
    let (mut world, digests) = pulled();
    world.download(DownloadRequest::Needed);
    world.run();
    change(&mut world);
    (later(world), digests)
}

fn forget_indexes(world: &mut World) {
    world.cache.retain(|key, _| !matches!(key, CacheKey::LayerIndex(_)));
}

fn sent(world: &World) -> usize {
    world.logged("send").iter().filter(|line| line.contains("/blobs/")).count()
}

#[test]
fn a_second_visit_downloads_nothing() {
    let (mut world, _) = with_blobs(|_| {});
    assert_eq!(world.ready(), [0]);
    world.download(DownloadRequest::Needed);
    world.run();
    assert_eq!(states(&world), [PullState::Cached; 4]);
    assert_eq!(pulling(&world).outcome, Some(PullOutcome::UpToDate));
    assert!(!world.log.iter().any(|line| line.contains("/blobs/")), "{:#?}", world.log);
    // A file's content needs the blob, which the cache has too.
    let request = world.ask(content("c"));
    world.run();
    assert_eq!(world.beside(request), b"3");
    assert!(!world.log.iter().any(|line| line.contains("/blobs/")));
    world.assert_clean();
}

#[test]
fn a_cached_blob_is_opened_once_while_its_layer_is_read() {
    let (mut world, _) = with_blobs(forget_indexes);
    world.download(DownloadRequest::Needed);
    world.run();
    assert_eq!(world.logged("open blob").len(), 4);
    assert_eq!((sent(&world), states(&world)), (0, vec![PullState::Cached; 4]));
    assert_eq!(world.ready(), [0]);
    world.assert_clean();
}

#[test]
fn a_cached_blob_that_cannot_be_read_is_downloaded_once() {
    for broken_disk in [false, true] {
        let (mut world, digests) = with_blobs(forget_indexes);
        world.broken = [digests[1].clone()].into();
        world.broken_disk = broken_disk;
        world.download(DownloadRequest::Needed);
        world.run();
        assert_eq!((world.logged("open blob").len(), sent(&world)), (4, 1), "{:#?}", world.log);
        assert_eq!(world.logged("restart").len(), 1, "what the cache has is not hashed");
        assert_eq!(states(&world)[1], PullState::Done);
        let report = world.session().report(None).unwrap();
        assert_eq!(report.contains("read-failed"), broken_disk);
        assert_eq!(world.ready(), [0]);
        world.assert_clean();
    }
}

#[test]
fn a_content_of_a_cached_blob_that_cannot_be_read_waits_for_the_download() {
    let (mut world, digests) = with_blobs(|_| {});
    world.broken = [digests[1].clone()].into();
    world.download(DownloadRequest::Needed);
    let requests = [world.ask(content("b")), world.ask(content("b"))];
    world.run();
    for request in requests {
        assert_eq!(world.beside(request), b"2");
    }
    assert_eq!((world.logged("open blob").len(), sent(&world)), (1, 1));
    world.assert_clean();
}

#[test]
fn where_a_registry_is_silent_the_cache_of_an_earlier_visit_is_shown() {
    let (world, _) = with_blobs(|world| world.registry.silent = true);
    assert_eq!(world.failure(), None, "{:#?}", world.log);
    assert_eq!(world.ready(), [0]);
    world.assert_clean();
    let mut nothing = super::world::world();
    nothing.registry.silent = true;
    nothing.open_reference(REFERENCE);
    nothing.run();
    assert!(nothing.failure().is_some());
    nothing.assert_clean();
}
