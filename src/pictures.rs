//! Pictures: which form a file has, and how large it says to be. Nothing is decoded.
//!
//! Source: PNG (RFC 2083, 11.2.2), JPEG (ITU-T T.81, B.2.2), GIF89a, WebP (RFC 9649, sections 2.5 to 2.7), SVG 2,
//! BMP (Microsoft's BITMAPCOREHEADER and BITMAPINFOHEADER), ICO (Microsoft's ICONDIR).
//!
//! AVIF is not among them: how large its pictures are is in the coded stream, so that one of few bytes may take a gigabyte.

/// Segments of a JPEG that are passed before its size.
const MOST_SEGMENTS: usize = 1_000;

/// What a PNG begins with.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Chunks of a PNG that are passed before its picture.
const MOST_CHUNKS: usize = 1_000;

/// Bytes in which an SVG has its first element, if it is one.
const SVG_HEAD: usize = 4 << 10;

/// A form that browsers draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureForm {
    Png,
    Jpeg,
    Gif,
    WebP,
    Bmp,
    /// Icons of Windows, each a PNG or a BMP without its file header.
    Ico,
    Svg,
}

impl PictureForm {
    /// The form of a file, by its first bytes.
    pub fn of(head: &[u8]) -> Option<PictureForm> {
        match head {
            _ if head.starts_with(PNG) => Some(PictureForm::Png),
            [0xff, 0xd8, 0xff, ..] => Some(PictureForm::Jpeg),
            [b'G', b'I', b'F', b'8', ..] => Some(PictureForm::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
                Some(PictureForm::WebP)
            }
            // What is reserved is zero, and the header that follows has a known length.
            [b'B', b'M', _, _, _, _, 0, 0, 0, 0, _, _, _, _, 12..=124, 0, 0, 0, ..] => {
                Some(PictureForm::Bmp)
            }
            // At least one icon, whose fourth byte is reserved.
            [0, 0, 1, 0, 1..=255, 0, _, _, _, 0, ..] => Some(PictureForm::Ico),
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
            PictureForm::Bmp => "image/bmp",
            PictureForm::Ico => "image/x-icon",
            PictureForm::Svg => "image/svg+xml",
        }
    }
}

/// Width and height in pixels that a file says to have; `None`: not said in these bytes, as an SVG never does.
pub fn pixels(bytes: &[u8]) -> Option<(u32, u32)> {
    match PictureForm::of(bytes)? {
        PictureForm::Png => png(bytes),
        PictureForm::Jpeg => jpeg(bytes),
        PictureForm::Gif => gif_screen(bytes),
        PictureForm::WebP => webp(bytes),
        PictureForm::Bmp => dib(bytes.get(14..)?),
        PictureForm::Ico => ico(bytes),
        PictureForm::Svg => None,
    }
}

/// Width and height that decoders make room for; `None`: not said in these bytes.
pub fn drawn_pixels(bytes: &[u8]) -> Option<(u32, u32)> {
    match PictureForm::of(bytes)? {
        PictureForm::Gif => gif(bytes)?.drawn,
        _ => pixels(bytes),
    }
}

/// Whether a picture moves by itself, as far as these bytes say. An SVG is not asked.
pub fn moves(bytes: &[u8]) -> bool {
    match PictureForm::of(bytes) {
        Some(PictureForm::Png) => png_moves(bytes),
        Some(PictureForm::Gif) => gif(bytes).is_some_and(|gif| gif.pictures > 1),
        // The flag of an animation in VP8X.
        Some(PictureForm::WebP) => {
            bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 2 != 0)
        }
        Some(PictureForm::Jpeg | PictureForm::Bmp | PictureForm::Ico | PictureForm::Svg) | None => {
            false
        }
    }
}

