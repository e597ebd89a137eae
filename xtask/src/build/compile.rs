//! cargo's part of the build: one module of the library under one set of features.
//!
//! - Paths of the machine are taken out of the module (`--remap-path-prefix`): panics carry them, and
//!   what is published neither depends on nor tells where it was built.
//! - The flags go by CARGO_ENCODED_RUSTFLAGS, which outdoes every other source of flags.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use cargo_metadata::Message;

use crate::settings::Module;
use crate::shell;

/// Adds the target where it is missing.
pub fn ensure_target(target: &str) -> Result<()> {
    let rustc = std::env::var("RUSTC").unwrap_or("rustc".into());
    let folder = shell::output(shell::command(&rustc).args([
        "--print",
        "target-libdir",
        "--target",
        target,
    ]))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    println!("adding the target {target}");
    shell::run(shell::command("rustup").args(["target", "add", target])).with_context(|| {
        format!("this toolchain can't build for {target}; by hand: rustup target add {target}")
    })
}

/// Builds the library and gives the path of its module.
pub fn compile(target: &str, module: &Module) -> Result<PathBuf> {
    let mut command = command(target, module);
    command.arg("--message-format=json-render-diagnostics").stdout(Stdio::piped());
    let mut child =
        command.spawn().with_context(|| format!("cannot start: {}", shell::line(&command)))?;
    let messages = child.stdout.take().context("cargo's output was not piped")?;
    let mut found = None;
    for message in Message::parse_stream(std::io::BufReader::new(messages)) {
        if let Message::CompilerArtifact(artifact) = message? {
            let wasm = artifact.filenames.iter().find(|file| file.extension() == Some("wasm"));
            found = wasm.map(|file| file.clone().into_std_path_buf()).or(found);
        }
    }
    let status = child.wait()?;
    anyhow::ensure!(status.success(), "failed ({status}): {}", shell::line(&command));
    found.with_context(|| format!("built no .wasm file: {}", shell::line(&command)))
}

fn command(target: &str, module: &Module) -> Command {
    let mut command = shell::cargo();
    command
        .args(["build", "--package", "layerscope", "--lib", "--no-default-features"])
        .args(["--features", &module.features.join(",")])
        .args(["--profile", &module.profile, "--target", target])
        .env("CARGO_ENCODED_RUSTFLAGS", rustflags(module).join("\x1f"));
    command
}

fn rustflags(module: &Module) -> Vec<String> {
    let mut flags = module.rustflags.clone();
    if !module.target_features.is_empty() {
        flags.push(format!("-Ctarget-feature={}", module.target_features.join(",")));
    }
    flags.push(format!("--remap-path-prefix={}=layerscope", shell::root().display()));
    // Where several prefixes fit, the last one counts: the folder of each source of crates after
    // the one above them all.
    let home = shell::cargo_home();
    flags.push(format!("--remap-path-prefix={}=cargo", home.display()));
    let sources = std::fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten();
    let mut sources: Vec<_> = sources.map(|source| source.path()).collect();
    sources.sort();
    for source in sources {
        flags.push(format!("--remap-path-prefix={}=crates", source.display()));
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    /// What cargo would be called with if the page's module were set so.
    fn line_with(change: impl FnOnce(&mut Module)) -> String {
        let mut module = Settings::read().unwrap().modules["page"].clone();
        change(&mut module);
        shell::line(&command("wasm32-unknown-unknown", &module))
    }

    #[test]
    fn every_setting_reaches_cargo() {
        let line = line_with(|module| {
            module.features = vec!["one".into(), "two".into()];
            module.profile = "tiny".into();
            module.target_features = vec!["+simd128".into(), "-sign-ext".into()];
            module.rustflags = vec!["-Cdebuginfo=1".into()];
        });
        for part in [
            " --features one,two ",
            " --profile tiny ",
            "-Ctarget-feature=+simd128,-sign-ext",
            "-Cdebuginfo=1",
        ] {
            assert!(line.contains(part), "no {part:?} in {line}");
        }
        assert!(!line_with(|module| module.target_features.clear()).contains("target-feature"));
    }
}
