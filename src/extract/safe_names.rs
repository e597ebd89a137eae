//! Names that every system's disk can have, for zips: Windows and macOS refuse or misread some of an image's names.
//!
//! Source: Microsoft, "Naming Files, Paths, and Namespaces".
//! - What cannot be in a name becomes `_`: the characters that Windows reserves, controls, marks that turn the
//!   direction of text, dots and blanks at the end, bytes that are not UTF-8. Names of devices get a `_` before them.
//! - Names that differ in case alone are one on most disks: the later ones get a number.

use std::collections::HashMap;

/// Longer parts are cut, in characters: most disks allow 255.
const MAX_PART: usize = 200;
/// Characters of an ending that stays with a numbered name.
const MAX_ENDING: usize = 12;

/// Safe paths, by the paths that they stand for.
#[derive(Default)]
pub struct SafeNames {
    known: HashMap<Vec<u8>, String>,
    /// How often each path occurs, in lower case.
    taken: HashMap<String, u32>,
}

impl SafeNames {
    /// The safe form of a path. The same for the same path, and below the safe form of its directory.
    pub fn path(&mut self, path: &[u8]) -> String {
        let mut safe = String::new();
        let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
        let mut start = 0;
        for end in ends.chain([path.len()]).collect::<Vec<_>>() {
            if let Some(known) = self.known.get(&path[..end]) {
                safe.clone_from(known);
            } else {
                safe = self.free(&safe, &safe_part(&path[start..end]));
                self.known.insert(path[..end].to_vec(), safe.clone());
            }
            start = end + 1;
        }
        safe
    }

    /// A path in a safe directory that no other has.
    fn free(&mut self, directory: &str, part: &str) -> String {
        let join = |part: &str| match directory {
            "" => part.to_owned(),
            directory => format!("{directory}/{part}"),
        };
        let first = join(part);
        let mut number = match self.taken.get(&first.to_lowercase()) {
            None => {
                self.taken.insert(first.to_lowercase(), 1);
                return first;
            }
            Some(number) => *number,
        };
        loop {
            number += 1;
            let numbered = join(&numbered(part, number));
            if !self.taken.contains_key(&numbered.to_lowercase()) {
                self.taken.insert(numbered.to_lowercase(), 1);
                self.taken.insert(first.to_lowercase(), number);
                return numbered;
            }
        }
    }
}

/// `a (2).txt`.
fn numbered(part: &str, number: u32) -> String {
    let dot = part.rfind('.').filter(|at| *at > 0 && part.len() - at <= MAX_ENDING);
    let (stem, ending) = part.split_at(dot.unwrap_or(part.len()));
    format!("{stem} ({number}){ending}")
}

fn safe_part(part: &[u8]) -> String {
    let text = String::from_utf8_lossy(part);
    let safe = |c: char| if is_unsafe(c) { '_' } else { c };
    let mut name: String = text.chars().map(safe).take(MAX_PART).collect();
    let end = name.trim_end_matches(['.', ' ']).len();
    let cut = name.len() - end;
    name.truncate(end);
    name.extend(std::iter::repeat_n('_', cut));
    match name.is_empty() || is_device(&name) {
        true => format!("_{name}"),
        false => name,
    }
}

fn is_unsafe(c: char) -> bool {
    let turns =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns || c == char::REPLACEMENT_CHARACTER || "<>:\"/\\|?*".contains(c)
}

/// Whether Windows takes the name for a device, whatever follows a dot.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |start: &str| {
        let mut rest = stem.strip_prefix(start).unwrap_or_default().chars();
        rest.next().is_some_and(|c| "0123456789¹²³".contains(c)) && rest.next().is_none()
    };
    matches!(&*stem, "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || numbered("COM")
        || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn safe(path: &str) -> String {
        SafeNames::default().path(path.as_bytes())
    }

    #[test]
    fn names_that_a_disk_cannot_have_are_changed() {
        for (path, want) in [
            ("etc/passwd", "etc/passwd"),
            ("usr/lib/libstdc++.so.6", "usr/lib/libstdc++.so.6"),
            ("a:b/c\\d", "a_b/c_d"),
            ("what?/..hidden", "what_/..hidden"),
            ("ends./blank ", "ends_/blank_"),
            ("...", "___"),
            ("CON", "_CON"),
            ("dev/nul.txt", "dev/_nul.txt"),
            ("com1/COM10", "_com1/COM10"),
            ("line\nfeed", "line_feed"),
            ("\u{202e}gpj.exe", "_gpj.exe"),
            ("Prüfung/日本", "Prüfung/日本"),
        ] {
            assert_eq!(safe(path), want);
        }
        assert_eq!(SafeNames::default().path(b"caf\xe9"), "caf_");
    }

    #[test]
    fn names_that_differ_in_case_get_numbers() {
        let mut names = SafeNames::default();
        let paths =
            ["Readme.md", "README.md", "readme.md", "Readme.md", "readme (2).md", "A/x", "a/y"];
        let safe: Vec<String> = paths.iter().map(|path| names.path(path.as_bytes())).collect();
        assert_eq!(
            safe,
            [
                "Readme.md",
                "README (2).md",
                "readme (3).md",
                "Readme.md",
                "readme (2) (2).md",
                "A/x",
                "a (2)/y"
            ]
        );
    }

    proptest! {
        #[test]
        fn safe_paths_are_safe_and_distinct(paths in prop::collection::vec("[a-bA-B:. ]{1,3}(/[a-b:.]{1,2})?", 0..20)) {
            let mut names = SafeNames::default();
            let mut seen = HashMap::new();
            for path in &paths {
                let safe = names.path(path.as_bytes());
                prop_assert!(safe.split('/').all(|part| !part.is_empty() && !part.ends_with(['.', ' '])));
                let before = seen.insert(safe.to_lowercase(), path.clone());
                prop_assert!(before.is_none_or(|before| before == *path), "{safe}");
            }
        }
    }
}
