//! XML and HTML: tags, attributes, entities, comments; all may go over lines. Scripts within are plain.

use super::line::{LexedLine, LexerState, TokenKind, is_word};

/// In a comment; in a tag; in a value of either quote within a tag.
const COMMENT: u8 = 1;
const TAG: u8 = 2;
const SINGLE: u8 = 3;
const DOUBLE: u8 = 4;

pub(super) fn markup(line: &mut LexedLine<'_>, state: LexerState) -> LexerState {
    let mut mode = state.mode;
    while !line.is_over() {
        let start = line.at;
        mode = match mode {
            COMMENT => until(line, "-->", COMMENT, 0, TokenKind::Comment),
            SINGLE => until(line, "'", SINGLE, TAG, TokenKind::Text),
            DOUBLE => until(line, "\"", DOUBLE, TAG, TokenKind::Text),
            TAG => in_tag(line, start),
            _ => in_text(line, start),
        };
    }
    LexerState::of(mode)
}

/// Reads to what closes a part; returns the mode after it.
fn until(line: &mut LexedLine<'_>, close: &str, mode: u8, after: u8, kind: TokenKind) -> u8 {
    let start = line.at;
    let end = line.rest().find(close);
    line.at = end.map_or(line.text.len(), |at| line.at + at + close.len());
    line.token(start, kind);
    if end.is_some() { after } else { mode }
}

fn in_tag(line: &mut LexedLine<'_>, start: usize) -> u8 {
    match line.byte() {
        Some(quote @ (b'"' | b'\'')) => {
            line.pass();
            line.token(start, TokenKind::Text);
            return if quote == b'"' { DOUBLE } else { SINGLE };
        }
        Some(b'>') => {
            line.pass();
            line.token(start, TokenKind::Keyword);
            return 0;
        }
        Some(byte) if is_word(byte) => {
            line.pass_while(|byte| is_word(byte) || matches!(byte, b'-' | b':' | b'.'));
            line.token(start, TokenKind::Name);
        }
        _ => line.pass(),
    }
    TAG
}

fn in_text(line: &mut LexedLine<'_>, start: usize) -> u8 {
    if line.starts("<!--") {
        line.at += 4;
        line.token(start, TokenKind::Comment);
        return COMMENT;
    }
    match line.byte() {
        Some(b'<') => {
            line.pass();
            line.pass_while(|byte| matches!(byte, b'/' | b'!' | b'?'));
            line.pass_while(|byte| is_word(byte) || matches!(byte, b'-' | b':'));
            line.token(start, TokenKind::Keyword);
            return TAG;
        }
        Some(b'&') => {
            line.pass();
            line.pass_while(|byte| byte.is_ascii_alphanumeric() || byte == b'#');
            if line.byte() == Some(b';') {
                line.pass();
                line.token(start, TokenKind::Variable);
            }
        }
        _ => {
            line.pass();
            line.pass_while(|byte| !matches!(byte, b'<' | b'&'));
        }
    }
    0
}
