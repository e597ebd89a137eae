//! `wasm-pack build` works in this repository, too, although it reads none of our settings.
//!
//! - What wasm-pack demands of a crate is checked by a test, with or without wasm-pack.
//! - Where wasm-pack is installed, it builds each module for development: that is enough to show that it
//!   accepts the crate, and takes a fraction of the time that another two optimised builds would take.

use anyhow::Result;

use super::Outcome;
use crate::settings::Settings;
use crate::shell;

/// Builds each module with wasm-pack.
pub fn build() -> Result<Outcome> {
    if shell::find("wasm-pack").is_none() {
        return Ok(Outcome::LeftOut(
            "wasm-pack is not installed (cargo install wasm-pack --locked)".into(),
        ));
    }
    for module in Settings::read()?.modules.values() {
        let features = module.features.join(",");
        let folder = shell::cache().join("wasm-pack").join(&features);
        let mut command = shell::command("wasm-pack");
        command.args(["build", "--dev", "--target", "web", "--out-dir"]).arg(folder);
        command.args(["--", "--no-default-features", "--features", &features]);
        println!("{}", shell::line(&command));
        shell::run(&mut command)?;
    }
    Ok(Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// wasm-pack's own checks (in its manifest module): a library of the type cdylib that depends on
    /// wasm-bindgen, in one version; and no wasm-opt, which it would call without our flags.
    #[test]
    fn the_crate_is_what_wasm_pack_demands() {
        let read = |name: &str| -> toml::Table {
            let text = std::fs::read_to_string(shell::root().join(name)).unwrap();
            text.parse().unwrap()
        };
        let (manifest, lock) = (read("Cargo.toml"), read("Cargo.lock"));
        let crate_types = manifest["lib"]["crate-type"].as_array().unwrap();
        assert!(crate_types.iter().any(|kind| kind.as_str() == Some("cdylib")));
        let wasm = &manifest["target"]["cfg(target_arch = \"wasm32\")"]["dependencies"];
        assert!(wasm.get("wasm-bindgen").is_some(), "{wasm}");
        let packages = lock["package"].as_array().unwrap().iter();
        let is_bindgen = |package: &&toml::Value| package["name"].as_str() == Some("wasm-bindgen");
        assert_eq!(packages.filter(is_bindgen).count(), 1, "two versions of wasm-bindgen");
        let metadata = &manifest["package"]["metadata"]["wasm-pack"]["profile"]["release"];
        assert_eq!(metadata["wasm-opt"].as_bool(), Some(false));
    }
}
