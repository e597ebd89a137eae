//! The Layers table: a row a layer, and the selection that filters every view.

use super::bar::LayerBar;
use super::facts::Facts;
use super::here::here;
use super::opened::Opened;
use super::parts::{
    CopyButton, Views, change_count, change_counts, chip, clicks, digest, effect, holds,
    layer_class, live, meter, says, size, small_icon, unknown, view,
};
use super::problems::{ProblemAlert, limited, source_warnings, warning};
use super::raw::{El, el, icon, raw};
use super::selection::{Choice, ModeButtons};
use super::state::{Memo, RwSignal};
use super::table::{copy, fill, heard};
use crate::browser::marks;
use crate::format;
use crate::link::View;
use crate::problem::Problem;
use crate::selection::LayerSelection;
use crate::session::query::{Cell, LayerRow, LayerTable};
use leptos::prelude::*;

/// Columns of the table, for rows that span all of it.
const COLUMNS: &str = "12";

/// The view: all layers, each one's full text one step away.
#[component]
pub fn LayersView() -> impl IntoView {
    let facts = expect_context::<Facts>();
    let opened = expect_context::<Opened>();
    let empty = RwSignal::new(false);
    let some_empty =
        move || facts.layer_table().is_some_and(|t| t.rows.iter().any(|row| row.number.is_none()));
    let toggle = move |_| empty.update(|empty| *empty = !*empty);
    view! {
        <div class="view">
            <div class="page">
                <div class="head">
                    <h2>"Layers"</h2>
                    <span class="sp"></span>
                    {live(move || some_empty().then(|| view! {
                        <label class="switch">
                            <input type="checkbox" prop:checked=holds(move || empty.get()) on:change=toggle />
                            "Show empty layers"
                        </label>
                    }))}
                    <ModeButtons />
                </div>
                <LayerBar />
                {live(move || source_warnings(opened))}
                <LayerTableView whole=true empty=empty />
            </div>
        </div>
    }
}

/// The table, in short for the overview or whole.
#[component]
pub fn LayerTableView(
    /// With digests, contributions, and rows that open.
    #[prop(optional)]
    whole: bool,
    /// Whether empty layers are shown in their place.
    #[prop(optional)]
    empty: Option<RwSignal<bool>>,
    /// The first so many layers only.
    #[prop(default = usize::MAX)]
    at_most: usize,
) -> impl IntoView {
    let facts = expect_context::<Facts>();
    let open = RwSignal::new(Vec::<usize>::new());
    let opened = expect_context::<Opened>();
    effect(move || {
        if facts.layer_table().is_some() && opened.is_first_sight() {
            request_animation_frame(|| marks::mark(marks::Mark::Layers));
        }
    });
    let rows = move || {
        let rows = facts.rows().into_iter();
        let empty = empty.is_some_and(|empty| empty.get());
        let shown = rows.filter(|(_, _, number)| number.is_some() || empty);
        shown.take(at_most).collect::<Vec<_>>()
    };
    let failed = live(move || match facts.layers.get() {
        Some(Err(problem)) => Some(view! { <ProblemAlert problem /> }),
        _ => None,
    });
    view! {
        {failed}
        <table class="t layers" aria-label="Layers">
            {head(whole)}
            <tbody>
                <For each=rows key=|key| key.clone() let((_, at, number))>
                    {line(facts, at, number, whole, open)}
                </For>
            </tbody>
            {live(move || total(&facts.layer_table().unwrap_or_default(), whole))}
        </table>
    }
}

fn head(whole: bool) -> impl IntoView {
    view! {
        <thead>
            <tr>
                <th class="n">"#"</th>
                <th>"Instruction"</th>
                <th class="num">"Size"</th>
                <th class="num cp">"Compressed"</th>
                {whole.then(|| view! {
                    <th class="num adds" title="What it adds to the final image's size">"Adds"</th>
                })}
                <th class="sh">"Share"</th>
                <th class="num ch">"Added"</th>
                <th class="num ch"><abbr title="Modified">"Mod."</abbr></th>
                <th class="num ch"><abbr title="Removed">"Rem."</abbr></th>
                <th class="c-dg">"Digest"</th>
                {whole.then(|| view! { <th class="c-diff">"Diff ID"</th> })}
            </tr>
        </thead>
    }
}

fn line(
    facts: Facts,
    at: usize,
    number: Option<u32>,
    whole: bool,
    open: RwSignal<Vec<usize>>,
) -> AnyView {
    let here = here();
    let row = facts.row(at);
    let chosen = move || {
        let layers = here.layers();
        layers != LayerSelection::All && number.is_some_and(|n| layers.contains(n))
    };
    let is_open = Memo::new(move |_| open.read().contains(&at));
    let details = live(move || is_open.get().then(|| full(&row.read())));
    // By themselves, so that an alert is said once, and not at each number that comes in.
    let wrong = Memo::new(move |_| {
        let row = row.read();
        let verified = row.verified.filter(|verified| !verified);
        let (warnings, limited) = (row.warnings.clone(), row.limited);
        LayerRow { number, warnings, verified, limited, ..LayerRow::default() }
    });
    let troubles = live(move || troubles(&wrong.read()));
    view! {
        <tr class:on=holds(chosen) class:void=number.is_none() aria-selected=says(move || chosen().then_some("true"))>
            <td class="n">{number.map(|n| view! { {chip(n)} {n} })}</td>
            <td class="wide-cell">
                {whole.then(|| twist(at, open))}
                {live(move || forms(&row.read()))}
                {instruction(&row.read_untracked())}
            </td>
            {live(move || numbers(&row.read(), facts.size.get(), whole))}
        </tr>
        {troubles}
        {details}
    }
}

