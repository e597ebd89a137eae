//! UTF-16 text as bytes: Windows writes it, with a byte order mark first.
//!
//! Source: RFC 2781. Secrets are ASCII: any other character becomes `?`.

/// Reads UTF-16 in pieces.
pub struct WideText {
    big_endian: bool,
    /// The first byte of a character whose second one is in the next piece.
    half: Option<u8>,
}

impl WideText {
    /// For a text that begins so; `None` if it has no byte order mark.
    pub fn of(head: &[u8]) -> Option<WideText> {
        let big_endian = match head {
            [0xff, 0xfe, ..] => false,
            [0xfe, 0xff, ..] => true,
            _ => return None,
        };
        Some(WideText { big_endian, half: None })
    }

    /// The next piece in single bytes.
    pub fn narrow(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len() / 2 + 1);
        for byte in bytes {
            let Some(first) = self.half.take() else {
                self.half = Some(*byte);
                continue;
            };
            let (high, low) = if self.big_endian { (first, *byte) } else { (*byte, first) };
            out.push(if high == 0 && low.is_ascii() { low } else { b'?' });
        }
        out
    }
}

#[test]
fn characters_are_read_wherever_pieces_end() {
    let text = "a = \"ü€\"\r\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (mark, bytes) in [([0xff, 0xfe], little), ([0xfe, 0xff], big)] {
        for piece in [1, 3, 100] {
            let mut wide = WideText::of(&mark).unwrap();
            let read: Vec<u8> = bytes.chunks(piece).flat_map(|piece| wide.narrow(piece)).collect();
            assert_eq!(String::from_utf8_lossy(&read), "a = \"??\"\r\n");
        }
    }
    assert!(WideText::of(b"\0a").is_none());
}
