//! Sends what the protocol asks for, over plain HTTP.

use layerscope::registry::{Body, Failure, Method, Request, Response};
use registries::http;
use std::io::Read;

/// An answer whose body is still to be read.
pub struct Answer {
    pub head: Response,
    pub body: Box<dyn Read>,
}

/// As a driver has to do it: the body kept or left, limits held.
pub fn send(request: &Request) -> Result<Answer, Failure> {
    let method = if request.method == Method::Head { "HEAD" } else { "GET" };
    let headers: Vec<_> = request.all_headers().collect();
    let answer = http::open(method, &request.url, &headers, b"").ok_or(Failure::Network)?;
    let http::Head { status, headers } = answer.head;
    let head = Response { status, headers, body: Vec::new() };
    let mut answer = Answer { head, body: answer.body };
    let limit = match (request.body, status) {
        (Body::Stream, 200 | 206) => return Ok(answer),
        (Body::Keep(limit), 200..=299) => limit,
        _ => 64 << 10,
    };
    let mut body = Vec::new();
    answer.body.by_ref().take(limit + 1).read_to_end(&mut body).map_err(|_| Failure::Network)?;
    if body.len() as u64 > limit && status < 300 {
        return Err(Failure::TooLarge);
    }
    answer.head.body = body;
    Ok(answer)
}
