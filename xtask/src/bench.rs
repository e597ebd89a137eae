//! `cargo xtask bench`: builds the page and has the table of budgets measured.
//!
//! - The measuring is the program `bench` of `tests/browser`, which has the browsers; here is what it
//!   needs: the built page, what that weighs, a folder for archives, and two cores.
//! - `--no-build` takes dist/ as it is, `--dist FOLDER` another one: for comparing builds.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use lexopt::{Arg, Parser};

use crate::build::{Strictness, build};
use crate::settings::Settings;
use crate::shell;

/// Runs on machines with more cores would not compare.
const CORES: usize = 2;

pub fn command(mut arguments: Parser) -> Result<ExitCode> {
    let (mut dist, mut passed_on) = (None, Vec::new());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("no-build") => dist = Some(shell::root().join("dist")),
            Arg::Long("dist") => dist = Some(PathBuf::from(arguments.value()?)),
            Arg::Long(flag @ ("runs" | "only" | "csv")) => {
                passed_on.push(format!("--{flag}").into());
                passed_on.push(arguments.value()?);
            }
            Arg::Value(archive) => passed_on.push(std::path::absolute(archive)?.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    let dist = match dist {
        Some(dist) => std::path::absolute(dist)?,
        None => build(Strictness::Lenient)?,
    };
    shell::run(shell::cargo().args([
        "build",
        "--release",
        "--package",
        "browser-tests",
        "--bin",
        "bench",
    ]))?;
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
    bench.arg("--folder").arg(shell::cache().with_file_name("bench"));
    for (name, bytes, budget) in weights(&dist)? {
        bench.args(["--weight", &name, &bytes.to_string(), &budget.to_string()]);
    }
    let status = bench.args(passed_on).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Name, bytes after brotli and the most that there may be, for each budget of wasm-pack.toml.
fn weights(dist: &Path) -> Result<Vec<(String, u64, u64)>> {
    let mut found = Vec::new();
    let files = files(dist)?;
    for budget in Settings::read()?.budgets {
        let name =
            |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let covered = files.iter().filter(|path| budget.covers(&name(path)));
        let bytes = covered.map(|path| brotli_size(path)).sum::<Result<u64>>()?;
        found.push((budget.name, bytes, budget.max_brotli_bytes));
    }
    Ok(found)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in
        std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        match path.is_dir() {
            true => found.extend(files(&path)?),
            false => found.push(path),
        }
    }
    Ok(found)
}

fn brotli_size(path: &Path) -> Result<u64> {
    let bytes = std::fs::read(path)?;
    let parameters =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &parameters)?;
    Ok(packed.len() as u64)
}
