//! The settings of the WebAssembly build (`wasm-pack.toml`) as types.
//!
//! Every value is required and an unknown key is an error, so that no line of the file is without
//! effect. `build/` documents what each value does, where it is used.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// rustc's target triple.
    pub target: String,
    /// As for `-C target-feature`: `+simd128`.
    pub target_features: Vec<String>,
    pub rustflags: Vec<String>,
    /// By a name that is only displayed.
    #[serde(rename = "module")]
    pub modules: BTreeMap<String, Module>,
    #[serde(rename = "budget")]
    pub budgets: Vec<Budget>,
}

/// One WebAssembly module: the library with some of its features.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Module {
    pub features: Vec<String>,
    /// cargo's profile for releases.
    pub profile: String,
    /// The level at which our own code is optimised for development, as cargo's `opt-level`.
    pub development_opt_level: u8,
    /// Whether functions marked with `wasm_split` begin modules of their own.
    pub split: bool,
    /// Whether `serve` serves the page before this module is built: the page opens images without it.
    pub after_the_page: bool,
    pub wasm_bindgen: WasmBindgen,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WasmBindgen {
    /// The files are NAME.js and NAME_bg.wasm.
    pub out_name: String,
    pub target: BindgenTarget,
    pub debug: bool,
    pub demangle: bool,
    pub keep_names: bool,
    pub keep_producers: bool,
    pub keep_debug_info: bool,
    pub omit_default_module_path: bool,
}

/// Targets that run in a page without a bundler.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BindgenTarget {
    Web,
    NoModules,
}

/// A limit on the sum of some files of dist/.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Budget {
    pub name: String,
    /// File names; `*` stands for any characters, once.
    pub files: Vec<String>,
    pub except: Vec<String>,
    pub max_brotli_bytes: u64,
}

impl Settings {
    /// The workspace's settings.
    pub fn read() -> Result<Self> {
        let path = crate::shell::root().join("wasm-pack.toml");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).context("wasm-pack.toml is not as xtask/src/settings.rs expects it")
    }

    pub fn parse(text: &str) -> Result<Self> {
        Ok(toml::from_str(text)?)
    }
}

impl Budget {
    /// Whether a file of this name (without its folder) counts.
    pub fn covers(&self, name: &str) -> bool {
        let fits = |pattern: &String| match pattern.split_once('*') {
            Some((beginning, ending)) => {
                name.strip_prefix(beginning).is_some_and(|rest| rest.ends_with(ending))
            }
            None => name == pattern,
        };
        self.files.iter().any(fits) && !self.except.iter().any(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The workspace's file with one text replaced.
    fn changed(old: &str, new: &str) -> Result<Settings> {
        let text = std::fs::read_to_string(crate::shell::root().join("wasm-pack.toml")).unwrap();
        assert!(text.contains(old), "wasm-pack.toml has no {old:?}");
        Settings::parse(&text.replace(old, new))
    }

    #[test]
    fn unknown_and_missing_keys_are_errors() {
        for (old, new, want) in [
            ("\ntarget = ", "\ncolour = 1\ntarget = ", "unknown field `colour`"),
            (
                "[module.page.wasm-bindgen]",
                "[module.page.wasm-bindgen]\nlevel = 3",
                "unknown field `level`",
            ),
            ("debug = false", "", "missing field `debug`"),
            ("target = \"web\"", "target = \"deno\"", "unknown variant `deno`"),
        ] {
            let error = format!("{:#}", changed(old, new).unwrap_err());
            assert!(error.contains(want), "{old:?} -> {new:?}: {error}");
        }
    }

    #[test]
    fn a_budget_covers_names_and_endings_except_its_exceptions() {
        let list = |words: &[&str]| words.iter().map(|word| word.to_string()).collect();
        let budget = Budget {
            name: "scripts".into(),
            files: list(&["a.wasm", "*.js"]),
            except: list(&["engine.js"]),
            max_brotli_bytes: 1,
        };
        for (name, want) in [
            ("a.wasm", true),
            ("b.wasm", false),
            ("page.js", true),
            ("engine.js", false),
            ("x.json", false),
        ] {
            assert_eq!(budget.covers(name), want, "{name}");
        }
    }
}
