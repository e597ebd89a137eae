//! Patterns of secrets, and a small matcher for them.
//!
//! The syntax is a part of that of regular expressions, without anything that needs a table or an automaton:
//!
//! | written | matches |
//! |---|---|
//! | `a`, `\.` | this byte |
//! | `.` | any byte but a line break |
//! | `\d`, `\h`, `\w`, `\s`, `\S` | a digit; a lower-case hexadecimal digit; a letter, digit or `_`; a blank or tab; no white space |
//! | `[a-z\d_-]`, `[^"]` | one of these, or none of these and no line break; a `-` comes last |
//! | `(a\|b)` | one of these, the first that leads to a match |
//! | `{n}`, `{n,m}`, `?` | the item before, so often, as often as possible |
//! | `\=` | what is between a name and its value: `=`, `:`, `=>`, `:=`, `,`, with quotes and blanks; `value` of XML or JSON |
//! | `<`, `>` | the secret's value is between these; letters outside match in either case |
//!
//! A match takes at most `MAX_STEPS` steps, whatever the text, and says how many it took: a text that is made to
//! cost much is given up.

/// Steps until a match is given up: the longest patterns need some thousand.
const MAX_STEPS: u32 = 100_000;

/// Most repetitions of an item.
const MAX_COUNT: usize = 16_000;

/// A set of bytes.
type ByteSet = [u64; 4];

enum Item {
    /// A byte of the set, so often.
    Bytes {
        set: ByteSet,
        min: usize,
        max: usize,
    },
    /// One of these, or nothing.
    Choice {
        options: Vec<Vec<Item>>,
        optional: bool,
    },
    ValueStart,
    ValueEnd,
}

/// A pattern that is ready to be matched.
pub struct TextPattern {
    items: Vec<Item>,
    /// The pattern says where the value is.
    pub has_value: bool,
}

/// Where a pattern matches, and where the secret's value is in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PatternMatch {
    pub start: usize,
    pub end: usize,
    pub value_start: usize,
    pub value_end: usize,
}

impl TextPattern {
    /// Reads a pattern. Patterns are constants: a test reads each of them.
    pub fn new(source: &str) -> TextPattern {
        // A value that has a start is in letters of either case; without one, the whole match is the value.
        let mut reader = PatternReader { rest: source.as_bytes(), any_case: false };
        let has_value = reader.sequence().iter().any(|item| matches!(item, Item::ValueStart));
        let mut reader = PatternReader { rest: source.as_bytes(), any_case: has_value };
        TextPattern { items: reader.sequence(), has_value }
    }

    /// Matches the pattern at a position of the text. Adds the steps that it took to `steps`.
    pub fn match_at(&self, text: &[u8], start: usize, steps: &mut u64) -> Option<PatternMatch> {
        let mut state = MatchState { text, steps: 0, found: PatternMatch::default() };
        let matched = state.go(&Rest { items: &self.items, next: None }, start);
        *steps += u64::from(state.steps);
        if !matched {
            return None;
        }
        let mut found = state.found;
        found.start = start;
        if !self.has_value {
            (found.value_start, found.value_end) = (start, found.end);
        }
        Some(found)
    }

    /// The bytes that every value starts with.
    pub fn value_prefix(&self) -> String {
        let mut items = self.items.iter();
        if self.has_value {
            items.by_ref().take_while(|item| !matches!(item, Item::ValueStart)).count();
        }
        let single = |item: &Item| match item {
            Item::Bytes { set, min: 1, max: 1 } => only_byte(set).map(char::from),
            _ => None,
        };
        items.map_while(single).collect()
    }
}

/// What remains to be matched.
struct Rest<'a> {
    items: &'a [Item],
    next: Option<&'a Rest<'a>>,
}

struct MatchState<'a> {
    text: &'a [u8],
    steps: u32,
    found: PatternMatch,
}

impl MatchState<'_> {
    fn go(&mut self, rest: &Rest<'_>, at: usize) -> bool {
        let Some((item, items)) = rest.items.split_first() else {
            return match rest.next {
                Some(next) => self.go(next, at),
                None => {
                    self.found.end = at;
                    true
                }
            };
        };
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return false;
        }
        let after = Rest { items, next: rest.next };
        match item {
            Item::Bytes { set, min, max } => {
                let text = self.text.get(at..).unwrap_or_default();
                let count = text.iter().take(*max).take_while(|byte| has(set, **byte)).count();
                self.steps += count as u32 / 8;
                (*min..=count).rev().any(|count| self.go(&after, at + count))
            }
            Item::Choice { options, optional } => {
                let chosen =
                    options.iter().any(|items| self.go(&Rest { items, next: Some(&after) }, at));
                chosen || *optional && self.go(&after, at)
            }
            Item::ValueStart => {
                self.found.value_start = at;
                self.go(&after, at)
            }
            Item::ValueEnd => {
                let matched = self.go(&after, at);
                if matched {
                    self.found.value_end = at;
                }
                matched
            }
        }
    }
}

