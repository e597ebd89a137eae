//! A file's content: text with line numbers, a part at a time, a picture, or hexadecimal.

use super::content_form::{ContentForm, FormChoice, ShownForms, form_shown};
use super::file_on_show::FileOnShow;
use super::hex::HexView;
use super::outline::OutlinePart;
use super::picture::{DrawablePicture, Picture, drawable};
use super::read_progress::progress_text;
use super::text_lines::TextLines;
use super::text_view::{TextView, wrapped_text};
use super::versions::VersionDifferences;
use crate::browser::page::{dom, preferences};
use crate::format;
use crate::problem::Problem;
use crate::protocol::OrderProgress;
use crate::ui::app::{ShownImage, spawn, use_image, use_navigation};
use crate::ui::views::differences::FileVersion;
use crate::ui::widgets::{Button, CopyButton, ProblemNote, Switch};
use futures_util::future::{AbortHandle, abortable};
use leptos::html::Div;
use leptos::prelude::*;

/// The setting that wraps long lines.
const WRAP: &str = "wrap-lines";
/// Bytes that are read at once: at first, and at most.
const PART: u64 = 256 * 1024;
const MAX_PART: u64 = 8 << 20;
/// Bytes that are read by themselves to reach the line that the link names.
const MAX_TO_LINE: u64 = 16 << 20;

/// What was read of one file.
#[derive(Clone, Copy)]
struct ContentRead {
    bytes: RwSignal<Vec<u8>>,
    /// Bytes of the whole file; `None` until something has come.
    size: RwSignal<Option<u64>>,
    /// Its first bytes may be those of a format that is read in outline.
    has_outline: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
    progress: RwSignal<Option<OrderProgress>>,
    cancel: StoredValue<Option<AbortHandle>>,
    cancelled: RwSignal<bool>,
    /// A part is on its way: no second one is requested.
    busy: StoredValue<bool>,
}

impl ContentRead {
    /// Nothing of a file of `size` bytes.
    fn of(size: u64) -> ContentRead {
        ContentRead {
            bytes: RwSignal::new(Vec::new()),
            size: RwSignal::new((size == 0).then_some(0)),
            has_outline: RwSignal::new(false),
            problem: RwSignal::new(None),
            progress: RwSignal::new(None),
            cancel: StoredValue::new(None),
            cancelled: RwSignal::new(false),
            busy: StoredValue::new(false),
        }
    }
}

/// The content of a file of `size` bytes.
#[component]
pub fn Content(
    file: FileOnShow,
    size: u64,
    /// Versions that can be compared.
    versions: Memo<Vec<FileVersion>>,
) -> AnyView {
    let (image, navigation) = (use_image(), use_navigation());
    let read = ContentRead::of(size);
    let file = StoredValue::new(file);
    let read_on = move || read_part(image, read, file.get_value());
    Effect::new(move || {
        if size > 0 {
            read_on();
        }
    });
    on_cleanup(move || cancel(read));
    let line = Memo::new(move |_| navigation.line());
    Effect::new(move || {
        let stopped = read.cancelled.get() || read.problem.read().is_some();
        let size = read.size.get().unwrap_or(0);
        if !stopped && line.get().is_some_and(|line| lacks_line(&read.bytes.read(), size, line)) {
            read_on();
        }
    });
    let chosen = RwSignal::new(None);
    let wrapped = RwSignal::new(preferences::is_on(WRAP).unwrap_or(false));
    let picture = Memo::new(move |_| drawable(&read.bytes.read(), read.size.get()?));
    let is_text = Memo::new(move |_| is_text(read));
    let form = Memo::new(move |_| form_shown(chosen.get(), is_text.get(), picture.get()));
    let can_compare = Memo::new(move |_| versions.read().len() > 1);
    let compares = Memo::new(move |_| can_compare.get() && !navigation.diff().is_empty());
    Effect::new(move || {
        let stopped = read.cancelled.get() || read.problem.read().is_some() || compares.get();
        if form.get() == ContentForm::Picture && !stopped && !is_complete(read) {
            read_on();
        }
    });
    view! {
        <OutlinePart file=file.get_value() ready=read.has_outline />
        <section class="content" aria-label="Content">
            <h3>
                "Content"
                <span class="sp"></span>
                <Show when=move || !compares.get()><TextTools read form wrapped /></Show>
                <FormChoice shown=ShownForms { form, is_text, picture, can_compare, compares } chosen />
            </h3>
            {move || match shown_content(compares.get(), form) {
                None => view! { <VersionDifferences versions=versions.get() /> }.into_any(),
                Some(ContentForm::Hexadecimal) => view! {
                    <HexView
                        file=file.get_value()
                        size=read.size.get_untracked().unwrap_or(size)
                        start=read.bytes.get_untracked()
                    />
                }
                .into_any(),
                Some(ContentForm::Picture) => view! {
                    <WholePicture read picture name=file.with_value(FileOnShow::name) />
                    <ContentRest read read_on />
                }
                .into_any(),
                Some(_) => view! {
                    <ContentBody read path=file.with_value(FileOnShow::path_of_text) wrapped line />
                    <ContentRest read read_on />
                }
                .into_any(),
            }}
        </section>
    }
    .into_any()
}

