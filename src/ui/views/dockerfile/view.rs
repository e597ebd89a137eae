//! The view: where the lines come from, the base image, and the lines.

use super::base::BaseImageLine;
use crate::link::View;
use crate::protocol::{AttachedWish, DockerfileFacts, DockerfileLines, DockerfileRow, LayerCell};
use crate::selection::LayerSelection;
use crate::ui::app::{Loaded, use_image, use_navigation, use_query};
use crate::ui::views::parts::{
    MaskedText, NotDrawn, RevealButtons, fetch_attached, provide_masks, use_masks,
};
use crate::ui::widgets::{Await, Badge, CopyButton, EmptyState, LayerMark, SizeText, ViewHead};
use crate::vocabulary::{DockerfileOrigin, LayerNumber, LayerOrigin};
use leptos::prelude::*;
use std::sync::Arc;

/// The view: asks for the Dockerfile.
#[component]
pub fn DockerfileView() -> AnyView {
    let image = use_image().position;
    let facts = use_query(move || Some(DockerfileLines { image }));
    fetch_attached(AttachedWish::Signatures);
    provide_masks();
    view! {
        <div class="view">
            <section class="page dockerfile" role="region" aria-label="Dockerfile">
                <ViewHead title="Dockerfile" subtitle="what the image was built from">
                    <CopyAll facts />
                </ViewHead>
                <Await answer=facts waiting="Reading the history…" let:facts>
                    <DockerfilePage facts />
                </Await>
            </section>
        </div>
    }
    .into_any()
}

/// Copies the whole file.
#[component]
fn CopyAll(facts: Signal<Loaded<DockerfileFacts>>) -> AnyView {
    let masks = use_masks();
    let text = move || facts.read().map(whole_text).map(|text| masks.text(&text));
    (move || {
        facts.read().map(whole_text).filter(|text| !text.is_empty())?;
        let text = Signal::derive(move || text().unwrap_or_default());
        Some(view! { <CopyButton label="Copy Dockerfile" text worded=true /> })
    })
    .into_any()
}

fn whole_text(facts: &DockerfileFacts) -> String {
    facts.rows.iter().map(|row| format!("{}\n", row.text.as_str())).collect()
}

#[component]
fn DockerfilePage(facts: Arc<DockerfileFacts>) -> AnyView {
    let base = view! { <BaseImageLine facts=facts.clone() /> };
    if facts.rows.is_empty() && facts.left_out == 0 {
        let text = "Nothing is recorded about how the image was built.";
        return view! { {base}<EmptyState text /> }.into_any();
    }
    let more = facts.left_out as usize;
    let words = ("more instruction is", "more instructions are");
    let place = "They are not copied either. The report has all: “Download report”.";
    let origin = match facts.origin {
        DockerfileOrigin::Provenance => {
            "From the build’s attestation, as it was. Provenance says whether it is signed."
        }
        DockerfileOrigin::History => {
            "Rebuilt from the history, the configuration and the layers. What is not recorded is marked as guessed."
        }
    };
    let rows = facts.rows.iter().map(|row| view! { <Line row=row.clone() /> }).collect_view();
    view! {
        <p class="soft">{origin}</p>
        {base}
        <table class="t dfile" aria-label="Lines">
            <thead>
                <tr>
                    <th scope="col">"Layer"</th>
                    <th scope="col">"Instruction"</th>
                    <th scope="col" class="num">"Size"</th>
                    <th scope="col" class="num">"Hidden"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <NotDrawn more words place />
    }
    .into_any()
}

/// An instruction or a comment.
#[component]
fn Line(row: DockerfileRow) -> AnyView {
    let class = match (row.base, row.keyword.is_empty()) {
        (true, _) => "base",
        (false, true) => "remark",
        (false, false) => "",
    };
    let layer = row.layer.map(|number| view! { <LayerLink number /> });
    let size = row.layer.map(|_| view! { <SizeText bytes=row.size /> });
    let hidden = row.hidden.filter(|bytes| *bytes > 0).map(|bytes| {
        view! { <span class="m"><SizeText bytes=bytes /><span class="vh">" hidden"</span></span> }
    });
    let guessed = row.guessed.then(|| {
        let title = "Not everything in this line is recorded";
        view! { " "<Badge text="guessed" title /> }
    });
    let (keyword, rest) = match row.text.strip_prefix(row.keyword.as_str()) {
        Some(rest) => (row.keyword.to_string(), rest.to_owned()),
        // A file may have it in small letters.
        None => (String::new(), row.text.to_string()),
    };
    view! {
        <tr class=class>
            <td>{layer}</td>
            <td><code class="mono">{(!keyword.is_empty()).then(|| view! { <b>{keyword}</b> })}<MaskedText text=rest.clone() /></code>{guessed}<RevealButtons text=rest /></td>
            <td class="num">{size}</td>
            <td class="num">{hidden}</td>
        </tr>
    }
    .into_any()
}

