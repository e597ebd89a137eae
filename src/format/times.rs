//! Times and ages.
//!
//! Source: docker/go-units for `HumanDuration`.

use crate::time::Timestamp;

/// `3 weeks ago`, as Docker's `HumanDuration` writes it; `in 3 weeks` for the future.
pub fn ago(seconds: f64) -> String {
    let text = duration(seconds.abs());
    if seconds < 0.0 { format!("in {}", text.to_ascii_lowercase()) } else { format!("{text} ago") }
}

fn duration(seconds: f64) -> String {
    let whole = |n: f64, one: &str, many: &str| {
        if n as u64 == 1 { format!("1 {one}") } else { format!("{} {many}", n as u64) }
    };
    let hours = (seconds / 3600.0).round();
    match seconds {
        s if s < 1.0 => "Less than a second".to_owned(),
        s if s < 60.0 => whole(s, "second", "seconds"),
        s if s < 120.0 => "About a minute".to_owned(),
        s if s < 3600.0 => whole(s / 60.0, "minute", "minutes"),
        _ if hours < 2.0 => "About an hour".to_owned(),
        _ if hours < 48.0 => whole(hours, "hour", "hours"),
        _ if hours < 24.0 * 7.0 * 2.0 => whole(hours / 24.0, "day", "days"),
        _ if hours < 24.0 * 30.0 * 2.0 => whole(hours / 24.0 / 7.0, "week", "weeks"),
        _ if hours < 24.0 * 365.0 * 2.0 => whole(hours / 24.0 / 30.0, "month", "months"),
        _ => whole(hours / 24.0 / 365.0, "year", "years"),
    }
}

/// Seconds since 1970 of an RFC 3339 time, to the millisecond; `None` for anything else and for Go's zero time.
pub fn instant(text: &str) -> Option<f64> {
    /// 0002-01-01T00:00:00Z.
    const YEAR_2: i64 = -62_104_060_800;
    let time = Timestamp::from_rfc3339(text).filter(|time| time.seconds >= YEAR_2)?;
    Some(time.seconds as f64 + f64::from(time.nanoseconds / 1_000_000) / 1000.0)
}

/// A date without a time, `12 Nov 2026`; `month` counts from 1.
pub fn date(year: i64, month: u32, day: u32) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    format!("{day} {} {year}", MONTHS[(month.clamp(1, 12) - 1) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_written_as_docker_does() {
        let (hour, day) = (3600.0, 86400.0);
        for (seconds, want) in [
            (0.2, "Less than a second ago"),
            (1.0, "1 second ago"),
            (59.0, "59 seconds ago"),
            (60.0, "About a minute ago"),
            (150.0, "2 minutes ago"),
            (hour, "About an hour ago"),
            (2.0 * hour, "2 hours ago"),
            (47.0 * hour, "47 hours ago"),
            (3.0 * day, "3 days ago"),
            (21.0 * day, "3 weeks ago"),
            (90.0 * day, "3 months ago"),
            (800.0 * day, "2 years ago"),
            (-3.0 * day, "in 3 days"),
        ] {
            assert_eq!(ago(seconds), want);
        }
    }

    #[test]
    fn time_zones_are_respected() {
        for (text, want) in [
            ("1970-01-01T00:00:00Z", Some(0.0)),
            ("2026-11-12T13:14:15Z", Some(1_794_489_255.0)),
            ("2026-11-12T14:14:15.5+01:00", Some(1_794_489_255.5)),
            ("2026-11-12T08:14:15-05:00", Some(1_794_489_255.0)),
            ("2024-02-29T00:00:00Z", Some(1_709_164_800.0)),
            ("0001-01-01T00:00:00Z", None),
            ("2026-13-01T00:00:00Z", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(instant(text), want, "{text}");
        }
    }
}
