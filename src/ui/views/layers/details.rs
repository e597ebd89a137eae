//! What is below a layer's row: its problems, and, once the row is opened, all that is known.

use super::line::LayerLine;
use super::opened::OpenedRows;
use crate::format;
use crate::link::View;
use crate::problem::Problem;
use crate::protocol::{LayerFacts, LayerPresence, LayerRow};
use crate::selection::LayerSelection;
use crate::ui::app::{use_facts, use_image, use_navigation};
use crate::ui::views::parts::{CompareLayerMenu, LayerButton, LayerCheck, LayerLimit, layer_check};
use crate::ui::widgets::{
    AgeText, CopyButton, Fact, FactList, Glyph, Icon, ProblemNote, RowSignal,
};
use crate::ui::words;
use crate::vocabulary::{LayerNumber, LayerOrigin};
use leptos::prelude::*;

/// Problems, the limit, and the details of an open row.
#[component]
pub(super) fn BelowLayer(
    line: RowSignal<LayerLine>,
    opened: OpenedRows,
    columns: usize,
) -> AnyView {
    // Each by itself: an alert is announced once, and not again with each number that comes in.
    let problems = line.map(|line| line.row.layer.as_ref().map(problems_of));
    let limited = line.map(|line| {
        line.row.layer.as_ref().filter(|layer| layer.limited).map(|layer| layer.number)
    });
    let row = line.map(|line| line.row.clone());
    let at = line.map(|line| line.at);
    let is_open = Memo::new(move |_| at.get().is_some_and(|at| opened.contains(at)));
    let full = move |content: AnyView| {
        view! { <tr class="full"><td colspan=columns>{content}</td></tr> }
    };
    let problems = move || {
        let problems = problems.get().flatten()?;
        Some(view! { <LayerProblems problems columns /> })
    };
    let limit = move || {
        let layer = limited.get().flatten()?;
        Some(full(view! { <LayerLimit layer /> }.into_any()))
    };
    let details = move || {
        let row = row.get().filter(|_| is_open.get())?;
        Some(full(view! { <Details row /> }.into_any()))
    };
    view! { {problems}{limit}{details} }.into_any()
}

/// What is wrong with a layer.
#[derive(Clone, Debug, PartialEq)]
struct LayerProblemList {
    /// Digests that do not match: one alert, however many they are.
    mismatches: Vec<Problem>,
    others: Vec<Problem>,
}

fn problems_of(layer: &LayerFacts) -> LayerProblemList {
    let is_mismatch = |problem: &&Problem| problem.code.ends_with("-mismatch");
    let mismatch = layer.verified == Some(false);
    let (mut mismatches, others): (Vec<&Problem>, Vec<&Problem>) =
        layer.warnings.iter().partition(|problem| mismatch && is_mismatch(problem));
    let unexplained = Problem::new(
        "layer-digest-mismatch",
        "A digest does not match: these are not the bytes that the image names.",
    );
    if mismatch && mismatches.is_empty() {
        mismatches.push(&unexplained);
    }
    LayerProblemList {
        mismatches: mismatches.into_iter().cloned().collect(),
        others: others.into_iter().cloned().collect(),
    }
}

#[component]
fn LayerProblems(problems: LayerProblemList, columns: usize) -> AnyView {
    let alert = (!problems.mismatches.is_empty()).then(|| {
        let notes = problems.mismatches.into_iter();
        let notes = notes.map(|problem| view! { <ProblemNote problem grave=true /> });
        view! {
            <tr class="full mismatch">
                <td colspan=columns><div role="alert">{notes.collect_view()}</div></td>
            </tr>
        }
    });
    let others = problems.others.into_iter().map(|problem| {
        view! { <tr class="full"><td colspan=columns><ProblemNote problem /></td></tr> }
    });
    view! { {alert}{others.collect_view()} }.into_any()
}

