//! A file's content as a picture, where the browser can draw it without harm.
//!
//! - A picture is drawn by an `<img>`: no script of an SVG runs there, and nothing is loaded.
//! - What drawing may cost is bounded before it is tried: bytes, and the pixels that the file says to have. The cost of an
//!   SVG is not in its size: one that could make much out of little, or that moves, is not drawn at all.
//! - What moves is drawn only when it is chosen (WCAG 2.2, 2.2.2).

use crate::browser::page::picture::PictureAddress;
use crate::pictures::{PictureForm, drawn_pixels, moves};
use leptos::prelude::*;

/// Bytes of a picture that is drawn.
const MAX_BYTES: u64 = 16 << 20;
/// Pixels of a picture that is drawn: 160 MB in memory.
const MAX_PIXELS: u64 = 40_000_000;
/// Bytes of an SVG that is drawn: about as much work as a page of so much text.
const MAX_SVG_BYTES: u64 = 1 << 20;
/// Bytes of an SVG that repeats parts of itself, and how often it may: all of it 16 times, if these contain each other.
const MAX_REPEATED_BYTES: u64 = 64 << 10;
const MAX_REPEATS: usize = 4;

/// Elements and properties that repeat parts, by name and in small letters.
const REPEATING: [&str; 3] = ["use", "mask", "clippath"];

/// What is in no SVG that is drawn: what repeats more than it counts, calls a filter, moves, or hides another document.
const REFUSED: [&str; 13] = [
    "<!entity",
    "marker",
    "pattern",
    "filter",
    "<fe",
    ":fe",
    "textpath",
    "foreignobject",
    "image",
    "data:",
    "animat",
    "keyframes",
    "<set",
];

/// How a file can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawablePicture {
    pub form: PictureForm,
    /// It is drawn without being chosen.
    pub at_once: bool,
}

/// How a file of `size` bytes can be drawn, by as many of its first bytes as were read.
pub fn drawable(bytes: &[u8], size: u64) -> Option<DrawablePicture> {
    let form = PictureForm::of(bytes)?;
    let can_draw = match form {
        PictureForm::Svg => is_harmless(bytes, size),
        _ => {
            let pixels =
                drawn_pixels(bytes).map(|(width, height)| u64::from(width) * u64::from(height));
            size <= MAX_BYTES && pixels.is_some_and(|pixels| pixels <= MAX_PIXELS)
        }
    };
    can_draw.then(|| DrawablePicture { form, at_once: form != PictureForm::Svg && !moves(bytes) })
}

