//! One line that is read from its start, and the tokens found in it.

/// What a part of a line is. All else is plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    Comment,
    Text,
    Number,
    Keyword,
    /// A key, an attribute, the name of a field.
    Name,
    Variable,
}

/// A part of a line, in bytes. Tokens are in order and do not overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    pub start: usize,
    pub end: usize,
    pub kind: TokenKind,
}

/// In what the line before ended; the default is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LexerState {
    pub(super) mode: u8,
    /// What ends it: an indentation, or the hash of a word.
    pub(super) mark: u32,
}

impl LexerState {
    pub(super) const fn of(mode: u8) -> LexerState {
        LexerState { mode, mark: 0 }
    }
}

/// A line and how far it was read.
pub(super) struct LexedLine<'a> {
    pub text: &'a str,
    pub at: usize,
    pub tokens: Vec<Token>,
}

impl<'a> LexedLine<'a> {
    pub fn new(text: &'a str) -> LexedLine<'a> {
        LexedLine { text, at: 0, tokens: Vec::new() }
    }

    /// What was not read yet. Only used where `at` is between characters, which all readers keep.
    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub fn is_over(&self) -> bool {
        self.at >= self.text.len()
    }

    /// The byte before.
    pub fn before(&self) -> Option<u8> {
        self.at.checked_sub(1).and_then(|at| self.text.as_bytes().get(at)).copied()
    }

    pub fn starts(&self, with: &str) -> bool {
        self.text.as_bytes()[self.at.min(self.text.len())..].starts_with(with.as_bytes())
    }

    /// Passes one character.
    pub fn pass(&mut self) {
        self.at += self.rest().chars().next().map_or(1, char::len_utf8);
    }

    /// Passes what holds.
    pub fn pass_while(&mut self, holds: impl Fn(u8) -> bool) {
        let rest = &self.text.as_bytes()[self.at.min(self.text.len())..];
        self.at += rest.iter().position(|byte| !holds(*byte)).unwrap_or(rest.len());
    }

    /// What was passed since `start` is of a kind.
    pub fn token(&mut self, start: usize, kind: TokenKind) {
        if start < self.at {
            self.tokens.push(Token { start, end: self.at.min(self.text.len()), kind });
        }
    }

    /// The rest of the line is of a kind.
    pub fn all(&mut self, kind: TokenKind) {
        let start = self.at;
        self.at = self.text.len();
        self.token(start, kind);
    }
}

/// Bytes of words, all that are not ASCII among them.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