/// All that is known about a history entry and its layer.
#[component]
fn Details(row: LayerRow) -> AnyView {
    let recorded = row.instruction.recorded.to_string();
    let instruction = (!recorded.is_empty()).then(|| {
        view! { <pre class="code" aria-label="Full instruction">{recorded.clone()}</pre> }
    });
    let copy = (!recorded.is_empty()).then(
        || view! { <CopyButton label="Copy instruction" text=recorded.clone() worded=true /> },
    );
    let comment = (!row.comment.is_empty())
        .then(|| view! { <Fact name="Comment">{row.comment.to_string()}</Fact> });
    let created = row.created.clone();
    let created =
        created.map(|at| view! { <Fact name="Created"><AgeText recorded=Some(at) /></Fact> });
    let files = row.layer.as_ref().map(|layer| {
        view! { <FilesLink number=layer.number /><CompareLayerMenu number=layer.number /> }
    });
    let is_here = |layer: &&LayerFacts| layer.presence != LayerPresence::Missing;
    let save = row.layer.as_ref().filter(is_here);
    let save = save.map(|layer| view! { <LayerButton layer=layer.number /> });
    let facts = row.layer.map(|layer| view! { <LayerFactList layer /> });
    view! {
        {instruction}
        <FactList>{created}{comment}{facts}</FactList>
        <div class="do">{files}{save}{copy}</div>
    }
    .into_any()
}

#[component]
fn LayerFactList(layer: LayerFacts) -> AnyView {
    let (image, facts) = (use_image(), use_facts());
    let size =
        layer.size.map(|bytes| view! { <Fact name="Size">{format::exact_size(bytes)}</Fact> });
    let stored = stored_words(&layer);
    let stored = stored.map(|words| view! { <Fact name="Stored">{words}</Fact> });
    let base = match layer.origin {
        LayerOrigin::Own => None,
        LayerOrigin::Base => Some("This layer is from it"),
        LayerOrigin::GuessedBase => Some("This layer is from it (guessed from the history)"),
    };
    let base = base.map(|words| view! { <Fact name="Base image">{words}</Fact> });
    let digests = [
        ("Digest", "Copy digest", layer.digest.clone()),
        ("Diff ID", "Copy diff ID", layer.diff_id.clone()),
    ];
    let digests = digests.map(|(name, copy, digest)| {
        digest.map(|digest| {
            view! {
                <Fact name code=true>
                    <span>{digest.clone()}</span>
                    <CopyButton label=copy text=digest />
                </Fact>
            }
        })
    });
    let check = move || {
        let overview = facts.overview.read();
        let digests = overview.ready().map(|facts| &facts.digests);
        let state = layer_check(&layer, digests, image.is_ready());
        view! { <LayerCheck state long=true /> }
    };
    view! { {size}{stored}{base}{digests.into_iter().collect_view()}<Fact name="Check">{check}</Fact> }.into_any()
}

/// `1,234 bytes, compressed with gzip`.
fn stored_words(layer: &LayerFacts) -> Option<String> {
    match layer.presence {
        LayerPresence::Missing => return Some("Not in the file".to_owned()),
        LayerPresence::NotDownloaded => {
            let bytes = layer.blob_size.map(format::exact_size);
            return Some(
                bytes.map_or("Not downloaded".to_owned(), |bytes| {
                    format!("{bytes}, not downloaded")
                }),
            );
        }
        _ => {}
    }
    let bytes = format::exact_size(layer.blob_size?);
    Some(match layer.compression.map(words::compression) {
        Some(Some(name)) => format!("{bytes}, compressed with {name}"),
        Some(None) => format!("{bytes}, not compressed"),
        None => bytes,
    })
}

