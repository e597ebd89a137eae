//! Points in time, read from RFC 3339 and HTTP dates and written as UTC.
//!
//! Source: RFC 3339, section 5.6; RFC 9110, section 5.6.7 (IMF-fixdate); Hinnant, "chrono-compatible
//! low-level date algorithms", for the calendar.
//!
//! - Pure: the current time comes from the caller.
//! - Dates are in the proleptic Gregorian calendar, years 0000 to 9999. A leap second counts as the second
//!   before it.

use std::fmt;

/// Seconds per day.
const DAY: i64 = 86_400;
/// The first second of the year 0000, and of the year 10000.
const START: i64 = -62_167_219_200;
const END: i64 = 253_402_300_800;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;
/// Days in 400 years.
const ERA: i64 = 146_097;

/// A point in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z; negative before that.
    pub seconds: i64,
    /// Nanoseconds after `seconds`, fewer than 1,000,000,000.
    pub nanoseconds: u32,
}

impl Timestamp {
    /// A point of whole seconds since 1970.
    pub fn from_seconds(seconds: i64) -> Timestamp {
        Timestamp { seconds, nanoseconds: 0 }
    }

    /// Reads an RFC 3339 time such as `2024-02-29T23:30:00.5-01:00`; `None` if the text is none.
    pub fn from_rfc3339(text: &str) -> Option<Timestamp> {
        let (date, time) = text.trim().split_once(['T', 't', ' '])?;
        let [year, month, day] = numbers(date, '-')?;
        let (clock, zone) = time.split_at_checked(time.find(['Z', 'z', '+', '-'])?)?;
        let (clock, fraction) = match clock.split_once('.') {
            Some((clock, fraction)) => (clock, nanoseconds(fraction)?),
            None => (clock, 0),
        };
        let clock = clock_seconds(clock)?;
        let seconds = days(year, month, day)? * DAY + clock - zone_seconds(zone)?;
        Some(Timestamp { seconds, nanoseconds: fraction })
    }

    /// Reads an HTTP date in the form that servers must send: `Sun, 06 Nov 1994 08:49:37 GMT`.
    pub fn from_http_date(text: &str) -> Option<Timestamp> {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let words: Vec<&str> = text.split_once(", ")?.1.split(' ').collect();
        let [day, month, year, clock, "GMT"] = words[..] else { return None };
        let month = MONTHS.iter().position(|name| *name == month)? as i64 + 1;
        let days = days(number(year)?, month, number(day)?)?;
        Some(Timestamp::from_seconds(days * DAY + clock_seconds(clock)?))
    }

    /// In UTC and whole seconds, as RFC 3339: `2024-03-01T00:30:00Z`; `None` outside of the years 0000 to
    /// 9999.
    pub fn to_rfc3339(self) -> Option<String> {
        (START..END).contains(&self.seconds).then(|| self.to_string())
    }
}

impl fmt::Display for Timestamp {
    /// In UTC and whole seconds, as RFC 3339.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.seconds.div_euclid(DAY));
        let clock = self.seconds.rem_euclid(DAY);
        let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// Days from 1970-01-01 to a date, which must exist.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years that start in March have the leap day at their end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    Some(era * ERA + 365 * year + year / 4 - year / 100 + day_of_year - EPOCH)
}

/// Year, month and day of a day since 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH;
    let (era, day) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Seconds since midnight of `HH:MM:SS`.
fn clock_seconds(text: &str) -> Option<i64> {
    let [hour, minute, second] = numbers(text, ':')?;
    let valid = hour < 24 && minute < 60 && second <= 60;
    valid.then(|| hour * 3600 + minute * 60 + second.min(59))
}

/// Seconds by which a zone (`Z`, `+05:30`) is ahead of UTC.
fn zone_seconds(text: &str) -> Option<i64> {
    let (sign, rest) = text.split_at_checked(1)?;
    match (sign, rest) {
        ("Z" | "z", "") => Some(0),
        ("+" | "-", rest) => {
            let [hours, minutes] = numbers(rest, ':')?;
            let ahead = (hours * 60 + minutes) * 60;
            (hours < 24 && minutes < 60).then_some(if sign == "-" { -ahead } else { ahead })
        }
        _ => None,
    }
}

