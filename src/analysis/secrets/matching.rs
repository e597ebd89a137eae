//! Finds secrets in a piece of text: keywords, then patterns, then checks.

use super::candidate::{SecretCandidate, is_named_secret, is_word};
use super::cluster::{self, ClusterValue};
use super::encoded::{EncodedText, MAX_DEPTH, decoded_text};
use super::found::{NotedSecret, mask};
use super::names::NamedFiles;
use super::pattern::{PatternMatch, TextPattern};
use super::prefilter::KeywordFilter;
use super::rule::SecretRule;
use super::rules::loaded_rules;
use super::{SecretCheck, names};
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::LazyLock;

/// All rules, ready to be used.
pub struct RuleSet {
    filter: KeywordFilter,
    /// The rule of each keyword.
    rule_of_keyword: Vec<usize>,
    /// Rules without keywords, by the names of their files.
    word_rules: NamedFiles,
    /// The more specific first.
    pub rules: Vec<ReadyRule>,
}

/// A rule with its pattern.
pub struct ReadyRule {
    pub rule: &'static SecretRule,
    pattern: TextPattern,
    /// What each value starts with.
    prefix: String,
}

/// The rules, made when they are first needed.
pub static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::new);

/// Bytes of a line before a secret in which the line's start is looked for.
const MAX_COMMENT: usize = 1024;

/// The same for a comment of XML, in which there may be many lines.
const MAX_MARKUP_COMMENT: usize = 4096;

/// A match of a rule in a text.
pub struct SecretHit {
    pub rule: usize,
    /// On the same bytes, smaller ones win: the rule's position, or that of the one that points to its text.
    pub rank: usize,
    pub start: usize,
    pub end: usize,
    /// Where the value starts.
    pub value: usize,
    /// Where it ends: a key's text is a part of it.
    pub value_end: usize,
    pub masked: String,
    /// The check holds. If it does not, no other rule finds a secret in these bytes.
    pub valid: bool,
}

/// What a file's name says about secrets in it.
pub struct SearchedFile {
    /// With a leading slash.
    path: String,
    /// Rules that are tried at each word of it.
    pub word_rules: Vec<usize>,
    /// Documentation, tests, templates: only secrets of an unmistakable form count. Known when it matters.
    is_example: OnceCell<bool>,
    /// So many texts it is encoded in.
    pub depth: u8,
}

impl SearchedFile {
    /// `path`: relative to the root, or the name of a part of the configuration.
    pub fn new(path: &[u8]) -> SearchedFile {
        let part = path.first() == Some(&b':');
        let slash = if part { "" } else { "/" };
        let path = format!("{slash}{}", String::from_utf8_lossy(path));
        let word_rules = RULES.word_rules.rules(&path);
        let is_example = if part { OnceCell::from(false) } else { OnceCell::new() };
        SearchedFile { path, word_rules, is_example, depth: 0 }
    }

    /// A text that is encoded in one of this file.
    pub fn below(path: &[u8], file: &SearchedFile) -> SearchedFile {
        let is_example = OnceCell::from(file.is_example());
        SearchedFile { is_example, depth: file.depth + 1, ..SearchedFile::new(path) }
    }

    fn is_example(&self) -> bool {
        *self.is_example.get_or_init(|| names::is_example(&self.path))
    }

    /// The rule for a key store of this name.
    pub fn key_store(&self) -> Option<&'static SecretRule> {
        let mut rules = self.word_rules.iter().map(|rule| RULES.rules[*rule].rule);
        rules.find(|rule| rule.check == SecretCheck::KeyStore && !self.is_example())
    }
}

impl RuleSet {
    fn new() -> RuleSet {
        let rules: Vec<ReadyRule> = loaded_rules()
            .map(|rule| {
                let pattern = TextPattern::new(rule.pattern);
                ReadyRule { rule, prefix: pattern.value_prefix(), pattern }
            })
            .collect();
        let for_words = rules.iter().enumerate().filter(|(_, one)| one.rule.keywords.is_empty());
        let word_rules = NamedFiles::new(for_words.map(|(number, one)| (number, one.rule.files)));
        let mut keywords = Vec::new();
        let mut rule_of_keyword = Vec::new();
        for (number, ready) in rules.iter().enumerate() {
            for keyword in ready.rule.keywords {
                keywords.push(*keyword);
                rule_of_keyword.push(number);
            }
        }
        RuleSet { filter: KeywordFilter::new(keywords), rule_of_keyword, word_rules, rules }
    }

