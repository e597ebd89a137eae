//! wasm-opt: the module made smaller or faster, by the flags of wasm-pack.toml.
//!
//! Constraint: Debian's version 108 must do, which is years older than the rustc that it reads from.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

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
    std::fs::rename(&optimised, module)
        .with_context(|| format!("{} made no {}", tool.version, optimised.display()))
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
