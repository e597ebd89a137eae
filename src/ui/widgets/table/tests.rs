//! Tables as they are drawn, without a browser.

use super::*;
use crate::problem::Problem;
use crate::protocol::{GroupHead, GroupLabel, PackageColumn, TableLine, TablePart};
use crate::ui::app::{Loaded, TableRows, use_navigation};
use crate::ui::testing::{Rendered, TestPage};
use leptos::prelude::*;

type Row = (&'static str, u64);

fn columns() -> Vec<Column<Row>> {
    vec![
        Column::text("Name", |row: &Row| row.0.to_owned()).sorts(PackageColumn::Name),
        Column::new("Size", |row: &Row| row.1.to_string())
            .number()
            .fixed(92)
            .sorts_largest_first(PackageColumn::Size)
            .rank(2),
    ]
}

fn table(link: &str, rows: Loaded<Vec<Row>>) -> Rendered {
    TestPage::at(link).render(move || {
        let navigation = use_navigation();
        let rows = TableRows::complete(Signal::derive(move || rows.clone()));
        let target = RowTarget::new(
            |row: &Row| (row.1 > 0).then(|| format!("#/?item={}", row.0)),
            move |row: &Row| navigation.item() == row.0,
        );
        view! {
            <DataTable
                label="Packages"
                rows
                columns=columns()
                sort={TableSort::of_link::<PackageColumn>(navigation)}
                target
            />
        }
    })
}

#[test]
fn rows_lead_to_what_they_are_about() {
    let rows = vec![("bash", 7), ("<b>", 0)];
    let html = table("#/?item=bash&sort=-size", Loaded::of(rows));
    assert!(html.has(r#"aria-label="Packages""#) && html.has(r#"aria-rowcount="3""#));
    assert!(html.has(r##"href="#/?item=bash" tabindex="0" aria-current="true""##), "{html}");
    assert!(!html.has(r##"href="#/?item=&lt;b"##), "a row that leads nowhere has no link");
    assert!(html.has(r#"aria-sort="ascending""#), "the smallest first");
    assert!(html.has(r#"class="num r2""#));
    assert_eq!(html.text(), "Name Size bash 7 <b> 0");
}

#[test]
fn one_row_is_a_tab_stop_whatever_the_rows_are() {
    let stops = |html: &Rendered| html.count(r#"tabindex="0""#);
    let html = table("#/", Loaded::of(vec![("bash", 7), ("zsh", 3)]));
    assert_eq!(stops(&html), 1);
    let html = table("#/", Loaded::of(vec![("leads nowhere", 0), ("zsh", 3)]));
    assert_eq!(stops(&html), 1);
    assert!(html.has(r#"data-line="0" aria-rowindex="2" tabindex="0""#), "{html}");
    assert_eq!(stops(&table("#/", Loaded::of(Vec::new()))), 0);
    assert_eq!(stops(&table("#/", Loaded::of(vec![("x", 1); 10_000]))), 1);
    let html = TestPage::new().render(|| {
        let rows = TableRows::complete(Signal::stored(Loaded::of(vec![("bash", 7), ("zsh", 3)])));
        view! { <DataTable label="Packages" rows columns=columns() /> }
    });
    assert_eq!(stops(&html), 1, "without links");
}

#[test]
fn the_text_of_a_link_can_be_selected() {
    let html = table("#/", Loaded::of(vec![("bash", 7)]));
    assert!(html.has(r#"<a draggable="false" href="#), "{html}");
}

#[test]
fn a_table_without_rows_says_why() {
    assert_eq!(table("#/", Loaded::Loading).text(), "Name Size Loading…");
    assert_eq!(table("#/", Loaded::of(Vec::new())).text(), "Name Size Nothing to show.");
    let problem = Problem::new("odd", "It is odd.");
    let html = table("#/", Loaded::Failed(problem));
    assert!(html.has(r#"role="alert""#));
    assert_eq!(html.text(), "Name Size It is odd.");
}

#[test]
fn a_long_table_draws_what_is_seen() {
    let rows: Vec<Row> = vec![("x", 1); 10_000];
    let html = table("#/", Loaded::of(rows));
    let drawn = html.count("data-line=");
    assert!((30..100).contains(&drawn), "{drawn} rows");
    assert!(html.has(r#"aria-rowcount="10001""#));
}

#[test]
fn groups_have_heads() {
    let html = TestPage::new()
        .answers::<crate::protocol::Packages>(TablePart {
            lines: vec![TableLine::Head(GroupHead {
                label: GroupLabel::Text("deb".into()),
                rows: 1200,
                size: 3_400_000,
            })],
            total_lines: 1,
            total_rows: 0,
        })
        .render(|| {
            use crate::protocol::{PackageRow, PackageTable, Packages};
            let rows = crate::ui::app::use_table(|rows| {
                Some(Packages { table: PackageTable { rows, ..PackageTable::default() } })
            });
            let columns = vec![Column::text("Name", |row: &PackageRow| row.name.to_string())];
            view! { <DataTable label="Packages" rows columns /> }
        });
    assert!(html.has(r#"scope="rowgroup""#));
    assert_eq!(html.text(), "Name deb 1,200 3.40 MB");
}