/// Whether a chunk `acTL` comes before the picture. Chunks are passed, not read.
fn png_moves(bytes: &[u8]) -> bool {
    let mut place = 8;
    for _ in 0..MOST_CHUNKS {
        let Some(chunk) = bytes.get(place..) else { return false };
        match (u32_be(chunk, 0), chunk.get(4..8)) {
            (_, Some(b"acTL")) => return true,
            (Some(length), Some(name)) if name != b"IDAT" => {
                place = place.saturating_add(length as usize).saturating_add(12);
            }
            _ => return false,
        }
    }
    true // an unlikely file: it is drawn when it is chosen
}

/// The first chunk says it.
fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let first = bytes.get(12..16)? == b"IHDR";
    Some((u32_be(bytes, 16)?, u32_be(bytes, 20)?)).filter(|_| first)
}

fn gif_screen(bytes: &[u8]) -> Option<(u32, u32)> {
    Some((u16_le(bytes, 6)?, u16_le(bytes, 8)?))
}

/// What the blocks of a GIF say.
struct GifBlocks {
    /// The screen, or the first picture where that is larger: decoders make room for it. `None`: no picture has come.
    drawn: Option<(u32, u32)>,
    /// Two mean two or more.
    pictures: u32,
}

/// Walks the blocks up to the second picture.
fn gif(bytes: &[u8]) -> Option<GifBlocks> {
    let table = |flags: u8| if flags & 0x80 != 0 { 3 << ((flags & 7) + 1) } else { 0 };
    let screen = gif_screen(bytes)?;
    let mut found = GifBlocks { drawn: None, pictures: 0 };
    let mut place = 13 + table(*bytes.get(10)?);
    while let Some(kind) = bytes.get(place) {
        let after = match kind {
            b'!' => place + 2,
            b',' => {
                let size = |at| Some(u16_le(bytes, place + at)? + u16_le(bytes, place + at + 4)?);
                let (Some(width), Some(height)) = (size(1), size(3)) else { break };
                found.pictures += 1;
                found.drawn.get_or_insert((screen.0.max(width), screen.1.max(height)));
                if found.pictures == 2 {
                    break;
                }
                let Some(flags) = bytes.get(place + 9) else { break };
                place + 11 + table(*flags)
            }
            _ => break,
        };
        place = end_of_sub_blocks(bytes, after);
    }
    Some(found)
}

/// The place behind sub-blocks, each with its length before it, the last of length 0.
fn end_of_sub_blocks(bytes: &[u8], mut place: usize) -> usize {
    while let Some(length) = bytes.get(place) {
        place += 1 + usize::from(*length);
        if *length == 0 {
            break;
        }
    }
    place
}

/// Width and height in the header of a BMP, which follows that of the file. A negative height is that of rows from
/// the top down.
fn dib(header: &[u8]) -> Option<(u32, u32)> {
    match u32_le(header, 0)? {
        12 => Some((u16_le(header, 4)?, u16_le(header, 6)?)),
        _ => Some((u32_le(header, 4)?, (u32_le(header, 8)? as i32).unsigned_abs())),
    }
}

