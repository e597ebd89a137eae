//! Work in progress: what is done, how far it is, and Cancel. It floats, so that nothing moves when it goes.
//!
//! - Whatever a session does can be cancelled here. Where images of the source can be used already, they stay, and
//!   the work can go on later.
//! - What is seen changes with every message; screen readers hear it at most every five seconds, and its end.

use crate::browser::page::locale;
use crate::format;
use crate::protocol::{LayerProgress, OrderProgress, Progress, Pulling, Stage};
use crate::text::Shown;
use crate::ui::app::{
    ComparedPair, Extracting, OpenImageAt, OpenSource, PickedFiles, Screen, is_running,
    use_notices, use_sources,
};
use crate::ui::widgets::{Button, ButtonKind, Icon};
use crate::vocabulary::ImagePosition;
use leptos::prelude::*;

/// Seconds between announcements.
const ANNOUNCE_EVERY: f64 = 5.0;

/// Work in words and numbers.
#[derive(Clone, Debug, Default, PartialEq)]
struct WorkInProgress {
    what: String,
    /// Bytes; 0 of 0: not known.
    done: u64,
    total: u64,
    layers: Vec<LayerProgress>,
    /// The image cannot be used yet: this cannot be hidden.
    blocks: bool,
    /// The user started it by itself, and can cancel it by itself.
    own: bool,
}

impl WorkInProgress {
    fn numbers(&self) -> Option<String> {
        let of = format!("{} of {}", format::size(self.done), format::size(self.total));
        (self.total > 0).then_some(of)
    }

    fn share(&self) -> Option<String> {
        (self.total > 0).then(|| format::percent_text(self.done, self.total))
    }
}

/// The card, while there is work.
#[component]
pub fn ProgressCard(screen: Memo<Screen>) -> AnyView {
    let (sources, notices) = (use_sources(), use_notices());
    let work = Memo::new(move |_| work_of(screen.get()));
    let is_shown = Memo::new(move |_| work.read().is_some());
    let hidden = RwSignal::new(false);
    let blocks = Memo::new(move |_| work.read().as_ref().is_some_and(|work| work.blocks));
    Effect::new(move |last: Option<f64>| {
        let now = locale::now();
        match (work.get(), last) {
            (Some(work), last) if last.is_none_or(|last| now - last >= ANNOUNCE_EVERY) => {
                let numbers = work.numbers().unwrap_or_default();
                notices.announce(format!("{} {numbers}", work.what));
                now
            }
            (None, Some(last)) if last > 0.0 => {
                hidden.set(false);
                let is_cancelled = untrack(|| cancelled(screen.get())).is_some();
                notices.announce(if is_cancelled { "Cancelled" } else { "Done" });
                0.0
            }
            (_, last) => last.unwrap_or_default(),
        }
    });
    let own = Memo::new(move |_| work.read().as_ref().is_some_and(|work| work.own));
    let cancel = move || match untrack(|| kept_source(screen.get())) {
        Some(source) if own.get_untracked() => source.extracting.order.cancel(),
        Some(source) => sources.cancel_work(source),
        None => sources.cancel(),
    };
    view! {
        <Show when=move || is_shown.get() && (blocks.get() || own.get() || !hidden.get())>
            <section class="stat" aria-label="Progress">
                <p class="now">
                    <b>{move || work.get().map(|work| work.what)}</b>
                    <span class="n">{move || work.get().and_then(|work| work.numbers())}</span>
                    <span class="n soft">{move || work.get().and_then(|work| work.share())}</span>
                </p>
                <Button label="Cancel" on_press=cancel />
                <Show when=move || !blocks.get() && !own.get()>
                    <Button
                        label="Hide progress"
                        icon=Icon::Close
                        icon_only=true
                        kind=ButtonKind::Quiet
                        on_press=move || hidden.set(true)
                    />
                </Show>
                <div class="tot" aria-hidden="true">{move || bars(work.get().unwrap_or_default())}</div>
            </section>
        </Show>
        <Show when=move || !is_shown.get()>
            <CancelledCard screen />
        </Show>
    }
    .into_any()
}

