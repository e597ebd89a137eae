//! Pictures: which form a file has, and how large it says to be. Nothing is decoded.
//!
//! Source: PNG (RFC 2083, 11.2.2), JPEG (ITU-T T.81, B.2.2), GIF89a, WebP (RFC 9649, sections 2.5 to 2.7), SVG 2.

/// Segments of a JPEG that are passed before its size.
const MOST_SEGMENTS: usize = 1_000;

/// Bytes in which an SVG has its first element, if it is one.
const SVG_HEAD: usize = 4 << 10;

/// A form that browsers draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureForm {
    Png,
    Jpeg,
    Gif,
    WebP,
    Svg,
}

impl PictureForm {
    /// The form of a file, by its first bytes.
    pub fn of(head: &[u8]) -> Option<PictureForm> {
        match head {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(PictureForm::Png),
            [0xff, 0xd8, 0xff, ..] => Some(PictureForm::Jpeg),
            [b'G', b'I', b'F', b'8', ..] => Some(PictureForm::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
                Some(PictureForm::WebP)
            }
            _ => is_svg(head).then_some(PictureForm::Svg),
        }
    }

    /// For the browser.
    pub fn media_type(self) -> &'static str {
        match self {
            PictureForm::Png => "image/png",
            PictureForm::Jpeg => "image/jpeg",
            PictureForm::Gif => "image/gif",
            PictureForm::WebP => "image/webp",
            PictureForm::Svg => "image/svg+xml",
        }
    }
}

/// Width and height in pixels that a file says to have; `None`: not said in these bytes, as an SVG never does.
pub fn pixels(bytes: &[u8]) -> Option<(u32, u32)> {
    match PictureForm::of(bytes)? {
        PictureForm::Png => Some((u32_be(bytes, 16)?, u32_be(bytes, 20)?)),
        PictureForm::Jpeg => jpeg(bytes),
        PictureForm::Gif => Some((u16_le(bytes, 6)?, u16_le(bytes, 8)?)),
        PictureForm::WebP => webp(bytes),
        PictureForm::Svg => None,
    }
}

/// An element `svg` after declarations and comments.
fn is_svg(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&head[..head.len().min(SVG_HEAD)]);
    let mut rest = head.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<!") => ">",
            _ => break,
        };
        let Some(after) = rest.find(end) else { return false };
        rest = rest[after + end.len()..].trim_start();
    }
    let name = rest.strip_prefix("<svg");
    name.is_some_and(|rest| rest.starts_with(|c: char| c.is_whitespace() || c == '>'))
}

fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut place = 2;
    for _ in 0..MOST_SEGMENTS {
        while bytes.get(place..place + 2)? == [0xff, 0xff] {
            place += 1; // bytes that fill
        }
        let [0xff, marker] = at::<2>(bytes, place)? else { return None };
        let length = u16_be(bytes, place + 2)? as usize;
        // A frame of any kind; the three others of the range are tables.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            return Some((u16_be(bytes, place + 7)?, u16_be(bytes, place + 5)?));
        }
        place += 2 + length.max(2);
    }
    None
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    let three = |place| at::<3>(bytes, place).map(|[a, b, c]| u32::from_le_bytes([a, b, c, 0]));
    match bytes.get(12..16)? {
        b"VP8X" => Some((three(24)? + 1, three(27)? + 1)),
        b"VP8L" => {
            let bits = u32::from_le_bytes(at(bytes, 21)?);
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8 " => Some((u16_le(bytes, 26)? & 0x3fff, u16_le(bytes, 28)? & 0x3fff)),
        _ => None,
    }
}

fn at<const N: usize>(bytes: &[u8], place: usize) -> Option<[u8; N]> {
    bytes.get(place..)?.first_chunk().copied()
}

fn u16_le(bytes: &[u8], place: usize) -> Option<u32> {
    at(bytes, place).map(|pair| u16::from_le_bytes(pair).into())
}

fn u16_be(bytes: &[u8], place: usize) -> Option<u32> {
    at(bytes, place).map(|pair| u16::from_be_bytes(pair).into())
}

fn u32_be(bytes: &[u8], place: usize) -> Option<u32> {
    at(bytes, place).map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_are_told_by_the_first_bytes() {
        let form = |text: &str| PictureForm::of(text.as_bytes());
        assert_eq!(
            PictureForm::of(include_bytes!("../www/icons/app-192.png")),
            Some(PictureForm::Png)
        );
        for svg in [
            "<svg>",
            "\u{feff} <svg viewBox='0 0 1 1'/>",
            "<?xml version='1.0'?>\n<!-- a > b -->\n<!DOCTYPE svg>\n<svg xmlns='…'>",
        ] {
            assert_eq!(form(svg), Some(PictureForm::Svg), "{svg}");
        }
        for other in ["", "<", "<svgx>", "<html><svg>", "<?xml", "<!-- <svg>", "text <svg>"] {
            assert_eq!(form(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>, form in 0..4usize) {
            let heads: [&[u8]; 4] =
                [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF\0\0\0\0WEBP"];
            pixels(&[heads[form], &bytes].concat());
            pixels(&bytes);
        }
    }
}
