//! The native command, `layerscope`.
//!
//! - README.md, "Without a browser", documents it.
//! - Reads files of this machine, or standard input; sends nothing.
//! - A command is one file here, and one line in `command.rs`.

mod command;
mod input;
mod inspect;

pub use command::run;