/// The instruction; for a layer, the link that selects it.
fn instruction(row: &LayerRow) -> AnyView {
    let none = row.keyword.is_empty() && row.instruction.is_empty();
    let none = none.then(|| view! { <span class="soft">"no instruction recorded"</span> });
    let text = view! { <b>{row.keyword.clone()}</b>" "{row.instruction.clone()}{none} };
    let title = row.created_by.clone();
    let choice = expect_context::<Choice>();
    match row.number {
        Some(number) => {
            let href = says(move || choice.href(number));
            let label = format!("Layer {number}: {} {}", row.keyword, row.instruction);
            view! { <a class="row-link" href=href aria-label=label title=title>{text}</a> }
        }
        None => view! { <span title=title>{text}</span> },
    }
}

fn twist(at: usize, open: RwSignal<Vec<usize>>) -> AnyView {
    let toggle = move |_| {
        open.update(|open| match open.iter().position(|other| *other == at) {
            Some(there) => {
                open.swap_remove(there);
            }
            None => open.push(at),
        });
    };
    let expanded = says(move || if open.read().contains(&at) { "true" } else { "false" });
    view! {
        <button class="twist above" aria-label="Full instruction" aria-expanded=expanded on:click=clicks(toggle)>
            {small_icon("chev")}
        </button>
    }
}

fn numbers(row: &LayerRow, all: u64, whole: bool) -> AnyView {
    let Some(number) = row.number else {
        return view! { <td class="num">{size(Some(0))}</td><td colspan="8"></td> };
    };
    // A layer without a blob is not in the archive: nothing of it is on its way.
    let missing = row.download.is_none();
    let known = |cell: AnyView| if missing { unknown() } else { cell };
    let share = format::seen_width(row.size.unwrap_or(0), all);
    let share_words = row.size.map(|size| format::percent_text(size, all));
    let adds = whole.then(|| {
        let words = row.contribution.map(format::signed_size);
        let less = row.contribution.is_some_and(|bytes| bytes < 0);
        let waiting = if missing { "–" } else { "…" };
        let words = words.unwrap_or_else(|| waiting.to_owned());
        view! { <td class="num adds" class:a=less>{words}</td> }
    });
    let diff_id = row.diff_id.as_deref().map(|diff_id| digest(diff_id, "Copy diff ID"));
    view! {
        <td class="num">{known(size(row.size))}</td>
        <td class="num soft cp">{known(size(row.download))}</td>
        {adds}
        <td class="sh" title=share_words><div class=layer_class(number)>{meter(share)}</div></td>
        <td class="num ch">{known(change_count(row.added, "+", "a"))}</td>
        <td class="num ch">{known(change_count(row.modified, "~", "m"))}</td>
        <td class="num ch">{known(change_count(row.removed, "−", "d"))}</td>
        <td class="mono dg c-dg">
            {row.digest.as_deref().map(|text| match whole {
                true => digest(text, "Copy digest"),
                false => format::short_digest(text).to_owned().into_any(),
            })}
            " "{verified_mark(row)}
        </td>
        {whole.then(|| view! { <td class="mono dg c-diff">{diff_id}</td> })}
        <td class="all-ch num">{change_counts(row.added, row.modified, row.removed)}</td>
    }
}

/// Whether the layer is what it is said to be.
fn verified_mark(row: &LayerRow) -> AnyView {
    match row.verified {
        Some(true) => view! {
            <span class="ok" title="Digest verified">
                {small_icon("check")}<span class="vh">"verified"</span>
            </span>
        },
        Some(false) => view! {
            <span class="d" title="Digest does not match">
                {small_icon("high")}<span class="vh">"does not match"</span>
            </span>
        },
        None if row.download.is_none() => unknown(),
        None => view! { <span class="soft" title="Not checked (yet)">"…"</span> },
    }
}

/// What a layer is beside a plain tar, and how it is compressed where that is unusual.
fn forms(row: &LayerRow) -> AnyView {
    let compression = match row.compression.as_str() {
        "none" | "gzip" | "" => String::new(),
        other if row.form.contains(other) => String::new(),
        other => other.to_owned(),
    };
    let badge = |text: &str| {
        (!text.is_empty()).then(|| view! { <span class="badge">{text.to_owned()}</span>" " })
    };
    view! { {badge(&row.form)} {badge(&compression)} }
}

