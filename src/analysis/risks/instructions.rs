//! What the history tells about how the image was built.
//!
//! Source: Docker's reference, "ADD" (remote files, Git, `--checksum`).
//!
//! - Only what the history can tell: a command in RUN is not interpreted.

use super::check::{RiskBasis, RiskCheck};
use super::material::RiskMaterial;
use super::risk::{Risk, RiskFindings};
use crate::oci::{layers_of_steps, readable};
use crate::text::show;
use crate::vocabulary::RiskSeverity;
use std::collections::HashSet;

pub static CHECKS: &[&RiskCheck] = &[&ADD_URL];

static ADD_URL: RiskCheck = RiskCheck {
    code: "add-url",
    title: "ADD downloads a file",
    severity: RiskSeverity::Medium,
    basis: RiskBasis::Configuration,
    why: "What the address serves on the day of the build becomes a part of the image, whatever it is.",
    advice: "Add --checksum=sha256:… to ADD, or download in RUN and compare the file with a known hash.",
    aliases: &["CIS Docker 4.9", "dockle CIS-DI-0009", "Trivy DS005"],
};

/// Characters of an address's host that are shown.
const MAX_HOST: usize = 100;

pub fn find(image: &RiskMaterial<'_>, found: &mut RiskFindings) {
    let mut seen = HashSet::new();
    for (entry, layer) in image.steps.iter().zip(layers_of_steps(image.steps)) {
        let (keyword, rest) = readable(entry.created_by.as_deref().unwrap_or_default());
        if keyword != "ADD" || rest.contains("--checksum=") {
            continue;
        }
        // The last word is where the file goes.
        let words: Vec<&str> = rest.split_whitespace().collect();
        let sources = words.split_last().map_or(&[][..], |(_, sources)| sources);
        if let Some(host) = sources.iter().find_map(|word| host(word)) {
            // Only a history that nobody wrote has several of them without a layer.
            if seen.insert((layer, host.clone())) {
                let message = format!("ADD takes a file from {}.", show(host.as_bytes()));
                found.add(Risk { layer, ..Risk::new(&ADD_URL, message) });
            }
        }
    }
}

/// The host of an address, without what may be secret in the rest of it.
fn host(word: &str) -> Option<String> {
    let word = word.trim_start_matches(['[', '"', '\'']);
    let scheme = ["https://", "http://", "ftp://"];
    let rest = match scheme.iter().find_map(|scheme| word.strip_prefix(scheme)) {
        Some(rest) => rest.split(['/', '?', '#', '"', '\'']).next()?,
        None => word.strip_prefix("git@").and_then(|rest| rest.split(':').next())?,
    };
    let host = rest.rsplit('@').next()?;
    (!host.is_empty()).then(|| host.chars().take(MAX_HOST).collect())
}

#[test]
fn only_the_host_of_an_address_is_told() {
    for (word, want) in [
        ("https://user:secret@example.com/a?token=1", Some("example.com")),
        ("[\"http://example.com:8080/x\",", Some("example.com:8080")),
        ("git@github.com:a/b.git", Some("github.com")),
        ("file:dbd3", None),
        ("a.tar.gz", None),
        ("https://", None),
    ] {
        assert_eq!(host(word).as_deref(), want, "{word}");
    }
}
