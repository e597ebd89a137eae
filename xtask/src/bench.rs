//! `cargo xtask bench`: builds the page for release and measures the table of budgets.
//!
//! - The program `bench` of `tests/browser` measures. This gives it what it needs: the built page, its
//!   size, our command built for release, a folder for archives, and two cores.
//! - `--size large` compares programs on 9 GB instead of 1.3 GB.
//! - `--no-build` measures dist/ as it is, `--dist FOLDER` another folder, to compare builds.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use lexopt::{Arg, Parser};

use crate::build::{Mode, budgets, build};
use crate::shell;

/// Results of machines with more cores could not be compared.
const CORES: usize = 2;

pub fn command(mut arguments: Parser) -> Result<ExitCode> {
    let (mut dist, mut passed_on) = (None, Vec::new());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("no-build") => dist = Some(shell::root().join("dist")),
            Arg::Long("dist") => dist = Some(PathBuf::from(arguments.value()?)),
            Arg::Long(flag @ ("runs" | "only" | "csv" | "size")) => {
                passed_on.push(format!("--{flag}").into());
                passed_on.push(arguments.value()?);
            }
            Arg::Value(archive) => passed_on.push(std::path::absolute(archive)?.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    let dist = match dist {
        Some(dist) => std::path::absolute(dist)?,
        None => build(Mode::Release)?,
    };
    shell::run(shell::cargo().args([
        "build",
        "--release",
        "--package",
        "browser-tests",
        "--bin",
        "bench",
    ]))?;
    let (package, command) = (["--package", "layerscope"], ["--bin", "layerscope"]);
    shell::run(shell::cargo().args(["build", "--release"]).args(package).args(command))?;
    let mut bench = match std::thread::available_parallelism()?.get() > CORES {
        true => shell::command("taskset"),
        false => shell::cargo(),
    };
    if bench.get_program() == "taskset" {
        bench.args(["-c", "0,1"]).arg(shell::cargo().get_program());
    }
    bench.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "browser-tests",
        "--bin",
        "bench",
        "--",
    ]);
    bench.arg("--dist").arg(&dist);
    bench.arg("--command").arg(shell::root().join("target/release/layerscope"));
    bench.arg("--folder").arg(shell::cache().with_file_name("bench"));
    for (name, bytes, budget) in budgets(&dist)? {
        bench.args(["--weight", &name, &bytes.to_string(), &budget.to_string()]);
    }
    let status = bench.args(passed_on).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
