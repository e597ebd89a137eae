//! `cargo xtask test`: everything that must hold, in steps, from a fresh clone.
//!
//! - The first step that fails ends the run; the list at the end names every step, what became of it
//!   and how long it took. What was left out stands there by name.
//! - Programs' own output stays visible: who reads a CI log looks for cargo's lines.
//! - Budget: 30 minutes on two cores from nothing. The quick steps come first.

mod tools;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use lexopt::{Arg, Parser};

use crate::build::{Strictness, build};
use crate::settings::Settings;
use crate::{audit, shell, tidy};

enum Outcome {
    Passed,
    /// With the reason.
    LeftOut(String),
}

struct Options {
    /// Whether the page is tested in browsers.
    browsers: bool,
}

struct Step {
    name: &'static str,
    run: fn(&Options) -> Result<Outcome>,
}

const STEPS: &[Step] = &[
    Step { name: "tools", run: |options| tools::prepare(options.browsers) },
    Step { name: "formatting", run: |_| formatting() },
    Step { name: "tidy", run: |_| tidy::run().map(|()| Outcome::Passed) },
    Step { name: "audit", run: |_| audit::run().map(|()| Outcome::Passed) },
    Step { name: "lints, native", run: |_| native_lints() },
    Step { name: "lints, WebAssembly", run: |_| wasm_lints() },
    Step { name: "native tests", run: |_| native_tests() },
    Step { name: "the build", run: |_| the_build() },
    Step { name: "wasm-pack build", run: |_| wasm_pack() },
    Step { name: BROWSER_TESTS, run: browser_tests },
];

const BROWSER_TESTS: &str = "browser tests";
const BROWSER_CRATE: &str = "browser-tests"; // in tests/browser

pub fn command(mut arguments: Parser) -> Result<ExitCode> {
    let mut options = Options { browsers: true };
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("no-browser") => options.browsers = false,
            other => return Err(other.unexpected().into()),
        }
    }
    let mut log = Vec::new();
    let mut failed = false;
    for step in STEPS {
        println!("\n== {} ==", step.name);
        let start = Instant::now();
        let outcome = (step.run)(&options);
        failed = outcome.is_err();
        log.push(line(step.name, start.elapsed(), &outcome));
        println!("{}", log[log.len() - 1]);
        if failed {
            break;
        }
    }
    println!("\n{}", summary(&log, failed));
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn line(name: &str, time: Duration, outcome: &Result<Outcome>) -> String {
    let (word, why) = match outcome {
        Ok(Outcome::Passed) => ("passed", String::new()),
        Ok(Outcome::LeftOut(why)) => ("left out", format!(": {why}")),
        Err(error) => ("FAILED", format!(": {error:#}")),
    };
    format!("{word:<8} {:>6.1} s  {name}{why}", time.as_secs_f64())
}

fn summary(log: &[String], failed: bool) -> String {
    let not_run =
        STEPS.iter().skip(log.len()).map(|step| format!("not run            {}", step.name));
    let lines: Vec<_> = log.iter().cloned().chain(not_run).collect();
    let verdict = if failed { "cargo xtask test: FAILED" } else { "cargo xtask test: passed" };
    format!("{}\n{verdict}", lines.join("\n"))
}

fn cargo(arguments: &[&str]) -> Result<()> {
    println!("cargo {}", arguments.join(" "));
    shell::run(shell::cargo().args(arguments))
}

fn formatting() -> Result<Outcome> {
    cargo(&["fmt", "--all", "--check"])?;
    Ok(Outcome::Passed)
}

fn native_lints() -> Result<Outcome> {
    cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    Ok(Outcome::Passed)
}

/// Each module under its own features: what compiles with both may not with one.
fn wasm_lints() -> Result<Outcome> {
    let settings = Settings::read()?;
    for module in settings.modules.values() {
        cargo(&[
            "clippy",
            "--package=layerscope",
            "--lib",
            "--target",
            &settings.target,
            "--no-default-features",
            "--features",
            &module.features.join(","),
            "--",
            "-D",
            "warnings",
        ])?;
    }
    Ok(Outcome::Passed)
}

fn native_tests() -> Result<Outcome> {
    cargo(&["test", "--workspace", "--exclude", BROWSER_CRATE])?;
    Ok(Outcome::Passed)
}

/// With its budgets where wasm-opt is, which `tools` has seen to if it could.
fn the_build() -> Result<Outcome> {
    let strictness = match shell::find("wasm-opt") {
        Some(_) => Strictness::Release,
        None => Strictness::Lenient,
    };
    build(strictness)?;
    Ok(match strictness {
        Strictness::Release => Outcome::Passed,
        Strictness::Lenient => {
            Outcome::LeftOut("built, but budgets are not enforced without wasm-opt".into())
        }
    })
}

/// wasm-pack reads none of our settings; that it builds at all is what we promise.
fn wasm_pack() -> Result<Outcome> {
    if shell::find("wasm-pack").is_none() {
        return Ok(Outcome::LeftOut(
            "wasm-pack is not installed (cargo install wasm-pack --locked)".into(),
        ));
    }
    for module in Settings::read()?.modules.values() {
        let features = module.features.join(",");
        let folder = shell::cache().join("wasm-pack").join(&features);
        let mut command = shell::command("wasm-pack");
        command.args(["build", "--target", "web", "--out-dir"]).arg(folder);
        command.args(["--", "--no-default-features", "--features", &features]);
        println!("{}", shell::line(&command));
        shell::run(&mut command)?;
    }
    Ok(Outcome::Passed)
}

fn browser_tests(options: &Options) -> Result<Outcome> {
    if !options.browsers {
        return Ok(Outcome::LeftOut("--no-browser".into()));
    }
    tools::require_browsers()?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let bins = [tools::geckodriver_folder().join("bin"), shell::cargo_home().join("bin")];
    let path = std::env::join_paths(std::env::split_paths(&path).chain(bins))?;
    let mut command = shell::cargo();
    command.args(["test", "--package", BROWSER_CRATE]).env("PATH", path);
    println!("cargo test --package {BROWSER_CRATE}");
    shell::run(&mut command)?;
    Ok(Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_every_step_and_the_failure() {
        let second = Duration::from_secs(1);
        let log = [
            line("tools", second, &Ok(Outcome::Passed)),
            line("formatting", second, &Err(anyhow::anyhow!("two files"))),
        ];
        let text = summary(&log, true);
        for step in STEPS {
            assert!(text.contains(step.name), "{}", step.name);
        }
        assert!(text.contains("FAILED      1.0 s  formatting: two files\n"), "{text}");
        assert!(text.ends_with("\ncargo xtask test: FAILED"), "{text}");
    }

    #[test]
    fn what_is_left_out_says_why() {
        let left_out = Ok(Outcome::LeftOut("--no-browser".into()));
        assert!(line(BROWSER_TESTS, Duration::ZERO, &left_out).ends_with("tests: --no-browser"));
    }
}
