//! How HTTP requests of a schedule are sent natively.

use crate::http::{HttpFailure, HttpRequest, HttpResponse};

/// Sends requests.
pub trait Transport {
    /// The response, and the pieces of its body where that is streamed.
    fn send(&mut self, request: &HttpRequest) -> Result<(HttpResponse, Vec<Vec<u8>>), HttpFailure>;
}

/// Sends nothing: the command reads files of this machine alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoNetwork;

impl Transport for NoNetwork {
    fn send(&mut self, _: &HttpRequest) -> Result<(HttpResponse, Vec<Vec<u8>>), HttpFailure> {
        Err(HttpFailure::Offline)
    }
}
