//! The same core natively: `layerscope inspect`, for reports to be held against the page's.
//!
//! - `LAYERSCOPE_INSPECT` names the program; without it cargo builds it.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    if let Some(program) = std::env::var_os("LAYERSCOPE_INSPECT") {
        return program.into();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["build", "--release", "--bin", "layerscope", "--message-format=json"];
    let built = Command::new(cargo).args(arguments).current_dir(root).output();
    let built = built.expect("cargo runs, as it runs this test");
    let program = String::from_utf8_lossy(&built.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message["executable"].as_str().map(PathBuf::from));
    program.unwrap_or_else(|| {
        panic!("layerscope was not built:\n{}", String::from_utf8_lossy(&built.stderr))
    })
});

/// The report on a file.
///
/// # Panics
/// If the program can't be built or run, or prints no JSON.
pub fn report(file: &Path) -> Value {
    let output = Command::new(&*PROGRAM).arg("inspect").arg(file).output();
    let output = output.unwrap_or_else(|error| panic!("{}: {error}", PROGRAM.display()));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{}: {error}\n{}", PROGRAM.display(), String::from_utf8_lossy(&output.stderr))
    })
}
