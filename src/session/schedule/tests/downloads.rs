//! Images in a registry: what is downloaded, when, and what becomes of what goes wrong.

use super::contents::content;
use super::images::{LayerBlob, noise};
use super::registry::{Fault, REFERENCE, blobs};
use super::world::{Open, World, image, layer, runs, world};
use crate::oci::Digest;
use crate::protocol::{
    DownloadRequest, Event, FetchList, ListKind, ListRows, PullOutcome, PullState, Pulling, Reply,
    SaveInspection, ToSession, WriteReport,
};
use crate::vocabulary::{Login, UserQuestion};

/// An image of four small layers in a registry, opened; and the digests of its blobs.
pub fn pulled() -> (World, Vec<Digest>) {
    pulled_of(&blobs(&[&[("a", "1")], &[("b", "2")], &[("c", "3")], &[("d", "4")]]))
}

pub fn pulled_of(layers: &[LayerBlob]) -> (World, Vec<Digest>) {
    let mut world = world();
    let digests = world.registry.put(layers);
    world.open_reference(REFERENCE);
    world.run();
    assert_eq!(world.failure(), None, "{:#?}", world.log);
    (world, digests)
}

pub fn pulling(world: &World) -> &Pulling {
    let last = world.events.iter().rev().find_map(|event| match event {
        Event::Pulling(pulling) => Some(pulling),
        _ => None,
    });
    last.expect("a download")
}

pub fn states(world: &World) -> Vec<PullState> {
    pulling(world).rows.iter().map(|row| row.state).collect()
}

fn is_body(open: &Open) -> bool {
    matches!(open, Open::Body { .. })
}

#[test]
fn layers_are_downloaded_when_a_view_needs_them() {
    let (mut world, _) = pulled();
    assert_eq!(world.logged("open blob"), [""; 0], "nobody needs them yet");
    assert_eq!(states(&world), [PullState::NotDownloaded; 4]);
    assert_eq!(pulling(&world).rows[2].layers, [layer(3)]);
    assert_eq!(world.ready(), [0; 0]);
    world.download(DownloadRequest::Needed);
    assert_eq!(world.logged("open blob").len(), 3, "three at once");
    world.run();
    assert_eq!(states(&world), [PullState::Done; 4]);
    assert_eq!(pulling(&world).outcome, Some(PullOutcome::Downloaded));
    assert_eq!(world.ready(), [0]);
    assert_eq!(world.logged("write cache layer").len(), 4);
    world.assert_clean();
}

#[test]
fn a_layer_that_an_image_repeats_is_downloaded_once() {
    let (mut world, _) = pulled_of(&blobs(&[&[("a", "1")], &[("b", "2")], &[("a", "1")]]));
    world.download(DownloadRequest::Needed);
    world.run();
    let rows: Vec<_> = pulling(&world).rows.iter().map(|row| row.layers.clone()).collect();
    assert_eq!(rows, [vec![layer(1), layer(3)], vec![layer(2)]]);
    assert_eq!(world.logged("begin blob").len(), 2);
    assert_eq!((world.ready(), states(&world)), (vec![0], vec![PullState::Done; 2]));
    world.assert_clean();
}

#[test]
fn a_pause_stops_requests_and_to_resume_continues_them() {
    let (mut world, _) = pulled_of(&blobs(&[&[("a", &noise(5000))], &[("b", "2")]]));
    world.registry.piece = 1000;
    world.download(DownloadRequest::Needed);
    world.run_until(|world| world.logged("write 1000").len() == 2);
    world.download(DownloadRequest::Pause);
    assert!(pulling(&world).paused);
    assert!(!world.open.iter().any(is_body), "what is on its way is broken off");
    world.run();
    assert!(states(&world).contains(&PullState::Paused), "{:?}", states(&world));
    let sent = world.logged("send").len();
    world.run();
    assert_eq!(world.logged("send").len(), sent);
    world.download(DownloadRequest::Resume);
    assert!(!pulling(&world).paused);
    world.run();
    assert!(world.log.iter().any(|line| line.contains("bytes=2000-")), "{:#?}", world.log);
    assert_eq!((world.ready(), states(&world)), (vec![0], vec![PullState::Done; 2]));
    world.assert_clean();
}

