//! What is evicted from the cache when something new needs room: the least recently used entries first.

/// An entry of the cache.
#[derive(Clone, Debug, PartialEq)]
pub struct CacheEntry {
    pub key: String,
    /// Bytes that it takes.
    pub size: u64,
    /// Time of its latest use, in milliseconds since 1970.
    pub used: f64,
}

/// The entries to evict so that `bytes` more fit below `limit`, in the order of eviction. If all of them are
/// not enough, all are evicted.
pub fn to_evict(mut entries: Vec<CacheEntry>, limit: u64, bytes: u64) -> Vec<CacheEntry> {
    entries.sort_by(|a, b| a.used.total_cmp(&b.used));
    let mut used = entries.iter().fold(bytes, |sum, entry| sum.saturating_add(entry.size));
    let count = entries.iter().take_while(|entry| {
        let too_much = used > limit;
        used = used.saturating_sub(entry.size);
        too_much
    });
    let count = count.count();
    entries.truncate(count);
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entries(list: &[(&str, u64, f64)]) -> Vec<CacheEntry> {
        let entry = |(key, size, used): &(&str, u64, f64)| CacheEntry {
            key: (*key).to_owned(),
            size: *size,
            used: *used,
        };
        list.iter().map(entry).collect()
    }

    #[test]
    fn the_least_recently_used_goes_first_and_no_more_than_must() {
        let kept = entries(&[("new", 40, 3.0), ("old", 30, 1.0), ("middle", 20, 2.0)]);
        for (limit, bytes, gone) in [
            (100, 10, vec![]),
            (100, 11, vec!["old"]),
            (100, 40, vec!["old"]),
            (100, 41, vec!["old", "middle"]),
            (100, 200, vec!["old", "middle", "new"]),
            (0, 0, vec!["old", "middle", "new"]),
        ] {
            let found: Vec<_> =
                to_evict(kept.clone(), limit, bytes).into_iter().map(|entry| entry.key).collect();
            assert_eq!(found, gone, "{bytes} more below {limit}");
        }
    }

    proptest! {
        #[test]
        fn what_stays_fits(sizes in prop::collection::vec((any::<u64>(), any::<f64>()), 0..9), limit: u64, bytes: u64) {
            let kept: Vec<_> = sizes.iter().map(|(size, used)| CacheEntry { key: String::new(), size: *size, used: *used }).collect();
            let gone = to_evict(kept.clone(), limit, bytes);
            let all: u128 = kept.iter().map(|entry| u128::from(entry.size)).sum();
            let went: u128 = gone.iter().map(|entry| u128::from(entry.size)).sum();
            let small = kept.iter().all(|entry| entry.size < 1 << 60);
            prop_assert!(!small || gone.len() == kept.len() || all - went + u128::from(bytes) <= u128::from(limit));
        }
    }
}