/// A layer's number, which leads to its files.
#[component]
fn LayerLink(number: LayerNumber) -> AnyView {
    let navigation = use_navigation();
    let href = Signal::derive(move || {
        navigation.href(|link| {
            link.turn_to(View::Files);
            link.layers = LayerSelection::one(number);
        })
    });
    let layer = LayerCell { number, origin: LayerOrigin::Own };
    view! { <LayerMark layer href /> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::protocol::{BaseFacts, BaseLookupState, PublishedNames};
    use crate::ui::testing::{Rendered, TestPage, layer};
    use crate::vocabulary::BaseSource;

    fn row(keyword: &str, text: &str) -> DockerfileRow {
        DockerfileRow { keyword: keyword.into(), text: text.into(), ..DockerfileRow::default() }
    }

    fn full() -> DockerfileFacts {
        DockerfileFacts {
            origin: DockerfileOrigin::History,
            rows: vec![
                row("FROM", "FROM scratch"),
                DockerfileRow {
                    layer: Some(layer(1)),
                    size: Some(1_220_000),
                    guessed: true,
                    base: true,
                    ..row("ADD", "ADD rootfs.tar /")
                },
                row("", "# The base image probably ends here."),
                DockerfileRow {
                    layer: Some(layer(2)),
                    size: Some(2_000),
                    hidden: Some(500),
                    ..row("RUN", "RUN echo <b>\u{202e} \\\n    && true")
                },
            ],
            left_out: 0,
            base: Some(BaseFacts {
                source: BaseSource::History,
                name: None,
                digest: None,
                layers: Some(1),
            }),
            lookup: BaseLookupState::NotAsked,
        }
    }

    fn empty() -> DockerfileFacts {
        DockerfileFacts {
            origin: DockerfileOrigin::History,
            rows: Vec::new(),
            left_out: 0,
            base: None,
            lookup: BaseLookupState::NotAsked,
        }
    }

    fn drawn(facts: DockerfileFacts) -> Rendered {
        TestPage::at("#/archive/sha256:a?view=dockerfile")
            .answers::<DockerfileLines>(facts)
            .render(|| view! { <DockerfileView /> })
    }

    #[test]
    fn lines_have_their_layer_size_and_hidden_bytes() {
        let html = drawn(full());
        assert!(html.has(r#"role="region" aria-label="Dockerfile""#), "{html}");
        assert_eq!(html.count("<h1"), 1);
        let text = html.text();
        let lines = "FROM scratch 1 ADD rootfs.tar / guessed 1.22 MB # The base image probably ends here. 2 \
                     RUN echo <b>\\u{202e} \\ && true 2.00 kB 500 B hidden";
        assert!(text.ends_with(lines), "{text}");
        assert!(text.contains("Base image: probably the first layer, guessed from the history."));
        assert!(text.contains("Rebuilt from the history"));
        assert!(text.contains("Copy Dockerfile"));
    }

    #[test]
    fn a_line_leads_to_the_files_of_its_layer() {
        let html = drawn(full());
        let href = r##"href="#/archive/sha256:a?view=files&amp;layers=2""##;
        assert_eq!(html.count(href), 1, "{html}");
    }

    #[test]
    fn lines_of_the_base_image_are_set_apart() {
        assert_eq!(drawn(full()).count(r#"<tr class="base""#), 1);
    }

    #[test]
    fn what_comes_from_an_attestation_says_so() {
        let base = BaseFacts {
            source: BaseSource::Provenance,
            name: Some("debian:12".into()),
            digest: Some("sha256:d".into()),
            layers: Some(2),
        };
        let rows = vec![row("FROM", "from debian:12")];
        let origin = DockerfileOrigin::Provenance;
        let text = drawn(DockerfileFacts { origin, rows, base: Some(base), ..empty() }).text();
        assert!(text.contains("From the build’s attestation, as it was."), "{text}");
        let named = "Base image: debian:12 (the first 2 layers), by the build’s attestation.";
        assert!(text.contains(named), "{text}");
        assert!(text.ends_with("from debian:12"));
    }

    #[test]
    fn what_of_the_file_is_left_out_is_counted() {
        let text = drawn(DockerfileFacts { left_out: 1_398_000, ..full() }).text();
        let note = "1,398,000 more instructions are not listed. They are not copied either. The report has all: \
                    “Download report”.";
        assert!(text.ends_with(note), "{text}");
    }

    #[test]
    fn without_lines_it_says_why() {
        let view = || view! { <DockerfileView /> };
        assert!(TestPage::new().render(view).text().ends_with("Reading the history…"));
        let html = drawn(empty());
        let nothing = "Nothing is recorded about how the image was built.";
        assert!(html.text().ends_with(nothing), "{}", html.text());
        assert!(!html.has("Copy Dockerfile"));
        let problem = Problem::new("no-such-image", "There is no such image.");
        let html = TestPage::new().fails::<DockerfileLines>(problem).render(view);
        assert!(html.has(r#"role="alert""#));
        assert!(html.text().ends_with("There is no such image."), "{}", html.text());
    }

    #[test]
    fn a_lookup_tells_how_far_it_is_what_it_found_and_who_said_so() {
        let with = |lookup| drawn(DockerfileFacts { lookup, ..full() }).text();
        assert!(with(BaseLookupState::NotAsked).contains("Look up the base image…"));
        let asking = with(BaseLookupState::Asking { done: 3, total: 14 });
        assert!(asking.contains("Cancel Looking up the base image: 3 of 14"), "{asking}");
        let host = || "api.deps.dev".into();
        let names = |names: &[&str], others| {
            let repositories = names.iter().map(|name| (*name).into()).collect();
            Some(PublishedNames { repositories, others })
        };
        let base = names(&["debian", "nginx"], 214);
        let known = with(BaseLookupState::Known { host: host(), itself: None, base });
        let text = "Its first layers are those of debian, nginx and 214 other repositories on Docker Hub, as \
                    api.deps.dev says.";
        assert!(known.contains(text), "{known}");
        let itself = names(&["pocket/site"], 0);
        let none = with(BaseLookupState::Known { host: host(), itself, base: None });
        let text = "All layers of this image are those of pocket/site on Docker Hub. api.deps.dev knows no published \
                    image that consists of this image’s first layers.";
        assert!(none.contains(text), "{none}");
    }

    #[test]
    fn the_whole_text_is_copied() {
        let text = "FROM scratch\nADD rootfs.tar /\n# The base image probably ends here.\n\
                    RUN echo <b>\\u{202e} \\\n    && true\n";
        assert_eq!(whole_text(&full()), text);
    }
}
