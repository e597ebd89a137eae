//! The columns of the tree: which ones are chosen, in which order, how wide they are, and which of them fit.
//!
//! - The name is always there and takes what the others leave. Those that do not fit leave by `leaves`, the highest
//!   first, so that a name keeps its room.
//! - Choice, order and widths are kept in this browser; the sort is in the link.

use super::column_list::{COLUMNS, ColumnFacts, facts};
use crate::browser::page::preferences;
use crate::protocol::{LinkWord, TreeColumn};
use leptos::prelude::*;

/// The setting with the chosen columns in their order; those that are not chosen have a `-` before them.
const CHOICE: &str = "files.columns";
/// Pixels, as are the following.
pub const NARROWEST: f64 = 44.0;
pub const WIDEST: f64 = 600.0;
/// What a name keeps at least, in a narrow pane and in others.
const NAME: (f64, f64) = (170.0, 200.0);
/// Panes up to this width are narrow: a phone's.
const NARROW: f64 = 480.0;
/// Panes from this width on have room.
const WIDE: f64 = 1100.0;

/// A column in its place, chosen or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColumnChoice {
    pub column: TreeColumn,
    pub chosen: bool,
    /// Set by the user.
    pub width: Option<f64>,
}

/// The columns. All of it signals, so it is copied.
#[derive(Clone, Copy)]
pub struct TreeColumns {
    pub choices: RwSignal<Vec<ColumnChoice>>,
    /// The width of the pane; `None` before it is measured.
    pub pane: RwSignal<Option<f64>>,
    /// The columns that are chosen and fit, with their widths.
    sized: Memo<Vec<(TreeColumn, f64)>>,
    /// The same without widths.
    pub shown: Memo<Vec<TreeColumn>>,
}

impl TreeColumns {
    /// As they were kept; what the tree is sorted by is shown too.
    pub fn new(sorted: Signal<TreeColumn>) -> TreeColumns {
        let mut kept = read(&preferences::get(CHOICE).unwrap_or_default());
        for choice in &mut kept {
            let width = preferences::get(&width_key(choice.column));
            let width = width.and_then(|text| text.parse::<f64>().ok());
            choice.width = width.filter(|width| width.is_finite()).map(within);
        }
        let (choices, pane) = (RwSignal::new(kept), RwSignal::new(None));
        let sized = Memo::new(move |_| fitting(&choices.read(), sorted.get(), pane.get()));
        let shown = Memo::new(move |_| sized.read().iter().map(|(column, _)| *column).collect());
        TreeColumns { choices, pane, sized, shown }
    }

    /// The widths as the style sheet takes them; tracked.
    pub fn template(self) -> String {
        let widths = self.sized.read();
        let widths = widths.iter().map(|(_, width)| format!(" {width}px"));
        format!("minmax(0, 1fr){}", widths.collect::<String>())
    }

    /// The width of a column that is shown; tracked.
    pub fn width(self, column: TreeColumn) -> f64 {
        let sized = self.sized.read();
        sized.iter().find(|(of, _)| *of == column).map_or(NARROWEST, |(_, width)| *width)
    }

    /// The widest that a column can be without taking the room of names; not tracked.
    fn widest(self, column: TreeColumn) -> f64 {
        let Some(pane) = self.pane.get_untracked() else { return WIDEST };
        let others = self.sized.read_untracked();
        let others = others.iter().filter(|(of, _)| *of != column).map(|(_, width)| width);
        (pane - name_width(pane) - others.sum::<f64>()).clamp(NARROWEST, WIDEST)
    }

    /// Makes a column so wide, as far as there is room.
    pub fn set_width(self, column: TreeColumn, width: f64) {
        let width = width.clamp(NARROWEST, self.widest(column)).round();
        self.change(column, |choice| choice.width = Some(width));
    }

    /// Makes a column as wide as it is by itself.
    pub fn reset_width(self, column: TreeColumn) {
        self.change(column, |choice| choice.width = None);
        self.keep_width(column);
    }

