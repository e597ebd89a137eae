//! The view in each state, drawn natively.

use super::remedies::{self, SavingFiles};
use super::view::WasteView;
use crate::problem::Problem;
use crate::protocol::{
    DiveEfficiency, DuplicateFiles, DuplicatePath, DuplicateRow, DuplicateTotals, GroupHead,
    GroupLabel, HiddenFiles, ImageWeight, ImageWeights, LayerCell, LayerTable, LayerWaste, Layers,
    LinkPath, SavingRow, TableLine, TablePart, Waste, WasteFacts, WasteRow,
};
use crate::tree::find::Find;
use crate::ui::app::Loaded;
use crate::ui::testing::{Rendered, TestPage, layer, layer_row};
use crate::vocabulary::{
    ClassTallies, FileTally, HiddenClass, LayerOrigin, PackageManager, Remedy, RewriteChange,
};
use leptos::prelude::*;
use std::sync::Arc;

fn cell(number: u32) -> LayerCell {
    LayerCell { number: layer(number), origin: LayerOrigin::Own }
}

fn tally(files: u64, bytes: u64) -> FileTally {
    FileTally { files, bytes }
}

/// Two layers: the second changes the owner of a file of the first, and removes another.
fn facts() -> WasteFacts {
    let mut hidden = ClassTallies { removed: tally(1, 2_000), ..ClassTallies::default() };
    hidden.add(HiddenClass::Rewritten(RewriteChange::Owner), 3_000_000);
    let weight = |bytes, compressed| ImageWeight { bytes: Some(bytes), compressed };
    WasteFacts {
        hidden,
        dive: Some(DiveEfficiency { score: 0.91, wasted_bytes: 6_000_000, paths: 2 }),
        layers: vec![
            LayerWaste {
                layer: cell(1),
                size: Some(4_002_000),
                kept: 1_000_000,
                lost: hidden,
                hid: FileTally::default(),
            },
            LayerWaste {
                layer: cell(2),
                size: Some(3_000_000),
                kept: 3_000_000,
                lost: ClassTallies::default(),
                hid: tally(2, 3_002_000),
            },
        ],
        savings: vec![
            SavingRow {
                remedy: Remedy::CopyChown,
                by: cell(2),
                from: Some(cell(1)),
                files: tally(1, 3_000_000),
            },
            SavingRow {
                remedy: Remedy::CacheMount(PackageManager::Pip),
                by: cell(1),
                from: None,
                files: tally(7, 500_000),
            },
            SavingRow {
                remedy: Remedy::Documentation,
                by: cell(1),
                from: None,
                files: tally(9, 100_000),
            },
        ],
        duplicates: DuplicateTotals { groups: 1, files: 3, bytes: 800 },
        weights: ImageWeights {
            now: weight(7_002_000, Some(2_000_000)),
            visible: weight(4_000_000, Some(1_100_000)),
            without_copies: weight(3_999_200, Some(1_099_000)),
        },
        ..WasteFacts::default()
    }
}

fn hidden_row(path: &str, class: HiddenClass, size: u64) -> TableLine<WasteRow> {
    let (from, by) = (cell(1), cell(2));
    let path_in_link = LinkPath(path.to_owned());
    TableLine::Row(WasteRow { path: path_in_link, shown: path.into(), size, class, from, by })
}

fn hidden_part() -> TablePart<WasteRow> {
    let owner = HiddenClass::Rewritten(RewriteChange::Owner);
    let lines = vec![
        hidden_row("/app/<data>.bin", owner, 3_000_000),
        hidden_row("/tmp/x", HiddenClass::Removed, 2_000),
    ];
    TablePart { lines, total_lines: 2, total_rows: 2 }
}

