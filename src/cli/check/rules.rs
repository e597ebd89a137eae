//! dive's rules.
//!
//! Source: dive 0.13, cmd/dive/cli/internal/command/ci/rules.go (rules, words that switch one off, ranges),
//! options/ci_rules.go (defaults); dustin/go-humanize, bytes.go, `ParseBytes` (sizes).
//!
//! - Unlike in dive, NaN is not a threshold: with it a rule could never fail.

use crate::text::byte_count;

/// The rules as they are written; `None`: not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleTexts {
    pub lowest_efficiency: Option<String>,
    pub highest_wasted_bytes: Option<String>,
    pub highest_user_wasted_percent: Option<String>,
}

pub const LOWEST_EFFICIENCY: &str = "lowestEfficiency";
pub const HIGHEST_WASTED_BYTES: &str = "highestWastedBytes";
pub const HIGHEST_USER_WASTED_PERCENT: &str = "highestUserWastedPercent";

/// dive's figures of an image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DiveFigures {
    /// Efficiency, 0 to 1.
    pub score: f64,
    pub wasted_bytes: u64,
    /// Bytes of the layers above the first.
    pub upper_size: u64,
}

/// A rule with its threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub name: &'static str,
    threshold: Threshold,
}

#[derive(Clone, Debug, PartialEq)]
enum Threshold {
    Off,
    Efficiency(f64),
    Bytes(u64),
    Share(f64),
}

/// The result of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleResult {
    Pass,
    Fail,
    /// It is switched off.
    Skip,
    /// The source does not have what it takes.
    NotChecked,
}

/// A rule with its result, as it is printed.
pub struct RuleLine {
    pub name: &'static str,
    pub result: RuleResult,
    pub why: String,
    /// What breaks it, a line each.
    pub details: Vec<String>,
}

impl RuleTexts {
    /// The place of a rule's text; `None`: there is no such rule.
    pub fn named(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name {
            LOWEST_EFFICIENCY => Some(&mut self.lowest_efficiency),
            HIGHEST_WASTED_BYTES => Some(&mut self.highest_wasted_bytes),
            HIGHEST_USER_WASTED_PERCENT => Some(&mut self.highest_user_wasted_percent),
            _ => None,
        }
    }

    /// With dive's defaults for what is not given.
    pub fn or_default(self) -> RuleTexts {
        let or = |text: Option<String>, default: &str| text.or_else(|| Some(default.to_owned()));
        RuleTexts {
            lowest_efficiency: or(self.lowest_efficiency, "0.9"),
            highest_wasted_bytes: or(self.highest_wasted_bytes, "disabled"),
            highest_user_wasted_percent: or(self.highest_user_wasted_percent, "0.1"),
        }
    }

    /// The rules, sorted by name as in dive's report. What is not given is switched off.
    pub fn rules(&self) -> Result<[Rule; 3], String> {
        let rule = |name, text: &Option<String>, read: fn(&str) -> Result<Threshold, String>| {
            let text = text.as_deref().unwrap_or_default();
            let threshold = match is_off(text) {
                true => Threshold::Off,
                false => read(text).map_err(|reason| format!("{name}: {text:?} {reason}"))?,
            };
            Ok::<Rule, String>(Rule { name, threshold })
        };
        Ok([
            rule(HIGHEST_USER_WASTED_PERCENT, &self.highest_user_wasted_percent, |text| {
                ratio(text).map(Threshold::Share)
            })?,
            rule(HIGHEST_WASTED_BYTES, &self.highest_wasted_bytes, |text| {
                bytes(text).map(Threshold::Bytes)
            })?,
            rule(LOWEST_EFFICIENCY, &self.lowest_efficiency, |text| {
                ratio(text).map(Threshold::Efficiency)
            })?,
        ])
    }
}

impl Rule {
    /// The result for an image, and why.
    pub fn evaluate(&self, figures: &DiveFigures) -> (RuleResult, String) {
        let (fails, why) = match self.threshold {
            Threshold::Off => return (RuleResult::Skip, "disabled".to_owned()),
            Threshold::Efficiency(lowest) => {
                let score = figures.score;
                (lowest > score, format!("{}, at least {lowest}", decimals(score)))
            }
            Threshold::Bytes(most) => {
                let wasted = figures.wasted_bytes;
                (wasted > most, format!("{}, at most {}", byte_count(wasted), byte_count(most)))
            }
            Threshold::Share(most) => {
                // Without bytes above the first layer this is not a number, which passes, or infinite.
                let share = figures.wasted_bytes as f64 / figures.upper_size as f64;
                (share > most, format!("{}, at most {most}", decimals(share)))
            }
        };
        (if fails { RuleResult::Fail } else { RuleResult::Pass }, why)
    }
}

