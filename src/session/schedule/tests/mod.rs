//! Table tests of the schedule: a few lines each, natively, in milliseconds.

mod alarms;
mod attached;
mod background;
mod cached;
mod checks;
mod contents;
mod downloads;
mod drivers;
mod images;
mod inline;
mod lines;
mod listed;
mod opening;
mod random;
mod registry;
mod reports;
mod tables;
mod world;
mod world_commands;
mod world_results;
