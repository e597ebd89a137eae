//! wasm-opt: the module made smaller or faster, by the flags of wasm-pack.toml.
//!
//! Constraint: Debian's version 108 must do, which is years older than the rustc that it reads from.
//! - It doesn't know all features that the module lists, so the flags name those that are used.
//! - It loses which table is exported; `tables.rs` puts that right.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::tables;
use crate::settings::WasmOpt;
use crate::shell;

pub struct Tool {
    program: PathBuf,
    pub version: String,
}

/// The one on the PATH, if there is one.
pub fn find() -> Result<Option<Tool>> {
    let Some(program) = shell::find("wasm-opt") else { return Ok(None) };
    let version = shell::output(Command::new(&program).arg("--version"))?.trim().to_owned();
    Ok(Some(Tool { program, version }))
}

/// Puts the optimised module in the place of the given one.
pub fn optimise(tool: &Tool, settings: &WasmOpt, module: &Path) -> Result<()> {
    let optimised = module.with_extension("optimised");
    shell::run(&mut command(tool, settings, module, &optimised))?;
    let mut wasm = std::fs::read(&optimised)
        .with_context(|| format!("{} made no {}", tool.version, optimised.display()))?;
    tables::repair(&std::fs::read(module)?, &mut wasm)
        .with_context(|| format!("in what {} made", tool.version))?;
    std::fs::write(module, wasm)?;
    Ok(std::fs::remove_file(optimised)?)
}

fn command(tool: &Tool, settings: &WasmOpt, from: &Path, to: &Path) -> Command {
    let mut command = Command::new(&tool.program);
    command.args(&settings.args).arg("--output").arg(to).arg(from);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_are_its_arguments() {
        let tool = Tool { program: "wasm-opt".into(), version: String::new() };
        let settings = WasmOpt { args: vec!["-O2".into(), "--enable-simd".into()] };
        let line = shell::line(&command(&tool, &settings, Path::new("a"), Path::new("b")));
        assert_eq!(line, "wasm-opt -O2 --enable-simd --output b a");
    }
}
