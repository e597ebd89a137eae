//! Rust source as the rules read it: with comments and literals blanked.
//!
//! Every removed byte becomes a space and line breaks stay, so offsets and line numbers stay valid.

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Code only.
    Code,
    /// Code and literals, without comments.
    Literals,
}

pub fn strip(text: &str, keep: Keep) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let (end, literal) = match token(bytes, at) {
            Token::Code(end) => {
                out.extend(&bytes[at..end]);
                at = end;
                continue;
            }
            Token::Comment(end) => (end, false),
            Token::Literal(end) => (end, true),
        };
        let kept = literal && keep == Keep::Literals;
        out.extend(bytes[at..end].iter().map(|&byte| match byte {
            _ if kept => byte,
            b'\n' => b'\n',
            _ => b' ',
        }));
        at = end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Code (as `strip` leaves it) without the items behind `#[cfg(test)]` and `#[test]`.
pub fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    let mut at = 0;
    while let Some(start) = next_test(code, at) {
        at = start + item(&code[start..]);
        let blank = |c: char| if c == '\n' { "\n".to_owned() } else { " ".repeat(c.len_utf8()) };
        let blanked: String = code[start..at].chars().map(blank).collect();
        out.replace_range(start..at, &blanked);
    }
    out
}

fn next_test(code: &str, from: usize) -> Option<usize> {
    ["#[cfg(test)]", "#[test]"]
        .iter()
        .filter_map(|mark| code[from..].find(mark))
        .min()
        .map(|at| from + at)
}

/// The length of an item: up to its first `;` outside brackets, or its closing brace.
fn item(code: &str) -> usize {
    let mut depth = 0usize;
    for (at, c) in code.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => {
                depth = depth.saturating_sub(1);
                if c == '}' && depth == 0 {
                    return at + 1;
                }
            }
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// The line, from 1, on which an offset lies.
pub fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset].iter().filter(|&&byte| byte == b'\n').count() + 1
}

/// The kind of token at an offset, with the offset of its end.
enum Token {
    Code(usize),
    Comment(usize),
    Literal(usize),
}

fn token(bytes: &[u8], at: usize) -> Token {
    let rest = &bytes[at..];
    if rest.starts_with(b"//") {
        let length = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        return Token::Comment(at + length);
    }
    if rest.starts_with(b"/*") {
        return Token::Comment(at + block_comment(rest));
    }
    if rest[0] == b'"' {
        return Token::Literal(at + quoted(rest, b'"'));
    }
    if is_word(rest[0]) {
        let length = rest.iter().position(|&byte| !is_word(byte)).unwrap_or(rest.len());
        let raw = matches!(&rest[..length], b"r" | b"br" | b"cr");
        return match raw.then(|| raw_string(&rest[length..])).flatten() {
            Some(string) => Token::Literal(at + length + string),
            None => Token::Code(at + length),
        };
    }
    // A character literal, not a lifetime: an escape, or a quote right after one character.
    if rest[0] == b'\'' {
        let character = std::str::from_utf8(&rest[1..rest.len().min(5)])
            .unwrap_or_else(|error| valid(&rest[1..], error.valid_up_to()));
        let length = character.chars().next().map_or(0, char::len_utf8);
        if rest.get(1) == Some(&b'\\') || rest.get(1 + length) == Some(&b'\'') {
            return Token::Literal(at + quoted(rest, b'\''));
        }
    }
    Token::Code(at + 1)
}

fn valid(bytes: &[u8], up_to: usize) -> &str {
    std::str::from_utf8(&bytes[..up_to]).unwrap_or_default()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

/// The length of `#"…"#` after its `r`; `None` for a raw identifier.
fn raw_string(rest: &[u8]) -> Option<usize> {
    let hashes = rest.iter().take_while(|&&byte| byte == b'#').count();
    if rest.get(hashes) != Some(&b'"') {
        return None;
    }
    let end = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
    let body = &rest[hashes + 1..];
    let length = body.windows(end.len()).position(|window| window == end);
    Some(length.map_or(rest.len(), |length| hashes + 1 + length + end.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_left() {
        for (text, want) in [
            ("a // b\nc", "a\nc"),
            ("a /* b /* c */ d */ e", "a e"),
            (r#"f("x // y \" z") + 1"#, "f( ) + 1"),
            ("r#\"a \" b\"# r#type", "r#type"),
            ("'a' 'b: &'static '\\'' 'é' x", "'b: &'static x"),
            ("b\"x\" br\"y\" z", "b z"),
        ] {
            let got = strip(text, Keep::Code);
            assert_eq!(got.len(), text.len(), "{text}");
            let squeeze = |text: &str| {
                let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
                lines.map(|words| words.join(" ")).collect::<Vec<_>>().join("\n")
            };
            assert_eq!(squeeze(&got), want, "{text}");
        }
        assert_eq!(strip("f(\"x\") // y", Keep::Literals).trim_end(), "f(\"x\")");
    }

    #[test]
    fn tests_are_blanked_and_lines_stay() {
        for (code, want) in [
            ("a\n#[cfg(test)]\nmod tests;\nb", "a\n\n\nb"),
            ("#[cfg(test)]\nmod tests { fn f() { x } } b", "\nb"),
            ("#[test]\n#[ignore]\nfn f() { x; }\nb", "\n\n\nb"),
            ("#[cfg(test)]\nfn f(x: [u8; 2]) { y; }\nb", "\n\nb"),
            ("#[cfg(test)]", ""),
        ] {
            let got = without_tests(code);
            assert_eq!(got.len(), code.len(), "{code}");
            let lines: Vec<_> = got.lines().map(str::trim).collect();
            assert_eq!(lines.join("\n").trim_end(), want.trim_end(), "{code}");
        }
    }
}
