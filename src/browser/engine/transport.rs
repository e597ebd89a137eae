//! Sends HTTP requests by the browser's fetch, and reads their responses.
//!
//! - No header but the request's own, no cookie, no referrer, no HTTP cache: a tag is requested each time,
//!   and blobs are kept by digest (`store`).
//! - A body is read as the request says, no further than its limit; a streamed one piece by piece.
//! - Headers and each piece have a time limit.

use super::scope::scope;
use crate::http::{HttpFailure, HttpRequest, HttpResponse, MAX_ERROR, Method, ResponseBody};
use futures_util::future::{Either, select};
use gloo_net::http::{Request, RequestBuilder};
use js_sys::{Promise, Reflect, Uint8Array};
use std::future::Future;
use std::pin::pin;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials,
    RequestMode,
};

/// For the headers of a response, and for each piece of its body.
const TIME_LIMIT_MILLIS: i32 = 60_000;

/// A body that arrives piece by piece.
pub struct Stream {
    reader: Option<ReadableStreamDefaultReader>,
    /// Dropped with the stream.
    _open: OpenRequest,
}

/// A request that was sent. Dropping it ends the request: what is not read is not to be transferred, nor is
/// an answer whose headers came too late.
struct OpenRequest(AbortController);

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Stream {
    /// The next piece; `None` at the end.
    pub async fn next(&self) -> Result<Option<Uint8Array>, HttpFailure> {
        let Some(reader) = &self.reader else { return Ok(None) };
        let read = in_time(JsFuture::from(reader.read())).await?.map_err(|_| no_response())?;
        let get = |name: &str| Reflect::get(&read, &JsValue::from_str(name)).unwrap_or_default();
        match get("done").is_truthy() {
            true => Ok(None),
            false => Ok(get("value").dyn_into().ok()),
        }
    }
}

/// Sends a request. The body of a success is in the response or, where the request says so, in the stream.
pub async fn send(
    request: &HttpRequest,
    abort: &AbortController,
) -> Result<(HttpResponse, Option<Stream>), HttpFailure> {
    let prepared = prepare(request, abort).map_err(|_| no_response())?;
    let open = OpenRequest(abort.clone());
    let answer = in_time(prepared.send()).await?.map_err(|_| no_response())?;
    let headers = answer.headers().entries().collect();
    let mut response = HttpResponse { status: answer.status(), headers, body: Vec::new() };
    let reader = answer.body().map(|body| body.get_reader().unchecked_into());
    let stream = Stream { reader, _open: open };
    let limit = match (request.response_body, response.status) {
        (ResponseBody::Stream, 200 | 206) => return Ok((response, Some(stream))),
        (ResponseBody::Keep(limit), 200..=299) => limit,
        _ => MAX_ERROR,
    };
    let whole = response.status < 300;
    while let Some(piece) = stream.next().await? {
        let room = limit.saturating_sub(response.body.len() as u64);
        if u64::from(piece.length()) > room {
            if whole {
                return Err(HttpFailure::TooLarge);
            }
            let start = piece.subarray(0, room as u32); // below MAX_ERROR
            response.body.extend(start.to_vec());
            break;
        }
        response.body.extend(piece.to_vec());
    }
    Ok((response, None))
}

fn prepare(request: &HttpRequest, abort: &AbortController) -> Result<Request, gloo_net::Error> {
    let method = match request.method {
        Method::Get => RequestBuilder::new(&request.url),
        Method::Head => RequestBuilder::new(&request.url).method(gloo_net::http::Method::HEAD),
        Method::Post => RequestBuilder::new(&request.url).method(gloo_net::http::Method::POST),
    };
    let with_headers =
        request.all_headers().fold(method, |builder, (name, value)| builder.header(name, value));
    let builder = with_headers
        .mode(if request.opaque { RequestMode::NoCors } else { RequestMode::Cors })
        .cache(RequestCache::NoStore)
        .credentials(RequestCredentials::Omit)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .abort_signal(Some(&abort.signal()));
    match &request.body {
        Some(body) => builder.body(body.as_str()),
        None => builder.build(),
    }
}

/// A browser says no more than that there is no response.
fn no_response() -> HttpFailure {
    match scope().navigator().on_line() {
        true => HttpFailure::Network,
        false => HttpFailure::Offline,
    }
}

async fn in_time<T>(what: impl Future<Output = T>) -> Result<T, HttpFailure> {
    let (what, limit) = (pin!(what), pin!(pause(TIME_LIMIT_MILLIS)));
    match select(what, limit).await {
        Either::Left((value, _)) => Ok(value),
        Either::Right(_) => Err(HttpFailure::Timeout),
    }
}

/// Waits.
pub async fn pause(millis: i32) {
    let mut timer = Timer(0);
    let promise = Promise::new(&mut |resolve, _| {
        // Refused only for a value that is not a function.
        let begun = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
        timer.0 = begun.unwrap_or_default();
    });
    let _ = JsFuture::from(promise).await; // never rejected
}

/// A timeout that ends with the future that waits for it: there is one for each piece of a body.
struct Timer(i32);

impl Drop for Timer {
    fn drop(&mut self) {
        scope().clear_timeout_with_handle(self.0);
    }
}
