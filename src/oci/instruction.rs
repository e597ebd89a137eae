//! A history entry's `created_by` as an instruction that people read.
//!
//! Builders record instructions in their own ways: the classic one as shell commands
//! (`/bin/sh -c #(nop)  CMD ["sh"]`, `|1 ARG=x /bin/sh -c make`), BuildKit with a suffix
//! (`COPY . /app # buildkit`). The text as recorded is kept beside; this is for the eye alone.

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

/// Keyword (empty if there is none) and the rest.
pub fn readable(created_by: &str) -> (String, String) {
    let text = created_by.trim();
    let text = text.strip_suffix("# buildkit").unwrap_or(text).trim();
    let text = match text.strip_prefix("/bin/sh -c #(nop)") {
        Some(instruction) => instruction.trim(),
        None => text,
    };
    if let Some((keyword, rest)) = split_keyword(text) {
        let rest = if keyword == "RUN" { command(rest) } else { rest };
        return (keyword.to_owned(), rest.to_owned());
    }
    let shell = command(text);
    if shell.len() < text.len() || text.starts_with("powershell ") || text.starts_with("cmd /S /C ")
    {
        return ("RUN".to_owned(), shell.to_owned());
    }
    (String::new(), text.to_owned())
}

fn split_keyword(text: &str) -> Option<(&'static str, &str)> {
    KEYWORDS.iter().find_map(|keyword| {
        let rest = text.strip_prefix(keyword)?;
        (rest.is_empty() || rest.starts_with([' ', '\t'])).then(|| (*keyword, rest.trim()))
    })
}

/// The command without build arguments (`|2 A=1 B=2 `) and without the default shell.
fn command(text: &str) -> &str {
    const SHELLS: [&str; 2] = ["/bin/sh -c ", "cmd /S /C "];
    if text.starts_with('|') {
        // Arguments may hold anything; what is sure is where the shell begins.
        let shell = SHELLS.iter().filter_map(|shell| Some((text.find(shell)?, shell.len()))).min();
        return shell.map_or(text, |(at, len)| text[at + len..].trim());
    }
    SHELLS.iter().find_map(|shell| text.strip_prefix(shell)).unwrap_or(text).trim()
}

#[test]
fn builders_ways_of_recording_are_undone() {
    for (created_by, keyword, rest) in [
        ("/bin/sh -c #(nop) ADD file:dbd3 in / ", "ADD", "file:dbd3 in /"),
        ("/bin/sh -c #(nop)  CMD [\"sh\"]", "CMD", "[\"sh\"]"),
        ("/bin/sh -c rm -rf /tmp/x", "RUN", "rm -rf /tmp/x"),
        ("|1 VERSION=2 /bin/sh -c make $VERSION", "RUN", "make $VERSION"),
        ("RUN |1 VERSION=2 /bin/sh -c make # buildkit", "RUN", "make"),
        ("RUN /bin/sh -c apk add curl # buildkit", "RUN", "apk add curl"),
        ("COPY . /app # buildkit", "COPY", ". /app"),
        ("WORKDIR /", "WORKDIR", "/"),
        ("RUNNER of things", "", "RUNNER of things"),
        ("bazel build ...", "", "bazel build ..."),
        ("", "", ""),
    ] {
        assert_eq!(readable(created_by), (keyword.to_owned(), rest.to_owned()), "{created_by}");
    }
}
