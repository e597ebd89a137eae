//! Splitting the page's module into what the first visit draws and what comes after.
//!
//! - The functions marked with `wasm_split` (src/ui/shell/screens.rs) are the borders: what only they reach
//!   becomes a module of its own. The library `wasm_split_cli_support` does this with the symbols and
//!   relocations that the linker left in the module (build.rs asks for them).
//! - Before wasm-bindgen, which processes the first part. The others share its memory and its table.
//! - The name of a part contains a hash of its bytes, so a page never loads the part of another version: the
//!   host has it, or the page says that it could not be loaded.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use sha2::{Digest, Sha256};
use wasm_split_cli_support::{Options, transform};
use wasmparser::{Parser, Payload};

/// As pinned in xtask/Cargo.toml.
pub const VERSION: &str = "0.2.4";
/// Counts changes of what is made here from the library's results, which are cached.
pub const REVISION: u32 = 1;

/// Writes the parts and the script that loads them into `folder`; returns the first part, for wasm-bindgen.
pub fn split(wasm: &[u8], out_name: &str, keep_names: bool, folder: &Path) -> Result<Vec<u8>> {
    let (script, first) = (format!("{out_name}_parts.js"), folder.join("first.wasm"));
    let mut options = Options::new(wasm);
    options.output_dir = folder;
    options.main_out_path = &first;
    let (link_name, main_module) = (format!("./{script}"), format!("./{out_name}.js"));
    options.link_name = &link_name;
    options.main_module = &main_module;
    let parts = transform(options).map_err(|error| anyhow!("{error:#}"))?.split_modules;
    ensure!(!parts.is_empty(), "the module has no function that `wasm_split` marks");

    let script = folder.join(script);
    let mut text = fs::read_to_string(&script)?;
    for part in parts {
        let bytes = fs::read(&part)?;
        let bytes = if keep_names { bytes } else { without_custom_sections(&bytes)? };
        fs::remove_file(&part)?;
        let stem = part.file_stem().and_then(|stem| stem.to_str()).context("a part has no name")?;
        let digest = format!("{:x}", Sha256::digest(&bytes));
        let name =
            format!("{out_name}_{}-{}.wasm", stem.trim_start_matches("split_"), &digest[..16]);
        let address = format!("./{stem}.wasm");
        ensure!(
            text.matches(&address).count() == 1,
            "{address} is not once in {}",
            script.display()
        );
        text = text.replace(&address, &format!("./{name}"));
        fs::write(folder.join(name), bytes)?;
    }
    fs::write(&script, like_other_requests(&text)?)?;
    let bytes = fs::read(&first)?;
    fs::remove_file(&first)?;
    Ok(bytes)
}

/// The script with requests like all of the page: without credentials and referrer. The page itself says that a part
/// could not be loaded, so the console need not; a page that is left at that moment has nothing to say.
fn like_other_requests(script: &str) -> Result<String> {
    let (plain, log) = (", import.meta.url));", "            console.error(e);\n");
    ensure!(
        script.contains(plain) && script.matches(log).count() == 1,
        "another script:\n{script}"
    );
    let options = r#", import.meta.url), { credentials: "omit", referrerPolicy: "no-referrer" });"#;
    Ok(script.replace(plain, options).replace(log, ""))
}

/// The module without names of functions and other notes for tools.
fn without_custom_sections(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut kept = wasm.get(..8).context("a part is not a module")?.to_vec();
    let mut end_of_last = kept.len();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        // Sections follow one another; each begins where the last ended, with its number and its size.
        if let Some((_, range)) = payload.as_section() {
            let end = usize::try_from(range.end)?;
            if !matches!(payload, Payload::CustomSection(_)) {
                kept.extend(wasm.get(end_of_last..end).context("a section ends too late")?);
            }
            end_of_last = end;
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_for_tools_are_removed_and_nothing_else() {
        let head = b"\0asm\x01\0\0\0";
        let (types, note) = (b"\x01\x04\x01\x60\0\0", b"\x00\x05\x04name");
        let memory = b"\x05\x03\x01\x00\x01";
        let with = [&head[..], note, types, note, memory, note].concat();
        let without = [&head[..], types, memory].concat();
        assert_eq!(without_custom_sections(&with).unwrap(), without);
        assert!(without_custom_sections(b"\0asm").is_err());
    }

    #[test]
    fn parts_are_requested_without_credentials_and_referrer() {
        let script = "            console.error(e);\n    const src = fetch(new URL(\"./a\", import.meta.url));";
        let script = like_other_requests(script).unwrap();
        let options = r#"{ credentials: "omit", referrerPolicy: "no-referrer" }"#;
        assert!(script.contains(options) && !script.contains("console"), "{script}");
        assert!(like_other_requests("fetch()").is_err());
    }

    #[test]
    fn a_module_without_borders_is_an_error() {
        let folder = std::env::temp_dir().join(format!("xtask-split-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        assert!(split(b"\0asm\x01\0\0\0", "page", false, &folder).is_err());
        fs::remove_dir_all(folder).unwrap();
    }
}
