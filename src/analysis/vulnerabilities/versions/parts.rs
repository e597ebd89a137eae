//! Comparison and splitting that several version orders share.

use std::cmp::Ordering;

/// Compares numbers in ASCII digits, of any length; an empty one is zero.
pub fn compare_numbers(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Whether a text has only digits, and at least one.
pub fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Splits off the numbers at the start, separated by dots, and a dot after the last one.
pub fn split_numbers(text: &str) -> (Vec<&str>, &str) {
    let mut rest = text;
    let mut numbers = Vec::new();
    loop {
        let (number, after) = split_while(rest, u8::is_ascii_digit);
        if number.is_empty() {
            break;
        }
        numbers.push(number);
        rest = after;
        match after.strip_prefix('.') {
            Some(after) => rest = after,
            None => break,
        }
    }
    (numbers, rest)
}

/// Splits off the longest prefix whose bytes all satisfy `such`.
pub fn split_while(text: &str, such: impl Fn(&u8) -> bool) -> (&str, &str) {
    let end = text.bytes().take_while(such).count();
    // Callers match ASCII bytes only, so this is a character boundary.
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Compares two lists element by element; `missing` stands for those that the shorter list lacks.
pub fn compare_padded<T: Copy>(
    a: &[T],
    b: &[T],
    missing: T,
    compare: impl Fn(T, T) -> Ordering,
) -> Ordering {
    let length = a.len().max(b.len());
    let part = |list: &[T], at: usize| list.get(at).copied().unwrap_or(missing);
    let orders = (0..length).map(|at| compare(part(a, at), part(b, at)));
    orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}
