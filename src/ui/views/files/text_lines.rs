//! The lines of a text as they are drawn: escaped, with the state of the lexer at each, and what can be folded.
//!
//! - Of a long text only the beginning is coloured, and very long lines stay plain, so that no frame waits for a lexer.

use crate::highlight::{FoldRange, Language, LexerState, Token, TokenKind, folds, language_of};
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

    /// The parts of a line that have a colour: none where it is plain.
    fn tokens(&self, at: usize) -> Vec<Token> {
        let text = self.line(at);
        match (self.language, self.states.get(at)) {
            (Some(language), Some(state)) if text.len() <= MOST_OF_LINE => {
                language.line(text, *state).0
            }
            _ => Vec::new(),
        }
    }

    /// A line with its colours, and with what a search found in it.
    pub fn draw(&self, at: usize, marks: &[LineMark]) -> AnyView {
        let text = self.line(at);
        let tokens = self.tokens(at);
        if tokens.is_empty() && marks.is_empty() {
            return text.to_owned().into_any();
        }
        let part = |piece: LinePiece| {
            let part = text.get(piece.start..piece.end)?.to_owned();
            let class = piece.kind.map(class_of);
            Some(match piece.mark {
                Some(is_now) => {
                    view! { <mark class=class class:now=is_now>{part}</mark> }.into_any()
                }
                None if class.is_some() => view! { <span class=class>{part}</span> }.into_any(),
                None => part.into_any(),
            })
        };
        pieces(text.len(), &tokens, marks).into_iter().filter_map(part).collect_view().into_any()
    }
}

/// What a search found in a line, in bytes. Marks are in order and do not overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LineMark {
    pub start: usize,
    pub end: usize,
    /// It is the one that the reader is at.
    pub is_now: bool,
}

/// A part of a line that is drawn in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LinePiece {
    start: usize,
    end: usize,
    kind: Option<TokenKind>,
    /// `Some`: found; whether it is the one that the reader is at.
    mark: Option<bool>,
}

/// A line of so many bytes, cut where a colour or a mark begins or ends.
fn pieces(length: usize, tokens: &[Token], marks: &[LineMark]) -> Vec<LinePiece> {
    let mut pieces = Vec::new();
    let (mut tokens, mut marks) = (tokens.iter().peekable(), marks.iter().peekable());
    let mut start = 0;
    while start < length {
        while tokens.next_if(|token| token.end <= start).is_some() {}
        while marks.next_if(|mark| mark.end <= start).is_some() {}
        let (token, mark) = (tokens.peek(), marks.peek());
        let kind = token.filter(|token| token.start <= start).map(|token| token.kind);
        let mark_here = mark.filter(|mark| mark.start <= start);
        let bounds = [
            token.map(|token| if token.start > start { token.start } else { token.end }),
            mark.map(|mark| if mark.start > start { mark.start } else { mark.end }),
        ];
        let end = bounds.into_iter().flatten().min().unwrap_or(length).min(length);
        pieces.push(LinePiece { start, end, kind, mark: mark_here.map(|mark| mark.is_now) });
        start = end;
    }
    pieces
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
            view! { <pre>{lines.draw(0, &[])}</pre> }
        });
        assert!(html.has(r#"<span class="tk-a">"&lt;b&gt;"</span>"#), "{html}");
        assert!(html.has(r#"<span class="tk-n">1</span>"#), "{html}");
    }

    #[test]
    fn what_a_search_found_is_marked_across_colours() {
        let (mark, kind) = (|start, end, is_now| LineMark { start, end, is_now }, TokenKind::Name);
        let tokens = [Token { start: 2, end: 6, kind }];
        let piece = |start, end, kind, mark| LinePiece { start, end, kind, mark };
        assert_eq!(
            pieces(9, &tokens, &[mark(0, 4, true), mark(6, 7, false)]),
            [
                piece(0, 2, None, Some(true)),
                piece(2, 4, Some(kind), Some(true)),
                piece(4, 6, Some(kind), None),
                piece(6, 7, None, Some(false)),
                piece(7, 9, None, None),
            ]
        );
        let html = crate::ui::testing::TestPage::new().render(move || {
            let lines = TextLines::new("/a", "<b> <b>");
            let marks = [mark(0, 3, false), mark(4, 7, true)];
            view! { <pre>{lines.draw(0, &marks)}</pre> }
        });
        assert!(
            html.has("<mark>&lt;b&gt;</mark>") || html.has("<mark class=\"\">&lt;b&gt;</mark>"),
            "{html}"
        );
        assert!(html.has("now\">&lt;b&gt;</mark>"), "{html}");
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
            view! { <pre>{lines.draw(0, &[])}</pre> }
        });
        assert!(!html.has("tk-n"));
    }
}
