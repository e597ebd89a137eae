//! The image configuration: platform, root file system, history, and how a container would run.
//!
//! Source: OCI image-spec, config.md. The inner `config` object is kept unchanged and read leniently for
//! display: a value of the wrong type is ignored, and the rest of the image is still shown.

use super::DiffId;
use super::lenient::null_default;
use crate::json;
use crate::vocabulary::LayerPosition;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};

/// An image configuration; `config_json.rs` reads it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImageConfig {
    /// RFC 3339, as written.
    pub created: Option<String>,
    /// The author.
    pub author: Option<String>,
    /// As Go spells it.
    pub architecture: Option<String>,
    /// As Go spells it.
    pub os: Option<String>,
    /// The CPU's variant.
    pub variant: Option<String>,
    /// The `config` object, unchanged.
    pub config: Option<Box<RawValue>>,
    pub rootfs: RootFs,
    /// The steps that made the layers, empty layers included.
    pub history: Vec<HistoryEntry>,
}

/// `rootfs` of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RootFs {
    /// The base first; `None` for a text that is not a digest.
    pub diff_ids: Vec<Option<DiffId>>,
}

/// One step of the history.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// RFC 3339, as written.
    #[serde(default)]
    pub created: Option<String>,
    /// The instruction, as the builder recorded it.
    #[serde(default)]
    pub created_by: Option<String>,
    /// Free text.
    #[serde(default)]
    pub comment: Option<String>,
    /// It made no layer.
    #[serde(default, deserialize_with = "null_default")]
    pub empty_layer: bool,
}

/// The layer that each step made, if it made one: the others take the layers in order, from the base.
pub fn layers_of_steps(steps: &[HistoryEntry]) -> impl Iterator<Item = Option<LayerPosition>> {
    let mut next = 0;
    steps.iter().map(move |step| {
        let layer = (!step.empty_layer).then_some(LayerPosition(next));
        next += u32::from(!step.empty_layer);
        layer
    })
}

/// How a container runs, from the `config` object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunConfig {
    /// User and group as written.
    pub user: String,
    pub entrypoint: Vec<String>,
    /// Command, or arguments of the entrypoint.
    pub cmd: Vec<String>,
    /// `NAME=value`.
    pub env: Vec<String>,
    /// `80/tcp`.
    pub ports: Vec<String>,
    /// The working directory at the start.
    pub working_dir: String,
    /// Mount points.
    pub volumes: Vec<String>,
    /// Labels, sorted by name.
    pub labels: Vec<(String, String)>,
    /// The signal that stops it.
    pub stop_signal: String,
    /// `None`: not set.
    pub healthcheck: Option<HealthConfig>,
    /// Instructions that run in images built from this one.
    pub on_build: Vec<String>,
    /// The shell of instructions in shell form; empty: the default.
    pub shell: Vec<String>,
}

/// `Healthcheck`. Times are nanoseconds; `None`: not set, or 0, which means Docker's default.
///
/// Source: Docker's image specification 1.2, "Healthcheck".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HealthConfig {
    /// `NONE`, or `CMD` or `CMD-SHELL` before the command.
    pub test: Vec<String>,
    pub interval: Option<u64>,
    pub timeout: Option<u64>,
    pub start_period: Option<u64>,
    pub start_interval: Option<u64>,
    pub retries: Option<u64>,
}

impl ImageConfig {
    /// Reads the `config` object leniently.
    pub fn run_config(&self) -> RunConfig {
        let raw = self.config.as_ref().map_or("null", |raw| raw.get());
        let Ok(Value::Object(object)) = json::from_text(raw) else {
            return RunConfig::default();
        };
        let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
        let keys = |key: &str| {
            let map = object.get(key).and_then(Value::as_object);
            map.map(|map| map.keys().cloned().collect()).unwrap_or_default()
        };
        RunConfig {
            user: text("User"),
            entrypoint: words(object.get("Entrypoint")),
            cmd: words(object.get("Cmd")),
            env: words(object.get("Env")),
            ports: keys("ExposedPorts"),
            working_dir: text("WorkingDir"),
            volumes: keys("Volumes"),
            labels: labels(&object),
            stop_signal: text("StopSignal"),
            healthcheck: object.get("Healthcheck").and_then(health_config),
            on_build: words(object.get("OnBuild")),
            shell: words(object.get("Shell")),
        }
    }
}

/// A list of texts; a single text, as in the oldest images, is a list of one.
fn words(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(items)) => {
            items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

fn labels(config: &Map<String, Value>) -> Vec<(String, String)> {
    let Some(Value::Object(labels)) = config.get("Labels") else { return Vec::new() };
    let pair = |(key, value): (&String, &Value)| Some((key.clone(), value.as_str()?.to_owned()));
    labels.iter().filter_map(pair).collect()
}

fn health_config(value: &Value) -> Option<HealthConfig> {
    let object = value.as_object()?;
    let number = |key: &str| object.get(key).and_then(Value::as_u64).filter(|value| *value > 0);
    Some(HealthConfig {
        test: words(object.get("Test")),
        interval: number("Interval"),
        timeout: number("Timeout"),
        start_period: number("StartPeriod"),
        start_interval: number("StartInterval"),
        retries: number("Retries"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_and_values_of_the_wrong_type_are_ignored() {
        let json = r#"{"created":null,"history":null,"rootfs":{"diff_ids":["sha256:zz",null]},
            "config":{"Env":["A=1",2],"Entrypoint":"top","Cmd":null,"ExposedPorts":{"80/tcp":{}},
            "Labels":{"b":"2","a":7,"c":null},"OnBuild":["RUN x"],"Shell":["/bin/bash","-c"],
            "Healthcheck":{"Test":["CMD-SHELL","true"],"Interval":5,"Timeout":0,"Retries":"3"}}}"#;
        let config: ImageConfig = json::from_text(json).unwrap();
        assert_eq!(config.rootfs.diff_ids, [None]);
        let run = config.run_config();
        assert_eq!(
            (run.env, run.entrypoint, run.cmd),
            (vec!["A=1".into()], vec!["top".into()], vec![])
        );
        assert_eq!(
            (run.ports, run.on_build),
            (vec!["80/tcp".to_owned()], vec!["RUN x".to_owned()])
        );
        assert_eq!(run.shell, ["/bin/bash", "-c"]);
        assert_eq!(run.labels, [("b".to_owned(), "2".to_owned())]);
        let check = run.healthcheck.unwrap();
        assert_eq!(check.test, ["CMD-SHELL", "true"]);
        assert_eq!((check.interval, check.timeout, check.retries), (Some(5), None, None));
    }
}
