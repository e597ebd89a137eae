//! The bytes of a small file that the user gave.

use crate::browser::panics;
use crate::problem::Problem;
use crate::text::byte_count;
use js_sys::Uint8Array;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

/// The bytes of a file of at most `most` bytes.
pub async fn read(file: &File, most: u32) -> Result<Vec<u8>, Problem> {
    if file.size() > f64::from(most) {
        return Err(Problem::new("read-failed", "The file is too large for what it is given for.")
            .expected(format!("at most {}", byte_count(most.into()))));
    }
    let bytes = JsFuture::from(file.array_buffer()).await.map_err(|error| {
        Problem::new("read-failed", "The file cannot be read.").found(panics::words(&error))
    })?;
    Ok(Uint8Array::new(&bytes).to_vec())
}
