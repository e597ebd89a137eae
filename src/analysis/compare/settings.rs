//! The configurations of two images, field by field.
//!
//! - Fields are those of the `config` object, and `architecture`, `os`, `variant` and `author` beside it; values
//!   are as written.
//! - What builders write for "not set" is the same as an absent field: null, false, 0, an empty text, list or
//!   object.
//! - The order of `Env` counts, unless it is left out: a later value of a name wins over an earlier one.
//! - `Image` is left out: the ID of an intermediate image of a build, which follows from its time.

use crate::json;
use crate::oci::ImageConfig;
use crate::vocabulary::LeftOut;
use serde_json::{Map, Value};

/// A field that differs. Absent values are null.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangedSetting {
    pub field: String,
    pub a: Value,
    pub b: Value,
}

/// The fields that differ, sorted by name.
pub fn compare(a: &ImageConfig, b: &ImageConfig, without: LeftOut) -> Vec<ChangedSetting> {
    let (mut of_a, mut of_b) = (fields(a), fields(b));
    let mut names: Vec<String> = of_a.keys().chain(of_b.keys()).cloned().collect();
    names.sort_unstable();
    names.dedup();
    let changed = names.into_iter().filter_map(|field| {
        let value = |fields: &mut Map<String, Value>| fields.remove(&field).unwrap_or_default();
        let (a, b) = (value(&mut of_a), value(&mut of_b));
        let same_items = || without.order && field == "Env" && sorted(&a) == sorted(&b);
        let same = a == b || !is_set(&a) && !is_set(&b) || same_items();
        (!same && field != "Image").then_some(ChangedSetting { field, a, b })
    });
    changed.collect()
}

fn fields(config: &ImageConfig) -> Map<String, Value> {
    let raw = config.config.as_ref().map_or("null", |raw| raw.get());
    let mut fields = match json::from_text(raw) {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    };
    for (name, value) in [
        ("architecture", &config.architecture),
        ("os", &config.os),
        ("variant", &config.variant),
        ("author", &config.author),
    ] {
        if let Some(text) = value {
            fields.insert(name.to_owned(), Value::String(text.clone()));
        }
    }
    fields
}

/// The texts of a list in order; `None`: it is something else.
fn sorted(value: &Value) -> Option<Vec<&str>> {
    let mut items: Vec<&str> =
        value.as_array()?.iter().map(Value::as_str).collect::<Option<_>>()?;
    items.sort_unstable();
    Some(items)
}

fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(object) => !object.is_empty(),
    }
}

#[test]
fn fields_differ_by_value_and_what_is_not_set_is_absent() {
    let read = |json: &str| json::from_text::<ImageConfig>(json).unwrap();
    let a = read(
        r#"{"os":"linux","architecture":"amd64","created":"2024-01-01T00:00:00Z","config":{"User":"",
            "Env":["A=1"],"Labels":null,"Tty":false,"Image":"sha256:1","Cmd":["a","b"]}}"#,
    );
    let b = read(
        r#"{"os":"linux","architecture":"arm64","config":{"Env":["A=2"],"Labels":{},"Image":"sha256:2",
            "Cmd":["a","b"],"User":"app"}}"#,
    );
    let text = |setting: &ChangedSetting| format!("{} {} {}", setting.field, setting.a, setting.b);
    let changed: Vec<String> = compare(&a, &b, LeftOut::default()).iter().map(text).collect();
    assert_eq!(
        changed,
        [r#"Env ["A=1"] ["A=2"]"#, r#"User "" "app""#, r#"architecture "amd64" "arm64""#]
    );
    assert_eq!(compare(&a, &a, LeftOut::default()), []);
    let one = read(r#"{"config":{"Env":["A=1","B=2"],"Cmd":["a","b"]}}"#);
    let other = read(r#"{"config":{"Env":["B=2","A=1"],"Cmd":["b","a"]}}"#);
    let fields = |without| {
        let changed = compare(&one, &other, without);
        changed.into_iter().map(|setting| setting.field).collect::<Vec<_>>()
    };
    assert_eq!(fields(LeftOut::default()), ["Cmd", "Env"]);
    let without_order = LeftOut { order: true, ..LeftOut::default() };
    assert_eq!(fields(without_order), ["Cmd"], "the order of arguments always counts");
}
