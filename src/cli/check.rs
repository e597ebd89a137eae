//! `layerscope check PATH`: dive's rules for CI.
//!
//! - Names, meanings, defaults and figures are dive's (`check/rules.rs`, `analysis/efficiency.rs`).
//! - One line for each rule; exit 0 if none fails, 1 if one does, 2 for wrong use or an image that cannot be read
//!   completely.

mod rule_file;
mod rules;

use super::output::{has_colours, print};
use super::read_image::{ReadImage, cores, read_image};
use crate::problem::Problem;
use crate::session::schedule::ScheduleOptions;
use lexopt::{Arg, Parser, ValueExt};
use rules::{DiveFigures, Rule, RuleResult, RuleTexts};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// For the usage.
pub const ARGUMENTS: &str = "PATH|- [--rules FILE] [--lowestEfficiency F] \
     [--highestWastedBytes SIZE] [--highestUserWastedPercent F]";

/// Where dive looks for rules.
const DEFAULT_FILE: &str = ".dive-ci";

#[derive(Debug, PartialEq)]
struct CheckArguments {
    path: PathBuf,
    /// The file of rules that the user names.
    file: Option<PathBuf>,
    /// Rules among the arguments.
    rules: RuleTexts,
}

/// Checks the rules.
pub fn run(parser: Parser) -> Result<ExitCode, lexopt::Error> {
    let arguments = CheckArguments::read(parser)?;
    let texts = rule_texts(&arguments)?;
    let rules = texts.or_default().rules()?;
    let figures = match figures(&arguments.path) {
        Ok(figures) => figures,
        Err(problem) => {
            eprintln!("{}: {problem}", arguments.path.display());
            return Ok(ExitCode::from(2));
        }
    };
    let results: Vec<(&Rule, RuleResult, String)> = rules
        .iter()
        .map(|rule| {
            let (result, why) = rule.evaluate(&figures);
            (rule, result, why)
        })
        .collect();
    let colours = has_colours();
    let line = |(rule, result, why): &(&Rule, RuleResult, String)| {
        format!("{}  {} ({why})\n", result_word(*result, colours), rule.name)
    };
    let text: String = results.iter().map(line).collect();
    print(&text).map_err(|error| error.to_string())?;
    let failed = results.iter().any(|(_, result, _)| *result == RuleResult::Fail);
    Ok(ExitCode::from(u8::from(failed)))
}

impl CheckArguments {
    fn read(mut parser: Parser) -> Result<CheckArguments, lexopt::Error> {
        let (mut path, mut file, mut rules) = (None, None, RuleTexts::default());
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("rules") if file.is_none() => file = Some(PathBuf::from(parser.value()?)),
                Arg::Long(name) => match rules.named(name) {
                    Some(place) if place.is_none() => *place = Some(parser.value()?.string()?),
                    _ => return Err(argument.unexpected()),
                },
                Arg::Value(value) if path.is_none() => path = Some(PathBuf::from(value)),
                other => return Err(other.unexpected()),
            }
        }
        let path = path.ok_or("a path is missing")?;
        Ok(CheckArguments { path, file, rules })
    }
}

/// The rules of the file, if there is one, or else those among the arguments.
///
/// Source: dive 0.13, cmd/dive/cli/internal/options/ci.go, `PostLoad`: what a file says is put over the defaults,
/// and replaces what the command line says.
fn rule_texts(arguments: &CheckArguments) -> Result<RuleTexts, lexopt::Error> {
    let default = Path::new(DEFAULT_FILE);
    let file = arguments.file.as_deref().or_else(|| default.exists().then_some(default));
    let Some(file) = file else { return Ok(arguments.rules.clone()) };
    let about = |reason: String| format!("{}: {reason}", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| about(error.to_string()))?;
    let read = rule_file::read(&text).map_err(about)?;
    for name in &read.unknown {
        eprintln!("{}", about(format!("{name} is not read; dive does not read it either")));
    }
    if arguments.rules != RuleTexts::default() {
        eprintln!(
            "{}",
            about("its rules replace those of the command line, as in dive".to_owned())
        );
    }
    Ok(read.rules)
}

fn figures(path: &Path) -> Result<DiveFigures, Problem> {
    let options = ScheduleOptions { cores: cores(), tree_only: true, ..ScheduleOptions::default() };
    let ReadImage { session, image } = read_image(path.to_owned(), options)?;
    let (efficiency, upper_size) = session.dive_figures(image)?;
    Ok(DiveFigures { score: efficiency.score, wasted_bytes: efficiency.wasted_bytes, upper_size })
}

fn result_word(result: RuleResult, colours: bool) -> String {
    let (word, colour) = match result {
        RuleResult::Pass => ("PASS", "32"),
        RuleResult::Fail => ("FAIL", "1;31"),
        RuleResult::Skip => ("SKIP", "2"),
    };
    match colours {
        true => format!("\x1b[{colour}m{word}\x1b[0m"),
        false => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Option<CheckArguments> {
        CheckArguments::read(Parser::from_args(words)).ok()
    }

    #[test]
    fn arguments_are_read() {
        let text = |text: &str| Some(text.to_owned());
        let rules = RuleTexts {
            lowest_efficiency: text("0.5"),
            highest_wasted_bytes: text("20 MB"),
            highest_user_wasted_percent: text("off"),
        };
        let all = read(&[
            "--lowestEfficiency",
            "0.5",
            "a.tar",
            "--highestWastedBytes=20 MB",
            "--highestUserWastedPercent=off",
            "--rules=r.yaml",
        ]);
        let file = Some(PathBuf::from("r.yaml"));
        assert_eq!(all, Some(CheckArguments { path: "a.tar".into(), file, rules }));
        let plain = CheckArguments { path: "-".into(), file: None, rules: RuleTexts::default() };
        assert_eq!(read(&["-"]), Some(plain));
        for words in [
            &[][..],
            &["a", "b"],
            &["a", "--rules"],
            &["a", "--secrets"],
            &["a", "--risks", "high"],
            &["a", "--lowest-efficiency", "1"],
            &["a", "--lowestEfficiency", "1", "--lowestEfficiency", "1"],
        ] {
            assert_eq!(read(words), None, "{words:?}");
        }
    }

    #[test]
    fn words_have_colours_only_where_they_are_allowed() {
        assert_eq!(result_word(RuleResult::Fail, false), "FAIL");
        assert_eq!(result_word(RuleResult::Pass, true), "\x1b[32mPASS\x1b[0m");
    }
}
