//! The lines of a JSON document as a tree that folds: which are visible, and how they are nested.
//!
//! Pure. Lines come depth first, children one level deeper than their container; a document that breaks this
//! (none of ours does) is read as if a line's parent were the nearest line above that is less deep.

use crate::protocol::{JsonLine, JsonValue};
use crate::ui::widgets::row_after;
use std::collections::BTreeSet;

/// How a line is nested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct LinePlace {
    parent: Option<u32>,
    /// From 1, among the parent's children.
    position: u32,
    /// The line behind the last one below it.
    end: u32,
}

/// A document's lines, and which containers are folded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    places: Vec<LinePlace>,
    /// Children of each line.
    children: Vec<u32>,
    folded: BTreeSet<u32>,
    visible: Vec<u32>,
}

impl Outline {
    /// All containers are open.
    pub fn new(lines: &[JsonLine]) -> Outline {
        let mut places = vec![LinePlace::default(); lines.len()];
        let mut children = vec![0u32; lines.len()];
        let mut open: Vec<u32> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            while let Some(&last) = open.last()
                && lines[last as usize].depth >= line.depth
            {
                places[last as usize].end = at as u32;
                open.pop();
            }
            let parent = open.last().copied();
            let position = match parent {
                Some(parent) => {
                    children[parent as usize] += 1;
                    children[parent as usize]
                }
                None => 1,
            };
            places[at] = LinePlace { parent, position, end: 0 };
            open.push(at as u32);
        }
        for last in open {
            places[last as usize].end = lines.len() as u32;
        }
        let mut outline = Outline { places, children, ..Outline::default() };
        outline.show();
        outline
    }

    /// Folds everything deeper than `depth` of a long document.
    pub fn folded_below(lines: &[JsonLine], depth: u32) -> Outline {
        let mut outline = Outline::new(lines);
        let deep = |at: &u32| lines[*at as usize].depth >= depth && outline.can_fold(*at);
        outline.folded = (0..lines.len() as u32).filter(deep).collect();
        outline.show();
        outline
    }

    fn show(&mut self) {
        self.visible.clear();
        let mut at = 0;
        while let Some(place) = self.places.get(at as usize) {
            self.visible.push(at);
            at = if self.folded.contains(&at) { place.end } else { at + 1 };
        }
    }

    /// The lines that are visible, by their positions in the document.
    pub fn visible(&self) -> &[u32] {
        &self.visible
    }

    /// The row of a line; `None` while it is folded away.
    pub fn row_of(&self, line: u32) -> Option<u32> {
        self.visible.binary_search(&line).ok().map(|row| row as u32)
    }

    /// It has something below it.
    pub fn can_fold(&self, line: u32) -> bool {
        self.children.get(line as usize).is_some_and(|children| *children > 0)
    }

    /// Folded or open; `None` where there is nothing below it.
    pub fn is_open(&self, line: u32) -> Option<bool> {
        self.can_fold(line).then(|| !self.folded.contains(&line))
    }

    /// Folds or opens a line.
    pub fn set_open(&mut self, line: u32, open: bool) {
        let changed = match open {
            true => self.folded.remove(&line),
            false => self.can_fold(line) && self.folded.insert(line),
        };
        if changed {
            self.show();
        }
    }

    /// Opens or folds everything; folded, the members of the document itself stay visible.
    pub fn set_all(&mut self, open: bool) {
        self.folded.clear();
        if !open {
            let lines = 1..self.places.len() as u32;
            self.folded = lines.filter(|line| self.can_fold(*line)).collect();
        }
        self.show();
    }

    /// Position from 1 among its siblings, and their number.
    pub fn position(&self, line: u32) -> (u32, u32) {
        let place = self.places.get(line as usize).copied().unwrap_or_default();
        let siblings = place.parent.map_or(1, |parent| self.children[parent as usize]);
        (place.position, siblings)
    }

    /// The path to a line as `jq` writes it: `.layers[0].digest`; `.` for the document.
    pub fn path(&self, lines: &[JsonLine], line: u32) -> String {
        let mut parts = Vec::new();
        let mut at = Some(line);
        while let Some(line) = at {
            let Some(place) = self.places.get(line as usize) else { break };
            if place.parent.is_some() {
                parts.push(match &lines[line as usize].name {
                    Some(name) if is_identifier(name) => format!(".{name}"),
                    Some(name) => {
                        format!("[\"{}\"]", name.replace('\\', "\\\\").replace('"', "\\\""))
                    }
                    None => format!("[{}]", place.position - 1),
                });
            }
            at = place.parent;
        }
        parts.reverse();
        let path = parts.concat();
        if path.starts_with('.') { path } else { format!(".{path}") }
    }

    /// What a key does at a line.
    pub fn after_key(&self, key: &str, line: u32, page: u32) -> Option<KeyEffect> {
        let row = self.row_of(line)?;
        let go = |row: u32| self.visible.get(row as usize).copied().map(KeyEffect::Go);
        if let Some(row) = row_after(key, row, self.visible.len() as u32, page) {
            return go(row);
        }
        match (key, self.is_open(line)) {
            ("ArrowRight", Some(false)) => Some(KeyEffect::Open(line, true)),
            ("ArrowRight", Some(true)) => go(row + 1),
            ("ArrowLeft", Some(true)) => Some(KeyEffect::Open(line, false)),
            ("ArrowLeft", _) => self.places[line as usize].parent.map(KeyEffect::Go),
            (" ", Some(open)) => Some(KeyEffect::Open(line, !open)),
            _ => None,
        }
    }
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyEffect {
    /// The focus goes to this line.
    Go(u32),
    /// Opens or folds a line.
    Open(u32, bool),
}

fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The value of a line in full, to show and to copy; a container's is its size.
pub fn value_text(value: &JsonValue) -> String {
    match value {
        JsonValue::Null => "null".to_owned(),
        JsonValue::Bool(value) => value.to_string(),
        JsonValue::Number(text) => text.to_string(),
        JsonValue::Text { text, .. } => text.to_string(),
        JsonValue::Object(members) => {
            format!("{{…}} {}", crate::format::counted((*members).into(), "member", "members"))
        }
        JsonValue::List(elements) => {
            format!("[…] {}", crate::format::counted((*elements).into(), "element", "elements"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(depth: u32, name: Option<&str>, value: JsonValue) -> JsonLine {
        JsonLine { depth, name: name.map(Into::into), value }
    }

    /// `{"a": {"b": 1, "c d": [null, true]}, "e": {}}`
    fn document() -> Vec<JsonLine> {
        vec![
            line(0, None, JsonValue::Object(2)),
            line(1, Some("a"), JsonValue::Object(2)),
            line(2, Some("b"), JsonValue::Number("1".into())),
            line(2, Some("c d"), JsonValue::List(2)),
            line(3, None, JsonValue::Null),
            line(3, None, JsonValue::Bool(true)),
            line(1, Some("e"), JsonValue::Object(0)),
        ]
    }

    #[test]
    fn folding_hides_what_is_below() {
        let lines = document();
        let mut outline = Outline::new(&lines);
        assert_eq!(outline.visible(), [0, 1, 2, 3, 4, 5, 6]);
        outline.set_open(3, false);
        assert_eq!(outline.visible(), [0, 1, 2, 3, 6]);
        assert_eq!((outline.row_of(6), outline.row_of(5)), (Some(4), None));
        outline.set_open(1, false);
        assert_eq!(outline.visible(), [0, 1, 6]);
        outline.set_open(1, true);
        assert_eq!(outline.visible(), [0, 1, 2, 3, 6], "what was folded within stays folded");
        outline.set_open(6, false);
        assert_eq!(outline.is_open(6), None, "an empty object does not fold");
        outline.set_all(true);
        assert_eq!(outline.visible().len(), 7);
        outline.set_all(false);
        assert_eq!(outline.visible(), [0, 1, 6]);
        assert_eq!(Outline::folded_below(&lines, 2).visible(), [0, 1, 2, 3, 6]);
    }

    #[test]
    fn lines_know_their_siblings_and_paths() {
        let lines = document();
        let outline = Outline::new(&lines);
        assert_eq!(outline.position(0), (1, 1));
        assert_eq!(outline.position(3), (2, 2));
        assert_eq!(outline.position(6), (2, 2));
        assert_eq!(outline.path(&lines, 0), ".");
        assert_eq!(outline.path(&lines, 2), ".a.b");
        assert_eq!(outline.path(&lines, 5), ".a[\"c d\"][1]");
        let list = [line(0, None, JsonValue::List(1)), line(1, None, JsonValue::Null)];
        assert_eq!(Outline::new(&list).path(&list, 1), ".[0]");
    }

    #[test]
    fn keys_move_and_fold() {
        let lines = document();
        let mut outline = Outline::new(&lines);
        outline.set_open(3, false);
        use KeyEffect::*;
        for (key, line, want) in [
            ("ArrowDown", 3, Some(Go(6))),
            ("ArrowDown", 6, Some(Go(6))),
            ("ArrowUp", 0, Some(Go(0))),
            ("ArrowRight", 3, Some(Open(3, true))),
            ("ArrowRight", 1, Some(Go(2))),
            ("ArrowRight", 2, None),
            ("ArrowLeft", 1, Some(Open(1, false))),
            ("ArrowLeft", 3, Some(Go(1))),
            ("ArrowLeft", 2, Some(Go(1))),
            ("ArrowLeft", 6, Some(Go(0))),
            ("Home", 6, Some(Go(0))),
            ("End", 0, Some(Go(6))),
            ("PageDown", 1, Some(Go(3))),
            (" ", 1, Some(Open(1, false))),
            (" ", 2, None),
            ("x", 2, None),
        ] {
            assert_eq!(outline.after_key(key, line, 2), want, "{key:?} at {line}");
        }
        assert_eq!(outline.after_key("ArrowDown", 5, 2), None, "a line that is folded away");
    }

    #[test]
    fn an_empty_or_odd_document_is_no_error() {
        assert_eq!(Outline::new(&[]).visible(), [0u32; 0]);
        let odd = [
            line(5, None, JsonValue::Null),
            line(0, None, JsonValue::Null),
            line(9, Some("x"), JsonValue::Null),
        ];
        let outline = Outline::new(&odd);
        assert_eq!(outline.visible(), [0, 1, 2]);
        assert_eq!(outline.path(&odd, 2), ".x");
    }
}
