//! A Dockerfile rebuilt from the history, the configuration and what the layers brought.

use super::brought::Brought;
use super::recorded::{RecordForm, take_apart};
use super::write::WriteState;
use super::{Dockerfile, DockerfileLine};
use crate::oci::{HistoryEntry, RunConfig};
use crate::vocabulary::{DockerfileOrigin, LayerPosition};

/// What is known about how an image was built.
pub struct BuildRecord<'a> {
    /// The steps, base first.
    pub steps: &'a [HistoryEntry],
    pub config: &'a RunConfig,
    /// Number of layers.
    pub layers: u32,
    pub windows: bool,
    /// What FROM names; `None`: not known, so the base image's steps are part of the file.
    pub base_name: Option<String>,
    /// Steps of the base image at the start; `None`: not known.
    pub base_steps: Option<usize>,
    /// The boundary is a guess.
    pub base_guessed: bool,
    /// What a layer brought below a directory; `None`: not read yet.
    pub brought: &'a dyn Fn(LayerPosition, &str) -> Option<Brought>,
}

/// Rebuilds the Dockerfile.
pub fn rebuild(record: &BuildRecord<'_>) -> Dockerfile {
    let config = record.config;
    let base = record.base_steps.unwrap_or(0).min(record.steps.len());
    let mut lines = Vec::new();
    let name = record.base_name.as_deref().filter(|_| base > 0);
    if record.windows {
        lines.push(DockerfileLine { text: "# escape=`".to_owned(), ..DockerfileLine::default() });
    }
    if name.is_none() {
        lines.push(from("scratch", record.base_name.is_some() || base > 0));
    }
    let mut state = WriteState {
        config,
        env: config.env.iter().filter_map(|pair| pair.split_once('=')).collect(),
        labels: config.labels.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect(),
        shell: default_shell(record.windows),
        workdir: "/".to_owned(),
        windows: record.windows,
    };
    let mut next = 0;
    for (at, entry) in record.steps.iter().enumerate() {
        if at == base && at > 0 {
            lines.extend(boundary(name, record.base_guessed));
        }
        let layer = (!entry.empty_layer && next < record.layers).then_some(LayerPosition(next));
        next += u32::from(layer.is_some());
        let place = DockerfileLine {
            history: u32::try_from(at).ok(),
            layer,
            base: at < base,
            ..DockerfileLine::default()
        };
        // A base image that FROM names is shown, and not built again.
        let mut step = written(entry, &mut state, &place, record);
        if place.base && name.is_some() {
            for line in &mut step {
                line.text = DockerfileLine::comment(&line.text).text;
            }
        }
        lines.extend(step);
    }
    if base > 0 && base == record.steps.len() {
        lines.extend(boundary(name, record.base_guessed));
    }
    for layer in next..record.layers {
        let text = "A layer of which the history says nothing.";
        let layer = Some(LayerPosition(layer));
        lines.push(DockerfileLine { layer, guessed: true, ..DockerfileLine::comment(text) });
    }
    Dockerfile { origin: DockerfileOrigin::History, lines }
}

/// The lines of one step.
fn written(
    entry: &HistoryEntry,
    state: &mut WriteState<'_>,
    place: &DockerfileLine,
    record: &BuildRecord<'_>,
) -> Vec<DockerfileLine> {
    let shell = state.shell.join(" ");
    let step = take_apart(entry, &shell);
    if step.form == RecordForm::Unknown {
        let comment = entry.comment.as_deref().unwrap_or("").trim();
        let text = match (step.text, comment) {
            ("", "") => "A step of which nothing is recorded.".to_owned(),
            (text, "") | ("", text) => text.to_owned(),
            (text, comment) if text == comment => text.to_owned(),
            (text, comment) => format!("{text} ({comment})"),
        };
        let text = DockerfileLine::comment(&text).text;
        return vec![DockerfileLine { text, guessed: true, ..place.clone() }];
    }
    let look = |directory: &str| (record.brought)(place.layer?, directory);
    let out = state.write(&step, &look);
    let remark = out
        .remark
        .map(|remark| DockerfileLine { base: place.base, ..DockerfileLine::comment(&remark) });
    let line = DockerfileLine {
        instruction: step.keyword.to_owned(),
        text: out.text,
        guessed: out.guessed,
        ..place.clone()
    };
    remark.into_iter().chain([line]).collect()
}

fn from(name: &str, guessed: bool) -> DockerfileLine {
    DockerfileLine {
        instruction: "FROM".to_owned(),
        text: format!("FROM {name}"),
        guessed,
        ..DockerfileLine::default()
    }
}

/// Where the base image ends.
fn boundary(name: Option<&str>, guessed: bool) -> Vec<DockerfileLine> {
    let text = match guessed {
        true => "The base image probably ends here.",
        false => "The base image ends here.",
    };
    let end = DockerfileLine { guessed, ..DockerfileLine::comment(text) };
    [end].into_iter().chain(name.map(|name| from(name, guessed))).collect()
}

/// The shell without SHELL.
fn default_shell(windows: bool) -> Vec<String> {
    let words: &[&str] = if windows { &["cmd", "/S", "/C"] } else { &["/bin/sh", "-c"] };
    words.iter().map(|&word| word.to_owned()).collect()
}
