//! Offsets: written by the user, and moved by keys.

/// The offset after a key in a file of `size` bytes; `None` for another key. `with_control`: Ctrl or ⌘ is held.
pub fn after_key(
    key: &str,
    with_control: bool,
    at: u64,
    size: u64,
    row: u64,
    page_rows: u64,
) -> Option<u64> {
    let last = size.checked_sub(1)?;
    let page = row.saturating_mul(page_rows);
    // Up and down keep the column: where there is no such place, the cursor stays.
    let up = |by: u64| at.checked_sub(by).unwrap_or(at % row);
    let down = |by: u64| match at.saturating_add(by) {
        to if to <= last => to,
        _ if by > row => last,
        _ => at,
    };
    Some(match (key, with_control) {
        ("ArrowLeft", false) => at.saturating_sub(1),
        ("ArrowRight", false) => (at + 1).min(last),
        ("ArrowUp", false) => up(row),
        ("ArrowDown", false) => down(row),
        ("PageUp", false) => up(page),
        ("PageDown", false) => down(page),
        ("Home", false) => at - at % row,
        ("End", false) => (at - at % row).saturating_add(row - 1).min(last),
        ("Home", true) => 0,
        ("End", true) => last,
        _ => return None,
    })
}

/// An offset as it is written: decimal, `0x` before hexadecimal, `-` before what counts from the end. Blanks, `_` and `,`
/// group digits.
pub fn read_offset(text: &str, size: u64) -> Option<u64> {
    let text: String = text.chars().filter(|one| !matches!(one, '_' | ',' | ' ')).collect();
    let (from_end, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, &text[..]),
    };
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let digits = hexadecimal.unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let radix = if hexadecimal.is_some() { 16 } else { 10 };
    let number = u64::from_str_radix(digits, radix).ok()?;
    let offset = if from_end { size.checked_sub(number)? } else { number };
    (offset < size).then_some(offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_the_cursor_and_stop_at_the_ends() {
        let after = |key, at| after_key(key, false, at, 100, 16, 2).unwrap();
        assert_eq!(["ArrowLeft", "ArrowUp", "Home", "PageUp"].map(|key| after(key, 0)), [0; 4]);
        assert_eq!([after("ArrowRight", 99), after("PageDown", 99), after("End", 99)], [99; 3]);
        assert_eq!(
            (after("ArrowDown", 5), after("ArrowUp", 21), after("ArrowDown", 90)),
            (21, 5, 90)
        );
        assert_eq!((after("PageDown", 5), after("PageUp", 20), after("PageDown", 80)), (37, 4, 99));
        assert_eq!((after("Home", 37), after("End", 37)), (32, 47));
        assert_eq!(after_key("End", true, 3, 100, 16, 2), Some(99));
        assert_eq!(after_key("Home", true, 3, 100, 16, 2), Some(0));
        assert_eq!(after_key("x", false, 3, 100, 16, 2), None);
        assert_eq!(after_key("End", true, 0, 0, 16, 2), None, "an empty file has no place");
    }

    #[test]
    fn offsets_are_decimal_hexadecimal_or_from_the_end() {
        assert_eq!(read_offset("1_000", 2000), Some(1000));
        assert_eq!(read_offset(" 0x1F ", 2000), Some(31));
        assert_eq!(read_offset("-1", 2000), Some(1999));
        assert_eq!(read_offset("-0x10", 2000), Some(1984));
        for bad in ["", "-", "0x", "1f", "+5", "2000", "-0", "-2001", "99999999999999999999", "é"]
        {
            assert_eq!(read_offset(bad, 2000), None, "{bad}");
        }
    }
}
