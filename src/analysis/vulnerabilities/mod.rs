//! Vulnerabilities of packages: which are known, what fixes them, how bad they are.
//!
//! - No I/O of its own, as `registry/`: `api.rs` gives requests and takes responses, `offline.rs` reads an
//!   export through `Read + Seek`. Both ways end in the same records and the same matching (`osv.rs`).
//! - What leaves for OSV is the ecosystem, name and version of packages, nothing else (`api.rs`).
//! - Everything here is hostile: records, exports, VEX documents, answers.

pub mod api;
pub mod cvss;
pub mod ecosystem;

mod json;
pub mod offline;
pub mod osv;
pub mod sarif;
pub mod table;
pub mod versions;
pub mod vex;
pub mod vulnerability;

use std::cmp::Ordering;

/// Stably sorted. By places, so that the machinery of sorting is in the module once, whatever is sorted.
fn sorted<T>(items: Vec<T>, compare: &dyn Fn(&T, &T) -> Ordering) -> Vec<T> {
    let mut places: Vec<usize> = (0..items.len()).collect();
    sort_places(&mut places, &|a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    places.into_iter().filter_map(|place| items.get_mut(place)?.take()).collect()
}

#[inline(never)]
fn sort_places(places: &mut [usize], compare: &dyn Fn(usize, usize) -> Ordering) {
    places.sort_by(|a, b| compare(*a, *b));
}
