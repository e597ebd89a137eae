//! A file's content: text with line numbers, or hexadecimal for what is not text; a part at a time.

use crate::browser::page::client::Attachment;
use crate::browser::page::preferences;
use crate::format;
use crate::problem::Problem;
use crate::protocol::{LinkPath, OrderProgress, ReadContent, SlowRead, StreamLevel};
use crate::selection::LayerSelection;
use crate::text::show_lines;
use crate::ui::app::{ShownImage, spawn, use_image};
use crate::ui::widgets::{Button, CopyButton, ProblemNote, Segment, Segments, Switch};
use crate::ui::words;
use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;

/// The setting that wraps long lines.
const WRAP: &str = "wrap-lines";
/// Bytes that are read at once.
const PART: u64 = 256 * 1024;

/// What was read of one file.
#[derive(Clone, Copy)]
struct ContentRead {
    bytes: RwSignal<Vec<u8>>,
    /// Bytes of the whole file; `None` until something has come.
    size: RwSignal<Option<u64>>,
    problem: RwSignal<Option<Problem>>,
    progress: RwSignal<Option<OrderProgress>>,
    cancel: StoredValue<Option<AbortHandle>>,
    cancelled: RwSignal<bool>,
}

/// How the content is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ContentForm {
    Text,
    Hexadecimal,
}

/// The content of a file of `size` bytes.
#[component]
pub fn Content(path: LinkPath, layers: LayerSelection, size: u64) -> AnyView {
    let image = use_image();
    let read = ContentRead {
        bytes: RwSignal::new(Vec::new()),
        size: RwSignal::new((size == 0).then_some(0)),
        problem: RwSignal::new(None),
        progress: RwSignal::new(None),
        cancel: StoredValue::new(None),
        cancelled: RwSignal::new(false),
    };
    let path = StoredValue::new(path);
    let read_on = move || read_part(image, read, path.get_value(), layers);
    Effect::new(move || {
        if size > 0 {
            read_on();
        }
    });
    on_cleanup(move || cancel(read));
    let chosen = RwSignal::new(ContentForm::Text);
    let wrapped = RwSignal::new(preferences::get(WRAP).is_some_and(|on| on == "on"));
    view! {
        <section class="content" aria-label="Content">
            <h3>
                "Content"
                <span class="sp"></span>
                <TextTools read chosen wrapped />
                <FormChoice read chosen />
            </h3>
            <ContentBody read chosen wrapped />
            <ContentRest read read_on />
        </section>
    }
    .into_any()
}

fn cancel(read: ContentRead) {
    if let Some(Some(handle)) = read.cancel.try_update_value(Option::take) {
        handle.abort();
    }
}

/// Reads the next part.
fn read_part(image: ShownImage, read: ContentRead, path: LinkPath, layers: LayerSelection) {
    let Some(client) = image.client() else { return };
    let offset = read.bytes.read_untracked().len() as u64;
    read.cancelled.set(false);
    read.problem.set(None);
    let (reading, handle) = abortable(async move {
        let question = ReadContent { image: image.position, path, layers, offset, length: PART };
        let progress = move |progress| {
            read.progress.try_set(Some(progress));
        };
        let answer = client.ask_with(question, Attachment::Nothing, progress).await;
        if read.bytes.is_disposed() {
            return; // another file is shown by now
        }
        match answer {
            Ok((info, bytes)) => {
                read.bytes.update(|read| read.extend(bytes));
                read.size.set(Some(info.size));
            }
            Err(problem) if problem.code == "closed" => {}
            Err(problem) => read.problem.set(Some(problem)),
        }
    });
    read.cancel.set_value(Some(handle));
    spawn(async move {
        let ended = reading.await; // dropped when cancelled, and with it the request
        read.progress.try_set(None);
        read.cancelled.try_set(ended.is_err());
    });
}

/// For text: wrap long lines, and copy what was read of it.
#[component]
fn TextTools(read: ContentRead, chosen: RwSignal<ContentForm>, wrapped: RwSignal<bool>) -> AnyView {
    let text = move || {
        let (bytes, size) = (read.bytes.read(), read.size.get()?);
        let text = format::as_text(&bytes, bytes.len() as u64 >= size)?;
        (size > 0 && chosen.get() == ContentForm::Text).then(|| text.to_owned())
    };
    let is_text = Memo::new(move |_| text().is_some());
    let choose = move |on: bool| {
        preferences::set(WRAP, if on { "on" } else { "off" });
        wrapped.set(on);
    };
    view! {
        <Show when=move || is_text.get()>
            <Switch label="Wrap" on=wrapped on_change=choose />
            <CopyButton
                label="Copy content"
                text=Signal::derive(move || text().unwrap_or_default())
            />
        </Show>
    }
    .into_any()
}

