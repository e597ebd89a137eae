//! cargo's part of the build: one module of the library under one set of features.
//!
//! - Paths of the machine are removed from the module (`--remap-path-prefix`): panic messages contain
//!   them, and what is published must not depend on where it was built, or reveal it.
//! - Modules of one profile share a target folder and so their compiled libraries; modules of another profile, which
//!   share none, have another one, so that they compile at the same time. For development all have one profile.
//! - Flags are passed in CARGO_ENCODED_RUSTFLAGS, which overrides every other source of flags.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use cargo_metadata::Message;

use super::Mode;
use crate::settings::{Module, Settings};
use crate::shell;

/// Cargo.toml's, for development.
const DEVELOPMENT_PROFILE: &str = "serve";

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

/// Builds the library and returns the path of its module.
pub fn compile(settings: &Settings, module: &Module, mode: Mode) -> Result<PathBuf> {
    let mut command = command(settings, module, mode);
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

/// cargo's profile.
fn profile(module: &Module, mode: Mode) -> &str {
    match mode {
        Mode::Development => DEVELOPMENT_PROFILE,
        Mode::Release => &module.profile,
    }
}

/// The target folder.
pub fn folder(module: &Module, mode: Mode) -> PathBuf {
    shell::cache().join("cargo").join(profile(module, mode))
}

fn command(settings: &Settings, module: &Module, mode: Mode) -> Command {
    let mut command = shell::cargo();
    let profile = profile(module, mode);
    if mode == Mode::Development {
        let level = module.development_opt_level;
        let level = format!("profile.{profile}.package.layerscope.opt-level={level}");
        command.args(["--config", &level]);
    }
    command
        .args(["build", "--package", "layerscope", "--lib", "--no-default-features"])
        .args(["--features", &module.features.join(",")])
        .args(["--profile", profile, "--target", &settings.target, "--target-dir"])
        .arg(folder(module, mode))
        .env("CARGO_ENCODED_RUSTFLAGS", rustflags(settings).join("\x1f"));
    command
}

fn rustflags(settings: &Settings) -> Vec<String> {
    let mut flags = settings.rustflags.clone();
    if !settings.target_features.is_empty() {
        flags.push(format!("-Ctarget-feature={}", settings.target_features.join(",")));
    }
    flags.push(format!("--remap-path-prefix={}=layerscope", shell::root().display()));
    // If several prefixes match, the last one counts: the folder of each registry comes after the
    // folder that contains them.
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

    /// The command line for the page's module with changed settings.
    fn line_with(mode: Mode, change: impl FnOnce(&mut Settings)) -> String {
        let mut settings = Settings::read().unwrap();
        change(&mut settings);
        shell::line(&command(&settings, &settings.modules["page"], mode))
    }

    #[test]
    fn every_setting_reaches_cargo() {
        let line = line_with(Mode::Release, |settings| {
            let page = settings.modules.get_mut("page").unwrap();
            page.features = vec!["one".into(), "two".into()];
            page.profile = "tiny".into();
            settings.target = "wasm64".into();
            settings.target_features = vec!["+simd128".into(), "-sign-ext".into()];
            settings.rustflags = vec!["-Cdebuginfo=1".into()];
        });
        for part in [
            " --features one,two ",
            " --profile tiny ",
            " --target wasm64",
            "-Ctarget-feature=+simd128,-sign-ext",
            "-Cdebuginfo=1",
        ] {
            assert!(line.contains(part), "no {part:?} in {line}");
        }
        let line = line_with(Mode::Development, |settings| settings.target_features.clear());
        assert!(!line.contains("target-feature"), "{line}");
        assert!(line.contains(" --profile serve "), "{line}");
        let line = line_with(Mode::Development, |settings| {
            settings.modules.get_mut("page").unwrap().development_opt_level = 2;
        });
        assert!(line.contains(" profile.serve.package.layerscope.opt-level=2 "), "{line}");
    }
}
