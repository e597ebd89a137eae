//! `cargo xtask COMMAND`: what is done to this repository rather than by it.
//!
//! - Depends on no other crate of the workspace but the proxy, which it serves beside the page: it runs
//!   while `src/` doesn't compile.
//! - Exit codes: 0 done, 1 failed, 2 wrong use; `inspect` passes on the code of what it runs.
//! - A command is one line in `COMMANDS`: name, usage, what it does, its function.

mod audit;
mod bench;
mod build;
mod serve;
mod settings;
mod shell;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::Result;
use lexopt::Parser;

/// Arguments that don't fit: printed with the usage, exit code 2.
#[derive(Debug)]
struct WrongUse(String);

impl std::fmt::Display for WrongUse {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongUse {}

impl WrongUse {
    fn because(reason: impl ToString) -> anyhow::Error {
        Self(reason.to_string()).into()
    }
}

struct Command {
    name: &'static str,
    arguments: &'static str,
    does: &'static str,
    run: fn(Parser) -> Result<ExitCode>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "build",
        arguments: "[--release]",
        does: "builds the page into dist/; --release optimises and enforces the budgets",
        run: build::command,
    },
    Command {
        name: "serve",
        arguments: "[--port 8080] [--allow-insecure HOST[:PORT]]…",
        does: "builds and serves dist/ and the proxy on loopback",
        run: serve::command,
    },
    Command {
        name: "test",
        arguments: "[--no-browser]",
        does: "everything: formatting, lints, tidy, audit, tests, the build, both browsers",
        run: test::command,
    },
    Command {
        name: "inspect",
        arguments: "FILE-OR-FOLDER [--image N | --platform P] [--no-limits]",
        does: "prints the report on an image, natively",
        run: inspect,
    },
    Command {
        name: "bench",
        arguments: "[--runs 5] [--only LINE,…] [--csv FILE] [ARCHIVE…]",
        does: "measures the table of budgets, against the peers that are on the PATH",
        run: bench::command,
    },
    Command {
        name: "tidy",
        arguments: "",
        does: "checks what no compiler does: imports, names, lengths, wording, paths in documents",
        run: tidy::command,
    },
    Command {
        name: "audit",
        arguments: "",
        does: "checks the dependencies: licences, duplicates, advisories",
        run: audit::command,
    },
];

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let name = words.next().unwrap_or_default();
    if ["help", "--help", "-h"].iter().any(|word| name == *word) {
        println!("{}", usage());
        return ExitCode::SUCCESS;
    }
    let Some(command) = COMMANDS.iter().find(|command| name == command.name) else {
        eprintln!("no command {:?}\n\n{}", name.to_string_lossy(), usage());
        return ExitCode::from(2);
    };
    match (command.run)(Parser::from_args(words)) {
        Ok(code) => code,
        Err(error) if error.is::<WrongUse>() || error.is::<lexopt::Error>() => {
            eprintln!("{error}\nusage: cargo xtask {} {}", command.name, command.arguments);
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    let mut text = String::from("usage: cargo xtask COMMAND\n");
    for Command { name, arguments, does, .. } in COMMANDS {
        text.push_str(&format!("\n  {}\n      {does}", format!("{name} {arguments}").trim_end()));
    }
    text
}

/// For commands without arguments.
fn no_arguments(mut arguments: Parser) -> Result<()> {
    match arguments.next()? {
        None => Ok(()),
        Some(argument) => Err(argument.unexpected().into()),
    }
}

/// The core's own program, which checks its arguments itself: its output and code are the answer.
fn inspect(mut arguments: Parser) -> Result<ExitCode> {
    let given: Vec<_> = arguments.raw_args()?.collect();
    let status = shell::cargo()
        .args(["run", "--release", "--quiet", "--bin", "layerscope", "--", "inspect"])
        .args(given)
        .status()?;
    // No code means ended by a signal, which is nothing that the contract has a code for.
    Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_stands_in_the_usage() {
        for command in COMMANDS {
            assert!(usage().contains(command.name) && usage().contains(command.does));
        }
    }

    #[test]
    fn an_argument_too_many_is_wrong_use() {
        let error = no_arguments(Parser::from_args(["--what"])).unwrap_err();
        assert!(error.is::<lexopt::Error>(), "{error}");
    }
}
