//! The differences of two versions in each state: reading, the same, not text, too large, text.

use super::lines::{SideBySide, Unified};
use super::version::{FileVersion, KnownBefore, compare};
use crate::browser::page::preferences;
use crate::format;
use crate::problem::Problem;
use crate::protocol::{ContentComparison, MAX_COMPARED_CONTENT, OrderProgress, TextComparison};
use crate::text::CharacterEncoding;
use crate::ui::app::spawn;
use crate::ui::widgets::{Button, ProblemNote, Segment, Segments};
use crate::ui::words;
use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;
use std::sync::Arc;

/// The setting that shows both versions beside each other.
const SIDE_BY_SIDE: &str = "differences-side-by-side";

/// How far a comparison is.
#[derive(Clone)]
enum ComparisonState {
    Reading(Option<OrderProgress>),
    Cancelled,
    Failed(Problem),
    Known(Arc<ContentComparison>),
}

/// A comparison that is made, or was.
#[derive(Clone, Copy)]
struct RunningComparison {
    versions: StoredValue<(FileVersion, FileVersion)>,
    state: RwSignal<ComparisonState>,
    handle: StoredValue<Option<AbortHandle>>,
}

impl RunningComparison {
    fn stop(self) {
        if let Some(Some(handle)) = self.handle.try_update_value(Option::take) {
            handle.abort();
        }
    }

    fn start(self) {
        self.stop();
        let state = self.state;
        state.set(ComparisonState::Reading(None));
        let (before, after) = self.versions.get_value();
        let progress = move |progress| {
            state.try_set(ComparisonState::Reading(Some(progress)));
        };
        let (work, abort) = abortable(compare(before, after, progress));
        self.handle.set_value(Some(abort));
        spawn(async move {
            let next = match work.await {
                Err(_) => ComparisonState::Cancelled,
                Ok(Err(problem)) if problem.code == "closed" => return,
                Ok(Err(problem)) => ComparisonState::Failed(problem),
                Ok(Ok(comparison)) => ComparisonState::Known(Arc::new(comparison)),
            };
            state.try_set(next);
        });
    }
}

/// What differs between two versions. Other versions are another component.
#[component]
pub fn FileDifferences(before: FileVersion, after: FileVersion) -> AnyView {
    let known = before.known_before(&after);
    let running = RunningComparison {
        versions: StoredValue::new((before, after)),
        state: RwSignal::new(ComparisonState::Reading(None)),
        handle: StoredValue::new(None),
    };
    Effect::new(move || {
        if known == KnownBefore::Unknown {
            running.start();
        }
    });
    on_cleanup(move || running.stop());
    let of_versions = move |draw: &dyn Fn(&FileVersion, &FileVersion) -> AnyView| {
        running.versions.with_value(|(before, after)| draw(before, after))
    };
    let drawn = move || match known {
        KnownBefore::Same => view! { <SameContent /> }.into_any(),
        KnownBefore::TooLarge => of_versions(&|a, b| not_compared(TOO_LARGE, a, b)),
        KnownBefore::Unknown => match running.state.get() {
            ComparisonState::Reading(progress) => {
                view! { <Reading progress stop=move || running.stop() /> }.into_any()
            }
            ComparisonState::Cancelled => view! {
                <p class="bt">
                    <Button label="Compare" on_press=move || running.start() />
                    <span class="soft">"Cancelled"</span>
                </p>
            }
            .into_any(),
            ComparisonState::Failed(problem) => {
                view! { <div role="alert"><ProblemNote problem grave=true /></div> }.into_any()
            }
            ComparisonState::Known(comparison) => {
                of_versions(&|a, b| known_differences(&comparison, a, b))
            }
        },
    };
    view! { <div class="differences">{drawn}</div> }.into_any()
}

/// How far it is.
#[component]
fn Reading(
    progress: Option<OrderProgress>,
    stop: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let text = progress.map_or("Comparing…".to_owned(), |progress| {
        let done = format::size(progress.done.min(progress.total));
        format!("Reading the layer: {done} of {}.", format::size(progress.total))
    });
    view! {
        <p class="bt" role="status">
            <Button label="Cancel" on_press=stop />
            <span class="soft">{text}</span>
        </p>
    }
    .into_any()
}

const NOT_TEXT: &str = "This is not text: its lines cannot be compared.";
const TOO_LARGE: &str = "Too large to be compared line by line.";

#[component]
fn SameContent() -> AnyView {
    view! { <p class="hint">"The contents are the same."</p> }.into_any()
}

/// What a comparison found.
fn known_differences(
    comparison: &ContentComparison,
    before: &FileVersion,
    after: &FileVersion,
) -> AnyView {
    match comparison {
        ContentComparison::Same => view! { <SameContent /> }.into_any(),
        ContentComparison::NotText => not_compared(NOT_TEXT, before, after),
        ContentComparison::Text(text) => {
            view! { <TextDifferences comparison=Arc::new(text.clone()) /> }.into_any()
        }
    }
}

/// Sizes and digests in place of lines.
fn not_compared(why: &'static str, before: &FileVersion, after: &FileVersion) -> AnyView {
    let limit = (why == TOO_LARGE)
        .then(|| format!(" The limit is {}.", format::size(MAX_COMPARED_CONTENT)));
    let line = |version: &FileVersion| {
        let hash = version.hash.clone().unwrap_or_else(|| "not known".to_owned());
        view! {
            <tr>
                <th scope="row">{version.name.clone()}</th>
                <td class="num">{format::exact_size(version.size)}</td>
                <td class="mono">{hash}</td>
            </tr>
        }
    };
    view! {
        <p class="hint">{why}{limit}</p>
        <table class="t" aria-label="Sizes and digests">
            <thead>
                <tr><td></td><th scope="col" class="num">"Size"</th><th scope="col">"BLAKE3"</th></tr>
            </thead>
            <tbody>{line(before)}{line(after)}</tbody>
        </table>
    }
    .into_any()
}

