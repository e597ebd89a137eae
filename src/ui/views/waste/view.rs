//! The view: a summary, or one whole table, as the link's `show` says.

use super::advice::AdviceList;
use super::duplicates::DuplicateList;
use super::files::{AllFiles, LargestFiles, WAITING};
use super::links::{DUPLICATES, show_text};
use super::picture::SizePicture;
use super::summary::{DiveFigure, WasteClasses, WasteFigure, Weights, is_whole};
use crate::format;
use crate::protocol::{Waste, WasteFacts, WasteGroup, WasteShow};
use crate::selection::LayerSelection;
use crate::ui::app::{LayersWait, Loaded, Navigation, use_image, use_navigation, use_query};
use crate::ui::views::parts::GroupSelect;
use crate::ui::widgets::{
    FilterBox, LoadingState, ProblemAlert, Segment, Segments, Switch, ViewHead,
};
use leptos::prelude::*;
use std::sync::Arc;

/// What the view shows, by the link's `show`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WastePart {
    Summary,
    Files,
    Duplicates,
}

impl WastePart {
    /// Words that are not known show the summary.
    fn of_link(navigation: Navigation) -> WastePart {
        match &navigation.show()[..] {
            DUPLICATES => WastePart::Duplicates,
            _ if !navigation.show_words::<WasteShow>().is_empty() => WastePart::Files,
            _ => WastePart::Summary,
        }
    }
}

/// The view.
#[component]
pub fn WasteView() -> AnyView {
    let (navigation, image) = (use_navigation(), use_image().position);
    let part = Memo::new(move |_| WastePart::of_link(navigation));
    let facts = use_query(move || Some(Waste { image, layers: navigation.layers() }));
    let is_part = Signal::derive(move || facts.read().ready().is_none_or(|facts| !is_whole(facts)));
    (move || match part.get() {
        WastePart::Summary => view! { <Summary facts /> }.into_any(),
        WastePart::Files => view! {
            <section class="browse" aria-label="Waste">
                <ViewHead title="Waste"><PartButtons facts /></ViewHead>
                <div class="tools">
                    <FilterBox label="Filter wasted files" hint="Filter by path" />
                    <GroupSelect name=group_name />
                    <BroughtSwitch />
                </div>
                <AllFiles is_part />
            </section>
        }
        .into_any(),
        WastePart::Duplicates => view! {
            <div class="view">
                <div class="page waste">
                    <ViewHead title="Waste" subtitle="files of the same content"><PartButtons facts /></ViewHead>
                    <div class="tools"><FilterBox label="Filter duplicates" hint="Filter by path" /></div>
                    <DuplicateList whole=true is_part />
                </div>
            </div>
        }
        .into_any(),
    })
    .into_any()
}

fn group_name(group: WasteGroup) -> &'static str {
    match group {
        WasteGroup::By => "layer that hid them",
        WasteGroup::From => "layer that has them",
        WasteGroup::Class => "what happened",
        WasteGroup::Directory => "directory",
    }
}

#[component]
fn Summary(facts: Signal<Loaded<WasteFacts>>) -> AnyView {
    let body = move || match facts.get() {
        Loaded::Ready(facts) => view! { <SummaryBody facts /> }.into_any(),
        other => match other.problem() {
            Some(problem) => view! { <ProblemAlert problem=problem.clone() /> }.into_any(),
            None => view! { <Waiting /> }.into_any(),
        },
    };
    view! {
        <div class="view">
            <div class="page waste">
                <ViewHead title="Waste" subtitle="bytes in layers that no container sees">
                    <PartButtons facts />
                </ViewHead>
                {body}
            </div>
        </div>
    }
    .into_any()
}

/// Everything is known once the layers are read, which may need a download that was not requested yet.
#[component]
fn Waiting() -> AnyView {
    let source = use_image().source;
    let text = move || match source.layers_wait() {
        LayersWait::ForUser => "The layers are not downloaded, so what they waste is not known.",
        LayersWait::Downloading => "Downloading layers…",
        LayersWait::Reading => WAITING,
    };
    view! { {move || view! { <LoadingState text=text() /> }} }.into_any()
}

