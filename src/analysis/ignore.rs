//! A list of findings that someone looked at and accepts: secrets and risks, by rule, by path, or one by one.
//!
//! Source: docs/risks.md, "Ignore list", which has the form of the file.
//!
//! - A line ignores what all of its terms hold for. A line that cannot be read is an error: a list that ignores
//!   something else than it says is worse than none.

use crate::oci::Hasher;
use crate::tree::find::Glob;

/// Digits of a fingerprint.
const FINGERPRINT: usize = 16;

/// Bytes of a list at most, and lines of it.
const MAX_BYTES: usize = 1 << 20;
const MAX_LINES: usize = 10_000;

/// What is ignored.
#[derive(Debug, Default)]
pub struct IgnoreList(Vec<IgnoreLine>);

#[derive(Debug, Default)]
struct IgnoreLine {
    rule: Option<String>,
    path: Option<Glob>,
    fingerprint: Option<String>,
}

/// A secret or a risk, as the lines of a list name it.
#[derive(Clone, Copy, Debug)]
pub struct IgnoreCandidate<'a> {
    /// The code of the rule or check.
    pub rule: &'a str,
    /// Relative to the root; `None`: it is not in a file.
    pub path: Option<&'a [u8]>,
    pub fingerprint: &'a str,
}

/// Names a finding in a list. Its parts say what it is and where, and have nothing secret.
pub fn finding_fingerprint(parts: &[&str]) -> String {
    let mut hasher = Hasher::sha256();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update(b"\0");
    }
    hasher.finish().encoded().chars().take(FINGERPRINT).collect()
}

impl IgnoreList {
    /// Reads a list. The error says which line, from 1, and what is wrong with it.
    pub fn parse(text: &str) -> Result<IgnoreList, String> {
        if text.len() > MAX_BYTES || text.lines().count() > MAX_LINES {
            return Err("it is too large for an ignore list".to_owned());
        }
        let mut lines = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let about = |reason: String| format!("line {number}: {reason}");
            let line = IgnoreLine::parse(line).map_err(about)?;
            lines.extend(line);
        }
        Ok(IgnoreList(lines))
    }

    /// Whether it has no line.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a line of the list is about a finding.
    pub fn has(&self, finding: IgnoreCandidate<'_>) -> bool {
        self.0.iter().any(|line| line.is_about(finding))
    }

    /// The rules that it names.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|line| line.rule.as_deref())
    }
}

impl IgnoreLine {
    /// `None` for an empty line and a comment.
    fn parse(line: &str) -> Result<Option<IgnoreLine>, String> {
        let mut read = IgnoreLine::default();
        let mut any = false;
        for term in line.split_whitespace().take_while(|term| !term.starts_with('#')) {
            any = true;
            let (key, value) = term.split_once(':').unwrap_or((term, ""));
            let is_new = match key {
                _ if value.is_empty() => return Err(format!("{term:?} has no value")),
                "rule" => read.rule.replace(value.to_owned()).is_none(),
                "path" => {
                    // A blank in a path is written %20, as in links.
                    let bytes = crate::text::percent_decode(value);
                    let path = bytes.ok_or_else(|| format!("{term:?} has an incomplete escape"))?;
                    read.path.replace(Glob::parse(&String::from_utf8_lossy(&path))).is_none()
                }
                "finding" => read.fingerprint.replace(value.to_ascii_lowercase()).is_none(),
                _ => return Err(format!("{term:?} begins with neither rule:, path: nor finding:")),
            };
            if !is_new {
                return Err(format!("{key}: is there twice"));
            }
        }
        Ok(any.then_some(read))
    }

    fn is_about(&self, finding: IgnoreCandidate<'_>) -> bool {
        let rule = self.rule.as_ref().is_none_or(|rule| rule == finding.rule);
        let fingerprint = self.fingerprint.as_ref();
        let fingerprint = fingerprint.is_none_or(|wanted| wanted == finding.fingerprint);
        let path = || match (&self.path, finding.path) {
            (None, _) => true,
            (Some(glob), Some(path)) => glob.matches(path),
            (Some(_), None) => false,
        };
        rule && fingerprint && path()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignores(list: &str, rule: &str, path: Option<&str>) -> bool {
        let path = path.map(str::as_bytes);
        let candidate = IgnoreCandidate { rule, path, fingerprint: "00ff" };
        IgnoreList::parse(list).unwrap().has(candidate)
    }

    #[test]
    fn all_terms_of_a_line_must_hold() {
        for (list, rule, path, want) in [
            ("", "npm-token", Some("a"), false),
            ("# rule:npm-token\n\n", "npm-token", Some("a"), false),
            ("rule:npm-token", "npm-token", Some("a"), true),
            ("rule:npm-token # since 2024", "npm-token", None, true),
            ("rule:npm-token", "root-user", None, false),
            ("path:/app/tests/**", "npm-token", Some("app/tests/x/y.js"), true),
            ("path:/app/tests/**", "npm-token", Some("app/test/y.js"), false),
            ("path:/app/tests/**", "root-user", None, false),
            ("path:*.pem", "private-key", Some("etc/a.pem"), true),
            ("path:/etc/a.pem", "private-key", Some("etc/a.pem"), true),
            ("path:/etc/a.pem", "private-key", Some("etc/a.pem.old"), false),
            ("path:/a%20b", "private-key", Some("a b"), true),
            ("rule:npm-token path:/a", "npm-token", Some("b"), false),
            ("rule:x\nrule:npm-token path:/a", "npm-token", Some("a"), true),
            ("finding:00FF", "npm-token", Some("a"), true),
            ("finding:00fe", "npm-token", Some("a"), false),
        ] {
            assert_eq!(ignores(list, rule, path), want, "{list:?} {rule} {path:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_an_error_with_its_line() {
        for list in ["npm-token", "rule:", "\nrule:a rule:b", "path:%4", "file:/a"] {
            assert!(IgnoreList::parse(list).unwrap_err().starts_with("line "), "{list}");
        }
        assert!(IgnoreList::parse(&"\n".repeat(20_000)).is_err());
    }
}
