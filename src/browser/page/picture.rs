//! Bytes that the browser draws as a picture: the address of a blob for an `<img>`, where nothing of it can run or load
//! anything.

/// An address that exists as long as this does.
pub struct PictureAddress(String);

impl PictureAddress {
    /// `None` if the browser refuses.
    #[cfg(target_arch = "wasm32")]
    pub fn new(bytes: &[u8], media_type: &str) -> Option<PictureAddress> {
        let options = web_sys::BlobPropertyBag::new();
        options.set_type(media_type);
        let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
        let blob = web_sys::Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?;
        web_sys::Url::create_object_url_with_blob(&blob).ok().map(PictureAddress)
    }

    /// There is none, for tests of views.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn new(_: &[u8], _: &str) -> Option<PictureAddress> {
        None
    }

    /// `blob:…`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for PictureAddress {
    fn drop(&mut self) {
        let _ = web_sys::Url::revoke_object_url(&self.0); // then it stays until the page is left
    }
}