/// The way on with an image that the user has cancelled.
#[component]
fn CancelledCard(screen: Memo<Screen>) -> AnyView {
    let sources = use_sources();
    let stopped = Memo::new(move |_| cancelled(screen.get()));
    let go_on = move || {
        if let Some((source, image)) = stopped.get_untracked() {
            sources.read_image(source, image);
        }
    };
    view! {
        <Show when=move || stopped.read().is_some()>
            <section class="stat" aria-label="Progress">
                <p class="now"><b>"Reading was cancelled"</b></p>
                <Button label="Continue" on_press=go_on />
            </section>
        </Show>
    }
    .into_any()
}

/// The image that is shown, if the user has cancelled the work on it; tracked.
fn cancelled(screen: Screen) -> Option<(OpenSource, ImagePosition)> {
    match screen {
        Screen::Image(source, image) => {
            source.image_state(image).cancelled.then_some((source, image))
        }
        _ => None,
    }
}

/// The source that works and stays open when that is cancelled: some of it can be used. Tracked.
fn kept_source(screen: Screen) -> Option<OpenSource> {
    match screen {
        Screen::Image(source, _) => {
            (source.images.any_tree() || source.pulling.read().is_some()).then_some(source)
        }
        Screen::Compare(pair) => working_side(pair).map(|side| side.source),
        _ => None,
    }
}

/// The side of a comparison that is not ready, or has a session that is busy; tracked.
fn working_side(ComparedPair { a, b }: ComparedPair) -> Option<OpenImageAt> {
    let waits = |side: &OpenImageAt| !side.source.image_state(side.image).ready;
    let is_busy = |side: &OpenImageAt| side.source.images.is_busy();
    [a, b].into_iter().find(waits).or_else(|| [a, b].into_iter().find(is_busy))
}

/// A bar for each layer, as wide as its bytes; one bar where layers are not known.
fn bars(work: WorkInProgress) -> AnyView {
    let filled = |done: u64, total: u64| {
        view! { <i style:width=format::width(done, total)></i> }
    };
    if work.layers.is_empty() {
        return view! { <span>{filled(work.done, work.total)}</span> }.into_any();
    }
    let bar = |layer: LayerProgress| {
        let class = if layer.finished { "fin" } else { "" };
        let done = if layer.finished { layer.total } else { layer.done };
        view! {
            <span class=class style:flex-grow=layer.total.max(1).to_string()>
                {filled(done, layer.total)}
            </span>
        }
    };
    work.layers.into_iter().map(bar).collect_view().into_any()
}

/// The work on what is shown; tracked.
fn work_of(screen: Screen) -> Option<WorkInProgress> {
    match screen {
        Screen::Opening(source) => Some(opening(source)),
        Screen::Image(source, image) => {
            let blocks = source.image_state(image).tree.is_none();
            let pulling = source.pulling.get().filter(|pulling| is_running(pulling));
            if !blocks && pulling.is_none() && source.extracting.order.is_running() {
                return Some(extracting(source));
            }
            match (pulling, source.progress.get()) {
                (Some(pulling), progress) => Some(downloading(&pulling, progress, blocks)),
                (None, Some(progress)) => Some(reading(progress, blocks)),
                (None, None) => match source.fetching_verifier.get() {
                    Some(bytes) => Some(fetching_verifier(bytes)),
                    None => source.images.is_busy().then(waiting),
                },
            }
        }
        Screen::Compare(pair) => {
            let OpenImageAt { source, .. } = working_side(pair)?;
            match source.progress.get() {
                Some(progress) => Some(reading(progress, false)),
                None => source.images.is_busy().then(waiting),
            }
        }
        Screen::Start | Screen::Failed(_) | Screen::Contents(_) | Screen::List => None,
    }
}