/// Below its row, what is wrong with a layer: warnings, of which a mismatch is an alert, and a limit.
fn troubles(row: &LayerRow) -> AnyView {
    let line = |cell: AnyView| view! { <tr class="full"><td colspan=COLUMNS>{cell}</td></tr> };
    // What doesn't match is one alert, however many digests it is found by.
    let mismatch = row.verified == Some(false);
    let is_mismatch = |problem: &&Problem| mismatch && problem.code.ends_with("-mismatch");
    let mut wrong: Vec<AnyView> =
        row.warnings.iter().filter(is_mismatch).map(|problem| warning(problem, true)).collect();
    if mismatch && wrong.is_empty() {
        let message = "The layer is not what is claimed of it: a digest does not match.";
        wrong.push(warning(&Problem::new("layer-digest-mismatch", message), true));
    }
    let alert = mismatch.then(|| {
        let class = "full mismatch";
        view! { <tr class=class><td colspan=COLUMNS><div role="alert">{wrong}</div></td></tr> }
    });
    let others = row.warnings.iter().filter(|problem| !is_mismatch(problem));
    let warned = others.map(|problem| line(warning(problem, false))).views();
    let opened = expect_context::<Opened>();
    let limit = row.number.filter(|_| row.limited).map(|number| line(limited(opened, number)));
    view! { {alert} {warned} {limit} }
}

/// All that is known of a layer, opened below its row.
fn full(row: &LayerRow) -> AnyView {
    let files = row.number.map(|number| {
        let here = here();
        let href = says(move || {
            here.href(|link| {
                link.view = View::Files;
                link.layers = LayerSelection::one(number);
                link.path.clear();
            })
        });
        view! { <a class="btn" href=href>{small_icon("folder")}"Files of this layer"</a> }
    });
    let (opened, here, row) = (expect_context::<Opened>(), here(), row.clone());
    let by = row.created_by.clone();
    let drawn = move |into: El| {
        let line = |into: El, name: &str, value: El| into.add(el("dt", "").text(name)).add(value);
        let value = |words: &str| el("dd", "").text(words);
        let mut made = el("dl", "");
        if let Some(at) = &row.created {
            made = line(made, "Created", fill(el("dd", ""), &Cell::Time(at.clone()), here));
        }
        if !row.comment.is_empty() {
            made = line(made, "Comment", value(&row.comment));
        }
        if let Some(bytes) = row.size {
            made = line(made, "Size", value(&format::exact_size(bytes)));
        }
        if let Some(bytes) = row.download {
            let how = match row.compression.as_str() {
                "none" => "as it is, not compressed",
                how => how,
            };
            let words = format!("{}, {how}", format::exact_size(bytes));
            made = line(made, "In the archive", value(&words));
        }
        let digests =
            [("Digest", "Copy digest", &row.digest), ("Diff ID", "Copy diff ID", &row.diff_id)];
        for (name, label, digest) in digests {
            if let Some(digest) = digest {
                let whole = el("span", "mono").text(digest);
                made = line(made, name, el("dd", "").add(whole).add(copy(label, digest)));
            }
        }
        if row.number.is_some() {
            made = line(made, "Check", el("dd", "").add(verified_words(&row, opened)));
        }
        into.add(el("pre", "code").text(&row.created_by)).add(made)
    };
    view! {
        <tr class="full">
            <td colspan=COLUMNS>
                {raw("", drawn, move |key, event| heard(key, event, here))}
                <div class="do">
                    {files}
                    <CopyButton label="Copy instruction" text=by worded=true />
                </div>
            </td>
        </tr>
    }
}

/// `verified_mark` in words.
fn verified_words(row: &LayerRow, opened: Opened) -> El {
    match row.verified {
        Some(true) => el("span", "ok").add(icon("check")).text(" Verified: the bytes match"),
        Some(false) => el("span", "d").add(icon("high")).text(" Does not match the bytes"),
        None if opened.ready.get() => el("span", "soft").text("Not checked"),
        None => el("span", "wait").text("…"),
    }
}

fn total(table: &LayerTable, whole: bool) -> AnyView {
    let sum = |count: fn(&LayerRow) -> Option<u32>| {
        table.rows.iter().filter(|row| row.number.is_some()).map(count).sum::<Option<u32>>()
    };
    let (added, modified, removed) = (sum(|r| r.added), sum(|r| r.modified), sum(|r| r.removed));
    let adds: Option<i64> =
        table.rows.iter().filter(|row| row.number.is_some()).map(|row| row.contribution).sum();
    let missing = table.download.is_none();
    let known = |cell: AnyView| if missing { unknown() } else { cell };
    view! {
        <tfoot>
            <tr>
                <td></td>
                <td>"Total"</td>
                <td class="num">{known(size(table.size))}</td>
                <td class="num cp">{known(size(table.download))}</td>
                {whole.then(|| view! { <td class="num adds">{adds.map(format::signed_size)}</td> })}
                <td class="sh"></td>
                <td class="num ch">{known(change_count(added, "+", ""))}</td>
                <td class="num ch">{known(change_count(modified, "~", ""))}</td>
                <td class="num ch">{known(change_count(removed, "−", ""))}</td>
                <td class="c-dg"></td>
                {whole.then(|| view! { <td class="c-diff"></td> })}
            </tr>
        </tfoot>
    }
}
