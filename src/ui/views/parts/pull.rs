//! The download of an image's layers, as `docker pull` shows it: a row for each layer, then digest and status.
//!
//! If it is much, nothing is downloaded before the user agrees: to all layers, or to one.

use crate::format;
use crate::protocol::{DownloadRequest, LayerRow, PullOutcome, PullRow, PullState, Pulling};
use crate::selection::LayerSelection;
use crate::ui::app::{Loaded, OpenSource, TableRows, use_facts, use_image, use_navigation};
use crate::ui::widgets::{
    Button, ButtonKind, CodeText, Column, DataTable, Glyph, Icon, LayerChip, Meter, SizeText,
};
use crate::vocabulary::LayerNumber;
use leptos::prelude::*;

/// The download above the views, until all layers are here.
#[component]
pub fn PullPanel() -> AnyView {
    let source = use_image().source;
    view! { <TagMoved source /><Pull source complete=false /> }.into_any()
}

/// The download once all layers are here: the overview shows it at its end.
#[component]
pub fn CompletedPull() -> AnyView {
    let source = use_image().source;
    view! { <Pull source complete=true /> }.into_any()
}

#[component]
fn Pull(source: OpenSource, complete: bool) -> AnyView {
    let is_shown = Memo::new(move |_| {
        let pulling = source.pulling.read();
        pulling.as_ref().is_some_and(|pulling| is_complete(pulling) == complete)
    });
    view! {
        <Show when=move || is_shown.get()>
            <section class="pull" aria-label="Pull">
                <PullTable source />
                <p class="mono">{move || digest_line(source)}</p>
                <p class="mono">{move || status_line(source)}</p>
                <PullButtons source />
            </section>
        </Show>
    }
    .into_any()
}

fn is_complete(pulling: &Pulling) -> bool {
    matches!(pulling.outcome, Some(PullOutcome::Downloaded | PullOutcome::UpToDate))
}

fn digest_line(source: OpenSource) -> Option<String> {
    let info = source.info.read();
    let registry = info.as_ref()?.registry.as_ref()?;
    Some(format!("Digest: {}", registry.digest))
}

fn status_line(source: OpenSource) -> Option<String> {
    let reference = source.info.read().as_ref()?.registry.as_ref()?.reference.clone();
    let outcome = source.pulling.read().as_ref()?.outcome?;
    Some(match outcome {
        PullOutcome::Downloaded => format!("Status: Downloaded newer image for {reference}"),
        PullOutcome::UpToDate => format!("Status: Image is up to date for {reference}"),
        PullOutcome::Partial => {
            format!("Status: Some layers of {reference} could not be downloaded")
        }
    })
}

/// A row of the table: the blob, and the instruction of its layer.
#[derive(Clone, Debug, PartialEq)]
struct PullLine {
    row: PullRow,
    /// It is on its way, whatever its state is called.
    is_coming: bool,
    instruction: String,
}

#[component]
fn PullTable(source: OpenSource) -> AnyView {
    let facts = use_facts();
    let lines = Signal::derive(move || {
        let (pulling, coming) = (source.pulling.get(), source.coming_layers());
        let line = |row: &PullRow| {
            let layer = row.layers.first().and_then(|layer| facts.layer_row(*layer));
            let instruction = layer.map_or_else(String::new, |LayerRow { instruction, .. }| {
                format!("{} {}", instruction.keyword, instruction.text)
            });
            let is_coming = row.layers.iter().any(|layer| coming.contains(layer));
            PullLine { row: row.clone(), is_coming, instruction }
        };
        let lines = pulling.map(|pulling| pulling.rows.iter().map(line).collect::<Vec<_>>());
        Loaded::of(lines.unwrap_or_default())
    });
    view! {
        <DataTable
            label="Pull"
            rows=TableRows::complete(lines)
            columns=columns()
            natural_rows=true
        />
    }
    .into_any()
}

fn columns() -> Vec<Column<PullLine>> {
    vec![
        Column::new("Layer", |line: &PullLine| {
            line.row
                .layers
                .iter()
                .map(|number| {
                    view! { <LayerChip number=*number />{number.get()}" " }
                })
                .collect_view()
        })
        .fixed(72),
        Column::text("Instruction", |line: &PullLine| line.instruction.trim().to_owned())
            .share(4)
            .rank(2),
        Column::new("Digest", |line: &PullLine| format::short_digest(&line.row.digest).to_owned())
            .code()
            .fixed(112)
            .rank(3),
        Column::new("State", |line: &PullLine| {
            let problem = line.row.problem.as_ref().map(|problem| {
                view! { " "<span class="d"><CodeText text=problem.message.to_string() /></span> }
            });
            let state = match (line.row.state, line.is_coming) {
                (PullState::NotDownloaded, true) => PullState::Waiting,
                (state, _) => state,
            };
            view! { {state_words(state)}{problem} }
        })
        .share(2),
        Column::new("", |line: &PullLine| {
            view! { <Meter part=line.row.done whole=line.row.size /> }
        })
        .fixed(120)
        .rank(1),
        Column::new("Downloaded", |line: &PullLine| view! { <SizeText bytes=line.row.done /> })
            .number()
            .fixed(92)
            .rank(1),
        Column::new("Size", |line: &PullLine| view! { <SizeText bytes=line.row.size /> })
            .number()
            .fixed(84),
        Column::new("Speed", |line: &PullLine| match line.row.bytes_per_second {
            0 => String::new(),
            speed => format!("{}/s", format::size(speed)),
        })
        .number()
        .fixed(92)
        .rank(2),
    ]
}

