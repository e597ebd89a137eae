//! A file's content as a picture, where the browser can draw it without harm.
//!
//! - A picture is drawn by an `<img>`: no script of an SVG runs there, and nothing is loaded.
//! - What drawing may cost is bounded before it is tried: bytes, the pixels that the file says to have, and for an SVG,
//!   whose cost is not in its size, what makes much out of little: entities, and elements that repeat others.

use crate::browser::page::picture::PictureAddress;
use crate::pictures::{PictureForm, pixels};
use leptos::prelude::*;

/// Bytes of a picture that is drawn.
const MAX_BYTES: u64 = 16 << 20;
/// Pixels of a picture that is drawn: 160 MB in memory.
const MAX_PIXELS: u64 = 40_000_000;
/// Bytes of an SVG that is drawn.
const MAX_SVG_BYTES: u64 = 2 << 20;
/// Elements of an SVG that repeat others, or are filters: twelve that each repeat others make at most 81 of one.
const MAX_REPEATS: usize = 12;

/// The form in which a file of `size` bytes can be drawn, by as many of its first bytes as were read.
pub fn drawable(bytes: &[u8], size: u64) -> Option<PictureForm> {
    let form = PictureForm::of(bytes)?;
    let can_draw = match form {
        PictureForm::Svg => size <= MAX_SVG_BYTES && !multiplies(bytes),
        _ => {
            let pixels = pixels(bytes).map(|(width, height)| u64::from(width) * u64::from(height));
            size <= MAX_BYTES && pixels.is_some_and(|pixels| pixels <= MAX_PIXELS)
        }
    };
    can_draw.then_some(form)
}

/// Whether an SVG may make much out of little.
fn multiplies(svg: &[u8]) -> bool {
    let count = |word: &[u8]| svg.windows(word.len()).filter(|bytes| *bytes == word).count();
    let repeats = count(b"<use") + count(b":use") + count(b"<pattern") + count(b"<fe");
    count(b"<!ENTITY") > 0 || repeats > MAX_REPEATS
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
    let address = PictureAddress::new(&bytes.read_untracked(), form.media_type());
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
        assert_eq!(drawable(&png(4000, 3000), 5_000_000), Some(PictureForm::Png));
        assert_eq!(drawable(&png(30_000, 30_000), 5_000), None, "3.6 GB of memory");
        assert_eq!(drawable(&png(u32::MAX, u32::MAX), 5_000), None);
        assert_eq!(drawable(&png(4, 3), 1 << 30), None);
        assert_eq!(drawable(b"\x89PNG\r\n\x1a\n", 5_000), None, "its size is not known yet");
        assert_eq!(drawable(b"plain text", 10), None);
    }

    #[test]
    fn an_svg_that_makes_much_out_of_little_is_not_drawn() {
        let svg = |inner: &str| format!("<svg>{inner}</svg>");
        let can = |inner: &str| drawable(svg(inner).as_bytes(), 100).is_some();
        assert!(can("<path d='M0 0'/>") && can("<use href='#a'/>"));
        assert!(!can(&"<use href='#a'/>".repeat(13)) && !can(&"<s:use href='#a'/>".repeat(13)));
        let entity = "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>";
        assert_eq!(drawable(entity.as_bytes(), 100), None);
        assert_eq!(drawable(svg("").as_bytes(), 3 << 20), None);
    }
}
