//! What the tests need from the machine, installed where that can be done without asking.
//!
//! - rustup adds the toolchain's parts; apt-get, as root, Debian's programs in one call; cargo geckodriver;
//!   pip the SBOM formats' own programs; npm axe-core; Go builds the second registry and cosign. All but the first
//!   run side by side, because most of them wait for the network.
//! - What cannot be installed is printed with the command that would. Native tests that need it are compiled
//!   as ignored (`tests/material.rs`); browser tests fail.

use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::{Context, Result, anyhow, bail};
use sha2::{Digest, Sha256};

use super::Outcome;
use crate::build::ensure_target;
use crate::settings::Settings;
use crate::shell;

/// A program and the package of Debian that has it.
struct Program {
    name: &'static str,
    package: &'static str,
}

const fn program(name: &'static str, package: &'static str) -> Program {
    Program { name, package }
}

/// Of the build, and of native tests.
const NATIVE: &[Program] = &[
    program("bzip2", "bzip2"),
    program("lz4", "lz4"),
    program("xz", "xz-utils"),
    program("zstd", "zstd"),
];

/// Of native tests and browser tests.
const REGISTRIES: &[Program] = &[
    program("docker-registry", "docker-registry"),
    program("skopeo", "skopeo"),
    program("openssl", "openssl"),
];

/// Chromium's driver must be of Chromium's version, as it is in Debian.
const BROWSERS: &[Program] = &[
    program("chromium", "chromium"),
    program("chromedriver", "chromium-driver"),
    program("firefox-esr", "firefox-esr"),
];

/// Firefox's driver, which Debian lacks.
const GECKODRIVER: &str = "geckodriver";

/// Installs something that is missing; returns whether it did.
type Install = fn() -> Result<bool>;

/// The toolchain's parts, without which nothing goes on, and everything that may be missing.
pub fn prepare(with_browsers: bool) -> Result<Outcome> {
    toolchain()?;
    let installs: &[Install] = match with_browsers {
        true => &[
            || debian(&[NATIVE, REGISTRIES, BROWSERS]),
            geckodriver,
            sbom_tools,
            second_registry,
            cosign,
            axe,
        ],
        false => &[|| debian(&[NATIVE, REGISTRIES]), sbom_tools, second_registry],
    };
    let outcomes = std::thread::scope(|scope| {
        let threads: Vec<_> = installs.iter().map(|install| scope.spawn(install)).collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        joined.map(|outcome| outcome.unwrap_or(Err(anyhow!("panicked")))).collect::<Vec<_>>()
    });
    let mut is_new = false;
    for outcome in outcomes {
        match outcome {
            Ok(installed) => is_new |= installed,
            Err(error) => println!("{error:#}"),
        }
    }
    if is_new {
        look_again()?;
    }
    Ok(Outcome::Passed)
}

fn toolchain() -> Result<()> {
    for (program, component) in [("cargo-fmt", "rustfmt"), ("cargo-clippy", "clippy")] {
        // rustup's proxies exist without the component, so ask for a version.
        if shell::output(shell::command(program).arg("--version")).is_err() {
            println!("adding {component}");
            shell::run(shell::command("rustup").args(["component", "add", component]))
                .with_context(|| format!("by hand: rustup component add {component}"))?;
        }
    }
    ensure_target(&Settings::read()?.target)
}

/// Has the build scripts look for material once more.
fn look_again() -> Result<()> {
    let script = shell::root().join("tests/material.rs");
    let file = std::fs::File::options().append(true).open(&script);
    let touched = file.and_then(|file| file.set_modified(SystemTime::now()));
    touched.with_context(|| format!("cannot touch {}", script.display()))
}