fn state_words(state: PullState) -> &'static str {
    match state {
        PullState::NotDownloaded => "Not downloaded",
        PullState::Waiting => "Waiting",
        PullState::Downloading => "Downloading",
        PullState::Paused => "Paused",
        PullState::Verifying => "Verifying",
        PullState::Indexing => "Reading",
        PullState::Done => "Done",
        PullState::Cached => "In the cache",
        PullState::Listed => "Listed",
        PullState::Failed => "Failed",
    }
}

/// What can be done about a pull. The buttons are drawn again only if this changes, so that they keep the focus.
#[derive(Clone, Copy, Debug, PartialEq)]
enum PullChoice {
    /// The user must agree to so many bytes; one layer may be wanted alone.
    Agree {
        bytes: u64,
        layer: Option<(LayerNumber, u64)>,
    },
    Pause,
    Resume,
    TryAgain,
    Nothing,
}

fn choice(pulling: &Pulling, selection: LayerSelection) -> PullChoice {
    let failed = pulling.rows.iter().any(|row| row.state == PullState::Failed);
    if pulling.needs_consent {
        return PullChoice::Agree {
            bytes: pulling.missing,
            layer: selected_layer(pulling, selection),
        };
    }
    match (pulling.paused, pulling.outcome.is_some(), failed) {
        (true, false, _) => PullChoice::Resume,
        (_, _, true) => PullChoice::TryAgain,
        (false, false, _) => PullChoice::Pause,
        (_, true, false) => PullChoice::Nothing,
    }
}

/// The layer that is selected alone and not downloaded, with its bytes.
fn selected_layer(pulling: &Pulling, selection: LayerSelection) -> Option<(LayerNumber, u64)> {
    let LayerSelection::Range(first, last) = selection else { return None };
    let is_it =
        |row: &&PullRow| row.layers.contains(&first) && row.state == PullState::NotDownloaded;
    let row = pulling.rows.iter().find(is_it)?;
    (first == last).then_some((first, row.size.saturating_sub(row.done)))
}

#[component]
fn PullButtons(source: OpenSource) -> impl IntoView {
    let navigation = use_navigation();
    let choice = Memo::new(move |_| {
        let pulling = source.pulling.read();
        let selection = navigation.layers();
        pulling.as_ref().map_or(PullChoice::Nothing, |pulling| choice(pulling, selection))
    });
    let press = move |request| move || source.download(request);
    move || match choice.get() {
        PullChoice::Agree { bytes, layer } => {
            let all = format!("Download all layers ({})", format::size(bytes));
            let one = layer.map(|(number, bytes)| {
                let label = format!("Download layer {number} ({})", format::size(bytes));
                view! { <Button label on_press=press(DownloadRequest::Layer(number)) /> }
            });
            view! {
                <p class="bt">
                    <Button
                        label=all
                        icon=Icon::Down
                        kind=ButtonKind::Primary
                        on_press=press(DownloadRequest::All)
                    />
                    {one}
                    <span class="soft">
                        "Files, sizes and checks need the layers. Nothing is downloaded until you confirm."
                    </span>
                </p>
            }
            .into_any()
        }
        PullChoice::Pause => view! { <PauseButton source /> }.into_any(),
        PullChoice::Resume => one_button("Resume", press(DownloadRequest::Resume)),
        PullChoice::TryAgain => one_button("Try again", press(DownloadRequest::Resume)),
        PullChoice::Nothing => ().into_any(),
    }
}

/// Pauses; disabled until the engine has answered, which is when this button is no longer drawn.
#[component]
fn PauseButton(source: OpenSource) -> AnyView {
    let pressed = RwSignal::new(false);
    let press = move || {
        pressed.set(true);
        source.download(DownloadRequest::Pause);
    };
    view! { <p class="bt"><PausingButton pressed=pressed.into() press /></p> }.into_any()
}