/// Text or hexadecimal, where there is a choice.
#[component]
fn FormChoice(read: ContentRead, chosen: RwSignal<ContentForm>) -> AnyView {
    let is_text = Memo::new(move |_| {
        let size = read.size.get().filter(|size| *size > 0)?;
        let bytes = read.bytes.read();
        Some(format::as_text(&bytes, bytes.len() as u64 >= size).is_some())
    });
    let drawn = move || match is_text.get()? {
        false => Some(view! { <span class="soft">"Hexadecimal"</span> }.into_any()),
        true => {
            let choices = vec![
                Segment::new(ContentForm::Text, "Text"),
                Segment::new(ContentForm::Hexadecimal, "Hex"),
            ];
            Some(
                view! {
                    <Segments
                        label="Show as"
                        choices
                        pressed=move |form: &ContentForm| chosen.get() == *form
                        on_choose=move |form| chosen.set(form)
                    />
                }
                .into_any(),
            )
        }
    };
    view! { {drawn} }.into_any()
}

#[component]
fn ContentBody(
    read: ContentRead,
    chosen: RwSignal<ContentForm>,
    wrapped: RwSignal<bool>,
) -> AnyView {
    let hint = |text: &'static str| view! { <p class="hint">{text}</p> }.into_any();
    let drawn = move || {
        let Some(size) = read.size.get() else {
            let stopped = read.cancelled.get() || read.problem.read().is_some();
            return if stopped { ().into_any() } else { hint("Reading…") };
        };
        if size == 0 {
            return hint("The file is empty.");
        }
        let bytes = read.bytes.read();
        let text = format::as_text(&bytes, bytes.len() as u64 >= size);
        match text.filter(|_| chosen.get() == ContentForm::Text) {
            // Numbers beside wrapped lines: each line is an item of a list.
            Some(text) if wrapped.get() => {
                let lines = show_lines(text);
                let lines = lines.lines().map(|line| view! { <li>{line.to_owned()}</li> });
                view! {
                    <ol class="dump wrapped" tabindex="0" aria-label="Text of the file">
                        {lines.collect_view()}
                    </ol>
                }
                .into_any()
            }
            Some(text) => {
                let (numbers, text) = format::numbered(text);
                view! {
                    <div class="dump" tabindex="0" role="group" aria-label="Text of the file">
                        <pre class="ln" aria-hidden="true">{numbers}</pre>
                        <pre>{text}</pre>
                    </div>
                }
                .into_any()
            }
            None => {
                let (offsets, hex, ascii) = format::hex_dump(&bytes);
                view! {
                    <div class="dump" tabindex="0" role="group" aria-label="Bytes of the file">
                        <pre class="ln">{offsets}</pre>
                        <pre class="hx">{hex}</pre>
                        <pre>{ascii}</pre>
                    </div>
                }
                .into_any()
            }
        }
    };
    view! { {drawn} }.into_any()
}

/// What is not shown yet and how to get it; progress; what went wrong.
#[component]
fn ContentRest(read: ContentRead, read_on: impl Fn() + Copy + Send + Sync + 'static) -> AnyView {
    let drawn = move || {
        if let Some(problem) = read.problem.get() {
            return Some(
                view! { <div role="alert"><ProblemNote problem grave=true /></div> }.into_any(),
            );
        }
        if let Some(progress) = read.progress.get() {
            return Some(
                view! {
                    <p class="bt" role="status">
                        <Button label="Cancel" on_press=move || cancel(read) />
                        <span class="soft">{progress_text(progress)}</span>
                    </p>
                }
                .into_any(),
            );
        }
        if read.cancelled.get() {
            return Some(
                view! {
                    <p class="bt">
                        <Button label="Continue reading" on_press=read_on />
                        <span class="soft">"Cancelled"</span>
                    </p>
                }
                .into_any(),
            );
        }
        let (size, done) = (read.size.get()?, read.bytes.read().len() as u64);
        (done < size).then(|| {
            let text = format!("{} of {}", format::size(done), format::size(size));
            view! {
                <p class="bt">
                    <Button label="Show more" on_press=read_on />
                    <span class="soft">{text}</span>
                </p>
            }
            .into_any()
        })
    };
    view! { {drawn} }.into_any()
}

/// `Reading the layer: 12.0 MB of 80.0 MB. …`
fn progress_text(progress: OrderProgress) -> String {
    let done = format::size(progress.done.min(progress.total));
    let text = format!("Reading the layer: {done} of {}.", format::size(progress.total));
    match progress.slow {
        Some(slow) => format!("{text} {}", slow_text(slow)),
        None => text,
    }
}

fn slow_text(slow: SlowRead) -> String {
    let what = match slow.within {
        StreamLevel::Layer => "layer",
        StreamLevel::Archive => "archive",
    };
    let stream = words::compression(slow.compression).unwrap_or("single");
    format!(
        "The {what} is one {stream} stream that can only be read from its start, and there was no room to keep \
         it uncompressed."
    )
}

#[test]
fn a_slow_read_says_why() {
    use crate::vocabulary::Compression;
    let mut progress = OrderProgress { done: 12_000_000, total: 80_000_000, slow: None };
    assert_eq!(progress_text(progress), "Reading the layer: 12.0 MB of 80.0 MB.");
    progress.slow = Some(SlowRead { within: StreamLevel::Layer, compression: Compression::Zstd });
    assert!(progress_text(progress).contains("The layer is one zstd stream that can only be read"));
}