/// Whether drawing an SVG takes about as much as its size says. Of one that was read in part, as far as that tells.
fn is_harmless(svg: &[u8], size: u64) -> bool {
    let text = match std::str::from_utf8(svg) {
        Ok(text) => text,
        // Only a character that was cut at the end.
        Err(error) if error.error_len().is_none() && (svg.len() as u64) < size => {
            std::str::from_utf8(&svg[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let text = text.to_ascii_lowercase();
    let within = |from: &str, to: &str| {
        let start = text.find(from)?;
        text[start..].find(to).map(|length| &text[start..start + length])
    };
    // An internal subset, or another encoding, makes other text of it.
    let subset = within("<!doctype", ">").is_some_and(|head| head.contains('['));
    let encoding = within("<?xml", "?>").and_then(|head| head.split_once("encoding"));
    let is_utf8 = encoding.is_none_or(|(_, rest)| rest.contains("utf-8"));
    let refused = REFUSED.iter().any(|word| text.contains(word));
    let repeats = REPEATING.iter().map(|name| count_elements(&text, name)).sum::<usize>();
    let repeats_little = repeats == 0 || repeats <= MAX_REPEATS && size <= MAX_REPEATED_BYTES;
    size <= MAX_SVG_BYTES && is_utf8 && !subset && !refused && repeats_little
}

/// How often an element of this name begins, with or without a prefix.
fn count_elements(svg: &str, name: &str) -> usize {
    let begins = |(at, _): (usize, &str)| {
        let before = svg[..at].trim_end_matches(|c: char| c.is_alphanumeric() || "_-.".contains(c));
        before.ends_with('<') || before.ends_with(':')
    };
    svg.match_indices(name).filter(|found| begins(*found)).count()
}

/// The picture.
#[component]
pub fn Picture(
    bytes: RwSignal<Vec<u8>>,
    form: PictureForm,
    /// What it shows, as far as that is known: the file's name.
    name: String,
) -> AnyView {
    let failed = RwSignal::new(false);
    let address = match form {
        PictureForm::Svg => PictureAddress::of_svg(&bytes.read_untracked()),
        _ => PictureAddress::of_blob(&bytes.read_untracked(), form.media_type()),
    };
    // The address is given back when the view goes.
    let source = address.as_ref().map(|address| address.as_str().to_owned());
    let kept = StoredValue::new(address);
    on_cleanup(move || drop(kept.try_update_value(Option::take)));
    let is_drawn = source.is_some();
    view! {
        <Show
            when=move || is_drawn && !failed.get()
            fallback=|| view! { <p class="hint">"The browser cannot draw this picture."</p> }
        >
            <div class="picture">
                <img src=source.clone() alt=name.clone() on:error=move |_| failed.set(true) />
            </div>
        </Show>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        [&head[..], &width.to_be_bytes(), &height.to_be_bytes()].concat()
    }

    #[test]
    fn a_picture_is_drawn_within_bounds() {
        let at_once = Some(DrawablePicture { form: PictureForm::Png, at_once: true });
        assert_eq!(drawable(&png(4000, 3000), 5_000_000), at_once);
        assert_eq!(drawable(&png(30_000, 30_000), 5_000), None, "3.6 GB of memory");
        assert_eq!(drawable(&png(u32::MAX, u32::MAX), 5_000), None);
        assert_eq!(drawable(&png(4, 3), 1 << 30), None);
        assert_eq!(drawable(b"\x89PNG\r\n\x1a\n", 5_000), None, "its size is not known yet");
        assert_eq!(drawable(b"plain text", 10), None);
    }

    #[test]
    fn what_moves_and_an_svg_are_drawn_only_when_chosen() {
        let picture = b",\0\0\0\0\x01\0\x01\0\0\x02\x01\x44\0".repeat(2);
        let gif = [&b"GIF89a\x01\0\x01\0\0\0\0"[..], &picture].concat();
        assert_eq!(drawable(&gif, 99).map(|picture| picture.at_once), Some(false));
        assert_eq!(drawable(b"<svg/>", 6), None, "no element");
        assert_eq!(drawable(b"<svg></svg>", 11).map(|picture| picture.at_once), Some(false));
    }

    #[test]
    fn an_svg_that_makes_much_out_of_little_or_moves_is_not_drawn() {
        let can = |svg: &str| drawable(svg.as_bytes(), svg.len() as u64).is_some();
        let svg =
            |inner: &str| can(&format!("<svg xmlns='http://www.w3.org/2000/svg'>{inner}</svg>"));
        assert!(svg("<path d='M0 0'/>") && svg(&"<use href='#a'/>".repeat(4)));
        assert!(can(
            "<?xml version='1.0' encoding='UTF-8'?><!DOCTYPE svg PUBLIC 'a' 'b'><svg ></svg>"
        ));
        for refused in [
            &"<use href='#a'/>".repeat(5),
            &"<s:Use href='#a'/>".repeat(5),
            &"<mask/><x-y:clipPath/>".repeat(3),
            "<marker/>",
            "<s:pattern/>",
            "<style>g { filter: blur(9px) }</style>",
            "<feTurbulence/>",
            "<s:feImage/>",
            "<textPath/>",
            "<foreignObject/>",
            "<image href='a.png'/>",
            "<a href='data:image/png;base64,AA'/>",
            "<animateTransform/>",
            "<style>@keyframes a {}</style>",
            "<set/>",
        ] {
            assert!(!svg(refused), "{refused}");
        }
        assert!(!can("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg >&a;</svg>"));
        assert!(!can("<!DOCTYPE svg [<!ATTLIST g x CDATA 'y'>]><svg ></svg>"));
        assert!(!can("<?xml version='1.0' encoding='ISO-2022-JP'?><svg ></svg>"));
        assert_eq!(drawable(b"<svg >\xe9</svg>", 13), None, "not UTF-8");
        let large = format!("<svg ><use/>{}</svg>", " ".repeat(70_000));
        assert!(!can(&large) && can(&large.replace("<use/>", "")));
        assert_eq!(drawable(b"<svg ></svg>", 3 << 20), None);
    }

    #[test]
    fn an_svg_that_is_read_in_part_may_end_within_a_character() {
        let svg = "<svg >é</svg>".as_bytes();
        assert!(drawable(&svg[..7], svg.len() as u64).is_some());
        assert!(drawable(&svg[..7], 7).is_none());
    }
}