#[test]
fn a_pause_at_any_step_can_be_taken_back() {
    for steps in 0..40 {
        let (mut world, _) = pulled_of(&blobs(&[&[("a", &noise(5000))], &[("b", "2")]]));
        world.registry.piece = 1000;
        world.download(DownloadRequest::Needed);
        for _ in 0..steps {
            if !world.open.is_empty() {
                world.finish(0);
            }
        }
        world.download(DownloadRequest::Pause);
        if steps % 2 == 0 {
            world.run();
        }
        world.download(DownloadRequest::Resume);
        world.run();
        assert_eq!(world.ready(), [0], "paused after {steps} steps: {:#?}", world.log);
        world.assert_clean();
    }
}

#[test]
fn much_is_downloaded_only_after_the_user_agreed() {
    let mut layers = blobs(&[&[("a", "1")], &[("b", "2")]]);
    layers[0].claimed_size = Some(400_000_000);
    layers[1].claimed_size = Some(u64::MAX / 2);
    let (mut world, _) = pulled_of(&layers);
    world.download(DownloadRequest::Needed);
    world.run();
    assert!(pulling(&world).needs_consent);
    assert_eq!(world.logged("open blob"), [""; 0]);
    // One layer is no reason to ask.
    world.download(DownloadRequest::Layer(layer(1)));
    world.run();
    assert_eq!(world.logged("open blob").len(), 1);
    world.download(DownloadRequest::All);
    assert!(!pulling(&world).needs_consent);
    world.run();
    assert_eq!(states(&world), [PullState::Failed; 2], "neither is as long as it claims");
    world.assert_clean();
}

#[test]
fn sums_of_sizes_do_not_overflow() {
    let mut layers = blobs(&[&[("a", "1")], &[("b", "2")]]);
    layers.iter_mut().for_each(|layer| layer.claimed_size = Some(i64::MAX as u64));
    layers.extend(blobs(&[&[("c", "3")]]));
    layers[2].claimed_size = Some(i64::MAX as u64);
    let (mut world, _) = pulled_of(&layers);
    world.download(DownloadRequest::Needed);
    world.run();
    assert!(pulling(&world).needs_consent);
    assert_eq!(pulling(&world).missing, u64::MAX);
    world.assert_clean();
}

#[test]
fn a_blob_that_breaks_off_is_continued() {
    let (mut world, digests) = pulled_of(&blobs(&[&[("a", &noise(5000))]]));
    world.registry.piece = 500;
    for count in [1000, 700, 0, 0, 0] {
        world.registry.fail(&digests[0], Fault::BreakAfter(count));
    }
    world.download(DownloadRequest::Needed);
    world.run();
    assert_eq!(world.ready(), [0]);
    assert_eq!(world.logged("wake").len(), 5, "each time after a pause");
    assert!(world.log.iter().any(|line| line.contains("bytes=1700-")), "{:#?}", world.log);
    world.assert_clean();
}

#[test]
fn a_blob_that_never_comes_fails_and_can_be_tried_again() {
    let (mut world, digests) = pulled();
    for _ in 0..5 {
        world.registry.fail(&digests[1], Fault::BreakAfter(0));
    }
    world.download(DownloadRequest::Needed);
    world.run();
    assert_eq!(states(&world)[1], PullState::Failed);
    assert!(pulling(&world).rows[1].problem.is_some());
    assert_eq!(pulling(&world).outcome, Some(PullOutcome::Partial));
    assert_eq!(world.ready(), [0], "the others are read");
    let lost = world.ask(content("b"));
    assert!(world.answers.contains_key(&lost), "its file is not there");
    world.download(DownloadRequest::Resume);
    world.run();
    assert_eq!(world.ready(), [0, 0]);
    assert_eq!(pulling(&world).outcome, Some(PullOutcome::Downloaded));
    let there = world.ask(content("b"));
    world.run();
    assert_eq!(world.beside(there), b"2");
    world.assert_clean();
}

