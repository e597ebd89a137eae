//! Table tests of the schedule: a few lines each, natively, in milliseconds.

mod background;
mod checks;
mod contents;
mod downloads;
mod drivers;
mod images;
mod lines;
mod opening;
mod random;
mod registry;
mod reports;
mod world;
mod world_commands;
