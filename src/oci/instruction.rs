//! A history entry's `created_by` as a readable instruction.
//!
//! Builders record instructions in different ways: the classic builder as shell commands
//! (`/bin/sh -c #(nop)  CMD ["sh"]`, `|1 ARG=x /bin/sh -c make`), BuildKit with a suffix
//! (`COPY . /app # buildkit`). This is for display only; callers keep the recorded text as well.

/// Instructions of a Dockerfile.
const KEYWORDS: [&str; 18] = [
    "RUN",
    "COPY",
    "ADD",
    "CMD",
    "ENTRYPOINT",
    "ENV",
    "LABEL",
    "EXPOSE",
    "USER",
    "WORKDIR",
    "VOLUME",
    "ARG",
    "HEALTHCHECK",
    "SHELL",
    "STOPSIGNAL",
    "ONBUILD",
    "MAINTAINER",
    "FROM",
];

/// The keyword (may be empty) and the rest of the instruction.
pub fn readable(created_by: &str) -> (String, String) {
    let text = created_by.trim();
    let text = text.strip_suffix("# buildkit").unwrap_or(text).trim();
    let text = match in_shell(text) {
        Some(ShellCommand { command, .. }) => match command.strip_prefix("#(nop)") {
            Some(instruction) => instruction.trim(),
            None => return ("RUN".to_owned(), command.to_owned()),
        },
        None => text,
    };
    if let Some((keyword, rest)) = split_keyword(text) {
        let rest = match keyword {
            "RUN" => in_shell(rest).map_or(rest, |shell| shell.command),
            _ => rest,
        };
        return (keyword.to_owned(), rest.to_owned());
    }
    if text.starts_with("powershell ") {
        return ("RUN".to_owned(), text.to_owned());
    }
    (String::new(), text.to_owned())
}

/// The keyword at the start of an instruction, in capitals, and what follows it.
pub fn split_keyword(text: &str) -> Option<(&'static str, &str)> {
    KEYWORDS.iter().find_map(|keyword| {
        let rest = text.strip_prefix(keyword)?;
        (rest.is_empty() || rest.starts_with([' ', '\t'])).then(|| (*keyword, rest.trim()))
    })
}

/// A command that a shell was given, as builders record it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShellCommand<'a> {
    /// Build arguments before it (`|2 A=1 B=2`); may be empty.
    pub arguments: &'a str,
    /// The shell and its options.
    pub shell: &'a str,
    pub command: &'a str,
}

/// Takes apart the call of a common shell; `None` if the text is none.
pub fn in_shell(text: &str) -> Option<ShellCommand<'_>> {
    const SHELLS: [&str; 5] = ["/bin/sh", "/bin/bash", "/bin/ash", "/bin/busybox sh", "cmd"];
    let start = match text.starts_with('|') {
        // Arguments can contain anything; only the start of the shell is certain.
        true => SHELLS.iter().filter_map(|shell| text.find(&format!(" {shell} "))).min()? + 1,
        false => 0,
    };
    let (arguments, text) = text.split_at(start);
    let mut rest = SHELLS.iter().find_map(|shell| text.strip_prefix(shell)?.strip_prefix(' '))?;
    loop {
        let (option, after) = rest.split_once(' ')?;
        rest = after;
        let last = match option {
            "/C" => true,
            "pipefail" | "/S" => false,
            _ if option.starts_with('-') => option.ends_with('c'),
            _ => return None,
        };
        if last {
            let shell = text[..text.len() - rest.len()].trim_end();
            return Some(ShellCommand {
                arguments: arguments.trim_end(),
                shell,
                command: rest.trim(),
            });
        }
    }
}

#[test]
fn instructions_are_readable_whoever_recorded_them() {
    for (created_by, keyword, rest) in [
        ("/bin/sh -c #(nop) ADD file:dbd3 in / ", "ADD", "file:dbd3 in /"),
        ("/bin/sh -c #(nop)  CMD [\"sh\"]", "CMD", "[\"sh\"]"),
        ("/bin/sh -c rm -rf /tmp/x", "RUN", "rm -rf /tmp/x"),
        ("|1 VERSION=2 /bin/sh -c make $VERSION", "RUN", "make $VERSION"),
        ("RUN |1 VERSION=2 /bin/sh -c make # buildkit", "RUN", "make"),
        ("RUN /bin/sh -c apk add curl # buildkit", "RUN", "apk add curl"),
        ("|1 V=2 /bin/sh -eo pipefail -c make a | b", "RUN", "make a | b"),
        ("/bin/sh -eo pipefail -c #(nop) COPY dir:ff6 in /app ", "COPY", "dir:ff6 in /app"),
        ("/bin/bash -c true", "RUN", "true"),
        ("cmd /S /C powershell -Command x", "RUN", "powershell -Command x"),
        ("/bin/sh", "", "/bin/sh"),
        ("COPY . /app # buildkit", "COPY", ". /app"),
        ("WORKDIR /", "WORKDIR", "/"),
        ("RUNNER of things", "", "RUNNER of things"),
        ("bazel build ...", "", "bazel build ..."),
        ("", "", ""),
    ] {
        assert_eq!(readable(created_by), (keyword.to_owned(), rest.to_owned()), "{created_by}");
    }
}
