//! Lookups of base images among published ones.

use super::images::archive;
use super::world::{Open, World, image, world};
use crate::http::{HttpFailure, HttpResponse};
use crate::protocol::{BaseLookupState, DockerfileLines, LookUpBase, RequestId};
use crate::session::schedule::ScheduleInput;

const ENDPOINT: &str = "https://deps.example";

/// An image of two layers.
fn opened() -> World {
    let mut world = world();
    world.open_files(archive(&[&[("a", "1")], &[("b", "2")]], &[&[0, 1]]));
    world.run();
    world
}

fn look_up(world: &mut World) -> RequestId {
    let request = world.ask(LookUpBase { image: image(0), endpoint: ENDPOINT.to_owned() });
    world.run_but(is_call);
    request
}

fn is_call(open: &Open) -> bool {
    matches!(open, Open::Call { .. })
}

/// Answers the request that is on its way.
fn answer(world: &mut World, result: Result<(u16, &str), HttpFailure>) {
    let at = world.open.iter().position(is_call).expect("a request");
    let Open::Call { call, .. } = world.open.remove(at) else { panic!("a request") };
    let result = result.map(|(status, body)| HttpResponse {
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    });
    world.take(ScheduleInput::Response { call, result });
    world.run_but(is_call);
}

fn state(world: &mut World) -> BaseLookupState {
    let question = || DockerfileLines { image: image(0) };
    let request = world.ask(question());
    world.run_but(is_call);
    world.answer(request, &question()).expect("the Dockerfile").lookup
}

#[test]
fn layers_are_asked_about_from_the_last_one_on() {
    let mut world = opened();
    assert_eq!(state(&mut world), BaseLookupState::NotAsked);
    let request = look_up(&mut world);
    let sent = world.logged("send");
    assert!(
        sent[0].starts_with("send GET https://deps.example/v3alpha/querycontainerimages/sha256")
    );
    assert_eq!(state(&mut world), BaseLookupState::Asking { done: 0, total: 2 });
    answer(&mut world, Ok((404, "")));
    answer(&mut world, Ok((200, r#"{"results":[{"repository":"library/debian"}]}"#)));
    assert_eq!(world.done(request), Ok(()));
    assert_eq!(world.logged("send").len(), 2);
    let BaseLookupState::Known { host, itself, base } = state(&mut world) else {
        panic!("the lookup has ended")
    };
    assert_eq!((host.as_str(), itself), ("deps.example", None));
    assert_eq!(base.expect("a base image").repositories[0].as_str(), "debian");
    world.assert_clean();
}

#[test]
fn a_lookup_that_is_cancelled_or_fails_can_be_made_again() {
    let mut world = opened();
    let request = look_up(&mut world);
    world.cancel(request);
    assert_eq!(world.logged("abort").len(), 1);
    assert_eq!(state(&mut world), BaseLookupState::NotAsked);
    let request = look_up(&mut world);
    answer(&mut world, Ok((403, "")));
    assert_eq!(world.problem(request), "base-lookup-refused");
    assert_eq!(state(&mut world), BaseLookupState::NotAsked);
    let first = look_up(&mut world);
    let second = look_up(&mut world);
    assert_eq!(world.done(first), Ok(()), "the second one goes on in its place");
    answer(&mut world, Ok((404, "")));
    answer(&mut world, Ok((404, "")));
    assert_eq!(world.done(second), Ok(()));
    world.run();
    world.assert_clean();
}
