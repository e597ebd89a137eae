//! Lenient reading of JSON: a null is an absent key or item, as in Go's decoder; long lists are cut; what
//! cannot be read costs itself and is named, not its neighbours.

use crate::json;
use crate::text::{beginning, start_of};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// Faults of one document that are kept.
const MAX_FAULTS: usize = 20;
/// Bytes of an unreadable part that messages show.
const SHOWN: usize = 100;

/// A part of a document: a value of an object, an item of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Part<T> {
    /// Not there, or null.
    #[default]
    Absent,
    Read(T),
    Unread(UnreadPart),
}

/// Why a part could not be read, and how its text begins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnreadPart {
    pub error: String,
    pub text: String,
}

/// A part of a document that could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Where it is: `manifests[1].annotations.name`.
    pub place: String,
    pub unread: UnreadPart,
}

/// The faults of a document, collected on the way through it.
#[derive(Debug, Default)]
pub struct Faults {
    /// The place that is being read.
    path: Vec<String>,
    list: Vec<Fault>,
}

/// A document of which parts can be left out.
pub trait LenientDocument: Sized {
    /// Reads it; what cannot be read of it is added to the faults.
    fn read(json: &[u8], faults: &mut Faults) -> Result<Self, serde_json::Error>;

    /// Reads it with its faults.
    fn with_faults(json: &[u8]) -> Result<(Self, Vec<Fault>), serde_json::Error> {
        let mut faults = Faults::default();
        Ok((Self::read(json, &mut faults)?, faults.into_list()))
    }
}

/// A list without the items beyond the first `N`.
pub type Items<T, const N: usize> = Part<AtMost<Part<T>, N>>;

/// A map of texts.
pub type Texts = Part<BTreeMap<String, Part<String>>>;

impl<T> Part<T> {
    /// What was read.
    pub fn read(self) -> Option<T> {
        match self {
            Part::Read(value) => Some(value),
            Part::Absent | Part::Unread(_) => None,
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Part<T>, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(match json::from_text::<Option<T>>(raw.get()) {
            Ok(Some(value)) => Part::Read(value),
            Ok(None) => Part::Absent,
            Err(error) => Part::Unread(UnreadPart::new(error.to_string(), raw.get())),
        })
    }
}

impl UnreadPart {
    /// `text` is what is there.
    pub fn new(error: String, text: &str) -> UnreadPart {
        // Where it is in the part itself, nobody sees.
        let error = error.split(" at line ").next().unwrap_or_default().to_owned();
        let text = start_of(text, SHOWN).into_owned();
        UnreadPart { error, text }
    }
}

impl Faults {
    /// What was found.
    pub fn into_list(self) -> Vec<Fault> {
        self.list
    }

    /// Goes to a value of the object at the current place.
    pub fn within<R>(&mut self, key: &str, read: impl FnOnce(&mut Faults) -> R) -> R {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.step(format!("{dot}{}", beginning(key, SHOWN)), read)
    }

    /// Goes to an item of the list at the current place.
    pub fn at<R>(&mut self, position: usize, read: impl FnOnce(&mut Faults) -> R) -> R {
        self.step(format!("[{position}]"), read)
    }

    fn step<R>(&mut self, step: String, read: impl FnOnce(&mut Faults) -> R) -> R {
        self.path.push(step);
        let result = read(self);
        self.path.pop();
        result
    }

    /// The current place cannot be read.
    pub fn add(&mut self, unread: UnreadPart) {
        if self.list.len() < MAX_FAULTS {
            self.list.push(Fault { place: self.path.concat(), unread });
        }
    }

    /// The part at the current place.
    pub fn here<T>(&mut self, part: Part<T>) -> Option<T> {
        match part {
            Part::Absent => None,
            Part::Read(value) => Some(value),
            Part::Unread(unread) => {
                self.add(unread);
                None
            }
        }
    }

    /// A value of the object at the current place.
    pub fn value<T>(&mut self, key: &str, part: Part<T>) -> Option<T> {
        self.within(key, |faults| faults.here(part))
    }

    /// The parts of a list, which is a value of the object at the current place.
    pub fn items<T, const N: usize>(&mut self, key: &str, items: Items<T, N>) -> Vec<Part<T>> {
        self.value(key, items).map(|items| items.0).unwrap_or_default()
    }

    /// A map of texts, which is a value of the object at the current place.
    pub fn texts(&mut self, key: &str, texts: Texts) -> BTreeMap<String, String> {
        let parts = self.value(key, texts).unwrap_or_default();
        self.within(key, |faults| {
            let read = |(name, part): (String, Part<String>)| {
                let text = faults.value(&name, part)?;
                Some((name, text))
            };
            parts.into_iter().filter_map(read).collect()
        })
    }
}

/// The first `N` items of a list; the rest is read but not kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AtMost<T, const N: usize>(pub Vec<T>);

/// A list of which at most `N` items are read, for a field.
pub fn at_most<'de, D, T, const N: usize>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    AtMost::<T, N>::deserialize(deserializer).map(|list| list.0)
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for AtMost<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<AtMost<T, N>, D::Error> {
        deserializer.deserialize_seq(ItemVisitor(PhantomData))
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

struct ItemVisitor<T, const N: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for ItemVisitor<T, N> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[test]
    fn items_beyond_the_limit_are_read_but_not_kept() {
        let read = |text| json::from_text::<AtMost<u8, 2>>(text).map(|list| list.0).ok();
        assert_eq!(read("[]"), Some(vec![]));
        assert_eq!(read("[1,2]"), Some(vec![1, 2]));
        assert_eq!(read("[1,2,\"three\",[4]]"), Some(vec![1, 2]));
        assert_eq!(read("[1,2,3"), None);
    }

    #[test]
    fn what_cannot_be_read_costs_itself_and_is_named() {
        #[derive(Deserialize)]
        #[serde(default)]
        #[derive(Default)]
        struct Whole {
            number: Part<u8>,
            list: Items<u8, 9>,
            texts: Texts,
        }
        let json = r#"{"number":"seven","list":[1,null,"two",3],"other":[],
                       "texts":{"a":"A","b":null,"c":{"d":1},"e":"E"}}"#;
        let whole: Whole = json::from_text(json).unwrap();
        let mut faults = Faults::default();
        assert_eq!(faults.value("number", whole.number), None);
        let list = faults.items("list", whole.list);
        let list = faults.within("list", |faults| {
            let parts = list.into_iter().enumerate();
            parts.filter_map(|(at, part)| faults.at(at, |f| f.here(part))).collect::<Vec<_>>()
        });
        assert_eq!(list, [1, 3]);
        let texts = faults.texts("texts", whole.texts);
        assert_eq!(
            texts.into_iter().collect::<Vec<_>>(),
            [("a", "A"), ("e", "E")].map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
        let faults = faults.into_list();
        let places: Vec<_> = faults.iter().map(|fault| &fault.place[..]).collect();
        assert_eq!(places, ["number", "list[2]", "texts.c"]);
        assert_eq!(faults[0].unread.text, "\"seven\"");
        assert_eq!(faults[0].unread.error, "invalid type: string \"seven\", expected u8");
    }

    #[test]
    fn long_texts_and_long_lists_of_faults_are_cut() {
        let unread = UnreadPart::new("wrong".into(), &"ä".repeat(200));
        assert!(unread.text.len() <= SHOWN + "…".len() && unread.text.ends_with('…'));
        let mut faults = Faults::default();
        (0..1000).for_each(|_| faults.add(unread.clone()));
        assert_eq!(faults.into_list().len(), MAX_FAULTS);
    }
}