    /// Finds secrets that start, or whose keyword starts, in `from..to` of a text. Takes what it costs from
    /// `steps`, and ends when nothing is left.
    pub fn find(
        &self,
        text: &[u8],
        from: usize,
        to: usize,
        file: &SearchedFile,
        steps: &mut u64,
    ) -> Vec<SecretHit> {
        let mut hits = Vec::new();
        self.filter.find(text, from, to, &mut |hit| {
            let number = self.rule_of_keyword[hit.keyword];
            let rule = self.rules[number].rule;
            if *steps == 0 {
                return;
            }
            if rule.files.is_empty() || names::is_among(&file.path, rule.files) {
                let first = hit.at.saturating_sub(rule.before);
                for start in first..=hit.at {
                    let found = self.try_at(number, text, start, file, steps);
                    if found.iter().any(|found| found.end > hit.at) || is_container(rule) {
                        hits.extend(found);
                        break;
                    }
                }
            }
        });
        if !file.word_rules.is_empty() {
            for start in (from..to.min(text.len())).filter(|at| is_word_start(text, *at)) {
                if *steps == 0 {
                    break;
                }
                let rules = file.word_rules.iter();
                hits.extend(rules.flat_map(|rule| self.try_at(*rule, text, start, file, steps)));
            }
        }
        without_overlaps(hits)
    }

    /// Tries a rule at a position.
    fn try_at(
        &self,
        number: usize,
        text: &[u8],
        start: usize,
        file: &SearchedFile,
        steps: &mut u64,
    ) -> Vec<SecretHit> {
        let Some(found) = self.matched(number, text, start, file, steps) else { return Vec::new() };
        let value = found.value_start..found.value_end;
        match self.rules[number].rule.check {
            SecretCheck::Encoded => {
                let key = &text[found.start..value.start];
                self.find_encoded(number, text, value, key, file, steps)
            }
            SecretCheck::ClusterSecret => {
                self.find_in_cluster_secret(number, text, found.start, file, steps)
            }
            _ => self.checked(number, text, found, steps).into_iter().collect(),
        }
    }

    /// Matches a rule's pattern at a position.
    fn matched(
        &self,
        number: usize,
        text: &[u8],
        start: usize,
        file: &SearchedFile,
        steps: &mut u64,
    ) -> Option<PatternMatch> {
        let ReadyRule { rule, pattern, .. } = &self.rules[number];
        if !pattern.has_value && !begins_word(text, start) {
            return None;
        }
        let mut taken = 0;
        let found = pattern.match_at(text, start, &mut taken);
        *steps = steps.saturating_sub(taken);
        let found = found?;
        // A form that other texts have too counts only where values are: not in examples and comments.
        let mistakable = pattern.has_value
            || is_container(rule)
            || matches!(rule.check, SecretCheck::Jwt | SecretCheck::Pem { .. });
        let counts = !mistakable || !file.is_example() && !is_comment(text, start);
        (counts && ends_word(text, found.value_end)).then_some(found)
    }

    /// Checks what a pattern matched.
    fn checked(
        &self,
        number: usize,
        text: &[u8],
        found: PatternMatch,
        steps: &mut u64,
    ) -> Option<SecretHit> {
        let ReadyRule { rule, prefix, .. } = &self.rules[number];
        let PatternMatch { start, end, value_start, value_end } = found;
        let mut candidate = SecretCandidate { text, start, end, value_start, value_end, steps: 0 };
        let valid = candidate.holds(rule.check, prefix.len())
            && (rule.beside.is_empty() || candidate.is_near(rule.beside.as_bytes(), 4096));
        *steps = steps.saturating_sub(candidate.steps);
        let blocks = matches!(rule.check, SecretCheck::Random | SecretCheck::Checksum);
        (valid || blocks).then(|| SecretHit {
            rule: number,
            rank: number,
            start: candidate.start,
            end: candidate.end,
            value: value_start,
            value_end: if candidate.end == end { value_end } else { candidate.end },
            masked: candidate.masked(rule.check, prefix),
            valid,
        })
    }

    /// Secrets in the base64 text at `value`, to which a rule points. `key` is what comes before it.
    fn find_encoded(
        &self,
        number: usize,
        text: &[u8],
        value: Range<usize>,
        key: &[u8],
        file: &SearchedFile,
        steps: &mut u64,
    ) -> Vec<SecretHit> {
        if file.depth >= MAX_DEPTH {
            return Vec::new();
        }
        *steps = steps.saturating_sub(value.len() as u64);
        let Some(inner) = EncodedText::read(text, value, key) else { return Vec::new() };
        *steps = steps.saturating_sub(inner.encoded_bytes() as u64);
        let below = SearchedFile::below(inner.name.as_bytes(), file);
        let hits = self.find(&inner.content, 0, inner.content.len(), &below, steps);
        let outer = |hit: SecretHit| {
            let all = inner.place(text, hit.start..hit.end);
            let value = inner.place(text, hit.value..hit.value_end);
            SecretHit {
                rank: number,
                start: all.start,
                end: all.end,
                value: value.start,
                value_end: value.end,
                ..hit
            }
        };
        hits.into_iter().map(outer).collect()
    }

