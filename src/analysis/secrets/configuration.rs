//! Secrets in an image's configuration: environment, labels, history and build arguments.
//!
//! What an instruction of the history sets in the environment is listed once, as the environment's.

use super::finding::{SecretFinding, SecretPlace};
use super::matching::{RULES, SearchedFile, SecretHit};
use crate::oci::ImageConfig;
use crate::vocabulary::LayerPosition;
use std::collections::HashSet;

/// Steps that each part of a configuration may take.
const MAX_STEPS: u64 = 1 << 26;

/// Characters of a variable's or label's name that are kept.
const MAX_NAME: usize = 256;

/// The secrets in a configuration, at most `most`.
pub fn configuration_findings(config: &ImageConfig, most: usize) -> Vec<SecretFinding> {
    let run = config.run_config();
    let labels: Vec<String> =
        run.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let commands = config.history.iter().map(|entry| entry.created_by.as_deref().unwrap_or(""));
    let name = |line: &str| {
        let name = line.split('=').next().unwrap_or_default();
        name.chars().take(MAX_NAME).collect::<String>()
    };
    let mut found = Vec::new();
    let mut values = HashSet::new();
    let mut add = |part: &str, lines: Vec<&str>, place: &dyn Fn(usize, &str) -> SecretPlace| {
        let text = lines.join("\n");
        let file = SearchedFile::new(part.as_bytes());
        let mut steps = MAX_STEPS;
        for hit in RULES.find(text.as_bytes(), 0, text.len(), &file, &mut steps) {
            let SecretHit { rule, value, end, masked, .. } = hit;
            let value_text = text.as_bytes()[value..end].to_vec();
            if found.len() == most || !values.insert((rule, value_text)) {
                continue;
            }
            let number = line_of(&lines, value);
            let place = place(number, lines.get(number).copied().unwrap_or_default());
            found.push(SecretFinding { rule: RULES.rules[rule].rule, place, masked });
        }
    };
    let env = run.env.iter().map(String::as_str).collect();
    add(":env", env, &|_, line| SecretPlace::Env { name: name(line) });
    let labels = labels.iter().map(String::as_str).collect();
    add(":label", labels, &|_, line| SecretPlace::Label { name: name(line) });
    let layers = layers_of(config);
    add(":history", commands.collect(), &|entry, _| SecretPlace::History {
        entry,
        layer: layers.get(entry).copied().flatten(),
    });
    found
}

/// Which of these texts, joined by line breaks, a position is in.
fn line_of(lines: &[&str], position: usize) -> usize {
    let mut end = 0;
    let is_before = |line: &&&str| {
        end += line.len() + 1;
        end <= position
    };
    lines.iter().take_while(is_before).count()
}

/// The layer of each entry of the history.
fn layers_of(config: &ImageConfig) -> Vec<Option<LayerPosition>> {
    let mut next = 0;
    let layer = |empty: bool| {
        let layer = (!empty).then_some(LayerPosition(next));
        next += u32::from(!empty);
        layer
    };
    config.history.iter().map(|entry| entry.empty_layer).map(layer).collect()
}
