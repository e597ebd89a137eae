//! The hexadecimal view: it reads the parts that are on screen, one at a time, and shows what is at the cursor.
//!
//! - One part is requested at a time, and the next is chosen when it is here: what was scrolled past is not read.
//! - A list taller than browsers draw has a scaled scroll bar (`ui/widgets/window.rs`): there the wheel moves by rows.

use super::super::file_on_show::FileOnShow;
use super::super::read_progress::progress_text;
use super::place::read_offset;
use super::rows::{HexRow, HexRowView};
use super::state::{HexState, measure};
use super::values::{ByteValue, MOST, values};
use crate::format;
use crate::ui::app::use_image;
use crate::ui::widgets::{Button, ProblemNote};
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;

/// The bytes of a file of `size` bytes, of which the beginning may be known.
#[component]
pub fn HexView(file: FileOnShow, size: u64, start: Vec<u8>) -> AnyView {
    let image = use_image();
    let state = HexState::new(size, &start);
    measure(state);
    let file = StoredValue::new(file);
    Effect::new(move || {
        let stopped =
            state.reading.get() || state.cancelled.get() || state.problem.read().is_some();
        if let Some(number) = state.missing().filter(|_| !stopped) {
            state.read(image, file.get_value(), number);
        }
    });
    on_cleanup(move || state.stop());
    view! {
        <div class="hex">
            <OffsetBox state />
            <HexRows state />
            <HexRest state />
            <Inspector state />
        </div>
    }
    .into_any()
}

/// The rows near the screen.
#[component]
fn HexRows(state: HexState) -> AnyView {
    let space = move || format!("{}px", state.pane.read().space(state.rows()));
    let offset = move || {
        let window = state.pane.read().window(state.rows());
        format!("{}px", window.top_of(window.first))
    };
    view! {
        <div
            class="bytes"
            role="group"
            aria-label="Bytes of the file"
            tabindex="0"
            node_ref=state.root
            on:scroll=move |_| state.scrolled()
            on:wheel=move |event| state.wheel(&event)
            on:keydown=move |event| state.pressed(&event)
            on:click=move |event| state.clicked(&event)
        >
            <div class="space" style:height=space>
                <div class="drawn" style:top=offset>
                    <For each=move || state.drawn() key=HexRow::clone let(row)>
                        <HexRowView row />
                    </For>
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// Where to go, and where the cursor is.
#[component]
fn OffsetBox(state: HexState) -> AnyView {
    let input = NodeRef::<Input>::new();
    let invalid = RwSignal::new(false);
    let go = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(element) = input.get_untracked() else { return };
        let offset = read_offset(&element.value(), state.size);
        invalid.set(offset.is_none());
        if let Some(offset) = offset {
            state.go(offset);
        }
    };
    let hint = move || {
        let size = format::count(state.size);
        invalid.get().then(|| {
            format!("No such offset: the file has {size} bytes. 4096, 0x1000 and -16 can be read.")
        })
    };
    let at = move || {
        let cursor = state.cursor.get();
        format!("Offset {} (0x{cursor:x})", format::count(cursor))
    };
    view! {
        <form class="tools offset" on:submit=go>
            <input
                type="text"
                class="field"
                aria-label="Go to offset"
                placeholder="Offset, like 0x1000"
                autocomplete="off"
                spellcheck="false"
                node_ref=input
                aria-invalid=move || invalid.get().then_some("true")
                on:input=move |_| invalid.set(false)
            />
            <button type="submit" class="btn">"Go"</button>
            <span class="soft" role="status">{move || hint().unwrap_or_else(at)}</span>
        </form>
    }
    .into_any()
}

/// What is being read, or why it is not.
#[component]
fn HexRest(state: HexState) -> AnyView {
    let drawn = move || {
        if let Some(problem) = state.problem.get() {
            let again = move || state.problem.set(None);
            return Some(
                view! {
                    <div class="bt" role="alert">
                        <ProblemNote problem grave=true />
                        <Button label="Try again" on_press=again />
                    </div>
                }
                .into_any(),
            );
        }
        if state.cancelled.get() {
            let again = move || state.cancelled.set(false);
            return Some(
                view! {
                    <p class="bt">
                        <Button label="Continue reading" on_press=again />
                        <span class="soft">"Cancelled"</span>
                    </p>
                }
                .into_any(),
            );
        }
        // Most reads are over before anyone could read of them.
        let progress = state.progress.get()?;
        Some(
            view! {
                <p class="bt" role="status">
                    <Button label="Cancel" on_press=move || state.stop() />
                    <span class="soft">{progress_text(progress)}</span>
                </p>
            }
            .into_any(),
        )
    };
    view! { {drawn} }.into_any()
}

/// What the bytes at the cursor mean.
#[component]
fn Inspector(state: HexState) -> AnyView {
    let all = Memo::new(move |_| {
        let cursor = state.cursor.get();
        values(&state.pages.read().bytes(cursor, MOST))
    });
    let rows = move || all.get().into_iter().map(value_row).collect_view();
    view! {
        <table class="byte-values" aria-label="Values at the cursor">
            <thead>
                <tr>
                    <th scope="col">"Type"</th>
                    <th scope="col">"Little-endian"</th>
                    <th scope="col">"Big-endian"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn value_row(value: ByteValue) -> AnyView {
    let ByteValue { name, little, big } = value;
    let cells = match big {
        Some(big) => view! { <td>{little}</td><td>{big}</td> }.into_any(),
        None => view! { <td colspan="2">{little}</td> }.into_any(),
    };
    view! { <tr><th scope="row">{name}</th>{cells}</tr> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member_path::MemberPath;
    use crate::protocol::LinkPath;
    use crate::selection::LayerSelection;
    use crate::ui::testing::{Rendered, TestPage};

    fn drawn(size: u64, start: &'static [u8]) -> Rendered {
        let file = FileOnShow {
            path: LinkPath("/a".into()),
            layers: LayerSelection::All,
            member: MemberPath::default(),
        };
        TestPage::new().render(move || view! { <HexView file size start=start.to_vec() /> })
    }

    #[test]
    fn a_file_is_drawn_with_what_its_first_bytes_mean() {
        let html = drawn(20, b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0");
        let text = html.text();
        assert!(text.contains("00000000 7f 45 4c 46 02 01 01 00 00 00"), "{text}");
        assert!(text.contains("Offset 0 (0x0)") && text.contains("u16 17791 32581"), "{text}");
        assert!(html.has(r#"aria-label="Bytes of the file""#));
        assert_eq!(html.count("class=\"hexrow"), 2);
    }

    #[test]
    fn of_a_large_file_only_rows_near_the_screen_are_drawn() {
        for size in [1 << 30, 1 << 62] {
            let html = drawn(size, b"");
            assert!(html.count("class=\"hexrow") < 100, "{size}");
            assert!(html.has("unread") && html.text().contains("000010 .. .."), "{}", html.text());
        }
    }
}