fn opening(source: OpenSource) -> WorkInProgress {
    let is_web = source.web_link().is_some();
    if source.client.read().is_none() && !is_web {
        let found = format::counted(source.walked.get().into(), "file", "files");
        return WorkInProgress {
            what: format!("Searching the folder: {found}"),
            blocks: true,
            ..WorkInProgress::default()
        };
    }
    let progress = source.progress.get().unwrap_or_default();
    let PickedFiles { size, count } = source.picked.get();
    let what = match progress.stage {
        Stage::Fetching => "Downloading the archive".to_owned(),
        _ if is_web => "Contacting the registry".to_owned(),
        _ if count > 1 => format!("Opening {} files", format::count(count as u64)),
        _ => "Opening the archive".to_owned(),
    };
    let total = if progress.total == 0 { size } else { progress.total };
    WorkInProgress { what, done: progress.done, total, blocks: true, ..WorkInProgress::default() }
}

/// The session owes an answer.
fn waiting() -> WorkInProgress {
    WorkInProgress { what: "Waiting for an answer".to_owned(), ..WorkInProgress::default() }
}

fn downloading(pulling: &Pulling, progress: Option<Progress>, blocks: bool) -> WorkInProgress {
    let total = pulling.rows.iter().map(|row| row.size).fold(0, u64::saturating_add);
    let done = pulling.rows.iter().map(|row| row.done).fold(0, u64::saturating_add);
    let layers = progress.map(|progress| progress.layers).unwrap_or_default();
    let what = "Downloading layers".to_owned();
    WorkInProgress { what, done, total, layers, blocks, own: false }
}

fn fetching_verifier((done, total): (u64, u64)) -> WorkInProgress {
    let what = "Loading the verifier of signatures".to_owned();
    WorkInProgress { what, done, total, ..WorkInProgress::default() }
}

fn reading(progress: Progress, blocks: bool) -> WorkInProgress {
    let finished = progress.layers.iter().filter(|layer| layer.finished).count();
    let what = match progress.stage {
        Stage::Opening => "Opening the archive".to_owned(),
        Stage::Fetching => "Downloading the archive".to_owned(),
        Stage::Indexing => format!("Reading layers · {finished} of {}", progress.layers.len()),
        Stage::Merging => "Merging layers".to_owned(),
        Stage::Verifying => "Checking digests".to_owned(),
        Stage::Reading => "Reading contents".to_owned(),
        Stage::Analysing => "Reading large files".to_owned(),
        Stage::Concluding => "Finding packages".to_owned(),
        Stage::Reporting => "Reading all images for the report".to_owned(),
    };
    WorkInProgress {
        what,
        done: progress.done,
        total: progress.total,
        layers: progress.layers,
        blocks,
        own: false,
    }
}

