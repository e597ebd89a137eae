//! Rule: a type name is declared once in `src/`: one word for one thing.
//!
//! Types are structs, enums, unions, traits and type aliases of modules. Associated types, types within a
//! function and tests don't count.

use std::collections::BTreeMap;

use super::modules::modules;
use super::paths::{Token, tokens};
use super::rust::line_at;
use super::{Finding, Source};

pub fn check(sources: &[Source]) -> Vec<Finding> {
    let modules = modules(sources);
    let mut declared: BTreeMap<&str, Vec<(&Source, usize)>> = BTreeMap::new();
    for module in &modules {
        for (offset, name) in types(&module.code) {
            let line = line_at(&module.code, offset);
            declared.entry(name).or_default().push((module.source, line));
        }
    }
    let mut findings = Vec::new();
    for (name, places) in declared {
        let (first, first_line) = places[0];
        for (source, line) in &places[1..] {
            let message = format!("the type name {name} is taken by {}:{first_line}", first.path);
            findings.push(Finding::failure(source, *line, message));
        }
    }
    findings
}

/// The types that a file declares outside functions, impls and traits, with their offsets.
fn types(code: &str) -> Vec<(usize, &str)> {
    const WORDS: &[&str] = &["struct", "enum", "union", "trait", "type"];
    let tokens = tokens(code);
    let mut found = Vec::new();
    let mut braces = Vec::new(); // whether each open brace is a module's
    for (at, (offset, token)) in tokens.iter().enumerate() {
        let nearby = |back: usize| at.checked_sub(back).map(|at| tokens[at].1);
        match token {
            Token::Sign('{') => {
                braces.push(nearby(2) == Some(Token::Word("mod")));
            }
            Token::Sign('}') => {
                braces.pop();
            }
            Token::Word(word) if WORDS.contains(word) && braces.iter().all(|module| *module) => {
                if let Some((_, Token::Word(name))) = tokens.get(at + 1) {
                    found.push((*offset, *name));
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;

    #[test]
    fn every_second_declaration_is_told() {
        let a = ("src/a.rs", "\npub struct Place;\n");
        for code in [
            "pub(crate) enum Place { A }",
            "trait Place {}",
            "type Place = u8;",
            "union Place { a: u8 }",
            "mod inner { struct Place<T>(T); }",
        ] {
            let lines = found(check, &[a, ("src/b.rs", code)]);
            assert_eq!(lines, ["src/b.rs:1: the type name Place is taken by src/a.rs:2"], "{code}");
        }
    }

    #[test]
    fn what_is_no_type_of_a_module_does_not_count() {
        let a = ("src/a.rs", "pub struct Place;");
        for code in [
            "fn place() { struct Place; }",
            "impl Iterator for X { type Place = u8; }",
            "trait X { type Place; }",
            "#[cfg(test)]\nmod tests { struct Place; }",
            "use crate::a::Place;",
            "// struct Place;",
            "enum Other { Place }",
        ] {
            assert_eq!(found(check, &[a, ("src/b.rs", code)]), [""; 0], "{code}");
        }
        for path in ["src/b/tests.rs", "xtask/src/b.rs", "src/bin/b.rs"] {
            assert_eq!(found(check, &[a, (path, "struct Place;")]), [""; 0], "{path}");
        }
    }
}
