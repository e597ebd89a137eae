//! The file of rules, `.dive-ci`.
//!
//! Source: dive 0.13, cmd/dive/cli/internal/options/ci.go, `legacyRuleFile`: YAML; of the map `rules` three keys
//! are read, and everything else is ignored. A value is the text as it is written; an absent or null one leaves
//! the default.
//!
//! - Aliases of texts are followed; anchors of maps and lists are not, which is an error.

use super::rules::RuleTexts;
use saphyr_parser::{Event, Parser, ScalarStyle};
use std::collections::HashMap;

/// Bytes of a file of rules at most.
const MAX_BYTES: usize = 1 << 20;
/// Maps and lists within each other at most.
const MAX_DEPTH: usize = 32;

/// What a file says.
#[derive(Debug, Default, PartialEq)]
pub struct RuleFile {
    pub rules: RuleTexts,
    /// Keys of `rules` that are not read.
    pub unknown: Vec<String>,
}

/// A value of YAML, as far as it matters here.
#[derive(Clone, Debug, PartialEq)]
enum YamlValue {
    Null,
    Text(String),
    Map(Vec<(YamlValue, YamlValue)>),
    List,
}

/// Reads a file's text.
pub fn read(text: &str) -> Result<RuleFile, String> {
    if text.len() > MAX_BYTES {
        return Err("it is too large for a file of rules".to_owned());
    }
    let mut reader = YamlReader { parser: Parser::new_from_str(text), texts: HashMap::new() };
    let mut file = RuleFile::default();
    let rules = match reader.document()? {
        YamlValue::Null => return Ok(file),
        YamlValue::Map(pairs) => value_of(pairs, "rules")?,
        _ => return Err("expected a map with `rules`".to_owned()),
    };
    let pairs = match rules {
        None | Some(YamlValue::Null) => return Ok(file),
        Some(YamlValue::Map(pairs)) => pairs,
        Some(_) => return Err("`rules` is not a map".to_owned()),
    };
    for (key, value) in pairs {
        let YamlValue::Text(key) = key else { return Err("a key is not a text".to_owned()) };
        if key == "<<" {
            return Err("merge keys are not read".to_owned());
        }
        match (file.rules.named(&key), value) {
            (None, _) => file.unknown.push(key),
            (Some(Some(_)), _) => return Err(format!("{key} is there twice")),
            (Some(_), YamlValue::Null) => {}
            (Some(place), YamlValue::Text(text)) => *place = Some(text),
            (Some(_), _) => return Err(format!("{key} is not a text")),
        }
    }
    Ok(file)
}

/// The value of a key, which may be there once.
fn value_of(pairs: Vec<(YamlValue, YamlValue)>, name: &str) -> Result<Option<YamlValue>, String> {
    let is_named = |key: &YamlValue| matches!(key, YamlValue::Text(text) if text == name);
    let mut values = pairs.into_iter().filter(|(key, _)| is_named(key)).map(|(_, value)| value);
    let value = values.next();
    match values.next() {
        None => Ok(value),
        Some(_) => Err(format!("{name} is there twice")),
    }
}

struct YamlReader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    /// Texts that aliases may name, by their anchors.
    texts: HashMap<usize, YamlValue>,
}

