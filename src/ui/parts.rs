//! The small parts of every view: icons, sizes, times, counts, digests, buttons that copy.
//!
//! Plain functions where nothing is reactive: they cost less than components.

use super::raw::{self, El, el};
use super::state::{RwSignal, StoredValue};
use crate::browser::{clipboard, locale};
use crate::format;
use crate::session::query::{Change, LayerRow};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;
use std::time::Duration;

/// Leptos's `view!`, erased: whatever is in it, a view is of one type. So what holds views (options,
/// lists, what is drawn again) is compiled once, and not for each element.
macro_rules! erased_view {
    ($($view:tt)*) => {
        ::leptos::prelude::IntoAny::into_any(::leptos::prelude::view! { $($view)* })
    };
}
pub(super) use erased_view as view;

/// A part of a view that is drawn again whenever what it reads changes.
///
/// Boxed: Leptos compiles its machinery anew for each type of closure, this way for one.
pub fn live<V: IntoAny + 'static>(draw: impl Fn() -> V + Send + 'static) -> AnyView {
    let draw: Box<dyn FnMut() -> AnyView + Send> = Box::new(move || draw().into_any());
    draw.into_any()
}

/// Views after each other: a list, collected once for all types.
pub trait Views: Iterator {
    /// All of them.
    fn views(self) -> AnyView;
}

impl<V: IntoAny, I: Iterator<Item = V>> Views for I {
    fn views(mut self) -> AnyView {
        collect(&mut || self.next().map(IntoAny::into_any))
    }
}

fn collect(next: &mut dyn FnMut() -> Option<AnyView>) -> AnyView {
    let mut list = Vec::new();
    while let Some(view) = next() {
        list.push(view);
    }
    list.into_any()
}

/// Text that follows what it reads, of an attribute or between elements; boxed as `live` is, and of one
/// type, whatever it is made of.
pub fn says<T: Text>(read: impl Fn() -> T + Send + 'static) -> Said<Option<String>> {
    Box::new(move || read().text())
}

/// What an attribute follows.
type Said<T> = Box<dyn FnMut() -> T + Send>;

/// What may be text; an attribute without it is left out.
pub trait Text {
    /// Itself.
    fn text(self) -> Option<String>;
}

impl Text for Option<String> {
    fn text(self) -> Option<String> {
        self
    }
}

impl Text for String {
    fn text(self) -> Option<String> {
        Some(self)
    }
}

impl Text for &str {
    fn text(self) -> Option<String> {
        Some(self.to_owned())
    }
}

impl Text for Option<&str> {
    fn text(self) -> Option<String> {
        self.map(str::to_owned)
    }
}

/// A class, an attribute or a property that is there as long as this is true; boxed as `live` is.
pub fn holds(read: impl Fn() -> bool + Send + 'static) -> Said<bool> {
    Box::new(read)
}

/// What a click does; boxed as `live` is.
pub fn clicks(act: impl FnMut(MouseEvent) + 'static) -> Box<dyn FnMut(MouseEvent)> {
    Box::new(act)
}

/// Runs now, and again whenever what it reads has changed; boxed as `live` is.
pub fn effect(run: impl Fn() + 'static) {
    begin(Box::new(run));
}

// By itself: a closure is of another type for each type of the function that it is in.
fn begin(run: Box<dyn Fn()>) {
    Effect::new(move |_| run());
}

/// Begins what takes its time; boxed as `live` is.
pub fn spawn(work: impl Future<Output = ()> + 'static) {
    let work: Pin<Box<dyn Future<Output = ()>>> = Box::pin(work);
    spawn_local(work);
}

/// An icon of www/styles/icons.css, for the eye alone.
pub fn icon(name: &str) -> AnyView {
    raw::big_icon(name).into_any()
}

/// The smaller size, beside text.
pub fn small_icon(name: &str) -> AnyView {
    raw::icon(name).into_any()
}

/// A size with its exact bytes one hover away; `…` while it is on its way.
pub fn size(bytes: Option<u64>) -> El {
    match bytes {
        Some(bytes) => {
            el("span", "").set("title", &format::exact_size(bytes)).text(&format::size(bytes))
        }
        None => wait(),
    }
}

/// The place of what will never be known: the layer is not in the archive.
pub fn unknown() -> El {
    el("span", "soft").set("title", "Not in the archive").text("–")
}

/// The place of what is on its way.
pub fn wait() -> El {
    el("span", "wait").set("title", "Not known yet").text("…")
}

