//! One recorded step as an instruction.

use super::brought::Brought;
use super::commands::{broken, heredoc_name, lines};
use super::copied::copied;
use super::health::health_check;
use super::pairs::{KnownValues, pairs};
use super::recorded::{RecordForm, RecordedStep};
use super::values::{exec_form, quoted_list};
use crate::oci::RunConfig;

/// What the steps before have set, and what the image ends with.
pub struct WriteState<'a> {
    pub config: &'a RunConfig,
    pub env: KnownValues<'a>,
    pub labels: KnownValues<'a>,
    /// The shell of the shell form.
    pub shell: Vec<String>,
    /// Its words joined by blanks, as records have it; empty if it is too long.
    pub recorded_shell: String,
    pub workdir: String,
    pub windows: bool,
}

/// Bytes of a shell that is looked for in later steps.
const MAX_SHELL: usize = 4096;
/// Volumes of one instruction that are looked for in the configuration.
const MAX_VOLUMES: usize = 100;

/// A written instruction.
#[derive(Debug, Default, PartialEq)]
pub struct WrittenStep {
    /// Keyword included.
    pub text: String,
    pub guessed: bool,
    /// For a comment before it.
    pub remark: Option<String>,
}

impl WriteState<'_> {
    /// The escape character of the file: Windows paths need another one.
    pub fn escape(&self) -> char {
        if self.windows { '`' } else { '\\' }
    }

    /// Writes a step, and takes over what it sets. `look` tells what the step's layer brought below a directory.
    pub fn write(
        &mut self,
        step: &RecordedStep<'_>,
        look: &dyn Fn(&str) -> Option<Brought>,
    ) -> WrittenStep {
        let (keyword, text) = (step.keyword, step.text);
        let escape = self.escape();
        let (text, guessed) = match keyword {
            "RUN" => return run(step, escape),
            "COPY" | "ADD" => {
                let copy = copied(keyword, text, &self.workdir, look);
                let text = format!("{keyword} {}", copy.text);
                return WrittenStep { text, guessed: copy.guessed, remark: copy.remark };
            }
            "ENV" | "ARG" | "LABEL" if step.form == RecordForm::Verbatim => {
                (text.to_owned(), false)
            }
            "ENV" | "ARG" | "LABEL" => {
                let none = KnownValues::new();
                let known = match keyword {
                    "ENV" => &self.env,
                    "LABEL" => &self.labels,
                    _ => &none,
                };
                let written = pairs(text, known, escape);
                (written.text, written.guessed)
            }
            "CMD" => self.command(text, &self.config.cmd),
            "ENTRYPOINT" => self.command(text, &self.config.entrypoint),
            "SHELL" => {
                let (words, guessed) = self.set_shell(text);
                (exec_form(&words), guessed)
            }
            "EXPOSE" => (ports(text), false),
            "VOLUME" => self.volumes(text),
            "HEALTHCHECK" => health_check(text, self.config),
            _ => (text.to_owned(), false),
        };
        if keyword == "WORKDIR" {
            self.workdir = joined(&self.workdir, &text);
        }
        // No other instruction can have a line break.
        let broken = text.contains(['\n', '\r']);
        let text = if broken { text.replace(['\n', '\r'], " ") } else { text };
        let text = format!("{keyword} {text}").trim_end().to_owned();
        WrittenStep { text, guessed: guessed || broken, remark: None }
    }

    /// CMD and ENTRYPOINT: Go's list, in old records within a structure, or without quotes.
    fn command(&self, text: &str, last: &[String]) -> (String, bool) {
        let inner = text.trim().trim_start_matches('&');
        let inner =
            inner.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(inner);
        let (words, guessed) = match quoted_list(inner) {
            Some((words, true)) => return (exec_form(&words), false),
            Some((words, false)) => (words, false),
            None => match inner.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
                Some(bare) if is_joined(last, bare) => (last.to_vec(), false),
                Some(bare) => match bare.strip_prefix("/bin/sh -c ") {
                    Some(command) => return (command.to_owned(), true),
                    None => (bare.split_whitespace().map(str::to_owned).collect(), true),
                },
                None => return (text.to_owned(), false),
            },
        };
        match words.split_last() {
            // The shell form, unless it would look like the other.
            Some((command, shell))
                if !shell.is_empty()
                    && shell == self.shell
                    && !command.trim_start().starts_with('[')
                    && !command.trim().is_empty()
                    && !command.contains('\n') =>
            {
                (command.clone(), guessed)
            }
            _ => (exec_form(&words), guessed),
        }
    }

    /// The words of SHELL: a list with or without quotes.
    fn set_shell(&mut self, text: &str) -> (Vec<String>, bool) {
        let bare = text.trim().trim_start_matches('[').trim_end_matches(']');
        let last = &self.config.shell;
        let (words, guessed) = match quoted_list(text) {
            Some((words, _)) => (words, false),
            None if !last.is_empty() && is_joined(last, bare) => (last.clone(), false),
            None => (bare.split_whitespace().map(str::to_owned).collect(), true),
        };
        self.recorded_shell = match words.iter().map(String::len).sum::<usize>() {
            0..MAX_SHELL => words.join(" "),
            _ => String::new(),
        };
        self.shell.clone_from(&words);
        (words, guessed)
    }

    /// VOLUME: a list without quotes, whose paths the configuration has.
    fn volumes(&self, text: &str) -> (String, bool) {
        let Some(bare) = text.trim().strip_prefix('[').and_then(|text| text.strip_suffix(']'))
        else {
            return (text.to_owned(), false);
        };
        if let Some((words, _)) = quoted_list(text) {
            return (exec_form(&words), false);
        }
        let words: Vec<String> = bare.split_whitespace().map(str::to_owned).collect();
        let known = words.len() <= MAX_VOLUMES
            && words.iter().all(|word| self.config.volumes.contains(word));
        (exec_form(&words), !known)
    }
}

