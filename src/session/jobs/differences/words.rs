//! The words of a line that differ from those of the line that it became.
//!
//! - Words are runs of letters, digits and `_`; blanks between them, and other characters one by one.
//! - Of lines that have little in common nothing is marked: all of it would be.

use gix_imara_diff::{Algorithm, Diff, InternedInput, TokenSource};

/// Ends of parts in bytes, each with whether it differs.
pub type WordMarks = Vec<(usize, bool)>;

/// The parts of two lines; `None`: they have little in common.
pub fn mark_words(a: &str, b: &str) -> Option<(WordMarks, WordMarks)> {
    let input = InternedInput::new(Words(a), Words(b));
    let diff = Diff::compute(Algorithm::Myers, &input);
    let of_a = marks(Words(a).tokenize(), |at| diff.is_removed(at));
    let of_b = marks(Words(b).tokenize(), |at| diff.is_added(at));
    // Blanks alone are nothing in common.
    let mut common = Words(a).tokenize().zip(0u32..).filter(|(_, at)| !diff.is_removed(*at));
    let enough = a.trim().len().min(b.trim().len()) / 3;
    let common: usize = common.by_ref().map(|(word, _)| word.trim().len()).sum();
    (common > enough).then_some((of_a, of_b))
}

fn marks<'a>(words: impl Iterator<Item = &'a str>, differs: impl Fn(u32) -> bool) -> WordMarks {
    let mut marks = WordMarks::new();
    let mut end = 0;
    for (word, at) in words.zip(0u32..) {
        end += word.len();
        match marks.last_mut() {
            Some((last, differed)) if *differed == differs(at) => *last = end,
            _ => marks.push((end, differs(at))),
        }
    }
    marks
}

/// A line as its words.
#[derive(Clone, Copy)]
struct Words<'a>(&'a str);

impl<'a> TokenSource for Words<'a> {
    type Token = &'a str;
    type Tokenizer = WordsOfLine<'a>;

    fn tokenize(&self) -> WordsOfLine<'a> {
        WordsOfLine(self.0)
    }

    fn estimate_tokens(&self) -> u32 {
        (self.0.len() / 4) as u32
    }
}

struct WordsOfLine<'a>(&'a str);

/// What characters belong together.
#[derive(Clone, Copy, PartialEq)]
enum CharacterClass {
    Word,
    Blank,
    Other,
}

impl CharacterClass {
    fn of(c: char) -> CharacterClass {
        match c {
            '_' => CharacterClass::Word,
            c if c.is_alphanumeric() => CharacterClass::Word,
            c if c.is_whitespace() => CharacterClass::Blank,
            _ => CharacterClass::Other,
        }
    }
}

impl<'a> Iterator for WordsOfLine<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let first = self.0.chars().next()?;
        let class = CharacterClass::of(first);
        let end = match class {
            CharacterClass::Other => first.len_utf8(),
            _ => self.0.find(|c| CharacterClass::of(c) != class).unwrap_or(self.0.len()),
        };
        let (word, rest) = self.0.split_at(end);
        self.0 = rest;
        Some(word)
    }
}