fn duplicate_part() -> TablePart<DuplicateRow> {
    let path = |path: &str, number| DuplicatePath {
        path: LinkPath(path.to_owned()),
        shown: path.into(),
        layer: cell(number),
    };
    let paths = vec![path("/a", 1), path("/b", 1), path("/c\u{202e}", 2)];
    let row = DuplicateRow { size: 400, files: 3, bytes: 800, paths };
    TablePart { lines: vec![TableLine::Row(row)], total_lines: 1, total_rows: 1 }
}

fn page(link: &str) -> TestPage {
    let rows = vec![layer_row(1, "COPY", "app /app"), layer_row(2, "RUN", "chown -R app <b>")];
    TestPage::at(link)
        .answers::<Layers>(LayerTable { rows, ..LayerTable::default() })
        .answers::<HiddenFiles>(hidden_part())
        .answers::<DuplicateFiles>(duplicate_part())
}

fn drawn(link: &str, facts: WasteFacts) -> Rendered {
    page(link).answers::<Waste>(facts).render(|| view! { <WasteView /> })
}

const HERE: &str = "#/archive/a?view=waste";

#[test]
fn the_summary_has_one_figure_and_dives_under_its_own_name() {
    let html = drawn(HERE, facts());
    let text = html.text();
    assert!(text.contains("3.00 MB wasted of 7.00 MB, 43 %"), "{text}");
    assert!(
        text.contains("dive 0.13 would say: efficiency 91.0 %, 6.00 MB wasted in 2 paths."),
        "{text}"
    );
    assert!(text.contains("Removed later 1 file 2.00 kB Overwritten later 0 files 0 B"), "{text}");
    assert!(text.contains("other owner 1 file 3.00 MB"), "{text}");
    assert!(!text.contains("other permissions"), "of what there is none, nothing is said");
    assert_eq!(html.count("<h1"), 1);
}

