//! Paths that look like what was typed: quick open.
//!
//! - Words with blanks between them; the letters of each are in the path in their order, of either case unless it has
//!   a capital. The score is of the library, `frizbee`; of equal ones the shorter path is first.
//! - No path is held: each is written into one buffer, in the order of the nodes, and only the best are kept.

use super::event::PathEvent;
use super::file_tree::FileTree;
use super::find::PathText;
use frizbee::{CaseMatching, Config, Matcher, Pattern, PatternConfig};
use std::cmp::Reverse;

/// Characters that are looked for.
const MAX_TEXT: usize = 100;

/// A path that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FuzzyPath {
    pub node: u32,
    /// With a leading slash, as text; bytes that are not UTF-8 are replaced.
    pub text: String,
    /// The characters of `text` that were matched, by position, sorted.
    pub matched: Vec<usize>,
}

/// The best of the paths that the first `layers` layers leave, and how many were found.
pub fn fuzzy_paths(tree: &FileTree, layers: u32, text: &str, most: usize) -> (Vec<FuzzyPath>, u32) {
    let text: String = text.chars().take(MAX_TEXT).collect();
    let words: Vec<Pattern> =
        text.split_whitespace().map(|word| Pattern::new(word, PatternConfig::default())).collect();
    if words.is_empty() || most == 0 {
        return (Vec::new(), 0);
    }
    let config = Config::default().casing(CaseMatching::Smart);
    let mut matcher = Matcher::from_patterns(&words, &config);
    let mut path = PathText::new(false);
    let mut best = Best { kept: Vec::new(), most };
    let mut total = 0;
    for node in 1..tree.node_count() as u32 {
        if !tree.state(node, layers).is_some_and(PathEvent::is_there) {
            continue;
        }
        let bytes = path.of(tree, node);
        let length = bytes.len() as u32;
        let found = match std::str::from_utf8(bytes) {
            Ok(text) => matcher.match_one(text, node),
            Err(_) => matcher.match_one(String::from_utf8_lossy(bytes), node),
        };
        if let Some(found) = found {
            total += 1;
            best.add(Ranked(Reverse(found.score), length, node));
        }
    }
    let row = |Ranked(_, _, node)| {
        let text = String::from_utf8_lossy(&[b"/", &tree.path(node)[..]].concat()).into_owned();
        let matched = matcher.match_one_indices(&text, node);
        let indices = matched.map(|found| found.indices).unwrap_or_default();
        let mut matched: Vec<usize> = indices.into_iter().map(|at| at as usize).collect();
        matched.sort_unstable();
        FuzzyPath { node, text, matched }
    };
    (best.sorted().into_iter().map(row).collect(), total)
}

/// Score, length, node: the smallest is the best.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Ranked(Reverse<u16>, u32, u32);

/// The best ones so far, and some more.
struct Best {
    kept: Vec<Ranked>,
    most: usize,
}

impl Best {
    fn add(&mut self, path: Ranked) {
        self.kept.push(path);
        if self.kept.len() >= 16 * self.most.max(256) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.kept.len() > self.most {
            self.kept.select_nth_unstable(self.most);
            self.kept.truncate(self.most);
        }
    }

    fn sorted(mut self) -> Vec<Ranked> {
        self.cut();
        self.kept.sort_unstable();
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::drawn::drawn;

    /// The paths that are found, with what was matched in brackets.
    fn found(drawing: &str, layers: u32, text: &str, most: usize) -> (String, u32) {
        let (paths, total) = fuzzy_paths(&drawn(drawing), layers, text, most);
        let shown = |path: &FuzzyPath| {
            let mark = |(at, c): (usize, char)| match path.matched.contains(&at) {
                true => format!("[{c}]"),
                false => c.to_string(),
            };
            path.text.chars().enumerate().map(mark).collect::<String>().replace("][", "")
        };
        (paths.iter().map(shown).collect::<Vec<_>>().join(" "), total)
    }

    const TREE: &str = "1: etc/passwd usr/lib/ssl/openssl.cnf usr/share/péché 2: .wh.etc etc/ssl/x";

    #[test]
    fn letters_in_their_order_are_found_and_marked() {
        assert_eq!(found(TREE, 1, "etcpass", 9), ("/[etc]/[pass]wd".into(), 1));
        assert_eq!(found(TREE, 1, "pass ETC", 9), (String::new(), 0), "a capital is one");
        assert_eq!(found(TREE, 1, "pass etc", 9), ("/[etc]/[pass]wd".into(), 1));
        assert_eq!(found(TREE, 1, "pch", 9).1, 1);
        assert_eq!(found(TREE, 1, "", 9), (String::new(), 0));
        assert_eq!(found(TREE, 1, "wdpa", 9), (String::new(), 0), "not in this order");
    }

    #[test]
    fn the_layers_say_which_paths_there_are() {
        assert_eq!(found(TREE, 2, "passwd", 9).1, 0, "it was removed");
        assert_eq!(found(TREE, 2, "etcx", 9), ("/[etc]/ssl/[x]".into(), 1));
    }

    #[test]
    fn the_best_come_first_and_no_more_than_are_wanted() {
        let (shown, total) = found("1: a/sslx a/ssl b/ssl/c", 1, "ssl", 2);
        assert_eq!((&shown[..], total), ("/a/[ssl] /b/[ssl]", 4));
    }
}
