//! Tables and what is known of one row, whatever they list: packages, vulnerabilities, tags, referrers. The
//! page draws one kind of table and one kind of details.
//!
//! Texts are safe to show. What a row leads to is said without the place that is shown: the page makes the
//! link.

use serde::{Deserialize, Serialize};

/// What of a table is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableAsk {
    /// The selection of layers, as links write it.
    pub layers: String,
    /// Only rows with this in a text of theirs.
    pub filter: String,
    /// `Column::sort` of a column, with `-` before it the other way round; empty: the table's own order.
    pub sort: String,
    /// By what rows are grouped, of `Table::groups`; empty: not.
    pub group: String,
    /// Of `Table::shows`, with commas between; empty: what is shown unasked.
    pub show: String,
    /// First row wanted, and how many.
    pub first: u32,
    pub count: u32,
}

/// A table, or a part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<TableRow>,
    /// How many rows there are under the filter, shown or not, heads of groups among them; `None`: not
    /// told.
    pub total: Option<u64>,
    /// There are more rows than were asked for.
    pub more: bool,
    /// What is to be said beside it; empty: nothing.
    pub note: String,
    /// By what it can be grouped: value in links, and words.
    pub groups: Vec<(String, String)>,
    /// What else can be shown, or what alone: value in links, words, and how many rows.
    pub shows: Vec<(String, String, u64)>,
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    /// What `TableAsk::sort` calls it; empty: no order by it.
    pub sort: String,
}

/// A row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRow {
    /// Names the row in links and questions; empty: there is nothing more to say of it.
    pub key: String,
    /// What its first cell leads to.
    pub leads: Leads,
    /// It is the head of a group: one cell of words, and perhaps numbers after it.
    pub head: bool,
    /// It is not there any more.
    pub gone: bool,
    pub cells: Vec<Cell>,
}

/// What a row leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leads {
    #[default]
    Nowhere,
    /// A link of ours, with its `#`.
    Link(String),
    /// A file of the image, percent-encoded, as it is after this layer (from 1; 0: in the whole image).
    File(String, u32),
    /// A package of the image, by its key.
    Package(String),
    /// An advisory of the image, by its key.
    Advisory(String),
    /// A page elsewhere: `https` alone, opened in a tab of its own without a referrer.
    Web(String),
}

/// A value, and how it reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cell {
    /// Already safe to show.
    Text(String),
    /// Of that kind that is set in the fixed-width face: paths, versions.
    Code(String),
    /// Bytes.
    Size(u64),
    Count(u64),
    /// RFC 3339.
    Time(String),
    Digest(String),
    /// A mark of trust, by its name.
    Badge(String),
    /// A layer, from 1, and whether it is the base image's.
    Layer(u32, bool),
    /// How severe: the rank (0 none, 1 low, 2 medium, 3 high, 4 critical; 5: not known), and the score in
    /// tenths where there is one.
    Severity(u8, Option<u8>),
}

/// All that is known of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    pub title: String,
    /// Names and values.
    pub facts: Vec<Fact>,
    /// What belongs to it.
    pub lists: Vec<DetailList>,
    /// Longer text, as it was written; empty: none.
    pub text: String,
}

/// A fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub name: String,
    pub value: Cell,
    pub leads: Leads,
    /// People copy it.
    pub copied: bool,
}

/// Rows that belong to something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailList {
    pub name: String,
    pub rows: Vec<TableRow>,
    /// How many there are, given or not.
    pub total: u64,
}

/// A file to be saved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    pub name: String,
    pub media_type: String,
    pub text: String,
}

/// What is known of vulnerabilities.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Checked {
    /// Packages that can be checked, of how many that are installed.
    pub checkable: u32,
    pub packages: u32,
    /// What is sent to whoever is asked: OSV's ecosystems, and of how many packages each.
    pub ecosystems: Vec<(String, u32)>,
    /// Why others cannot be checked, and how many.
    pub unchecked: Vec<(String, u32)>,
    pub state: CheckState,
    /// What is being done or was, in packages and advisories.
    pub done: u32,
    pub all: u32,
    /// Who was asked: a host, or the names of files; empty: nobody yet.
    pub source: String,
    /// RFC 3339: the data is as of then.
    pub as_of: String,
    /// Findings of each rank as `Cell::Severity` has them, those that do not apply left out.
    pub counts: [u32; 6],
    /// Findings that a VEX document says do not apply, and the documents' names.
    pub suppressed: u32,
    pub vex: Vec<String>,
    /// What could not be had or read.
    pub warnings: Vec<crate::problem::Problem>,
}

/// How far a check is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckState {
    /// Packages are not known yet.
    #[default]
    Waiting,
    /// Nobody was asked.
    Ready,
    /// It goes on.
    Asking,
    /// It was stopped, or failed: what was found stands.
    Stopped,
    Done,
}
