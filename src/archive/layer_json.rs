//! What a layer's own `json` says about how it was made, as Docker stored it before 1.10; schema 1 has the
//! same.

use crate::oci::{AtMost, HistoryEntry, Part};
use serde::Deserialize;

/// Words of one command that are read.
const MAX_WORDS: usize = 10_000;

/// A layer's own configuration.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct LayerJson {
    /// The ID of the layer below.
    parent: Part<String>,
    created: Part<String>,
    author: Part<String>,
    comment: Part<String>,
    container_config: Part<ContainerConfig>,
    throwaway: Part<bool>,
}

#[derive(Default, Deserialize)]
struct ContainerConfig {
    #[serde(rename = "Cmd", default)]
    cmd: Part<AtMost<Part<String>, MAX_WORDS>>,
}

impl LayerJson {
    /// The ID of the layer below.
    pub fn parent(&self) -> Option<&str> {
        match &self.parent {
            Part::Read(parent) if !parent.is_empty() => Some(parent),
            _ => None,
        }
    }

    /// Schema 1: the layer is empty.
    pub fn throwaway(&self) -> bool {
        matches!(self.throwaway, Part::Read(true))
    }

    /// The history entry that Docker makes of it.
    pub fn history(self) -> HistoryEntry {
        let empty_layer = self.throwaway();
        let command = self.container_config.read().and_then(|config| config.cmd.read());
        let words = command.map(|words| words.0).unwrap_or_default();
        let words: Vec<String> = words.into_iter().filter_map(Part::read).collect();
        HistoryEntry {
            created: self.created.read(),
            created_by: Some(words.join(" ")),
            comment: self.comment.read().or(self.author.read()),
            empty_layer,
        }
    }
}

#[test]
fn nulls_and_values_of_the_wrong_type_cost_themselves() {
    let json = r#"{"parent":"a","created":1,"author":"me","comment":null,"throwaway":true,
                   "container_config":{"Cmd":["/bin/sh",null,"-c","true"]}}"#;
    let layer: LayerJson = serde_json::from_str(json).unwrap();
    assert_eq!((layer.parent(), layer.throwaway()), (Some("a"), true));
    let entry = layer.history();
    assert_eq!((entry.created, entry.comment.as_deref()), (None, Some("me")));
    assert_eq!(entry.created_by.as_deref(), Some("/bin/sh -c true"));
    let layer: LayerJson =
        serde_json::from_str(r#"{"parent":null,"container_config":[]}"#).unwrap();
    assert_eq!(layer.parent(), None);
}