#[test]
fn a_blob_that_is_refused_is_not_asked_for_again() {
    let (mut world, digests) = pulled();
    world.registry.fail(&digests[0], Fault::Status(404));
    world.download(DownloadRequest::Needed);
    world.run();
    assert_eq!(states(&world)[0], PullState::Failed);
    assert_eq!(
        world.logged("send").iter().filter(|line| line.contains(&digests[0].to_string())).count(),
        1
    );
    assert_eq!(world.ready(), [0]);
    world.assert_clean();
}

#[test]
fn a_blob_that_is_not_its_digest_s_is_removed() {
    let (mut world, digests) = pulled();
    world.registry.fail(&digests[0], Fault::Wrong);
    world.download(DownloadRequest::Needed);
    world.run();
    let problem = pulling(&world).rows[0].problem.clone().unwrap();
    assert_eq!(problem.code, "blob-digest-mismatch");
    assert_eq!(world.logged("end writing"), ["end writing, keep false"]);
    assert!(!world.blobs.contains_key(&digests[0]) && !world.parts.contains_key(&digests[0]));
    world.assert_clean();
}

#[test]
fn what_an_earlier_visit_wrote_is_hashed_and_continued() {
    let layers = blobs(&[&[("a", &noise(5000))]]);
    for (part, good) in [(layers[0].bytes[..1234].to_vec(), true), (b"other".to_vec(), false)] {
        let length = part.len();
        let mut world = world();
        let digests = world.registry.put(&layers);
        world.parts.insert(digests[0].clone(), part);
        world.open_reference(REFERENCE);
        world.run();
        world.download(DownloadRequest::Needed);
        world.run();
        assert!(world.log.contains(&format!("read {length} from 0")), "{:#?}", world.log);
        assert!(world.log.iter().any(|line| line.contains(&format!("bytes={length}-"))));
        assert_eq!(states(&world), [if good { PullState::Done } else { PullState::Failed }]);
        if !good {
            world.download(DownloadRequest::Resume);
            world.run();
            assert_eq!(states(&world), [PullState::Done], "it starts again from the beginning");
        }
        world.assert_clean();
    }
}

#[test]
fn a_disk_without_room_costs_the_layer() {
    let (mut world, _) = pulled_of(&blobs(&[&[("a", &noise(5000))], &[("b", "2")]]));
    (world.room, world.registry.piece) = (2000, 900);
    world.download(DownloadRequest::Needed);
    world.run();
    assert_eq!(states(&world), [PullState::Failed, PullState::Done]);
    assert_eq!(pulling(&world).rows[0].problem.as_ref().unwrap().code, "no-room");
    assert_eq!(world.ready(), [0]);
    world.assert_clean();
}

#[test]
fn a_disk_may_be_found_full_after_the_last_byte() {
    for finish_first in [false, true] {
        let (mut world, _) = pulled_of(&blobs(&[&[("a", &noise(5000))]]));
        world.room = 2000;
        world.download(DownloadRequest::Needed);
        world.run_until(|world| world.open.iter().any(|open| matches!(open, Open::Finish { .. })));
        let is_first = |open: &Open| matches!(open, Open::Finish { .. }) == finish_first;
        world.finish_first(is_first);
        world.run();
        assert_eq!(states(&world), [PullState::Failed]);
        world.assert_clean();
    }
}

#[test]
fn a_content_brings_its_layer_before_the_others() {
    let (mut world, digests) = pulled_of(&blobs(&[
        &[("a", "1")],
        &[("b", "2")],
        &[("c", "3")],
        &[("d", "4")],
        &[("e", "5")],
    ]));
    world.download(DownloadRequest::Needed);
    world.run();
    let mut world = super::cached::later(world);
    world.blobs.clear();
    assert_eq!(world.ready(), [0]);
    let request = world.ask(content("e"));
    world.run();
    assert_eq!(world.beside(request), b"5");
    let sent: Vec<_> = world.log.iter().filter(|line| line.contains("/blobs/")).collect();
    assert!(sent.len() == 1 && sent[0].contains(&digests[4].to_string()), "{sent:?}");
    world.assert_clean();
}

