//! The page in Chromium and Firefox. One program, so that all tests share a process of each browser, which
//! runs one test at a time: more than two threads do not help. Each module tests one kind of claim.

mod accessibility;
mod archives;
mod bad_input;
mod base_lookup;
mod bookmarklet;
mod cases;
mod compare;
mod files;
mod findings;
mod links;
mod names;
mod offline;
mod packages;
mod privacy;
mod registries;
mod sample;
mod scroll;
mod signatures;
mod site;
mod sources;
mod tasks;
mod tree;
mod vulnerabilities;
mod web;
