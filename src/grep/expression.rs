//! An expression made ready: it finds the lines that match in a block of lines.
//!
//! - A match lies within one line: the line feed is taken out of the expression, and `^`, `$`, `\A` and `\z` are
//!   the line's, as ripgrep and grep have it. So blocks are searched, not line after line, and no match reads on
//!   beyond its line.

use super::needle::{Needle, NeedleByte};
use super::required::required;
use crate::expression::Expression;
use crate::problem::Problem;
use regex_automata::Input;
use regex_automata::meta::{Config, Regex};
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, HirKind, Look, Repetition};
use std::ops::Range;

/// Characters of an expression.
const MAX_LENGTH: usize = 1000;
/// Bytes of a compiled expression.
const MAX_REGEX: usize = 1 << 20;

/// Finds lines.
#[derive(Debug)]
pub struct LineMatcher(LineSearch);

#[derive(Debug)]
enum LineSearch {
    /// A line that has this text.
    Text(Box<Needle>),
    /// A line that matches, and has one of these if there are any.
    Regex { regex: Box<Regex>, needles: Vec<Needle> },
}

impl LineMatcher {
    /// An error if the expression cannot be read.
    pub fn new(expression: &Expression) -> Result<LineMatcher, Problem> {
        let Expression { text, regex, case, word } = expression;
        let unread = |why: &str| {
            Problem::new("search-expression", "What is searched for cannot be read.")
                .expected(why)
                .found(cut(text))
        };
        if text.is_empty() || text.chars().count() > MAX_LENGTH {
            return Err(unread(&format!("1 to {MAX_LENGTH} characters")));
        }
        if !regex && text.contains('\n') {
            return Err(unread("text without line breaks: lines are searched"));
        }
        if !regex && !word && (*case || text.is_ascii()) {
            let byte = if *case { NeedleByte::exact } else { NeedleByte::either };
            let needle = Needle::new(text.bytes().map(byte).collect());
            return needle
                .map(|needle| LineMatcher(LineSearch::Text(Box::new(needle))))
                .ok_or_else(|| unread(""));
        }
        let pattern = if *regex { text.clone() } else { pattern_of(text, *case) };
        let hir = parse(&pattern, !case && *regex).map_err(|why| unread(&why))?;
        let hir = if *word { whole_word(hir) } else { hir };
        let needles = required(&hir);
        let config = Config::new().utf8_empty(false).nfa_size_limit(Some(MAX_REGEX));
        let regex = Regex::builder().configure(config).build_from_hir(&hir);
        let regex = regex.map_err(|_| unread("a smaller regular expression"))?;
        Ok(LineMatcher(LineSearch::Regex { regex: Box::new(regex), needles }))
    }

    /// Begins to search a block of lines.
    pub fn search<'s>(&'s self, block: &'s [u8]) -> BlockSearch<'s> {
        let next = match &self.0 {
            LineSearch::Text(_) => Vec::new(),
            LineSearch::Regex { needles, .. } => {
                needles.iter().map(|needle| needle.find(block, 0)).collect()
            }
        };
        BlockSearch { matcher: self, block, next }
    }

    /// The first match within a line, from a position on.
    pub fn find_in(&self, block: &[u8], line: Range<usize>) -> Option<Range<usize>> {
        match &self.0 {
            LineSearch::Text(needle) => {
                needle.find(&block[..line.end], line.start).map(|at| at..at + needle.len())
            }
            LineSearch::Regex { regex, .. } => {
                regex.find(Input::new(block).range(line)).map(|found| found.range())
            }
        }
    }
}

/// A block of lines that is searched forward.
pub struct BlockSearch<'s> {
    matcher: &'s LineMatcher,
    block: &'s [u8],
    /// Where each needle is next: one that is far away, or nowhere, is looked for once.
    next: Vec<Option<usize>>,
}

