//! Sends what the registry protocol asks for by the browser's fetch, and reads what comes.
//!
//! - No header but the request's own, no cookie, no referrer, no HTTP cache: a tag is asked for anew each
//!   time, and blobs are kept by digest (`store`).
//! - A body is read as the request says, no further than its limit; a streamed one piece by piece.
//! - Who waits too long gives up: headers and each piece have their time.

use crate::http::{HttpFailure, HttpRequest, HttpResponse, MAX_ERROR, ResponseBody};
use futures_util::future::{Either, select};
use js_sys::{Promise, Reflect, Uint8Array};
use std::future::Future;
use std::pin::pin;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, DedicatedWorkerGlobalScope, Headers, ReadableStreamDefaultReader,
    ReferrerPolicy, RequestCache, RequestCredentials, RequestInit, RequestMode,
};

/// For an answer's headers, and for each piece of its body.
const PATIENCE_MILLIS: i32 = 60_000;

/// A body that comes piece by piece.
pub struct Stream {
    reader: Option<ReadableStreamDefaultReader>,
    abort: AbortController,
}

impl Stream {
    /// The next piece; `None` at the end.
    pub async fn next(&self) -> Result<Option<Uint8Array>, HttpFailure> {
        let Some(reader) = &self.reader else { return Ok(None) };
        let read = in_time(JsFuture::from(reader.read())).await?.map_err(failure)?;
        let get = |name: &str| Reflect::get(&read, &JsValue::from_str(name)).unwrap_or_default();
        match get("done").is_truthy() {
            true => Ok(None),
            false => Ok(get("value").dyn_into().ok()),
        }
    }

    /// Ends the transfer, from wherever: who waits for the next piece gets a failure.
    pub fn aborter(&self) -> AbortController {
        self.abort.clone()
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.abort.abort(); // what is not read any more is not to come
    }
}

/// Sends a request. The body of a success is in the response or, where the request says so, in the stream.
pub async fn send(request: &HttpRequest) -> Result<(HttpResponse, Stream), HttpFailure> {
    let abort = AbortController::new().map_err(failure)?;
    let raw = prepare(request, &abort).map_err(failure)?;
    receive(raw, abort, request.response_body).await
}

async fn receive(
    raw: web_sys::Request,
    abort: AbortController,
    body: ResponseBody,
) -> Result<(HttpResponse, Stream), HttpFailure> {
    let mut stream = Stream { reader: None, abort };
    let sent = in_time(gloo_net::http::Request::from(raw).send()).await?;
    let answer = sent.map_err(|_| no_answer())?;
    let headers = answer.headers().entries().collect();
    let mut response = HttpResponse { status: answer.status(), headers, body: Vec::new() };
    let reader = answer.body().map(|body| body.get_reader().unchecked_into());
    stream.reader = reader;
    let limit = match (body, response.status) {
        (ResponseBody::Stream, 200 | 206) => return Ok((response, stream)),
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
    Ok((response, stream))
}

fn prepare(request: &HttpRequest, abort: &AbortController) -> Result<web_sys::Request, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in request.all_headers() {
        headers.set(name, value)?;
    }
    let init = RequestInit::new();
    init.set_method(request.method.name());
    init.set_headers(&headers);
    if let Some(body) = &request.body {
        init.set_body(&JsValue::from_str(body)); // text/plain: no preflight
    }
    init.set_mode(if request.opaque { RequestMode::NoCors } else { RequestMode::Cors });
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::Omit);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_signal(Some(&abort.signal()));
    web_sys::Request::new_with_str_and_init(&request.url, &init)
}

fn failure(_: JsValue) -> HttpFailure {
    no_answer()
}

/// A browser says no more than that there is none.
fn no_answer() -> HttpFailure {
    match scope().navigator().on_line() {
        true => HttpFailure::Network,
        false => HttpFailure::Offline,
    }
}

async fn in_time<T>(what: impl Future<Output = T>) -> Result<T, HttpFailure> {
    let (what, patience) = (pin!(what), pin!(pause(PATIENCE_MILLIS)));
    match select(what, patience).await {
        Either::Left((value, _)) => Ok(value),
        Either::Right(_) => Err(HttpFailure::Timeout),
    }
}

/// Waits.
pub async fn pause(millis: i32) {
    let mut timer = Timer(0);
    let promise = Promise::new(&mut |resolve, _| {
        // Refused only for what is no function.
        let begun = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
        timer.0 = begun.unwrap_or_default();
    });
    let _ = JsFuture::from(promise).await; // never rejected
}

/// A timeout that ends with whoever waits for it: there is one for each piece of a body.
struct Timer(i32);

impl Drop for Timer {
    fn drop(&mut self) {
        scope().clear_timeout_with_handle(self.0);
    }
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