/// What is shown; `None`: differences, for which the form of the content does not matter. Tracked.
fn shown_content(compares: bool, form: Memo<ContentForm>) -> Option<ContentForm> {
    (!compares).then(|| form.get())
}

/// All of the file was read; tracked.
fn is_complete(read: ContentRead) -> bool {
    read.size.get().is_some_and(|size| read.bytes.read().len() as u64 >= size)
}

/// The picture once all of it was read.
#[component]
fn WholePicture(
    read: ContentRead,
    picture: Memo<Option<DrawablePicture>>,
    name: String,
) -> AnyView {
    let is_complete = Memo::new(move |_| is_complete(read));
    let drawn = move || {
        let form = picture.get().filter(|_| is_complete.get())?;
        Some(view! { <Picture bytes=read.bytes form=form.form name=name.clone() /> })
    };
    view! { {drawn} }.into_any()
}

/// Whether what was read is text; `None` until something has come, and for an empty file. Tracked.
fn is_text(read: ContentRead) -> Option<bool> {
    let size = read.size.get().filter(|size| *size > 0)?;
    let bytes = read.bytes.read();
    Some(format::as_text(&bytes, bytes.len() as u64 >= size).is_some())
}

fn cancel(read: ContentRead) {
    if let Some(Some(handle)) = read.cancel.try_update_value(Option::take) {
        handle.abort();
    }
}

/// Reads the next part.
fn read_part(image: ShownImage, read: ContentRead, file: FileOnShow) {
    let Some(client) = image.client().filter(|_| !read.busy.get_value()) else { return };
    read.busy.set_value(true);
    let offset = read.bytes.read_untracked().len() as u64;
    read.cancelled.set(false);
    read.problem.set(None);
    let (reading, handle) = abortable(async move {
        // All that is here is drawn again with each part: as large as that, so that a part is drawn twice on average.
        let length = offset.clamp(PART, MAX_PART);
        let progress = move |progress| {
            read.progress.try_set(Some(progress));
        };
        let answer = file.read(client, image.position, (offset, length), progress).await;
        if read.bytes.is_disposed() {
            return; // another file is shown by now
        }
        match answer {
            Ok((info, bytes)) => {
                // A file that ends earlier than it says is as long as what came.
                let size = if bytes.is_empty() { offset } else { info.size };
                read.bytes.update(|read| read.extend(bytes));
                read.size.set(Some(size));
                if info.has_outline {
                    read.has_outline.set(true);
                }
            }
            Err(problem) if problem.code == "closed" => {}
            Err(problem) => read.problem.set(Some(problem)),
        }
    });
    read.cancel.set_value(Some(handle));
    spawn(async move {
        let ended = reading.await; // dropped when cancelled, and with it the request
        read.busy.try_set_value(false);
        read.progress.try_set(None);
        read.cancelled.try_set(ended.is_err());
    });
}

