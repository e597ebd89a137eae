//! `cargo xtask build`: from the sources to `dist/`, a folder for any static host.
//!
//! cargo (one run a module) → wasm-bindgen → short names → wasm-opt → dist/, under the settings of
//! wasm-pack.toml.
//! - The profile is the same with and without `--release`: a slow engine could not be judged. What
//!   `--release` adds is strictness: wasm-opt must be there and the budgets hold.
//! - What was made is made again only if its inputs' bytes, the settings or a tool's version changed.

mod bindgen;
mod cache;
mod compile;
mod dist;
mod glue;
mod optimise;
mod separate;
mod shorten;
mod sizes;
mod tables;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use lexopt::Parser;

pub use compile::ensure_target;

use crate::settings::{Module, Settings};
use crate::shell;

/// How much of a build failing is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// Without wasm-opt the modules stay as they are; the budgets are only shown.
    Lenient,
    Release,
}

pub fn command(mut arguments: Parser) -> Result<ExitCode> {
    let mut strictness = Strictness::Lenient;
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("release") => strictness = Strictness::Release,
            other => return Err(other.unexpected().into()),
        }
    }
    build(strictness)?;
    Ok(ExitCode::SUCCESS)
}

/// Builds everything and prints the sizes; gives the folder.
pub fn build(strictness: Strictness) -> Result<PathBuf> {
    let settings = Settings::read()?;
    let root = shell::root();
    bindgen::check_version(&std::fs::read_to_string(root.join("Cargo.lock"))?)?;
    let wasm_opt = optimise::find()?;
    match (&wasm_opt, strictness) {
        (None, Strictness::Release) => bail!(
            "build --release needs wasm-opt, which is not on the PATH: apt-get install binaryen"
        ),
        (None, Strictness::Lenient) => {
            println!("wasm-opt not found: modules are left larger (apt-get install binaryen)");
        }
        (Some(_), _) => {}
    }
    ensure_target(&settings.target)?;

    let mut folders = Vec::new();
    for (name, module) in &settings.modules {
        let compiled = compile::compile(&settings.target, module)
            .with_context(|| format!("the {name} module doesn't compile"))?;
        folders.push(finish(name, &compiled, module, wasm_opt.as_ref())?);
    }
    let dist = root.join("dist");
    dist::assemble(&dist, &root.join("www"), &folders)?;
    separate::check(&dist)?;

    let table = sizes::measure(&dist, &shell::cache().join("brotli"))?;
    let verdict = sizes::judge(&table, &settings.budgets);
    println!("{}", sizes::summary(&table, &verdict));
    if strictness == Strictness::Release {
        sizes::enforce(&verdict)?;
    }
    Ok(dist)
}

/// wasm-bindgen and wasm-opt on what cargo made; gives the folder with the results.
fn finish(
    name: &str,
    compiled: &Path,
    module: &Module,
    wasm_opt: Option<&optimise::Tool>,
) -> Result<PathBuf> {
    let wasm = std::fs::read(compiled)
        .with_context(|| format!("cargo named {}, which can't be read", compiled.display()))?;
    let key = cache::key(&[
        &wasm,
        format!("{module:?}").as_bytes(),
        // With wasm-bindgen's library, and what we do ourselves.
        &std::fs::read(std::env::current_exe()?)?,
        wasm_opt.map_or("none", |tool| &tool.version).as_bytes(),
    ]);
    cache::folder(&shell::cache().join("modules").join(name), &key, |folder| {
        let made = bindgen::generate(wasm, &module.wasm_bindgen, folder)
            .with_context(|| format!("wasm-bindgen on the {name} module"))?;
        shorten(&made, module).with_context(|| format!("the {name} module's glue"))?;
        match wasm_opt {
            Some(tool) => optimise::optimise(tool, &module.wasm_opt, &made),
            None => Ok(()),
        }
    })
}

/// `glue`, on the files.
fn shorten(made: &Path, module: &Module) -> Result<()> {
    let script_path = made.with_file_name(format!("{}.js", module.wasm_bindgen.out_name));
    let (wasm, script) = (std::fs::read(made)?, std::fs::read_to_string(&script_path)?);
    let (wasm, script) = glue::shorten(&wasm, &script, &module.glue)?;
    std::fs::write(made, wasm)?;
    Ok(std::fs::write(script_path, script)?)
}
