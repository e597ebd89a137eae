//! The line of a file that has a secret, read and shown when the user asks for it, and hidden again.

use crate::browser::page::client::Attachment;
use crate::problem::Problem;
use crate::protocol::{LinkPath, ReadContent};
use crate::selection::LayerSelection;
use crate::text::show_lines;
use crate::ui::app::{spawn, use_image};
use crate::ui::widgets::{Button, ProblemNote};
use leptos::prelude::*;

/// Bytes that are read for a line.
const MAX_READ: u64 = 4 << 20;

/// What is known about the line.
#[derive(Clone, Debug, PartialEq)]
enum LineState {
    Hidden,
    Reading,
    Shown(String),
    Failed(Problem),
}

/// A button that shows the line, then the line itself.
#[component]
pub fn SecretLine(path: LinkPath, layers: LayerSelection, line: u32) -> AnyView {
    let image = use_image();
    let state = RwSignal::new(LineState::Hidden);
    let read = move || {
        let Some(client) = image.client() else { return };
        let (image, path) = (image.position, path.clone());
        state.set(LineState::Reading);
        spawn(async move {
            let question = ReadContent { image, path, layers, offset: 0, length: MAX_READ };
            let answer = client.ask_with(question, Attachment::Nothing, |_| ()).await;
            state.try_set(match answer {
                Ok((_, bytes)) => line_of(&bytes, line),
                Err(problem) => LineState::Failed(problem),
            });
        });
    };
    let read = StoredValue::new(read);
    let drawn = move || match state.get() {
        LineState::Hidden => {
            let label = format!("Show line {line}");
            view! { <Button label on_press=move || read.with_value(|read| read()) /> }.into_any()
        }
        LineState::Reading => view! { <p class="hint" role="status">"Reading…"</p> }.into_any(),
        LineState::Shown(text) => {
            let hide = move || state.set(LineState::Hidden);
            view! { <pre class="dump wrapped">{text}</pre><Button label="Hide" on_press=hide /> }
                .into_any()
        }
        LineState::Failed(problem) => view! { <ProblemNote problem grave=true /> }.into_any(),
    };
    view! { <div class="bt">{drawn}</div> }.into_any()
}

/// The line with this number, escaped.
fn line_of(bytes: &[u8], line: u32) -> LineState {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    match lines.nth(line.saturating_sub(1) as usize) {
        Some(text) => LineState::Shown(show_lines(&String::from_utf8_lossy(text))),
        None => LineState::Failed(
            Problem::new("no-content", "The line is beyond what is read here.")
                .advice("Open the file."),
        ),
    }
}

#[test]
fn lines_count_from_one_and_are_escaped() {
    assert_eq!(line_of(b"a\nb\x1b\nc", 2), LineState::Shown("b\\x1b".into()));
    assert!(matches!(line_of(b"a", 2), LineState::Failed(_)));
}
