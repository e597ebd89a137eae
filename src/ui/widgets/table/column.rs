//! Columns of a table: what a row shows in each, how wide it is, and by what it sorts.

use crate::protocol::{LinkWord, Sort};
use crate::ui::app::Navigation;
use leptos::prelude::*;
use std::sync::Arc;

/// How the cells of a column look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CellKind {
    #[default]
    Text,
    /// Paths, digests, versions.
    Code,
    /// At the right, with tabular figures.
    Number,
}

impl CellKind {
    fn class(self) -> &'static str {
        match self {
            CellKind::Text => "",
            CellKind::Code => "mono",
            CellKind::Number => "num",
        }
    }
}

/// How wide a column is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ColumnWidth {
    /// So many pixels.
    Fixed(u32),
    /// A share of what the fixed columns leave, by its weight.
    Share(u32),
}

/// What a column sorts by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ColumnSort {
    /// Its word in links.
    pub word: &'static str,
    /// The natural order begins with the largest.
    pub largest_first: bool,
}

type DrawCell<R> = Arc<dyn Fn(&R) -> AnyView + Send + Sync>;
type CellText<R> = Arc<dyn Fn(&R) -> String + Send + Sync>;

/// A column of rows `R`.
pub struct Column<R> {
    pub(super) name: &'static str,
    pub(super) explanation: Option<&'static str>,
    pub(super) kind: CellKind,
    pub(super) width: ColumnWidth,
    pub(super) sort: Option<ColumnSort>,
    /// Leaves when there is no room: 0 never, 3 first.
    pub(super) rank: u8,
    /// Its cells hold the rows' links, if no column is named for it the first one's do.
    pub(super) holds_link: bool,
    pub(super) cell: DrawCell<R>,
    /// The whole of it, on hover, where the cell cuts it.
    pub(super) whole: Option<CellText<R>>,
    /// Shown at the foot.
    pub(super) foot: Option<ViewFn>,
}

impl<R: 'static> Column<R> {
    /// A column with this heading.
    pub fn new<V: IntoView + 'static>(
        name: &'static str,
        cell: impl Fn(&R) -> V + Send + Sync + 'static,
    ) -> Column<R> {
        Column {
            name,
            explanation: None,
            kind: CellKind::Text,
            width: ColumnWidth::Share(1),
            sort: None,
            rank: 0,
            holds_link: false,
            cell: Arc::new(move |row| cell(row).into_any()),
            whole: None,
            foot: None,
        }
    }

    /// A column of texts, the whole of each on hover.
    pub fn text(
        name: &'static str,
        text: impl Fn(&R) -> String + Send + Sync + 'static,
    ) -> Column<R> {
        let text: CellText<R> = Arc::new(text);
        let cell = text.clone();
        Column { whole: Some(text), ..Column::new(name, move |row| cell(row)) }
    }

    /// Numbers: at the right.
    pub fn number(self) -> Column<R> {
        Column { kind: CellKind::Number, ..self }
    }

    /// Paths, digests, versions: monospace.
    pub fn code(self) -> Column<R> {
        Column { kind: CellKind::Code, ..self }
    }

    /// Always so wide, in pixels.
    pub fn fixed(self, pixels: u32) -> Column<R> {
        Column { width: ColumnWidth::Fixed(pixels), ..self }
    }

    /// So many times as wide as a column of weight 1.
    pub fn share(self, weight: u32) -> Column<R> {
        Column { width: ColumnWidth::Share(weight), ..self }
    }

    /// Leaves when there is no room, the highest rank (5) first.
    pub fn rank(self, rank: u8) -> Column<R> {
        Column { rank, ..self }
    }

    /// Its cells hold the rows' links. Without such a column the first one's do.
    pub fn holds_link(self) -> Column<R> {
        Column { holds_link: true, ..self }
    }

    /// Explains the heading on hover.
    pub fn explained(self, explanation: &'static str) -> Column<R> {
        Column { explanation: Some(explanation), ..self }
    }

    /// Sorts by this column of the engine's table; the natural order begins with A.
    pub fn sorts(self, column: impl LinkWord) -> Column<R> {
        let sort = ColumnSort { word: column.word(), largest_first: false };
        Column { sort: Some(sort), ..self }
    }

    /// Sorts by this column; the natural order begins with the largest, or most severe.
    pub fn sorts_largest_first(self, column: impl LinkWord) -> Column<R> {
        let sort = ColumnSort { word: column.word(), largest_first: true };
        Column { sort: Some(sort), ..self }
    }

    /// Shown at the foot of the table in this column: a total.
    pub fn foot<V: IntoView + 'static>(
        self,
        draw: impl Fn() -> V + Send + Sync + 'static,
    ) -> Column<R> {
        Column { foot: Some(ViewFn::from(move || draw().into_any())), ..self }
    }

    pub(super) fn class(&self) -> String {
        match self.rank {
            0 => self.kind.class().to_owned(),
            rank => format!("{} r{rank}", self.kind.class()),
        }
    }
}

