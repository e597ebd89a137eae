//! The `docker run` line that a configuration implies.
//!
//! Source: docker/cli, `docker run`; moby, "How does ENTRYPOINT interact with CMD".
//! - `RunForm::Start` starts a container of the image: what the configuration sets is set already, so only its
//!   ports need an option.
//! - `RunForm::Explicit` says with options what the configuration says silently, so it starts the same on another
//!   image of the same files.
//! - Words are quoted for a POSIX shell.

use crate::protocol::{HealthCheck, RunFacts};
use crate::text::Shown;

/// Which line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunForm {
    Start,
    Explicit,
}

/// Programs that end at once without a terminal.
const SHELLS: [&str; 8] = ["ash", "bash", "busybox", "dash", "fish", "ksh", "sh", "zsh"];

/// The line. `image`: its name or ID.
pub fn docker_run(run: &RunFacts, image: &str, form: RunForm) -> String {
    let mut words = vec!["docker".to_owned(), "run".to_owned(), "--rm".to_owned()];
    if is_shell(run) {
        words.extend(["--interactive".to_owned(), "--tty".to_owned()]);
    }
    let mut option = |name: &str, value: &str| words.extend([name.to_owned(), quoted(value)]);
    for port in &run.ports {
        option("--publish", &published(port));
    }
    let mut arguments: Vec<&Shown> = Vec::new();
    if form == RunForm::Explicit {
        for volume in &run.volumes {
            option("--volume", volume);
        }
        for (name, value) in [
            ("--user", &run.user),
            ("--workdir", &run.working_dir),
            ("--stop-signal", &run.stop_signal),
        ] {
            if !value.is_empty() {
                option(name, value);
            }
        }
        for variable in &run.env {
            option("--env", variable);
        }
        match run.healthcheck.as_ref() {
            Some(health) if health.disabled => words.push("--no-healthcheck".to_owned()),
            Some(health) => health_options(health, &mut option),
            None => {}
        }
        if let Some((program, rest)) = run.entrypoint.split_first() {
            words.extend(["--entrypoint".to_owned(), quoted(program)]);
            arguments.extend(rest); // the option takes one word
        }
        arguments.extend(&run.cmd);
    }
    words.push(quoted(image));
    words.extend(arguments.into_iter().map(|word| quoted(word)));
    if run.entrypoint.is_empty() && run.cmd.is_empty() {
        words.push("COMMAND".to_owned());
    }
    words.join(" ")
}

/// What runs is a shell, which ends at once unless it has a terminal.
fn is_shell(run: &RunFacts) -> bool {
    let mut command = run.entrypoint.iter().chain(&run.cmd);
    let program = command.next().and_then(|program| program.rsplit('/').next());
    let has_arguments = command.next().is_some();
    program.is_some_and(|program| SHELLS.contains(&program)) && !has_arguments
}

/// `80:80` of `80/tcp`, `53:53/udp` of `53/udp`.
fn published(port: &str) -> String {
    match port.split_once('/') {
        None | Some((_, "tcp")) => {
            let number = port.split('/').next().unwrap_or(port);
            format!("{number}:{number}")
        }
        Some((number, protocol)) => format!("{number}:{number}/{protocol}"),
    }
}

fn health_options(health: &HealthCheck, option: &mut impl FnMut(&str, &str)) {
    if !health.command.is_empty() {
        option("--health-cmd", &health_command(health));
    }
    for (name, nanoseconds) in [
        ("--health-interval", health.interval),
        ("--health-timeout", health.timeout),
        ("--health-start-period", health.start_period),
        ("--health-start-interval", health.start_interval),
    ] {
        if let Some(nanoseconds) = nanoseconds {
            option(name, &duration(nanoseconds));
        }
    }
    if let Some(retries) = health.retries {
        option("--health-retries", &retries.to_string());
    }
}

/// The command of a health check as one line of a shell.
pub fn health_command(health: &HealthCheck) -> String {
    let words = health.command.iter().map(|word| word.as_str());
    match health.in_shell {
        true => words.collect::<Vec<_>>().join(" "),
        false => words.map(quoted).collect::<Vec<_>>().join(" "),
    }
}

/// `1m30s`, `500ms`: a duration as Go reads it.
pub fn duration(nanoseconds: u64) -> String {
    const SECOND: u64 = 1_000_000_000;
    let seconds = nanoseconds / SECOND;
    match (nanoseconds % SECOND, nanoseconds % 1_000_000) {
        (0, _) => {
            let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
            let shown = parts.iter().filter(|(number, _)| *number > 0);
            let text: String = shown.map(|(number, unit)| format!("{number}{unit}")).collect();
            if text.is_empty() { "0s".to_owned() } else { text }
        }
        (_, 0) => format!("{}ms", nanoseconds / 1_000_000),
        _ => format!("{nanoseconds}ns"),
    }
}