    /// Secrets in the values of the Secret of Kubernetes whose kind stands at `kind`: those that have a form, and those
    /// whose name says so.
    fn find_in_cluster_secret(
        &self,
        number: usize,
        text: &[u8],
        kind: usize,
        file: &SearchedFile,
        steps: &mut u64,
    ) -> Vec<SecretHit> {
        let document = cluster::document(text, kind);
        *steps = steps.saturating_sub(document.len() as u64 / 4);
        let mut hits = Vec::new();
        for ClusterValue { name, value, encoded } in cluster::values_of_secret(text, document) {
            let (start, end) = (value.start, value.end);
            let plain = match encoded {
                true => decoded_text(&text[value.clone()]),
                false => Some(text[value.clone()].to_vec()),
            };
            let Some(plain) = plain else { continue };
            let known = hits.len();
            if encoded {
                let key = name.as_bytes();
                hits.extend(self.find_encoded(number, text, value, key, file, steps));
            }
            *steps = steps.saturating_sub(100);
            if hits.len() == known && is_named_secret(&name, &plain) {
                let (rule, rank, masked) = (number, number, mask(&plain, ""));
                let (value, value_end, valid) = (start, end, true);
                hits.push(SecretHit { rule, rank, start, end, value, value_end, masked, valid });
            }
        }
        hits
    }

    /// The rule with a code.
    pub fn named(&self, code: &str) -> Option<&'static SecretRule> {
        self.rules.iter().map(|ready| ready.rule).find(|rule| rule.code == code)
    }

    /// What is noted about a hit.
    pub fn note(&self, hit: SecretHit, line: u32) -> NotedSecret {
        let rule = self.rules[hit.rule].rule.code.to_owned();
        NotedSecret { rule, line, masked: hit.masked }
    }
}

/// What a rule matches has secrets of other rules in it.
fn is_container(rule: &SecretRule) -> bool {
    matches!(rule.check, SecretCheck::Encoded | SecretCheck::ClusterSecret)
}

/// The more specific rule wins on the same bytes. The result is in the order of the text.
fn without_overlaps(mut hits: Vec<SecretHit>) -> Vec<SecretHit> {
    hits.sort_by_key(|hit| (hit.start, hit.rank));
    let mut kept: Vec<SecretHit> = Vec::new();
    for hit in hits {
        match kept.last_mut() {
            Some(last) if hit.start < last.end => {
                if hit.rank < last.rank {
                    *last = hit;
                }
            }
            _ => kept.push(hit),
        }
    }
    kept.retain(|hit| hit.valid);
    kept
}

/// Where a word starts, in files whose every word is looked at.
fn is_word_start(text: &[u8], at: usize) -> bool {
    let before = match &text[..at] {
        [] | [0xef, 0xbb, 0xbf] => b'\n', // after a byte order mark
        [.., before] => *before,
    };
    text[at] > b' ' && (before <= b' ' || b"\"'({[,;|>".contains(&before))
}

/// Whether a token can start here. In JSON and shell scripts, `\n` may come before it, in addresses `%3D`.
fn begins_word(text: &[u8], at: usize) -> bool {
    match text[..at] {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => true,
        [.., before] => !is_word(before),
        [] => true,
    }
}

fn ends_word(text: &[u8], at: usize) -> bool {
    match text[at..] {
        [b'-', next, ..] => !is_word(next),
        [next, ..] => !is_word(next),
        [] => true,
    }
}

/// Whether the line of a position is a comment.
fn is_comment(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(MAX_COMMENT)..at];
    let line = match memchr::memrchr(b'\n', before) {
        Some(end) => &before[end + 1..],
        None => before, // the text's first line, or one of a file that is not written by hand
    };
    let line = line.trim_ascii_start();
    let signs: [&[u8]; 7] = [b"#", b";", b"//", b"*", b"-- ", b"<!--", b"/*"];
    signs.iter().any(|sign| line.starts_with(sign)) || is_markup_comment(&text[..at])
}

/// Whether a comment of XML or HTML that may have many lines is open at the end of a text.
fn is_markup_comment(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(MAX_MARKUP_COMMENT)..];
    let open = memchr::memmem::rfind(near, b"<!--");
    open.is_some_and(|open| memchr::memmem::find(&near[open..], b"-->").is_none())
}
