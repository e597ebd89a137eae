//! A Dockerfile rebuilt from the history, the configuration and what the layers brought.

use super::brought::Brought;
use super::lines::{Dockerfile, DockerfileLine};
use super::recorded::{RecordForm, take_apart};
use super::write::WriteState;
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
    /// What a layer brought below a directory; `None`: not read yet, or too much to look through.
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
        recorded_shell: default_shell(record.windows).join(" "),
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
    let step = take_apart(entry, &state.recorded_shell);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Each step with its time and comment; steps whose text begins with `-` make no layer.
    fn dockerfile(
        steps: &[&str],
        comment: &str,
        base: (Option<&str>, Option<usize>),
    ) -> Dockerfile {
        let entry = |(at, text): (usize, &&str)| HistoryEntry {
            created: Some(format!("20{:02}-01-01T00:00:00Z", at * 7)),
            created_by: Some(text.trim_start_matches('-').to_owned()),
            comment: Some(comment.to_owned()),
            empty_layer: text.starts_with('-'),
        };
        let steps: Vec<HistoryEntry> = steps.iter().enumerate().map(entry).collect();
        let layers = steps.iter().filter(|entry| !entry.empty_layer).count() as u32;
        rebuild(&BuildRecord {
            steps: &steps,
            config: &RunConfig::default(),
            layers,
            windows: false,
            base_name: base.0.map(str::to_owned),
            base_steps: base.1,
            base_guessed: true,
            brought: &|_, _| None,
        })
    }

    fn text(steps: &[&str]) -> String {
        dockerfile(steps, "", (None, None)).text()
    }

    #[test]
    fn what_other_tools_misread_is_read() {
        let rebuilt = text(&[
            "-ENV A=1 B=2",
            "|1 NAME= /bin/sh -c make",
            "RUN |1 NAME= /bin/sh -c make # buildkit",
            "|force-mtime=10 /bin/sh -c make",
            "RUN /bin/sh -c set -e\nmake all\n # buildkit",
            "-EXPOSE map[80/tcp:{}]",
            "-/bin/sh -c #(nop) ENTRYPOINT &{[\"/pause\"]}",
            "RUN make all # buildkit",
        ]);
        let lines = "FROM scratch\nENV A=1 B=2\nRUN make\nRUN make\nRUN make\nRUN <<EOF\nset -e\nmake all\nEOF\n\
                     EXPOSE 80/tcp\nENTRYPOINT [\"/pause\"]\nRUN [\"make\", \"all\"]\n";
        assert_eq!(rebuilt, lines);
    }

    #[test]
    fn the_shell_form_is_that_of_the_shell_that_was_set() {
        let rebuilt = text(&[
            "-CMD [\"/bin/sh\" \"-c\" \"echo hi\"]",
            "-SHELL [/bin/bash -c]",
            "-CMD [\"/bin/sh\" \"-c\" \"echo hi\"]",
            "RUN /bin/bash -c make # buildkit",
        ]);
        let lines = "FROM scratch\nCMD [\"/bin/sh\", \"-c\", \"echo hi\"]\n";
        assert!(rebuilt.ends_with("RUN make\n"), "{rebuilt}");
        assert!(!rebuilt.starts_with(lines), "the first is in shell form: {rebuilt}");
        assert!(
            rebuilt
                .contains("SHELL [\"/bin/bash\", \"-c\"]\nCMD [\"/bin/sh\", \"-c\", \"echo hi\"]")
        );
    }

    #[test]
    fn years_between_steps_make_no_stages() {
        assert_eq!(
            text(&["RUN a # buildkit", "RUN b c # buildkit", "-USER x"]).matches("FROM").count(),
            1
        );
    }

    #[test]
    fn a_base_image_that_is_named_is_not_built_again() {
        let steps = ["ADD x /", "-CMD [\"sh\"]", "COPY y /"];
        let file = dockerfile(&steps, "buildkit.dockerfile.v0", (Some("debian:12"), Some(2)));
        let text = "# ADD x /\n# CMD [\"sh\"]\n# The base image probably ends here.\nFROM debian:12\nCOPY y /\n";
        assert_eq!(file.text(), text);
        let base: Vec<bool> = file.lines.iter().map(|line| line.base).collect();
        assert_eq!(base, [true, true, false, false, false]);
        let layers: Vec<_> =
            file.lines.iter().map(|line| line.layer.map(|layer| layer.0)).collect();
        assert_eq!(layers, [Some(0), None, None, None, Some(1)]);
    }
}