fn has(set: &ByteSet, byte: u8) -> bool {
    set[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
}

fn add(set: &mut ByteSet, byte: u8) {
    set[usize::from(byte >> 6)] |= 1 << (byte & 63);
}

fn only_byte(set: &ByteSet) -> Option<u8> {
    let mut bytes = (0..=255).filter(|byte| has(set, *byte));
    bytes.next().filter(|_| bytes.next().is_none())
}

/// What is between a name and its value: in variables and mappings, also in a quoted text; between arguments; in an XML
/// attribute or element; in a list of environment variables as YAML or JSON.
const ASSIGNMENT: &str = concat!(
    r#"(\\{0,3}["'\]]{0,2}\s{0,4}(=\>|:=|=|:)\s{0,4}\\{0,3}["'`]?|["'],\s{0,4}["']|"\s{1,4}value="|\>"#,
    "|[\"']?,?[\r\n\t ]{1,60}[\"']?value[\"']?:\\s{0,4}[\"']?|[\"'],[\"']value[\"']:[\"'])",
);

struct PatternReader<'a> {
    rest: &'a [u8],
    /// Letters match in either case.
    any_case: bool,
}

impl PatternReader<'_> {
    fn take(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn take_if(&mut self, byte: u8) -> bool {
        let taken = self.rest.first() == Some(&byte);
        self.rest = &self.rest[usize::from(taken)..];
        taken
    }

    /// Items until the end of the group.
    fn sequence(&mut self) -> Vec<Item> {
        let mut items = Vec::new();
        while let Some(byte) = self.rest.first().copied().filter(|byte| !b"|)".contains(byte)) {
            self.rest = &self.rest[1..];
            match byte {
                b'(' => items.push(self.choice()),
                b'<' => {
                    self.any_case = false;
                    items.push(Item::ValueStart);
                }
                b'>' => {
                    self.any_case = true;
                    items.push(Item::ValueEnd);
                }
                b'\\' if self.take_if(b'=') => {
                    let mut glue = PatternReader { rest: ASSIGNMENT.as_bytes(), any_case: false };
                    items.append(&mut glue.sequence());
                }
                _ => {
                    let set = self.set(byte);
                    let (min, max) = self.counts();
                    items.push(Item::Bytes { set, min, max });
                }
            }
        }
        items
    }

    fn choice(&mut self) -> Item {
        let mut options = vec![self.sequence()];
        while self.take_if(b'|') {
            options.push(self.sequence());
        }
        self.take_if(b')');
        Item::Choice { options, optional: self.take_if(b'?') }
    }

    fn counts(&mut self) -> (usize, usize) {
        if self.take_if(b'?') {
            return (0, 1);
        }
        if !self.take_if(b'{') {
            return (1, 1);
        }
        let min = self.number();
        let max = if self.take_if(b',') { self.number() } else { min };
        self.take_if(b'}');
        (min, max.min(MAX_COUNT))
    }

    fn number(&mut self) -> usize {
        let mut number = 0;
        while let Some(digit) = self.rest.first().filter(|byte| byte.is_ascii_digit()) {
            number = number * 10 + usize::from(digit - b'0');
            self.rest = &self.rest[1..];
        }
        number
    }

    /// The set that starts with this byte of the pattern.
    fn set(&mut self, first: u8) -> ByteSet {
        let mut set = [0; 4];
        match first {
            b'.' => {
                set = [!0; 4];
                remove_breaks(&mut set);
            }
            b'[' => {
                let negated = self.take_if(b'^');
                while let Some(first) = self.take().filter(|byte| *byte != b']') {
                    match self.rest {
                        [b'-', last, ..] if first != b'\\' && *last != b']' => {
                            (first..=*last).for_each(|byte| add(&mut set, byte));
                            self.rest = &self.rest[2..];
                        }
                        _ => self.add_member(&mut set, first),
                    }
                }
                if negated {
                    set = set.map(|word| !word);
                    remove_breaks(&mut set);
                }
            }
            _ => self.add_member(&mut set, first),
        }
        if self.any_case {
            for byte in b'a'..=b'z' {
                let upper = byte.to_ascii_uppercase();
                if has(&set, byte) || has(&set, upper) {
                    add(&mut set, byte);
                    add(&mut set, upper);
                }
            }
        }
        set
    }

    /// Adds a byte or an escape to a set.
    fn add_member(&mut self, set: &mut ByteSet, byte: u8) {
        let escaped = if byte == b'\\' { self.take() } else { None };
        let is: fn(u8) -> bool = match escaped {
            Some(b'd') => |byte| byte.is_ascii_digit(),
            Some(b'h') => |byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
            Some(b'w') => |byte| byte.is_ascii_alphanumeric() || byte == b'_',
            Some(b's') => |byte| byte == b' ' || byte == b'\t',
            Some(b'S') => |byte| byte > b' ',
            other => return add(set, other.unwrap_or(byte)),
        };
        (0..=255).filter(|byte| is(*byte)).for_each(|byte| add(set, byte));
    }
}

