//! The way back: results of commands that took time, to the schedule that gave the commands.

use crate::session::schedule::ScheduleInput;
use std::cell::Cell;

thread_local! {
    static TAKE: Cell<fn(ScheduleInput)> = const { Cell::new(|_| {}) };
}

/// Hands all results to this function from now on.
pub fn set_taker(take: fn(ScheduleInput)) {
    TAKE.set(take);
}

/// Hands a result to the schedule. Not while a command is executed: then it is returned.
pub fn give(input: ScheduleInput) {
    TAKE.get()(input);
}
