//! The comparison as one block of Markdown for a pull request.
//!
//! - Sizes and their change come first, then only what changed, each part as a table.
//! - At most 60 lines: parts share what is left after the numbers, and each says how many rows it leaves out.

use super::markdown_text::code;
use crate::analysis::compare::{
    ChangedSetting, ComparedImage, DifferentPath, Growth, ImageComparison, PackageVersions, growth,
};
use crate::format::{count, counted, signed_size, size};
use crate::report::ComparedSide;
use crate::vocabulary::{LeftOut, PathDifference};
use serde_json::{Map, Value};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

const MAX_LINES: usize = 60;
/// Rows of one part that are made at most.
const MAX_ROWS: usize = MAX_LINES;

type ReadSide<'a> = (&'a ComparedSide, &'a ComparedImage<'a>);

/// A part of the block: a table with its rows.
struct MarkdownPart {
    head: [String; 2],
    rows: Vec<String>,
    /// Rows that there would be.
    total: usize,
    shown: usize,
}

/// The block, with a line break at its end.
pub fn block(
    a: ReadSide<'_>,
    b: ReadSide<'_>,
    without: LeftOut,
    compared: &ImageComparison,
) -> String {
    let mut lines = numbers(a, b, compared);
    if without != LeftOut::default() {
        lines.push(String::new());
        lines.push(format!("Left out: {}.", without.words().join(", ")));
    }
    if compared.same_but_times {
        lines.push(String::new());
        let times = compared.paths.of(PathDifference::Time).paths;
        lines.push(match (times, without == LeftOut::default()) {
            (0, true) => "Nothing differs.".to_owned(),
            (0, false) => "Nothing else differs.".to_owned(),
            (paths, _) => {
                format!("Only times differ, those of {}.", counted(paths, "path", "paths"))
            }
        });
    } else {
        lines.extend(classes(compared));
        let growth = growth(a.1, b.1, compared);
        let mut parts = vec![
            directories(&growth),
            packages(compared, &growth),
            settings(&compared.settings),
            paths(a.1, b.1, compared),
        ];
        share(&mut parts, MAX_LINES.saturating_sub(lines.len()));
        lines.extend(parts.into_iter().flat_map(MarkdownPart::lines));
    }
    lines.join("\n") + "\n"
}

impl MarkdownPart {
    fn new(names: &[&str], numeric_from: usize, rows: Vec<String>, total: usize) -> MarkdownPart {
        let rule = |at: usize| if at >= numeric_from { "---:" } else { "---" };
        let rules: Vec<&str> = (0..names.len()).map(rule).collect();
        let head = [row(names), format!("|{}|", rules.join("|"))];
        MarkdownPart { head, rows, total, shown: 0 }
    }

    /// Lines that it takes.
    fn height(&self) -> usize {
        match self.total {
            0 => 0,
            total => 1 + self.head.len() + self.shown + usize::from(self.shown < total),
        }
    }

    fn lines(self) -> Vec<String> {
        if self.total == 0 {
            return Vec::new();
        }
        let mut lines = vec![String::new()];
        lines.extend(self.head);
        lines.extend(self.rows.into_iter().take(self.shown));
        if self.shown < self.total {
            lines.push(row(&[&format!("… {} more", count((self.total - self.shown) as u64))]));
        }
        lines
    }
}

/// Gives the parts one row after another, as long as there is room.
fn share(parts: &mut [MarkdownPart], room: usize) {
    loop {
        let mut grew = false;
        for at in 0..parts.len() {
            if parts[at].shown >= parts[at].rows.len() {
                continue;
            }
            parts[at].shown += 1;
            match parts.iter().map(MarkdownPart::height).sum::<usize>() <= room {
                true => grew = true,
                false => parts[at].shown -= 1,
            }
        }
        if !grew {
            return;
        }
    }
}

fn row<T: AsRef<str>>(cells: &[T]) -> String {
    let mut line = String::from("|");
    for cell in cells {
        line.push_str(&format!(" {} |", cell.as_ref()));
    }
    line
}

/// Names, sizes, layers and history.
fn numbers(
    (a, image_a): ReadSide<'_>,
    (b, image_b): ReadSide<'_>,
    compared: &ImageComparison,
) -> Vec<String> {
    let (length_a, length_b) = (image_a.steps.len(), image_b.steps.len());
    let common = compared.common_history;
    let mut lines = vec![
        format!("### {} → {}", code(&a.name), code(&b.name)),
        String::new(),
        row(&["", "before", "after", "change"]),
        "|---|---:|---:|---:|".to_owned(),
        size_row("Files", a.size, b.size),
    ];
    if let (Some(of_a), Some(of_b)) = (a.compressed_size, b.compressed_size) {
        lines.push(size_row("Layers as stored", of_a, of_b));
    }
    let layers = compared.layers;
    if layers.shared_prefix != layers.a.max(layers.b) {
        let (of_a, of_b) = (layers.a.to_string(), layers.b.to_string());
        lines.push(row(&["Layers", &of_a, &of_b, &format!("{} shared", layers.shared)]));
    }
    if common != length_a || common != length_b {
        let (of_a, of_b) = (length_a.to_string(), length_b.to_string());
        lines.push(row(&["History", &of_a, &of_b, &format!("first {common} the same")]));
    }
    if a.platform != b.platform {
        lines.push(row(&["Platform", &code(&a.platform), &code(&b.platform), ""]));
    }
    lines
}

