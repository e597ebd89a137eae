//! Secrets of an image: what is listed, and what is said about the rest.

use super::findings::{MAX_FINDINGS, SecretFindings, secret_findings};
use super::tests::{random_token, random_tokens};
use super::{NotedSecret, NotedSecrets, SecretPlace};
use crate::analysis::contents::FileNotes;
use crate::analysis::packages::Inventory;
use crate::archive::ImageSource;
use crate::entry::Member;
use crate::layer::{LayerIndex, Note, Notes};
use crate::oci::HistoryEntry;
use crate::tree::merge;
use crate::vocabulary::LayerPosition;
use std::sync::Arc;

/// The secrets of an image of these layers, each with one file.
fn of_notes(notes: &[Notes]) -> SecretFindings {
    let mut index = LayerIndex::default();
    index.push(&Member::file("srv/a", 1));
    let index = Arc::new(index);
    let tree = merge(notes.iter().map(|_| Arc::clone(&index)).collect());
    let notes: Vec<&Notes> = notes.iter().collect();
    secret_findings(&tree, &notes, &Inventory::default(), &ImageSource::default())
}

/// Notes of a layer about secrets in its file, in so many notes.
fn noted(secrets: usize, notes: usize) -> Notes {
    let secret = |line| NotedSecret { rule: "github-token".to_owned(), line, ..Default::default() };
    let found = (1..=secrets as u32).map(secret).collect();
    let file = FileNotes { secrets: NotedSecrets { found, cut: false }, ..FileNotes::default() };
    let note = Note { entry: 0, text: serde_json::to_string(&file).unwrap() };
    let mut noted = Notes::default();
    (noted.looked, noted.searched, noted.notes) = (true, true, vec![note; notes]);
    noted
}

fn codes(found: &SecretFindings) -> Vec<&str> {
    found.warnings.iter().map(|warning| &*warning.code).collect()
}

#[test]
fn the_steps_of_a_chain_are_searched_like_a_history() {
    let step = |text: &str, empty_layer| HistoryEntry {
        created_by: Some(text.to_owned()),
        empty_layer,
        ..HistoryEntry::default()
    };
    let token = random_token();
    let steps = vec![step("a", false), step("b", true), step(&format!("run {token}"), false)];
    let mut chain = ImageSource { chain: steps.clone(), ..ImageSource::default() };
    let of = |image: &ImageSource| {
        let found = secret_findings(&merge(Vec::new()), &[], &Inventory::default(), image);
        found.findings.into_iter().map(|one| one.place).collect::<Vec<_>>()
    };
    let places = [SecretPlace::History { entry: 2, layer: Some(LayerPosition(1)) }];
    assert_eq!(of(&chain), places);
    chain.config.history = steps;
    chain.chain = Vec::new();
    assert_eq!(of(&chain), places);
}

#[test]
fn a_command_that_the_history_does_not_have_is_searched() {
    let [of_cmd, of_health, known] = &random_tokens(3)[..] else { panic!("three tokens") };
    let config = serde_json::json!({
        "Cmd": ["serve", format!("--token={of_cmd}"), format!("--key={known}")],
        "Healthcheck": {"Test": ["CMD-SHELL", format!("curl -H 'Authorization: token {of_health}' a.net")]},
    });
    let mut image = ImageSource::default();
    image.config.config = Some(serde_json::value::to_raw_value(&config).unwrap());
    image.config.history = vec![HistoryEntry {
        created_by: Some(format!("CMD [\"serve\" \"--key={known}\"]")),
        empty_layer: true,
        ..HistoryEntry::default()
    }];
    let found = secret_findings(&merge(Vec::new()), &[], &Inventory::default(), &image);
    let places: Vec<_> = found.findings.iter().map(|one| one.place_words()).collect();
    assert_eq!(places, ["history entry 1", "setting Cmd", "setting Healthcheck"]);
}

#[test]
fn a_layer_that_says_more_than_is_kept_may_have_more_secrets() {
    let whole = of_notes(&[noted(1, 1)]);
    assert_eq!((whole.findings.len(), codes(&whole)), (1, vec![]));
    let mut layer = noted(1, 1);
    layer.cut = true;
    let cut = of_notes(&[layer]);
    assert_eq!((cut.findings.len(), cut.cut, codes(&cut)), (1, true, vec!["secrets-limit"]));
}

#[test]
fn secrets_beyond_the_most_are_not_looked_at_and_later_layers_are_still_named() {
    let mut layers = [noted(200, 60), noted(200, 1)];
    layers[1].searched = false;
    let found = of_notes(&layers);
    assert_eq!((found.findings.len(), found.cut), (MAX_FINDINGS, true));
    assert_eq!(found.unsearched, [LayerPosition(1)]);
    assert_eq!(codes(&found), ["secrets-limit", "secrets-not-searched"]);
}
