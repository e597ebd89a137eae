//! Finds secrets in a piece of text: keywords, then patterns, then checks.

use super::candidate::{SecretCandidate, is_word};
use super::found::NotedSecret;
use super::pattern::{PatternMatch, TextPattern};
use super::prefilter::KeywordFilter;
use super::rule::SecretRule;
use super::rules::all_rules;
use super::{SecretCheck, names};
use std::sync::LazyLock;

/// All rules, ready to be used.
pub struct RuleSet {
    filter: KeywordFilter,
    /// The rule of each keyword.
    rule_of_keyword: Vec<usize>,
    /// Rules without keywords.
    word_rules: Vec<usize>,
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

/// A match of a rule in a text.
pub struct SecretHit {
    /// Position of the rule: smaller ones are more specific.
    pub rule: usize,
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
    /// Documentation, tests, templates: only secrets of an unmistakable form count.
    is_example: bool,
}

impl SearchedFile {
    /// `path`: relative to the root, or the name of a part of the configuration.
    pub fn new(path: &[u8]) -> SearchedFile {
        let part = path.first() == Some(&b':');
        let slash = if part { "" } else { "/" };
        let path = format!("{slash}{}", String::from_utf8_lossy(path));
        let is_for = |rule: &&usize| names::is_among(&path, RULES.rules[**rule].rule.files);
        let word_rules = RULES.word_rules.iter().filter(is_for).copied().collect();
        let is_example = !part && names::is_example(&path);
        SearchedFile { path, word_rules, is_example }
    }

    /// The rule for a key store of this name.
    pub fn key_store(&self) -> Option<&'static SecretRule> {
        let mut rules = self.word_rules.iter().map(|rule| RULES.rules[*rule].rule);
        rules.find(|rule| rule.check == SecretCheck::KeyStore && !self.is_example)
    }
}

impl RuleSet {
    fn new() -> RuleSet {
        let rules: Vec<ReadyRule> = all_rules()
            .map(|rule| {
                let pattern = TextPattern::new(rule.pattern);
                ReadyRule { rule, prefix: pattern.value_prefix(), pattern }
            })
            .collect();
        let is_for_words = |number: &usize| rules[*number].rule.keywords.is_empty();
        let word_rules = (0..rules.len()).filter(is_for_words).collect();
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
                let starts = first..=hit.at;
                let mut found =
                    starts.filter_map(|start| self.try_at(number, text, start, file, steps));
                hits.extend(found.find(|found| found.end > hit.at));
            }
        });
        if !file.word_rules.is_empty() {
            for start in (from..to.min(text.len())).filter(|at| is_word_start(text, *at)) {
                if *steps == 0 {
                    break;
                }
                let rules = file.word_rules.iter();
                hits.extend(rules.filter_map(|rule| self.try_at(*rule, text, start, file, steps)));
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
    ) -> Option<SecretHit> {
        let ReadyRule { rule, pattern, prefix } = &self.rules[number];
        if !pattern.has_value && !begins_word(text, start) {
            return None;
        }
        let mut taken = 0;
        let found = pattern.match_at(text, start, &mut taken);
        *steps = steps.saturating_sub(taken);
        let found = found?;
        let PatternMatch { start, end, value_start, value_end } = found;
        if !ends_word(text, value_end) {
            return None;
        }
        // A form that other texts have too counts only where values are: not in examples and comments.
        let mistakable =
            pattern.has_value || matches!(rule.check, SecretCheck::Jwt | SecretCheck::Pem { .. });
        if mistakable && (file.is_example || is_comment(text, start)) {
            return None;
        }
        let mut candidate = SecretCandidate { text, start, end, value_start, value_end, steps: 0 };
        let valid = candidate.holds(rule.check, prefix.len())
            && (rule.beside.is_empty() || candidate.is_near(rule.beside.as_bytes(), 4096));
        *steps = steps.saturating_sub(candidate.steps);
        let blocks = matches!(rule.check, SecretCheck::Random | SecretCheck::Checksum);
        (valid || blocks).then(|| SecretHit {
            rule: number,
            start: candidate.start,
            end: candidate.end,
            value: value_start,
            value_end: if candidate.end == end { value_end } else { candidate.end },
            masked: candidate.masked(rule.check, prefix),
            valid,
        })
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

/// The more specific rule wins on the same bytes. The result is in the order of the text.
fn without_overlaps(mut hits: Vec<SecretHit>) -> Vec<SecretHit> {
    hits.sort_by_key(|hit| (hit.start, hit.rule));
    let mut kept: Vec<SecretHit> = Vec::new();
    for hit in hits {
        match kept.last_mut() {
            Some(last) if hit.start < last.end => {
                if hit.rule < last.rule {
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
    let before = at.checked_sub(1).map_or(b'\n', |before| text[before]);
    text[at] > b' ' && (before <= b' ' || b"\"'({,".contains(&before))
}

/// Whether a token can start here. In JSON and shell scripts, `\n` may come before it.
fn begins_word(text: &[u8], at: usize) -> bool {
    match text[..at] {
        [.., b'\\', b'n' | b'r' | b't'] => true,
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
    let signs: [&[u8]; 7] = [b"#", b";", b"//", b"*", b"--", b"<!--", b"/*"];
    let is_key = line.starts_with(b"-----");
    !is_key && signs.iter().any(|sign| line.starts_with(sign))
}
