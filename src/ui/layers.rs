//! The Layers table: a row a layer, and the selection that filters every view.

use super::bar::LayerBar;
use super::facts::Facts;
use super::here::here;
use super::opened::Opened;
use super::parts::{
    CopyButton, Views, change_count, change_counts, chip, clicks, effect, holds, layer_class, live,
    says, size, small_icon, unknown, view,
};
use super::problems::{ProblemAlert, limited, source_warnings, warning};
use super::raw::{El, el, icon, key_of, meter, raw};
use super::selection::{Choice, ModeButtons};
use super::state::{Memo, RwSignal};
use super::table::{copy, digest, fill, heard};
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
    let here = here();
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
    let copies = move |event: leptos::ev::MouseEvent| {
        if let Some(key) = key_of(&event, false) {
            heard(&key, &event, here);
        }
    };
    view! {
        {failed}
        <table class="t layers" aria-label="Layers" on:click=clicks(copies)>
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

fn head(whole: bool) -> El {
    let mut heads = el("tr", "");
    for (class, name, long) in [
        ("n", "#", ""),
        ("", "Instruction", ""),
        ("num", "Size", ""),
        ("num cp", "Compressed", ""),
        ("num adds", "Adds", "What it adds to the final image's size"),
        ("sh", "Share", ""),
        ("num ch", "Added", ""),
        ("num ch", "Mod.", "Modified"),
        ("num ch", "Rem.", "Removed"),
        ("c-dg", "Digest", ""),
        ("c-diff", "Diff ID", ""),
    ] {
        let cell = el("th", class);
        heads = match class {
            "num adds" | "c-diff" if !whole => heads,
            "num ch" if !long.is_empty() => {
                heads.add(cell.add(el("abbr", "").set("title", long).text(name)))
            }
            "num adds" => heads.add(cell.set("title", long).text(name)),
            _ => heads.add(cell.text(name)),
        };
    }
    el("thead", "").add(heads)
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
        layers != LayerSelection::All
            && number.is_some_and(|n| layers.contains(crate::ui::selection::layer_number(n)))
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
            {numbered(number)}
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

fn numbered(number: Option<u32>) -> El {
    let cell = el("td", "n");
    match number {
        Some(number) => cell.add(chip(number)).text(&number.to_string()),
        None => cell,
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
    let mut cells = Vec::new();
    let Some(number) = row.number else {
        let none = el("td", "num").add(size(Some(0)));
        return [none, el("td", "").set("colspan", "8")].into_iter().views();
    };
    // A layer without a blob is not in the archive: nothing of it is on its way.
    let missing = row.download.is_none();
    let known =
        |class: &str, value: El| el("td", class).add(if missing { unknown() } else { value });
    cells.push(known("num", size(row.size)));
    cells.push(known("num soft cp", size(row.download)));
    if whole {
        let less = row.contribution.is_some_and(|bytes| bytes < 0);
        let waiting = if missing { "–" } else { "…" };
        let words = row.contribution.map_or(waiting.to_owned(), format::signed_size);
        cells.push(el("td", if less { "num adds a" } else { "num adds" }).text(&words));
    }
    let share = format::seen_width(row.size.unwrap_or(0), all);
    let mut shared = el("td", "sh").add(el("div", layer_class(number)).add(meter(&share)));
    if let Some(size) = row.size {
        shared = shared.set("title", &format::percent_text(size, all));
    }
    cells.push(shared);
    cells.push(known("num ch", change_count(row.added, "+", "a")));
    cells.push(known("num ch", change_count(row.modified, "~", "m")));
    cells.push(known("num ch", change_count(row.removed, "−", "d")));
    let cell = el("td", "mono dg c-dg");
    let cell = match row.digest.as_deref() {
        Some(text) if whole => digest(cell, "Copy digest", text),
        Some(text) => cell.text(format::short_digest(text)),
        None => cell,
    };
    cells.push(cell.text(" ").add(verified_mark(row)));
    if whole {
        let cell = el("td", "mono dg c-diff");
        cells.push(match row.diff_id.as_deref() {
            Some(text) => digest(cell, "Copy diff ID", text),
            None => cell,
        });
    }
    cells.push(change_counts(el("td", "all-ch num"), row));
    cells.into_iter().views()
}

/// Whether the layer is what it is said to be.
fn verified_mark(row: &LayerRow) -> El {
    let (class, title, glyph, words) = match row.verified {
        Some(true) => ("ok", "Digest verified", "check", "verified"),
        Some(false) => ("d", "Digest does not match", "high", "does not match"),
        None if row.download.is_none() => return unknown(),
        None => return el("span", "soft").set("title", "Not checked (yet)").text("…"),
    };
    el("span", class).set("title", title).add(icon(glyph)).add(el("span", "vh").text(words))
}

/// What a layer is beside a plain tar, and how it is compressed where that is unusual.
fn forms(row: &LayerRow) -> El {
    let compression = match row.compression.as_str() {
        "none" | "gzip" => "",
        other if row.form.contains(other) => "",
        other => other,
    };
    let mut made = el("span", "");
    for text in [&row.form, compression] {
        if !text.is_empty() {
            made = made.add(el("span", "badge").text(text)).text(" ");
        }
    }
    made
}

/// Below its row, what is wrong with a layer: warnings, of which a mismatch is an alert, and a limit.
fn troubles(row: &LayerRow) -> AnyView {
    let line = |class, cell| el("tr", class).add(el("td", "").set("colspan", COLUMNS).add(cell));
    // What doesn't match is one alert, however many digests it is found by.
    let mismatch = row.verified == Some(false);
    let is_mismatch = |problem: &&Problem| mismatch && problem.code.ends_with("-mismatch");
    let mut lines = Vec::new();
    if mismatch {
        let mut alert = el("div", "").set("role", "alert");
        let wrong = row.warnings.iter().filter(is_mismatch);
        for problem in wrong.clone() {
            alert = alert.add(warning(problem, true));
        }
        if wrong.count() == 0 {
            let message = "The layer is not what is claimed of it: a digest does not match.";
            alert = alert.add(warning(&Problem::new("layer-digest-mismatch", message), true));
        }
        lines.push(line("full mismatch", alert));
    }
    for problem in row.warnings.iter().filter(|problem| !is_mismatch(problem)) {
        lines.push(line("full", warning(problem, false)));
    }
    let opened = expect_context::<Opened>();
    let limit = row.number.filter(|_| row.limited).map(|number| {
        view! { <tr class="full"><td colspan=COLUMNS>{limited(opened, number)}</td></tr> }
    });
    view! { {lines.into_iter().views()} {limit} }
}

/// All that is known of a layer, opened below its row.
fn full(row: &LayerRow) -> AnyView {
    let files = row.number.map(|number| {
        let here = here();
        let href = says(move || {
            here.href(|link| {
                link.view = View::Files;
                link.layers = LayerSelection::one(crate::ui::selection::layer_number(number));
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
                {raw("", drawn, |_, _| ())}
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

fn total(table: &LayerTable, whole: bool) -> El {
    let layers = || table.rows.iter().filter(|row| row.number.is_some());
    let sum = |count: fn(&LayerRow) -> Option<u32>| layers().map(count).sum::<Option<u32>>();
    let missing = table.download.is_none();
    let known =
        |class: &str, value: El| el("td", class).add(if missing { unknown() } else { value });
    let mut made = el("tr", "")
        .add(el("td", ""))
        .add(el("td", "").text("Total"))
        .add(known("num", size(table.size)))
        .add(known("num cp", size(table.download)));
    if whole {
        let adds = layers().map(|row| row.contribution).sum::<Option<i64>>();
        let adds = adds.map_or(String::new(), format::signed_size);
        made = made.add(el("td", "num adds").text(&adds));
    }
    made = made
        .add(el("td", "sh"))
        .add(known("num ch", change_count(sum(|row| row.added), "+", "")))
        .add(known("num ch", change_count(sum(|row| row.modified), "~", "")))
        .add(known("num ch", change_count(sum(|row| row.removed), "−", "")))
        .add(el("td", "c-dg"));
    if whole {
        made = made.add(el("td", "c-diff"));
    }
    el("tfoot", "").add(made)
}