/// `+12` in the colour of what it counts; `·` for none, `…` while it is on its way.
pub fn change_count(count: Option<u32>, sign: &str, class: &str) -> El {
    match count {
        Some(0) => el("span", "soft").set("aria-label", "none").text("·"),
        Some(n) => el("span", class).text(sign).text(&format::count(n.into())),
        None => wait(),
    }
}

/// The three counts of a layer after each other, those that are none left out.
pub fn change_counts(mut into: El, row: &LayerRow) -> El {
    let counts = [(row.added, "+", "a"), (row.modified, "~", "m"), (row.removed, "−", "d")];
    for (count, sign, class) in counts {
        if count.is_some_and(|n| n > 0) {
            into = into.add(change_count(count, sign, class));
        }
    }
    into
}

/// "12 Nov 2026", in the user's zone; nothing for what is no instant.
pub fn day(recorded: Option<&str>) -> Option<String> {
    let at = format::instant(recorded?)?;
    let date = js_sys::Date::new(&(at * 1000.0).into());
    Some(format::date(date.get_full_year().into(), date.get_month() + 1, date.get_date()))
}

/// "12 days ago", of seconds since 1970.
pub fn age(at: f64) -> String {
    format::ago(locale::now() - at)
}

/// The class that gives a layer its colour; beyond six they repeat from the second.
pub fn layer_class(number: u32) -> &'static str {
    const CLASSES: [&str; 6] = ["l0", "l1", "l2", "l3", "l4", "l5"];
    let index = number.saturating_sub(1) as usize;
    CLASSES[if index < 6 { index } else { 1 + (index - 1) % 5 }]
}

/// A layer's colour, beside its number.
pub fn chip(number: u32) -> El {
    el("span", &format!("chip {}", layer_class(number))).set("aria-hidden", "true")
}

/// A button that copies, and says for a moment that it has.
#[component]
pub fn CopyButton(
    /// What it does, for those who don't see the icon; its text if `worded`.
    label: &'static str,
    /// What is copied.
    #[prop(into)]
    text: String,
    /// Shows the label.
    #[prop(optional)]
    worded: bool,
) -> impl IntoView {
    let text = StoredValue::new(text);
    copy_button(label, worded, move || text.get_value())
}

/// `CopyButton`, for text that is made when it is asked for.
pub fn copy_button(
    label: &'static str,
    worded: bool,
    text: impl Fn() -> String + Send + 'static,
) -> AnyView {
    let done = RwSignal::new(false);
    let copy = move |_| {
        let text = text();
        spawn(async move {
            if clipboard::copy(&text).await.is_ok() {
                done.set(true);
                let undone = move || {
                    done.set(false); // the button may be gone by then
                };
                set_timeout(undone, Duration::from_millis(1600));
            }
        });
    };
    let glyph = live(move || if done.get() { small_icon("check") } else { small_icon("copy") });
    if worded {
        let words = live(move || if done.get() { "Copied" } else { label });
        view! { <button class="btn" class:done=holds(move || done.get()) on:click=clicks(copy)>{glyph}{words}</button> }
    } else {
        let title = move || if done.get() { "Copied" } else { label };
        view! {
            <button class="btn q above" class:done=holds(move || done.get()) aria-label=title title=title on:click=clicks(copy)>
                {glyph}
            </button>
        }
    }
}

/// A name of an image with what tells it apart set in bold.
pub fn image_name(into: El, name: &str) -> El {
    let (before, last) = name.split_at(name.rfind('/').map_or(0, |at| at + 1));
    into.add(el("span", "soft").text(before)).text(last)
}

/// A change's letter, class and word.
pub fn change_letter(change: Change) -> Option<(&'static str, &'static str, &'static str)> {
    Some(match change {
        Change::None => return None,
        Change::Added => ("A", "tag a", "Added"),
        Change::Modified => ("M", "tag m", "Modified"),
        Change::Removed => ("D", "tag d", "Removed"),
        Change::Unchanged => ("U", "tag soft", "Written again unchanged"),
    })
}

/// The boxed letter of a change, with its word for those who don't see it.
pub fn change_tag(change: Change, layer: u32) -> Option<AnyView> {
    let (letter, class, word) = change_letter(change)?;
    let title = format!("{word} in layer {layer}");
    Some(
        view! { <span class=class role="img" aria-label=title.clone() title=title>{letter}</span> },
    )
}