#[test]
fn both_tables_are_on_the_summary_and_rows_lead_to_the_files() {
    let html = drawn(HERE, facts());
    assert!(html.has(r#"aria-label="Waste""#) && html.has(r#"aria-label="Duplicates""#));
    let href = r##"href="#/archive/a?view=files&amp;layers=..1&amp;path=/app/%3Cdata%3E.bin""##;
    let other = r##"href="#/archive/a?view=files&amp;layers=..1&amp;path=/app/"##;
    assert!(html.has(href) || html.has(other), "{html}");
    assert!(html.text().contains("/app/<data>.bin"));
    assert!(html.has(r##"href="#/archive/a?view=files&amp;path=/b""##), "{html}");
    assert!(html.text().contains("\\u{202e}"), "escaped");
}

#[test]
fn every_number_leads_to_its_files() {
    let html = drawn(HERE, facts());
    for link in ["show=files", "show=removed", "show=owner", "show=duplicates"] {
        assert!(
            html.has(&format!(r##"href="#/archive/a?view=waste&amp;{link}""##)),
            "{link}: {html}"
        );
    }
    // The picture's numbers: what layer 1 has, whichever layer hid it.
    let of_layer = r##"href="#/archive/a?view=waste&amp;layers=1&amp;show=removed%2Cbrought""##;
    assert!(html.has(of_layer), "{html}");
}

#[test]
fn advice_names_the_instruction_and_what_to_write() {
    let html = drawn(HERE, facts());
    let text = html.text();
    assert!(text.contains("Owner changed after COPY 3.00 MB in 1 file"), "{text}");
    assert!(text.contains("Write COPY --chown=USER:GROUP in the instruction"), "{text}");
    assert!(text.contains("2 RUN chown -R app <b> 1 file, 3.00 MB from layer 1"), "{text}");
    assert!(text.contains("RUN --mount=type=cache,target=/root/.cache/pip"), "{text}");
    assert!(html.has(r##"href="#/archive/a?view=waste&amp;layers=2&amp;show=owner""##), "{html}");
    let (changes, information) = text.split_once("Seldom needed in a container").unwrap();
    assert!(changes.contains("Cache of pip") && information.contains("Documentation"), "{text}");
}

#[test]
fn advice_says_how_much_is_not_listed() {
    assert!(!drawn(HERE, facts()).text().contains("not listed"));
    let more = WasteFacts { more_savings: 3, more_saved: tally(12, 21_000), ..facts() };
    let text = drawn(HERE, more).text();
    assert!(text.contains("3 more places are not listed: 21.0 kB in 12 files"), "{text}");
}

#[test]
fn what_it_would_weigh_is_called_an_estimate_where_it_is_one() {
    let text = drawn(HERE, facts()).text();
    assert!(text.contains("The image as it is 7.00 MB 2.00 MB"), "{text}");
    assert!(text.contains("Without hidden files 4.00 MB about 1.10 MB"), "{text}");
    assert!(text.contains("Without 2 copies of the same content as well"), "{text}");
    let mut plain = facts();
    plain.weights.now.compressed = None;
    let text = drawn(HERE, plain).text();
    assert!(!text.contains("Compressed") && !text.contains("about"), "{text}");
}

#[test]
fn the_picture_says_what_became_of_each_layer() {
    let html = drawn(HERE, facts());
    let said = r#"aria-label="1.00 MB kept, 2.00 kB removed later, 3.00 MB rewritten later""#;
    assert!(html.has(said), "{html}");
    assert!(html.has("width:25.0%"), "{html}");
    let hides = r##"href="#/archive/a?view=waste&amp;layers=2&amp;show=files""##;
    assert!(html.has(hides) && html.text().contains("hides 3.00 MB"), "{html}");
}

#[test]
fn a_selection_limits_the_figures() {
    let text = drawn("#/archive/a?view=waste&layers=2", facts()).text();
    assert!(text.contains("3.00 MB hidden by layer 2"), "{text}");
}

#[test]
fn without_waste_it_says_so() {
    let html = TestPage::at(HERE)
        .answers::<Waste>(WasteFacts::default())
        .answers::<HiddenFiles>(TablePart::default())
        .answers::<DuplicateFiles>(TablePart::default())
        .render(|| view! { <WasteView /> });
    let text = html.text();
    assert!(text.contains("Nothing is wasted: every file of every layer is in the final tree."));
    assert!(text.contains("No two files of the final tree have the same content."), "{text}");
    assert!(!text.contains("What to change"), "{text}");
    assert!(!text.contains("copies of the same content"), "{text}");
}

#[test]
fn nothing_is_said_to_be_clean_in_a_part() {
    let drawn = |show: &str| {
        let facts = WasteFacts { partial: vec![layer(1)], ..WasteFacts::default() };
        let page = TestPage::at(&format!("{HERE}{show}"))
            .answers::<Waste>(facts)
            .answers::<HiddenFiles>(TablePart::default())
            .answers::<DuplicateFiles>(TablePart::default());
        page.render(|| view! { <WasteView /> }).text()
    };
    let files = "Nothing is hidden in what was read.";
    let duplicates = "No two files of what was read have the same content.";
    for (show, texts) in [
        ("", &[files, duplicates][..]),
        ("&show=files", &[files]),
        ("&show=duplicates", &[duplicates]),
    ] {
        let text = drawn(show);
        assert!(
            !text.contains("Nothing is wasted") && !text.contains("of the final tree"),
            "{text}"
        );
        assert!(texts.iter().all(|want| text.contains(want)), "{show} {text}");
    }
}

#[test]
fn while_layers_are_read_it_waits_and_a_failure_is_shown() {
    let not_yet = Problem::new("layers-not-read", "Not known yet.");
    let html = TestPage::at(HERE).fails::<Waste>(not_yet).render(|| view! { <WasteView /> });
    assert!(html.text().ends_with("Known once all layers are read…"), "{}", html.text());
    let html = TestPage::at(HERE).render(|| view! { <WasteView /> });
    assert!(html.text().ends_with("Known once all layers are read…"));
    let problem = Problem::new("session-failed", "The engine has stopped.");
    let html = TestPage::at(HERE).fails::<Waste>(problem).render(|| view! { <WasteView /> });
    assert!(html.has(r#"role="alert""#));
    assert!(html.text().contains("The engine has stopped."), "{}", html.text());
}

#[test]
fn what_is_not_known_is_said() {
    let mut facts = facts();
    facts.unread = vec![layer(2)];
    facts.partial = vec![layer(3)];
    facts.uncompared = tally(3, 9_000);
    let text = drawn(HERE, facts).text();
    assert!(text.contains("What layer 2 would hide or hold is not known: not read."), "{text}");
    assert!(text.contains("Layer 3 was read only in part"), "{text}");
    assert!(!text.contains("dive") && !text.contains(" %"), "a verdict on a part: {text}");
    assert!(text.contains("3 files of 9.00 kB were replaced by files of the same size"), "{text}");
}

#[test]
fn the_whole_table_asks_for_what_the_link_says() {
    let link =
        "#/archive/a?view=waste&layers=2&filter=app&sort=-path&group=class&show=owner%2Cbrought";
    let html = page(link)
        .answers::<Waste>(facts())
        .answers_with::<HiddenFiles>(|question| {
            let asked = format!(
                "{:?} {} {:?} {:?} {:?}",
                question.table.layers,
                question.table.filter,
                question.table.sort,
                question.table.group,
                question.table.show
            );
            let label = GroupLabel::Text(asked.as_str().into());
            let head = TableLine::Head(GroupHead { label, rows: 1, size: 5 });
            let lines = vec![head, hidden_row("/x", HiddenClass::Overwritten, 5)];
            let part = TablePart { lines, total_lines: 2, total_rows: 1 };
            Loaded::Ready(Arc::new(part))
        })
        .render(|| view! { <WasteView /> });
    let text = html.text();
    let asked = "app Sort { by: Path, reversed: true } Some(Class) [Owner, Brought]";
    assert!(text.contains(asked), "{text}");
    assert!(html.has(r#"aria-label="Filter wasted files""#) && html.has(r#"aria-label="Group""#));
    assert!(text.contains("/x 5 B Overwritten"), "{text}");
    assert!(text.ends_with("1 file"), "{text}");
}

#[test]
fn the_whole_table_of_duplicates_is_a_place_of_its_own() {
    let html = drawn("#/archive/a?view=waste&show=duplicates", facts());
    assert!(html.has(r#"aria-label="Duplicates""#) && !html.has(r#"aria-label="Waste""#));
    assert!(html.text().contains("/a wasted 800 B each 400 B /b layer 1"), "{}", html.text());
    assert!(html.has(r#"aria-label="Filter duplicates""#));
}

#[test]
fn a_find_of_the_advice_is_one_that_files_understands() {
    for remedy in [
        Remedy::DebugSymbols,
        Remedy::PythonBytecode,
        Remedy::GitDirectory,
        Remedy::Documentation,
        Remedy::Locales,
        Remedy::CacheMount(PackageManager::Apt),
    ] {
        let saving = SavingRow { remedy, by: cell(3), from: None, files: tally(1, 1) };
        let SavingFiles::Tree { find } = remedies::files(&saving) else { panic!("{remedy:?}") };
        let read = Find::parse(&find);
        assert_eq!((read.terms.len(), read.problems), (2, vec![]), "{find}");
    }
}

#[test]
fn the_further_paths_of_duplicates_are_not_drawn_while_they_are_folded() {
    let mut part = duplicate_part();
    let Some(TableLine::Row(row)) = part.lines.first_mut() else { panic!("no row") };
    row.paths = vec![row.paths[0].clone(); 100];
    row.files = 100;
    let html = TestPage::at("#/archive/a?view=waste&show=duplicates")
        .answers::<DuplicateFiles>(part)
        .answers::<Waste>(facts())
        .render(|| view! { <WasteView /> });
    let text = html.text();
    assert!(text.ends_with("96 files more"), "{text}");
    assert_eq!(text.matches("/a layer 1").count(), 3, "{text}");
}