#[component]
fn SummaryBody(facts: Arc<WasteFacts>) -> AnyView {
    let facts = &*facts;
    let is_whole = is_whole(facts);
    view! {
        <WasteFigure facts />
        <DiveFigure facts />
        <div class="figures">
            <section aria-label="What happened">
                <h2>"What happened"</h2>
                <WasteClasses facts />
            </section>
            <section aria-label="What it would weigh">
                <h2>"What it would weigh"</h2>
                <Weights facts />
            </section>
        </div>
        <AdviceList facts />
        <section aria-label="Layer by layer">
            <h2>"Layer by layer"</h2>
            <SizePicture facts />
        </section>
        <section aria-label="Largest wasted files">
            <h2>"Largest wasted files"</h2>
            <LargestFiles is_whole />
        </section>
        <section aria-label="Files of the same content">
            <h2>"Files of the same content"</h2>
            <DuplicateList is_part=Signal::stored(!is_whole) />
        </section>
    }
    .into_any()
}

/// The summary and the whole tables, each with what it holds.
#[component]
fn PartButtons(facts: Signal<Loaded<WasteFacts>>) -> AnyView {
    let navigation = use_navigation();
    let choices = Memo::new(move |_| facts.read().map(segments).unwrap_or_default());
    let pressed = move |word: &String| match WastePart::of_link(navigation) {
        WastePart::Summary => word.is_empty(),
        WastePart::Duplicates => word == DUPLICATES,
        WastePart::Files => {
            let mut words = navigation.show_words::<WasteShow>();
            words.retain(|word| *word != WasteShow::Brought);
            let files = words.is_empty().then_some(WasteShow::Files);
            words.extend(files);
            *word == show_text(&words)
        }
    };
    let choose = move |show: String| {
        navigation.go(|link| {
            link.show = show;
            link.sort.clear();
            link.group.clear();
            link.filter.clear();
        });
    };
    view! {
        <Show when=move || !choices.read().is_empty()>
            <Segments label="Show" choices pressed on_choose=choose />
        </Show>
    }
    .into_any()
}

fn segments(facts: &WasteFacts) -> Vec<Segment<String>> {
    let of = |word: &str, name: &str, count: u64| {
        Segment::new(word.to_owned(), format!("{name} {}", format::count(count)))
    };
    let hidden = &facts.hidden;
    vec![
        Segment::new(String::new(), "Summary"),
        of(&show_text(&[WasteShow::Files]), "Files", hidden.all().files),
        of(&show_text(&[WasteShow::Removed]), "Removed", hidden.removed.files),
        of(&show_text(&[WasteShow::Overwritten]), "Overwritten", hidden.overwritten.files),
        of(&show_text(&[WasteShow::Rewritten]), "Rewritten", hidden.rewritten().files),
        of(DUPLICATES, "Duplicates", facts.duplicates.groups),
    ]
}

/// Whether the selection is about the layers that hid files, or about those that have them.
#[component]
fn BroughtSwitch() -> AnyView {
    let navigation = use_navigation();
    let is_on =
        Memo::new(move |_| navigation.show_words::<WasteShow>().contains(&WasteShow::Brought));
    let change = move |on: bool| {
        let mut words = navigation.show_words::<WasteShow>();
        words.retain(|word| *word != WasteShow::Brought);
        if on {
            words.push(WasteShow::Brought);
        } else if words.is_empty() {
            words.push(WasteShow::Files);
        }
        navigation.go(|link| link.show = show_text(&words));
    };
    view! {
        <Show when=move || navigation.layers() != LayerSelection::All>
            <Switch label="In the selected layers, whichever layer hid them" on=is_on on_change=change />
        </Show>
    }
    .into_any()
}
