//! Which command is meant, and how the program ends.
//!
//! - Exit codes: 0 done, 1 failed, 2 wrong use; each command's help says what that means for it.

use super::{cat, check, compare, export, inspect};
use lexopt::Parser;
use std::ffi::OsString;
use std::process::ExitCode;

/// A command: its name, its arguments for the usage, what it does, its help, its function.
struct Subcommand {
    name: &'static str,
    arguments: &'static str,
    does: &'static str,
    help: &'static str,
    run: fn(Parser) -> Result<ExitCode, lexopt::Error>,
}

const COMMANDS: &[Subcommand] = &[
    Subcommand {
        name: "inspect",
        arguments: inspect::ARGUMENTS,
        does: "prints the report on an image as JSON",
        help: include_str!("help/inspect.txt"),
        run: inspect::run,
    },
    Subcommand {
        name: "compare",
        arguments: compare::ARGUMENTS,
        does: "prints what differs between two images, as JSON or as Markdown for a pull request",
        help: include_str!("help/compare.txt"),
        run: compare::run,
    },
    Subcommand {
        name: "check",
        arguments: check::ARGUMENTS,
        does: "fails where an image breaks dive's rules, or has secrets or risks",
        help: include_str!("help/check.txt"),
        run: check::run,
    },
    Subcommand {
        name: "cat",
        arguments: cat::ARGUMENTS,
        does: "prints the content of a file of an image",
        help: include_str!("help/cat.txt"),
        run: cat::run,
    },
    Subcommand {
        name: "export",
        arguments: export::ARGUMENTS,
        does: "writes the root file system, a part of it, or a layer as a tar",
        help: include_str!("help/export.txt"),
        run: export::run,
    },
];

/// Runs the command that `arguments` name.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let mut arguments = arguments;
    let name = arguments.next().unwrap_or_default();
    let rest: Vec<OsString> = arguments.collect();
    if is_help(&name) {
        let topic = rest.first().and_then(find);
        print!("{}", topic.map_or_else(usage, |command| command.help.to_owned()));
        return ExitCode::SUCCESS;
    }
    let Some(command) = find(&name) else {
        eprint!("{}", usage());
        return ExitCode::from(2);
    };
    if rest.iter().take_while(|word| *word != "--").any(|word| word == "--help" || word == "-h") {
        print!("{}", command.help);
        return ExitCode::SUCCESS;
    }
    match (command.run)(Parser::from_args(rest)) {
        Ok(code) => code,
        Err(error) => {
            let Subcommand { name, arguments, .. } = command;
            eprintln!("{error}\nusage: layerscope {name} {arguments}");
            eprintln!("`layerscope {name} --help` says more.");
            ExitCode::from(2)
        }
    }
}

fn find(name: &OsString) -> Option<&'static Subcommand> {
    COMMANDS.iter().find(|command| name == command.name)
}

fn is_help(word: &OsString) -> bool {
    ["help", "--help", "-h"].iter().any(|help| word == *help)
}

fn usage() -> String {
    let mut text = String::from("usage: layerscope COMMAND\n");
    for Subcommand { name, arguments, does, .. } in COMMANDS {
        text.push_str(&format!("\n  {name} {arguments}\n      {does}"));
    }
    text.push_str("\n\n`layerscope help COMMAND` says more, with examples.\n");
    text
}

#[test]
fn every_help_has_its_usage_examples_and_exit_codes() {
    for Subcommand { name, arguments, help, .. } in COMMANDS {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let usage = format!("layerscope {name} {arguments}");
        assert!(words(help).contains(&words(&usage)), "{name}: its usage is not {usage}");
        for heading in ["EXIT STATUS", "EXAMPLES"] {
            assert!(help.contains(heading), "{name} has no {heading}");
        }
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
    }
}
