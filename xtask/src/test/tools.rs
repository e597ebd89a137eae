//! What the tests need from the machine, installed where that can be done without asking.
//!
//! - rustup for the toolchain's parts, apt-get as root for Debian's programs, cargo for geckodriver.
//! - What can't be installed is said in one line with the command that would. It fails the run only
//!   where a step cannot do without it.

use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

use super::Outcome;
use crate::build::ensure_target;
use crate::settings::Settings;
use crate::shell;

/// A program and where it comes from.
struct Need {
    program: &'static str,
    /// Debian's; none for what cargo installs under the program's name.
    package: Option<&'static str>,
}

const WASM_OPT: Need = Need { program: "wasm-opt", package: Some("binaryen") };

/// Chromium's driver must be of its version, which the two packages are; geckodriver Debian lacks.
const BROWSERS: &[Need] = &[
    Need { program: "chromium", package: Some("chromium") },
    Need { program: "chromedriver", package: Some("chromium-driver") },
    Need { program: "firefox-esr", package: Some("firefox-esr") },
    Need { program: "geckodriver", package: None },
];

/// Native tests use these, too, and say by name what they leave out without them.
const REGISTRIES: &[Need] = &[
    Need { program: "docker-registry", package: Some("docker-registry") },
    Need { program: "skopeo", package: Some("skopeo") },
];

/// The toolchain's parts, without which nothing goes on; wasm-opt and registries, without which
/// something does.
pub fn prepare() -> Result<Outcome> {
    for (program, component) in [("cargo-fmt", "rustfmt"), ("cargo-clippy", "clippy")] {
        // rustup's proxies exist without the component, so ask for a version.
        if shell::output(shell::command(program).arg("--version")).is_err() {
            println!("adding {component}");
            shell::run(shell::command("rustup").args(["component", "add", component]))
                .with_context(|| format!("by hand: rustup component add {component}"))?;
        }
    }
    ensure_target(&Settings::read()?.target)?;
    for need in [WASM_OPT].iter().chain(REGISTRIES) {
        if let Err(error) = ensure(need) {
            println!("{error:#}");
        }
    }
    if let Err(error) = second_registry() {
        println!("{error:#}");
    }
    Ok(Outcome::Passed)
}

/// The second implementation of the registry protocol that tests run against: the only thing that wants
/// Go, which is not installed for it. Go keeps what it has built, so this is quick but for the first time.
fn second_registry() -> Result<()> {
    if shell::find("go").is_none() {
        println!("go is not installed: no tests against a second registry");
        return Ok(());
    }
    let mut go = shell::command("go");
    go.current_dir(shell::root().join("tests/registries/second"));
    go.args(["build", "-trimpath", "-o"]).arg(shell::cache().join("second-registry"));
    shell::run(&mut go).context("no tests against a second registry, for it cannot be built")
}

/// All that the browser tests use; whatever is missing afterwards is in the error.
pub fn prepare_browsers() -> Result<()> {
    let needs = BROWSERS.iter().chain(REGISTRIES);
    let failures: Vec<_> = needs.filter_map(|need| ensure(need).err()).collect();
    if failures.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = failures.iter().map(|error| format!("{error:#}")).collect();
    bail!("{}\n(or leave the browser tests out: --no-browser)", lines.join("\n"))
}

fn ensure(need: &Need) -> Result<()> {
    if shell::find(need.program).is_some() {
        return Ok(());
    }
    println!("installing {}", need.program);
    let by_hand = by_hand(need);
    let installed = match need.package {
        None => shell::run(shell::cargo().args(["install", need.program, "--locked"])),
        Some(_) if !is_root() => Err(anyhow::anyhow!("only root can install it")),
        Some(package) => apt_update().and_then(|()| {
            let mut apt = shell::command("apt-get");
            apt.args(["install", "--yes", "--no-install-recommends", package]);
            shell::run(apt.env("DEBIAN_FRONTEND", "noninteractive"))
        }),
    };
    installed.with_context(|| format!("{} is missing; by hand: {by_hand}", need.program))?;
    match shell::find(need.program) {
        Some(_) => Ok(()),
        None => bail!("{} is not on the PATH even after: {by_hand}", need.program),
    }
}

fn by_hand(need: &Need) -> String {
    match need.package {
        Some(package) => format!("apt-get install {package}"),
        None => format!("cargo install {} --locked", need.program),
    }
}

/// Once a run.
fn apt_update() -> Result<()> {
    static DONE: OnceLock<Result<(), String>> = OnceLock::new();
    let update = || shell::run(shell::command("apt-get").arg("update"));
    let done = DONE.get_or_init(|| update().map_err(|error| format!("{error:#}")));
    done.clone().map_err(anyhow::Error::msg)
}

fn is_root() -> bool {
    shell::output(shell::command("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_comes_with_the_command() {
        for need in BROWSERS.iter().chain(REGISTRIES) {
            let line = by_hand(need);
            assert!(
                line.contains(" install ") && line.contains(need.package.unwrap_or(need.program))
            );
        }
    }
}
