//! `cargo xtask tidy`: rules that no compiler checks.
//!
//! Each rule is one file in `tidy/` with its test cases, and one line of `RULES`: a function from all
//! tracked files to findings.

mod circles;
mod csp;
mod docs;
mod heads;
mod imports;
mod lengths;
mod modules;
mod names;
mod paths;
mod phrases;
mod rust;
mod sources;
mod words;

use std::process::ExitCode;

use anyhow::{Result, bail};
use lexopt::Parser;

use sources::Source;

struct Finding {
    path: String,
    /// From 1.
    line: usize,
    message: String,
    /// Shown, but not a failure.
    warning: bool,
}

impl Finding {
    fn failure(source: &Source, line: usize, message: String) -> Self {
        Self { path: source.path.clone(), line, message, warning: false }
    }

    fn warning(source: &Source, line: usize, message: String) -> Self {
        Self { warning: true, ..Self::failure(source, line, message) }
    }
}

type Rule = fn(&[Source]) -> Vec<Finding>;

const RULES: &[Rule] = &[
    heads::check,
    lengths::check,
    imports::check,
    circles::check,
    names::check,
    phrases::check,
    csp::check,
    docs::check,
    words::check,
];

pub fn command(arguments: Parser) -> Result<ExitCode> {
    crate::no_arguments(arguments)?;
    run()?;
    Ok(ExitCode::SUCCESS)
}

pub fn run() -> Result<()> {
    let sources = sources::read(&crate::shell::root())?;
    let findings: Vec<_> = RULES.iter().flat_map(|rule| rule(&sources)).collect();
    for Finding { path, line, message, warning } in &findings {
        let word = if *warning { "warning: " } else { "" };
        println!("{path}:{line}: {word}{message}");
    }
    let failures = findings.iter().filter(|finding| !finding.warning).count();
    if failures > 0 {
        bail!("tidy: {failures} to fix, listed above; the rules are in xtask/src/tidy/");
    }
    println!("tidy: {} files, {} warnings", sources.len(), findings.len());
    Ok(())
}

/// Runs a rule on files given as text; returns its findings as lines: `PATH:LINE: MESSAGE`.
#[cfg(test)]
fn found(rule: Rule, files: &[(&str, &str)]) -> Vec<String> {
    let source =
        |(path, text): &(&str, &str)| Source { path: (*path).into(), text: (*text).into() };
    let sources: Vec<_> = files.iter().map(source).collect();
    let line = |Finding { path, line, message, warning }: Finding| {
        format!("{path}:{line}: {}{message}", if warning { "warning: " } else { "" })
    };
    rule(&sources).into_iter().map(line).collect()
}
