//! INI and its relatives: systemd units, `.desktop`, `.properties`, `sysctl.conf`, `.env`. Keys come before the first `=` or
//! `:`, and comments begin with `#` or `;` at the start of a line.

use super::line::{LexedLine, LexerState, TokenKind};
use super::rules::{PLAIN, Rules, quoted};

const VALUES: Rules = Rules {
    strings: &[quoted("\"", true)],
    keywords: &["true", "false", "yes", "no", "on", "off"],
    variables: true,
    ..PLAIN
};

pub(super) fn ini(line: &mut LexedLine<'_>, state: LexerState) -> LexerState {
    line.pass_while(|byte| byte.is_ascii_whitespace());
    if matches!(line.byte(), Some(b'#' | b';' | b'!')) {
        line.all(TokenKind::Comment);
        return LexerState::default();
    }
    section(line);
    if let Some(end) = line.rest().find(['=', ':']) {
        let start = line.at;
        line.at += end;
        line.token(start, TokenKind::Name);
    }
    VALUES.read(line, state)
}

/// `[section]` at the start of a line.
pub(super) fn section(line: &mut LexedLine<'_>) {
    line.pass_while(|byte| byte.is_ascii_whitespace());
    if line.byte() == Some(b'[')
        && let Some(end) = line.rest().rfind(']')
    {
        let start = line.at;
        line.at += end + 1;
        line.token(start, TokenKind::Keyword);
    }
}
