//! The sizes of the files in `dist/`, uncompressed and after brotli, compared with the budgets.
//!
//! Brotli has quality 11 and a window of 4 MiB, as static hosts use for precompressed files. It takes
//! seconds for a large module, so a size is cached under the hash of the bytes.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{cache, dist};
use crate::settings::{Budget, Settings};
use crate::shell;

pub struct Weight {
    /// Relative to dist/.
    name: String,
    raw: u64,
    brotli: u64,
}

pub struct Verdict {
    name: String,
    brotli: u64,
    max: u64,
}

/// For each budget its name, the bytes of its files in `dist` after brotli, and the most allowed.
pub fn budgets(dist: &Path) -> Result<Vec<(String, u64, u64)>> {
    let table = measure(dist, &shell::cache().join("brotli"))?;
    let verdicts = judge(&table, &Settings::read()?.budgets);
    Ok(verdicts.into_iter().map(|Verdict { name, brotli, max }| (name, brotli, max)).collect())
}

/// The sizes of a folder's files. `known` is a folder that keeps sizes once computed.
pub fn measure(folder: &Path, known: &Path) -> Result<Vec<Weight>> {
    fs::create_dir_all(known).with_context(|| format!("cannot make {}", known.display()))?;
    let mut table = Vec::new();
    for name in dist::files(folder)? {
        let bytes = fs::read(folder.join(&name))?;
        let note = known.join(cache::key(&[&bytes]));
        let kept = fs::read_to_string(&note).ok().and_then(|text| text.parse().ok());
        let brotli = match kept {
            Some(size) => size,
            None => {
                let size = brotli_size(&bytes)?;
                fs::write(&note, size.to_string())?;
                size
            }
        };
        let name = name.to_string_lossy().into_owned();
        table.push(Weight { name, raw: bytes.len() as u64, brotli });
    }
    Ok(table)
}

fn brotli_size(bytes: &[u8]) -> Result<u64> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &parameters)?;
    Ok(packed.len() as u64)
}

pub fn judge(table: &[Weight], budgets: &[Budget]) -> Vec<Verdict> {
    let sum = |budget: &Budget| {
        let base = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
        table.iter().filter(|file| budget.covers(&base(&file.name))).map(|file| file.brotli).sum()
    };
    let judge = |budget: &Budget| Verdict {
        name: budget.name.clone(),
        brotli: sum(budget),
        max: budget.max_brotli_bytes,
    };
    budgets.iter().map(judge).collect()
}

/// The table that a release build prints at its end.
pub fn summary(table: &[Weight], verdicts: &[Verdict]) -> String {
    let mut text = format!("{:<40} {:>12} {:>12}", "dist/", "bytes", "brotli");
    for file in table {
        text.push_str(&format!("\n  {:<38} {:>12} {:>12}", file.name, file.raw, file.brotli));
    }
    for Verdict { name, brotli, max } in verdicts {
        let word = if brotli > max { "OVER BUDGET" } else { "within budget" };
        text.push_str(&format!("\n{word}: {name}: {brotli} of {max} bytes brotli"));
    }
    text
}

/// An error with the numbers if any budget is exceeded.
pub fn enforce(verdicts: &[Verdict]) -> Result<()> {
    let over: Vec<_> = verdicts.iter().filter(|verdict| verdict.brotli > verdict.max).collect();
    if over.is_empty() {
        return Ok(());
    }
    let one = |Verdict { name, brotli, max }: &&Verdict| {
        format!("{name}: {brotli} bytes brotli, {} over its {max}", brotli - max)
    };
    bail!("over budget (wasm-pack.toml): {}", over.iter().map(one).collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_sums_its_files_and_fails_with_numbers() {
        let file = |name: &str, brotli| Weight { name: name.into(), raw: 2 * brotli, brotli };
        let table = [file("page.js", 60), file("icons/b.js", 50), file("engine.js", 900)];
        let budget = |max_brotli_bytes| Budget {
            name: "scripts".into(),
            files: vec!["*.js".into()],
            except: vec!["engine.js".into()],
            max_brotli_bytes,
        };
        enforce(&judge(&table, &[budget(110)])).unwrap();
        let verdict = judge(&table, &[budget(100)]);
        let error = enforce(&verdict).unwrap_err().to_string();
        assert!(error.ends_with("scripts: 110 bytes brotli, 10 over its 100"), "{error}");
        assert!(summary(&table, &verdict).contains("OVER BUDGET: scripts: 110 of 100"));
    }

    #[test]
    fn sizes_are_those_of_brotli() {
        assert_eq!(brotli_size(b"").unwrap(), 1);
        assert!(brotli_size(&[b'a'; 100_000]).unwrap() < 50);
    }
}
