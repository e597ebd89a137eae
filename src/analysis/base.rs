//! A guess at the layers of the base image, from the history.
//!
//! A build appends its steps to the history of its base image, which usually ends with the base image's own
//! `CMD`; trivy makes the same guess. It fails if the base image sets no `CMD`, or the image was squashed.

use crate::oci::{HistoryEntry, readable};

/// The number of layers that the base image seems to have; `None` if the history does not tell.
pub fn base_layers(history: &[HistoryEntry]) -> Option<u32> {
    // Steps after the last layer are the image's own settings.
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
fn the_base_image_ends_with_its_own_cmd() {
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
    assert_eq!(base_layers(&history), None, "no step was added");
    history.push(entry("RUN /bin/sh -c apt-get update # buildkit", false));
    history.push(entry("CMD [\"app\"]", true));
    assert_eq!(base_layers(&history), Some(1));
    history.remove(1);
    assert_eq!(base_layers(&history), None, "the base image sets no CMD");
}
