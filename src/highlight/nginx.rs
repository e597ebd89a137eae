//! nginx: the directive at the start of a line, variables, strings and comments.

use super::line::{LexedLine, LexerState, TokenKind, is_word};
use super::rules::{PLAIN, Rules, lines};

const NGINX: Rules = Rules {
    comments: &["#"],
    after_blank: true,
    strings: &[lines("\"", true), lines("'", true)],
    keywords: &["on", "off"],
    variables: true,
    ..PLAIN
};

pub(super) fn nginx(line: &mut LexedLine<'_>, state: LexerState) -> LexerState {
    if state == LexerState::default() {
        line.pass_while(|byte| byte.is_ascii_whitespace());
        let start = line.at;
        line.pass_while(is_word);
        line.token(start, TokenKind::Keyword);
    }
    NGINX.read(line, state)
}
