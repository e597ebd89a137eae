//! Rule: functions have at most 60 lines, files 400; over 600 a file is a failure.
//!
//! Relies on rustfmt: a function ends at the first brace that closes at its own indentation.

use super::{Finding, Source};

const FUNCTION: usize = 60;
const FILE: usize = 400;
const FILE_AT_MOST: usize = 600;

/// Paths of files that may be longer, with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[];

pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let excepted = |source: &Source| EXCEPTIONS.iter().any(|(path, _)| *path == source.path);
    for source in sources.iter().filter(|source| source.is_rust() && !excepted(source)) {
        let count = source.text.lines().count();
        let message = format!("{count} lines: a file stays under {FILE}, {FILE_AT_MOST} at most");
        if count > FILE_AT_MOST {
            findings.push(Finding::failure(source, 1, message));
        } else if count > FILE {
            findings.push(Finding::warning(source, 1, message));
        }
        for (line, name, length) in functions(&source.text) {
            if length > FUNCTION {
                let message = format!("fn {name} has {length} lines, more than {FUNCTION}");
                findings.push(Finding::warning(source, line, message));
            }
        }
    }
    findings
}

/// Line (from 1), name and number of lines of every function.
fn functions(text: &str) -> Vec<(usize, &str, usize)> {
    let lines: Vec<_> = text.lines().collect();
    let mut found = Vec::new();
    for (first, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indent = line.len() - line.trim_start().len();
        let ends = |line: &&str| line.trim_end() == format!("{:indent$}}}", "");
        let one_line = line.ends_with('}') || line.ends_with(';');
        if let Some(more) = lines[first + 1..].iter().position(ends) {
            found.push((first + 1, name, if one_line { 1 } else { more + 2 }));
        }
    }
    found
}

fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let qualifier = |word: &str| {
        word.starts_with("pub")
            || ["async", "const", "unsafe", "extern", "\"C\"", "crate)", "super)"].contains(&word)
    };
    let name = after.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    (before.split_whitespace().all(qualifier) && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_functions_and_files_are_reported() {
        let function = |lines: usize| format!("    pub fn f() {{\n{}    }}\n", "x\n".repeat(lines));
        let found = super::super::found(
            check,
            &[
                ("short.rs", &function(58)),
                ("long.rs", &function(59)),
                ("longer.rs", &"x\n".repeat(401)),
                ("longest.rs", &"x\n".repeat(601)),
            ],
        );
        assert_eq!(
            found,
            [
                "long.rs:1: warning: fn f has 61 lines, more than 60",
                "longer.rs:1: warning: 401 lines: a file stays under 400, 600 at most",
                "longest.rs:1: 601 lines: a file stays under 400, 600 at most",
            ]
        );
    }

    #[test]
    fn only_functions_are_functions() {
        assert_eq!(function_name("    pub(crate) async fn name<T>("), Some("name"));
        assert_eq!(function_name("    run: fn() -> Result<()>,"), None);
        assert_eq!(function_name("// a fn name"), None);
    }
}
