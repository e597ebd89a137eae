//! Tables, trees and lists under the keyboard: which row a key leads to.

/// The row that a key leads to from `row`, of so many `rows`; `None` for keys that do not move. `page`: rows that fit
/// the screen.
pub fn row_after(key: &str, row: u32, rows: u32, page: u32) -> Option<u32> {
    let last = rows.checked_sub(1)?;
    let next = match key {
        "ArrowDown" => row.saturating_add(1),
        "ArrowUp" => row.saturating_sub(1),
        "PageDown" => row.saturating_add(page),
        "PageUp" => row.saturating_sub(page),
        "Home" => 0,
        "End" => last,
        _ => return None,
    };
    Some(next.min(last))
}

#[test]
fn keys_stay_within_the_rows() {
    for (key, row, want) in [
        ("ArrowDown", 3, Some(4)),
        ("ArrowDown", 99, Some(99)),
        ("ArrowUp", 0, Some(0)),
        ("PageDown", 95, Some(99)),
        ("PageUp", 12, Some(2)),
        ("Home", 50, Some(0)),
        ("End", 0, Some(99)),
        ("ArrowUp", u32::MAX, Some(99)),
        ("x", 3, None),
    ] {
        assert_eq!(row_after(key, row, 100, 10), want, "{key} {row}");
    }
    assert_eq!(row_after("End", 0, 0, 10), None);
}