/// For text: wrap long lines, and copy what was read of it.
#[component]
fn TextTools(read: ContentRead, form: Memo<ContentForm>, wrapped: RwSignal<bool>) -> AnyView {
    let text = move || {
        let (bytes, size) = (read.bytes.read(), read.size.get()?);
        let text = format::as_text(&bytes, bytes.len() as u64 >= size)?;
        (size > 0 && form.get() == ContentForm::Text).then(|| text.to_owned())
    };
    let is_text = Memo::new(move |_| text().is_some());
    let choose = move |on: bool| {
        preferences::switch(WRAP, on);
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

/// What the body shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BodyState {
    Nothing,
    Reading,
    Empty,
    Text,
}

#[component]
fn ContentBody(
    read: ContentRead,
    /// Its ending tells the language.
    path: String,
    wrapped: RwSignal<bool>,
    /// The line that the link names.
    line: Memo<Option<u32>>,
) -> AnyView {
    let root = NodeRef::<Div>::new();
    Effect::new(move || {
        let is_here = line.get().is_some_and(|line| !is_before(&read.bytes.read(), line));
        wrapped.track();
        if let Some(root) = root.get().filter(|_| is_here) {
            request_animation_frame(move || dom::bring_into_view(&root, ".dump .at"));
        }
    });
    let hint = |text: &'static str| view! { <p class="hint">{text}</p> }.into_any();
    let lines = Memo::new(move |_| {
        let size = read.size.get().unwrap_or(0);
        let bytes = read.bytes.read();
        let text = format::as_text(&bytes, bytes.len() as u64 >= size).unwrap_or_default();
        TextLines::new(&path, text)
    });
    let state = Memo::new(move |_| match read.size.get() {
        None if read.cancelled.get() || read.problem.read().is_some() => BodyState::Nothing,
        None => BodyState::Reading,
        Some(0) => BodyState::Empty,
        Some(_) => BodyState::Text,
    });
    let drawn = move || match state.get() {
        BodyState::Nothing => ().into_any(),
        BodyState::Reading => hint("Reading…"),
        BodyState::Empty => hint("The file is empty."),
        BodyState::Text if wrapped.get() => {
            let text = move || wrapped_text(&lines.read(), line.get());
            view! { {text} }.into_any()
        }
        BodyState::Text => view! { <TextView lines line /> }.into_any(),
    };
    view! { <div class="content-body" node_ref=root>{drawn}</div> }.into_any()
}

/// Whether more of a file of `size` bytes must be read for a line that the link names. Bytes that are not text have no lines.
fn lacks_line(bytes: &[u8], size: u64, line: u32) -> bool {
    let done = bytes.len() as u64;
    (1..size.min(MAX_TO_LINE)).contains(&done)
        && is_before(bytes, line)
        && format::as_text(bytes, false).is_some()
}

/// Whether a file's beginning ends before a line.
fn is_before(bytes: &[u8], line: u32) -> bool {
    bytes.iter().filter(|byte| **byte == b'\n').take(line as usize).count() < line as usize
}

/// What is not shown yet and how to get it; progress; what went wrong.
#[component]
fn ContentRest(read: ContentRead, read_on: impl Fn() + Copy + Send + Sync + 'static) -> AnyView {
    let drawn = move || {
        if let Some(problem) = read.problem.get() {
            return Some(
                view! { <div class="not-read" role="alert"><ProblemNote problem grave=true /></div> }
                    .into_any(),
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

#[test]
fn no_more_is_read_for_a_line_than_it_needs() {
    assert!(lacks_line(b"a\nb", 99, 3) && !lacks_line(b"a\nb", 3, 3), "the file has ended");
    assert!(!lacks_line(b"\x7fELF\0\n", 1 << 40, 3), "bytes that are not text have no lines");
    assert!(is_before(b"a\nb", 2) && !is_before(b"a\nb\n", 2) && is_before(b"", 1));
}
