//! How a container of an image starts.

use super::source::is_bare;
use crate::oci::{HealthConfig, RunConfig};
use crate::problem::Problem;
use crate::protocol::{ConfigurationFacts, HealthCheck, RunFacts};
use crate::session::state::{OpenImage, Session};
use crate::text::{Shown, ShownLines};
use crate::vocabulary::ImagePosition;

impl Session {
    /// Everything that the configuration says about how a container starts.
    pub(super) fn configuration_facts(
        &self,
        image: ImagePosition,
    ) -> Result<ConfigurationFacts, Problem> {
        let open = self.image(image)?;
        let config = open.source.config.run_config();
        Ok(ConfigurationFacts {
            on_build: {
                let steps = config.on_build.iter().take(MAX_VALUES);
                steps.map(|step| ShownLines::start_of(step, MAX_TEXT)).collect()
            },
            shell: {
                let words = config.shell.iter().take(MAX_VALUES);
                words.map(|word| Shown::start_of(word, MAX_TEXT)).collect()
            },
            name: open.source.tags.first().map(Shown::new),
            digest: open.source.image_id.as_ref().map(ToString::to_string),
            run: self.run_facts(image, open, &config),
        })
    }

    /// How a container starts. The ID of a user that is given by name is known once files are read.
    pub(super) fn run_facts(
        &self,
        image: ImagePosition,
        open: &OpenImage,
        config: &RunConfig,
    ) -> RunFacts {
        let facts = run_facts(open, config);
        let root = match facts.root {
            Some(false) if !is_number(&config.user) => self.named_user_is_root(image),
            root => root,
        };
        RunFacts { root, ..facts }
    }

    fn named_user_is_root(&self, image: ImagePosition) -> Option<bool> {
        let (risks, inventory, secrets) = self.risks_of(image).ok()?;
        let is_root = risks.risks.iter().any(|risk| risk.check.code == "root-user");
        let is_known = secrets.unread(inventory).is_empty() && inventory.is_complete();
        (is_root || is_known && !risks.unchecked).then_some(is_root)
    }
}

/// Values of one kind that are answered, and bytes of each: a configuration of 16 MB may have a million. The
/// document has them all.
pub(super) const MAX_VALUES: usize = 1000;
pub(super) const MAX_TEXT: usize = 16 << 10;

/// What the configuration alone says.
fn run_facts(open: &OpenImage, config: &RunConfig) -> RunFacts {
    let text = |text: &String| Shown::start_of(text, MAX_TEXT);
    let all = |list: &[String]| list.iter().take(MAX_VALUES).map(text).collect::<Vec<_>>();
    let label = |(key, value): &(String, String)| {
        (Shown::start_of(key, MAX_TEXT), ShownLines::start_of(value, MAX_TEXT))
    };
    let RunConfig { entrypoint, cmd, ports, env, volumes, labels, .. } = config;
    let lists = [entrypoint, cmd, ports, env, volumes].map(Vec::len).into_iter();
    let left_out = lists.chain([labels.len()]).map(|count| count.saturating_sub(MAX_VALUES));
    RunFacts {
        entrypoint: all(entrypoint),
        cmd: all(cmd),
        user: text(&config.user),
        root: (!is_bare(open)).then(|| starts_as_root(&config.user)),
        ports: all(ports),
        working_dir: text(&config.working_dir),
        env: all(env),
        volumes: all(volumes),
        labels: labels.iter().take(MAX_VALUES).map(label).collect(),
        stop_signal: text(&config.stop_signal),
        healthcheck: config.healthcheck.as_ref().map(health_check),
        left_out: left_out.fold(0, usize::saturating_add) as u64,
    }
}

/// Source: OCI image-spec, config.md, and Docker's image specification 1.2, `Healthcheck`.
fn health_check(config: &HealthConfig) -> HealthCheck {
    let (kind, command) = match config.test.split_first() {
        Some((kind, command)) if ["NONE", "CMD", "CMD-SHELL"].contains(&kind.as_str()) => {
            (kind.as_str(), command)
        }
        _ => ("", &config.test[..]),
    };
    HealthCheck {
        disabled: kind == "NONE",
        command: {
            let words = command.iter().take(MAX_VALUES);
            words.map(|word| ShownLines::start_of(word, MAX_TEXT)).collect()
        },
        in_shell: kind == "CMD-SHELL",
        interval: config.interval,
        timeout: config.timeout,
        start_period: config.start_period,
        start_interval: config.start_interval,
        retries: config.retries,
    }
}

/// Whether a setting gives the user by number.
fn is_number(user: &str) -> bool {
    user.split(':').next().is_some_and(|user| user.parse::<u64>().is_ok())
}

/// Whether a user setting means uid 0: no user, `root`, or a number that is 0.
fn starts_as_root(user: &str) -> bool {
    let user = user.split(':').next().unwrap_or("");
    user.is_empty() || user == "root" || user.parse() == Ok(0u64)
}

#[test]
fn root_is_recognised_by_name_or_number() {
    for (user, root) in
        [("", true), ("root", true), ("0:0", true), ("1000", false), ("app:root", false)]
    {
        assert_eq!(starts_as_root(user), root, "{user}");
    }
}

#[test]
fn health_checks_have_their_command_without_its_kind() {
    let check = |words: &[&str]| {
        let test = words.iter().map(|&word| word.to_owned()).collect();
        let check = health_check(&HealthConfig { test, ..HealthConfig::default() });
        let command: Vec<String> = check.command.into_iter().map(String::from).collect();
        (check.disabled, check.in_shell, command.join(" "))
    };
    assert_eq!(check(&["NONE"]), (true, false, String::new()));
    assert_eq!(check(&["CMD", "curl", "-f"]), (false, false, "curl -f".to_owned()));
    assert_eq!(check(&["CMD-SHELL", "curl || exit 1"]), (false, true, "curl || exit 1".to_owned()));
    assert_eq!(check(&["old", "form"]), (false, false, "old form".to_owned()));
}

#[test]
fn endless_lists_and_texts_are_answered_in_part() {
    let label = |number: usize| (number.to_string(), "x".repeat(100_000));
    let config = RunConfig {
        labels: (0..MAX_VALUES + 5).map(label).collect(),
        env: vec!["A=1".to_owned(); MAX_VALUES + 2],
        ..RunConfig::default()
    };
    let facts = run_facts(&OpenImage::default(), &config);
    assert_eq!((facts.labels.len(), facts.env.len(), facts.left_out), (MAX_VALUES, MAX_VALUES, 7));
    assert!(facts.labels.iter().all(|(_, value)| value.len() <= MAX_TEXT + "…".len()));
}
