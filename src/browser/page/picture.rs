//! Bytes that the browser draws as a picture: an address for an `<img>`, where nothing of it can run or load anything.

use crate::text::percent_encode_component;

/// An address that exists as long as this does.
pub enum PictureAddress {
    /// `blob:…`, of this page's origin.
    Blob(String),
    /// `data:…`.
    Data(String),
}

impl PictureAddress {
    /// Of a form that is not a document; `None` if the browser refuses.
    #[cfg(target_arch = "wasm32")]
    pub fn of_blob(bytes: &[u8], media_type: &str) -> Option<PictureAddress> {
        let options = web_sys::BlobPropertyBag::new();
        options.set_type(media_type);
        let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
        let blob = web_sys::Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?;
        web_sys::Url::create_object_url_with_blob(&blob).ok().map(PictureAddress::Blob)
    }

    /// There is none, for tests of views.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn of_blob(_: &[u8], _: &str) -> Option<PictureAddress> {
        None
    }

    /// Of an SVG, which is a document: opened in a tab of its own, it must not have the page's origin.
    pub fn of_svg(svg: &[u8]) -> Option<PictureAddress> {
        let text = percent_encode_component(svg);
        Some(PictureAddress::Data(format!("data:image/svg+xml;charset=utf-8,{text}")))
    }

    pub fn as_str(&self) -> &str {
        match self {
            PictureAddress::Blob(address) | PictureAddress::Data(address) => address,
        }
    }
}

impl Drop for PictureAddress {
    fn drop(&mut self) {
        if let PictureAddress::Blob(address) = self {
            let _ = web_sys::Url::revoke_object_url(address); // then it stays until the page is left
        }
    }
}
