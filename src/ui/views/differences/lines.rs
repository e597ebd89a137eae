//! The lines of a comparison, in one column or with both versions beside each other.
//!
//! - So many rows are drawn at once; a button draws more. A browser draws a few thousand without a pause.

use crate::format;
use crate::protocol::{ComparedLine, LineChange, LineHunk, TextComparison};
use crate::ui::widgets::Button;
use leptos::prelude::*;
use std::sync::Arc;

/// Rows that are drawn at once.
const ROWS: usize = 1000;

/// The lines as `diff -u` has them.
#[component]
pub fn Unified(comparison: Arc<TextComparison>) -> AnyView {
    let draw = |line: &UnifiedRow| match line {
        UnifiedRow::Gap => view! { <tr class="gap"><td colspan="4">"⋯"</td></tr> }.into_any(),
        UnifiedRow::Line(line) => view! {
            <tr class=change_class(line.change)>
                <td class="ln">{line.number_a}</td>
                <td class="ln">{line.number_b}</td>
                <td class="sg">{sign(line.change)}</td>
                <td class="tx">{parts(line)}</td>
            </tr>
        }
        .into_any(),
    };
    let rows: Vec<UnifiedRow> = unified(&comparison.hunks);
    view! { <Rows rows draw columns=vec!["Before", "After", "Change", "Line"] /> }.into_any()
}

/// Both versions beside each other.
#[component]
pub fn SideBySide(comparison: Arc<TextComparison>) -> AnyView {
    let draw = |row: &SideRow| match row {
        SideRow::Gap => view! { <tr class="gap"><td colspan="4">"⋯"</td></tr> }.into_any(),
        SideRow::Lines(before, after) => {
            let cells = |line: &Option<ComparedLine>, number: fn(&ComparedLine) -> Option<u32>| {
                let class = line.as_ref().map_or("none", |line| change_class(line.change));
                let text = line.as_ref().map(parts);
                view! {
                    <td class="ln">{line.as_ref().and_then(number)}</td>
                    <td class=format!("tx {class}")>{text}</td>
                }
            };
            view! {
                <tr>
                    {cells(before, |line| line.number_a)}
                    {cells(after, |line| line.number_b)}
                </tr>
            }
            .into_any()
        }
    };
    let rows = side_by_side(&comparison.hunks);
    view! { <Rows rows draw columns=vec!["Line before", "Before", "Line after", "After"] /> }
        .into_any()
}

/// A table of rows, of which the first are drawn.
#[component]
fn Rows<R>(
    rows: Vec<R>,
    draw: fn(&R) -> AnyView,
    /// Names of the columns.
    columns: Vec<&'static str>,
) -> AnyView
where
    R: Send + Sync + 'static,
{
    let shown = RwSignal::new(ROWS);
    let all = rows.len();
    let rows = StoredValue::new(rows);
    let heads = columns.into_iter().map(|name| view! { <th scope="col">{name}</th> });
    let drawn = move || {
        let count = shown.get();
        rows.with_value(|rows| rows.iter().take(count).map(draw).collect_view())
    };
    let more = move || {
        let left = all.checked_sub(shown.get()).filter(|left| *left > 0)?;
        let text = format!("{} more", format::counted(left as u64, "row", "rows"));
        let press = move || shown.update(|shown| *shown += ROWS);
        Some(view! {
            <p class="bt"><Button label="Show more" on_press=press /><span class="soft">{text}</span></p>
        })
    };
    view! {
        <table class="diff" aria-label="Differences" tabindex="0">
            <thead class="vh"><tr>{heads.collect_view()}</tr></thead>
            <tbody>{drawn}</tbody>
        </table>
        {more}
    }
    .into_any()
}

/// A row of the unified form.
enum UnifiedRow {
    /// Lines that do not differ are left out here.
    Gap,
    Line(ComparedLine),
}

fn unified(hunks: &[LineHunk]) -> Vec<UnifiedRow> {
    let mut rows = Vec::new();
    for (at, hunk) in hunks.iter().enumerate() {
        if at > 0 {
            rows.push(UnifiedRow::Gap);
        }
        rows.extend(hunk.lines.iter().cloned().map(UnifiedRow::Line));
    }
    rows
}

/// A row of the form with two columns.
enum SideRow {
    Gap,
    Lines(Option<ComparedLine>, Option<ComparedLine>),
}

/// Removed lines beside those that are there instead.
fn side_by_side(hunks: &[LineHunk]) -> Vec<SideRow> {
    let mut rows = Vec::new();
    for (at, hunk) in hunks.iter().enumerate() {
        if at > 0 {
            rows.push(SideRow::Gap);
        }
        let (mut removed, mut added) = (Vec::new(), Vec::new());
        for line in &hunk.lines {
            match line.change {
                LineChange::Removed if !added.is_empty() => {
                    pair_up(&mut removed, &mut added, &mut rows);
                    removed.push(line.clone());
                }
                LineChange::Removed => removed.push(line.clone()),
                LineChange::Added => added.push(line.clone()),
                LineChange::Common => {
                    pair_up(&mut removed, &mut added, &mut rows);
                    rows.push(SideRow::Lines(Some(line.clone()), Some(line.clone())));
                }
            }
        }
        pair_up(&mut removed, &mut added, &mut rows);
    }
    rows
}