fn remove_breaks(set: &mut ByteSet) {
    for byte in *b"\n\r" {
        set[usize::from(byte >> 6)] &= !(1 << (byte & 63));
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Random text that a pattern matches. `random` gives numbers below its argument.
    pub fn generate(pattern: &TextPattern, random: &mut dyn FnMut(usize) -> usize) -> Vec<u8> {
        let mut text = Vec::new();
        write_items(&pattern.items, random, &mut text);
        text
    }

    fn write_items(items: &[Item], random: &mut dyn FnMut(usize) -> usize, text: &mut Vec<u8>) {
        for item in items {
            match item {
                Item::Bytes { set, min, max } => {
                    let bytes: Vec<u8> = (b' '..=b'~').filter(|byte| has(set, *byte)).collect();
                    // Where almost every byte may be, letters and digits are.
                    let word: Vec<u8> =
                        bytes.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
                    let bytes = if bytes.len() > 75 { word } else { bytes };
                    let breaks = b"\n\r".iter().copied().filter(|byte| has(set, *byte));
                    let bytes = if bytes.is_empty() { breaks.collect() } else { bytes };
                    let count = min + random((*max).min(min + 20) - min + 1);
                    text.extend((0..count).map(|_| bytes[random(bytes.len())]));
                }
                Item::Choice { options, .. } => {
                    write_items(&options[random(options.len())], random, text);
                }
                Item::ValueStart | Item::ValueEnd => {}
            }
        }
    }

    fn value(pattern: &str, text: &str) -> Option<String> {
        let found = TextPattern::new(pattern).match_at(text.as_bytes(), 0, &mut 0)?;
        Some(text[found.value_start..found.value_end].to_owned())
    }

    #[test]
    fn items_counts_and_choices_match_as_in_regular_expressions() {
        for (pattern, text, expected) in [
            ("ab?c", "acx", Some("ac")),
            (r"a\h{2,3}", "aBc", None),
            (r"a\h{2,3}", "abcde", Some("abcd")),
            (r"[a-c_-]{3}", "a-_", Some("a-_")),
            (r"(x|xy)z", "xyz", Some("xyz")),
            (r"a(b|c)?d", "ad", Some("ad")),
            (r"[^:]{1,9}:", "ab\n:", None),
            (r"\.\d\w", ".1_", Some(".1_")),
            (r".{0,9}b", "aabab", Some("aabab")),
        ] {
            assert_eq!(value(pattern, text).as_deref(), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_value_is_exact_and_what_is_around_it_matches_in_either_case() {
        let pattern = r"okta[\w.-]{0,9}\=<00[a-z]{3}>";
        assert_eq!(value(pattern, "OKTA_KEY: \"00abc\"").as_deref(), Some("00abc"));
        assert_eq!(value(pattern, "okta['Key'] => '00abc'").as_deref(), None);
        assert_eq!(value(pattern, "okta.Key := '00abc'").as_deref(), Some("00abc"));
        assert_eq!(value(pattern, "okta=00ABC"), None);
        for text in [
            r#"okta" value="00abc"/>"#,
            "okta>00abc</okta>",
            r#"okta_key\": \"00abc\"}"#,
            "okta', '00abc')",
            "okta\n          value: 00abc",
            "okta\",\n \"value\": \"00abc\"",
            r#"okta","value":"00abc""#,
        ] {
            assert_eq!(value(pattern, text).as_deref(), Some("00abc"), "{text}");
        }
        assert_eq!(TextPattern::new(pattern).value_prefix(), "00");
        assert_eq!(TextPattern::new(r"ghp_\w{3}").value_prefix(), "ghp_");
    }

    #[test]
    fn a_match_that_takes_too_many_steps_is_given_up() {
        let pattern = TextPattern::new(r".{0,4000}.{0,4000}.{0,4000}!");
        assert_eq!(pattern.match_at(&[b'a'; 10_000], 0, &mut 0), None);
    }
}
