//! `cargo xtask bench`: the table of budgets, measured in one run on one machine.
//!
//! Started by xtask, which builds the page and passes the sizes of its files.
//!
//! - Programs are compared on archives of `real` files; archives on the command line are compared, too. The lines
//!   about counts have `generated` archives.
//! - Verdicts are about wall-clock times, or their ratios to peers on the PATH; CPU seconds are shown beside
//!   them. We and the peers take turns, so that other load affects both.
//! - A line that cannot be measured says so, and the others are measured.

mod archive;
mod compared;
mod generated;
mod machine;
mod peers;
mod real;
mod runs;
mod tab;

use archive::Layers;
use browser_tests::compressed::Compressed;
use generated::Spec;
use real::Size;
use registries::Setup;
use runs::Runs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tab::{Line, Tab};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const MANY: Spec = Spec { entries: 500_000, bytes: 100_000_000, layers: Layers::Gzip };
const MEMORY: Spec = Spec { entries: 200_000, bytes: 200_000_000, layers: Layers::Gzip };
/// Smaller than what the page asks about before it downloads it.
const PULLED: Spec = Spec { entries: 30_000, bytes: 400_000_000, layers: Layers::Gzip };
const MB: f64 = 1e6;
/// The line of the budget for the first visit.
const LINE: Line = Line { megabits: 10.0, latency: 40.0 };

struct Options {
    runs: usize,
    dist: PathBuf,
    folder: PathBuf,
    csv: Option<PathBuf>,
    only: String,
    /// Name, brotli bytes, budget.
    weights: Vec<(String, f64, f64)>,
    archives: Vec<PathBuf>,
    /// Of the archives that programs are compared on.
    size: Size,
    /// Our command, built for release.
    command: PathBuf,
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        eprintln!(
            "usage: bench --dist DIST --folder FOLDER [--csv FILE] [--runs N] [--only WORD] \
             [--size usual|large] [--command LAYERSCOPE] [--weight NAME BYTES BUDGET]… [ARCHIVE…]\n\
             lines: plain, gzip, zstd, command, layer, pull, memory, moving, first"
        );
        return ExitCode::from(2);
    };
    let runtime = tokio::runtime::Runtime::new().expect("the system has threads and sockets");
    println!("{}", machine::describe());
    let mut runs = Runs::default();
    runtime.block_on(measure(&options, &mut runs));
    println!("\nBudgets, medians of {}:\n{}", options.runs, runs.table());
    println!("\nWhat was compared:\n{}", peers::FAIRNESS);
    println!("\n{}", machine::describe());
    let csv = options.csv.clone().unwrap_or_else(default_csv);
    match runs.write(&csv) {
        Ok(()) => println!("all runs: {}", csv.display()),
        Err(error) => eprintln!("{}: {error}", csv.display()),
    }
    if runs.missed() > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// In the folder of all runs, named by date and machine.
fn default_csv() -> PathBuf {
    let date = std::process::Command::new("date").arg("+%F").output();
    let date = date.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let name = format!("{}-{}.csv", date.unwrap_or_default(), machine::name());
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/runs").join(name)
}

fn options() -> Option<Options> {
    let mut options = Options {
        runs: 5,
        dist: PathBuf::new(),
        folder: PathBuf::new(),
        csv: None,
        only: String::new(),
        weights: Vec::new(),
        archives: Vec::new(),
        size: Size::Usual,
        command: "layerscope".into(),
    };
    let mut words = std::env::args_os().skip(1);
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--dist") => options.dist = words.next()?.into(),
            Some("--folder") => options.folder = words.next()?.into(),
            Some("--csv") => options.csv = Some(words.next()?.into()),
            Some("--only") => options.only = words.next()?.into_string().ok()?,
            Some("--runs") => {
                options.runs = words.next()?.to_str()?.parse().ok().filter(|&runs| runs > 0)?;
            }
            Some("--command") => options.command = words.next()?.into(),
            Some("--size") => {
                options.size = match words.next()?.to_str()? {
                    "usual" => Size::Usual,
                    "large" => Size::Large,
                    _ => return None,
                };
            }
            Some("--weight") => {
                let name = words.next()?.into_string().ok()?;
                let mut number = || words.next()?.to_str()?.parse().ok();
                options.weights.push((name, number()?, number()?));
            }
            Some(flag) if flag.starts_with('-') => return None,
            _ => options.archives.push(word.into()),
        }
    }
    options.dist.join("index.html").is_file().then_some(options)
}

