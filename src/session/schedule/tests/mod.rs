//! Table tests of the schedule: a few lines each, natively, in milliseconds.

mod alarms;
mod attached;
mod background;
mod base_lookups;
mod cached;
mod checks;
mod contents;
mod downloads;
mod drivers;
mod extractions;
mod images;
mod inline;
mod inspections;
mod lines;
mod listed;
mod missing_parts;
mod opening;
mod random;
mod registry;
mod reports;
mod searches;
mod signatures;
mod tables;
mod world;
mod world_commands;
mod world_results;
