//! A Dockerfile as lines that know their place in the history and their layer.

use crate::vocabulary::{DockerfileOrigin, LayerPosition};

/// A Dockerfile, line by line.
#[derive(Clone, Debug, PartialEq)]
pub struct Dockerfile {
    pub origin: DockerfileOrigin,
    pub lines: Vec<DockerfileLine>,
}

/// An instruction, or a comment, as a Dockerfile has it; more than one line of text if it is long.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DockerfileLine {
    /// `RUN`; empty for comments and empty lines.
    pub instruction: String,
    /// The whole instruction, its keyword included.
    pub text: String,
    /// Its place in the history.
    pub history: Option<u32>,
    /// The layer that it made.
    pub layer: Option<LayerPosition>,
    /// Something in it is not recorded, but guessed.
    pub guessed: bool,
    /// It is the base image's.
    pub base: bool,
}

impl Dockerfile {
    /// The whole file.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            text.push_str(&line.text);
            text.push('\n');
        }
        text
    }
}

impl DockerfileLine {
    /// A comment; its text may have several lines.
    pub fn comment(text: &str) -> DockerfileLine {
        let lines: Vec<String> = text.lines().map(|line| format!("# {line}")).collect();
        DockerfileLine { text: lines.join("\n"), ..DockerfileLine::default() }
    }
}
