//! Lenient reading of JSON: a null is an absent key, as in Go's decoder, and long lists are cut.

use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// The first `N` items of a list; the rest is read but not kept.
#[derive(Debug)]
pub struct AtMost<T, const N: usize>(pub Vec<T>);

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for AtMost<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<AtMost<T, N>, D::Error> {
        deserializer.deserialize_seq(Items(PhantomData))
    }
}

/// Reads a null as an absent key.
pub fn null_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

struct Items<T, const N: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for Items<T, N> {
    type Value = AtMost<T, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<AtMost<T, N>, A::Error> {
        let mut items = Vec::new();
        while items.len() < N
            && let Some(item) = list.next_element()?
        {
            items.push(item);
        }
        if items.len() == N {
            while list.next_element::<IgnoredAny>()?.is_some() {}
        }
        Ok(AtMost(items))
    }
}

#[test]
fn items_beyond_the_limit_are_read_but_not_kept() {
    let read = |text| serde_json::from_str::<AtMost<u8, 2>>(text).map(|list| list.0).ok();
    assert_eq!(read("[]"), Some(vec![]));
    assert_eq!(read("[1,2]"), Some(vec![1, 2]));
    assert_eq!(read("[1,2,\"three\",[4]]"), Some(vec![1, 2]));
    assert_eq!(read("[1,2,3"), None);
}