fn pair_up(
    removed: &mut Vec<ComparedLine>,
    added: &mut Vec<ComparedLine>,
    rows: &mut Vec<SideRow>,
) {
    let (mut removed, mut added) =
        (std::mem::take(removed).into_iter(), std::mem::take(added).into_iter());
    loop {
        match (removed.next(), added.next()) {
            (None, None) => return,
            (before, after) => rows.push(SideRow::Lines(before, after)),
        }
    }
}

fn sign(change: LineChange) -> &'static str {
    match change {
        LineChange::Common => "",
        LineChange::Removed => "−",
        LineChange::Added => "+",
    }
}

fn change_class(change: LineChange) -> &'static str {
    match change {
        LineChange::Common => "",
        LineChange::Removed => "old",
        LineChange::Added => "new",
    }
}

/// The text of a line, with what differs in it marked.
fn parts(line: &ComparedLine) -> AnyView {
    let part = |part: &crate::protocol::DifferencePart| {
        let text = part.text.to_string();
        match (part.changed, line.change) {
            (true, LineChange::Removed) => view! { <del>{text}</del> }.into_any(),
            (true, LineChange::Added) => view! { <ins>{text}</ins> }.into_any(),
            _ => text.into_any(),
        }
    };
    let parts = line.parts.iter().map(part).collect_view();
    let cut = (line.cut > 0).then(|| {
        view! { <span class="soft">{format!(" … {} more", format::size(line.cut))}</span> }
    });
    let unended =
        line.unended.then(|| view! { <span class="soft">" (no line break at the end)"</span> });
    view! { {parts}{cut}{unended} }.into_any()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::protocol::DifferencePart;
    use crate::text::CharacterEncoding;
    use crate::ui::testing::{Rendered, TestPage};

    fn line(change: LineChange, a: u32, b: u32, parts: &[(&str, bool)]) -> ComparedLine {
        let number = |at: u32| (at > 0).then_some(at);
        let part = |(text, changed): &(&str, bool)| DifferencePart {
            text: (*text).into(),
            changed: *changed,
        };
        ComparedLine {
            change,
            number_a: number(a),
            number_b: number(b),
            parts: parts.iter().map(part).collect(),
            cut: 0,
            unended: false,
        }
    }

    pub fn comparison() -> TextComparison {
        let hunk = |lines| LineHunk { lines };
        TextComparison {
            encodings: (CharacterEncoding::Utf8, CharacterEncoding::Utf8),
            removed: 1,
            added: 2,
            hunks: vec![
                hunk(vec![
                    line(LineChange::Common, 3, 3, &[("<server>", false)]),
                    line(LineChange::Removed, 4, 0, &[("listen ", false), ("80", true)]),
                    line(LineChange::Added, 0, 4, &[("listen ", false), ("8080", true)]),
                ]),
                hunk(vec![line(LineChange::Added, 0, 90, &[("end", false)])]),
            ],
            left_out: 0,
        }
    }

    fn drawn(comparison: TextComparison, beside: bool) -> Rendered {
        let comparison = Arc::new(comparison);
        TestPage::new().render(move || match beside {
            false => view! { <Unified comparison /> }.into_any(),
            true => view! { <SideBySide comparison /> }.into_any(),
        })
    }

    #[test]
    fn one_column_has_signs_and_both_numbers() {
        let html = drawn(comparison(), false);
        let text = "Before After Change Line 3 3 <server> 4 − listen 80 4 + listen 8080 ⋯ 90 + end";
        assert_eq!(html.text(), text);
        assert!(html.has("<del>80</del>") && html.has("<ins>8080</ins>"), "{html}");
    }

    #[test]
    fn two_columns_have_a_removed_line_beside_what_is_there_instead() {
        let html = drawn(comparison(), true);
        let text = "Line before Before Line after After 3 <server> 3 <server> 4 listen 80 4 listen 8080 ⋯ 90 end";
        assert_eq!(html.text(), text);
    }

    #[test]
    fn what_is_cut_and_an_absent_line_break_are_told() {
        let mut of = comparison();
        let last = &mut of.hunks[1].lines[0];
        (last.cut, last.unended) = (2_500_000, true);
        let text = drawn(of, false).text();
        assert!(text.ends_with("end … 2.50 MB more (no line break at the end)"), "{text}");
    }

    #[test]
    fn only_some_rows_are_drawn_at_once() {
        let mut of = comparison();
        let one = of.hunks[0].lines[2].clone();
        of.hunks[0].lines = vec![one; 2500];
        let html = drawn(of, false);
        assert_eq!(html.count(r#"<tr class="new""#), ROWS);
        assert!(html.text().ends_with("Show more 1,502 rows more"), "{html}");
    }
}
