//! The order of everything here: the largest first.
//!
//! - One sort serves all lists: each further one is kilobytes of the engine.

/// The positions of sizes, the largest first; of equal ones the first.
pub(super) fn largest_first(sizes: impl Iterator<Item = u64>) -> impl Iterator<Item = usize> {
    let mut order: Vec<(u64, u32)> = sizes.map(|size| u64::MAX - size).zip(0..).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, at)| at as usize)
}
