//! What refers to the image in its registry: signatures, SBOMs, attestations.

use crate::protocol::{FetchList, ListKind, ListPart, ListRows, ReferrerRow};
use crate::ui::app::{Answerer, TableRows, use_answer, use_image};
use crate::ui::source_words;
use crate::ui::widgets::{Absent, Column, DataTable, DigestText, EmptyState, SizeText};
use leptos::prelude::*;

/// Referrers that are fetched.
const ROWS: u32 = 200;

/// The section; nothing unless the image comes from a registry that answers.
#[component]
pub fn Referrers() -> AnyView {
    let source = use_image().source;
    let is_reachable = Memo::new(move |_| {
        let info = source.info.read();
        let registry = info.as_ref().and_then(|info| info.registry.as_ref());
        registry.is_some_and(|registry| !registry.from_cache)
    });
    view! { <Show when=move || is_reachable.get()><ReferrerList /></Show> }.into_any()
}

#[component]
fn ReferrerList() -> AnyView {
    let source = use_image().source;
    // Fetched once: what the engine learns about the image does not change it.
    let client = Signal::derive(move || source.client.get());
    let answerer = Answerer::of_client(client, Signal::stored(0));
    let answer = use_answer(answerer, || {
        Some(FetchList { list: ListKind::Referrers, filter: String::new(), rows: ROWS })
    });
    let rows = TableRows::complete(Signal::derive(move || answer.read().turn(referrers)));
    view! {
        <section>
            <div class="head"><h2>"Referrers"</h2></div>
            <DataTable
                label="Referrers"
                rows
                columns=columns()
                natural_rows=true
                waiting="Asking the registry…"
                empty=|| view! { <EmptyState text="Nothing refers to this image." /> }
            />
        </section>
    }
    .into_any()
}

fn referrers(part: &ListPart) -> Vec<ReferrerRow> {
    match &part.rows {
        ListRows::Referrers(rows) => rows.clone(),
        _ => Vec::new(),
    }
}

fn columns() -> Vec<Column<ReferrerRow>> {
    vec![
        Column::new("Type", |row: &ReferrerRow| {
            let recorded = row.artifact_type.to_string();
            view! { <span title=recorded>{source_words::artifact(&row.artifact_type, &[])}</span> }
        })
        .share(4),
        Column::text("Repository", |row: &ReferrerRow| row.repository.clone()).share(4).rank(2),
        Column::new(
            "Manifest size",
            |row: &ReferrerRow| view! { <SizeText bytes=row.size absent=Absent::Unknown /> },
        )
        .number()
        .fixed(112)
        .rank(1),
        Column::new("Manifest", |row: &ReferrerRow| {
            view! { <DigestText digest=row.digest.clone() copy="Copy manifest digest" /> }
        })
        .code()
        .fixed(200),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ImageLine, RegistryInfo, SourceInfo};
    use crate::ui::app::Loaded;
    use crate::ui::testing::TestPage;

    fn text(registry: Option<RegistryInfo>, answer: Loaded<ListPart>) -> String {
        let info =
            SourceInfo { registry, images: vec![ImageLine::default()], ..SourceInfo::default() };
        TestPage::at("#/image/app:1")
            .source(info)
            .answers_with::<FetchList>(move |_| answer.clone())
            .render(|| view! { <Referrers /> })
            .text()
    }

    fn part(rows: Vec<ReferrerRow>) -> Loaded<ListPart> {
        let rows = ListRows::Referrers(rows);
        Loaded::of(ListPart { rows, total: None, more: false, notes: Vec::new() })
    }

    #[test]
    fn referrers_are_listed_by_what_they_are() {
        let row = ReferrerRow {
            artifact_type: "application/spdx+json".into(),
            size: Some(700),
            digest: format!("sha256:{}", "ab".repeat(32)),
            repository: "registry.example/app".into(),
        };
        let odd = ReferrerRow { artifact_type: "<b>".into(), size: None, ..row.clone() };
        assert_eq!(
            text(Some(RegistryInfo::default()), part(vec![row, odd])),
            "Referrers Type Repository Manifest size Manifest SBOM, SPDX registry.example/app 700 B \
             sha256: abababababab <b> registry.example/app – sha256: abababababab"
        );
    }

    #[test]
    fn only_a_registry_that_answers_has_referrers() {
        assert_eq!(text(None, part(Vec::new())), "");
        let cached = RegistryInfo { from_cache: true, ..RegistryInfo::default() };
        assert_eq!(text(Some(cached), part(Vec::new())), "");
        let none = text(Some(RegistryInfo::default()), part(Vec::new()));
        assert!(none.ends_with("Nothing refers to this image."), "{none}");
    }
}
