//! `cargo xtask test`: everything that must hold, in steps, from a fresh clone.
//!
//! - The first step that fails ends the run; the list at the end names every step, its result and its
//!   time. Skipped steps are listed by name.
//! - Programs' own output stays visible: a reader of a CI log looks for cargo's lines.
//! - Budget: 20 minutes on two cores from a fresh clone. The quick steps come first; the build for release
//!   runs beside lints and native tests; nothing is compiled twice with the same settings.

mod background;
mod tools;
mod wasm_pack;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use lexopt::{Arg, Parser};

use background::BackgroundBuild;

use crate::settings::Settings;
use crate::{audit, shell, tidy};

enum Outcome {
    Passed,
    /// With the reason.
    LeftOut(String),
}

/// What steps know of each other.
struct Run {
    /// Whether the page is tested in browsers.
    browsers: bool,
    build: Option<BackgroundBuild>,
}

struct Step {
    name: &'static str,
    run: fn(&mut Run) -> Result<Outcome>,
}

const STEPS: &[Step] = &[
    Step { name: "tools", run: |run| tools::prepare(run.browsers) },
    Step { name: "formatting", run: |_| formatting() },
    Step { name: "tidy", run: |_| tidy::run().map(|()| Outcome::Passed) },
    Step { name: "audit", run: |_| audit::run().map(|()| Outcome::Passed) },
    Step { name: "start of the build", run: start_build },
    Step { name: "lints, native", run: |_| native_lints() },
    Step { name: "lints, WebAssembly", run: |_| wasm_lints() },
    Step { name: "lints, fuzz targets", run: |_| fuzz_lints() },
    Step { name: "native tests", run: |_| native_tests() },
    Step { name: "the build", run: finish_build },
    Step { name: "wasm-pack build", run: |_| wasm_pack::build() },
    Step { name: BROWSER_TESTS, run: browser_tests },
];

const BROWSER_TESTS: &str = "browser tests";
const BROWSER_TESTS_TARGET: &str = "pages"; // of tests/browser

pub fn command(mut arguments: Parser) -> Result<ExitCode> {
    let mut run = Run { browsers: true, build: None };
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("no-browser") => run.browsers = false,
            other => return Err(other.unexpected().into()),
        }
    }
    let mut log = Vec::new();
    let mut failed = false;
    for step in STEPS {
        println!("\n== {} ==", step.name);
        let start = Instant::now();
        let outcome = (step.run)(&mut run);
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
    // Not among "all targets", as it only runs by its name.
    cargo(&["clippy", "--workspace", "--test", BROWSER_TESTS_TARGET, "--", "-D", "warnings"])?;
    Ok(Outcome::Passed)
}

/// Both modules' features at once, in one pass: that each module compiles with its own is shown by the build.
fn wasm_lints() -> Result<Outcome> {
    let target = Settings::read()?.target;
    let lints = ["--lib", "--target", &target, "--", "-D", "warnings"];
    cargo(&[&["clippy", "--package=layerscope"][..], &lints].concat())?;
    Ok(Outcome::Passed)
}

/// The fuzz targets, a workspace of their own. Without libFuzzer, which is C++ and needed to link them only.
fn fuzz_lints() -> Result<Outcome> {
    let mut command = shell::cargo();
    command.args(["clippy", "--locked", "--manifest-path", "fuzz/Cargo.toml", "--bins"]);
    command.arg("--target-dir").arg(shell::cache().join("cargo/fuzz"));
    command.args(["--", "-D", "warnings"]).env("CUSTOM_LIBFUZZER_PATH", "/dev/null");
    println!("{}", shell::line(&command));
    shell::run(&mut command)?;
    Ok(Outcome::Passed)
}

/// Everything but the tests in browsers, which run only by their name.
fn native_tests() -> Result<Outcome> {
    cargo(&["test", "--workspace"])?;
    Ok(Outcome::Passed)
}

/// The build for release, which has folders of its own below target/, so that lints and native tests can
/// be compiled meanwhile: they keep both cores busy while the linker optimises a whole module on one.
fn start_build(run: &mut Run) -> Result<Outcome> {
    run.build = Some(BackgroundBuild::start()?);
    Ok(Outcome::Passed)
}

/// Waits for the build, which fails over budget.
fn finish_build(run: &mut Run) -> Result<Outcome> {
    let build = run.build.take().context("it was not started")?;
    build.finish()?;
    Ok(Outcome::Passed)
}

fn browser_tests(run: &mut Run) -> Result<Outcome> {
    if !run.browsers {
        return Ok(Outcome::LeftOut("--no-browser".into()));
    }
    tools::require_browsers()?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let bins = [tools::geckodriver_folder().join("bin"), shell::cargo_home().join("bin")];
    let path = std::env::join_paths(std::env::split_paths(&path).chain(bins))?;
    let mut command = shell::cargo();
    command.args(["test", "--workspace", "--test", BROWSER_TESTS_TARGET]).env("PATH", path);
    // The native tests have built it.
    let inspect = shell::cache().with_file_name("debug").join("layerscope");
    command.env("LAYERSCOPE_INSPECT", inspect);
    println!("{}", shell::line(&command));
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
