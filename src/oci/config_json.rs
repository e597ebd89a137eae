//! An image's configuration as it is written. What cannot be read costs itself: a wrong `created` leaves the
//! layers, a wrong history entry the other entries.

use super::config::{HistoryEntry, ImageConfig, RootFs};
use super::digest::{DiffId, Digest};
use super::lenient::{Faults, Items, LenientDocument, Part, UnreadPart};
use crate::json;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// At most this many history entries are read: three bytes of JSON make one of a hundred bytes.
const MAX_HISTORY: usize = 10_000;
/// At most this many diff IDs are read.
const MAX_DIFF_IDS: usize = 10_000;

#[derive(Default, Deserialize)]
#[serde(default)]
struct ConfigJson {
    created: Part<String>,
    author: Part<String>,
    architecture: Part<String>,
    os: Part<String>,
    variant: Part<String>,
    config: Option<Box<RawValue>>,
    rootfs: Part<RootFsJson>,
    history: Items<HistoryJson, MAX_HISTORY>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RootFsJson {
    diff_ids: Items<String, MAX_DIFF_IDS>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct HistoryJson {
    created: Part<String>,
    created_by: Part<String>,
    comment: Part<String>,
    empty_layer: Part<bool>,
}

impl ConfigJson {
    /// The configuration, without what cannot be read.
    fn read(self, faults: &mut Faults) -> ImageConfig {
        let rootfs = faults.value("rootfs", self.rootfs).unwrap_or_default();
        let rootfs = faults.within("rootfs", |faults| rootfs.read(faults));
        let history = faults.items("history", self.history);
        let layers = rootfs.diff_ids.len();
        let history = faults.within("history", |faults| read_history(history, layers, faults));
        if let Some(config) = &self.config {
            faults.within("config", |faults| check_run_config(config, faults));
        }
        ImageConfig {
            created: faults.value("created", self.created),
            author: faults.value("author", self.author),
            architecture: faults.value("architecture", self.architecture),
            os: faults.value("os", self.os),
            variant: faults.value("variant", self.variant),
            config: self.config,
            rootfs,
            history,
        }
    }
}

impl LenientDocument for ImageConfig {
    fn read(json: &[u8], faults: &mut Faults) -> Result<ImageConfig, serde_json::Error> {
        Ok(serde_json::from_slice::<ConfigJson>(json)?.read(faults))
    }
}

impl<'de> Deserialize<'de> for ImageConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ImageConfig, D::Error> {
        Ok(ConfigJson::deserialize(deserializer)?.read(&mut Faults::default()))
    }
}

impl RootFsJson {
    fn read(self, faults: &mut Faults) -> RootFs {
        let parts = faults.items("diff_ids", self.diff_ids);
        let read = |faults: &mut Faults, part: Part<String>| {
            let text = faults.here(part)?;
            let digest = Digest::parse(&text);
            if digest.is_none() {
                faults.add(UnreadPart::new("not a digest".to_owned(), &text));
            }
            digest.map(DiffId)
        };
        let diff_ids = faults.within("diff_ids", |faults| {
            let parts = parts.into_iter().enumerate();
            let there = parts.filter(|(_, part)| !matches!(part, Part::Absent));
            there.map(|(at, part)| faults.at(at, |faults| read(faults, part))).collect()
        });
        RootFs { diff_ids }
    }
}

/// The entries of the history. One that is null or cannot be read keeps its place only where there are fewer
/// others than layers: then it is a layer's.
fn read_history(
    parts: Vec<Part<HistoryJson>>,
    layers: usize,
    faults: &mut Faults,
) -> Vec<HistoryEntry> {
    let read = |(at, part): (usize, Part<HistoryJson>)| {
        faults.at(at, |faults| faults.here(part).map(|json| json.read(faults)))
    };
    let entries: Vec<Option<HistoryEntry>> = parts.into_iter().enumerate().map(read).collect();
    let filled = entries.iter().flatten().filter(|entry| !entry.empty_layer).count();
    let mut missing = layers.saturating_sub(filled);
    let place = |entry: Option<HistoryEntry>| {
        if entry.is_none() {
            missing = missing.checked_sub(1)?;
        }
        Some(entry.unwrap_or_default())
    };
    entries.into_iter().filter_map(place).collect()
}

impl HistoryJson {
    fn read(self, faults: &mut Faults) -> HistoryEntry {
        HistoryEntry {
            created: faults.value("created", self.created),
            created_by: faults.value("created_by", self.created_by),
            comment: faults.value("comment", self.comment),
            empty_layer: faults.value("empty_layer", self.empty_layer).unwrap_or_default(),
        }
    }
}

/// Names what `ImageConfig::run_config` leaves out of the lists and maps of texts.
fn check_run_config(config: &RawValue, faults: &mut Faults) {
    let object = match json::from_text(config.get()) {
        Ok(Value::Object(object)) => object,
        _ => return faults.add(UnreadPart::new("expected an object".to_owned(), config.get())),
    };
    let is_text = |value: &Value| value.is_null() || value.is_string();
    let no_text = |value: &Value| UnreadPart::new("expected a text".to_owned(), &value.to_string());
    for key in ["Entrypoint", "Cmd", "Env", "OnBuild", "Shell"] {
        let items = object.get(key).and_then(Value::as_array).into_iter().flatten().enumerate();
        for (at, item) in items.filter(|(_, item)| !is_text(item)) {
            faults.within(key, |faults| faults.at(at, |faults| faults.add(no_text(item))));
        }
    }
    let labels = object.get("Labels").and_then(Value::as_object).into_iter().flatten();
    for (name, value) in labels.filter(|(_, value)| !is_text(value)) {
        faults.within("Labels", |faults| faults.within(name, |faults| faults.add(no_text(value))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> (ImageConfig, Vec<String>) {
        let (config, faults) = ImageConfig::with_faults(json.as_bytes()).unwrap();
        (config, faults.into_iter().map(|fault| fault.place).collect())
    }

    #[test]
    fn what_cannot_be_read_costs_itself_alone() {
        let hex = "0".repeat(64);
        let (config, places) = read(&format!(
            r#"{{"created":5,"os":"linux","architecture":["amd64"],"rootfs":{{"diff_ids":["sha256:{hex}",7]}},
                "history":[{{"created_by":"A","created":{{}}}},"B",{{"created_by":"C","empty_layer":true}}],
                "config":{{"Env":["A=1",2,null],"Labels":{{"a":{{}},"b":null,"c":"d"}},"Cmd":"sh"}}}}"#
        ));
        assert_eq!((config.os.as_deref(), config.created), (Some("linux"), None));
        let steps: Vec<_> =
            config.history.iter().map(|entry| entry.created_by.as_deref()).collect();
        assert_eq!(steps, [Some("A"), None, Some("C")]);
        assert!(config.rootfs.diff_ids[0].is_some() && config.rootfs.diff_ids[1].is_none());
        assert_eq!(
            places,
            [
                "rootfs.diff_ids[1]",
                "history[0].created",
                "history[1]",
                "config.Env[1]",
                "config.Labels.a",
                "created",
                "architecture"
            ]
        );
    }

    #[test]
    fn a_null_in_the_history_is_a_layer_s_only_where_one_is_missing() {
        let hex = "0".repeat(64);
        let history = |nulls: &str| {
            let json = format!(
                r#"{{"rootfs":{{"diff_ids":["sha256:{hex}","sha256:{hex}"]}},"history":{nulls}}}"#
            );
            let (config, places) = read(&json);
            assert_eq!(places, Vec::<String>::new(), "a null is no fault");
            config.history.into_iter().map(|entry| entry.created_by).collect::<Vec<_>>()
        };
        let text = |text: &str| Some(text.to_owned());
        let (a, b) = (r#"{"created_by":"a"}"#, r#"{"created_by":"b"}"#);
        assert_eq!(history(&format!("[{a},null,{b}]")), [text("a"), text("b")]);
        assert_eq!(history(&format!("[{a},null]")), [text("a"), None]);
        assert_eq!(history("null"), []);
    }

    #[test]
    fn nulls_anywhere_are_absent() {
        let (config, places) = read(
            r#"{"created":null,"author":null,"os":null,"rootfs":null,"history":[null],
                "config":{"Env":null,"Cmd":[null,"x"],"Labels":{"a":null},"ExposedPorts":null}}"#,
        );
        assert_eq!(places, Vec::<String>::new());
        assert_eq!(config.run_config().cmd, ["x"]);
        assert!(config.history.is_empty() && config.rootfs.diff_ids.is_empty());
    }
}
