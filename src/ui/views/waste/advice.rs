//! What to change: for each remedy what it saves, what to write, and the instructions that it is about.

use super::{links, remedies};
use crate::format;
use crate::protocol::{SavingRow, WasteFacts};
use crate::ui::app::{use_facts, use_navigation};
use crate::ui::views::parts::InstructionText;
use crate::ui::widgets::{CodeText, LayerMark, SizeText};
use crate::vocabulary::{FileTally, Remedy};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// So many instructions of a remedy are shown before the rest is unfolded.
const SHOWN: usize = 4;

/// All savings of one remedy.
#[derive(Clone, Debug, PartialEq)]
struct Advice {
    remedy: Remedy,
    hidden: bool,
    sum: FileTally,
    /// The largest first.
    rows: Vec<SavingRow>,
}

/// Savings by remedy, those that save the most first.
fn by_remedy(savings: &[SavingRow]) -> Vec<Advice> {
    let mut groups: BTreeMap<(Remedy, bool), Vec<SavingRow>> = BTreeMap::new();
    for saving in savings {
        groups.entry((saving.remedy, saving.from.is_some())).or_default().push(*saving);
    }
    let advice = |((remedy, hidden), rows): ((Remedy, bool), Vec<SavingRow>)| {
        let mut sum = FileTally::default();
        rows.iter().for_each(|row| sum.plus(row.files));
        Advice { remedy, hidden, sum, rows }
    };
    let mut all: Vec<Advice> = groups.into_iter().map(advice).collect();
    all.sort_by_key(|advice| std::cmp::Reverse(advice.sum.bytes));
    all
}

/// What to change, and what is information.
#[component]
pub(super) fn AdviceList<'a>(facts: &'a WasteFacts) -> AnyView {
    let all = by_remedy(&facts.savings);
    let (information, changes): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|advice| remedies::is_information(advice.remedy));
    view! {
        <AdviceSection title="What to change" advice=changes />
        <AdviceSection title="Seldom needed in a container" advice=information />
        {not_listed(facts.more_savings, facts.more_saved)}
    }
    .into_any()
}

/// What is beyond the list.
fn not_listed(places: u64, files: FileTally) -> Option<impl IntoView> {
    let words = format!(
        "{} not listed: {} in {}",
        format::counted(places, "more place is", "more places are"),
        format::size(files.bytes),
        format::counted(files.files, "file", "files")
    );
    (places > 0).then(|| view! { <p class="soft">{words}</p> })
}

#[component]
fn AdviceSection(title: &'static str, advice: Vec<Advice>) -> AnyView {
    if advice.is_empty() {
        return ().into_any();
    }
    let items = advice.into_iter().map(|advice| view! { <AdviceItem advice /> });
    view! {
        <section aria-label=title>
            <h2>{title}</h2>
            <ul class="advice">{items.collect_view()}</ul>
        </section>
    }
    .into_any()
}

#[component]
fn AdviceItem(advice: Advice) -> AnyView {
    let words = remedies::words(advice.remedy, advice.hidden);
    let sum = format!(
        "{} in {}",
        format::size(advice.sum.bytes),
        format::counted(advice.sum.files, "file", "files")
    );
    let row = |saving: &SavingRow| view! { <SavingLine saving=*saving /> };
    let first = advice.rows.iter().take(SHOWN).map(row).collect_view();
    let rest = advice.rows.get(SHOWN..).filter(|rest| !rest.is_empty()).map(|rest| {
        let mut sum = FileTally::default();
        rest.iter().for_each(|row| sum.plus(row.files));
        let summary = format!(
            "{} more, {}",
            format::counted(rest.len() as u64, "place", "places"),
            format::size(sum.bytes)
        );
        view! {
            <details>
                <summary>{summary}</summary>
                <ul>{rest.iter().map(row).collect_view()}</ul>
            </details>
        }
    });
    view! {
        <li>
            <h3>{words.title}" "<span class="soft">{sum}</span></h3>
            <p><CodeText text=words.advice /></p>
            <ul>{first}</ul>
            {rest}
        </li>
    }
    .into_any()
}

/// One instruction: its layer, its text, and the files, which are a link.
#[component]
fn SavingLine(saving: SavingRow) -> AnyView {
    let (navigation, facts) = (use_navigation(), use_facts());
    let by = saving.by.number;
    let instruction = Memo::new(move |_| facts.layer_row(by));
    let href = move || links::saving(navigation, &saving);
    let from = saving.from.filter(|from| from.number != by).map(|from| {
        view! { <span class="soft nw">"from layer "<LayerMark layer=from /></span> }
    });
    let files = format::counted(saving.files.files, "file", "files");
    view! {
        <li class="saving">
            <span class="nw"><LayerMark layer=saving.by /></span>
            <span class="cut mono">
                {move || instruction.get().map(|row| view! { <InstructionText row=&row /> })}
            </span>
            <span class="nw"><a href=href>{files}", "<SizeText bytes=saving.files.bytes /></a></span>
            {from}
        </li>
    }
    .into_any()
}
