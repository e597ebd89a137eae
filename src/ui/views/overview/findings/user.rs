//! Whether the image starts as root, as far as its configuration says.

use super::finding::{ImageFinding, NextStep, Verdict};
use super::material::Material;
use crate::link::View;
use crate::vocabulary::Severity;

pub(super) fn finding(material: Material<'_>) -> Option<ImageFinding> {
    let run = &material.facts.run;
    let set = match run.user.is_empty() {
        true => "The configuration sets no user.".to_owned(),
        false => format!("The configuration sets user {}.", run.user),
    };
    match run.root? {
        true => {
            let found = ImageFinding::new(Verdict::Found(Severity::Medium), "Runs as root", set);
            Some(found.then(NextStep::show(View::Config, "Show configuration")))
        }
        false => Some(ImageFinding::new(Verdict::Clean, "Does not start as root", set)),
    }
}
