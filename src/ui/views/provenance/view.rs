//! The view: the table of documents, one of them at the side.

use super::accepted::{AcceptedSigner, SignerNote};
use super::details::DocumentPane;
use super::look::look;
use super::trusted::TrustedLine;
use super::words;
use crate::format;
use crate::protocol::{
    AttachedWish, DocumentScope, Provenance, ProvenanceColumn, ProvenanceNumbers, ProvenanceRow,
    ProvenanceTable, RegistrySearch, SignatureState, SignedContent,
};
use crate::ui::app::{use_facts, use_image, use_navigation, use_table};
use crate::ui::views::parts::{NoRows, RowChoice, TableSums, fetch_attached, verify_signatures};
use crate::ui::widgets::{
    Column, DataTable, FilterBox, Glyph, Icon, ProblemNote, RowTarget, SizedPane, Split, TableSort,
    ViewHead,
};
use leptos::prelude::*;

/// The view.
#[component]
pub fn ProvenanceView() -> AnyView {
    let navigation = use_navigation();
    let has_details = Signal::derive(move || !navigation.item().is_empty());
    AcceptedSigner::provide();
    fetch_attached(AttachedWish::All);
    verify_signatures();
    view! {
        <div class="work">
            <Split
                id="provenance"
                label="Resize the details"
                sized=SizedPane::Second
                default=480.0
                min=240.0
                max=1200.0
                shown=has_details
                first=|| view! { <DocumentTable /> }
                second=move || view! {
                    <Show when=move || has_details.get()><DocumentPane /></Show>
                }
            />
        </div>
    }
    .into_any()
}

#[component]
fn DocumentTable() -> AnyView {
    let (navigation, image, facts) = (use_navigation(), use_image().position, use_facts());
    let numbers =
        Memo::new(move |_| facts.overview.read().map(|overview| overview.provenance.clone()));
    let rows = use_table(move |rows| {
        let (filter, sort) = (navigation.filter(), navigation.sort());
        Some(Provenance { table: ProvenanceTable { image, filter, sort, rows } })
    });
    let href = move |row: &ProvenanceRow| Some(navigation.href(|link| link.item = row.key.clone()));
    let is_open = move |row: &ProvenanceRow| navigation.item() == row.key;
    let none = Signal::derive(move || numbers.read().as_ref().map(none).unwrap_or_default());
    view! {
        <section class="browse" aria-label="Provenance">
            <ViewHead title="Provenance" subtitle="who built and who signed the image" />
            <div class="tools">
                <FilterBox label="Filter documents" hint="Filter by type, builder or signer" />
            </div>
            <TrustedLine />
            <SearchNote numbers />
            <DataTable
                label="Provenance"
                rows
                columns=columns()
                sort={TableSort::of_link::<ProvenanceColumn>(navigation)}
                target=RowTarget::new(href, is_open)
                waiting="Reading the documents…"
                empty=move || view! { <NoRows many="documents" none chosen_by=RowChoice::Nothing /> }
            />
            <TableSums totals=rows.totals one="document" many="documents" />
        </section>
    }
    .into_any()
}

/// What the table cannot have.
#[component]
fn SearchNote(numbers: Memo<Option<ProvenanceNumbers>>) -> AnyView {
    (move || {
        let numbers = numbers.get()?;
        let of_others = (numbers.of_others > 0).then(|| {
            view! {
                <p class="note bad">
                    <Glyph icon=Icon::High />
                    <span class="sp">
                        "A document that is attached to this image is about another one. It says nothing \
                         about this image: it may have been copied here."
                    </span>
                </p>
            }
        });
        let content = words::content(numbers.content).filter(|_| numbers.signed() > 0);
        let content = content.map(|words| {
            let (class, icon) = match numbers.content {
                SignedContent::NotSame => ("note bad", Icon::High),
                _ => ("note", Icon::Unknown),
            };
            view! { <p class=class><Glyph icon /><span class="sp">{words}</span></p> }
        });
        let incomplete = incomplete(&numbers).map(|words| {
            view! { <p class="note"><Glyph icon=Icon::Unknown /><span class="sp">{words}</span></p> }
        });
        let problem = match numbers.search.clone() {
            RegistrySearch::Incomplete(problem) => Some(view! { <ProblemNote problem /> }),
            _ => None,
        };
        let signer = view! { <SignerNote numbers /> };
        Some(view! { {of_others}{content}{incomplete}{problem}{signer} })
    })
    .into_any()
}

/// What the table lacks.
fn incomplete(numbers: &ProvenanceNumbers) -> Option<String> {
    let cut =
        numbers.cut.then_some("The table is incomplete: there are more documents than are read.");
    let absent = (numbers.absent > 0).then(|| {
        let are = format::counted(numbers.absent.into(), "document is", "documents are");
        format!("{are} named and cannot be read here.")
    });
    let parts: Vec<String> = cut.map(str::to_owned).into_iter().chain(absent).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Why there are no documents.
fn none(numbers: &ProvenanceNumbers) -> String {
    match &numbers.search {
        _ if numbers.absent > 0 => {
            "Documents about the image are named and are not here: whether it is signed is not known."
        }
        _ if numbers.cut => "There are more documents about the image than are read.",
        RegistrySearch::NoRegistry => {
            "No document in this source says who built or signed the image. Where it was pulled from, there may be \
             some: open it from its registry."
        }
        RegistrySearch::NotAsked => "Looking for documents in the registry…",
        RegistrySearch::Complete => {
            "Unsigned: the registry has no signature and no provenance of this image."
        }
        RegistrySearch::Incomplete(_) => "No document was found in what could be looked for.",
    }
    .to_owned()
}

fn columns() -> Vec<Column<ProvenanceRow>> {
    vec![
        Column::new("Signature", |row: &ProvenanceRow| {
            let (icon, class) = look(row.signature);
            view! { <span class=class><Glyph icon />" "{words::state(row.signature)}</span> }
        })
        .fixed(150)
        .sorts(ProvenanceColumn::Signature),
        Column::text("Document", |row: &ProvenanceRow| words::kind(row).to_owned())
            .share(3)
            .holds_link()
            .sorts(ProvenanceColumn::Kind),
        Column::new("About", |row: &ProvenanceRow| {
            let class = if matches!(row.scope, DocumentScope::Another(_)) { "d" } else { "" };
            view! { <span class=class>{words::scope(&row.scope)}</span> }
        })
        .share(3)
        .sorts(ProvenanceColumn::Scope),
        Column::text("Signed by", |row: &ProvenanceRow| match row.signature {
            // Before it is verified, it is nobody's name.
            SignatureState::Valid => row.signer.as_ref().map(words::signer).unwrap_or_default(),
            _ => String::new(),
        })
        .share(4)
        .rank(1),
        Column::text("Built by", |row: &ProvenanceRow| {
            row.builder.as_ref().map(ToString::to_string).unwrap_or_default()
        })
        .share(4)
        .rank(2)
        .explained("As the document claims"),
        Column::text("Type", |row: &ProvenanceRow| words::type_of(row).to_string())
            .code()
            .share(4)
            .rank(3),
    ]
}
