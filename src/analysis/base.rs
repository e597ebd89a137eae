//! Which layers are the base image's, guessed from the history.
//!
//! A build adds its steps to the history of the image that it began from, which ends with that image's own
//! `CMD` as a rule (trivy guesses so, too). An image that sets none, or that was squashed, tells nothing.
//! It is a guess, and is called one.

use crate::oci::{HistoryEntry, readable};

/// How many layers the base image seems to have; `None`: nothing tells.
pub fn base_layers(history: &[HistoryEntry]) -> Option<u32> {
    // The image's own last settings, behind its last layer.
    let last_layer = history.iter().rposition(|entry| !entry.empty_layer)?;
    let is_command = |entry: &HistoryEntry| {
        let recorded = entry.created_by.as_deref().unwrap_or("");
        entry.empty_layer && readable(recorded).0 == "CMD"
    };
    let end = history[..last_layer].iter().rposition(is_command)?;
    let layers = history[..end].iter().filter(|entry| !entry.empty_layer).count();
    u32::try_from(layers).ok().filter(|layers| *layers > 0)
}

#[test]
fn the_base_image_ends_with_its_own_command() {
    let entry = |created_by: &str, empty_layer| HistoryEntry {
        created_by: Some(created_by.to_owned()),
        empty_layer,
        ..HistoryEntry::default()
    };
    let base = [
        entry("/bin/sh -c #(nop) ADD file:1 in / ", false),
        entry("/bin/sh -c #(nop)  CMD [\"bash\"]", true),
    ];
    let mut history = base.to_vec();
    assert_eq!(base_layers(&history), None, "nothing was added");
    history.push(entry("RUN /bin/sh -c apt-get update # buildkit", false));
    history.push(entry("CMD [\"app\"]", true));
    assert_eq!(base_layers(&history), Some(1));
    history.remove(1);
    assert_eq!(base_layers(&history), None, "the base image sets no command");
}