/// A word as a POSIX shell takes it.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// Words as a Dockerfile's exec form has them: `["nginx", "-g"]`; empty without words.
pub fn exec_form(words: &[Shown]) -> String {
    if words.is_empty() {
        return String::new();
    }
    let quoted = |word: &Shown| format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""));
    format!("[{}]", words.iter().map(quoted).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(texts: &[&str]) -> Vec<Shown> {
        texts.iter().map(|text| Shown::from(*text)).collect()
    }

    fn nginx() -> RunFacts {
        RunFacts {
            entrypoint: shown(&["/docker-entrypoint.sh", "--quiet"]),
            cmd: shown(&["nginx", "-g", "daemon off;"]),
            user: "app:app".into(),
            ports: shown(&["80/tcp", "443/udp", "8000-8010"]),
            working_dir: "/srv/my site".into(),
            env: shown(&["PATH=/bin", "MOTTO=it's"]),
            volumes: shown(&["/data"]),
            stop_signal: "SIGQUIT".into(),
            healthcheck: Some(HealthCheck {
                command: vec!["curl -f localhost || exit 1".into()],
                in_shell: true,
                interval: Some(90_000_000_000),
                timeout: Some(500_000_000),
                retries: Some(3),
                ..HealthCheck::default()
            }),
            ..RunFacts::default()
        }
    }

    #[test]
    fn a_container_is_started_with_its_ports() {
        assert_eq!(
            docker_run(&nginx(), "nginx:1", RunForm::Start),
            "docker run --rm --publish 80:80 --publish 443:443/udp --publish 8000-8010:8000-8010 nginx:1"
        );
    }

    #[test]
    fn everything_that_the_configuration_says_has_its_option() {
        assert_eq!(
            docker_run(&nginx(), "nginx:1", RunForm::Explicit),
            "docker run --rm --publish 80:80 --publish 443:443/udp --publish 8000-8010:8000-8010 \
             --volume /data --user app:app --workdir '/srv/my site' --stop-signal SIGQUIT \
             --env PATH=/bin --env 'MOTTO=it'\\''s' --health-cmd 'curl -f localhost || exit 1' \
             --health-interval 1m30s --health-timeout 500ms --health-retries 3 \
             --entrypoint /docker-entrypoint.sh nginx:1 --quiet nginx -g 'daemon off;'"
        );
    }

    #[test]
    fn a_shell_needs_a_terminal_and_nothing_needs_a_command() {
        let shell = RunFacts { cmd: shown(&["/bin/bash"]), ..RunFacts::default() };
        assert_eq!(
            docker_run(&shell, "debian:12", RunForm::Start),
            "docker run --rm --interactive --tty debian:12"
        );
        let script = RunFacts { cmd: shown(&["sh", "-c", "run"]), ..RunFacts::default() };
        assert_eq!(docker_run(&script, "a", RunForm::Start), "docker run --rm a");
        let nothing = RunFacts::default();
        assert_eq!(
            docker_run(&nothing, "sha256:ab", RunForm::Start),
            "docker run --rm sha256:ab COMMAND"
        );
        let off = RunFacts {
            cmd: shown(&["a"]),
            healthcheck: Some(HealthCheck { disabled: true, ..HealthCheck::default() }),
            ..RunFacts::default()
        };
        assert_eq!(
            docker_run(&off, "a", RunForm::Explicit),
            "docker run --rm --no-healthcheck a a"
        );
    }

    #[test]
    fn no_word_of_an_image_ends_the_quotes() {
        for word in ["", "a b", "'; rm -rf / #", "$(id)", "`id`", "a\\u{202e}b", "é"] {
            let quoted = quoted(word);
            let inner = quoted.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap();
            assert_eq!(inner.replace("'\\''", ""), word.replace('\'', ""), "{word}");
            assert!(!inner.replace("'\\''", "").contains('\''), "{word}");
        }
        assert_eq!(quoted("a=b,c:/d@1.2%+x_y-z"), "a=b,c:/d@1.2%+x_y-z");
    }

    #[test]
    fn durations_are_gos() {
        for (nanoseconds, want) in [
            (0, "0s"),
            (30_000_000_000, "30s"),
            (90_000_000_000, "1m30s"),
            (3_600_000_000_000, "1h"),
            (1_500_000_000, "1500ms"),
            (1_000_001, "1000001ns"),
            (u64::MAX, "18446744073709551615ns"),
        ] {
            assert_eq!(duration(nanoseconds), want);
        }
    }

    #[test]
    fn words_in_exec_form() {
        assert_eq!(exec_form(&[]), "");
        assert_eq!(exec_form(&shown(&["a", "say \"b\""])), r#"["a", "say \"b\""]"#);
    }

    #[test]
    fn a_health_check_in_exec_form_is_quoted() {
        let health =
            HealthCheck { command: vec!["curl".into(), "a b".into()], ..HealthCheck::default() };
        assert_eq!(health_command(&health), "curl 'a b'");
    }
}