impl BlockSearch<'_> {
    /// The first match from the beginning of a line on, which is behind those that were found before.
    pub fn find(&mut self, from: usize) -> Option<Range<usize>> {
        let block = self.block;
        match &self.matcher.0 {
            LineSearch::Text(needle) => needle.find(block, from).map(|at| at..at + needle.len()),
            LineSearch::Regex { regex, needles } if needles.is_empty() => {
                regex.find(Input::new(block).range(from..)).map(|found| found.range())
            }
            LineSearch::Regex { regex, needles } => {
                let mut from = from;
                loop {
                    for (next, needle) in self.next.iter_mut().zip(needles) {
                        if next.is_some_and(|at| at < from) {
                            *next = needle.find(block, from);
                        }
                    }
                    let at = self.next.iter().flatten().min().copied()?;
                    let line = line_around(block, at);
                    let found = regex.find(Input::new(block).range(line.clone()));
                    if let Some(found) = found {
                        return Some(found.range());
                    }
                    from = line.end;
                }
            }
        }
    }
}

/// The line that a position is in, without its line feed.
pub(super) fn line_around(block: &[u8], at: usize) -> Range<usize> {
    let start = memchr::memrchr(b'\n', &block[..at]).map_or(0, |feed| feed + 1);
    let end = memchr::memchr(b'\n', &block[at..]).map_or(block.len(), |feed| at + feed);
    start..end
}

/// Text as an expression; letters beyond ASCII in either case, where case does not count.
fn pattern_of(text: &str, case: bool) -> String {
    let mut pattern = String::new();
    for c in text.chars() {
        let mut forms = vec![c];
        if !case {
            forms.extend(single(c.to_lowercase()));
            forms.extend(single(c.to_uppercase()));
            forms.sort_unstable();
            forms.dedup();
        }
        let escaped: Vec<String> =
            forms.iter().map(|form| regex_syntax::escape(form.encode_utf8(&mut [0; 4]))).collect();
        pattern.push_str(&format!("(?:{})", escaped.join("|")));
    }
    pattern
}

/// A character that another one becomes, if it becomes one.
fn single(mut forms: impl Iterator<Item = char>) -> Option<char> {
    forms.next().filter(|_| forms.next().is_none())
}

/// Reads an expression over the bytes of a line.
fn parse(pattern: &str, ignore_case: bool) -> Result<Hir, String> {
    let mut parser = regex_syntax::ParserBuilder::new();
    let parser = parser.utf8(false).unicode(false).multi_line(true).case_insensitive(ignore_case);
    let hir = parser.build().parse(pattern).map_err(|error| {
        let text = error.to_string();
        let why = text.lines().last().unwrap_or_default();
        format!("a regular expression ({})", why.trim_start_matches("error: "))
    })?;
    Ok(within_line(hir))
}

/// The same expression without the line feed; the ends of the text are those of the line.
fn within_line(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) if literal.0.contains(&b'\n') => Hir::fail(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(Class::Bytes(mut class)) => {
            class.difference(&ClassBytes::new([ClassBytesRange::new(b'\n', b'\n')]));
            Hir::class(Class::Bytes(class))
        }
        HirKind::Class(class) => Hir::class(class), // there are none: Unicode is off
        HirKind::Look(Look::Start | Look::StartCRLF) => Hir::look(Look::StartLF),
        HirKind::Look(Look::End | Look::EndCRLF) => Hir::look(Look::EndLF),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Repetition(repetition) => {
            let sub = Box::new(within_line(*repetition.sub));
            Hir::repetition(Repetition { sub, ..repetition })
        }
        HirKind::Capture(capture) => within_line(*capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.into_iter().map(within_line).collect()),
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.into_iter().map(within_line).collect())
        }
    }
}

/// The same expression where it neither begins nor ends within a word.
fn whole_word(hir: Hir) -> Hir {
    let (start, end) = (Hir::look(Look::WordStartHalfAscii), Hir::look(Look::WordEndHalfAscii));
    Hir::concat(vec![start, hir, end])
}

