//! Commands of RUN: long ones are broken into lines, and text with line breaks becomes a heredoc.
//!
//! A line is broken before `&&` and `||`, after `;` and at several blanks, never within quotes or a substitution. The escape character
//! and the line break disappear when the file is read, so the command stays the same except for blanks.

/// Bytes from which a command is broken.
const LONG: usize = 80;

/// A command in lines, for a file with this escape character.
pub fn broken(command: &str, escape: char) -> String {
    if command.len() < LONG {
        return command.to_owned();
    }
    let mut out = String::new();
    let mut start = 0;
    for at in break_points(command, escape) {
        // Blanks after a break may hold another one.
        let part = command.get(start..at).unwrap_or("").trim_end();
        // A backslash before the break would escape it, and a line of its own that begins with # is a comment.
        if part.is_empty() || part.ends_with(escape) || command[at..].trim_start().starts_with('#')
        {
            continue;
        }
        out.push_str(part);
        out.extend([' ', escape]);
        out.push_str("\n    ");
        start = at + (command[at..].len() - command[at..].trim_start().len());
    }
    out.push_str(&command[start..]);
    out
}

/// Positions at which a next line can begin.
fn break_points(command: &str, escape: char) -> Vec<usize> {
    let mut points = Vec::new();
    let mut quotes = Quotes { escape, quote: None, depth: 0 };
    let bytes = command.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        at = match quotes.step(bytes, at) {
            Some(next) => next,
            None => match &bytes[at..] {
                [b'&', b'&', ..] | [b'|', b'|', ..] => {
                    points.push(at);
                    at + 2
                }
                [b';', rest @ ..] => {
                    let more = rest.iter().take_while(|byte| **byte == b';').count();
                    let end = at + 1 + more;
                    // `; do` and `; then` stay in their line.
                    let next = command[end..].trim_start();
                    let word = next.split([' ', '\t', '\n', ';']).next().unwrap_or("");
                    if !next.is_empty() && !matches!(word, "do" | "then") {
                        points.push(end);
                    }
                    end
                }
                // Where the Dockerfile had a line break, its next line's indent is left.
                [b' ', b' ', ..] => {
                    let rest = &command[at..];
                    points.push(at);
                    at + rest.len() - rest.trim_start().len()
                }
                _ => at + 1,
            },
        };
    }
    points
}

/// Where in quotes and substitutions a command is.
struct Quotes {
    /// The file's: with a backslash the commands are a POSIX shell's, with a backtick PowerShell's or cmd's.
    escape: char,
    quote: Option<u8>,
    /// Open parentheses of `$(`.
    depth: u32,
}

impl Quotes {
    /// Steps over what cannot hold a break: the next position. `None` at a place outside of all quotes.
    fn step(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        let byte = bytes[at];
        if byte == self.escape as u8 && self.quote != Some(b'\'') {
            return Some(at + 2);
        }
        let opens = byte == b'"' || byte == b'\'' || (byte == b'`' && self.escape == '\\');
        match (self.quote, byte) {
            (Some(open), _) => {
                if byte == open {
                    self.quote = None;
                }
                Some(at + 1)
            }
            (None, _) if opens => {
                self.quote = Some(byte);
                Some(at + 1)
            }
            (None, b'$') if bytes.get(at + 1) == Some(&b'(') => {
                self.depth += 1;
                Some(at + 2)
            }
            (None, b'(') if self.depth > 0 => {
                self.depth += 1;
                Some(at + 1)
            }
            (None, b')') if self.depth > 0 => {
                self.depth -= 1;
                Some(at + 1)
            }
            (None, _) => (self.depth > 0).then_some(at + 1),
        }
    }
}

/// Text with line breaks as RUN takes it. A heredoc that the text itself holds stays; otherwise the shell was
/// given the content of one.
pub fn lines(text: &str) -> String {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let ends = |name: &str| rest.lines().any(|line| line.trim_start_matches('\t') == name);
    if super::source::heredocs(first).iter().any(|heredoc| ends(&heredoc.name)) {
        return text.to_owned();
    }
    let name = heredoc_name(text);
    format!("<<{name}\n{text}\n{name}")
}

/// A name for a heredoc that no line of the text is.
pub fn heredoc_name(text: &str) -> String {
    let taken: Vec<&str> = text.lines().filter(|line| line.starts_with("EOF")).collect();
    let mut name = "EOF".to_owned();
    while taken.contains(&name.as_str()) {
        name.push('F');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_commands_are_broken_outside_quotes() {
        let command = "set -ex; apt-get update && echo \"a && b; c\" > '/x;y' || true; find / -exec rm {} \\; \
                       && x=$(a; b && c) && for i in 1 2; do echo $i; done";
        let broken = broken(command, '\\');
        let lines: Vec<&str> =
            broken.lines().map(|line| line.trim().trim_end_matches(" \\")).collect();
        assert_eq!(
            lines,
            [
                "set -ex;",
                "apt-get update",
                "&& echo \"a && b; c\" > '/x;y'",
                "|| true;",
                "find / -exec rm {} \\;",
                "&& x=$(a; b && c)",
                "&& for i in 1 2; do echo $i;",
                "done",
            ]
        );
    }

    #[test]
    fn short_commands_stay_in_one_line() {
        assert_eq!(broken("a && b", '\\'), "a && b");
    }

    #[test]
    fn a_line_never_begins_with_a_comment() {
        let command = format!("{}; # why && b", "x".repeat(90));
        assert!(!broken(&command, '\\').contains("\n    #"), "it would be no part of the command");
    }

    #[test]
    fn powershell_is_broken_with_its_own_escape() {
        let command = format!("Get-Thing 'a; b' -Path C:\\; {}", "Other".repeat(20));
        assert!(broken(&command, '`').starts_with("Get-Thing 'a; b' -Path C:\\; `\n    Other"));
    }

    #[test]
    fn text_with_line_breaks_is_a_heredoc() {
        assert_eq!(lines("set -e\nmake"), "<<EOF\nset -e\nmake\nEOF");
        assert_eq!(lines("cat <<EOF > /x\na\nEOF"), "cat <<EOF > /x\na\nEOF");
        assert_eq!(lines("a\nEOF\nb"), "<<EOFF\na\nEOF\nb\nEOFF");
    }
}
