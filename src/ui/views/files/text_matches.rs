//! Where a text is found in the lines of a file.
//!
//! - Letters of ASCII are found in either case; all others as they are.
//! - A large text is searched in steps, so that no frame waits for it (`text_find.rs`).

use super::text_lines::TextLines;

/// Matches that are kept.
pub const MAX_MATCHES: usize = 10_000;
/// Bytes of lines that one step searches, more or less.
const STEP: usize = 1 << 20;

/// Where a line has the text: its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TextMatch {
    /// From 0.
    pub line: u32,
    pub start: usize,
    pub end: usize,
}

/// What one step found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SearchStep {
    pub matches: Vec<TextMatch>,
    /// The line where the next step begins; `None`: all were searched.
    pub next: Option<usize>,
}

/// Searches lines from one on, and stops after so many matches.
pub fn search_step(lines: &TextLines, text: &str, from: usize, most: usize) -> SearchStep {
    let mut step = SearchStep::default();
    let mut searched = 0;
    for at in from..lines.count() {
        if searched >= STEP {
            step.next = Some(at);
            return step;
        }
        let line = lines.line(at);
        searched += line.len() + 1;
        let room = most - step.matches.len();
        let found = starts(line.as_bytes(), text.as_bytes()).take(room);
        let of_line = |start| TextMatch { line: at as u32, start, end: start + text.len() };
        step.matches.extend(found.map(of_line));
        if step.matches.len() >= most {
            return step;
        }
    }
    step
}

/// Where a line has the text, one match after the other.
fn starts<'a>(line: &'a [u8], text: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let first = text.first().copied().unwrap_or_default();
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = line.get(from..).filter(|_| !text.is_empty())?;
            let start = from + rest.iter().position(|byte| *byte == lower || *byte == upper)?;
            let part = line.get(start..start + text.len())?;
            if part.eq_ignore_ascii_case(text) {
                from = start + text.len();
                return Some(start);
            }
            from = start + 1;
        }
    })
}

/// Those of one line, of matches in order.
pub fn of_line(matches: &[TextMatch], line: u32) -> &[TextMatch] {
    let start = matches.partition_point(|found| found.line < line);
    let length =
        matches.get(start..).map_or(0, |rest| rest.partition_point(|found| found.line == line));
    matches.get(start..start + length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(content: &str, text: &str) -> Vec<(u32, usize)> {
        let step = search_step(&TextLines::new("/a", content), text, 0, MAX_MATCHES);
        assert_eq!(step.next, None);
        step.matches.into_iter().map(|found| (found.line, found.start)).collect()
    }

    #[test]
    fn letters_of_either_case_are_found_one_after_the_other() {
        assert_eq!(all("aAa\nb\nBaaä", "aa"), [(0, 0), (2, 1)]);
        assert_eq!(all("grün\nGRün", "GRün"), [(0, 0), (1, 0)]);
        assert_eq!(all("abc", ""), []);
        assert_eq!(all("ab", "abc"), []);
    }

    #[test]
    fn a_large_text_is_searched_in_steps_up_to_a_limit() {
        let lines = TextLines::new("/a", &"one word in a line\n".repeat(200_000));
        let first = search_step(&lines, "word", 0, usize::MAX);
        let next = first.next.unwrap();
        assert!((50_000..60_000).contains(&next) && first.matches.len() == next, "{next}");
        let cut = search_step(&lines, "word", next, 10);
        assert_eq!((cut.matches.len(), cut.matches[0].line as usize), (10, next));
        let of = of_line(&first.matches, 7);
        assert_eq!(of, [TextMatch { line: 7, start: 4, end: 8 }]);
        assert_eq!(of_line(&first.matches, 199_999), []);
    }

    proptest! {
        #[test]
        fn what_is_found_is_there(content in "[abAB\n]{0,60}", text in "[ab]{1,3}") {
            let lines = TextLines::new("/a", &content);
            for found in search_step(&lines, &text, 0, MAX_MATCHES).matches {
                let part = &lines.line(found.line as usize)[found.start..found.end];
                prop_assert_eq!(part.to_ascii_lowercase(), text.as_str());
            }
            let number: usize = content.to_ascii_lowercase().lines().map(|line| line.matches(&text).count()).sum();
            prop_assert_eq!(all(&content, &text).len(), number);
        }
    }
}
