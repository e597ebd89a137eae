//! The lines of a JSON or XML text that can be folded.
//!
//! - One pass, linear; a depth beyond the limit is not folded. What is not closed is not folded.

/// The deepest level that can be folded.
const DEEPEST: usize = 512;

/// A line that opens something, and the line that closes it, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoldRange {
    pub first: u32,
    pub last: u32,
}

/// What can be folded in a text of a language, by first lines. Of several that begin in one line, the outermost.
pub fn folds(language: &str, text: &str) -> Vec<FoldRange> {
    let mut all = match language {
        "JSON" => brackets(text),
        "XML" => elements(text),
        _ => Vec::new(),
    };
    all.retain(|range| range.first < range.last);
    all.sort_by_key(|range| (range.first, std::cmp::Reverse(range.last)));
    all.dedup_by_key(|range| range.first);
    all
}

/// Brackets and braces outside strings.
fn brackets(text: &str) -> Vec<FoldRange> {
    let (mut open, mut found) = (Vec::new(), Vec::new());
    let (mut line, mut in_string, mut hidden) = (0, false, false);
    for byte in text.bytes() {
        match byte {
            b'\n' => {
                line += 1;
                in_string = false;
            }
            _ if hidden => {}
            b'\\' if in_string => {
                hidden = true;
                continue;
            }
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => open.push(line),
            b'}' | b']' if !in_string => {
                let depth = open.len();
                if let Some(first) = open.pop().filter(|_| depth <= DEEPEST) {
                    found.push(FoldRange { first, last: line });
                }
            }
            _ => {}
        }
        hidden = false;
    }
    found
}

/// Elements by their tags; comments and what begins with `<!` or `<?` are passed.
fn elements(text: &str) -> Vec<FoldRange> {
    let mut open: Vec<(&str, u32)> = Vec::new();
    let mut found = Vec::new();
    let (mut line, mut counted, mut at) = (0u32, 0usize, 0usize);
    let newlines = |from: usize, to: usize| {
        text.as_bytes()[from..to].iter().filter(|byte| **byte == b'\n').count() as u32
    };
    while let Some(start) = text[at..].find('<').map(|found| at + found) {
        line += newlines(counted, start);
        counted = start;
        let rest = &text[start..];
        let close = if rest.starts_with("<!--") { "-->" } else { ">" };
        let Some(length) = rest.find(close).map(|end| end + close.len()) else { break };
        at = start + length;
        let tag = &rest[1..length - 1];
        let name_end =
            tag.trim_start_matches('/').find(|one: char| one.is_whitespace() || one == '/');
        let name = tag.trim_start_matches('/');
        let name = &name[..name_end.unwrap_or(name.len())];
        if tag.starts_with('!') || tag.starts_with('?') || tag.ends_with('/') || name.is_empty() {
            continue;
        }
        if !tag.starts_with('/') {
            open.push((name, line));
        } else if let Some(place) =
            open.iter().rev().take(DEEPEST).position(|(other, _)| *other == name)
        {
            let place = open.len() - 1 - place;
            if place < DEEPEST {
                found.push(FoldRange { first: open[place].1, last: line });
            }
            open.truncate(place);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(language: &str, text: &str) -> Vec<(u32, u32)> {
        folds(language, text).iter().map(|range| (range.first, range.last)).collect()
    }

    #[test]
    fn what_opens_and_closes_in_other_lines_can_be_folded() {
        let json = "{\n \"a\": [\n  1,\n  \"]\\\"}\"\n ],\n \"b\": {}, \"c\": [{\n }]\n}\n";
        assert_eq!(pairs("JSON", json), [(0, 7), (1, 4), (5, 6)]);
        assert_eq!(pairs("JSON", "[\n[\n"), [], "what is not closed is not folded");
        assert_eq!(pairs("JSON", "]\n}\n"), []);
        let xml = "<?xml?>\n<a x=\"1\">\n <b/>\n <c>\n <!-- <d> \n-->\n </c>\n <p>\n</a>\n";
        assert_eq!(pairs("XML", xml), [(1, 8), (3, 6)]);
        assert_eq!(pairs("XML", "<a\n</a\n<"), []);
        assert_eq!(pairs("Shell", "{\n}\n"), []);
    }

    #[test]
    fn depth_costs_no_more_than_length() {
        let deep = "[\n".repeat(50_000) + &"]\n".repeat(50_000);
        assert_eq!(folds("JSON", &deep).len(), DEEPEST);
        let deep = "<a>\n".repeat(20_000) + &"</b>\n".repeat(20_000);
        assert_eq!(folds("XML", &deep).len(), 0);
    }
}
