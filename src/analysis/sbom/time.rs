//! The image's time as both formats want it: UTC, whole seconds, a `Z`.
//!
//! Source: RFC 3339, section 5.6; SPDX 2.3, clause 6.9 has no fractions and no offsets.

/// `2024-02-29T23:30:00.5-01:00` is `2024-03-01T00:30:00Z`; `None`: it is no time, or a year that four
/// digits don't hold.
pub fn utc(text: &str) -> Option<String> {
    let text = text.trim();
    let (date, time) = text.split_once(['T', 't', ' '])?;
    let [year, month, day] = numbers(date, '-')?;
    let zone = time.find(['Z', 'z', '+', '-'])?;
    let (clock, offset) = time.split_at_checked(zone)?;
    let clock = clock.split_once('.').map_or(clock, |(whole, _)| whole);
    let [hour, minute, second] = numbers(clock, ':')?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    // A leap second becomes the second before it.
    if !(1..=days).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let minutes = match offset.split_at_checked(1)? {
        ("Z" | "z", "") => 0,
        (sign, rest) => {
            let [hours, minutes] = numbers(rest, ':')?;
            if hours > 23 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * if sign == "-" { -1 } else { 1 }
        }
    };
    let day = days_of(year, month, day);
    let seconds = day * 86_400 + (hour * 60 + minute - minutes) * 60 + second.min(59);
    written(seconds)
}

/// Seconds since 1970 as RFC 3339; `None` for a year that four digits cannot hold.
pub fn written(seconds: i64) -> Option<String> {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Years begin in March, so that leap days come last; eras have 400 years.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    let holds = (0..=9999).contains(&year);
    holds.then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

/// Days since 1970.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, y) = (y.div_euclid(400), y.rem_euclid(400));
    era * 146_097 + 365 * y + y / 4 - y / 100 + (153 * m + 2) / 5 + day - 1 - 719_468
}

/// Exactly `N` numbers of at most four digits.
fn numbers<const N: usize>(text: &str, between: char) -> Option<[i64; N]> {
    let mut parts = text.split(between);
    let mut all = [0; N];
    for number in &mut all {
        let part = parts.next()?;
        let digits = (1..=4).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_digit());
        *number = part.parse().ok().filter(|_| digits)?;
    }
    parts.next().is_none().then_some(all)
}

#[test]
fn times_are_those_of_date() {
    // Right sides by `date -u -d LEFT +%FT%TZ`.
    for (given, want) in [
        ("2024-02-29T23:30:00.5-01:00", "2024-03-01T00:30:00Z"),
        ("2023-12-31T23:59:59.999999999Z", "2023-12-31T23:59:59Z"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("2000-01-01T05:29:59+05:30", "1999-12-31T23:59:59Z"),
        ("1900-03-01T00:00:00+14:00", "1900-02-28T10:00:00Z"),
    ] {
        assert_eq!(utc(given).as_deref(), Some(want), "{given}");
    }
    for none in [
        "",
        "2023",
        "2023-02-29T00:00:00Z",
        "2023-13-01T00:00:00Z",
        "2023-01-01T24:00:00Z",
        "2023-01-01T00:00:00",
        "0000-01-01T00:00:00+23:00",
        "2023-01-01T00:00:00+1",
        "é",
        "99999-01-01T00:00:00Z",
        "2023-01-01T00:00:00Zé",
    ] {
        assert_eq!(utc(none), None, "{none}");
    }
}
