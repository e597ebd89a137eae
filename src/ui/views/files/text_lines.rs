//! The lines of a text as they are drawn: escaped, with the state of the lexer at each, and what can be folded.
//!
//! - Of a long text only the beginning is coloured, and very long lines stay plain, so that no frame waits for a lexer.

use crate::highlight::{FoldRange, Language, LexerState, TokenKind, folds, language_of};
use crate::text::show_lines;
use leptos::prelude::*;

/// Bytes of a text that are coloured and can be folded, and of a line.
const MOST: usize = 1 << 20;
const MOST_OF_LINE: usize = 4_000;

/// A text, cut into lines.
#[derive(Debug, Default)]
pub struct TextLines {
    shown: String,
    /// Where each line ends.
    ends: Vec<usize>,
    language: Option<&'static Language>,
    /// The states in which the first lines begin.
    states: Vec<LexerState>,
    folds: Vec<FoldRange>,
}

impl PartialEq for TextLines {
    /// The text of a file only grows.
    fn eq(&self, other: &TextLines) -> bool {
        self.shown.len() == other.shown.len()
    }
}

impl TextLines {
    /// The lines of the file at a path, which tells the language.
    pub fn new(path: &str, text: &str) -> TextLines {
        let shown = show_lines(text);
        let mut ends: Vec<usize> = shown.match_indices('\n').map(|(at, _)| at).collect();
        if !shown.ends_with('\n') {
            ends.push(shown.len());
        }
        let first = shown.lines().next().unwrap_or_default();
        let language = language_of(path, first);
        let mut lines = TextLines { shown, ends, language, states: Vec::new(), folds: Vec::new() };
        if let Some(language) = language {
            lines.read(language);
        }
        lines
    }

    fn read(&mut self, language: &'static Language) {
        let mut state = LexerState::default();
        let known = self.ends.partition_point(|end| *end <= MOST);
        for at in 0..known {
            self.states.push(state);
            state = language.line(self.line(at), state).1;
        }
        if known == self.ends.len() {
            self.folds = folds(language.name, &self.shown);
        }
    }

    /// Number of lines.
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// A line, from 0.
    pub fn line(&self, at: usize) -> &str {
        let start = at.checked_sub(1).and_then(|at| self.ends.get(at)).map_or(0, |end| end + 1);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.shown.get(start..end).unwrap_or_default()
    }

    /// What can be folded.
    pub fn folds(&self) -> &[FoldRange] {
        &self.folds
    }

    /// What begins to be folded in a line.
    pub fn fold_at(&self, line: u32) -> Option<FoldRange> {
        let at = self.folds.binary_search_by_key(&line, |range| range.first).ok()?;
        self.folds.get(at).copied()
    }

    /// The lines that are seen if these are folded, which are in order.
    pub fn seen(&self, folded: &std::collections::BTreeSet<u32>) -> Vec<u32> {
        let count = self.ends.len() as u32;
        let mut seen = Vec::with_capacity(self.ends.len());
        let mut line = 0;
        for first in folded {
            if let Some(range) = self.fold_at(*first).filter(|range| range.first >= line) {
                seen.extend(line..=range.first);
                line = range.last; // what closes it is seen
            }
        }
        seen.extend(line..count);
        seen
    }

    /// A line with its colours.
    pub fn draw(&self, at: usize) -> AnyView {
        let text = self.line(at);
        let (Some(language), Some(state)) = (self.language, self.states.get(at)) else {
            return text.to_owned().into_any();
        };
        if text.len() > MOST_OF_LINE {
            return text.to_owned().into_any();
        }
        let mut parts = Vec::new();
        let mut done = 0;
        for token in language.line(text, *state).0 {
            if let (Some(plain), Some(part)) =
                (text.get(done..token.start), text.get(token.start..token.end))
            {
                if !plain.is_empty() {
                    parts.push(plain.to_owned().into_any());
                }
                let class = class_of(token.kind);
                parts.push(view! { <span class=class>{part.to_owned()}</span> }.into_any());
                done = token.end;
            }
        }
        parts.push(text.get(done..).unwrap_or_default().to_owned().into_any());
        parts.into_any()
    }
}

fn class_of(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Comment => "tk-c",
        TokenKind::Text => "tk-s",
        TokenKind::Number => "tk-n",
        TokenKind::Keyword => "tk-k",
        TokenKind::Name => "tk-a",
        TokenKind::Variable => "tk-v",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_text_has_its_lines_with_and_without_an_end() {
        let lines = |text| {
            let lines = TextLines::new("/a", text);
            (0..lines.count()).map(|at| lines.line(at).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(lines("a\nb\n"), ["a", "b"]);
        assert_eq!(lines("a\n\nb"), ["a", "", "b"]);
        assert_eq!(lines(""), [""]);
    }

    #[test]
    fn lines_are_coloured_and_never_markup() {
        let html = crate::ui::testing::TestPage::new().render(|| {
            let lines = TextLines::new("/a.json", "{\"<b>\": 1,\n\"c\": \"d\"}");
            view! { <pre>{lines.draw(0)}</pre> }
        });
        assert!(html.has(r#"<span class="tk-a">"&lt;b&gt;"</span>"#), "{html}");
        assert!(html.has(r#"<span class="tk-n">1</span>"#), "{html}");
    }

    #[test]
    fn what_is_folded_is_not_seen_and_what_closes_it_is() {
        let lines = TextLines::new("/a.json", "{\n\"a\": [\n1,\n2\n],\n\"b\": {\n}\n}\n");
        let seen = |folded: &[u32]| lines.seen(&folded.iter().copied().collect::<BTreeSet<_>>());
        assert_eq!(seen(&[]), (0..8).collect::<Vec<_>>());
        assert_eq!(seen(&[1]), [0, 1, 4, 5, 6, 7]);
        assert_eq!(seen(&[0, 1]), [0, 7], "the outer one hides the inner one");
        assert_eq!(seen(&[1, 5]), [0, 1, 4, 5, 6, 7]);
        assert_eq!(seen(&[3]), (0..8).collect::<Vec<_>>(), "nothing begins there");
    }

    #[test]
    fn long_texts_and_lines_are_plain() {
        let long = TextLines::new("/a.json", &"[1,\n".repeat(400_000));
        assert!(long.states.len() < 300_000 && long.folds.is_empty());
        let html = crate::ui::testing::TestPage::new().render(|| {
            let lines = TextLines::new("/a.json", &"1,".repeat(MOST_OF_LINE));
            view! { <pre>{lines.draw(0)}</pre> }
        });
        assert!(!html.has("tk-n"));
    }
}
