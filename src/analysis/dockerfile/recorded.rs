//! A history entry taken apart: which instruction, in which shell, with which build arguments.
//!
//! - The classic builder and buildah: `SHELL #(nop) KEYWORD …`, and `|N A=1 SHELL command` for RUN, without a
//!   keyword; the shell is the one that SHELL set.
//! - BuildKit: `KEYWORD … # buildkit`, with the shell in RUN; `RUN make all` without a shell is the exec form.
//! - kaniko: the line of the Dockerfile as it is there.

use crate::oci::{HistoryEntry, in_shell, split_keyword};

/// How a step was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordForm {
    /// The classic builder, and buildah.
    Classic,
    BuildKit,
    /// The instruction as it is in the Dockerfile.
    Verbatim,
    /// Not an instruction.
    Unknown,
}

/// A recorded step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedStep<'a> {
    pub form: RecordForm,
    /// Empty: none is recorded.
    pub keyword: &'static str,
    /// What follows the keyword; of RUN the command, without build arguments and shell.
    pub text: &'a str,
    /// The shell that RUN was given to; `None`: none, or another instruction.
    pub shell: Option<&'a str>,
}

/// Takes a step apart. `shell` is what SHELL set last, its words joined by blanks.
pub fn take_apart<'a>(entry: &'a HistoryEntry, shell: &str) -> RecordedStep<'a> {
    let recorded = entry.created_by.as_deref().unwrap_or("").trim();
    let without = recorded.strip_suffix("# buildkit").map(str::trim_end);
    let comment = entry.comment.as_deref().unwrap_or("");
    let form = match without.is_some() || comment.starts_with("buildkit.dockerfile") {
        true => RecordForm::BuildKit,
        false => RecordForm::Verbatim,
    };
    let text = without.unwrap_or(recorded);
    if let Some((before, instruction)) = text.split_once("#(nop)")
        && split_keyword(before).is_none()
        && let Some((keyword, text)) = split_keyword(instruction.trim())
    {
        return RecordedStep { form: RecordForm::Classic, keyword, text, shell: None };
    }
    if let Some((keyword, text)) = split_keyword(text) {
        if keyword != "RUN" {
            return RecordedStep { form, keyword, text, shell: None };
        }
        let (shell, text) = command(text, shell);
        return RecordedStep { form, keyword, text, shell };
    }
    let form = RecordForm::Classic;
    match command(text, shell) {
        (Some(shell), command) => {
            RecordedStep { form, keyword: "RUN", text: command, shell: Some(shell) }
        }
        (_, command) if is_exec(command) || text.starts_with('|') => {
            RecordedStep { form, keyword: "RUN", text: command, shell: None }
        }
        _ => RecordedStep { form: RecordForm::Unknown, keyword: "", text, shell: None },
    }
}

/// Whether a text without keyword and shell looks like RUN in exec form: tools that build without a Dockerfile
/// write their own name there.
fn is_exec(text: &str) -> bool {
    let (program, arguments) = text.split_once(' ').unwrap_or((text, ""));
    let windows = ["powershell", "pwsh", "cmd"].contains(&program);
    (program.starts_with('/') || windows) && !arguments.is_empty()
}

/// The shell of a command, if one is recorded, and the command without build arguments and shell.
fn command<'a>(text: &'a str, shell: &str) -> (Option<&'a str>, &'a str) {
    if let Some(at) = shell_at(text, shell) {
        let (given, command) = text[at..].split_at(shell.len());
        return (Some(given), command.trim());
    }
    match in_shell(text) {
        Some(known) => (Some(known.shell), known.command),
        None => (None, without_arguments(text)),
    }
}

/// Where the shell stands: at the start, or after build arguments.
fn shell_at(text: &str, shell: &str) -> Option<usize> {
    if shell.is_empty() {
        return None;
    }
    let follows =
        |at: usize| text[at..].strip_prefix(shell).is_some_and(|rest| rest.starts_with(' '));
    match text.starts_with('|') {
        false => follows(0).then_some(0),
        true => text.find(&format!(" {shell} ")).map(|at| at + 1),
    }
}

/// Without `|2 A=1 B=2 `; values with blanks look like parts of the command.
fn without_arguments(text: &str) -> &str {
    let Some(rest) = text.strip_prefix('|') else { return text };
    let (first, after) = rest.split_once(' ').unwrap_or((rest, ""));
    let Ok(count) = first.parse::<u32>() else {
        return if first.contains('=') { after } else { text };
    };
    let mut rest = after;
    for _ in 0..count {
        match rest.split_once(' ') {
            Some((argument, after)) if argument.contains('=') => rest = after,
            _ => break,
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(created_by: &str, shell: &str) -> (RecordForm, &'static str, String) {
        let entry =
            HistoryEntry { created_by: Some(created_by.to_owned()), ..HistoryEntry::default() };
        let step = take_apart(&entry, shell);
        (step.form, step.keyword, step.text.to_owned())
    }

    #[test]
    fn build_arguments_are_no_part_of_the_command() {
        let sh = "/bin/sh -c";
        for created_by in [
            "|1 NAME= /bin/sh -c make",
            "|2 A=1 B=two words /bin/sh -c make",
            "RUN |1 NAME= /bin/sh -c make # buildkit",
            "|force-mtime=10 /bin/sh -c make",
            "/bin/sh -c make",
            "RUN /bin/sh -c make # buildkit",
            "RUN make",
        ] {
            assert_eq!((parts(created_by, sh).1, &*parts(created_by, sh).2), ("RUN", "make"));
        }
    }

    #[test]
    fn the_shell_is_the_one_that_was_set() {
        let shell = "powershell -Command $ErrorActionPreference = 'Stop';";
        let run = format!("{shell} Install-Thing -Name x");
        assert_eq!(
            parts(&run, shell),
            (RecordForm::Classic, "RUN", "Install-Thing -Name x".into())
        );
        let env = format!("{shell} #(nop)  ENV A=1");
        assert_eq!(parts(&env, shell), (RecordForm::Classic, "ENV", "A=1".into()));
        let bash = "|1 V=2 /bin/bash -o pipefail -c make | tee log";
        assert_eq!(parts(bash, "/bin/bash -o pipefail -c").2, "make | tee log");
    }

    #[test]
    fn what_builds_without_a_dockerfile_is_no_instruction() {
        for other in ["bazel build ...", "jib-maven-plugin:3.4.4", "umoci repack", "", "/bin/sh"] {
            assert_eq!(parts(other, "/bin/sh -c").0, RecordForm::Unknown, "{other}");
        }
        assert_eq!(parts("/usr/bin/make all", "/bin/sh -c").1, "RUN", "the exec form");
    }
}
