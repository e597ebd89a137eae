//! The clock, and times in the user's zone and language.
//!
//! How long ago a time was is computed elsewhere, from the seconds that are given here. Natively, where only
//! tests draw views, the clock stands still and the zone is UTC.

/// What the clock shows natively: 2026-11-28 12:00 UTC.
#[cfg(not(target_arch = "wasm32"))]
const TEST_NOW: f64 = 1_795_867_200.0;

/// Seconds since 1970, now.
#[cfg(target_arch = "wasm32")]
pub fn now() -> f64 {
    js_sys::Date::now() / 1000.0
}

/// Seconds since 1970, now.
#[cfg(not(target_arch = "wasm32"))]
pub fn now() -> f64 {
    TEST_NOW
}

/// Date and time in the user's zone and language; empty for a time beyond the calendar.
#[cfg(target_arch = "wasm32")]
pub fn local_time(seconds: f64) -> String {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(seconds * 1000.0));
    if date.get_time().is_nan() {
        return String::new();
    }
    let options = js_sys::Object::new();
    for (name, value) in [("dateStyle", "medium"), ("timeStyle", "medium")] {
        // Setting a field of a new object cannot fail.
        let _ = js_sys::Reflect::set(&options, &name.into(), &value.into());
    }
    date.to_locale_string("default", &options).into()
}

/// Date and time: in UTC, for tests of views.
#[cfg(not(target_arch = "wasm32"))]
pub fn local_time(seconds: f64) -> String {
    let Some((year, month, day)) = local_day(seconds) else { return String::new() };
    let of_day = seconds.rem_euclid(86_400.0) as u32;
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// Year, month from 1, and day in the user's zone; `None` for a time beyond the calendar.
#[cfg(target_arch = "wasm32")]
pub fn local_day(seconds: f64) -> Option<(i64, u32, u32)> {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(seconds * 1000.0));
    (!date.get_time().is_nan())
        .then(|| (i64::from(date.get_full_year()), date.get_month() + 1, date.get_date()))
}

/// Year, month from 1, and day in UTC, for tests of views (Hinnant, "chrono-compatible low-level date
/// algorithms"); `None` for a time beyond the calendar.
#[cfg(not(target_arch = "wasm32"))]
pub fn local_day(seconds: f64) -> Option<(i64, u32, u32)> {
    if seconds.is_nan() || seconds.abs() > 8.64e12 {
        return None;
    }
    let days = (seconds / 86_400.0).floor() as i64 + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153; // months from March
    let day = (day_of_year - (153 * shifted + 2) / 5 + 1) as u32;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 } as u32;
    Some((year_of_era + era * 400 + i64::from(month <= 2), month, day))
}

#[test]
fn days_are_days_of_the_calendar() {
    for (seconds, day) in [
        (0.0, (1970, 1, 1)),
        (-1.0, (1969, 12, 31)),
        (951_782_400.0, (2000, 2, 29)),
        (TEST_NOW, (2026, 11, 28)),
    ] {
        assert_eq!(local_day(seconds), Some(day));
    }
    assert_eq!(local_time(TEST_NOW), "2026-11-28 12:00:00");
    assert_eq!(local_day(f64::NAN), None);
}
