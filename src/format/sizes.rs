//! Sizes in bytes.
//!
//! Decimal units, three significant digits. Source: docker/go-units for `HumanSize`.

use crate::text::byte_count;

const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

/// `1.98 MB`: three significant digits, with trailing zeros, so that columns of sizes are even.
pub fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    // Rounding decides the unit, so that there is never `1000 kB`.
    let mut divisor = 1u128;
    for unit in &UNITS[1..] {
        divisor *= 1000;
        let rounded = |factor: u128| (u128::from(bytes) * factor + divisor / 2) / divisor;
        match (rounded(100), rounded(10), rounded(1)) {
            (n @ ..1000, ..) => return format!("{}.{:02} {unit}", n / 100, n % 100),
            (_, n @ ..1000, _) => return format!("{}.{} {unit}", n / 10, n % 10),
            (.., n @ ..1000) => return format!("{n} {unit}"),
            _ => {}
        }
    }
    format!("{bytes} B") // no u64 exceeds the last unit
}

/// `+1.98 MB`, `−411 B`, `0 B`.
pub fn signed_size(bytes: i64) -> String {
    let sign = match bytes {
        0 => "",
        1.. => "+",
        _ => "−",
    };
    format!("{sign}{}", size(bytes.unsigned_abs()))
}

/// `8,214 bytes`.
pub fn exact_size(bytes: u64) -> String {
    byte_count(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits_and_never_round_to_a_thousand() {
        for (bytes, shown) in [
            (0, "0 B"),
            (411, "411 B"),
            (999, "999 B"),
            (1_000, "1.00 kB"),
            (8_214, "8.21 kB"),
            (99_949, "99.9 kB"),
            (99_950, "100 kB"),
            (999_499, "999 kB"),
            (999_500, "1.00 MB"),
            (1_980_000, "1.98 MB"),
            (47_000_000, "47.0 MB"),
            (188_400_000, "188 MB"),
            (1_240_000_000, "1.24 GB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(size(bytes), shown);
        }
        assert_eq!(signed_size(-12_400_000), "−12.4 MB");
        assert_eq!(signed_size(i64::MIN), "−9.22 EB");
        assert_eq!(exact_size(8_214), "8,214 bytes");
    }
}
