//! `cargo xtask build`: from the sources to `dist/`, a folder for any static host.
//!
//! cargo (once for each module) → splitting (the page's) → wasm-bindgen → dist/, with the settings of wasm-pack.toml.
//! - For development (`serve`, and `build` without `--release`) the profile `serve` is used: it
//!   compiles fast, and again only what changed. `--release` uses the profiles of wasm-pack.toml and
//!   fails over budget.
//! - wasm-bindgen runs again only if its input's bytes, the settings or its version changed.

mod bindgen;
mod cache;
mod compile;
mod dist;
mod named;
mod offline;
mod separate;
mod sizes;
mod split;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use lexopt::Parser;

pub use compile::ensure_target;
pub use sizes::budgets;

use crate::settings::{Module, Settings};
use crate::shell;

/// The name of the verifier's module in wasm-pack.toml.
const VERIFIER: &str = "verify";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Compiles fast. Modules keep their function names, for traces.
    Development,
    /// Optimised, and within the budgets.
    Release,
}

pub fn command(mut arguments: Parser) -> Result<ExitCode> {
    let mut mode = Mode::Development;
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("release") => mode = Mode::Release,
            other => return Err(other.unexpected().into()),
        }
    }
    build(mode)?;
    Ok(ExitCode::SUCCESS)
}

/// Builds everything and returns the path of dist/.
pub fn build(mode: Mode) -> Result<PathBuf> {
    build_with(&Settings::read()?, mode)
}

/// Builds for development what must be there to open an image, and returns the path of dist/. The rest follows by
/// `build`.
pub fn build_the_page() -> Result<PathBuf> {
    let mut settings = Settings::read()?;
    settings.modules.retain(|_, module| !module.after_the_page);
    build_with(&settings, Mode::Development)
}

fn build_with(settings: &Settings, mode: Mode) -> Result<PathBuf> {
    let root = shell::root();
    bindgen::check_version(&std::fs::read_to_string(root.join("Cargo.lock"))?)?;
    ensure_target(&settings.target)?;

    let folders = build_modules(settings, mode)?;
    let dist = root.join("dist");
    dist::assemble(&dist, &root.join("www"), &folders)?;
    separate::check(&dist, settings.modules.contains_key(VERIFIER))?;

    if mode == Mode::Release {
        let table = sizes::measure(&dist, &shell::cache().join("brotli"))?;
        let verdicts = sizes::judge(&table, &settings.budgets);
        println!("{}", sizes::summary(&table, &verdicts));
        sizes::enforce(&verdicts)?;
    }
    Ok(dist)
}

/// All modules; returns the folders with the results, in the order of the settings. Those that share their compiled
/// libraries are compiled one after the other, as cargo locks the folder that it builds in; others side by side.
/// While one is compiled, wasm-bindgen works on the one before it.
fn build_modules(settings: &Settings, mode: Mode) -> Result<Vec<PathBuf>> {
    let mut groups: BTreeMap<PathBuf, Vec<(&String, &Module)>> = BTreeMap::new();
    for (name, module) in &settings.modules {
        groups.entry(compile::folder(module, mode)).or_default().push((name, module));
    }
    let (send, compiled) = std::sync::mpsc::channel();
    let mut built = std::thread::scope(|scope| {
        for modules in groups.into_values() {
            let send = send.clone();
            scope.spawn(move || {
                for (name, module) in modules {
                    let done = compile::compile(settings, module, mode)
                        .with_context(|| format!("the {name} module doesn't compile"));
                    // The receiver stays until all have ended, so that no error hides another build's end.
                    let _ = send.send((name, module, done));
                }
            });
        }
        drop(send);
        let generate = |(name, module, compiled): (&String, &Module, Result<PathBuf>)| {
            Ok((name.clone(), generate(name, &compiled?, module, mode)?))
        };
        let built: Vec<Result<(String, PathBuf)>> = compiled.into_iter().map(generate).collect();
        built.into_iter().collect::<Result<Vec<_>>>()
    })?;
    built.sort();
    Ok(built.into_iter().map(|(_, folder)| folder).collect())
}

/// Runs wasm-bindgen on a compiled module; returns the folder with the results.
fn generate(name: &str, compiled: &Path, module: &Module, mode: Mode) -> Result<PathBuf> {
    let wasm = std::fs::read(compiled)
        .with_context(|| format!("cargo named {}, which can't be read", compiled.display()))?;
    let mut settings = module.wasm_bindgen.clone();
    settings.keep_names |= mode == Mode::Development;
    let versions = (bindgen::VERSION, split::VERSION, split::REVISION);
    let tools = format!("{settings:?} {} {versions:?}", module.split);
    let key = cache::key(&[&wasm, tools.as_bytes()]);
    let place = shell::cache().join("modules").join(format!("{name}-{mode:?}"));
    cache::folder(&place, &key, |folder| {
        let wasm = match module.split {
            true => split::split(&wasm, &settings.out_name, settings.keep_names, folder)
                .with_context(|| format!("splitting the {name} module"))?,
            false => wasm,
        };
        bindgen::generate(wasm, &settings, module.split, folder)
            .with_context(|| format!("wasm-bindgen on the {name} module"))?;
        Ok(())
    })
}
