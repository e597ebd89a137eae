//! The page's module contains nothing of the engine, because it is loaded before anything is on screen.
//!
//! The check looks for strings that only parsers contain. The engine's module must contain them, so
//! that the check cannot pass because a string was reworded.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::dist;

/// Sentences of problems in src/entry/, src/layer/ and src/archive/, and an annotation that only they read.
/// Codes of problems are known to both: the page sorts warnings by them.
const WORDS: [&str; 4] = [
    "The tar archive ends within a header.",
    "The blob cannot be read to its end.",
    "An image's configuration is not in the archive.",
    "org.opencontainers.image.ref.name",
];

/// A log of the trusted roots, which only the verifier contains.
const OF_VERIFIER: &str = "https://rekor.sigstore.dev";

/// Checks the modules of a folder; `has_verifier`: the verifier is one of those that were built.
pub fn check(dist: &Path, has_verifier: bool) -> Result<()> {
    let read = |path: &Path| {
        std::fs::read(path).with_context(|| format!("{} can't be read", path.display()))
    };
    let (page, engine) = (read(&dist.join("page_bg.wasm"))?, read(&dist.join("engine_bg.wasm"))?);
    judge(&page, &engine)?;
    if !has_verifier {
        return Ok(());
    }
    let is_verifier =
        |name: &&PathBuf| name.to_str().is_some_and(|name| name.starts_with("verify_bg-"));
    let files = dist::files(dist)?;
    let verifier = files.iter().find(is_verifier).context("dist/ has no verifier")?;
    judge_verifier(&read(&dist.join(verifier))?, &[&page, &engine])
}

fn judge_verifier(verifier: &[u8], others: &[&[u8]]) -> Result<()> {
    ensure!(holds(verifier, OF_VERIFIER), "the verifier has no “{OF_VERIFIER}”: see {}", file!());
    let is_elsewhere = others.iter().any(|module| holds(module, OF_VERIFIER));
    ensure!(!is_elsewhere, "a module that is loaded earlier contains “{OF_VERIFIER}”");
    Ok(())
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
    assert!(judge(b"views and org.opencontainers.image.ref.name", &engine).is_err());
    assert!(judge(b"views", b"nothing").is_err(), "a check that looks for nothing");
}

#[test]
fn roots_outside_the_verifier_are_found() {
    assert!(judge_verifier(OF_VERIFIER.as_bytes(), &[b"views", b"parsers"]).is_ok());
    assert!(judge_verifier(OF_VERIFIER.as_bytes(), &[b"views", OF_VERIFIER.as_bytes()]).is_err());
    assert!(judge_verifier(b"nothing", &[b"views"]).is_err(), "a check that looks for nothing");
}

#[test]
fn the_page_is_checked_before_the_verifier_is_built() {
    let dist = std::env::temp_dir().join(format!("xtask-separate-{}", std::process::id()));
    std::fs::create_dir_all(&dist).unwrap();
    std::fs::write(dist.join("page_bg.wasm"), "views").unwrap();
    std::fs::write(dist.join("engine_bg.wasm"), WORDS.join(" ")).unwrap();
    assert!(check(&dist, false).is_ok());
    assert!(check(&dist, true).is_err(), "a verifier that is missing");
    std::fs::remove_dir_all(&dist).unwrap();
}