/// The lines that differ, with what was read.
#[component]
fn TextDifferences(comparison: Arc<TextComparison>) -> AnyView {
    let beside = RwSignal::new(preferences::is_on(SIDE_BY_SIDE).unwrap_or(false));
    let choose = move |on: bool| {
        preferences::switch(SIDE_BY_SIDE, on);
        beside.set(on);
    };
    let choices = vec![Segment::new(false, "Unified"), Segment::new(true, "Side by side")];
    let sums = sums(&comparison);
    if comparison.hunks.is_empty() {
        return view! { <p class="hint">{sums}</p> }.into_any();
    }
    let left_out = (comparison.left_out > 0).then(|| {
        let lines = format::counted(comparison.left_out, "line", "lines");
        view! { <p class="hint">{format!("{lines} more that differ are not shown.")}</p> }
    });
    let drawn = move || match beside.get() {
        false => view! { <Unified comparison=comparison.clone() /> }.into_any(),
        true => view! { <SideBySide comparison=comparison.clone() /> }.into_any(),
    };
    view! {
        <div class="sums">
            <span>{sums}</span>
            <span class="sp"></span>
            <Segments
                label="Layout"
                choices
                pressed=move |on: &bool| beside.get() == *on
                on_choose=choose
            />
        </div>
        {drawn}
        {left_out}
    }
    .into_any()
}

/// `2 lines removed, 3 lines added. ISO 8859-1 before, UTF-8 after.`
fn sums(comparison: &TextComparison) -> String {
    let lines = |number, what: &str| format!("{} {what}", format::counted(number, "line", "lines"));
    let mut text = match comparison.hunks.is_empty() {
        true => "The lines are the same; encoding or byte order mark differ.".to_owned(),
        false => {
            let (removed, added) = (comparison.removed, comparison.added);
            format!("{}, {}.", lines(removed, "removed"), lines(added, "added"))
        }
    };
    let (before, after) = comparison.encodings;
    match (before == after, before) {
        (true, CharacterEncoding::Utf8) => {}
        (true, encoding) => text.push_str(&format!(" {}.", words::encoding(encoding))),
        (false, _) => {
            let (before, after) = (words::encoding(before), words::encoding(after));
            text.push_str(&format!(" {before} before, {after} after."));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::lines::tests::comparison;
    use super::*;
    use crate::protocol::LinkPath;
    use crate::selection::LayerSelection;
    use crate::ui::app::use_image;
    use crate::ui::testing::{Rendered, TestPage};
    use crate::vocabulary::ImagePosition;

    fn version(name: &str, size: u64, hash: Option<&str>) -> FileVersion {
        FileVersion {
            source: use_image().source,
            image: ImagePosition(0),
            path: LinkPath("/etc/motd".into()),
            layers: LayerSelection::All,
            name: name.into(),
            size,
            hash: hash.map(str::to_owned),
        }
    }

    fn known(comparison: ContentComparison) -> Rendered {
        TestPage::new().render(move || {
            let (a, b) = (version("layer 1", 5, None), version("layer 2", 9, Some("ab12")));
            known_differences(&comparison, &a, &b)
        })
    }

    #[test]
    fn lines_that_differ_are_counted_and_drawn() {
        let html = known(ContentComparison::Text(comparison()));
        let text = html.text();
        assert!(text.starts_with("1 line removed, 2 lines added. Unified Side by side"), "{text}");
        assert!(html.has("<del>80</del>") && html.has("<ins>8080</ins>"), "{html}");
    }

    #[test]
    fn encodings_are_told_where_they_are_not_utf_8() {
        let mut of = comparison();
        of.encodings = (CharacterEncoding::Latin1, CharacterEncoding::Utf8);
        assert!(sums(&of).ends_with("2 lines added. ISO 8859-1 before, UTF-8 after."));
        of.encodings = (CharacterEncoding::Utf16, CharacterEncoding::Utf16);
        assert!(sums(&of).ends_with(" UTF-16."));
        of.hunks.clear();
        assert!(sums(&of).starts_with("The lines are the same"));
    }

    #[test]
    fn what_is_not_text_is_told_by_size_and_digest() {
        let text = known(ContentComparison::NotText).text();
        assert!(text.starts_with("This is not text"), "{text}");
        assert!(text.contains("layer 1 5 bytes not known layer 2 9 bytes ab12"), "{text}");
        assert_eq!(known(ContentComparison::Same).text(), "The contents are the same.");
    }

    #[test]
    fn what_is_too_large_is_not_read() {
        let html = TestPage::new().render(|| {
            let (before, after) =
                (version("layer 1", 5_000_000, None), version("layer 2", 1, None));
            view! { <FileDifferences before after /> }
        });
        assert!(
            html.text().starts_with("Too large to be compared line by line. The limit is 4.19 MB."),
            "{html}"
        );
    }

    #[test]
    fn it_waits_with_a_way_to_cancel() {
        let html = TestPage::new().render(|| {
            let (before, after) = (version("layer 1", 5, None), version("layer 2", 1, None));
            view! { <FileDifferences before after /> }
        });
        assert_eq!(html.text(), "Cancel Comparing…");
    }
}
