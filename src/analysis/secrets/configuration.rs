//! Secrets in an image's configuration: environment, labels, history, build arguments, and the commands that it starts.
//!
//! A value is listed once: what an instruction of the history sets in the environment as the environment's, and a
//! command that the history has, too, as the history's.

use super::finding::{SecretFinding, SecretPlace};
use super::matching::{RULES, SearchedFile, SecretHit};
use crate::oci::{HistoryEntry, ImageConfig, RunConfig, layers_of_steps};
use crate::vocabulary::CommandSetting;
use std::collections::HashSet;

/// Steps that each part of a configuration may take.
const MAX_STEPS: u64 = 1 << 26;

/// Characters of a variable's or label's name that are kept.
const MAX_NAME: usize = 256;

/// The secrets of a configuration.
#[derive(Default)]
pub struct SecretsOfConfiguration {
    pub findings: Vec<SecretFinding>,
    /// The values of the findings, each once: texts of the configuration are shown with these masked.
    pub values: Vec<SecretValue>,
    /// There may be more: there are too many, or a text takes too long to search.
    pub cut: bool,
}

/// A value that is masked on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretValue {
    pub value: String,
    pub masked: String,
}

/// The secrets in a configuration and in the steps that made the layers, at most `most`.
pub fn configuration_secrets(
    config: &ImageConfig,
    steps: &[HistoryEntry],
    most: usize,
) -> SecretsOfConfiguration {
    let run = config.run_config();
    let labels: Vec<String> =
        run.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let commands = steps.iter().map(|entry| entry.created_by.as_deref().unwrap_or(""));
    let name = |line: &str| {
        let name = line.split('=').next().unwrap_or_default();
        name.chars().take(MAX_NAME).collect::<String>()
    };
    let mut found = SecretsOfConfiguration::default();
    let mut values = HashSet::new();
    let mut add = |part: &str, lines: Vec<&str>, place: &dyn Fn(usize, &str) -> SecretPlace| {
        let text = lines.join("\n");
        let file = SearchedFile::new(part.as_bytes());
        let ends = line_ends(&lines);
        let mut steps = MAX_STEPS;
        for hit in RULES.find(text.as_bytes(), 0, text.len(), &file, &mut steps) {
            let SecretHit { rule, value, value_end, end, masked, .. } = hit;
            let value_text = text.as_bytes()[value..end].to_vec();
            if found.findings.len() == most {
                found.cut = true;
                break;
            }
            if !values.insert((rule, value_text)) {
                continue;
            }
            let number = ends.partition_point(|end| *end <= value);
            let place = place(number, lines.get(number).copied().unwrap_or_default());
            let text = String::from_utf8_lossy(&text.as_bytes()[value..value_end]).into_owned();
            if found.values.iter().all(|known| known.value != text) {
                found.values.push(SecretValue { value: text, masked: masked.clone() });
            }
            found.findings.push(SecretFinding { rule: RULES.rules[rule].rule, place, masked });
        }
        found.cut |= steps == 0;
    };
    let env = run.env.iter().map(String::as_str).collect();
    add(":env", env, &|_, line| SecretPlace::Env { name: name(line) });
    let labels = labels.iter().map(String::as_str).collect();
    add(":label", labels, &|_, line| SecretPlace::Label { name: name(line) });
    let layers: Vec<_> = layers_of_steps(steps).collect();
    add(":history", commands.collect(), &|entry, _| SecretPlace::History {
        entry,
        layer: layers.get(entry).copied().flatten(),
    });
    let commands = command_settings(&run);
    let texts = commands.iter().map(|(_, text)| text.as_str()).collect();
    add(":command", texts, &|at, _| SecretPlace::Setting { setting: commands[at].0 });
    found
}

/// The commands of a configuration, each as one text.
fn command_settings(run: &RunConfig) -> Vec<(CommandSetting, String)> {
    let test = run.healthcheck.as_ref().map(|health| health.test.as_slice()).unwrap_or_default();
    let lists = [
        (CommandSetting::Entrypoint, &run.entrypoint[..]),
        (CommandSetting::Cmd, &run.cmd),
        (CommandSetting::Healthcheck, test),
        (CommandSetting::OnBuild, &run.on_build),
    ];
    lists.into_iter().map(|(setting, words)| (setting, words.join(" "))).collect()
}

/// The values of secrets among variables, `NAME=value` each; and whether there may be more.
pub fn variable_secrets(variables: &[String]) -> (Vec<SecretValue>, bool) {
    let text = variables.join("\n");
    let mut steps = MAX_STEPS;
    let file = SearchedFile::new(b":env");
    let hits = RULES.find(text.as_bytes(), 0, text.len(), &file, &mut steps);
    let value = |hit: SecretHit| {
        let value = String::from_utf8_lossy(&text.as_bytes()[hit.value..hit.value_end]);
        SecretValue { value: value.into_owned(), masked: hit.masked }
    };
    (hits.into_iter().map(value).collect(), steps == 0)
}

/// Where each of these texts ends, joined by line breaks.
fn line_ends(lines: &[&str]) -> Vec<usize> {
    let mut end = 0;
    let ends = lines.iter().map(|line| {
        end += line.len() + 1;
        end
    });
    ends.collect()
}
