//! Whether the image starts as root, as far as its configuration says, and /etc/passwd where it gives a name.

use super::finding::{ImageFinding, NextStep, Verdict};
use super::material::Material;
use crate::link::View;
use crate::vocabulary::Severity;

/// Bytes of the longest name of an account (useradd(8)).
const MAX_NAME: usize = 32;

pub(super) fn finding(material: Material<'_>) -> Option<ImageFinding> {
    let run = &material.facts.run;
    let user = run.user.split(':').next().unwrap_or_default();
    let mut set = match run.user.is_empty() {
        true => "The configuration sets no user.".to_owned(),
        // What no account can be called may be a secret that is misplaced.
        false if run.user.split(':').any(|part| part.len() > MAX_NAME) => {
            "The configuration sets a user by a name that no account can have.".to_owned()
        }
        false => format!("The configuration sets user {}.", run.user),
    };
    match run.root? {
        // A base image starts nothing: who builds on it decides. Risks has it as information.
        true if run.entrypoint.is_empty() && run.cmd.is_empty() => None,
        true => {
            let is_number = user.bytes().all(|byte| byte.is_ascii_digit());
            if user != "root" && !is_number {
                set.push_str(" Its ID in /etc/passwd is 0.");
            }
            let found = ImageFinding::new(Verdict::Found(Severity::Medium), "Runs as root", set);
            Some(found.then(NextStep::show(View::Config, "Show configuration")))
        }
        false => Some(ImageFinding::new(Verdict::Clean, "Does not start as root", set)),
    }
}

#[test]
fn a_name_whose_id_is_0_is_told_with_its_file() {
    use crate::protocol::{OverviewFacts, RunFacts};
    let said = |user: &str, root| {
        let cmd = vec!["sh".into()];
        let run = RunFacts { user: user.into(), root, cmd, ..RunFacts::default() };
        let facts = OverviewFacts { run, ..OverviewFacts::default() };
        let material = Material { facts: &facts, check: None, situation: Default::default() };
        finding(material).map(|finding| finding.detail)
    };
    let admin = "The configuration sets user admin:0. Its ID in /etc/passwd is 0.";
    assert_eq!(said("admin:0", Some(true)).as_deref(), Some(admin));
    for (user, want) in
        [("", "sets no user."), ("root", "sets user root."), ("0:0", "sets user 0:0.")]
    {
        assert!(said(user, Some(true)).unwrap().ends_with(want), "{user}");
    }
    assert_eq!(said("admin", None), None, "its ID is not known");
}

#[test]
fn an_image_that_starts_nothing_does_not_run_as_root() {
    use crate::protocol::{OverviewFacts, RunFacts};
    let run = RunFacts { root: Some(true), ..RunFacts::default() };
    let facts = OverviewFacts { run, ..OverviewFacts::default() };
    let material = Material { facts: &facts, check: None, situation: Default::default() };
    assert_eq!(finding(material), None);
}
