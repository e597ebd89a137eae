//! How much is drawn of a list or a text that an image decides: a document may name ten thousand things, or hold one
//! text of 16 MB. What is not drawn is counted.

use crate::format;
use crate::text::beginning;
use leptos::prelude::*;

/// Rows of a list that is drawn whole. Docker allows 127 layers; some thousand rows are drawn within a moment.
pub const MAX_DRAWN: usize = 1_000;

/// Bytes of a text in one element: all of it is broken into lines whenever its width changes.
const MAX_TEXT: usize = 64 << 10;

/// Below a list: how many of its things are not drawn, and where they are. Nothing if all are drawn.
#[component]
pub fn NotDrawn(
    more: usize,
    /// `more step is`, `more steps are`.
    words: (&'static str, &'static str),
    /// A sentence: `The report has all.`
    place: &'static str,
) -> AnyView {
    let count = format::counted(more as u64, words.0, words.1);
    (more > 0)
        .then(|| view! { <p class="soft">{format!("{count} not listed. {place}")}</p> })
        .into_any()
}

/// A text, or its beginning and how much follows.
pub fn drawn_text(mut text: String) -> String {
    let all = text.len();
    if all > MAX_TEXT {
        let end = beginning(&text, MAX_TEXT).len();
        text.truncate(end);
        text.push_str(&format!("… ({} more)", format::size((all - end) as u64)));
    }
    text
}

#[test]
fn an_endless_text_is_drawn_in_part() {
    assert_eq!(drawn_text("é".repeat(MAX_TEXT / 2)), "é".repeat(MAX_TEXT / 2));
    let cut = drawn_text(format!("a{}", "é".repeat(1_000_000)));
    assert!(cut.len() < MAX_TEXT + 20 && cut.ends_with("é… (1.93 MB more)"), "{}", cut.len());
}