impl<'a> YamlReader<'a> {
    /// The first document; null if there is none.
    fn document(&mut self) -> Result<YamlValue, String> {
        loop {
            match self.next()? {
                Event::StreamEnd => return Ok(YamlValue::Null),
                Event::DocumentStart(_) => {
                    let first = self.next()?;
                    return self.value(first, 0);
                }
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Result<Event<'a>, String> {
        match self.parser.next_event() {
            Some(Ok((event, _))) => Ok(event),
            Some(Err(error)) => Err(error.to_string()),
            None => Ok(Event::StreamEnd),
        }
    }

    fn value(&mut self, first: Event<'a>, depth: usize) -> Result<YamlValue, String> {
        if depth > MAX_DEPTH {
            return Err("it is nested too deeply".to_owned());
        }
        match first {
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                let value = match &*text {
                    "" | "~" | "null" | "Null" | "NULL" if plain => YamlValue::Null,
                    text => YamlValue::Text(text.to_owned()),
                };
                if anchor > 0 {
                    self.texts.insert(anchor, value.clone());
                }
                Ok(value)
            }
            Event::Alias(anchor) => {
                let value = self.texts.get(&anchor).cloned();
                value.ok_or_else(|| "an alias of a map or list is not read".to_owned())
            }
            Event::MappingStart(..) => {
                let mut pairs = Vec::new();
                loop {
                    let key = match self.next()? {
                        Event::MappingEnd => return Ok(YamlValue::Map(pairs)),
                        event => self.value(event, depth + 1)?,
                    };
                    let event = self.next()?;
                    pairs.push((key, self.value(event, depth + 1)?));
                }
            }
            Event::SequenceStart(..) => loop {
                match self.next()? {
                    Event::SequenceEnd => return Ok(YamlValue::List),
                    event => drop(self.value(event, depth + 1)?),
                }
            },
            _ => Err("it ends early".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of the rules: efficiency, bytes, share; `-` for one that is not given.
    fn texts(yaml: &str) -> Result<String, String> {
        let RuleTexts { lowest_efficiency, highest_wasted_bytes, highest_user_wasted_percent } =
            read(yaml)?.rules;
        let shown = [lowest_efficiency, highest_wasted_bytes, highest_user_wasted_percent]
            .map(|text| text.unwrap_or("-".to_owned()));
        Ok(shown.join(" "))
    }

    #[test]
    fn dives_own_examples_are_read() {
        // Source: dive's .data/.dive-ci, and cmd/dive/cli/testdata/config/dive-ci-legacy.yaml.
        let own = "---\nplugins:\n  - plugin1\n\nrules:\n  # as a ratio\n  lowestEfficiency: 0.95\n\n\
                   \x20 highestWastedBytes: 20Mb\n\n  highestUserWastedPercent: 0.5\n\n  plugin1/rule1: error\n";
        assert_eq!(texts(own).unwrap(), "0.95 20Mb 0.5");
        assert_eq!(read(own).unwrap().unknown, ["plugin1/rule1"]);
        let other = "rules:\n  lowestEfficiency: 0.95\n  highestWastedBytes: 20MB\n  highestUserWastedPercent: 0.20\n";
        assert_eq!(texts(other).unwrap(), "0.95 20MB 0.20");
    }

    #[test]
    fn values_are_texts_as_they_are_written() {
        for (yaml, want) in [
            ("", "- - -"),
            ("# nothing", "- - -"),
            ("rules:", "- - -"),
            ("other: 1", "- - -"),
            (
                "rules: {lowestEfficiency: '0.10', highestWastedBytes: \"1,000 kB\"}",
                "0.10 1,000 kB -",
            ),
            ("rules:\n  lowestEfficiency: false\n  highestWastedBytes: 0x10", "false 0x10 -"),
            ("rules:\n  lowestEfficiency: ''\n  highestWastedBytes: ~", " - -"),
            ("rules:\n  lowest-efficiency: 0.1", "- - -"),
            ("x: &a 0.3\nrules:\n  lowestEfficiency: *a", "0.3 - -"),
            ("rules:\n  lowestEfficiency: 1\n---\nrules: [", "1 - -"),
        ] {
            assert_eq!(texts(yaml).as_deref(), Ok(want), "{yaml}");
        }
    }

    #[test]
    fn what_dive_cannot_read_is_an_error() {
        for yaml in [
            "- rules",
            "rules: [1]",
            "rules: text",
            "rules:\n  lowestEfficiency: [0.9]",
            "rules:\n  lowestEfficiency: 0.9\n  lowestEfficiency: 0.8",
            "rules: {}\nrules: {}",
            "rules: {",
            "rules:\n\tlowestEfficiency: 0.9",
            "a: &a {b: 1}\nrules: *a",
            "rules:\n  <<: {lowestEfficiency: 0.1}",
        ] {
            assert!(texts(yaml).is_err(), "{yaml}");
        }
        assert!(texts(&format!("a: {}", "[".repeat(1000))).is_err());
    }
}