/// The beginning of an expression, for a problem.
fn cut(text: &str) -> String {
    match text.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expression(text: &str, options: &str) -> Expression {
        Expression {
            text: text.to_owned(),
            regex: options.contains('r'),
            case: options.contains('c'),
            word: options.contains('w'),
        }
    }

    /// The lines that match, joined.
    fn lines(text: &str, options: &str, block: &str) -> String {
        let matcher = LineMatcher::new(&expression(text, options)).unwrap();
        let (block, mut from, mut found) = (block.as_bytes(), 0, Vec::new());
        let mut search = matcher.search(block);
        while let Some(at) = search.find(from) {
            let line = line_around(block, at.start);
            if line.start >= block.len() {
                break;
            }
            found.push(String::from_utf8_lossy(&block[line.clone()]).into_owned());
            from = line.end + 1;
            if from > block.len() {
                break;
            }
        }
        found.join("|")
    }

    #[test]
    fn text_is_found_as_its_options_say() {
        for (text, options, block, want) in [
            ("a.b", "", "axb\na.b\nA.B\n", "a.b|A.B"),
            ("a.b", "c", "axb\na.b\nA.B\n", "a.b"),
            ("key", "w", "keys\nmy key\nkey_x\nKEY\n", "my key|KEY"),
            ("key", "cw", "a-key-b\nKEY\n", "a-key-b"),
            ("É", "", "é\nÉ\nE\n", "é|É"),
            ("É", "c", "é\nÉ\n", "É"),
            ("x", "", "no\n", ""),
        ] {
            assert_eq!(lines(text, options, block), want, "{text} {options}");
        }
    }

    #[test]
    fn expressions_stay_within_a_line() {
        for (text, block, want) in [
            (r"^a\s+b$", "a b\na\nb\n", "a b"),
            ("a[^x]*b", "a\nb\na-b\n", "a-b"),
            (r"\Ab\z", "ab\nb\n", "b"),
            (r"a\nb", "a\nb\n", ""),
            ("^$", "a\n\nb\n", ""),
            ("^.$", "a\n\nbb\nc", "a|c"),
            ("(?s)a.b", "a\nb\na-b", "a-b"),
            ("one|two", "One\ntwo\n", "One|two"),
        ] {
            assert_eq!(lines(text, "r", block), want, "{text}");
        }
        assert_eq!(lines("^$", "r", "\n\n"), "|", "both are empty");
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for (text, options, want) in [
            ("", "", "characters"),
            ("a(", "r", "unclosed group"),
            ("a\nb", "", "without line breaks"),
            ("(a{1000}){1000}", "r", "smaller"),
            (r"\pL", "r", "Unicode"),
        ] {
            let problem = LineMatcher::new(&expression(text, options)).unwrap_err();
            assert_eq!(problem.code, "search-expression");
            let expected = problem.expected.unwrap_or_default();
            assert!(expected.contains(want), "{text}: {expected}");
        }
    }

    #[test]
    fn time_grows_with_the_bytes_and_not_with_their_square() {
        // Each line begins a match that could go on to the end of the block.
        let block = "ab\n".repeat(200_000);
        assert_eq!(counted("a[^x]*", &block), 200_000);
    }

    #[test]
    fn text_that_is_nowhere_is_looked_for_once() {
        // The expression needs one of two texts, and the second is not there: it must not be looked for again
        // behind each line that has the first.
        let time = |lines: usize| {
            let block = "one\n".repeat(lines);
            let runs = (0..3).map(|_| {
                let begun = std::time::Instant::now();
                assert_eq!(counted("one|two", &block), lines);
                begun.elapsed()
            });
            runs.min().unwrap()
        };
        let (few, many) = (time(5_000), time(80_000));
        assert!(many < few * 64, "16 times as many lines took {many:?}, not {few:?}");
    }

    /// How many lines match.
    fn counted(text: &str, block: &str) -> usize {
        let matcher = LineMatcher::new(&expression(text, "r")).unwrap();
        let mut search = matcher.search(block.as_bytes());
        let (mut from, mut count) = (0, 0);
        while let Some(found) = search.find(from) {
            (from, count) = (line_around(block.as_bytes(), found.start).end + 1, count + 1);
        }
        count
    }
}
