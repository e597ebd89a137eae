//! The history, as `docker image history` lists it: newest first, short or full, copied as text.

use crate::browser::page::locale;
use crate::format;
use crate::link::View;
use crate::protocol::{History, HistoryRow};
use crate::selection::LayerSelection;
use crate::ui::app::{Loaded, TableRows, use_image, use_navigation, use_query};
use crate::ui::docker_text;
use crate::ui::views::parts::{
    MAX_DRAWN, MaskedText, NO_INSTRUCTION, NotDrawn, RevealButtons, provide_masks, use_masks,
};
use crate::ui::widgets::{
    Absent, AgeText, Badge, Column, CopyButton, DataTable, EmptyState, RowTarget, SizeText, Switch,
    ViewHead,
};
use leptos::prelude::*;

/// The link's `show` for full commands and IDs.
const FULL: &str = "full";

/// Why rows are not from the configuration.
const FROM_CHAIN: &str = "The configuration has no history. These are the commands of the layer chain that \
                          Docker saved before 1.10.";

/// The view: asks for the history.
#[component]
pub fn HistoryView() -> AnyView {
    let image = use_image().position;
    let history = use_query(move || Some(History { image }));
    view! { <HistoryPage history /> }.into_any()
}

/// The view over an answer.
#[component]
fn HistoryPage(#[prop(into)] history: Signal<Loaded<Vec<HistoryRow>>>) -> AnyView {
    let (navigation, masks) = (use_navigation(), provide_masks());
    let full = Memo::new(move |_| navigation.show() == FULL);
    let text = move || match history.read().ready() {
        Some(rows) => {
            // Masked before it is cut off.
            let masked = |row: &HistoryRow| HistoryRow {
                created_by: masks.text(&row.created_by).as_str().into(),
                comment: masks.text(&row.comment).as_str().into(),
                ..row.clone()
            };
            let rows: Vec<HistoryRow> = rows.iter().map(masked).collect();
            docker_text::history(&rows, full.get(), locale::now())
        }
        None => String::new(),
    };
    let set_full = move |on: bool| {
        navigation.go(|link| link.show = if on { FULL.to_owned() } else { String::new() });
    };
    let from_chain =
        move || history.read().map(|rows| rows.iter().any(|row| row.from_chain)) == Some(true);
    // An empty column would take the room of the instructions; one with buttons stays at every width.
    let any = move |is: fn(&HistoryRow) -> bool| history.read().map(|rows| rows.iter().any(is));
    let has_secrets = Memo::new(move |_| {
        let secret = |row: &HistoryRow| masks.has_secrets(&secret_text(row));
        history.read().map(|rows| rows.iter().any(secret)) == Some(true)
    });
    let class = move || {
        let is_commented = any(|row| row.from_chain || !row.comment.is_empty()) != Some(false);
        let column = match (has_secrets.get(), is_commented) {
            (true, _) => " masked",
            (false, true) => "",
            (false, false) => " uncommented",
        };
        format!("page history{}{column}", if full.get() { " full" } else { "" })
    };
    view! {
        <div class="view">
            <div class=class>
                <ViewHead title="History" subtitle="newest first, as docker image history lists it">
                    <Switch label="Full commands and IDs" on=full on_change=set_full />
                    <CopyButton label="Copy as text" text=Signal::derive(text) worded=true />
                </ViewHead>
                <Show when=from_chain>
                    <p class="note">{FROM_CHAIN}</p>
                </Show>
                <HistoryTable history />
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn HistoryTable(history: Signal<Loaded<Vec<HistoryRow>>>) -> AnyView {
    let navigation = use_navigation();
    let rows = TableRows::beginning(history, MAX_DRAWN);
    let more = move || {
        let more = history.read().map(|rows| rows.len().saturating_sub(MAX_DRAWN))?;
        let words = ("older step is", "older steps are");
        Some(view! { <NotDrawn more words place="“Copy as text” has all." /> })
    };
    // A row leads to its layer.
    let href = move |row: &HistoryRow| {
        let number = row.layer?;
        Some(navigation.href(|link| {
            link.turn_to(View::Layers);
            link.layers = LayerSelection::one(number);
        }))
    };
    let is_selected = move |row: &HistoryRow| {
        let layers = navigation.layers();
        layers != LayerSelection::All && row.layer.is_some_and(|layer| layers.contains(layer))
    };
    view! {
        <DataTable
            label="History"
            rows
            columns=columns()
            target=RowTarget::new(href, is_selected)
            natural_rows=true
            waiting="Reading the history…"
            empty=|| view! { <EmptyState text="The image has no history." /> }
        />
        {more}
    }
    .into_any()
}

/// What of a step may have secrets.
fn secret_text(row: &HistoryRow) -> String {
    format!("{} {}", row.created_by, row.comment)
}

fn columns() -> Vec<Column<HistoryRow>> {
    vec![
        Column::new("Image", |row: &HistoryRow| match &row.image_id {
            Some(id) => view! {
                <span class="short" title=id.clone()>{format::short_digest(id).to_owned()}</span>
                <span class="whole">{id.clone()}</span>
            }
            .into_any(),
            None => view! { <span class="soft">"<missing>"</span> }.into_any(),
        })
        .code()
        .fixed(128)
        .rank(2),
        Column::new("Created", |row: &HistoryRow| {
            view! { <AgeText recorded=row.created.clone() /> }
        })
        .fixed(128)
        .rank(1),
        Column::new("Created by", |row: &HistoryRow| {
            let (masks, text) = (use_masks(), row.created_by.to_string());
            let title = text.clone();
            if text.is_empty() && row.comment.is_empty() {
                return view! { <span class="soft">{NO_INSTRUCTION}</span> }.into_any();
            }
            view! { <span title=move || masks.text(&title)><MaskedText text /></span> }.into_any()
        })
        .code()
        .share(6)
        .holds_link(),
        Column::new("Size", |row: &HistoryRow| {
            let absent = if row.layer.is_some() { Absent::Pending } else { Absent::Unknown };
            view! { <SizeText bytes=row.size absent /> }
        })
        .number()
        .fixed(92),
        Column::new("Comment", |row: &HistoryRow| {
            let chain =
                row.from_chain.then(|| view! { <Badge text="chain" title=FROM_CHAIN /> " " });
            let (comment, masks) = (row.comment.to_string(), use_masks());
            let title = comment.clone();
            view! {
                {chain}
                <span title=move || masks.text(&title)><MaskedText text=comment /></span>
                <RevealButtons text=secret_text(row) />
            }
        })
        .share(2)
        .rank(3),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::protocol::{ConfigurationSecrets, MaskedValue, MaskedValues};
    use crate::ui::testing::{Rendered, TestPage, layer};

    #[test]
    fn a_column_of_comments_is_there_if_a_step_has_one() {
        let shown = |rows: Vec<HistoryRow>| {
            TestPage::at("#/archive/sha256:a?view=history")
                .answers::<History>(rows)
                .render(|| view! { <HistoryView /> })
        };
        let uncommented = "page history uncommented";
        assert!(!shown(rows()).has(uncommented));
        assert!(shown(vec![HistoryRow::default()]).has(uncommented));
    }

    fn rows() -> Vec<HistoryRow> {
        vec![
            HistoryRow {
                image_id: Some(format!("sha256:{}", "ab".repeat(32))),
                created: Some("2026-11-14T12:00:00Z".into()),
                created_by: "CMD [\"sh\"]".into(),
                size: Some(0),
                ..HistoryRow::default()
            },
            HistoryRow {
                created: Some("2026-11-14T11:00:00Z".into()),
                created_by: "COPY site /usr/share # buildkit".into(),
                size: Some(1_980_000),
                comment: "buildkit.dockerfile.v0".into(),
                layer: Some(layer(2)),
                ..HistoryRow::default()
            },
        ]
    }

    fn drawn(link: &str, rows: Vec<HistoryRow>) -> Rendered {
        TestPage::at(link).answers::<History>(rows).render(|| view! { <HistoryView /> })
    }

    #[test]
    fn rows_are_dockers_newest_first() {
        let html = drawn("#/archive/sha256:a?view=history", rows());
        assert!(html.has(r#"aria-label="History""#));
        assert_eq!(html.count("<h1"), 1);
        assert!(
            html.text().ends_with(
                "Image Created Created by Size Comment abababababab sha256:abababababababababababab\
                 abababababababababababababababababababab 2 weeks ago CMD [\"sh\"] 0 B <missing> \
                 2 weeks ago COPY site /usr/share # buildkit 1.98 MB buildkit.dockerfile.v0"
            ),
            "{}",
            html.text()
        );
    }

    #[test]
    fn of_an_endless_history_the_newest_rows_are_drawn_and_the_others_counted() {
        let html = drawn("#/?view=history", vec![HistoryRow::default(); MAX_DRAWN + 9_000]);
        assert!(html.count("<tr") < MAX_DRAWN + 10, "{}", html.count("<tr"));
        let text = html.text();
        let note = "9,000 older steps are not listed. “Copy as text” has all.";
        assert!(text.ends_with(note), "{}", &text[text.len() - 100..]);
    }

    #[test]
    fn a_row_leads_to_its_layer_and_shows_the_selection() {
        let html = drawn("#/archive/sha256:a?view=history&layers=2", rows());
        let href = r##"href="#/archive/sha256:a?view=layers&amp;layers=2""##;
        assert_eq!(html.count(href), 1, "{html}");
        assert!(html.has(r#"aria-current="true""#));
        assert_eq!(html.count("row-link"), 1, "an empty layer leads nowhere");
        let html = drawn("#/archive/sha256:a?view=history&layers=1", rows());
        assert!(!html.has("aria-current"));
    }

    #[test]
    fn the_full_form_is_in_the_link() {
        let html = drawn("#/archive/sha256:a?view=history&show=full", rows());
        assert!(html.has("page history full"));
        assert!(html.has(r#"<input type="checkbox" checked"#), "{html}");
    }

    #[test]
    fn odd_rows_are_shown_as_they_are() {
        let html = drawn(
            "#/?view=history",
            vec![HistoryRow {
                created: Some("yesterday".into()),
                created_by: "RUN echo <b>\u{202e}\nnext line".into(),
                size: None,
                layer: Some(layer(1)),
                from_chain: true,
                ..HistoryRow::default()
            }],
        );
        assert!(html.has("RUN echo &lt;b&gt;\\u{202e}\nnext line</span></a>"), "{html}");
        assert!(html.text().contains("<missing> yesterday"));
        assert!(html.text().contains("The configuration has no history."));
        assert!(html.text().ends_with("… chain"), "{}", html.text());
    }

    #[test]
    fn a_secret_is_masked_until_it_is_asked_for() {
        let value = MaskedValue { forms: vec!["hunter2x".into()], masked: "…2x".into() };
        let row = HistoryRow { created_by: "ARG T=hunter2x".into(), ..HistoryRow::default() };
        let html = TestPage::at("#/?view=history")
            .answers::<ConfigurationSecrets>(MaskedValues { values: vec![value], cut: false })
            .answers::<History>(vec![row])
            .render(|| view! { <HistoryView /> });
        assert!(html.text().contains("ARG T=…2x") && !html.has("hunter2x"), "{html}");
        assert!(html.text().ends_with("Show secret"), "{}", html.text());
    }

    #[test]
    fn without_rows_it_says_why() {
        let at = || TestPage::at("#/?view=history");
        let view = || view! { <HistoryView /> };
        assert!(at().render(view).text().ends_with("Reading the history…"));
        assert!(drawn("#/?view=history", Vec::new()).text().ends_with("The image has no history."));
        let problem = Problem::new("config-unreadable", "The configuration cannot be read.")
            .expected("JSON")
            .found("<html>");
        let html = at().fails::<History>(problem).render(view);
        assert!(html.has(r#"role="alert""#));
        assert!(html.text().ends_with("cannot be read. Expected JSON Found <html>"));
    }
}
