//! A file's content: text with line numbers, a part at a time, a picture, or hexadecimal.

use super::content_form::{ContentForm, FormChoice, ShownForms, form_shown};
use super::content_read::{ContentRead, is_before};
use super::content_type_fact::ContentTypeOnShow;
use super::file_on_show::FileOnShow;
use super::hex::HexView;
use super::outline::OutlinePart;
use super::picture::{DrawablePicture, Picture, drawable};
use super::read_progress::progress_text;
use super::text_find::{TextFind, TextFindBar};
use super::text_lines::TextLines;
use super::text_view::{TextView, WrappedText};
use super::versions::VersionDifferences;
use crate::browser::page::{dom, preferences};
use crate::content_type::ContentType;
use crate::format;
use crate::ui::app::{use_image, use_navigation};
use crate::ui::views::differences::FileVersion;
use crate::ui::widgets::{Button, CopyButton, ProblemNote, Switch};
use leptos::html::Div;
use leptos::prelude::*;

/// The setting that wraps long lines.
const WRAP: &str = "wrap-lines";

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
    let read_on = move || read.read_on(image, file.get_value());
    Effect::new(move || {
        if size > 0 {
            read_on();
        }
    });
    on_cleanup(move || read.cancel());
    let line = Memo::new(move |_| navigation.line());
    Effect::new(move || {
        if !read.is_stopped() && line.get().is_some_and(|line| read.lacks_line(line)) {
            read_on();
        }
    });
    let chosen = RwSignal::new(None);
    let wrapped = RwSignal::new(preferences::is_on(WRAP).unwrap_or(false));
    let picture = Memo::new(move |_| drawable(&read.bytes.read(), read.size.get()?));
    let kind = Memo::new(move |_| read.kind());
    // An empty file has no form to choose.
    let is_text = Memo::new(move |_| {
        let kind = kind.read();
        let kind = kind.as_ref().filter(|kind| kind.content_type != ContentType::Empty)?;
        Some(kind.is_text)
    });
    let form = Memo::new(move |_| form_shown(chosen.get(), is_text.get(), picture.get()));
    let type_on_show = use_context::<ContentTypeOnShow>();
    Effect::new(move || {
        if let Some(on_show) = type_on_show {
            on_show.set(kind.get().map(|kind| kind.content_type));
        }
    });
    let can_compare = Memo::new(move |_| versions.read().len() > 1);
    let compares = Memo::new(move |_| can_compare.get() && !navigation.diff().is_empty());
    Effect::new(move || {
        let stopped = read.is_stopped() || compares.get();
        if form.get() == ContentForm::Picture && !stopped && !read.is_complete() {
            read_on();
        }
    });
    view! {
        <OutlinePart file=file.get_value() ready=read.has_outline />
        <section class="content" aria-label="Content">
            <h3>
                "Content"
                <span class="sp"></span>
                <Show when=move || !compares.get()><TextTools read form is_text wrapped /></Show>
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

/// The picture once all of it was read.
#[component]
fn WholePicture(
    read: ContentRead,
    picture: Memo<Option<DrawablePicture>>,
    name: String,
) -> AnyView {
    let is_complete = Memo::new(move |_| read.is_complete());
    let drawn = move || {
        let form = picture.get().filter(|_| is_complete.get())?;
        Some(view! { <Picture bytes=read.bytes form=form.form name=name.clone() /> })
    };
    view! { {drawn} }.into_any()
}

/// For text: wrap long lines, and copy what was read of it.
#[component]
fn TextTools(
    read: ContentRead,
    form: Memo<ContentForm>,
    is_text: Memo<Option<bool>>,
    wrapped: RwSignal<bool>,
) -> AnyView {
    let text = move || read.with_text(|read| read.text.to_string()).unwrap_or_default();
    let is_shown =
        Memo::new(move |_| is_text.get() == Some(true) && form.get() == ContentForm::Text);
    let choose = move |on: bool| {
        preferences::switch(WRAP, on);
        wrapped.set(on);
    };
    view! {
        <Show when=move || is_shown.get()>
            <Switch label="Wrap" on=wrapped on_change=choose />
            <CopyButton label="Copy content" text=Signal::derive(text) />
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
        let has = |line| read.with_text(|read| !is_before(&read.text, line)).unwrap_or(false);
        let is_here = line.get().is_some_and(has);
        wrapped.track();
        if let Some(root) = root.get().filter(|_| is_here) {
            request_animation_frame(move || dom::bring_into_view(&root, ".dump .at"));
        }
    });
    let hint = |text: &'static str| view! { <p class="hint">{text}</p> }.into_any();
    let lines = Memo::new(move |_| {
        read.with_text(|read| TextLines::new(&path, &read.text)).unwrap_or_default()
    });
    let find = TextFind::in_lines(lines);
    Effect::new(move || {
        wrapped.track();
        if let Some(root) = root.get().filter(|_| find.now().is_some()) {
            // The text scrolls to its line and draws it first.
            request_animation_frame(move || {
                request_animation_frame(move || dom::reveal(&root, "mark.now"));
            });
        }
    });
    let state = Memo::new(move |_| match read.size.get() {
        None if read.is_stopped() => BodyState::Nothing,
        None => BodyState::Reading,
        Some(0) => BodyState::Empty,
        Some(_) => BodyState::Text,
    });
    let drawn = move || match state.get() {
        BodyState::Nothing => ().into_any(),
        BodyState::Reading => hint("Reading…"),
        BodyState::Empty => hint("The file is empty."),
        BodyState::Text if wrapped.get() => view! { <WrappedText lines line find /> }.into_any(),
        BodyState::Text => view! { <TextView lines line find /> }.into_any(),
    };
    let is_text = Memo::new(move |_| state.get() == BodyState::Text);
    let part = Signal::derive(move || {
        let done = read.bytes.read().len() as u64;
        (!read.is_complete()).then_some(done)
    });
    view! {
        <Show when=move || is_text.get()><TextFindBar find wrapped part /></Show>
        <div class="content-body" node_ref=root>{drawn}</div>
    }
    .into_any()
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
                        <Button label="Cancel" on_press=move || read.cancel() />
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
