//! The line of a file that has a secret, read and shown when the user asks for it, and hidden again.

use crate::browser::page::client::Attachment;
use crate::format;
use crate::problem::Problem;
use crate::protocol::{LinkPath, ReadContent};
use crate::selection::LayerSelection;
use crate::text::show_lines;
use crate::ui::app::{spawn, use_image};
use crate::ui::widgets::{Button, ProblemNote};
use leptos::prelude::*;

/// Bytes that are read for a line.
const MAX_READ: u64 = 4 << 20;

/// Bytes of the line that are shown: a file may be one line.
const MAX_LINE: usize = 16 << 10;

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

/// The line with this number, escaped; of a long one its start. `bytes` are the file's first ones, and all of them if
/// they are fewer than are read at most.
fn line_of(bytes: &[u8], line: u32) -> LineState {
    let is_whole = (bytes.len() as u64) < MAX_READ;
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let text = lines.nth(line.saturating_sub(1) as usize);
    // The last line that was read may go on.
    let goes_on = !is_whole && lines.next().is_none();
    match text {
        Some(text) => {
            let start = &text[..text.len().min(MAX_LINE)];
            let mut shown = show_lines(&String::from_utf8_lossy(start));
            if start.len() < text.len() {
                let more = format::counted((text.len() - start.len()) as u64, "byte", "bytes");
                let least = if goes_on { "At least " } else { "" };
                shown.push_str(&format!(
                    "…\n{least}{more} more: open the file to see all of the line."
                ));
            }
            LineState::Shown(shown)
        }
        None if is_whole => {
            LineState::Failed(Problem::new("no-content", "The file has no such line."))
        }
        None => LineState::Failed(
            Problem::new("no-content", "The line is beyond the first 4 MiB, which are read here.")
                .advice("Open the file."),
        ),
    }
}

#[test]
fn lines_count_from_one_and_are_escaped() {
    assert_eq!(line_of(b"a\nb\x1b\nc", 2), LineState::Shown("b\\x1b".into()));
    assert!(matches!(line_of(b"a", 2), LineState::Failed(_)));
}

#[test]
fn of_a_line_without_an_end_the_start_is_shown() {
    let LineState::Shown(text) = line_of(&b"\x1b".repeat(1 << 20), 1) else { panic!("a line") };
    assert!(
        text.len() < 5 * MAX_LINE && text.contains("…\n1,032,192 bytes more"),
        "{}",
        text.len()
    );
    let LineState::Shown(text) = line_of(&vec![b'a'; MAX_READ as usize], 1) else {
        panic!("a line")
    };
    assert!(text.contains("…\nAt least 4,177,920 bytes more"), "what was not read is not counted");
}

#[test]
fn a_line_that_is_not_there_is_told_from_one_that_was_not_read() {
    let said = |bytes: &[u8], line| match line_of(bytes, line) {
        LineState::Failed(problem) => problem.message,
        other => panic!("{other:?}"),
    };
    assert_eq!(said(b"a\n", 3), "The file has no such line.");
    assert!(said(&vec![b'a'; MAX_READ as usize], 2).contains("beyond the first 4 MiB"));
}
