//! wasm-bindgen as a library: it writes the JavaScript for each module.
//!
//! Its version must be exactly the version that the module was compiled with, because their common format
//! is private. Cargo.lock has both.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::settings::{BindgenTarget, WasmBindgen};

/// As pinned in xtask/Cargo.toml; a test compares the two.
pub const VERSION: &str = "0.2.130";

/// Checks that the library is compiled with the version that is linked here.
pub fn check_version(lock: &str) -> Result<()> {
    #[derive(serde::Deserialize)]
    struct Lock {
        package: Vec<BTreeMap<String, toml::Value>>,
    }
    let lock: Lock = toml::from_str(lock).context("Cargo.lock is not as expected")?;
    for name in ["wasm-bindgen", "wasm-bindgen-cli-support"] {
        let package = lock
            .package
            .iter()
            .find(|package| package.get("name").and_then(toml::Value::as_str) == Some(name))
            .with_context(|| format!("Cargo.lock has no {name}, which builds the page"))?;
        let found = package.get("version").and_then(toml::Value::as_str).unwrap_or_default();
        ensure!(
            found == VERSION,
            "expected {name} {VERSION} in Cargo.lock, found {found}: pin both in Cargo.toml and \
             xtask/Cargo.toml to one version, and VERSION in xtask/src/build/bindgen.rs too"
        );
    }
    Ok(())
}

/// Writes NAME.js, NAME_bg.wasm and any snippets; returns the path of the module. A module that was split keeps
/// the exports that its other parts import.
pub fn generate(
    wasm: Vec<u8>,
    settings: &WasmBindgen,
    keep_exports: bool,
    folder: &Path,
) -> Result<PathBuf> {
    let mut bindgen = Bindgen::new();
    match settings.target {
        BindgenTarget::Web => bindgen.web(true)?,
        BindgenTarget::NoModules => bindgen.no_modules(true)?,
    };
    bindgen
        .input_bytes(&settings.out_name, wasm)
        .out_name(&settings.out_name)
        .debug(settings.debug)
        .demangle(settings.demangle)
        .remove_name_section(!settings.keep_names)
        .remove_producers_section(!settings.keep_producers)
        .keep_debug(settings.keep_debug_info)
        .omit_default_module_path(settings.omit_default_module_path)
        .keep_lld_exports(keep_exports)
        .typescript(false)
        .generate(folder)?;
    Ok(folder.join(format!("{}_bg.wasm", settings.out_name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    /// A module with one function, `add`, and a name section that calls it `sum_of_both`.
    fn module() -> Vec<u8> {
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        bytes.extend(b"\x01\x07\x01\x60\x02\x7f\x7f\x01\x7f"); // type: (i32, i32) -> i32
        bytes.extend(b"\x03\x02\x01\x00"); // one function of it
        bytes.extend(b"\x05\x03\x01\x00\x01"); // memory of a page, as rustc's modules have
        bytes.extend(b"\x07\x10\x02\x03add\x00\x00\x06memory\x02\x00"); // exports
        bytes.extend(b"\x0a\x09\x01\x07\x00\x20\x00\x20\x01\x6a\x0b"); // local.get 0, 1, add
        bytes.extend(b"\x00\x15\x04name\x01\x0e\x01\x00\x0bsum_of_both");
        bytes
    }

    /// The names of the files and the bytes of the module, for the page's settings with a change.
    fn generated(change: impl FnOnce(&mut WasmBindgen)) -> (Vec<String>, Vec<u8>) {
        static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("xtask-bindgen-{}-{count}", std::process::id()));
        let mut settings = Settings::read().unwrap().modules["page"].wasm_bindgen.clone();
        change(&mut settings);
        let wasm = std::fs::read(generate(module(), &settings, false, &folder).unwrap()).unwrap();
        let files = std::fs::read_dir(&folder).unwrap();
        let mut names: Vec<_> =
            files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        std::fs::remove_dir_all(folder).unwrap();
        (names, wasm)
    }

    #[test]
    fn a_changed_setting_changes_the_result() {
        let named = |wasm: &[u8]| wasm.windows(11).any(|window| window == b"sum_of_both");
        let (files, wasm) = generated(|settings| settings.keep_names = false);
        assert_eq!(files, ["page.js", "page_bg.wasm"]);
        assert!(!named(&wasm));
        let (files, wasm) = generated(|settings| {
            settings.keep_names = true;
            settings.out_name = "other".into();
        });
        assert_eq!(files, ["other.js", "other_bg.wasm"]);
        assert!(named(&wasm));
    }

    #[test]
    fn the_lock_file_and_xtask_agree() {
        let lock = std::fs::read_to_string(crate::shell::root().join("Cargo.lock")).unwrap();
        check_version(&lock).unwrap();
        let other = lock.replace(
            &format!("name = \"wasm-bindgen\"\nversion = \"{VERSION}\""),
            "name = \"wasm-bindgen\"\nversion = \"0.2.99\"",
        );
        let error = check_version(&other).unwrap_err().to_string();
        assert!(error.contains("expected wasm-bindgen 0.2.130 in Cargo.lock, found 0.2.99"));
    }
}
