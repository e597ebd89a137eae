//! Values of terms as text, both ways: sizes, days, bounds.
//!
//! - Units are decimal, as everywhere in this program: `k` is 1,000 bytes.

use crate::find::Bounds;
use crate::time::Timestamp;

const DAY: i64 = 86_400;
const UNITS: [(char, u64); 5] = [
    ('P', 1_000_000_000_000_000),
    ('T', 1_000_000_000_000),
    ('G', 1_000_000_000),
    ('M', 1_000_000),
    ('k', 1000),
];

/// `>V`, `<V`, `V..V` or `V`. `None` for anything else, and for bounds that run backwards.
pub fn bounds<T: PartialOrd>(text: &str, value: fn(&str) -> Option<T>) -> Option<Bounds<T>> {
    if let Some(text) = text.strip_prefix('>') {
        return value(text).map(Bounds::Over);
    }
    if let Some(text) = text.strip_prefix('<') {
        return value(text).map(Bounds::Under);
    }
    match text.split_once("..") {
        Some((low, high)) => {
            let (low, high) = (value(low)?, value(high)?);
            (low <= high).then_some(Bounds::Between(low, high))
        }
        None => value(text).map(Bounds::Is),
    }
}

/// The text that `bounds` reads.
pub fn bounds_text<T: Copy>(bounds: &Bounds<T>, text: fn(T) -> String) -> String {
    match *bounds {
        Bounds::Is(value) => text(value),
        Bounds::Over(low) => format!(">{}", text(low)),
        Bounds::Under(high) => format!("<{}", text(high)),
        Bounds::Between(low, high) => format!("{}..{}", text(low), text(high)),
    }
}

/// Bytes: `1500`, `1.5M`, `10MB`. A part of a byte is dropped.
pub fn size(text: &str) -> Option<u64> {
    let text = text.strip_suffix(['b', 'B']).unwrap_or(text);
    let unit = |c: char| UNITS.iter().find(|(unit, _)| unit.eq_ignore_ascii_case(&c));
    let (digits, factor) = match text.chars().last().and_then(unit) {
        Some((_, factor)) => (&text[..text.len() - 1], *factor),
        None => (text, 1),
    };
    let (whole, part) = match digits.split_once('.') {
        Some((whole, part)) if factor > 1 && part.len() <= 15 => {
            (whole, number(part).map(|n| (n, part.len()))?)
        }
        Some(_) => return None,
        None => (digits, (0, 0)),
    };
    let part = u128::from(part.0) * u128::from(factor) / 10u128.pow(part.1 as u32);
    u64::try_from(u128::from(number(whole)?) * u128::from(factor) + part).ok()
}

/// The shortest text that `size` reads as exactly these bytes.
pub fn size_text(bytes: u64) -> String {
    let exact = UNITS.iter().find(|(_, factor)| bytes > 0 && bytes.is_multiple_of(*factor));
    exact.map_or_else(|| bytes.to_string(), |(unit, factor)| format!("{}{unit}", bytes / factor))
}

/// Digits only, because `parse` would accept a sign.
pub fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// A day since 1970-01-01: `2024-02-29`.
pub fn day(text: &str) -> Option<i64> {
    let shape = text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    let time = Timestamp::from_rfc3339(&format!("{text}T00:00:00Z")).filter(|_| shape)?;
    Some(day_of(time.seconds))
}

/// The day (UTC) of a second since 1970.
pub fn day_of(seconds: i64) -> i64 {
    seconds.div_euclid(DAY)
}

/// The text that `day` reads.
pub fn day_text(day: i64) -> String {
    let mut text = Timestamp::from_seconds(day * DAY).to_string();
    text.truncate(10);
    text
}

#[test]
fn sizes_have_decimal_units() {
    for (text, want) in [
        ("0", Some(0)),
        ("1500", Some(1500)),
        ("1k", Some(1000)),
        ("1.5M", Some(1_500_000)),
        ("0.0015k", Some(1)),
        ("10MB", Some(10_000_000)),
        ("10mb", Some(10_000_000)),
        ("7B", Some(7)),
        ("18446744073709551615", Some(u64::MAX)),
        ("18447P", None),
        ("1.5", None),
        ("1.k", None),
        (".5k", None),
        ("1KiB", None),
        ("-1", None),
        ("+1", None),
        ("k", None),
        ("", None),
    ] {
        assert_eq!(size(text), want, "{text}");
    }
    assert_eq!([0, 999, 1000, 1_500_000, 2_000_000].map(size_text).join(" "), "0 999 1k 1500k 2M");
}

#[test]
fn days_are_utc() {
    assert_eq!(day("1970-01-02"), Some(1));
    assert_eq!(day("1969-12-31"), Some(-1));
    assert_eq!(day_of(-1), -1);
    for text in ["2024-02-30", "2024-2-29", "2024-02-29T00", "20240229", "02024-02-9"] {
        assert_eq!(day(text), None, "{text}");
    }
    assert_eq!(day("2024-02-29").map(day_text).as_deref(), Some("2024-02-29"));
}
