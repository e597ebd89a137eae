//! The native command, `layerscope`.
//!
//! - README.md, "Without a browser", documents it, and `layerscope help COMMAND` each command.
//! - Reads files of this machine, or standard input; sends nothing.
//! - A command is one file here (with a folder beside it where it has parts), one text in `help/`, and one entry
//!   in `command.rs`.

mod cat;
mod check;
mod command;
mod compare;
mod export;
mod input;
mod inspect;
mod output;
mod progress;
mod read_image;
mod taking;

pub use command::run;
