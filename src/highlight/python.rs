//! Python; strings of three quotes go over lines.

use super::line::{LexedLine, LexerState};
use super::rules::{PLAIN, Rules, lines, quoted};

const PYTHON: Rules = Rules {
    comments: &["#"],
    strings: &[lines("\"\"\"", true), lines("'''", true), quoted("\"", true), quoted("'", true)],
    keywords: &[
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "case", "class",
        "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global",
        "if", "import", "in", "is", "lambda", "match", "nonlocal", "not", "or", "pass", "raise",
        "return", "self", "try", "while", "with", "yield",
    ],
    ..PLAIN
};

pub(super) fn python(line: &mut LexedLine<'_>, state: LexerState) -> LexerState {
    PYTHON.read(line, state)
}
