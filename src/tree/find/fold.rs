//! Letters of either case.
//!
//! - Each character becomes its lower case (Unicode's simple rule: one character at a time, no language, no
//!   normalisation, so `ß` is not `SS`). Bytes that are not UTF-8 stay as they are.

/// The bytes in lower case.
pub fn fold(bytes: &[u8]) -> Vec<u8> {
    let mut folded = Vec::with_capacity(bytes.len());
    fold_onto(&mut folded, bytes);
    folded
}

/// Appends the bytes in lower case.
pub fn fold_onto(folded: &mut Vec<u8>, bytes: &[u8]) {
    if bytes.is_ascii() {
        let from = folded.len();
        folded.extend_from_slice(bytes);
        folded[from..].make_ascii_lowercase();
        return;
    }
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars().flat_map(char::to_lowercase) {
            folded.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        folded.extend_from_slice(chunk.invalid());
    }
}

#[test]
fn letters_of_every_script_have_a_lower_case() {
    for (given, want) in
        [("ADDuser", "adduser"), ("GRÜSSE", "grüsse"), ("ΑΘΗΝΑ", "αθηνα"), ("İ", "i\u{307}")]
    {
        assert_eq!(fold(given.as_bytes()), want.as_bytes());
    }
    assert_eq!(fold(b"A\xffB\xc3"), b"a\xffb\xc3");
}