    /// Keeps the width of a column.
    pub fn keep_width(self, column: TreeColumn) {
        let choices = self.choices.read_untracked();
        let width = choices.iter().find(|choice| choice.column == column);
        let text = width.and_then(|choice| choice.width).map(|width| width.to_string());
        preferences::set(&width_key(column), &text.unwrap_or_default());
    }

    /// Chooses a column, or leaves it out.
    pub fn choose(self, column: TreeColumn, chosen: bool) {
        self.change(column, |choice| choice.chosen = chosen);
        self.keep();
    }

    /// Moves a column one place to the left, or to the right.
    pub fn shift(self, column: TreeColumn, left: bool) {
        self.choices.update(|choices| shift(choices, column, left));
        self.keep();
    }

    /// Chosen columns, order and widths as they were at first.
    pub fn reset(self) {
        self.choices.set(read(""));
        COLUMNS.iter().for_each(|facts| self.keep_width(facts.column));
        self.keep();
    }

    /// Whether a column is chosen; tracked.
    pub fn is_chosen(self, column: TreeColumn) -> bool {
        self.choices.read().iter().any(|choice| choice.column == column && choice.chosen)
    }

    fn change(self, column: TreeColumn, how: impl FnOnce(&mut ColumnChoice)) {
        self.choices.update(|choices| {
            choices.iter_mut().find(|choice| choice.column == column).map(how);
        });
    }

    fn keep(self) {
        preferences::set(CHOICE, &written(&self.choices.read_untracked()));
    }
}

/// Widths are kept as those of tables are.
fn width_key(column: TreeColumn) -> String {
    format!("column.Files.{}", column.word())
}

fn within(width: f64) -> f64 {
    width.clamp(NARROWEST, WIDEST)
}

/// What names keep in a pane.
fn name_width(pane: f64) -> f64 {
    if pane <= NARROW { NAME.0 } else { NAME.1 }
}

/// The columns that are chosen, or sorted by, and fit into a pane, with their widths.
fn fitting(
    choices: &[ColumnChoice],
    sorted: TreeColumn,
    pane: Option<f64>,
) -> Vec<(TreeColumn, f64)> {
    let chosen = choices.iter().filter(|choice| choice.chosen || choice.column == sorted);
    let mut shown: Vec<(&ColumnFacts, f64)> = chosen
        .filter_map(|choice| {
            let facts = facts(choice.column)?;
            let (narrow, others, wide) = facts.widths;
            let by_itself = match pane {
                Some(pane) if pane <= NARROW => narrow,
                Some(pane) if pane >= WIDE => wide,
                _ => others,
            };
            Some((facts, choice.width.unwrap_or(by_itself)))
        })
        .collect();
    let Some(pane) = pane else {
        return shown.iter().map(|(facts, w)| (facts.column, *w)).collect();
    };
    while shown.iter().map(|(_, width)| width).sum::<f64>() + name_width(pane) > pane {
        let last = (0..shown.len()).max_by_key(|at| match shown[*at].0 {
            facts if facts.column == sorted => 0,
            facts => facts.leaves,
        });
        let Some(last) = last else { break };
        shown.remove(last);
    }
    shown.iter().map(|(facts, width)| (facts.column, *width)).collect()
}

/// The columns as a setting has them. Those that it does not name come behind, as they are at first.
fn read(text: &str) -> Vec<ColumnChoice> {
    let mut choices: Vec<ColumnChoice> = Vec::new();
    for word in text.split(',') {
        let (word, chosen) = word.strip_prefix('-').map_or((word, true), |word| (word, false));
        let column = TreeColumn::from_word(word).and_then(facts).map(|facts| facts.column);
        let is_new = |column: &TreeColumn| choices.iter().all(|choice| choice.column != *column);
        if let Some(column) = column.filter(is_new) {
            choices.push(ColumnChoice { column, chosen, width: None });
        }
    }
    for ColumnFacts { column, by_default, .. } in COLUMNS {
        if choices.iter().all(|choice| choice.column != *column) {
            choices.push(ColumnChoice { column: *column, chosen: *by_default, width: None });
        }
    }
    choices
}

