//! Beside the table: sizes, why it grew, packages, layers, configuration, history.

use super::changes::change;
use super::compared_words::verdict;
use super::part_table::{Heading, table};
use super::vulnerabilities::vulnerabilities;
use crate::format;
use crate::protocol::{
    ComparedImageFacts, ComparedLayer, ComparisonFacts, GrowthFacts, IncompletePart, Instruction,
    PackageDifferences, SettingDifference,
};
use crate::text::ShownLines;
use crate::ui::widgets::{SizeChangeText, SizeText};
use leptos::prelude::*;

/// Rows of one list that are drawn at most.
const MAX_ROWS: usize = 100;

/// The summary.
#[component]
pub fn Summary<'a>(facts: &'a ComparisonFacts) -> AnyView {
    view! {
        <section class="first">
            <h2>"Summary"</h2>
            <p class="is" role="status">{verdict(facts)}</p>
            {uncompared(facts.unknown)}
            {incomplete("before", &facts.a)}
            {incomplete("after", &facts.b)}
            {sizes(facts)}
        </section>
        {growth(&facts.growth)}
        {packages(&facts.packages)}
        {facts.vulnerabilities.as_ref().map(vulnerabilities)}
        {layers(facts)}
        {settings(&facts.settings, facts.setting_count)}
        {history(facts)}
    }
    .into_any()
}

/// Large files are read with the layers' digests, which come last.
fn uncompared(files: u64) -> Option<AnyView> {
    let they = if files == 1 { "it was" } else { "they were" };
    let text = format!(
        "The contents of {} of the same size are not compared: {they} not read, or not yet.",
        format::counted(files, "file", "files")
    );
    (files > 0).then(|| view! { <p class="note">{text}</p> }.into_any())
}

fn incomplete(which: &str, image: &ComparedImageFacts) -> Option<AnyView> {
    let part = match image.incomplete? {
        IncompletePart::Layer(layer) => format!("Layer {layer} of the image {which}"),
        IncompletePart::Image => format!("The image {which}"),
    };
    let text =
        format!("{part} was not read completely: what is missing there looks like a difference.");
    Some(view! { <p class="note" role="alert">{text}</p> }.into_any())
}

fn sizes(facts: &ComparisonFacts) -> AnyView {
    let line = |name: &'static str, a: Option<u64>, b: Option<u64>| {
        let difference = a.zip(b).map(|(a, b)| change(a, b));
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="num"><SizeText bytes=a /></td>
                <td class="num"><SizeText bytes=b /></td>
                <td class="num"><SizeChangeText bytes=difference /></td>
            </tr>
        }
    };
    let ComparisonFacts { a, b, .. } = facts;
    let shared = format::counted(facts.shared.into(), "shared layer", "shared layers");
    view! {
        <table class="t parts" aria-label="Sizes">
            <thead>
                <tr>
                    <th></th>
                    <th scope="col" class="num">"Before"</th>
                    <th scope="col" class="num">"After"</th>
                    <th scope="col" class="num">"Change"</th>
                </tr>
            </thead>
            <tbody>
                {line("Files", Some(a.size), Some(b.size))}
                {line("Layers as stored", a.blob_size, b.blob_size)}
                <tr>
                    <th scope="row">"Layers"</th>
                    <td class="num">{a.layers.len()}</td>
                    <td class="num">{b.layers.len()}</td>
                    <td class="num">{shared}</td>
                </tr>
            </tbody>
        </table>
        <p class="soft">{format!("{} not differ.", format::counted(facts.equal, "path does", "paths do"))}</p>
    }
    .into_any()
}

fn growth(growth: &GrowthFacts) -> AnyView {
    let line = |name: String, note: &'static str, bytes: i64| {
        view! {
            <tr>
                <td class="mono">{name}<span class="soft">{note}</span></td>
                <td class="num"><SizeChangeText bytes /></td>
            </tr>
        }
        .into_any()
    };
    let directories: Vec<AnyView> = growth
        .directories
        .iter()
        .map(|directory| {
            let note = if directory.files_alone { " files directly in it" } else { "" };
            line(directory.shown.to_string(), note, directory.bytes)
        })
        .collect();
    let left_out = growth.directory_count.saturating_sub(directories.len() as u64);
    let mut packages: Vec<AnyView> = growth
        .packages
        .iter()
        .map(|package| line(format!("{} {}", package.kind, package.name), "", package.bytes))
        .collect();
    let packages_left_out = growth.package_count.saturating_sub(packages.len() as u64);
    if growth.unowned != 0 && !packages.is_empty() {
        packages.push(line("no package".to_owned(), "", growth.unowned));
    }
    view! {
        {table("Change by directory", &[Heading::Text("Directory"), Heading::Number("Change")], directories, left_out)}
        {table("Change by package", &[Heading::Text("Package"), Heading::Number("Its files")], packages, packages_left_out)}
    }
    .into_any()
}