#[component]
fn PausingButton(pressed: Signal<bool>, press: impl Fn() + Send + 'static) -> AnyView {
    let label = move || if pressed.get() { "Pausing…" } else { "Pause" }.to_owned();
    view! { <Button label=Signal::derive(label) disabled=pressed on_press=press /> }.into_any()
}

fn one_button(label: &'static str, press: impl Fn() + Send + 'static) -> AnyView {
    view! { <p class="bt"><Button label on_press=press /></p> }.into_any()
}

/// The tag names another image by now than the one that the link is pinned to.
#[component]
fn TagMoved(source: OpenSource) -> impl IntoView {
    move || {
        let registry = source.info.read().as_ref()?.registry.clone()?;
        let moved = registry.moved_to?;
        Some(view! {
            <p class="note">
                <Glyph icon=Icon::Medium />
                <span>
                    {format!("The tag {} now names another image: ", registry.reference)}
                    <span class="mono">{moved}</span>
                    ". The image from the link is shown."
                </span>
            </p>
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{RegistryInfo, SourceInfo};
    use crate::ui::testing::{Rendered, TestPage, layer};

    fn row(number: u32, state: PullState) -> PullRow {
        PullRow {
            layers: vec![layer(number)],
            digest: format!("sha256:{}", "ab".repeat(32)),
            size: 514_000_000,
            done: 0,
            bytes_per_second: 0,
            state,
            problem: None,
        }
    }

    fn panel(link: &str, pulling: Pulling, registry: RegistryInfo) -> Rendered {
        let info = SourceInfo {
            registry: Some(registry),
            images: vec![Default::default()],
            ..SourceInfo::default()
        };
        TestPage::at(link).source(info).pulling(pulling).render(|| view! { <PullPanel /> })
    }

    #[test]
    fn the_user_is_asked_before_much_is_downloaded() {
        let pulling = Pulling {
            rows: vec![row(1, PullState::NotDownloaded), row(2, PullState::Cached)],
            missing: 514_000_000,
            needs_consent: true,
            ..Pulling::default()
        };
        let text = panel("#/image/a", pulling.clone(), RegistryInfo::default()).text();
        assert!(text.contains("Not downloaded") && text.contains("In the cache"), "{text}");
        assert!(text.contains("Download all layers (514 MB) Files, sizes"), "{text}");
        let text = panel("#/image/a?layers=1", pulling, RegistryInfo::default()).text();
        assert!(text.contains("Download layer 1 (514 MB)"), "{text}");
    }

    #[test]
    fn a_running_download_can_be_paused() {
        let running = Pulling {
            rows: vec![row(1, PullState::Downloading)],
            missing: 5,
            ..Pulling::default()
        };
        let choice_of = |pulling: &Pulling| choice(pulling, LayerSelection::All);
        assert_eq!(choice_of(&running), PullChoice::Pause);
        assert_eq!(choice_of(&Pulling { paused: true, ..running.clone() }), PullChoice::Resume);
        let mut failed = Pulling { outcome: Some(PullOutcome::Partial), ..running.clone() };
        assert_eq!(choice_of(&failed), PullChoice::Nothing);
        failed.rows[0].state = PullState::Failed;
        assert_eq!(choice_of(&failed), PullChoice::TryAgain);
    }

    #[test]
    fn pause_can_be_pressed_once() {
        let button = |pressed: bool| {
            TestPage::new().render(move || {
                view! { <PausingButton pressed=pressed.into() press=|| () /> }
            })
        };
        assert_eq!(button(false).text(), "Pause");
        assert!(!button(false).has("disabled"));
        assert_eq!(button(true).text(), "Pausing…");
        assert!(button(true).has("disabled"));
    }

    #[test]
    fn a_complete_download_has_no_panel() {
        let pulling = Pulling { outcome: Some(PullOutcome::UpToDate), ..Pulling::default() };
        assert_eq!(panel("#/image/a", pulling.clone(), RegistryInfo::default()).text(), "");
        let registry = RegistryInfo {
            reference: "a:1".into(),
            digest: "sha256:d".into(),
            ..Default::default()
        };
        let info = SourceInfo { registry: Some(registry), ..SourceInfo::default() };
        let html = TestPage::at("#/image/a").source(info).pulling(pulling);
        let text = html.render(|| view! { <CompletedPull /> }).text();
        assert!(text.ends_with("Digest: sha256:d Status: Image is up to date for a:1"), "{text}");
    }

    #[test]
    fn a_tag_that_moved_is_told() {
        let registry = RegistryInfo {
            reference: "alpine:3.20".into(),
            moved_to: Some("sha256:new".into()),
            ..RegistryInfo::default()
        };
        let pulling = Pulling { outcome: Some(PullOutcome::Downloaded), ..Pulling::default() };
        assert_eq!(
            panel("#/image/a", pulling, registry).text(),
            "The tag alpine:3.20 now names another image: sha256:new . The image from the link is shown."
        );
    }
}
