//! JSON, with the comments that configuration files have.

use super::line::{LexedLine, LexerState};
use super::rules::{PLAIN, Rules, quoted};

const JSON: Rules = Rules {
    comments: &["//"],
    block: Some(("/*", "*/")),
    strings: &[quoted("\"", true)],
    keywords: &["true", "false", "null"],
    key: Some(b':'),
    ..PLAIN
};

pub(super) fn json(line: &mut LexedLine<'_>, state: LexerState) -> LexerState {
    JSON.read(line, state)
}
