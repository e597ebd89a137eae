//! The first line of a script: which program reads it.
//!
//! Sources: execve(2), "Interpreter scripts" (256 bytes, one argument); GNU coreutils' manual, "env" (`-S`, and what
//! may come before the program).

use serde::{Deserialize, Serialize};

/// Bytes of the first line at most, as in Linux.
const MAX_LINE: usize = 255;

/// Which program reads a script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NotedScript {
    /// As the first line has it.
    pub interpreter: String,
    /// The program that `env` looks for along PATH; empty: the interpreter is not `env`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub program: String,
}

/// Reads the first line of a script; `None` if there is none, or it does not say which program it is.
pub fn script(content: &[u8]) -> Option<NotedScript> {
    let line = content.strip_prefix(b"#!")?;
    let line = &line[..line.len().min(MAX_LINE)];
    let end = line.iter().position(|byte| *byte == b'\n');
    if end.is_none() && line.len() == MAX_LINE {
        return None; // Linux cuts it off or refuses it, depending on its version
    }
    let line = std::str::from_utf8(&line[..end.unwrap_or(line.len())]).ok()?;
    let line = line.trim_matches([' ', '\t']);
    let (interpreter, argument) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    // A relative path depends on where the script is started, and a placeholder is replaced before that.
    let is_path = interpreter.starts_with('/') && !interpreter.contains(PLACEHOLDER);
    if !is_path {
        return None;
    }
    let program = match interpreter.ends_with("/env") {
        true => program_of_env(argument)?,
        false => "",
    };
    Some(NotedScript { interpreter: interpreter.to_owned(), program: program.to_owned() })
}

/// What placeholders of templates have, and paths seldom.
const PLACEHOLDER: [char; 6] = ['@', '{', '$', '%', '<', '*'];

/// The program that `env` starts; `None` if this is not understood.
fn program_of_env(argument: &str) -> Option<&str> {
    let is_split = |word: &str| word.starts_with("-S") || word.starts_with("-vS");
    // Without -S, Linux gives all that follows as one argument.
    if !argument.starts_with('-') {
        return Some(argument).filter(|name| is_name(name));
    }
    let mut words = argument.split_whitespace();
    let first = words.next()?;
    if !is_split(first) && !first.starts_with("--split-string") {
        return None;
    }
    let joined = ["-vS", "-S", "--split-string="].iter().find_map(|word| first.strip_prefix(word));
    let joined = joined.filter(|word| !word.is_empty());
    let mut words = joined.into_iter().chain(words);
    let mut word = words.next()?;
    // Variables and a few options may come first.
    while word == "-i" || word == "-" || word.contains('=') && !word.starts_with('-') {
        word = words.next()?;
    }
    Some(word).filter(|word| is_name(word))
}

/// The name or the path of a program, without quotes, variables and options.
fn is_name(word: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._+-/\r".contains(c);
    !word.is_empty() && !word.starts_with('-') && word.chars().all(is_plain)
}

#[test]
fn the_interpreter_is_the_one_that_linux_and_env_start() {
    let read = |line: &str| {
        script(line.as_bytes()).map(|script| format!("{} {}", script.interpreter, script.program))
    };
    for (line, want) in [
        ("#!/bin/sh\necho", Some("/bin/sh ")),
        ("#! /bin/bash -e", Some("/bin/bash ")),
        ("#!/bin/sh\r\necho", Some("/bin/sh\r ")),
        ("#!/usr/bin/env python3\n", Some("/usr/bin/env python3")),
        ("#!/usr/bin/env -S node --enable-source-maps\n", Some("/usr/bin/env node")),
        ("#!/usr/bin/env -Snode -r x\n", Some("/usr/bin/env node")),
        ("#!/usr/bin/env -S -i A=1 perl -w\n", Some("/usr/bin/env perl")),
        ("#!/usr/bin/env --split-string=deno run\n", Some("/usr/bin/env deno")),
        // Not one program, a placeholder, no path, nothing.
        ("#!/usr/bin/env python3 -u\n", None),
        ("#!/usr/bin/env -u X sh\n", None),
        ("#!/usr/bin/env -S ${SHELL}\n", None),
        ("#!/usr/bin/@PERL@\n", None),
        ("#!@PERL@ -w\n", None),
        ("#!perl\n", None),
        ("#!\n", None),
        ("#!", None),
        ("# !/bin/sh\n", None),
    ] {
        assert_eq!(read(line).as_deref(), want, "{line:?}");
    }
    assert_eq!(read(&format!("#!/{}", "a".repeat(400))), None);
    assert_eq!(script(b"#!/bin/\xff\n"), None);
}