fn packages(packages: &PackageDifferences) -> AnyView {
    let all = packages.added + packages.removed + packages.changed;
    let rows: Vec<AnyView> = packages
        .rows
        .iter()
        .take(MAX_ROWS)
        .map(|row| {
            let version =
                |version: &Option<crate::text::Shown>| version.as_ref().map_or("–".into(), ToString::to_string);
            view! {
                <tr>
                    <td><span class="soft">{row.kind.to_string()}</span>" "{row.name.to_string()}</td>
                    <td class="mono">{version(&row.a)}</td>
                    <td class="mono">{version(&row.b)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let left_out = all.saturating_sub(rows.len() as u64);
    view! { {table("Packages", &[Heading::Text("Package"), Heading::Text("Before"), Heading::Text("After")], rows, left_out)} }.into_any()
}

/// The layers of the second image, then those that only the first has.
fn layers(facts: &ComparisonFacts) -> AnyView {
    let line = |before: String, after: String, layer: &ComparedLayer| {
        view! {
            <tr>
                <td class="num">{before}</td>
                <td class="num">{after}</td>
                <td>{instruction_words(&layer.instruction)}</td>
                <td class="num"><SizeText bytes=layer.size /></td>
            </tr>
        }
        .into_any()
    };
    let number = |layer: Option<crate::vocabulary::LayerNumber>| {
        layer.map_or("–".to_owned(), |number| number.to_string())
    };
    let of_b = facts.b.layers.iter();
    let of_b = of_b.map(|layer| line(number(layer.in_other), layer.number.to_string(), layer));
    let only_a = facts.a.layers.iter().filter(|layer| layer.in_other.is_none());
    let only_a = only_a.map(|layer| line(layer.number.to_string(), "–".to_owned(), layer));
    let all = facts.b.layers.len()
        + facts.a.layers.iter().filter(|layer| layer.in_other.is_none()).count();
    let rows: Vec<AnyView> = of_b.chain(only_a).take(MAX_ROWS).collect();
    let left_out = all.saturating_sub(rows.len()) as u64;
    view! { {table("Layers", &[Heading::Number("Before"), Heading::Number("After"), Heading::Text("Instruction"), Heading::Number("Size")], rows, left_out)} }
        .into_any()
}

fn instruction_words(instruction: &Instruction) -> AnyView {
    let Instruction { keyword, text, .. } = instruction;
    view! { <b>{keyword.to_string()}</b>" "{format::shorten(text, 200)} }.into_any()
}

fn settings(settings: &[SettingDifference], all: u64) -> AnyView {
    let value = |value: &Option<ShownLines>| value.as_ref().map_or("–".into(), ToString::to_string);
    let rows: Vec<AnyView> = settings
        .iter()
        .take(MAX_ROWS)
        .map(|setting| {
            view! {
                <tr>
                    <td class="name">{setting.field.to_string()}</td>
                    <td class="mono lines-kept">{value(&setting.a)}</td>
                    <td class="mono lines-kept">{value(&setting.b)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let left_out = all.saturating_sub(rows.len() as u64);
    view! { {table("Configuration", &[Heading::Text("Field"), Heading::Text("Before"), Heading::Text("After")], rows, left_out)} }.into_any()
}

/// The entries after those that both have.
fn history(facts: &ComparisonFacts) -> AnyView {
    let common = facts.common_history as usize;
    let beyond = |image: &ComparedImageFacts| {
        image.history.iter().skip(common).take(MAX_ROWS).cloned().collect::<Vec<_>>()
    };
    let (of_a, of_b) = (beyond(&facts.a), beyond(&facts.b));
    let line = |which: &'static str| {
        move |step: &Instruction| {
            view! { <tr><td>{which}</td><td>{instruction_words(step)}</td></tr> }.into_any()
        }
    };
    let rows: Vec<AnyView> =
        of_a.iter().map(line("Before")).chain(of_b.iter().map(line("After"))).collect();
    let all = facts.a.history_length as usize + facts.b.history_length as usize;
    let left_out = all.saturating_sub(2 * common + rows.len()) as u64;
    let same = (common > 0).then(|| {
        let text = match common {
            1 => "The first entry of the history is the same.".to_owned(),
            _ => {
                let count = format::count(common as u64);
                format!("The first {count} entries of the history are the same.")
            }
        };
        view! { <p class="soft">{text}</p> }
    });
    view! { {table("History", &[Heading::Text("Image"), Heading::Text("Instruction")], rows, left_out)}{same} }.into_any()
}