async fn measure(options: &Options, runs: &mut Runs) {
    let wanted =
        |line: &str| options.only.is_empty() || options.only.split(',').any(|word| word == line);
    let real = |layers| real::ensure(&options.folder, options.size, layers);
    for layers in [Layers::Plain, Layers::Gzip, Layers::Zstd] {
        if wanted(layers.name()) {
            let what = format!("{}, {} layers", options.size.name(), layers.name());
            let outcome = match real(layers) {
                Ok(file) => compared::page(options, runs, &what, &file, layers).await,
                Err(error) => Err(error.into()),
            };
            report(runs, &what, outcome);
        }
    }
    if wanted("command") {
        for layers in [Layers::Plain, Layers::Gzip, Layers::Zstd] {
            let what = format!("{}, {} layers", options.size.name(), layers.name());
            let outcome = real(layers).map_err(Into::into);
            let outcome = outcome.and_then(|file| compared::command(options, runs, &what, &file));
            report(runs, &format!("the command, {what}"), outcome);
        }
    }
    for file in &options.archives {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let outcome = compared::page(options, runs, &name, file, Layers::Plain).await;
        report(runs, &name, outcome);
    }
    if wanted("layer") {
        let outcome = one_layer(options, runs);
        report(runs, "one gzip layer", outcome);
    }
    if wanted("pull") {
        let outcome = pull(options, runs).await;
        report(runs, "an image from a registry", outcome);
    }
    if wanted("memory") {
        let outcome = memory(options, runs).await;
        report(runs, "memory", outcome);
    }
    if wanted("moving") {
        let outcome = moving(options, runs).await;
        report(runs, "a tree of 500k entries", outcome);
    }
    if wanted("first") {
        let outcome = first_visit(options, runs).await;
        report(runs, "first visit", outcome);
    }
}

fn report(runs: &mut Runs, what: &str, outcome: Result<()>) {
    if let Err(error) = outcome {
        runs.line(what, None, "", 0.0, &error.to_string());
    }
}

/// One gzip layer natively, compared with `gzip -dc`.
fn one_layer(options: &Options, runs: &mut Runs) -> Result<()> {
    let archive = real::ensure(&options.folder, options.size, Layers::Gzip)?;
    let layer = archive::largest_layer(&options.folder, &archive)?;
    println!("one gzip layer: {}", layer.display());
    let unused = &mut Runs::default();
    peers::one_layer(unused, "one layer", &layer)?;
    peers::time(unused, "gzip -dc", "gzip", &["-dc", "FILE"], &layer);
    for _ in 0..options.runs {
        peers::one_layer(runs, "one layer", &layer)?;
        peers::time(runs, "gzip -dc", "gzip", &["-dc", "FILE"], &layer);
    }
    peers::time(runs, "tar -tzf", "tar", &["-tzf", "FILE"], &layer);
    runs.ratio("one gzip layer, index and content hashes / gzip -dc", "one layer", "gzip -dc", 0.5);
    Ok(())
}

/// Time from Enter to the tree of an image that is not cached, compared with crane on the same registry.
async fn pull(options: &Options, runs: &mut Runs) -> Result<()> {
    let file = generated::ensure(&options.folder, PULLED)?;
    for program in ["docker-registry", "skopeo"] {
        registries::find(program).ok_or_else(|| format!("{program} is not installed"))?;
    }
    let registry = Setup::default().cors().start();
    registry.copy(&file, "bench/large:1");
    let reference = format!("{}/bench/large:1", registry.name);
    println!("an image from a registry: {reference}, of {}", file.display());
    let script = format!("crane export --insecure {reference} - | tar -t");
    let (what, peer) = ("pull", "crane export | tar -t");
    let tab = Tab::start().await?;
    let unused = &mut Runs::default();
    tab.visit(&options.dist).await?.pull(unused, what, &reference).await?;
    let has_crane = peers::time(unused, peer, "sh", &["-c", &script], &file);
    for _ in 0..options.runs {
        tab.visit(&options.dist).await?.pull(runs, what, &reference).await?;
        if has_crane {
            peers::time(runs, peer, "sh", &["-c", &script], &file);
        }
    }
    tab.close().await;
    runs.ratio("Enter to tree, cached nowhere / crane export | tar -t", "pull tree", peer, 1.3);
    Ok(())
}

