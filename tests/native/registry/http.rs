//! Sends the protocol's requests over plain HTTP.

use layerscope::http::{HttpFailure, HttpRequest, HttpResponse, Method, ResponseBody};
use registries::http;
use std::io::Read;

/// A response whose body is not read yet.
pub struct Answer {
    pub head: HttpResponse,
    pub body: Box<dyn Read>,
}

/// As a driver must do it: keeps the body or leaves it to the caller, within the limits.
pub fn send(request: &HttpRequest) -> Result<Answer, HttpFailure> {
    let method = if request.method == Method::Head { "HEAD" } else { "GET" };
    let headers: Vec<_> = request.all_headers().collect();
    let answer = http::open(method, &request.url, &headers, b"").ok_or(HttpFailure::Network)?;
    let http::Head { status, headers } = answer.head;
    let head = HttpResponse { status, headers, body: Vec::new() };
    let mut answer = Answer { head, body: answer.body };
    let limit = match (request.response_body, status) {
        (ResponseBody::Stream, 200 | 206) => return Ok(answer),
        (ResponseBody::Keep(limit), 200..=299) => limit,
        _ => 64 << 10,
    };
    let mut body = Vec::new();
    answer
        .body
        .by_ref()
        .take(limit + 1)
        .read_to_end(&mut body)
        .map_err(|_| HttpFailure::Network)?;
    if body.len() as u64 > limit && status < 300 {
        return Err(HttpFailure::TooLarge);
    }
    answer.head.body = body;
    Ok(answer)
}
