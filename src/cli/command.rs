//! Which command is meant, and how the program ends.
//!
//! - Exit codes: 0 done, 1 failed, 2 wrong use.

use super::inspect;
use lexopt::Parser;
use std::ffi::OsString;
use std::process::ExitCode;

/// A command: its name, its arguments for the usage, what it does, its function.
struct Subcommand {
    name: &'static str,
    arguments: &'static str,
    does: &'static str,
    run: fn(Parser) -> Result<ExitCode, lexopt::Error>,
}

const COMMANDS: &[Subcommand] = &[Subcommand {
    name: "inspect",
    arguments: inspect::ARGUMENTS,
    does: "prints the report on an image as JSON",
    run: inspect::run,
}];

/// Runs the command that `arguments` name.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let mut arguments = arguments;
    let name = arguments.next().unwrap_or_default();
    if ["help", "--help", "-h"].iter().any(|word| name == *word) {
        println!("{}", usage());
        return ExitCode::SUCCESS;
    }
    let Some(command) = COMMANDS.iter().find(|command| name == command.name) else {
        eprintln!("{}", usage());
        return ExitCode::from(2);
    };
    match (command.run)(Parser::from_args(arguments)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}\nusage: layerscope {} {}", command.name, command.arguments);
            ExitCode::from(2)
        }
    }
}

fn usage() -> String {
    let mut text = String::from("usage: layerscope COMMAND\n");
    for Subcommand { name, arguments, does, .. } in COMMANDS {
        text.push_str(&format!("\n  {name} {arguments}\n      {does}"));
    }
    text
}
