//! Other programs: found, run, and reported when they fail; and where this workspace lies.
//!
//! - Every program runs in the workspace's root, without standard input (CI has none).
//! - A failure names the whole command line, so that it can be run again by hand.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The workspace's root: the folder with wasm-pack.toml, upwards from the crate that cargo is at work
/// on, or from here. (A path kept from compiling would be wrong in a checkout that was moved.)
pub fn root() -> PathBuf {
    let start = std::env::var_os("CARGO_MANIFEST_DIR").map_or(".".into(), PathBuf::from);
    let start = start.canonicalize().unwrap_or(start);
    let found = start.ancestors().find(|folder| folder.join("wasm-pack.toml").is_file());
    found.unwrap_or(&start).to_path_buf()
}

/// Where xtask keeps what it can make again: beside cargo's own.
pub fn cache() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    root().join(target).join("xtask")
}

pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// The cargo that started us.
pub fn cargo() -> Command {
    command(&std::env::var("CARGO").unwrap_or("cargo".into()))
}

/// Whether the shell would find it: a file of that name in a folder of PATH, or in cargo's own bin.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([cargo_home().join("bin")]);
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}

pub fn cargo_home() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cargo");
    std::env::var_os("CARGO_HOME").map_or_else(home, PathBuf::from)
}

/// Runs it with its output on ours.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start: {}", line(command)))?;
    if !status.success() {
        bail!("failed ({status}): {}", line(command));
    }
    Ok(())
}

/// Runs it and gives what it wrote to standard output; what it wrote to the other is in the error.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start: {}", line(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("failed ({}): {}\n{}", output.status, line(command), said.trim_end());
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("expected text from {}, found other bytes", line(command)))
}

/// The command as one would type it, with what is added to the environment before it.
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
    fn a_failure_names_the_command_and_what_it_said() {
        let error = output(command("ls").arg("no such file")).unwrap_err().to_string();
        assert!(error.contains("ls no such file\n"), "{error}");
        assert!(error.contains("cannot access"), "{error}");
        let error = run(&mut command("no-such-program")).unwrap_err().to_string();
        assert_eq!(error, "cannot start: no-such-program");
    }
}