/// Whether a text is these words joined by blanks.
fn is_joined(words: &[String], text: &str) -> bool {
    let length = words.iter().map(|word| word.len() + 1).sum::<usize>();
    length == text.len() + 1 && words.join(" ") == text
}

/// A working directory after WORKDIR.
fn joined(workdir: &str, text: &str) -> String {
    match text.starts_with('/') {
        true => text.to_owned(),
        false => format!("{}/{text}", workdir.trim_end_matches('/')),
    }
}

fn run(step: &RecordedStep<'_>, escape: char) -> WrittenStep {
    let (flags, command) = run_flags(step.text);
    let exec = step.shell.is_none() && step.form != RecordForm::Verbatim;
    let (command, guessed) = if command.starts_with("/dev/pipes/") && exec {
        // A heredoc with its own interpreter: only its name is recorded.
        let name = heredoc_name("");
        (format!("<<{name}\n#!/bin/sh\n# its content is not recorded\n{name}"), true)
    } else if exec && quoted_list(command).is_none() {
        let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        (exec_form(&words), true)
    } else if command.contains('\n') {
        (lines(command), false)
    } else {
        (broken(command, escape), false)
    };
    WrittenStep { text: format!("RUN {flags}{command}"), guessed, remark: None }
}

/// `--mount=…` and other options at the start, with a blank after them, and the command.
fn run_flags(text: &str) -> (String, &str) {
    const FLAGS: [&str; 4] = ["--mount=", "--network=", "--security=", "--device="];
    let (mut flags, mut rest) = (String::new(), text.trim());
    while FLAGS.iter().any(|flag| rest.starts_with(flag)) {
        let (flag, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        flags.push_str(flag);
        flags.push(' ');
        rest = after.trim_start();
    }
    (flags, rest)
}

/// Ports: `80 443/tcp`, `map[80/tcp:{}]` or `[80/tcp 81/tcp]`; three and more in a row become a range.
fn ports(text: &str) -> String {
    let inner = text.trim().strip_prefix("map").unwrap_or(text.trim());
    let Some(inner) = inner.strip_prefix('[').and_then(|text| text.strip_suffix(']')) else {
        return text.to_owned();
    };
    let mut listed: Vec<(&str, Option<u32>, &str)> = Vec::new();
    for port in inner.split_whitespace() {
        let port = port.strip_suffix(":{}").unwrap_or(port);
        let (number, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
        listed.push((protocol, number.parse().ok(), port));
    }
    listed.sort();
    let follows = |a: &(&str, Option<u32>, &str), b: &(&str, Option<u32>, &str)| {
        a.0 == b.0 && a.1.is_some() && a.1.and_then(|port| port.checked_add(1)) == b.1
    };
    let mut out = Vec::new();
    for run in listed.chunk_by(follows) {
        match run {
            [(protocol, Some(first), _), .., (_, Some(last), _)] if run.len() > 2 => {
                out.push(format!("{first}-{last}/{protocol}"));
            }
            _ => out.extend(run.iter().map(|(.., port)| (*port).to_owned())),
        }
    }
    out.join(" ")
}

#[test]
fn ports_are_listed_however_they_are_recorded() {
    assert_eq!(ports("map[80/tcp:{}]"), "80/tcp");
    assert_eq!(ports("map[53/udp:{} 80/tcp:{}]"), "80/tcp 53/udp");
    assert_eq!(ports("[8000/tcp 8001/tcp 8002/tcp 443/tcp]"), "443/tcp 8000-8002/tcp");
    assert_eq!(ports("443/tcp 53/udp 80 8000-8003"), "443/tcp 53/udp 80 8000-8003");
}