/// Enough decimals to tell a figure from its threshold.
fn decimals(value: f64) -> String {
    if value.is_nan() {
        return "nothing above the first layer".to_owned();
    }
    let text = format!("{value:.6}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

fn is_off(text: &str) -> bool {
    ["", "disabled", "off", "false"].contains(&&*text.trim().to_lowercase())
}

fn ratio(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "is not a number")?;
    match (0.0..=1.0).contains(&value) {
        true => Ok(value),
        false => Err("is not between 0 and 1".to_owned()),
    }
}

/// A number with a unit of bytes, decimal or binary, letters of either case; commas separate digits.
fn bytes(text: &str) -> Result<u64, String> {
    let is_number = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    let end = text.find(|c| !is_number(c)).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: f64 = number.replace(',', "").parse().map_err(|_| "is not a size")?;
    let unit = unit.trim().to_lowercase();
    let prefix = unit.strip_suffix('b').unwrap_or(&unit);
    let (letter, base) = match prefix.strip_suffix('i') {
        Some(letter) => (letter, 1024f64),
        None => (prefix, 1000f64),
    };
    let power = match (letter, base) {
        ("", 1000f64) => Some(0),
        ("", _) => None,
        _ => {
            ["k", "m", "g", "t", "p", "e"].iter().position(|name| *name == letter).map(|at| at + 1)
        }
    };
    let power = power.ok_or("has a unit that is not one of bytes")?;
    let value = number * base.powi(power as i32);
    match value < u64::MAX as f64 {
        true => Ok(value as u64),
        false => Err("is too large".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(efficiency: &str, bytes: &str, share: &str) -> Result<[Rule; 3], String> {
        let text = |text: &str| Some(text.to_owned());
        RuleTexts {
            lowest_efficiency: text(efficiency),
            highest_wasted_bytes: text(bytes),
            highest_user_wasted_percent: text(share),
        }
        .rules()
    }

    /// A letter for each rule, in the order of dive's report.
    fn results(rules: &[Rule; 3], score: f64, wasted_bytes: u64, upper_size: u64) -> String {
        let figures = DiveFigures { score, wasted_bytes, upper_size };
        let letter = |rule: &Rule| match rule.evaluate(&figures).0 {
            RuleResult::Pass => 'P',
            RuleResult::Fail => 'F',
            RuleResult::Skip | RuleResult::NotChecked => '-',
        };
        rules.iter().map(letter).collect()
    }

    #[test]
    fn the_defaults_are_those_of_dive() {
        let rules = RuleTexts::default().or_default().rules().unwrap();
        let names = rules.each_ref().map(|rule| rule.name);
        assert_eq!(names, ["highestUserWastedPercent", "highestWastedBytes", "lowestEfficiency"]);
        assert_eq!(results(&rules, 0.9, 10, 100), "P-P", "a threshold that is met passes");
        assert_eq!(results(&rules, 0.8999, 11, 100), "F-F");
    }

    #[test]
    fn a_rule_fails_beyond_its_threshold() {
        let rules = rules("0.95", "20", "0.5").unwrap();
        assert_eq!(results(&rules, 0.95, 20, 40), "PPP");
        assert_eq!(results(&rules, 0.94, 21, 40), "FFF");
        assert_eq!(results(&rules, 1.0, 0, 0), "PPP", "0 of 0 bytes");
        assert_eq!(results(&rules, 1.0, 1, 0), "FPP", "some of 0 bytes");
    }

    #[test]
    fn rules_are_switched_off_by_these_words() {
        for word in ["", " ", "disabled", "Off", "FALSE"] {
            assert_eq!(results(&rules(word, word, word).unwrap(), 0.0, 9, 1), "---", "{word}");
        }
    }

    #[test]
    fn sizes_are_read_as_go_humanize_reads_them() {
        // Source: go-humanize's own examples, bytes_test.go.
        for (text, want) in [
            ("42", 42),
            ("42MB", 42_000_000),
            ("42MiB", 44_040_192),
            ("42mb", 42_000_000),
            ("42mib", 44_040_192),
            ("42 MB", 42_000_000),
            ("42 mi", 44_040_192),
            ("42M", 42_000_000),
            ("42.5MB", 42_500_000),
            ("42.5MiB", 44_564_480),
            ("1,005.03 MB", 1_005_030_000),
            ("12.5 EB", 12_500_000_000_000_000_000),
            ("19Mb", 19_000_000),
            ("1k", 1000),
            ("7 b", 7),
        ] {
            assert_eq!(bytes(text), Ok(want), "{text}");
        }
        for text in ["", "JB", "84 JB", "-1", "20 ib", "20 i", "100 EB", "1.2.3"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_threshold_is_refused() {
        for (efficiency, bytes, share) in
            [("1.1", "1", "0"), ("-0.1", "1", "0"), ("nan", "1", "0"), ("x", "1", "0")]
        {
            assert!(rules(efficiency, bytes, share).is_err());
            assert!(rules("1", bytes, efficiency).is_err());
        }
        let error = rules("1", "much", "0").unwrap_err();
        assert_eq!(error, "highestWastedBytes: \"much\" is not a size");
    }

    #[test]
    fn figures_have_the_decimals_that_they_need() {
        for (value, text) in
            [(1.0, "1"), (0.25, "0.25"), (0.899_999_6, "0.9"), (0.123_456_78, "0.123457")]
        {
            assert_eq!(decimals(value), text);
        }
    }
}
