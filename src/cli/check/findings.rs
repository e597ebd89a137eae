//! Rules about secrets and risks: which are requested, and what breaks them.
//!
//! - A rule is kept only if everything was searched.
//! - What breaks a rule is listed on standard error, each with the fingerprint by which an ignore list can name it.

use super::rules::{RuleLine, RuleResult};
use crate::analysis::ignore::{IgnoreCandidate, IgnoreList};
use crate::analysis::known_rules::unknown_rules;
use crate::problem::Problem;
use crate::session::{RuleBreach, RuleBreaches, Session};
use crate::vocabulary::{ImagePosition, RiskSeverity};
use lexopt::{Parser, ValueExt};
use std::path::PathBuf;

/// Findings of one rule that are listed.
const MAX_LISTED: usize = 100;

/// Rules about secrets and risks that are requested.
#[derive(Debug, Default, PartialEq)]
pub struct FindingRules {
    secrets: bool,
    /// The least severity that fails.
    risks: Option<RiskSeverity>,
    /// The file of the ignore list.
    ignore: Option<PathBuf>,
}

impl FindingRules {
    /// Whether an option is one of these, and was not given yet.
    pub fn has(&self, option: &str) -> bool {
        match option {
            "secrets" => !self.secrets,
            "risks" => self.risks.is_none(),
            "ignore" => self.ignore.is_none(),
            _ => false,
        }
    }

    /// Reads the value of such an option.
    pub fn take(&mut self, option: &str, parser: &mut Parser) -> Result<(), lexopt::Error> {
        match option {
            "secrets" => self.secrets = true,
            "risks" => {
                let name = parser.value()?.string()?;
                let severity = RiskSeverity::ALL.into_iter().find(|one| one.name() == name);
                let unknown = || format!("--risks: {name:?} is not one of high, medium, low, info");
                self.risks = Some(severity.ok_or_else(unknown)?);
            }
            _ => self.ignore = Some(PathBuf::from(parser.value()?)),
        }
        Ok(())
    }

    /// The names of the rules that are requested.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let secrets = self.secrets.then_some("secrets");
        secrets.into_iter().chain(self.risks.map(|_| "risks"))
    }

    /// Whether contents of files have to be read.
    pub fn any(&self) -> bool {
        self.secrets || self.risks.is_some()
    }

    /// Reads the ignore list.
    pub fn ignore_list(&self) -> Result<IgnoreList, String> {
        let Some(file) = &self.ignore else { return Ok(IgnoreList::default()) };
        let about = |reason: String| format!("{}: {reason}", file.display());
        let text = std::fs::read_to_string(file).map_err(|error| about(error.to_string()))?;
        let list = IgnoreList::parse(&text).map_err(about)?;
        for rule in unknown_rules(&list) {
            eprintln!("{}", about(format!("no rule or check has the name {rule:?}")));
        }
        Ok(list)
    }

    /// The lines of the rules that are requested.
    pub fn lines(
        &self,
        session: &Session,
        image: ImagePosition,
        list: &IgnoreList,
    ) -> Result<Vec<RuleLine>, Problem> {
        let mut lines = Vec::new();
        if self.secrets {
            let breaches = session.secret_breaches(image)?;
            lines.push(line("secrets", "no secrets".to_owned(), breaches, list));
        }
        if let Some(least) = self.risks {
            let breaches = session.risk_breaches(image, least)?;
            let none = match least {
                RiskSeverity::High => "no risk is high".to_owned(),
                least => format!("no risk is {} or higher", least.name()),
            };
            lines.push(line("risks", none, breaches, list));
        }
        Ok(lines)
    }
}

fn line(name: &'static str, none: String, breaches: RuleBreaches, list: &IgnoreList) -> RuleLine {
    let RuleBreaches { found, gaps } = breaches;
    let is_ignored = |breach: &&RuleBreach| {
        let RuleBreach { rule, path, fingerprint, .. } = breach;
        list.has(IgnoreCandidate { rule, path: path.as_deref(), fingerprint })
    };
    let (ignored, left): (Vec<_>, Vec<_>) = found.iter().partition(is_ignored);
    let mut why = match left.len() {
        0 => none,
        count => format!("{count} found"),
    };
    if !ignored.is_empty() {
        why.push_str(&format!(", {} ignored", ignored.len()));
    }
    if !gaps.is_empty() {
        why.push_str(&format!("; {gaps}"));
    }
    let detail =
        |breach: &&RuleBreach| format!("{name}: {}  finding:{}", breach.text, breach.fingerprint);
    let mut details: Vec<String> = left.iter().take(MAX_LISTED).map(detail).collect();
    if left.len() > MAX_LISTED {
        details.push(format!("{name}: {} more", left.len() - MAX_LISTED));
    }
    let kept = left.is_empty() && gaps.is_empty();
    RuleLine { name, result: if kept { RuleResult::Pass } else { RuleResult::Fail }, why, details }
}