fn written(choices: &[ColumnChoice]) -> String {
    let word = |choice: &ColumnChoice| {
        format!("{}{}", if choice.chosen { "" } else { "-" }, choice.column.word())
    };
    choices.iter().map(word).collect::<Vec<_>>().join(",")
}

fn shift(choices: &mut [ColumnChoice], column: TreeColumn, left: bool) {
    let Some(at) = choices.iter().position(|choice| choice.column == column) else { return };
    let to = if left { at.checked_sub(1) } else { Some(at + 1).filter(|to| *to < choices.len()) };
    if let Some(to) = to {
        choices.swap(at, to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(pane: f64, text: &str) -> String {
        let shown = fitting(&read(text), TreeColumn::Name, Some(pane));
        let words: Vec<_> = shown.iter().map(|(column, _)| column.word()).collect();
        words.join(" ")
    }

    #[test]
    fn columns_that_do_not_fit_leave_and_the_name_keeps_its_room() {
        assert_eq!(words(1400.0, ""), "size files mode owner modified layer");
        assert_eq!(words(780.0, ""), "size mode owner modified layer");
        assert_eq!(words(560.0, ""), "size mode layer");
        assert_eq!(words(360.0, ""), "size layer", "a phone");
        assert_eq!(words(200.0, ""), "");
        let all = "size,files,compressed,mode,owner,modified,change,package,layer";
        assert_eq!(
            words(700.0, all),
            "size change package layer",
            "what the user added stays longest"
        );
        for pane in 0..2000 {
            let pane = f64::from(pane);
            let sum: f64 = fitting(&read(all), TreeColumn::Name, Some(pane))
                .iter()
                .map(|(_, width)| width)
                .sum();
            assert!(sum == 0.0 || pane - sum >= name_width(pane), "{pane}");
        }
    }

    #[test]
    fn what_is_sorted_by_is_shown_and_leaves_last() {
        let shown = |pane| {
            let shown = fitting(&read(""), TreeColumn::Writes, Some(pane));
            shown.iter().map(|(column, _)| column.word()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(shown(1400.0), "size files mode owner modified writes layer");
        assert_eq!(shown(330.0), "size writes");
    }

    #[test]
    fn the_choice_is_read_as_it_was_written() {
        let text = "package,size,-files,layer,-compressed,mode,-owner,-modified,-change,-writes";
        assert_eq!(written(&read(text)), text);
        assert_eq!(words(1400.0, text), "package size layer mode");
        let first = "size,files,-compressed,mode,owner,modified,-change,-package,-writes,layer";
        assert_eq!(written(&read("")), first);
        let odd = written(&read("name,colour,mode,-mode,size"));
        assert_eq!(
            odd,
            "mode,size,files,-compressed,owner,modified,-change,-package,-writes,layer"
        );
    }

    #[test]
    fn a_column_moves_one_place_and_not_beyond_the_others() {
        let mut choices = read("");
        shift(&mut choices, TreeColumn::Mode, true);
        shift(&mut choices, TreeColumn::Size, true);
        shift(&mut choices, TreeColumn::Layer, false);
        let want = "size,files,mode,-compressed,owner,modified,-change,-package,-writes,layer";
        assert_eq!(written(&choices), want);
        shift(&mut choices, TreeColumn::Size, false);
        assert!(written(&choices).starts_with("files,size,mode"));
    }

    #[test]
    fn a_width_that_was_set_is_bounded_by_the_room_of_names() {
        Owner::new().with(|| {
            let columns = TreeColumns::new(Signal::stored(TreeColumn::Name));
            columns.pane.set(Some(800.0));
            columns.set_width(TreeColumn::Size, 5000.0);
            let left = 800.0 - 112.0 - 128.0 - 112.0 - 60.0 - 200.0;
            assert_eq!(columns.width(TreeColumn::Size), left);
            columns.set_width(TreeColumn::Size, 1.0);
            assert_eq!(columns.width(TreeColumn::Size), NARROWEST);
            assert!(columns.template().starts_with("minmax(0, 1fr) 44px 72px"));
            columns.change(TreeColumn::Size, |choice| choice.width = None);
            assert_eq!(columns.width(TreeColumn::Size), 148.0);
        });
    }
}
