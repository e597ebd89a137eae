//! A row of bytes: offset, hexadecimal, ASCII, and the byte at the cursor marked in both.

use leptos::prelude::*;

/// One row that is drawn. Two rows that are equal are drawn alike, so a row is drawn again only if it changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HexRow {
    pub row: u32,
    /// Offset of its first byte, and the digits that offsets have.
    pub offset: u64,
    pub digits: usize,
    /// Its bytes; `None`: not read yet.
    pub bytes: Option<Vec<u8>>,
    /// Number of its bytes, read or not.
    pub length: usize,
    /// The byte at the cursor.
    pub cursor: Option<usize>,
}

/// Characters before the byte at a place in a row: three for each, and one more in the middle of sixteen.
const fn before(place: usize) -> usize {
    place * 3 + (place / 8)
}

/// The byte of a row of `length` bytes at a part of its width in hexadecimal.
pub fn at_hex(fraction: f64, length: usize) -> Option<usize> {
    let last = length.checked_sub(1)?;
    let characters = (before(last) + 2) as f64;
    let at = (fraction.clamp(0.0, 1.0) * characters) as usize;
    (0..length).rev().find(|place| before(*place) <= at)
}

/// The same in ASCII.
pub fn at_ascii(fraction: f64, length: usize) -> Option<usize> {
    let last = length.checked_sub(1)?;
    Some(((fraction.clamp(0.0, 1.0) * length as f64) as usize).min(last))
}

/// A row's bytes in hexadecimal and in ASCII.
fn texts(bytes: Option<&[u8]>, length: usize) -> (String, String) {
    use std::fmt::Write;
    let (mut hex, mut ascii) = (String::new(), String::new());
    for place in 0..length {
        while hex.len() < before(place) {
            hex.push(' ');
        }
        match bytes.and_then(|bytes| bytes.get(place)) {
            Some(byte) => {
                let _ = write!(hex, "{byte:02x}"); // writing to a string cannot fail
                ascii.push(if (0x20..0x7f).contains(byte) { *byte as char } else { '.' });
            }
            None => {
                hex.push_str("..");
                ascii.push(' ');
            }
        }
    }
    (hex, ascii)
}

/// A text with one part marked.
fn marked(text: String, part: Option<(usize, usize)>) -> AnyView {
    let parts = part.and_then(|(start, length)| {
        Some((text.get(..start)?, text.get(start..start + length)?, text.get(start + length..)?))
    });
    match parts {
        Some((before, marked, after)) => view! {
            {before.to_owned()}<mark>{marked.to_owned()}</mark>{after.to_owned()}
        }
        .into_any(),
        None => text.into_any(),
    }
}

/// Draws a row.
#[component]
pub fn HexRowView(row: HexRow) -> AnyView {
    let HexRow { row, offset, digits, bytes, length, cursor } = row;
    let (hex, ascii) = texts(bytes.as_deref(), length);
    let unread = bytes.is_none();
    view! {
        <div class="hexrow" class:unread=unread data-line=row>
            <span class="ln">{format!("{offset:0digits$x}")}</span>
            <span class="hexes">{marked(hex, cursor.map(|place| (before(place), 2)))}</span>
            <span class="ascii">{marked(ascii, cursor.map(|place| (place, 1)))}</span>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_what_xxd_prints_in_groups_of_eight() {
        let (hex, ascii) = texts(Some(b"0123456789abcde\x7f"), 16);
        assert_eq!(hex, "30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 7f");
        assert_eq!(ascii, "0123456789abcde.");
        assert_eq!(texts(None, 2), (".. ..".to_owned(), "  ".to_owned()));
    }

    #[test]
    fn a_pointer_meets_the_byte_that_it_is_over() {
        let characters = 48.0;
        for (column, place) in [(0.5, 0), (1.5, 0), (3.5, 1), (22.5, 7), (25.5, 8), (47.5, 15)] {
            assert_eq!(at_hex(column / characters, 16), Some(place), "{column}");
        }
        assert_eq!((at_hex(2.0, 3), at_hex(-1.0, 3), at_hex(0.5, 0)), (Some(2), Some(0), None));
        assert_eq!(
            (at_ascii(0.99, 16), at_ascii(1.0, 16), at_ascii(0.0, 0)),
            (Some(15), Some(15), None)
        );
    }

    #[test]
    fn the_byte_at_the_cursor_is_marked_in_both() {
        let bytes = Some(b"a<b".to_vec());
        let row = HexRow { row: 1, offset: 16, digits: 8, bytes, length: 3, cursor: Some(1) };
        let html = crate::ui::testing::TestPage::new().render(|| view! { <HexRowView row /> });
        assert!(html.has("61 <mark>3c</mark> 62") && html.has("a<mark>&lt;</mark>b"), "{html}");
        assert!(html.text().starts_with("00000010"), "{html}");
    }
}
