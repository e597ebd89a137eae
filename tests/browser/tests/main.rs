//! The page in Chromium and Firefox. One program, so that all tests share a browser of each kind; each
//! module holds one kind of claim. Run with at most two threads: each browser takes one test at a time.

mod archives;
mod bad_input;
mod bookmarklet;
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
mod vulnerabilities;
mod web;
