//! The alarm: one time, set again if it rings early, withdrawn when nothing waits for it.

use super::downloads::{pulled_of, states};
use super::registry::{Fault, blobs};
use super::world::World;
use crate::protocol::{DownloadRequest, PullState};
use crate::session::schedule::ScheduleInput;

/// A download that broke off, and pauses.
fn pausing() -> World {
    let (mut world, digests) = pulled_of(&blobs(&[&[("a", "1")]]));
    world.registry.fail(&digests[0], Fault::BreakAfter(0));
    world.download(DownloadRequest::Needed);
    world.run_until(|world| world.alarm.is_some());
    world
}

#[test]
fn an_alarm_that_rings_early_is_set_again() {
    let mut world = pausing();
    let set = world.alarm.take();
    world.take(ScheduleInput::Time);
    assert_eq!(world.alarm, set);
    world.now -= 1000; // somebody set the clock back
    world.alarm = None;
    world.take(ScheduleInput::Time);
    assert_eq!(world.alarm, set);
    world.run();
    assert_eq!(states(&world), [PullState::Done]);
    world.assert_clean();
}

#[test]
fn an_alarm_is_withdrawn_when_what_it_was_set_for_has_happened() {
    let mut layers = blobs(&[&[("a", "1")]]);
    layers[0].claimed_size = Some(20 << 20); // worth a question for a table beside the image
    let (mut world, _) = pulled_of(&layers);
    world.download(DownloadRequest::Needed);
    assert!(world.alarm.is_some_and(|at| at > world.now), "the layer is held back");
    let before = world.now;
    world.run_until(|world| world.logged("begin blob").len() == 1);
    assert_eq!((world.alarm, world.now), (None, before), "the registry has answered");
}

#[test]
fn closing_withdraws_the_alarm() {
    let mut world = pausing();
    world.close();
    assert_eq!(world.alarm, None);
}
