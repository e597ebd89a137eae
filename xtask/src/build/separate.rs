//! The page's module contains nothing of the engine, because it is loaded before anything is on screen.
//!
//! The check looks for strings that only parsers contain. The engine's module must contain them, so
//! that the check cannot pass because a string was reworded.

use std::path::Path;

use anyhow::{Context, Result, bail};

/// Codes and sentences of problems in src/entry/, src/layer/ and src/archive/.
const WORDS: [&str; 4] =
    ["tar-truncated", "layer-damaged", "The tar is cut short", "org.opencontainers.image.ref.name"];

/// Checks both modules of a folder.
pub fn check(dist: &Path) -> Result<()> {
    let read = |name: &str| {
        let path = dist.join(name);
        std::fs::read(&path).with_context(|| format!("{} can't be read", path.display()))
    };
    judge(&read("page_bg.wasm")?, &read("engine_bg.wasm")?)
}

fn judge(page: &[u8], engine: &[u8]) -> Result<()> {
    for word in WORDS {
        if !holds(engine, word) {
            bail!(
                "the engine's module no longer contains “{word}”: choose another string in {}",
                file!()
            );
        }
        if holds(page, word) {
            bail!(
                "the page's module contains “{word}”: something of the engine is compiled into it"
            );
        }
    }
    Ok(())
}

fn holds(module: &[u8], word: &str) -> bool {
    module.windows(word.len()).any(|window| window == word.as_bytes())
}

#[test]
fn a_parser_in_the_page_is_found() {
    let engine = WORDS.join(" and ").into_bytes();
    assert!(judge(b"views", &engine).is_ok());
    assert!(judge(b"views and layer-damaged", &engine).is_err());
    assert!(judge(b"views", b"nothing").is_err(), "a check that looks for nothing");
}
