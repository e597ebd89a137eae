//! YAML: keys, strings, anchors and tags, and block scalars, which end where the indentation does.
//!
//! Source: YAML 1.2.2, sections 6.6, 7.3 and 8.1.

use super::line::{LexedLine, LexerState, TokenKind, is_word};
use super::rules::{PLAIN, Rules, lines};

const YAML: Rules = Rules {
    comments: &["#"],
    after_blank: true,
    strings: &[lines("\"", true), lines("'", false)],
    keywords: &["true", "false", "null", "yes", "no", "on", "off"],
    ..PLAIN
};

/// In a block scalar whose key stands at the indentation `mark`.
const BLOCK_SCALAR: u8 = 200;

pub(super) fn yaml(line: &mut LexedLine<'_>, state: LexerState) -> LexerState {
    let indent = line.text.bytes().take_while(|byte| *byte == b' ').count();
    let is_blank = indent == line.text.len();
    if state.mode == BLOCK_SCALAR {
        if is_blank || indent as u32 > state.mark {
            line.all(TokenKind::Text);
            return state;
        }
    } else if state != LexerState::default() {
        return YAML.read(line, state);
    }
    line.at = indent;
    if line.starts("---") || line.starts("...") {
        line.all(TokenKind::Keyword);
        return LexerState::default();
    }
    while line.starts("- ") {
        line.at += 2;
        line.pass_while(|byte| byte == b' ');
    }
    let column = line.at.max(indent);
    key(line);
    let value = line.at;
    marks(line);
    let after = YAML.read(line, LexerState::default());
    let rest = line.text[value..].trim();
    // The lines of a scalar are indented beyond the key, or beyond the dash of a list.
    let parent = if value > column { column } else { indent };
    match after == LexerState::default() && is_block(rest) {
        true => LexerState { mode: BLOCK_SCALAR, mark: parent as u32 },
        false => after,
    }
}

/// `key:`, plain or quoted; a colon without a blank behind it is part of a word.
fn key(line: &mut LexedLine<'_>) {
    let start = line.at;
    let bytes = line.text.as_bytes();
    let quote = line.byte().filter(|byte| matches!(byte, b'"' | b'\''));
    let mut at = start + usize::from(quote.is_some());
    let mut open = quote.is_some();
    while let Some(byte) = bytes.get(at) {
        match byte {
            _ if open => open = Some(*byte) != quote,
            b':' if bytes.get(at + 1).is_none_or(|next| *next == b' ') => {
                line.at = at;
                line.token(start, TokenKind::Name);
                line.at += 1;
                return;
            }
            b'#' if at > 0 && bytes[at - 1] == b' ' => return,
            b'"' | b'\'' | b'{' | b'[' | b'#' if at == start => return,
            _ => {}
        }
        at += 1;
    }
}

/// `&anchor`, `*alias`, `!tag`.
fn marks(line: &mut LexedLine<'_>) {
    line.pass_while(|byte| byte == b' ');
    while matches!(line.byte(), Some(b'&' | b'*' | b'!')) {
        let start = line.at;
        line.pass();
        line.pass_while(|byte| is_word(byte) || matches!(byte, b'-' | b'!' | b'/' | b'.' | b':'));
        line.token(start, TokenKind::Variable);
        line.pass_while(|byte| byte == b' ');
    }
}

/// `|`, `>`, `|-`, `>2+`, with a comment perhaps.
fn is_block(value: &str) -> bool {
    let value = value.split(" #").next().unwrap_or_default().trim_end();
    let head = value.rsplit(' ').next().unwrap_or_default();
    let rest = head.strip_prefix(['|', '>']);
    rest.is_some_and(|rest| {
        rest.len() <= 2 && rest.bytes().all(|byte| matches!(byte, b'+' | b'-' | b'1'..=b'9'))
    })
}
