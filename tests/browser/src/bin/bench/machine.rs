//! CPU times, memory and parents of processes.
//!
//! Read from Linux's `/proc`. CPU times are shown beside wall-clock times, because a busy machine lengthens
//! the latter and hardly changes the former.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Child, ExitStatus};
use std::time::Duration;

/// Clock ticks in a second: `USER_HZ`, 100 on every Linux that runs a browser.
const TICKS: f64 = 100.0;

struct Process {
    parent: u32,
    /// CPU time of all its threads, including ended ones.
    seconds: f64,
}

fn stat(text: &str) -> Option<Vec<&str>> {
    // The name, in parentheses, may contain blanks.
    Some(text.rsplit_once(')')?.1.split_whitespace().collect())
}

fn seconds(fields: &[&str], at: [usize; 2]) -> Option<f64> {
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(at[0])? + ticks(at[1])?) / TICKS)
}

fn processes() -> BTreeMap<u32, Process> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Ok(id) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let Ok(text) = fs::read_to_string(entry.path().join("stat")) else { continue };
        let Some(fields) = stat(&text) else { continue };
        if let (Some(Ok(parent)), Some(seconds)) =
            (fields.get(1).map(|parent| parent.parse()), seconds(&fields, [11, 12]))
        {
            found.insert(id, Process { parent, seconds });
        }
    }
    found
}

/// The descendants of this process.
fn descendants(all: &BTreeMap<u32, Process>) -> Vec<u32> {
    let ours = std::process::id();
    let descends = |mut id: u32| {
        while let Some(process) = all.get(&id) {
            if process.parent == ours {
                return true;
            }
            id = process.parent;
        }
        false
    };
    all.keys().copied().filter(|&id| descends(id)).collect()
}

/// CPU seconds of all living descendants.
pub fn descendants_seconds() -> f64 {
    let all = processes();
    descendants(&all).iter().map(|id| all[id].seconds).sum()
}

/// CPU seconds of ended children.
pub fn ended_seconds() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    stat(&text).and_then(|fields| seconds(&fields, [13, 14])).unwrap_or(0.0)
}

/// CPU seconds of this process.
pub fn own_seconds() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    stat(&text).and_then(|fields| seconds(&fields, [11, 12])).unwrap_or(0.0)
}

/// Waits for a process to end; returns its largest resident memory in bytes. (The system forgets the figure with the
/// process, so it is read until then; it only grows.)
pub fn peak_until_exit(child: &mut Child) -> std::io::Result<(ExitStatus, u64)> {
    let mut peak = 0;
    loop {
        let now = memory(child.id(), &["VmHWM:"]);
        peak = peak.max(now);
        if let Some(status) = child.try_wait()? {
            return Ok((status, peak));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Bytes of these lines of a process's status.
fn memory(id: u32, lines: &[&str]) -> u64 {
    let text = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let kilobytes = |line: &str| {
        let (_, rest) = lines.iter().find_map(|name| Some((name, line.strip_prefix(name)?)))?;
        rest.split_whitespace().next()?.parse::<u64>().ok()
    };
    text.lines().filter_map(kilobytes).sum::<u64>() * 1024
}

/// Bytes of memory that are no file's, anonymous and shared, of the largest renderer process: the tab's. (Chromium has
/// others, for its own pages and in reserve.)
pub fn renderer_resident() -> u64 {
    let memory = |id| memory(id, &["RssAnon:", "RssShmem:"]);
    renderers().into_iter().map(memory).max().unwrap_or(0)
}

fn renderers() -> Vec<u32> {
    let renderer = |id: &u32| {
        let command = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&command).contains("--type=renderer")
    };
    descendants(&processes()).into_iter().filter(renderer).collect()
}

/// Private bytes of the browser's renderer processes. (Memory shared with other browsers on the machine
/// would change with those.)
pub fn renderers_bytes() -> u64 {
    let bytes = |id: u32| {
        let text = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("Private_Dirty:"))?;
        Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
    };
    renderers().into_iter().filter_map(bytes).sum()
}

/// The machine and its load.
pub fn describe() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("?").to_owned();
    format!("{}, load {load} (other processes: above about 2, trust CPU seconds)", name())
}

/// Cores and CPU, usable as a file name.
pub fn name() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown", |(_, model)| model);
    let words = model.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<_> = words.map(str::to_ascii_lowercase).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{cores}-cores-{}", words.join("-"))
}
