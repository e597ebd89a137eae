//! Shell scripts (POSIX shell, bash) with here-documents.
//!
//! Source: POSIX.1-2017, "Shell Command Language", 2.2, 2.3 and 2.7.4.

use super::line::{LexedLine, LexerState, TokenKind, is_word};
use super::rules::{PLAIN, Rules, lines};

const SHELL: Rules = Rules {
    comments: &["#"],
    after_blank: true,
    strings: &[lines("\"", true), lines("'", false)],
    keywords: &[
        "alias", "break", "case", "cd", "continue", "declare", "do", "done", "echo", "elif",
        "else", "esac", "eval", "exec", "exit", "export", "fi", "for", "function", "if", "in",
        "local", "printf", "read", "readonly", "return", "set", "shift", "source", "test", "then",
        "trap", "unset", "until", "while",
    ],
    variables: true,
    ..PLAIN
};

/// In a here-document; with `<<-`, tabs before its end are no part of it.
const HERE: u8 = 200;
const HERE_TABS: u8 = 201;

pub(super) fn shell(line: &mut LexedLine<'_>, state: LexerState) -> LexerState {
    if matches!(state.mode, HERE | HERE_TABS) {
        let text = match state.mode {
            HERE_TABS => line.text.trim_start_matches('\t'),
            _ => line.text,
        };
        let ended = hash(text.as_bytes()) == state.mark;
        line.all(if ended { TokenKind::Keyword } else { TokenKind::Text });
        return if ended { LexerState::default() } else { state };
    }
    let after = SHELL.read(line, state);
    match here_document(line) {
        Some(here) if after == LexerState::default() => here,
        _ => after,
    }
}

/// The here-document that begins after this line: `<<EOF`, `<<-"EOF"`, outside strings and comments.
fn here_document(line: &LexedLine<'_>) -> Option<LexerState> {
    let bytes = line.text.as_bytes();
    let at = line.text.match_indices("<<").map(|(at, _)| at).find(|at| {
        let quoted = |token: &super::Token| {
            matches!(token.kind, TokenKind::Text | TokenKind::Comment)
                && (token.start..token.end).contains(at)
        };
        bytes.get(at + 2) != Some(&b'<')
            && at.checked_sub(1).and_then(|at| bytes.get(at)) != Some(&b'<')
            && !within(&line.tokens, *at, quoted)
    })?;
    let rest = &line.text[at + 2..];
    let (mode, rest) = match rest.strip_prefix('-') {
        Some(rest) => (HERE_TABS, rest),
        None => (HERE, rest),
    };
    let rest = rest.trim_start_matches([' ', '\t', '"', '\'', '\\']);
    let length = rest.bytes().position(|byte| !is_word(byte)).unwrap_or(rest.len());
    let word = rest.get(..length).filter(|word| !word.is_empty())?;
    // `1 << 3` is a number.
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    (!is_number).then(|| LexerState { mode, mark: hash(word.as_bytes()) })
}

/// Whether the token that covers a place is of a kind. Tokens are in order.
fn within(tokens: &[super::Token], at: usize, holds: impl Fn(&super::Token) -> bool) -> bool {
    let next = tokens.partition_point(|token| token.end <= at);
    tokens.get(next).is_some_and(holds)
}

/// FNV-1a: a wrong end of a here-document costs colours only.
fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