#[test]
fn a_report_downloads_everything_first() {
    let (mut world, _) = pulled();
    let report = world.ask(WriteReport { image: None });
    let save = world.ask(SaveInspection { image: image(0) });
    world.run();
    assert_eq!(states(&world), [PullState::Done; 4]);
    let answer = world.log.iter().position(|line| line.starts_with("answer 1")).unwrap();
    let ready = world.log.iter().position(|line| line == "tell ready 0").unwrap();
    assert!(ready < answer);
    assert!(!world.beside(report).is_empty() && !world.beside(save).is_empty());
    world.assert_clean();
}

#[test]
fn a_worker_that_fails_while_layers_come_costs_its_layer() {
    let (mut world, _) = pulled();
    world.download(DownloadRequest::Needed);
    world.run_until(|world| world.open.iter().any(runs("index 2")));
    world.lose_worker(runs("index 2"));
    world.run();
    assert_eq!(world.ready(), [0]);
    assert_eq!(states(&world), [PullState::Done; 4], "the blobs are here");
    world.assert_clean();
}

#[test]
fn the_user_is_asked_once_to_log_in() {
    let mut world = world();
    world.registry.put(&blobs(&[&[("a", "1")]]));
    world.registry.login = true;
    world.open_reference(REFERENCE);
    world.run();
    let question = world.events.iter().find_map(|event| match event {
        Event::UserMustAnswer(question) => Some(question.clone()),
        _ => None,
    });
    let question = question.expect("a question");
    let UserQuestion::Login { registry, .. } = &question else { panic!("{question:?}") };
    let login = Login {
        registry: registry.clone(),
        user: "ann".to_owned(),
        password: "hunter2".to_owned(),
    };
    world.say(ToSession::Reply { question: question.clone(), reply: Reply::LogIn(login) });
    world.run();
    world.download(DownloadRequest::Needed);
    world.run();
    assert_eq!(world.ready(), [0]);
    assert_eq!(world.logged("tell ask").len(), 1);
    world.assert_clean();
}

#[test]
fn a_login_that_is_declined_ends_the_opening() {
    let mut world = world();
    world.registry.put(&blobs(&[&[("a", "1")]]));
    world.registry.login = true;
    world.open_reference(REFERENCE);
    world.run();
    let asked = world.events.iter().find_map(|event| match event {
        Event::UserMustAnswer(question) => Some(question.clone()),
        _ => None,
    });
    world.say(ToSession::Reply { question: asked.unwrap(), reply: Reply::Decline });
    world.run();
    assert_eq!(world.failure().unwrap().code, "registry-unauthorized");
    world.assert_clean();
}

#[test]
fn lists_are_fetched_once_and_filtered_here() {
    let mut world = world();
    let body = br#"{"repositories":["team/app","team/base","other"]}"#;
    let url = "https://registry.example/v2/_catalog?n=1000";
    world.registry.pages.insert(url.to_owned(), body.to_vec());
    let list = |filter: &str, rows| FetchList {
        list: ListKind::Repositories { registry: "registry.example".to_owned() },
        filter: filter.to_owned(),
        rows,
    };
    for (filter, rows, shown, total) in [("", 10, 3, 3), ("TEAM", 10, 2, 2), ("team", 1, 1, 2)] {
        let request = world.ask(list(filter, rows));
        world.run();
        let part = world.answer(request, &list(filter, rows)).unwrap();
        let ListRows::Repositories(found) = part.rows else { panic!("other rows") };
        assert_eq!((found.len(), part.total, part.more), (shown, Some(total), rows == 1));
    }
    assert_eq!(world.logged("send").len(), 1);
    let cache = FetchList { list: ListKind::Cache, filter: String::new(), rows: 1 };
    let request = world.ask(cache.clone());
    world.run();
    assert!(matches!(world.answer(request, &cache).unwrap().rows, ListRows::Cache(_)));
    let cancelled = world.ask(list("x", 1));
    let cleared = world.ask(crate::protocol::ClearCache {});
    world.cancel(cancelled);
    world.run();
    assert_eq!(world.done(cleared), Ok(()));
    world.assert_clean();
}