/// Memory of the process with the page and its workers, minus that of an empty page.
async fn memory(options: &Options, runs: &mut Runs) -> Result<()> {
    let file = generated::ensure(&options.folder, MEMORY)?;
    println!("memory: {}", file.display());
    for _ in 0..options.runs {
        let tab = Tab::start().await?;
        let visit = tab.visit(&options.dist).await?;
        let empty = tab.bytes().await? as f64 / MB;
        visit.open(&mut Runs::default(), "memory", &file).await?;
        let opened = tab.bytes().await? as f64 / MB;
        runs.note("memory of an empty page", empty, "MB");
        runs.note("memory for 200k entries over an empty page", opened - empty, "MB");
        drop(visit);
        tab.close().await;
    }
    let what = "memory for 200k entries over an empty page";
    let detail = "private memory of the renderer's process (page, session worker, what is left of layer workers), after ready";
    runs.line(what, runs.median(what), "MB", 150.0, detail);
    Ok(())
}

/// Scrolling, filtering and expanding.
async fn moving(options: &Options, runs: &mut Runs) -> Result<()> {
    let file = generated::ensure(&options.folder, MANY)?;
    println!("a tree of 500k entries: {}", file.display());
    let tab = Tab::start().await?;
    for _ in 0..options.runs {
        let visit = tab.visit(&options.dist).await?;
        visit.open(runs, "500k entries", &file).await?;
        // Rare, frequent, almost everything.
        visit.move_about(runs, "500k entries", &["package-777", "file-1", "e"]).await?;
    }
    tab.close().await;
    let worst = |end: &str| runs.largest_median("500k entries ", end);
    let frame = worst("longest frame").unwrap_or(0.0);
    let detail = format!(
        "longest task of the page; longest gap between frames while scrolling {frame:.0} ms"
    );
    let (task, filter) =
        (worst("longest task"), runs.largest_median("500k entries filter", "answer"));
    let expand = worst("expand answer").unwrap_or(0.0);
    // Browsers do not report tasks under 50 ms: 0 stands for all of them.
    runs.line("500k entries: scroll, filter, expand", task, "ms", 50.0, &detail);
    let detail = format!(
        "the slowest filter, from typing to rows on screen, the rest of 80 ms after a key included; expand {expand:.0} ms"
    );
    runs.line("500k entries: filter answers", filter, "ms", 100.0, &detail);
    Ok(())
}

/// The size of the first visit, and when the page can be used: on loopback, and over a throttled line.
async fn first_visit(options: &Options, runs: &mut Runs) -> Result<()> {
    for (name, bytes, budget) in &options.weights {
        runs.note(name, *bytes, "bytes");
        runs.line(
            name,
            Some(bytes / 1000.0),
            "kB",
            budget / 1000.0,
            "brotli 11, as a static host keeps it",
        );
    }
    let files = Compressed::of(&options.dist)?;
    let tab = Tab::start().await?;
    for _ in 0..options.runs {
        let at = tab.visit(&options.dist).await?.usable_at().await?;
        runs.note("first visit, loopback, usable", at / 1000.0, "s");
        let visit = tab.visit_over(LINE, &files).await?;
        let (bytes, rate) = visit.transfer().await?;
        if rate > LINE.megabits * 1.1 {
            return Err(format!("the browser does not throttle: {rate:.1} Mbit/s").into());
        }
        runs.note("first visit, throttled, usable", visit.usable_at().await? / 1000.0, "s");
        runs.note("first visit, throttled, transferred", bytes / 1000.0, "kB");
    }
    tab.close().await;
    let what = "from the navigation's start until the state is empty, and the file input and the box are there and react";
    let loopback = runs.median("first visit, loopback, usable");
    runs.line("first visit: usable, loopback", loopback, "s", 1.0, &format!("{what}; no cache"));
    let transferred = runs.median("first visit, throttled, transferred").unwrap_or(0.0);
    let detail = format!(
        "{what}; no cache; {transferred:.0} kB came until then, brotli; {} Mbit/s and {} ms a request, by the \
         browser's own throttling, which adds nothing for connections",
        LINE.megabits, LINE.latency
    );
    let throttled = runs.median("first visit, throttled, usable");
    runs.line("first visit: usable, throttled line", throttled, "s", 1.0, &detail);
    Ok(())
}
