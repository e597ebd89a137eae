//! Account files with fields between colons: `passwd`, `group`, `shadow`. The name is a name, numbers are numbers.

use super::line::{LexedLine, LexerState, TokenKind};

pub(super) fn passwd(line: &mut LexedLine<'_>, _: LexerState) -> LexerState {
    if line.byte() == Some(b'#') {
        line.all(TokenKind::Comment);
    }
    let mut first = true;
    while !line.is_over() {
        let start = line.at;
        line.pass_while(|byte| byte != b':');
        let field = &line.text.as_bytes()[start..line.at];
        if first {
            line.token(start, TokenKind::Name);
        } else if field.iter().all(u8::is_ascii_digit) {
            line.token(start, TokenKind::Number);
        } else if field.starts_with(b"/") {
            line.token(start, TokenKind::Text);
        }
        first = false;
        line.at = (line.at + 1).min(line.text.len());
    }
    LexerState::default()
}
