//! TOML: sections, keys before `=`, strings over lines.

use super::ini::section;
use super::line::{LexedLine, LexerState};
use super::rules::{PLAIN, Rules, lines, quoted};

const TOML: Rules = Rules {
    comments: &["#"],
    strings: &[lines("\"\"\"", true), lines("'''", false), quoted("\"", true), quoted("'", false)],
    keywords: &["true", "false", "inf", "nan"],
    key: Some(b'='),
    ..PLAIN
};

pub(super) fn toml(line: &mut LexedLine<'_>, state: LexerState) -> LexerState {
    if state == LexerState::default() {
        section(line);
    }
    TOML.read(line, state)
}
