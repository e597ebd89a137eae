//! Environment variables that look like secrets.

use super::finding::{ImageFinding, NextStep, Verdict};
use super::material::Material;
use crate::link::View;
use crate::text::Shown;
use crate::vocabulary::Severity;
use crate::vocabulary::secret_names::looks_like_a_secret;

pub(super) fn finding(material: Material<'_>) -> Option<ImageFinding> {
    if !material.is_image() {
        return None;
    }
    let variables = &material.facts.run.env;
    let name = |variable: &Shown| variable.split('=').next().unwrap_or_default().to_owned();
    let secrets: Vec<String> =
        variables.iter().filter(|variable| looks_like_a_secret(variable)).map(name).collect();
    match secrets.len() {
        0 if variables.is_empty() => None,
        0 => Some(ImageFinding::new(
            Verdict::Clean,
            "No environment variable is named like a secret",
            "",
        )),
        _ => {
            let title = match secrets.len() {
                1 => "An environment variable looks like a secret",
                _ => "Environment variables look like secrets",
            };
            let detail = format!("{}. Anyone who has the image can read them.", secrets.join(", "));
            let found = ImageFinding::new(Verdict::Found(Severity::High), title, detail);
            Some(found.then(NextStep::show(View::Config, "Show configuration")))
        }
    }
}