#[component]
fn FilesLink(number: LayerNumber) -> AnyView {
    let navigation = use_navigation();
    let href = move || {
        let mut link = navigation.to_view(View::Files);
        link.layers = LayerSelection::one(number);
        link.path.clear();
        link.to_string()
    };
    view! { <a class="btn" href=href><Glyph icon=Icon::Folder />"Files of this layer"</a> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{DigestCheck, Overview, OverviewFacts};
    use crate::ui::testing::{Rendered, TestPage, layer};
    use crate::ui::testing::{layer_facts, layer_row};
    use crate::vocabulary::Compression;

    fn drawn(row: LayerRow) -> Rendered {
        let digests = DigestCheck { unclaimed: vec![layer(2)], ..DigestCheck::default() };
        TestPage::at("#/archive/a?view=layers")
            .answers::<Overview>(OverviewFacts { digests, ..OverviewFacts::default() })
            .ready()
            .render(|| view! { <Details row /> })
    }

    #[test]
    fn details_are_exact_and_copied_whole() {
        let digest = format!("sha256:{}", "ab".repeat(32));
        let mut row = layer_row(2, "RUN", "make\n  <b>install");
        row.comment = "buildkit".into();
        row.created = Some("2026-11-14T12:00:00Z".into());
        row.layer = Some(LayerFacts {
            size: Some(1234),
            blob_size: Some(567),
            compression: Some(Compression::Gzip),
            origin: LayerOrigin::Base,
            digest: Some(digest.clone()),
            diff_id: Some(digest.clone()),
            ..layer_facts(2)
        });
        let html = drawn(row);
        assert_eq!(
            html.text(),
            format!(
                "RUN make <b>install Created 2 weeks ago Comment buildkit Size 1,234 bytes Stored 567 \
                 bytes, compressed with gzip Base image This layer is from it \
                 Digest {digest} Diff ID {digest} Check There is no digest to check against Files of \
                 this layer Download layer Copy instruction"
            )
        );
        assert!(html.has(r##"href="#/archive/a?view=files&amp;layers=2""##), "{html}");
        assert!(html.has(r#"aria-label="Copy diff ID""#));
    }

    #[test]
    fn an_empty_layer_has_its_instruction_alone() {
        let row = LayerRow { layer: None, ..layer_row(1, "ENV", "A=b") };
        assert_eq!(drawn(row).text(), "ENV A=b Copy instruction");
        assert_eq!(drawn(LayerRow::default()).text(), "");
    }

    #[test]
    fn how_a_layer_is_stored() {
        let of = |presence, blob_size, compression| {
            stored_words(&LayerFacts { presence, blob_size, compression, ..layer_facts(1) })
        };
        let words = |presence, compression| of(presence, Some(5), compression).unwrap();
        assert_eq!(words(LayerPresence::Read, Some(Compression::None)), "5 bytes, not compressed");
        assert_eq!(
            words(LayerPresence::Read, Some(Compression::Zstd)),
            "5 bytes, compressed with zstd"
        );
        assert_eq!(words(LayerPresence::Unread, None), "5 bytes");
        assert_eq!(words(LayerPresence::NotDownloaded, None), "5 bytes, not downloaded");
        assert_eq!(words(LayerPresence::Missing, None), "Not in the file");
        assert_eq!(of(LayerPresence::Read, None, None), None);
    }

    #[test]
    fn mismatches_are_one_alert() {
        let mismatch = |code| Problem::new(code, "It differs.");
        let layer = LayerFacts {
            verified: Some(false),
            warnings: vec![
                mismatch("layer-digest-mismatch"),
                Problem::new("trailing-bytes", "Bytes follow."),
                mismatch("layer-diff-id-mismatch"),
            ],
            ..layer_facts(1)
        };
        let problems = problems_of(&layer);
        assert_eq!((problems.mismatches.len(), problems.others.len()), (2, 1));
        let html = TestPage::new().render(move || view! { <LayerProblems problems columns=3 /> });
        assert_eq!(html.count(r#"role="alert""#), 1);
        let silent = LayerFacts { warnings: Vec::new(), ..layer };
        assert_eq!(problems_of(&silent).mismatches.len(), 1, "never without a word");
    }
}