fn size_row(name: &str, a: u64, b: u64) -> String {
    row(&[name, &size(a), &size(b), &change(a, b)])
}

/// `+2.31 MB (+1.2 %)`.
fn change(a: u64, b: u64) -> String {
    let difference = i128::from(b) - i128::from(a);
    let text = signed_size(difference.clamp(i64::MIN.into(), i64::MAX.into()) as i64);
    if difference == 0 || a == 0 {
        return text;
    }
    let tenths = (difference.unsigned_abs() * 1000 + u128::from(a) / 2) / u128::from(a);
    if tenths == 0 {
        return text;
    }
    let sign = if difference < 0 { '−' } else { '+' };
    format!("{text} ({sign}{}.{} %)", tenths / 10, tenths % 10)
}

/// How many paths differ, by class.
fn classes(compared: &ImageComparison) -> Vec<String> {
    let rows: Vec<String> = PathDifference::ALL
        .into_iter()
        .map(|difference| (difference, compared.paths.of(difference)))
        .filter(|(_, totals)| totals.paths > 0)
        .map(|(difference, totals)| {
            let (a, b) = (totals.bytes_a, totals.bytes_b);
            row(&[class_name(difference), &count(totals.paths), &size(a), &size(b), &change(a, b)])
        })
        .collect();
    let total = rows.len();
    let names = ["Paths", "number", "before", "after", "change"];
    let mut part = MarkdownPart::new(&names, 1, rows, total);
    part.shown = total;
    part.lines()
}

fn class_name(difference: PathDifference) -> &'static str {
    match difference {
        PathDifference::Added => "added",
        PathDifference::Removed => "removed",
        PathDifference::Type => "another type",
        PathDifference::Content => "content",
        PathDifference::Metadata => "metadata",
        PathDifference::Time => "time alone",
    }
}

fn directories(growth: &Growth) -> MarkdownPart {
    let rows = growth.directories.iter().take(MAX_ROWS).map(|directory| {
        let path = [b"/", &directory.path[..]].concat();
        let alone = if directory.files_alone { ", files directly in it" } else { "" };
        row(&[code(path) + alone, signed_size(directory.bytes)])
    });
    MarkdownPart::new(&["Directory", "change"], 1, rows.collect(), growth.directories.len())
}

/// Packages that differ, those first whose files changed most.
fn packages(compared: &ImageComparison, growth: &Growth) -> MarkdownPart {
    let bytes: HashMap<(&str, &str), i64> = growth
        .packages
        .iter()
        .map(|package| ((&package.kind[..], &package.name[..]), package.bytes))
        .collect();
    let of = |package: &PackageVersions| {
        bytes.get(&(&package.kind[..], &package.name[..])).copied().unwrap_or(0)
    };
    let packages = &compared.packages;
    let mut all: Vec<&PackageVersions> =
        packages.changed.iter().chain(&packages.added).chain(&packages.removed).collect();
    all.sort_by_key(|package| Reverse(of(package).unsigned_abs()));
    let rows = all.iter().take(MAX_ROWS).map(|package| {
        let version = |version: &Option<String>| version.as_ref().map_or("–".to_owned(), code);
        let name = format!("{} {}", code(&package.kind), code(&package.name));
        row(&[name, version(&package.a), version(&package.b), signed_size(of(package))])
    });
    let names = ["Package", "before", "after", "its files"];
    MarkdownPart::new(&names, 3, rows.collect(), all.len())
}

fn settings(settings: &[ChangedSetting]) -> MarkdownPart {
    let rows: Vec<String> = settings.iter().flat_map(setting_rows).collect();
    let total = rows.len();
    MarkdownPart::new(&["Configuration", "before", "after"], 3, rows, total)
}

/// One row, or for lists and maps one for each item that differs.
fn setting_rows(setting: &ChangedSetting) -> Vec<String> {
    let ChangedSetting { field, a, b } = setting;
    let line = |name: &str, a: Option<&Value>, b: Option<&Value>| {
        let value =
            |value: Option<&Value>| value.map_or("–".to_owned(), |value| code(text(value)));
        row(&[code(name), value(a), value(b)])
    };
    let keyed = match field.as_str() {
        "Env" => environment(a).zip(environment(b)),
        _ => object(a).zip(object(b)),
    };
    let Some((of_a, of_b)) = keyed else { return vec![line(field, Some(a), Some(b))] };
    let names: BTreeMap<&String, ()> =
        of_a.keys().chain(of_b.keys()).map(|key| (key, ())).collect();
    let differ = names.into_keys().filter(|key| of_a.get(*key) != of_b.get(*key));
    let rows: Vec<String> =
        differ.map(|key| line(&format!("{field} {key}"), of_a.get(key), of_b.get(key))).collect();
    match rows.is_empty() {
        // The order differs, or a name that occurs twice.
        true => vec![line(field, Some(a), Some(b))],
        false => rows,
    }
}

