//! HEALTHCHECK. Builders print Go's structure: `&{["CMD-SHELL" "curl …"] "30s" "3s" "5s" "0s" '\x05'}`, with interval,
//! timeout, start period and, since Docker 25, start interval; the last is the number of retries as a character.

use super::values::{exec_form, quoted, quoted_list};
use crate::oci::{HealthConfig, RunConfig};

/// The text after HEALTHCHECK, and whether something of it is guessed.
pub fn health_check(recorded: &str, config: &RunConfig) -> (String, bool) {
    let Some(structure) = recorded.strip_prefix("&{") else {
        return (recorded.to_owned(), false); // as it is in the Dockerfile
    };
    // The list ends at the first `]` outside its strings.
    let read = structure.find('[').and_then(|at| list_at(&structure[at..]));
    let Some((test, rest)) = read else {
        return ("NONE".to_owned(), true); // not what any builder writes
    };
    if let Some(check) = config.healthcheck.as_ref().filter(|check| check.test == test) {
        return (written(check, &[], ""), false);
    }
    let mut times = Vec::new();
    let mut rest = rest;
    while let Some((time, after)) = quoted(rest.trim_start()) {
        times.push(time);
        rest = after;
    }
    let check = HealthConfig { test, ..HealthConfig::default() };
    let retries = rest.trim().trim_end_matches('}');
    (written(&check, &times, retries), false)
}

/// The list at the start of a text, and what follows it.
fn list_at(text: &str) -> Option<(Vec<String>, &str)> {
    let mut rest = text.strip_prefix('[')?;
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix(']') {
            let (items, _) = quoted_list(&text[..text.len() - after.len()])?;
            return Some((items, after));
        }
        rest = quoted(rest)?.1;
    }
}

/// The check with its options: from the configuration, or as recorded.
fn written(check: &HealthConfig, times: &[String], retries: &str) -> String {
    const NAMES: [&str; 4] = ["interval", "timeout", "start-period", "start-interval"];
    let set = [check.interval, check.timeout, check.start_period, check.start_interval];
    let mut out = String::new();
    for (at, (name, set)) in NAMES.iter().zip(set).enumerate() {
        let recorded = times.get(at).filter(|time| *time != "0s").cloned();
        if let Some(time) = set.map(duration).or(recorded) {
            out.push_str(&format!("--{name}={time} "));
        }
    }
    if let Some(count) = check.retries.or_else(|| rune(retries)).filter(|count| *count > 0) {
        out.push_str(&format!("--retries={count} "));
    }
    match check.test.split_first() {
        Some((kind, _)) if kind == "NONE" => return "NONE".to_owned(),
        Some((kind, [command])) if kind == "CMD-SHELL" && !command.contains('\n') => {
            out.push_str(&format!("CMD {command}"));
        }
        // A line break would end the instruction: the shell gets the command as a word.
        Some((kind, [command])) if kind == "CMD-SHELL" => {
            let words = ["/bin/sh", "-c", command].map(str::to_owned);
            out.push_str(&format!("CMD {}", exec_form(&words)));
        }
        Some((kind, command)) if kind == "CMD" => {
            out.push_str(&format!("CMD {}", exec_form(command)));
        }
        _ => out.push_str(&format!("CMD {}", exec_form(&check.test))),
    }
    out
}

/// A number that Go printed as a character: `'\x05'`, `'\n'`, `'A'`.
fn rune(text: &str) -> Option<u64> {
    let inner = text.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    let inner = if inner == "\\'" { "'" } else { inner };
    let (text, _) = quoted(&format!("\"{inner}\""))?;
    text.chars().next().map(|character| u64::from(u32::from(character)))
}

/// Nanoseconds as Go writes a duration.
fn duration(nanoseconds: u64) -> String {
    const UNITS: [(u64, &str); 5] = [
        (3_600_000_000_000, "h"),
        (60_000_000_000, "m"),
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "us"),
    ];
    let (mut rest, mut out) = (nanoseconds, String::new());
    for (unit, name) in UNITS {
        if rest >= unit {
            out.push_str(&format!("{}{name}", rest / unit));
            rest %= unit;
        }
    }
    if rest > 0 || out.is_empty() {
        out.push_str(&format!("{rest}ns"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gos_structure_becomes_options_and_a_command() {
        let none = RunConfig::default();
        for (recorded, written) in [
            (
                r#"&{["CMD-SHELL" "wget -q http://[::1]/ || exit 1"] "30s" "3s" "5s" '\x05'}"#,
                "--interval=30s --timeout=3s --start-period=5s --retries=5 CMD wget -q http://[::1]/ || exit 1",
            ),
            (
                r#"&{["CMD" "/check" "-a"] "1m0s" "0s" "0s" "2s" '\n'}"#,
                r#"--interval=1m0s --start-interval=2s --retries=10 CMD ["/check", "-a"]"#,
            ),
            (
                r#"&{["CMD-SHELL" "a\nb"] "0s" "0s" "0s" '\x00'}"#,
                r#"CMD ["/bin/sh", "-c", "a\nb"]"#,
            ),
            (r#"&{["NONE"] "0s" "0s" "0s" '\x00'}"#, "NONE"),
            ("--interval=5s CMD true", "--interval=5s CMD true"),
        ] {
            assert_eq!(health_check(recorded, &none), (written.to_owned(), false));
        }
    }

    #[test]
    fn the_configuration_has_the_exact_times() {
        let check = HealthConfig {
            test: vec!["CMD".into(), "true".into()],
            interval: Some(90_500_000_000),
            ..HealthConfig::default()
        };
        let config = RunConfig { healthcheck: Some(check), ..RunConfig::default() };
        let recorded = r#"&{["CMD" "true"] "1m30.5s" "0s" "0s" '\x00'}"#;
        assert_eq!(health_check(recorded, &config).0, "--interval=1m30s500ms CMD [\"true\"]");
    }
}