/// Width and height of the largest icon, as its own header says. The list has one byte for each, which may lie.
fn ico(bytes: &[u8]) -> Option<(u32, u32)> {
    let count = u16_le(bytes, 4)?;
    let icon = |at: u32| {
        let place = u32_le(bytes, 6 + 16 * at as usize + 12)? as usize;
        let icon = bytes.get(place..)?;
        match icon.starts_with(PNG) {
            true => png(icon),
            false => dib(icon).map(|(width, height)| (width, height / 2)), // with its mask below it
        }
    };
    let icons = (0..count).map(icon).collect::<Option<Vec<_>>>()?;
    icons.into_iter().max_by_key(|(width, height)| u64::from(*width) * u64::from(*height))
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
        // Markers without a length come only behind the frame.
        if matches!(marker, 0x00 | 0x01 | 0xd0..=0xd9) {
            return None;
        }
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

fn u32_le(bytes: &[u8], place: usize) -> Option<u32> {
    at(bytes, place).map(u32::from_le_bytes)
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

    #[test]
    fn a_size_is_not_taken_from_where_decoders_do_not_look() {
        let mut png = include_bytes!("../www/icons/app-192.png").to_vec();
        assert_eq!(pixels(&png), Some((192, 192)));
        png[12] = b'x';
        assert_eq!(pixels(&png), None, "the first chunk is another one");
        // A screen of 1 by 1, an extension, and a picture of 20,000 by 20,000.
        let gif = b"GIF89a\x01\0\x01\0\0\0\0!\xf9\x01a\0,\0\0\0\0\x20\x4e\x20\x4e";
        assert_eq!((drawn_pixels(gif), pixels(gif)), (Some((20_000, 20_000)), Some((1, 1))));
        assert_eq!(drawn_pixels(b"GIF89a\x01\0\x01\0\0\0\0"), None);
        // A frame behind a marker that has no length.
        let jpeg = b"\xff\xd8\xff\x01\xff\xc0\0\x11\x08\0\x01\0\x01";
        assert_eq!(pixels(jpeg), None);
    }

    #[test]
    fn pictures_that_move_say_so() {
        let picture = b",\0\0\0\0\x01\0\x01\0\0\x02\x01\x44\0";
        let gif = |pictures: usize| {
            [&b"GIF89a\x01\0\x01\0\0\0\0"[..], &picture.repeat(pictures)].concat()
        };
        assert!(moves(&gif(2)) && !moves(&gif(1)));
        assert_eq!(drawn_pixels(&gif(1)), Some((1, 1)));
        let mut png = include_bytes!("../www/icons/app-192.png")[..33].to_vec();
        png.extend(b"\0\0\0\x08acTL\0\0\0\x02\0\0\0\0crc!");
        assert!(moves(&png));
        assert!(moves(b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02"));
        assert!(!moves(b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x10"));
        assert!(!moves(include_bytes!("../www/icons/app-192.png")));
    }

    #[test]
    fn the_size_of_an_icon_is_that_of_the_picture_in_it() {
        let list = |places: &[u32]| {
            let entry = |place: &u32| {
                [&[16, 16, 0, 0, 1, 0, 32, 0, 9, 9, 0, 0][..], &place.to_le_bytes()].concat()
            };
            let entries: Vec<u8> = places.iter().flat_map(entry).collect();
            [&[0, 0, 1, 0, places.len() as u8, 0][..], &entries].concat()
        };
        let bmp = [&[40, 0, 0, 0][..], &16u32.to_le_bytes(), &32u32.to_le_bytes()].concat();
        let png = include_bytes!("../www/icons/app-192.png");
        let both = [list(&[38, 50]), bmp.clone(), png.to_vec()].concat();
        assert_eq!(PictureForm::of(&both), Some(PictureForm::Ico));
        assert_eq!(pixels(&both), Some((192, 192)), "the list says 16");
        assert_eq!(pixels(&[list(&[22]), bmp].concat()), Some((16, 16)));
        assert_eq!(pixels(&list(&[9_000])), None, "an icon that is not here may be of any size");
    }

    #[test]
    fn the_size_of_a_bmp_is_in_its_header() {
        let bmp = |header: &[u8]| [&b"BM\x99\0\0\0\0\0\0\0\x36\0\0\0"[..], header].concat();
        let new = bmp(&[&[40, 0, 0, 0][..], &3u32.to_le_bytes(), &(-2i32).to_le_bytes()].concat());
        assert_eq!((PictureForm::of(&new), pixels(&new)), (Some(PictureForm::Bmp), Some((3, 2))));
        assert_eq!(pixels(&bmp(&[12, 0, 0, 0, 3, 0, 2, 0])), Some((3, 2)));
        assert_eq!(PictureForm::of(b"BMW is a text, and no picture"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>, form in 0..6usize) {
            let heads: [&[u8]; 6] = [
                b"\x89PNG\r\n\x1a\n",
                b"\xff\xd8\xff",
                b"GIF8",
                b"RIFF\0\0\0\0WEBP",
                b"\0\0\x01\0\x02\0",
                b"BM\0\0\0\0\0\0\0\0",
            ];
            let picture = [heads[form], &bytes].concat();
            drawn_pixels(&picture);
            moves(&picture);
            pixels(&bytes);
        }
    }
}
