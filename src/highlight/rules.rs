//! The lexer that most languages share: comments, strings, numbers, words and variables by a table.

use super::line::{LexedLine, LexerState, TokenKind, is_word};

/// A string: how it begins and ends.
pub(super) struct StringRule {
    pub open: &'static str,
    pub close: &'static str,
    /// A backslash hides the next character.
    pub escapes: bool,
    /// It may go on in the next line.
    pub lines: bool,
}

/// A string that ends with its line at the latest.
pub(super) const fn quoted(quote: &'static str, escapes: bool) -> StringRule {
    StringRule { open: quote, close: quote, escapes, lines: false }
}

/// A string over several lines.
pub(super) const fn lines(quote: &'static str, escapes: bool) -> StringRule {
    StringRule { open: quote, close: quote, escapes, lines: true }
}

/// What a language is made of.
pub(super) struct Rules {
    /// What begins comments to the end of the line.
    pub comments: &'static [&'static str],
    /// These begin comments only after a blank.
    pub after_blank: bool,
    pub block: Option<(&'static str, &'static str)>,
    /// Longer openings first.
    pub strings: &'static [StringRule],
    pub keywords: &'static [&'static str],
    /// `$x` and `${x}`.
    pub variables: bool,
    /// A string or word before this byte is a name.
    pub key: Option<u8>,
}

/// Nothing.
pub(super) const PLAIN: Rules = Rules {
    comments: &[],
    after_blank: false,
    block: None,
    strings: &[],
    keywords: &[],
    variables: false,
    key: None,
};

/// In a block comment, and in the string of the first rule, the second and so on.
const BLOCK: u8 = 1;
const STRING: u8 = 2;

impl Rules {
    /// Reads a line to its end.
    pub fn read(&self, line: &mut LexedLine<'_>, state: LexerState) -> LexerState {
        let mut state = match state.mode {
            BLOCK => self.block(line, line.at),
            mode => match mode.checked_sub(STRING).and_then(|at| self.strings.get(usize::from(at)))
            {
                Some(rule) => self.string(line, rule, mode, line.at),
                None => LexerState::default(),
            },
        };
        while state == LexerState::default() && !line.is_over() {
            state = self.next(line);
        }
        state
    }

    /// Reads what is next.
    fn next(&self, line: &mut LexedLine<'_>) -> LexerState {
        let start = line.at;
        let blank = line.before().is_none_or(|byte| byte.is_ascii_whitespace());
        let begins = |open: &&&str| line.starts(open) && (blank || !self.after_blank);
        if self.comments.iter().any(|open| begins(&open)) {
            line.all(TokenKind::Comment);
            return LexerState::default();
        }
        if let Some((open, _)) = self.block.filter(|(open, _)| line.starts(open)) {
            line.at += open.len();
            return self.block(line, start);
        }
        let rules = (STRING..).zip(self.strings);
        if let Some((mode, rule)) = rules.into_iter().find(|(_, rule)| line.starts(rule.open)) {
            line.at += rule.open.len();
            return self.string(line, rule, mode, start);
        }
        match line.byte() {
            Some(b'\\') => {
                line.pass();
                line.pass();
            }
            Some(b'$') if self.variables => variable(line),
            Some(byte) if byte.is_ascii_digit() => number(line),
            Some(byte) if is_word(byte) => self.word(line),
            _ => line.pass(),
        }
        LexerState::default()
    }

    fn block(&self, line: &mut LexedLine<'_>, start: usize) -> LexerState {
        let close = self.block.map_or("", |(_, close)| close);
        let end = line.rest().find(close);
        line.at = end.map_or(line.text.len(), |at| line.at + at + close.len());
        line.token(start, TokenKind::Comment);
        if end.is_some() { LexerState::default() } else { LexerState::of(BLOCK) }
    }

    fn string(
        &self,
        line: &mut LexedLine<'_>,
        rule: &StringRule,
        mode: u8,
        start: usize,
    ) -> LexerState {
        let mut closed = false;
        while !line.is_over() && !closed {
            if rule.escapes && line.byte() == Some(b'\\') {
                line.pass();
                line.pass();
            } else if line.starts(rule.close) {
                line.at += rule.close.len();
                closed = true;
            } else {
                line.pass();
            }
        }
        line.at = line.at.min(line.text.len());
        line.token(start, self.kind_before(line, TokenKind::Text));
        if closed || !rule.lines { LexerState::default() } else { LexerState::of(mode) }
    }

    fn word(&self, line: &mut LexedLine<'_>) {
        let start = line.at;
        line.pass_while(|byte| is_word(byte) || byte == b'-' && self.key.is_some());
        let word = &line.text[start..line.at];
        match self.keywords.contains(&word) {
            true => line.token(start, TokenKind::Keyword),
            false if self.key.is_some() => {
                if self.kind_before(line, TokenKind::Text) == TokenKind::Name {
                    line.token(start, TokenKind::Name);
                }
            }
            false => {}
        }
    }

    /// A name, if the next byte says so, blanks left out.
    fn kind_before(&self, line: &LexedLine<'_>, other: TokenKind) -> TokenKind {
        let Some(key) = self.key else { return other };
        // A few blanks: all of them at every word would not be linear.
        let next = line.text.as_bytes()[line.at..].iter().take(64).find(|byte| **byte != b' ');
        if next == Some(&key) { TokenKind::Name } else { other }
    }
}

/// A number: digits, letters, dots and underscores, as in `0x1f`, `1_000` and `2.5e3`.
pub(super) fn number(line: &mut LexedLine<'_>) {
    let start = line.at;
    line.pass_while(|byte| is_word(byte) || byte == b'.');
    line.token(start, TokenKind::Number);
}

/// `$x`, `${x}`, `$1`, `$?`.
pub(super) fn variable(line: &mut LexedLine<'_>) {
    let start = line.at;
    line.pass();
    match line.byte() {
        Some(b'{') => {
            line.pass_while(|byte| byte != b'}');
            line.at = (line.at + 1).min(line.text.len());
        }
        Some(byte) if is_word(byte) => line.pass_while(is_word),
        Some(b'?' | b'@' | b'*' | b'#' | b'!' | b'$' | b'-') => line.pass(),
        _ => return,
    }
    line.token(start, TokenKind::Variable);
}
