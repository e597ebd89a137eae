//! The page in Chromium and Firefox. One program, so that all tests share a process of each browser, which
//! runs one test at a time: more than two threads do not help. Each module tests one kind of claim.

mod accessibility;
mod archives;
mod bad_input;
mod bookmarklet;
mod cases;
mod compare;
mod files;
mod links;
mod names;
mod offline;
mod packages;
mod privacy;
mod registries;
mod sample;
mod scroll;
mod site;
mod sources;
mod tasks;
mod vulnerabilities;
mod web;
