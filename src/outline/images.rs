//! Pictures: how large they are. `pictures.rs` reads them; SVG is text.

use super::made::{fact, of};
use crate::pictures::{PictureForm, pixels};
use crate::protocol::{FileOutline, OutlineName, OutlineValue, OutlinedFormat};

pub fn is(head: &[u8]) -> bool {
    format_of(head).is_some()
}

pub fn outline(bytes: &[u8]) -> Option<FileOutline> {
    let (format, (width, height)) = (format_of(bytes)?, pixels(bytes)?);
    Some(of(format, vec![fact(OutlineName::Pixels, OutlineValue::Pixels(width, height))]))
}

fn format_of(head: &[u8]) -> Option<OutlinedFormat> {
    match PictureForm::of(head)? {
        PictureForm::Png => Some(OutlinedFormat::Png),
        PictureForm::Jpeg => Some(OutlinedFormat::Jpeg),
        PictureForm::Gif => Some(OutlinedFormat::Gif),
        PictureForm::WebP => Some(OutlinedFormat::WebP),
        PictureForm::Bmp => Some(OutlinedFormat::Bmp),
        PictureForm::Ico => Some(OutlinedFormat::Ico),
        PictureForm::Svg => None,
    }
}
