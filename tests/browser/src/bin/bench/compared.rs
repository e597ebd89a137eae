//! The page and our command beside dive and syft, on one file.
//!
//! - All take turns, so that other load affects each; the first turn fills the caches and is not counted.
//! - Budgets are of wall-clock times as ratios to the peers', and of memory in MB.

use crate::archive::Layers;
use crate::real::Size;
use crate::runs::Runs;
use crate::tab::Tab;
use crate::{Options, Result, peers};
use std::path::Path;

const DIVE: [&str; 4] = ["--ci", "--source", "docker-archive", "FILE"];
const SYFT: [&str; 4] = ["-q", "-o", "json", "docker-archive:FILE"];

/// Time from drop to tree and to ready and the memory meanwhile, compared with dive (and syft).
pub async fn page(
    options: &Options,
    runs: &mut Runs,
    what: &str,
    file: &Path,
    layers: Layers,
) -> Result<()> {
    println!("{what}: {}, {:.2} GB", file.display(), file.metadata()?.len() as f64 / 1e9);
    let (dive, syft) = (format!("dive, {what}"), format!("syft, {what}"));
    let unused = &mut Runs::default();
    let tab = Tab::start().await?;
    tab.visit(&options.dist).await?.open(unused, what, file).await?;
    tab.close().await;
    let has_dive = peers::time(unused, &dive, "dive", &DIVE, file);
    let has_syft = peers::time(unused, &syft, "syft", &SYFT, file);
    for _ in 0..options.runs {
        // A browser of its own: a process that had an image open keeps some of its memory.
        let tab = Tab::start().await?;
        tab.visit(&options.dist).await?.open(runs, what, file).await?;
        tab.close().await;
        if has_dive {
            peers::time(runs, &dive, "dive", &DIVE, file);
        }
        if has_syft {
            peers::time(runs, &syft, "syft", &SYFT, file);
        }
    }
    let budget = if layers == Layers::Plain { 0.6 } else { 0.4 };
    let name = format!("{what}: drop to tree / dive --ci");
    runs.ratio(&name, &format!("{what} tree"), &dive, budget);
    against_both(
        runs,
        &format!("{what}: drop to ready"),
        &format!("{what} ready"),
        [&dive, &syft],
        0.5,
    );
    let peak = runs.median(&format!("{what} peak memory"));
    let budget = if options.size == Size::Usual { 350.0 } else { 900.0 };
    let detail =
        "largest anonymous and shared memory of the renderer's process between drop and ready";
    runs.line(&format!("{what}: peak memory of the tab's process"), peak, "MB", budget, detail);
    Ok(())
}

/// `layerscope check` compared with `dive --ci`, and `layerscope inspect` with dive and syft, on one file.
pub fn command(options: &Options, runs: &mut Runs, what: &str, file: &Path) -> Result<()> {
    println!("the command, {what}: {}", file.display());
    let program = options.command.to_str().ok_or("the command's path is not UTF-8")?;
    let named = |program: &str| format!("{program}, {what}");
    let [check, inspect] = [named("check"), named("inspect")];
    // Not the names of the page's lines: both may be measured in one run.
    let [dive, syft] = [named("dive beside the command"), named("syft beside the command")];
    let unused = &mut Runs::default();
    let turn = |runs: &mut Runs| {
        for (what, program, words) in [
            (&check, program, &["check", "FILE"][..]),
            (&inspect, program, &["inspect", "FILE"]),
            (&dive, "dive", &DIVE),
            (&syft, "syft", &SYFT),
        ] {
            peers::time(runs, what, program, words, file);
        }
    };
    turn(unused);
    (0..options.runs).for_each(|_| turn(runs));
    runs.ratio(&format!("{what}: layerscope check / dive --ci"), &check, &dive, 0.5);
    memory(runs, &format!("{what}: peak memory of layerscope check / dive --ci"), &check, &dive);
    against_both(runs, &format!("{what}: layerscope inspect"), &inspect, [&dive, &syft], 0.35);
    memory(runs, &format!("{what}: peak memory of layerscope inspect / syft"), &inspect, &syft);
    Ok(())
}

/// Adds a line with a time as a ratio to that of both peers, one after the other.
fn against_both(runs: &mut Runs, what: &str, ours: &str, peers: [&str; 2], budget: f64) {
    let wall = |name: &str| runs.median(&format!("{name} wall"));
    let (time, both) = (wall(ours), wall(peers[0]).zip(wall(peers[1])));
    let detail = match (time, both) {
        (Some(time), Some((dive, syft))) => {
            format!("{time:.2} s, dive {dive:.2} s, syft {syft:.2} s")
        }
        (Some(time), None) => format!("{time:.2} s; syft or dive was not run"),
        (None, _) => String::new(),
    };
    let ratio = time.zip(both).map(|(time, (dive, syft))| time / (dive + syft));
    runs.line(&format!("{what} / (dive + syft)"), ratio, "×", budget, &detail);
}

/// Adds a line with the ratio of two peaks of memory.
fn memory(runs: &mut Runs, what: &str, ours: &str, theirs: &str) {
    let peak = |name: &str| runs.median(&format!("{name} peak memory"));
    let pair = peak(ours).zip(peak(theirs));
    let detail = match pair {
        Some((ours, theirs)) => format!("{ours:.0} MB, {theirs:.0} MB"),
        None => "the peer was not run".to_owned(),
    };
    runs.line(what, pair.map(|(ours, theirs)| ours / theirs), "×", 1.0, &detail);
}
