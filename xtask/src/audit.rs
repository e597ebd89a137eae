//! `cargo xtask audit`: checks the dependencies.
//!
//! - Licences: of every crate that a build for any platform could use, tests included.
//! - Duplicates: in what is shipped (both modules, the proxy) and in xtask on this machine. Two versions of
//!   a crate need a reason in `duplicates.rs`.
//! - Advisories: if the database cannot be reached, it says so and continues.

mod advisories;
mod duplicates;
mod licences;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use cargo_metadata::{Metadata, MetadataCommand};
use lexopt::Parser;

use crate::settings::Settings;
use crate::shell;

pub fn command(arguments: Parser) -> Result<ExitCode> {
    crate::no_arguments(arguments)?;
    run()?;
    Ok(ExitCode::SUCCESS)
}

pub fn run() -> Result<()> {
    let everything = metadata(None)?;
    let mut findings = licences::check(&everything.packages);
    let native = metadata(Some(host()?.as_str()))?;
    findings.extend(duplicates::check(&[
        ("layerscope", &metadata(Some(&Settings::read()?.target))?),
        ("layerscope-proxy", &native),
        ("xtask", &native),
    ]));
    match advisories::check(&everything.packages)? {
        advisories::Answer::NotChecked(why) => println!("advisories: not checked ({why})"),
        advisories::Answer::Checked { advisories, found } => {
            println!("advisories: checked against {advisories}");
            findings.extend(found);
        }
    }
    if !findings.is_empty() {
        bail!("audit: {} to fix:\n{}", findings.len(), findings.join("\n"));
    }
    println!("audit: {} crates", everything.packages.len());
    Ok(())
}

/// The whole dependency graph, or the part that one platform's builds use.
fn metadata(platform: Option<&str>) -> Result<Metadata> {
    let mut command = MetadataCommand::new();
    command.manifest_path(shell::root().join("Cargo.toml"));
    if let Some(platform) = platform {
        command.other_options(["--filter-platform".to_owned(), platform.to_owned()]);
    }
    command.exec().context("cargo metadata")
}

fn host() -> Result<String> {
    let rustc = std::env::var("RUSTC").unwrap_or("rustc".into());
    let version = shell::output(shell::command(&rustc).arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc -vV names no host")?.to_owned())
}
