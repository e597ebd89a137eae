//! All that the page and a session have to say to each other.
//!
//! A query is declared once, in `queries!`; the wire enum, the typed answer, the trait that a session
//! implements and the dispatch come from the declaration. Both sides compile this file: it holds plain
//! values and no logic, so that the page's module carries no parser.
//!
//! - Everything that came out of an image is already safe to show: names are escaped by `text::show`
//!   where they are for the eye (`Shown` fields) and percent-encoded where they are for a link
//!   (`path` fields). Views never decode bytes.
//! - Sizes are bytes uncompressed unless a name says `download` (compressed). Layers count from 1 here,
//!   as people read them: this is the border where code's 0 becomes people's 1.

mod answer;
mod event;
mod remote;
mod table;

pub use answer::*;
pub use event::*;
pub use remote::*;
pub use table::*;

pub use crate::vocabulary::{Change, LoginReason, NodeKind, Question};

#[cfg(feature = "engine")]
use crate::problem::Problem;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A value as it crosses between page and workers. Postcard, not JSON: both sides are of one build, so
/// no names need to travel, and its reader takes a fifth of the page's module less than JSON's does.
pub fn to_wire(value: &impl Serialize) -> Vec<u8> {
    // Plain values always serialise; an empty answer is refused by `from_wire`.
    postcard::to_allocvec(value).unwrap_or_default()
}

/// Reads what `to_wire` wrote; `None` for anything else.
pub fn from_wire<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

/// A value that is asked for, and the type of its answer.
pub trait Ask: Into<Query> {
    /// What comes back.
    type Answer: Serialize + DeserializeOwned;
}

macro_rules! queries {
    ($($(#[$doc:meta])* $name:ident / $method:ident { $($field:ident : $type:ty),* $(,)? } -> $answer:ty;)*) => {
        $($(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub struct $name { $(#[allow(missing_docs)] pub $field: $type),* }
        impl Ask for $name { type Answer = $answer; }
        impl From<$name> for Query { fn from(query: $name) -> Query { Query::$name(query) } })*

        /// Any query, as it crosses to the session worker.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub enum Query { $($(#[$doc])* $name($name)),* }

        /// What a session answers. Natively these are plain calls.
        #[cfg(feature = "engine")]
        pub trait Answers {
            $($(#[$doc])* #[allow(missing_docs)] fn $method(&mut self, ask: $name) -> Result<$answer, Problem>;)*
        }

        /// Answers any query: the bytes of `Result<T::Answer, Problem>`, as `to_wire` writes them.
        #[cfg(feature = "engine")]
        pub fn dispatch(session: &mut impl Answers, query: Query) -> Vec<u8> {
            match query { $(Query::$name(ask) => to_wire(&session.$method(ask))),* }
        }
    };
}

queries! {
    /// What was opened: its form, its images, what is not an image.
    Source / source {} -> SourceInfo;
    /// The page that answers a reviewer in ten seconds.
    Overview / overview {} -> OverviewFacts;
    /// The layer table, empty layers in their place.
    Layers / layers {} -> LayerTable;
    /// The table of `docker image history`, newest first.
    History / history {} -> Vec<HistoryRow>;
    /// Sets what `Rows` will show; the expansion of directories is kept.
    Tree / tree { spec: TreeSpec } -> TreeState;
    /// `count` visible rows from `first` on.
    Rows / rows { first: u32, count: u32 } -> TreeRows;
    /// Opens or closes a directory; with `all` everything below it, too.
    Expand / expand { node: u32, open: bool, all: bool } -> TreeState;
    /// Opens the directories above `path` and says in which row it is now.
    Reveal / reveal { path: String } -> Revealed;
    /// One path: what it is under the selection, and what each layer did to it.
    File / file { path: String, layers: String } -> FileFacts;
    /// Packages, installed and declared, and files that belong to none.
    Packages / packages { ask: TableAsk } -> Table;
    /// One package, by its row's key.
    Package / package { key: String } -> Details;
    /// What is known of vulnerabilities, and what would be sent to learn it.
    Checks / checks {} -> Checked;
    /// Findings, as far as they are known.
    Vulnerabilities / vulnerabilities { ask: TableAsk } -> Table;
    /// One finding, by its row's key.
    Vulnerability / vulnerability { key: String } -> Details;
    /// A document made of what was found: `cyclonedx`, `spdx`, `packages`, `sarif`, `vulnerabilities`.
    Export / export { form: String } -> Exported;
}
