//! Rule: plain English in code, documents and texts on screen: no phrase of this list.
//!
//! - The list holds private words and inverted sentences that a reader must decode, each with the
//!   standard word. A phrase goes in only if it is never the plain way to say something.
//! - A phrase is found across line breaks, but not across punctuation.

use std::collections::BTreeMap;

use super::{Finding, Source};

/// Each phrase, and what to write instead.
const PHRASES: &[(&str, &str)] = &[
    ("all that is known of", "all that is known about"),
    ("anew", "again"),
    ("are asked for", "are requested"),
    ("are to be", "must be, will be"),
    ("as it lies", "as stored"),
    ("as they lie", "as stored"),
    ("asked of", "requested from"),
    ("be asked for", "be requested"),
    ("but for", "except"),
    ("came along", "came with"),
    ("can be had", "is available"),
    ("come along", "come with"),
    ("comes along", "comes with"),
    ("entered again", "resumed"),
    ("for ever", "forever"),
    ("for the eye", "for display"),
    ("gives whether", "returns whether"),
    ("great or small", "case-insensitive"),
    ("has no use for", "does not need"),
    ("held against", "compared with, checked against"),
    ("in the place of", "instead of"),
    ("is asked for", "is requested"),
    ("is of no use", "is not needed"),
    ("is said of", "is said about"),
    ("is to be", "must be, will be"),
    ("it is no", "it is not a"),
    ("it is none", "it is not one"),
    ("lest", "so that … not"),
    ("mend", "fix"),
    ("mended", "fixed"),
    ("mends", "fixes"),
    ("nobody asked for", "was not requested"),
    ("nobody but", "only"),
    ("nobody waits", "is no longer needed"),
    ("nothing is known of", "nothing is known about"),
    ("one behind the", "one after the"),
    ("puts that right", "corrects that"),
    ("room is wanted", "space is needed"),
    ("say of", "say about"),
    ("says of", "says about"),
    ("speaks of", "names, is about"),
    ("stand in the", "are in the"),
    ("stands before", "comes before"),
    ("stands behind", "comes after"),
    ("stands in the", "is in the"),
    ("stands there", "is there"),
    ("that are none", "that are not"),
    ("that is no", "that is not a"),
    ("that is none", "that is not one"),
    ("thrice", "three times"),
    ("to be had", "available"),
    ("told apart", "distinguished"),
    ("told by", "recognised by"),
    ("told from", "recognised by"),
    ("unasked", "without a request"),
    ("was asked for", "was requested"),
    ("were asked for", "were requested"),
    ("what came of", "the result of"),
    ("what comes of", "the result of"),
    ("what is known of", "what is known about"),
    ("what is no", "what is not a"),
    ("what stands", "what is"),
    ("where it lies", "where it is"),
    ("which is none", "which is not one"),
    ("who walks", "the caller"),
    ("whoever", "the caller, the user, anyone who"),
];

/// Plain English that begins like one of the phrases.
const PLAIN: &[&str] = &["it is no longer", "that is no longer", "what is no longer"];

pub fn check(sources: &[Source]) -> Vec<Finding> {
    let phrases = by_first_word();
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| is_ours(&source.path)) {
        for (line, phrase, instead) in found(&source.text, &phrases) {
            let message = format!("“{phrase}” is not plain English: {instead}");
            findings.push(Finding::failure(source, line, message));
        }
    }
    findings
}

/// Not what other programs and people wrote, nor this file.
fn is_ours(path: &str) -> bool {
    let ending = path.rsplit('.').next().unwrap_or_default();
    ["rs", "md", "toml", "js", "css", "html", "py", "go"].contains(&ending)
        && !path.starts_with("tests/fixtures/")
        && path != "xtask/src/tidy/phrases.rs"
}

/// Phrases as words, with what to write instead, by their first word.
type Phrases = BTreeMap<&'static str, Vec<(Vec<&'static str>, &'static str)>>;

fn by_first_word() -> Phrases {
    let mut phrases = Phrases::new();
    for (phrase, instead) in PHRASES {
        let words: Vec<_> = phrase.split(' ').collect();
        phrases.entry(words[0]).or_default().push((words, instead));
    }
    phrases
}

/// The phrases of a text, longest first where several begin at one word, each with its line.
fn found(text: &str, phrases: &Phrases) -> Vec<(usize, String, &'static str)> {
    let words = words(text);
    let mut found = Vec::new();
    for at in 0..words.len() {
        let begins = |phrase: &[&str]| {
            let here = words.get(at..at + phrase.len()).unwrap_or_default();
            !here.is_empty()
                && here.iter().zip(phrase).all(|(word, wanted)| word.text == *wanted)
                && here[1..].iter().all(|word| word.follows)
        };
        let candidates = phrases.get(words[at].text.as_str()).into_iter().flatten();
        let matching = candidates.filter(|(phrase, _)| begins(phrase));
        let longest = matching.max_by_key(|(phrase, _)| phrase.len());
        let plain = PLAIN.iter().any(|plain| begins(&plain.split(' ').collect::<Vec<_>>()));
        if let Some((phrase, instead)) = longest.filter(|_| !plain) {
            found.push((words[at].line, phrase.join(" "), *instead));
        }
    }
    found
}

struct Word {
    /// In lower case.
    text: String,
    /// From 1.
    line: usize,
    /// Only white space and comment signs lie between this and the word before it.
    follows: bool,
}

fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut follows = false;
    for (index, line) in text.lines().enumerate() {
        let start = line.trim_start();
        let mut rest = start.trim_start_matches("//").trim_start_matches(['/', '!', '#', '*']);
        while let Some(first) = rest.chars().next() {
            let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '\'';
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            if length > 0 {
                let text = rest[..length].to_lowercase();
                words.push(Word { text, line: index + 1, follows });
                follows = true;
                rest = &rest[length..];
            } else {
                // A string that goes on in the next line has a backslash at its end.
                follows &= first.is_whitespace() || first == '\\';
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_across_lines_but_not_across_punctuation() {
        for (text, want) in [
            ("// Escaped for the eye.", 1),
            ("/// Escaped for\n    /// the eye.", 1),
            ("f(\"Escaped for \\\n   the eye.\")", 1),
            ("For the\nEye", 1),
            ("for, the eye", 0),
            ("for the eyes", 0),
            ("let for_the_eye = value.is_to_be();", 0),
            ("what is no reference", 1),
            ("what is no longer needed", 0),
            ("whoever asks: told apart", 2),
        ] {
            let lines = super::super::found(check, &[("docs/a.md", text)]);
            assert_eq!(lines.len(), want, "{text}: {lines:?}");
        }
    }

    #[test]
    fn a_finding_has_the_line_and_the_plain_word() {
        let lines = super::super::found(check, &[("src/a.rs", "//! Of old,\n//! Anew.\n")]);
        assert_eq!(lines, ["src/a.rs:2: “anew” is not plain English: again"]);
    }

    #[test]
    fn what_others_wrote_is_not_read() {
        for path in ["tests/fixtures/packages/a.md", "LICENSE", "tests/links.txt", "Cargo.lock"] {
            assert_eq!(super::super::found(check, &[(path, "anew")]), [""; 0], "{path}");
        }
    }
}
