//! Numbers, numbers of things, and shares of a whole.

use crate::text::grouped;

/// `9,412`.
pub fn count(number: u64) -> String {
    grouped(number)
}

/// `1 layer`, `2 layers`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// `part` in thousandths of `all`, rounded; 0 if `all` is 0, never more than 1000.
fn permille(part: u64, all: u64) -> u64 {
    match all {
        0 => 0,
        _ => ((u128::from(part.min(all)) * 1000 + u128::from(all) / 2) / u128::from(all)) as u64,
    }
}

/// The width of a bar: `61.9%`.
pub fn width(part: u64, all: u64) -> String {
    tenths(permille(part, all))
}

/// As `width`, but anything above 0 is visible.
pub fn seen_width(part: u64, all: u64) -> String {
    let least = if part > 0 { 10 } else { 0 };
    tenths(permille(part, all).max(least))
}

fn tenths(permille: u64) -> String {
    format!("{}.{}%", permille / 10, permille % 10)
}

/// `62 %`, `0.4 %`, `0 %`; anything above 0 is at least `<0.1 %`.
pub fn percent_text(part: u64, all: u64) -> String {
    match permille(part, all) {
        0 if part > 0 => "<0.1 %".to_owned(),
        0 => "0 %".to_owned(),
        n @ ..100 => format!("{}.{} %", n / 10, n % 10),
        n => format!("{} %", (n + 5) / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_between_nothing_and_everything() {
        for (part, all, words, wide) in [
            (0, 0, "0 %", "0.0%"),
            (0, 5, "0 %", "0.0%"),
            (1, 1_000_000, "<0.1 %", "0.0%"),
            (4, 1000, "0.4 %", "0.4%"),
            (99, 1000, "9.9 %", "9.9%"),
            (619, 1000, "62 %", "61.9%"),
            (u64::MAX, u64::MAX, "100 %", "100.0%"),
            (7, 5, "100 %", "100.0%"),
        ] {
            assert_eq!(
                (percent_text(part, all).as_str(), width(part, all).as_str()),
                (words, wide)
            );
        }
        assert_eq!(seen_width(1, 1_000_000), "1.0%");
        assert_eq!(seen_width(0, 1_000_000), "0.0%");
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(counted(1, "layer", "layers"), "1 layer");
        assert_eq!(counted(1_000, "layer", "layers"), "1,000 layers");
    }
}
