//! The page's module holds nothing of the engine: it is fetched before anything is on screen.
//!
//! Told by words that only parsers say. The same words must stand in the engine's module, so that this
//! check can't pass because a word was reworded.

use std::path::Path;

use anyhow::{Context, Result, bail};

/// From src/entry/, src/layer/ and src/archive/: codes and sentences of their problems.
const WORDS: [&str; 4] =
    ["tar-truncated", "layer-damaged", "The tar is cut short", "org.opencontainers.image.ref.name"];

/// Looks into both modules of a folder.
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
                "the engine's module doesn't say “{word}” any more: choose another word in {}",
                file!()
            );
        }
        if holds(page, word) {
            bail!("the page's module says “{word}”: something of the engine is compiled into it");
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
