//! JSON in which no object has a field twice: of such fields readers use the first, the last, or refuse them, so a
//! document that has them says something else to each reader.
//!
//! - Reads without keeping values; nesting is bounded by the parser.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;

/// Begins the words of the error, to tell it from those of the parser.
const MARK: &str = "repeated field ";

/// The first field that is there twice in one object. `None`: there is none in what can be read.
pub fn repeated_field(json: &[u8]) -> Option<String> {
    let words = serde_json::from_slice::<EachOnce>(json).err()?.to_string();
    let rest = words.strip_prefix(MARK)?;
    // The parser adds where it was.
    Some(rest.rsplit_once(" at line ").map_or(rest, |(name, _)| name).to_owned())
}

/// A value of any kind that satisfies this.
struct EachOnce;

impl<'de> Deserialize<'de> for EachOnce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<EachOnce, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = EachOnce;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<EachOnce, E> {
        Ok(EachOnce)
    }

    fn visit_i64<E>(self, _: i64) -> Result<EachOnce, E> {
        Ok(EachOnce)
    }

    fn visit_u64<E>(self, _: u64) -> Result<EachOnce, E> {
        Ok(EachOnce)
    }

    fn visit_f64<E>(self, _: f64) -> Result<EachOnce, E> {
        Ok(EachOnce)
    }

    fn visit_str<E>(self, _: &str) -> Result<EachOnce, E> {
        Ok(EachOnce)
    }

    fn visit_unit<E>(self) -> Result<EachOnce, E> {
        Ok(EachOnce)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<EachOnce, A::Error> {
        while list.next_element::<EachOnce>()?.is_some() {}
        Ok(EachOnce)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<EachOnce, A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if names.contains(&name) {
                return Err(A::Error::custom(format_args!("{MARK}{name}")));
            }
            names.insert(name);
            map.next_value::<EachOnce>()?;
        }
        Ok(EachOnce)
    }
}

#[test]
fn a_field_that_is_there_twice_is_named_however_deep_and_however_written() {
    for json in [
        r#"{"a": 1, "a": 1}"#,
        r#"[0, {"b": {"c": [{"a": null, "d": {}, "\u0061": 2.5}]}}]"#,
        r#"{"a": {"a": 1}, "b": true, "a": "x"}"#,
    ] {
        assert_eq!(repeated_field(json.as_bytes()).as_deref(), Some("a"), "{json}");
    }
    for json in [r#"{"a": {"a": [{"a": -1}, {"a": 1e3}]}}"#, "null", "[]", r#"{"a": 1"#, ""] {
        assert_eq!(repeated_field(json.as_bytes()), None, "{json}");
    }
    assert_eq!(repeated_field("[".repeat(1000).as_bytes()), None, "it cannot be read");
}
