//! Finding and running other programs, and the paths of this workspace.
//!
//! - Every program runs in the workspace's root, without standard input (CI has none).
//! - An error contains the whole command line, so that it can be run by hand.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The workspace's root: the folder with wasm-pack.toml, searched upwards from the crate that cargo runs
/// for, or from the current folder. (A path compiled in would be wrong after the checkout is moved.)
pub fn root() -> PathBuf {
    let start = std::env::var_os("CARGO_MANIFEST_DIR").map_or(".".into(), PathBuf::from);
    let start = start.canonicalize().unwrap_or(start);
    let found = start.ancestors().find(|folder| folder.join("wasm-pack.toml").is_file());
    found.unwrap_or(&start).to_path_buf()
}

/// The folder of xtask's cache, in cargo's target folder.
pub fn cache() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    root().join(target).join("xtask")
}

pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// The cargo that started xtask.
pub fn cargo() -> Command {
    command(&std::env::var("CARGO").unwrap_or("cargo".into()))
}

/// The path of a program on the PATH or in cargo's `bin` folder.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([cargo_home().join("bin")]);
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}

pub fn cargo_home() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cargo");
    std::env::var_os("CARGO_HOME").map_or_else(home, PathBuf::from)
}

/// Runs a command. Its output goes to ours.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start: {}", line(command)))?;
    if !status.success() {
        bail!("failed ({status}): {}", line(command));
    }
    Ok(())
}

/// Runs a command and returns its standard output. Its standard error goes into the error.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start: {}", line(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("failed ({}): {}\n{}", output.status, line(command), said.trim_end());
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("expected text from {}, found other bytes", line(command)))
}

/// The command as one would type it, with added environment variables first.
pub fn line(command: &Command) -> String {
    let mut words = Vec::new();
    for (name, value) in command.get_envs() {
        let value = value.unwrap_or_default().to_string_lossy().replace('\x1f', " ");
        words.push(format!("{}={value:?}", name.to_string_lossy()));
    }
    words.push(command.get_program().to_string_lossy().into_owned());
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_settings() {
        assert!(root().join("wasm-pack.toml").is_file(), "{}", root().display());
    }

    #[test]
    fn an_error_has_the_command_and_its_output() {
        let error = output(command("ls").arg("no such file")).unwrap_err().to_string();
        assert!(error.contains("ls no such file\n"), "{error}");
        assert!(error.contains("cannot access"), "{error}");
        let error = run(&mut command("no-such-program")).unwrap_err().to_string();
        assert_eq!(error, "cannot start: no-such-program");
    }
}
