//! The measurements: every run, the medians, and the printed table.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// One number of one run.
struct Run {
    what: String,
    value: f64,
    unit: &'static str,
}

#[derive(Default)]
pub struct Runs {
    runs: Vec<Run>,
    lines: Vec<String>,
    missed: usize,
}

impl Runs {
    /// Records a number; `what` is the same for each run.
    pub fn note(&mut self, what: &str, value: f64, unit: &'static str) {
        eprintln!("  {what}: {value:.3} {unit}");
        self.runs.push(Run { what: what.to_owned(), value, unit });
    }

    pub fn median(&self, what: &str) -> Option<f64> {
        let mut values: Vec<f64> =
            self.runs.iter().filter(|run| run.what == what).map(|run| run.value).collect();
        values.sort_by(f64::total_cmp);
        let (low, high) =
            (values.get(values.len().checked_sub(1)? / 2)?, values.get(values.len() / 2)?);
        Some((low + high) / 2.0)
    }

    /// The largest median of the names with this start and end.
    pub fn largest_median(&self, start: &str, end: &str) -> Option<f64> {
        let fits = |run: &&Run| run.what.starts_with(start) && run.what.ends_with(end);
        let medians = self.runs.iter().filter(fits).filter_map(|run| self.median(&run.what));
        medians.max_by(f64::total_cmp)
    }

    /// Adds a line to the table: a figure and its budget.
    pub fn line(&mut self, what: &str, found: Option<f64>, unit: &str, budget: f64, detail: &str) {
        let Some(found) = found else {
            self.lines.push(format!("  not measured  {what}\n                  {detail}"));
            return;
        };
        let word = if found <= budget { "ok" } else { "MISSED" };
        self.missed += usize::from(found > budget);
        self.lines.push(format!(
            "  {word:<7} {found:>8.2} ≤ {budget} {unit}  {what}\n                  {detail}"
        ));
    }

    /// Adds a line with the ratio of two medians of wall-clock times, and of CPU times beside it.
    pub fn ratio(&mut self, what: &str, ours: &str, theirs: &str, budget: f64) {
        let pair = |runs: &Runs, kind: &str| {
            Some((
                runs.median(&format!("{ours} {kind}"))?,
                runs.median(&format!("{theirs} {kind}"))?,
            ))
        };
        let (wall, cpu) = (pair(self, "wall"), pair(self, "processors"));
        let mut detail = String::new();
        if let Some((ours_s, theirs_s)) = wall {
            let _ = write!(detail, "{ours} {ours_s:.2} s, {theirs} {theirs_s:.2} s");
        } else {
            let _ = write!(detail, "{theirs} was not run");
        }
        if let Some((ours_s, theirs_s)) = cpu {
            let ratio = ours_s / theirs_s;
            let _ = write!(detail, "; processors {ours_s:.2} s, {theirs_s:.2} s: × {ratio:.2}");
        }
        self.line(what, wall.map(|(ours, theirs)| ours / theirs), "×", budget, &detail);
    }

    pub fn table(&self) -> String {
        self.lines.join("\n")
    }

    pub fn missed(&self) -> usize {
        self.missed
    }

    /// Writes every run, one in each line.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut text = String::from("what,value,unit\n");
        for Run { what, value, unit } in &self.runs {
            let _ = writeln!(text, "\"{what}\",{value},{unit}");
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)
    }
}
