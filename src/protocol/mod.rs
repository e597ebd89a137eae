//! Every message between the page, the session worker and the layer workers, with its answer.
//!
//! Both WebAssembly modules and the native command compile this folder. It holds plain values and no logic
//! beyond conversion, so that the page's module carries no parser.
//!
//! - Questions are of three kinds, each declared once with the type of its answer: a **query** reads
//!   (`queries.rs`; answered with `&Session`, so it cannot have side effects), an **action** changes what a
//!   session shows and is answered at once (`actions.rs`), an **order** is work that may take long, reports
//!   progress and can be cancelled (`orders.rs`).
//! - Every question names its image by `ImagePosition`.
//! - Values, not sentences: sizes are bytes, times are RFC 3339 or seconds since 1970, kinds are enums. The
//!   page formats them (`ui/format`). Text from an image is `Shown` or `ShownLines`, escaped;
//!   paths for links are percent-encoded byte by byte in `LinkPath`.
//! - *Size* is bytes uncompressed; `compressed_size` says otherwise. Layers are `LayerNumber`, from 1.

mod actions;
mod ask;
mod comparison;
mod configuration;
mod differences;
mod dockerfile;
mod documents;
mod events;
mod export;
mod extraction;
mod file;
mod file_types;
mod fuzzy;
mod history;
mod ignored;
mod layers;
mod lists;
mod matches;
mod members;
mod messages;
mod orders;
mod outline;
mod overview;
mod packages;
mod provenance;
mod pull;
mod queries;
mod risks;
mod secrets;
mod signatures;
mod source;
mod table;
mod tree;
mod treemap;
mod trust;
mod vulnerabilities;
mod waste;
mod wire;
mod words;

pub use actions::*;
pub use ask::{Ask, Request};
pub use comparison::*;
pub use configuration::*;
pub use differences::*;
pub use dockerfile::*;
pub use documents::*;
pub use events::*;
pub use export::*;
pub use extraction::*;
pub use file::*;
pub use file_types::*;
pub use fuzzy::*;
pub use history::*;
pub use ignored::IgnoreFile;
pub use layers::*;
pub use lists::*;
pub use matches::*;
pub use members::*;
pub use messages::*;
pub use orders::*;
pub use outline::*;
pub use overview::*;
pub use packages::*;
pub use provenance::*;
pub use pull::*;
pub use queries::*;
pub use risks::*;
pub use secrets::*;
pub use signatures::*;
pub use source::*;
pub use table::*;
pub use tree::*;
pub use treemap::*;
pub use trust::*;
pub use vulnerabilities::*;
pub use waste::*;
pub use wire::{from_wire, to_wire};
pub use words::LinkWord;
