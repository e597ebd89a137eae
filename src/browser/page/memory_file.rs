//! Bytes of the page's memory as a file that goes beside a question.

use crate::browser::panics;
use crate::problem::Problem;
use js_sys::{Array, Uint8Array};
use web_sys::File;

/// A file of these bytes.
pub fn file(name: &str, bytes: &[u8]) -> Result<File, Problem> {
    let part = Uint8Array::from(bytes);
    File::new_with_u8_array_sequence(&Array::of1(&part), name).map_err(|error| {
        Problem::new("no-room", "There is not enough memory for a copy of the image's index.")
            .found(panics::words(&error))
    })
}
