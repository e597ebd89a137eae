//! Dockerfiles: the instruction at the start of a line, and what the shell's lexer makes of the rest.
//!
//! Source: the Dockerfile reference, "Format".

use super::line::{LexedLine, LexerState, TokenKind};
use super::shell::shell;

const INSTRUCTIONS: &[&str] = &[
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

pub(super) fn dockerfile(line: &mut LexedLine<'_>, state: LexerState) -> LexerState {
    if state == LexerState::default() {
        line.pass_while(|byte| byte.is_ascii_whitespace());
        let start = line.at;
        line.pass_while(|byte| byte.is_ascii_alphabetic());
        let word = &line.text[start..line.at];
        match INSTRUCTIONS.iter().any(|known| known.eq_ignore_ascii_case(word)) {
            true => line.token(start, TokenKind::Keyword),
            false => line.at = start,
        }
    }
    shell(line, state)
}