fn missing(lists: &[&'static [Program]]) -> Vec<&'static Program> {
    let programs = lists.iter().copied().flatten();
    programs.filter(|program| shell::find(program.name).is_none()).collect()
}

fn debian(lists: &[&'static [Program]]) -> Result<bool> {
    let missing = missing(lists);
    if missing.is_empty() {
        return Ok(false);
    }
    let packages: Vec<_> = missing.iter().map(|program| program.package).collect();
    println!("installing {}", packages.join(", "));
    let by_hand = format!("by hand: apt-get install {}", packages.join(" "));
    if !is_root() {
        bail!("only root can install {}; {by_hand}", packages.join(", "));
    }
    let apt = |arguments: &[&str]| {
        let mut apt = shell::command("apt-get");
        shell::run(apt.arg("--quiet=2").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    let install = [&["install", "--yes", "--no-install-recommends"][..], &packages].concat();
    apt(&["update"]).and_then(|()| apt(&install)).context(by_hand)?;
    Ok(true)
}

fn is_root() -> bool {
    shell::output(shell::command("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Where `cargo install` puts geckodriver: it is built for the tests alone, so not into cargo's own bin.
pub fn geckodriver_folder() -> PathBuf {
    shell::cache().join(GECKODRIVER)
}

fn has_geckodriver() -> bool {
    shell::find(GECKODRIVER).is_some()
        || geckodriver_folder().join("bin").join(GECKODRIVER).is_file()
}

/// Unoptimised: it compiles in a third of the time, and a test sends it a few commands a second.
fn geckodriver() -> Result<bool> {
    if has_geckodriver() {
        return Ok(false);
    }
    println!("installing {GECKODRIVER}");
    let mut install = shell::cargo();
    install
        .args(["install", GECKODRIVER, "--locked", "--quiet", "--root"])
        .arg(geckodriver_folder());
    install.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
    install.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    let by_hand = format!("by hand: cargo install {GECKODRIVER} --locked");
    shell::run(&mut install).context(by_hand)?;
    Ok(true)
}

/// Python's libraries of CycloneDX and SPDX, in an environment of their own.
fn sbom_tools() -> Result<bool> {
    let folder = shell::cache().join("sbom-tools");
    let requirements = shell::root().join("tests/fixtures/sbom/requirements.txt");
    let (wanted, installed) = (std::fs::read(&requirements)?, folder.join("installed"));
    if std::fs::read(&installed).is_ok_and(|found| found == wanted) {
        return Ok(false);
    }
    println!("installing the SBOM formats' own programs");
    let advice = "no tests with the SBOM formats' own programs; by hand: \
                  apt-get install python3-venv";
    shell::run(shell::command("python3").args(["-m", "venv", "--clear"]).arg(&folder))
        .context(advice)?;
    let mut pip = shell::command(&folder.join("bin/pip").to_string_lossy());
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    shell::run(pip.arg(&requirements)).context(advice)?;
    std::fs::write(&installed, wanted)?;
    Ok(true)
}

/// The second implementation of the registry protocol that tests run against: only this needs Go, which is
/// not installed for it. Go keeps what it has built, so only the first build takes long.
fn second_registry() -> Result<bool> {
    let program = shell::cache().join("second-registry");
    let is_new = !program.is_file();
    require_go("no tests against a second registry")?;
    let mut go = shell::command("go");
    go.current_dir(shell::root().join("tests/registries/second"));
    go.args(["build", "-trimpath", "-o"]).arg(program);
    shell::run(&mut go).context("no tests against a second registry: it does not build")?;
    Ok(is_new)
}

/// The program that signs images in tests. It is several hundred modules of Go, which take two minutes of two cores to
/// compile; where it cannot be built, tests use what it once made.
const COSIGN: &str = "github.com/sigstore/cosign/v3/cmd/cosign@v3.1.1";
/// Of that version: `tests/registries/src/cosign.rs` looks there.
const COSIGN_FOLDER: &str = "cosign-3.1.1";

fn cosign() -> Result<bool> {
    let folder = shell::cache().join(COSIGN_FOLDER);
    if folder.join("cosign").is_file() {
        return Ok(false);
    }
    let instead = "tests use recorded signatures of cosign";
    require_go(instead)?;
    // A network that answers slowly must not cost the tests.
    let limited = ["timeout", "600", "go"];
    let words = if shell::find(limited[0]).is_some() { &limited[..] } else { &limited[2..] };
    let mut go = shell::command(words[0]);
    go.args(&words[1..]).args(["install", "-trimpath", COSIGN]).env("GOBIN", folder);
    shell::run(&mut go).with_context(|| format!("{instead}: it does not build"))?;
    Ok(true)
}

/// Refuses to go on without Go, which is not installed for tests; `otherwise` says what that means.
fn require_go(otherwise: &str) -> Result<()> {
    match shell::find("go") {
        Some(_) => Ok(()),
        None => bail!("{otherwise}: Go is not installed (apt-get install golang-go)"),
    }
}

/// The checker of accessibility that tests run in pages, from npm; by version and checksum, as npm verifies
/// nothing that no lock file names.
const AXE: &str = "axe-core@4.14.1";
const AXE_SHA256: &str = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c";

/// Where `package/axe.min.js` is.
fn axe_folder() -> PathBuf {
    shell::cache().join("axe")
}

fn has_axe() -> bool {
    let script = axe_folder().join("package/axe.min.js");
    std::fs::read(script).is_ok_and(|bytes| format!("{:x}", Sha256::digest(bytes)) == AXE_SHA256)
}

fn axe() -> Result<bool> {
    if has_axe() {
        return Ok(false);
    }
    println!("downloading {AXE}");
    let folder = axe_folder();
    std::fs::create_dir_all(&folder)?;
    let advice = "no tests of accessibility; npm downloads axe-core (apt-get install npm)";
    let mut npm = shell::command("npm");
    npm.current_dir(&folder).args(["pack", "--silent", AXE]);
    let name = shell::output(&mut npm).context(advice)?;
    let mut tar = shell::command("tar");
    tar.current_dir(&folder).args(["-xzf", name.trim(), "package/axe.min.js", "package/LICENSE"]);
    shell::run(&mut tar).context(advice)?;
    anyhow::ensure!(has_axe(), "{AXE} is not what the tests were written against; {advice}");
    Ok(true)
}

/// Fails where something is missing that the browser tests use, and says how to get it.
pub fn require_browsers() -> Result<()> {
    let line = |program: &Program| {
        format!("{} is missing: apt-get install {}", program.name, program.package)
    };
    let mut missing: Vec<_> = missing(&[REGISTRIES, BROWSERS]).into_iter().map(line).collect();
    if !has_geckodriver() {
        missing.push(format!("{GECKODRIVER} is missing: cargo install {GECKODRIVER} --locked"));
    }
    if !has_axe() {
        missing.push(format!("{AXE} is missing: npm downloads it (apt-get install npm)"));
    }
    if missing.is_empty() {
        return Ok(());
    }
    bail!("{}\n(or leave the browser tests out: --no-browser)", missing.join("\n"))
}