/// Nanoseconds of the digits after a decimal point; further digits are dropped.
fn nanoseconds(digits: &str) -> Option<u32> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{digits:0<9}").get(..9)?.parse().ok()
}

/// Exactly `N` numbers with this separator.
fn numbers<const N: usize>(text: &str, separator: char) -> Option<[i64; N]> {
    let mut parts = text.split(separator);
    let mut all = [0; N];
    for value in &mut all {
        *value = number(parts.next()?)?;
    }
    parts.next().is_none().then_some(all)
}

/// One to four digits, without a sign.
fn number(text: &str) -> Option<i64> {
    let digits = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_converted_to_utc() {
        // Right sides by `date -u -d LEFT +%FT%TZ`.
        for (given, want) in [
            ("2024-02-29T23:30:00.5-01:00", "2024-03-01T00:30:00Z"),
            ("2023-12-31T23:59:59.999999999Z", "2023-12-31T23:59:59Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
            ("9999-12-31T23:59:60Z", "9999-12-31T23:59:59Z"),
            ("2000-01-01T05:29:59+05:30", "1999-12-31T23:59:59Z"),
            ("1900-03-01 00:00:00+14:00", "1900-02-28T10:00:00Z"),
        ] {
            let time = Timestamp::from_rfc3339(given).and_then(Timestamp::to_rfc3339);
            assert_eq!(time.as_deref(), Some(want), "{given}");
        }
        let time = Timestamp::from_rfc3339("1969-12-31T23:59:59.25Z").unwrap();
        assert_eq!((time.seconds, time.nanoseconds), (-1, 250_000_000));
    }

    #[test]
    fn invalid_times_are_rejected() {
        for text in [
            "",
            "2023",
            "2023-02-29T00:00:00Z",
            "2023-13-01T00:00:00Z",
            "2023-01-01T24:00:00Z",
            "2023-01-01T00:00:00",
            "2023-01-01T00:00Z",
            "2023-01-01T00:00:00.Z",
            "2023-01-01T00:00:00+1",
            "2023-01-01T00:00:00+24:00",
            "+023-01-01T00:00:00Z",
            "é",
            "99999-01-01T00:00:00Z",
            "2023-01-01T00:00:00Zé",
        ] {
            assert_eq!(Timestamp::from_rfc3339(text), None, "{text}");
        }
        let before = Timestamp::from_rfc3339("0000-01-01T00:00:00+23:00").unwrap();
        assert_eq!(before.to_rfc3339(), None);
        assert_eq!(Timestamp::from_seconds(END).to_rfc3339(), None);
    }

    #[test]
    fn every_day_of_four_centuries_is_read_back() {
        for day in -ERA / 2..ERA / 2 {
            let time = Timestamp::from_seconds(day * DAY + 1);
            assert_eq!(Timestamp::from_rfc3339(&time.to_string()), Some(time));
        }
    }

    #[test]
    fn http_dates_are_read() {
        let time = Timestamp::from_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(time, Timestamp::from_rfc3339("1994-11-06T08:49:37Z"));
        // By `LC_ALL=C date -u -d 2001-MM-15 '+%a, %d %b %Y %T GMT'`.
        let middles = [
            "Mon, 15 Jan",
            "Thu, 15 Feb",
            "Thu, 15 Mar",
            "Sun, 15 Apr",
            "Tue, 15 May",
            "Fri, 15 Jun",
            "Sun, 15 Jul",
            "Wed, 15 Aug",
            "Sat, 15 Sep",
            "Mon, 15 Oct",
            "Thu, 15 Nov",
            "Sat, 15 Dec",
        ];
        for (month, middle) in (1..).zip(middles) {
            let time = Timestamp::from_http_date(&format!("{middle} 2001 23:59:58 GMT"));
            let same = Timestamp::from_rfc3339(&format!("2001-{month:02}-15T23:59:58Z"));
            assert_eq!((time, same.is_some()), (same, true), "{middle}");
        }
        for text in ["", "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 1994 08:49:37 GMT", "x"] {
            assert_eq!(Timestamp::from_http_date(text), None, "{text}");
        }
    }
}
