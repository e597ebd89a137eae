//! `cargo xtask COMMAND`: the tasks of this repository: build, serve, test, measure, check.
//!
//! - It depends on one other crate of the workspace, the proxy, which it serves beside the page, so it
//!   also runs when `src/` does not compile.
//! - Exit codes: 0 done, 1 failed, 2 wrong use; `inspect`, `compare` and `check` return the code of the program
//!   that they run.
//! - A command is one entry of `COMMANDS`: name, arguments, description, function.

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

/// Invalid arguments: printed with the usage, exit code 2.
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
        does: "builds the page into dist/; --release optimises it and enforces the budgets",
        run: build::command,
    },
    Command {
        name: "serve",
        arguments: "[--port 8080] [--allow-insecure HOST[:PORT]]…",
        does: "builds the page for development, serves it and the proxy on loopback",
        run: serve::command,
    },
    Command {
        name: "test",
        arguments: "[--no-browser]",
        does: "runs everything: formatting, lints, tidy, audit, tests, the build, both browsers",
        run: test::command,
    },
    Command {
        name: "inspect",
        arguments: "FILE-OR-FOLDER [--image N | --platform P] [--no-limits]",
        does: "prints the report on an image, natively",
        run: inspect,
    },
    Command {
        name: "compare",
        arguments: "A B [--image-a N] [--image-b N] [--without times,owners,order] \
                    [--format json|markdown]",
        does: "prints what differs between two images, natively",
        run: compare,
    },
    Command {
        name: "check",
        arguments: "FILE-OR-FOLDER [--rules FILE] [--lowestEfficiency F] [--highestWastedBytes SIZE] \
                    [--highestUserWastedPercent F]",
        does: "fails where an image breaks dive's rules, natively",
        run: check,
    },
    Command {
        name: "bench",
        arguments: "[--runs 5] [--only LINE,…] [--size usual|large] [--csv FILE] [ARCHIVE…]",
        does: "measures the table of budgets, compared with the peers on the PATH",
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

fn inspect(arguments: Parser) -> Result<ExitCode> {
    native("inspect", arguments)
}

fn compare(arguments: Parser) -> Result<ExitCode> {
    native("compare", arguments)
}

fn check(arguments: Parser) -> Result<ExitCode> {
    native("check", arguments)
}

/// Runs the native command, built for release, which checks its own arguments.
fn native(command: &str, mut arguments: Parser) -> Result<ExitCode> {
    let given: Vec<_> = arguments.raw_args()?.collect();
    let status = shell::cargo()
        .args(["run", "--release", "--quiet", "--bin", "layerscope"])
        // Without the page.
        .args(["--no-default-features", "--features", "engine,verify", "--", command])
        .args(given)
        .status()?;
    // No code: it was ended by a signal, for which the contract has no code.
    Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usage_lists_every_command() {
        for command in COMMANDS {
            assert!(usage().contains(command.name) && usage().contains(command.does));
        }
    }

    #[test]
    fn an_extra_argument_is_wrong_use() {
        let error = no_arguments(Parser::from_args(["--what"])).unwrap_err();
        assert!(error.is::<lexopt::Error>(), "{error}");
    }
}