/// A file is made of a part of the image; before that, what it needs may be read.
fn extracting(source: OpenSource) -> WorkInProgress {
    let Extracting { name, progress, .. } = source.extracting;
    let OrderProgress { done, total, .. } = progress.get();
    let what = format!("Making {}", Shown::new(name.get()));
    WorkInProgress { what, done, total, own: true, ..WorkInProgress::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Event, PullOutcome, PullRow};
    use crate::ui::app::{Before, SourceId, SourceOrigin};
    use crate::ui::testing::{TestPage, layer};

    fn source(origin: SourceOrigin) -> OpenSource {
        OpenSource::new(SourceId(1), "a.tar".into(), origin, Before::default())
    }

    fn local() -> OpenSource {
        source(SourceOrigin::Files { required: None })
    }

    fn reads(stage: Stage) -> Progress {
        let layers = vec![
            LayerProgress { layer: layer(1), done: 9, total: 10, finished: true },
            LayerProgress { layer: layer(2), done: 5, total: 30, finished: false },
        ];
        Progress { image: None, stage, done: 15_000, total: 40_000, layers }
    }

    #[test]
    fn work_is_named() {
        Owner::new().with(|| {
            let source = local();
            let work = || work_of(Screen::Opening(source)).unwrap().what;
            assert_eq!(work(), "Searching the folder: 0 files");
            let screen = Screen::Image(source, ImagePosition(0));
            assert_eq!(work_of(screen), None);
            source.hear(Event::Progress(reads(Stage::Indexing)));
            let work = work_of(screen).unwrap();
            assert_eq!(work.what, "Reading layers · 1 of 2");
            assert_eq!(work.numbers().as_deref(), Some("15.0 kB of 40.0 kB"));
            assert!(work.blocks);
            source.hear(Event::TreeReady { image: ImagePosition(0) });
            assert!(!work_of(screen).unwrap().blocks);
            source.hear(Event::Progress(reads(Stage::Reporting)));
            assert_eq!(work_of(screen).unwrap().what, "Reading all images for the report");
            source.hear(Event::Idle);
            assert_eq!(work_of(screen), None);
        });
    }

    #[test]
    fn a_download_that_waits_for_the_user_is_no_work() {
        let row = |done| PullRow {
            layers: Vec::new(),
            digest: String::new(),
            size: 10_000,
            done,
            bytes_per_second: 0,
            state: Default::default(),
            problem: None,
        };
        Owner::new().with(|| {
            let source = local();
            let screen = Screen::Image(source, ImagePosition(0));
            let pulling =
                Pulling { rows: vec![row(2_500), row(0)], missing: 17_500, ..Default::default() };
            let work = |pulling: Pulling| {
                source.hear(Event::Pulling(pulling));
                work_of(screen)
            };
            let running = work(pulling.clone()).unwrap();
            assert_eq!(running.numbers().as_deref(), Some("2.50 kB of 20.0 kB"));
            assert_eq!(work(Pulling { paused: true, ..pulling.clone() }), None);
            assert_eq!(work(Pulling { needs_consent: true, ..pulling.clone() }), None);
            assert_eq!(work(Pulling { outcome: Some(PullOutcome::Partial), ..pulling }), None);
        });
    }

    #[test]
    fn whatever_works_can_be_cancelled_and_what_does_not_block_hidden() {
        let card = |tree: bool| {
            TestPage::new().render(move || {
                let source = local();
                source.hear(Event::Progress(reads(Stage::Verifying)));
                if tree {
                    source.hear(Event::TreeReady { image: ImagePosition(0) });
                }
                let screen = Memo::new(move |_| Screen::Image(source, ImagePosition(0)));
                view! { <ProgressCard screen /> }
            })
        };
        assert_eq!(card(false).text(), "Checking digests 15.0 kB of 40.0 kB 38 % Cancel");
        let html = card(true);
        assert!(html.has(r#"aria-label="Hide progress""#));
        assert_eq!(html.text(), "Checking digests 15.0 kB of 40.0 kB 38 % Cancel");
    }

    #[test]
    fn work_of_the_session_itself_is_named_and_can_be_cancelled() {
        let card = |stage: Stage| {
            TestPage::new().render(move || {
                let source = local();
                source.hear(Event::TreeReady { image: ImagePosition(0) });
                source.hear(Event::Progress(Progress { stage, ..Progress::default() }));
                let screen = Memo::new(move |_| Screen::Image(source, ImagePosition(0)));
                view! { <ProgressCard screen /> }
            })
        };
        assert_eq!(card(Stage::Merging).text(), "Merging layers Cancel");
        assert_eq!(card(Stage::Concluding).text(), "Finding packages Cancel");
    }

    #[test]
    fn what_was_cancelled_can_be_continued() {
        let html = TestPage::new().render(|| {
            let source = local();
            source.hear(Event::TreeReady { image: ImagePosition(0) });
            source.hear(Event::Cancelled { image: ImagePosition(0) });
            let screen = Memo::new(move |_| Screen::Image(source, ImagePosition(0)));
            view! { <ProgressCard screen /> }
        });
        assert_eq!(html.text(), "Reading was cancelled Continue");
    }

    #[test]
    fn an_image_that_can_be_used_stays_when_work_is_cancelled() {
        Owner::new().with(|| {
            let source = local();
            let screen = Screen::Image(source, ImagePosition(1));
            assert_eq!(kept_source(screen), None, "nothing of it can be used");
            assert_eq!(kept_source(Screen::Opening(source)), None);
            source.hear(Event::TreeReady { image: ImagePosition(0) });
            assert_eq!(kept_source(screen), Some(source), "another image of it can");
        });
    }
}
