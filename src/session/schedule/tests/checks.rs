//! Checks of packages against a database, and what they keep.

use super::images::archive;
use super::world::{Open, World, image, runs, world};
use crate::http::{HttpFailure, HttpResponse};
use crate::protocol::{CheckVulnerabilities, RequestId, ShowImage};
use crate::session::schedule::ScheduleInput;

const ENDPOINT: &str = "https://osv.example";

/// An image with one package of Alpine.
fn opened() -> World {
    let installed = "P:musl\nV:1.2.3-r4\nA:x86_64\nL:MIT\n\n";
    let layers: [&[(&str, &str)]; 2] = [
        &[
            ("lib/apk/db/installed", installed),
            ("etc/os-release", "ID=alpine\nVERSION_ID=3.18.0\n"),
        ],
        &[("a", "1")],
    ];
    let mut world = world();
    world.open_files(archive(&layers, &[&[0], &[0, 1]]));
    world
}

fn check(world: &mut World) -> RequestId {
    world.ask(CheckVulnerabilities { image: image(0), endpoint: ENDPOINT.to_owned() })
}

fn is_call(open: &Open) -> bool {
    matches!(open, Open::Call { .. })
}

/// Answers the request that is on its way.
fn answer(world: &mut World, result: Result<(u16, String), HttpFailure>) {
    let at = world.open.iter().position(is_call).expect("a request");
    let Open::Call { call, .. } = world.open.remove(at) else { panic!("a request") };
    let result = result.map(|(status, body)| HttpResponse {
        status,
        headers: Vec::new(),
        body: body.into_bytes(),
    });
    world.take(ScheduleInput::Response { call, result });
    world.run_but(is_call);
}

fn ids(ids: &[&str]) -> Result<(u16, String), HttpFailure> {
    let list: Vec<_> = ids
        .iter()
        .map(|id| format!("{{\"id\":\"{id}\",\"modified\":\"2026-01-01T00:00:00Z\"}}"))
        .collect();
    Ok((200, format!("{{\"results\":[{{\"vulns\":[{}]}}]}}", list.join(","))))
}

fn record(id: &str) -> Result<(u16, String), HttpFailure> {
    Ok((200, format!("{{\"id\":\"{id}\",\"modified\":\"2026-01-01T00:00:00Z\",\"affected\":[]}}")))
}

#[test]
fn a_check_asks_once_and_keeps_the_answers() {
    let mut world = opened();
    world.run();
    let request = check(&mut world);
    world.run_but(is_call);
    assert_eq!(world.logged("send"), [format!("send POST {ENDPOINT}/v1/querybatch")]);
    answer(&mut world, ids(&["ALPINE-1", "ALPINE-2"]));
    assert_eq!(world.logged("send").len(), 3, "records are fetched at once");
    answer(&mut world, record("ALPINE-1"));
    assert!(!world.answers.contains_key(&request));
    answer(&mut world, Ok((404, String::new())));
    assert_eq!(world.done(request), Ok(()), "a record that is missing is a warning");
    let again = check(&mut world);
    world.run_but(is_call);
    assert_eq!(world.logged("send").len(), 4, "only what is missing is requested");
    answer(&mut world, record("ALPINE-2"));
    assert_eq!(world.done(again), Ok(()));
    world.assert_clean();
}

#[test]
fn nine_records_are_fetched_eight_at_once() {
    let mut world = opened();
    world.run();
    check(&mut world);
    world.run_but(is_call);
    let names: Vec<String> = (0..9).map(|at| format!("ALPINE-{at}")).collect();
    answer(&mut world, ids(&names.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(world.logged("send GET").len(), 8);
    for name in &names {
        answer(&mut world, record(name));
    }
    assert_eq!(world.logged("send GET").len(), 9);
    world.assert_clean();
}

#[test]
fn a_check_waits_as_long_as_it_is_told_to() {
    let mut world = opened();
    world.run();
    let request = check(&mut world);
    world.run_but(is_call);
    let before = world.now;
    for _ in 0..4 {
        answer(&mut world, Err(HttpFailure::Network));
    }
    assert!(world.now >= before + 1000 + 2000 + 4000 + 8000, "{} ms", world.now - before);
    answer(&mut world, Err(HttpFailure::Network));
    assert!(world.done(request).is_err());
    world.assert_clean();
}

#[test]
fn a_check_that_is_cancelled_keeps_what_it_found() {
    let mut world = opened();
    world.run();
    let request = check(&mut world);
    world.run_but(is_call);
    answer(&mut world, ids(&["ALPINE-1", "ALPINE-2"]));
    answer(&mut world, record("ALPINE-1"));
    world.cancel(request);
    assert_eq!(world.logged("abort").len(), 1);
    world.run();
    world.assert_clean();
}

#[test]
fn a_second_check_of_an_image_takes_the_place_of_the_first() {
    let mut world = opened();
    world.run();
    let first = check(&mut world);
    world.run_but(is_call);
    let second = check(&mut world);
    assert_eq!(world.done(first), Ok(()));
    world.run_but(is_call);
    answer(&mut world, ids(&[]));
    assert_eq!(world.done(second), Ok(()));
    world.assert_clean();
}

#[test]
fn a_check_goes_on_while_another_image_is_read() {
    let mut world = opened();
    let early = check(&mut world);
    assert_eq!(world.problem(early), "not-open");
    world.run();
    let request = check(&mut world);
    world.run_but(is_call);
    world.ask(ShowImage { image: image(1) });
    assert!(world.open.iter().any(runs("index 2")));
    answer(&mut world, ids(&[]));
    assert_eq!(world.done(request), Ok(()));
    world.run();
    assert_eq!(world.ready(), [0, 1]);
    world.assert_clean();
}