/// `Env` by name. `None` if it is something else.
fn environment(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Null => Some(Map::new()),
        Value::Array(items) => {
            let pair = |item: &Value| {
                let (name, value) = item.as_str()?.split_once('=')?;
                Some((name.to_owned(), Value::String(value.to_owned())))
            };
            items.iter().map(pair).collect()
        }
        _ => None,
    }
}

fn object(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Null => Some(Map::new()),
        Value::Object(object) => Some(object.clone()),
        _ => None,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Paths that differ in more than time, those first whose size changed most.
fn paths(a: &ComparedImage<'_>, b: &ComparedImage<'_>, compared: &ImageComparison) -> MarkdownPart {
    let differs = |path: &&DifferentPath| path.difference != PathDifference::Time;
    let mut all: Vec<&DifferentPath> = compared.paths.list.iter().filter(differs).collect();
    all.sort_by_key(|path| Reverse(path.bytes_a.abs_diff(path.bytes_b)));
    let rows = all.iter().take(MAX_ROWS).map(|path| {
        let name = [b"/", &path.path(a.tree, b.tree)[..]].concat();
        let bytes = i128::from(path.bytes_b) - i128::from(path.bytes_a);
        let bytes = signed_size(bytes.clamp(i64::MIN.into(), i64::MAX.into()) as i64);
        row(&[code(name), class_name(path.difference).to_owned(), bytes])
    });
    MarkdownPart::new(&["Path", "differs in", "change"], 2, rows.collect(), all.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(rows: usize) -> MarkdownPart {
        let lines = (0..rows.min(MAX_ROWS)).map(|at| row(&[at.to_string()])).collect();
        MarkdownPart::new(&["x"], 1, lines, rows)
    }

    #[test]
    fn parts_share_the_room_and_count_what_they_leave_out() {
        let mut parts = [part(100), part(0), part(2), part(100_000)];
        share(&mut parts, 30);
        let heights: Vec<_> = parts.iter().map(MarkdownPart::height).collect();
        assert_eq!(heights.iter().sum::<usize>(), 30, "{heights:?}");
        assert_eq!((heights[1], parts[2].shown), (0, 2));
        let lines: Vec<_> = parts.into_iter().flat_map(MarkdownPart::lines).collect();
        assert_eq!(lines.len(), 30);
        assert!(lines[lines.len() - 1].starts_with("| … 99,9"), "{lines:?}");
    }

    #[test]
    fn all_is_shown_where_there_is_room() {
        let mut parts = [part(3), part(1)];
        share(&mut parts, 40);
        assert_eq!(parts.iter().map(|part| part.shown).collect::<Vec<_>>(), [3, 1]);
    }

    #[test]
    fn changes_have_their_sign_and_share() {
        for (a, b, want) in [
            (100, 100, "0 B"),
            (1_000_000, 1_012_000, "+12.0 kB (+1.2 %)"),
            (1_000, 0, "−1.00 kB (−100.0 %)"),
            (0, 7, "+7 B"),
            (1_000_000, 1_000_001, "+1 B"),
        ] {
            assert_eq!(change(a, b), want);
        }
    }

    #[test]
    fn of_lists_and_maps_only_what_differs_is_told() {
        let setting = |field: &str, a: &str, b: &str| {
            let value = |text| serde_json::from_str(text).unwrap();
            let setting = ChangedSetting { field: field.to_owned(), a: value(a), b: value(b) };
            setting_rows(&setting).join("\n")
        };
        assert_eq!(
            setting("Env", r#"["A=1","B=2"]"#, r#"["B=3","A=1","C=|"]"#),
            "| `Env B` | `2` | `3` |\n| `Env C` | – | `\\x7c` |"
        );
        assert_eq!(
            setting("Env", r#"["A=1","B=2"]"#, r#"["B=2","A=1"]"#),
            r#"| `Env` | `["A=1","B=2"]` | `["B=2","A=1"]` |"#,
            "the order differs"
        );
        assert_eq!(setting("Labels", r#"{"a":"1"}"#, "null"), "| `Labels a` | `1` | – |");
        assert_eq!(setting("User", r#""""#, r#""app""#), "| `User` | – | `app` |");
        assert_eq!(setting("Cmd", r#"["a"]"#, r#"["b"]"#), r#"| `Cmd` | `["a"]` | `["b"]` |"#);
    }
}