/// The order of a table, as the link has it, and what changes it.
#[derive(Clone, Copy)]
pub struct TableSort {
    /// The column's word, and whether its order is reversed.
    pub(super) current: Signal<(&'static str, bool)>,
    pub(super) choose: Callback<&'static str>,
}

impl TableSort {
    /// The order in the link's `sort`, of a table with columns `C`. Choosing the column that is sorted by
    /// reverses the order.
    pub fn of_link<C: LinkWord + Default + Send + Sync>(navigation: Navigation) -> TableSort {
        let choose = move |word: &'static str| {
            let Some(by) = C::from_word(word) else { return };
            let current = untrack(|| navigation.sort::<C>());
            let next = Sort { by, reversed: current.by == by && !current.reversed };
            navigation.go(|link| {
                let is_default = next.by == C::default() && !next.reversed;
                link.sort = if is_default { String::new() } else { next.to_link() };
            });
        };
        TableSort {
            current: Signal::derive(move || {
                let sort = navigation.sort::<C>();
                (sort.by.word(), sort.reversed)
            }),
            choose: Callback::new(choose),
        }
    }

    /// Sorts by a column; by the one that it is sorted by already, in the other direction.
    pub fn choose_column(self, column: impl LinkWord) {
        self.choose.run(column.word());
    }

    /// `aria-sort` of a column; `None` for one that the table is not sorted by. Tracked.
    pub(super) fn direction(self, column: ColumnSort) -> Option<&'static str> {
        let (word, reversed) = self.current.get();
        let descending = column.largest_first != reversed;
        (word == column.word).then_some(if descending { "descending" } else { "ascending" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Link;
    use crate::protocol::{PackageColumn, VulnerabilityColumn};

    #[test]
    fn a_second_choice_reverses_the_order() {
        Owner::new().with(|| {
            let navigation = Navigation::fixed(Link::default());
            let sort = TableSort::of_link::<PackageColumn>(navigation);
            let link = || navigation.link().sort;
            sort.choose.run("size");
            assert_eq!(link(), "size");
            sort.choose.run("size");
            assert_eq!(link(), "-size");
            sort.choose.run("name");
            assert_eq!(link(), "", "the default is left out");
            sort.choose.run("name");
            assert_eq!(link(), "-name");
            sort.choose.run("colour");
            assert_eq!(link(), "-name");
        });
    }

    #[test]
    fn the_direction_is_what_is_seen() {
        Owner::new().with(|| {
            let size = ColumnSort { word: "size", largest_first: true };
            let name = ColumnSort { word: "name", largest_first: false };
            let direction = |link: &str, column| {
                let navigation = Navigation::fixed(Link::parse(link));
                TableSort::of_link::<PackageColumn>(navigation).direction(column)
            };
            assert_eq!(direction("#/", name), Some("ascending"));
            assert_eq!(direction("#/?sort=-name", name), Some("descending"));
            assert_eq!(direction("#/?sort=size", size), Some("descending"));
            assert_eq!(direction("#/?sort=-size", size), Some("ascending"));
            assert_eq!(direction("#/?sort=size", name), None);
            let navigation = Navigation::fixed(Link::default());
            let severity = ColumnSort { word: "severity", largest_first: true };
            let sort = TableSort::of_link::<VulnerabilityColumn>(navigation);
            assert_eq!(sort.direction(severity), Some("descending"));
        });
    }
}
