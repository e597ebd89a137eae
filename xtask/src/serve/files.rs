//! Static files over HTTP: one folder, read-only.
//!
//! - A path is taken apart before any of it touches the disk: no `..`, no dot files, no backslash,
//!   no NUL; and what it leads to must lie in the folder when links have been followed.
//! - `no-cache` with an ETag: a rebuilt module is seen at the next load, an unchanged one isn't sent.
//! - No worker keeps the page's files here, for the same reason: in its place is one that takes itself
//!   away, and any real one that this address has had.
//! - Unknown endings are octet-stream with `nosniff`, so nothing becomes a page by guessing.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};

const WORKER: &str = "/sw.js";
const NO_WORKER: &str = include_str!("no-worker.js");

pub struct Site {
    /// Without links in it.
    folder: PathBuf,
    /// Empty, or `/some/path`.
    prefix: String,
}

type Answer = Response<Full<Bytes>>;

impl Site {
    pub fn new(folder: &Path, prefix: &str) -> Result<Self> {
        let folder = folder.canonicalize().with_context(|| {
            format!("expected the built page in {}: cargo xtask build", folder.display())
        })?;
        Ok(Self { folder, prefix: prefix.to_owned() })
    }

    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    pub fn respond<B>(&self, request: &Request<B>) -> Answer {
        if ![Method::GET, Method::HEAD].contains(request.method()) {
            let mut answer = text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD");
            answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return answer;
        }
        let path = request.uri().path();
        if !self.prefix.is_empty() && path == self.prefix {
            return redirect(&format!("{path}/"));
        }
        let rest = path.strip_prefix(&self.prefix);
        if rest == Some(WORKER) {
            let mut answer = text(StatusCode::OK, NO_WORKER);
            let script = HeaderValue::from_static(content_type(Path::new(WORKER)));
            answer.headers_mut().insert(header::CONTENT_TYPE, script);
            return answer;
        }
        let Some(file) = rest.and_then(|rest| self.find(rest)) else {
            return text(StatusCode::NOT_FOUND, "no such file");
        };
        if file.is_dir() {
            return redirect(&format!("{path}/"));
        }
        let known = request.headers().get(header::IF_NONE_MATCH);
        let answer = match file.strip_prefix(&self.folder) == Ok(Path::new("config.json")) {
            true => config(&file),
            false => answer_with(&file, known),
        };
        match request.method() {
            &Method::HEAD => answer.map(|_| Full::default()),
            _ => answer,
        }
    }

    /// The file, or the folder where the slash behind is missing.
    fn find(&self, path: &str) -> Option<PathBuf> {
        let path = decode(path)?;
        let path = path.strip_prefix('/')?;
        let folder = path.is_empty() || path.ends_with('/');
        let mut file = self.folder.clone();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            if part.starts_with('.') || part.contains(['\\', '\0', ':']) {
                return None;
            }
            file.push(part);
        }
        if folder {
            file.push("index.html");
        }
        let file = file.canonicalize().ok()?;
        file.starts_with(&self.folder).then_some(file)
    }
}

/// What the deployment says, with the proxy that stands beside the page where it names none.
fn config(file: &Path) -> Answer {
    let read = || -> Result<Vec<u8>> {
        let mut config: serde_json::Value = serde_json::from_slice(&std::fs::read(file)?)?;
        if config["proxy"].is_null() {
            config["proxy"] = "proxy/".into();
        }
        Ok(serde_json::to_vec(&config)?)
    };
    match read() {
        Ok(bytes) => {
            let mut answer = Response::new(Full::from(bytes));
            let headers = answer.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            answer
        }
        Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

fn answer_with(file: &Path, known: Option<&HeaderValue>) -> Answer {
    let read = || -> std::io::Result<_> {
        let metadata = file.metadata()?;
        let age = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok((std::fs::read(file)?, format!("\"{:x}-{:x}\"", age.as_nanos(), metadata.len())))
    };
    let (bytes, etag) = match read() {
        Ok(found) => found,
        Err(error) => return text(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    };
    let unchanged = known.is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let size = bytes.len();
    let mut answer = Response::new(Full::from(if unchanged { Vec::new() } else { bytes }));
    let headers = answer.headers_mut();
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if unchanged {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(file)));
        headers.insert(header::CONTENT_LENGTH, size.into());
    }
    answer
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|ending| ending.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        "tar" => "application/x-tar",
        "gz" => "application/gzip",
        "zst" => "application/zstd",
        _ => "application/octet-stream",
    }
}

fn text(status: StatusCode, message: &str) -> Answer {
    let mut answer = Response::new(Full::from(format!("{message}\n")));
    *answer.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(header::CONTENT_TYPE, plain);
    answer
}

fn redirect(to: &str) -> Answer {
    // A path of two slashes would lead to another host.
    let to = format!("/{}", to.trim_start_matches('/'));
    let mut answer = text(StatusCode::PERMANENT_REDIRECT, "here");
    if let Ok(to) = HeaderValue::from_str(&to) {
        answer.headers_mut().insert(header::LOCATION, to);
    }
    answer
}

/// Percent-encoding undone; `None` where it is broken or hides bytes that are not UTF-8.
fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte != b'%' {
            bytes.push(byte);
            rest = after;
            continue;
        }
        let digits = std::str::from_utf8(after.get(..2)?).ok()?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &after[2..];
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    struct Place(PathBuf);

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn site(name: &str, prefix: &str) -> (Place, Site) {
        let place = std::env::temp_dir().join(format!("xtask-serve-{}-{name}", std::process::id()));
        let dist = place.join("dist");
        std::fs::create_dir_all(dist.join("icons")).unwrap();
        for (file, text) in [
            ("dist/index.html", "page"),
            ("dist/page_bg.wasm", "wasm"),
            ("dist/.hidden", "no"),
            ("dist/icons/a b.svg", "svg"),
            ("secret", "no"),
        ] {
            std::fs::write(place.join(file), text).unwrap();
        }
        std::os::unix::fs::symlink("../secret", dist.join("link")).unwrap();
        let site = Site::new(&dist, prefix).unwrap();
        (Place(place), site)
    }

    fn ask(site: &Site, method: &str, path: &str) -> (u16, String, Answer) {
        let request = Request::builder().method(method).uri(path).body(()).unwrap();
        let answer = site.respond(&request);
        let body = answer.body().clone();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let bytes = runtime.block_on(body.collect()).unwrap().to_bytes();
        (answer.status().as_u16(), String::from_utf8_lossy(&bytes).into_owned(), answer)
    }

    #[test]
    fn finds_files_and_only_those_in_the_folder() {
        let (_place, site) = site("paths", "");
        for (path, status, body) in [
            ("/", 200, "page"),
            ("/index.html?x=1", 200, "page"),
            ("/icons/a%20b.svg", 200, "svg"),
            ("/icons", 308, "here\n"),
            ("/icons/", 404, "no such file\n"),
            ("/../secret", 404, "no such file\n"),
            ("/%2e%2e/secret", 404, "no such file\n"),
            ("/icons/..%2f..%2fsecret", 404, "no such file\n"),
            ("/..%5csecret", 404, "no such file\n"),
            ("/link", 404, "no such file\n"),
            ("/.hidden", 404, "no such file\n"),
            ("/a%", 404, "no such file\n"),
            ("/a%+f", 404, "no such file\n"),
            ("/index.html%00", 404, "no such file\n"),
        ] {
            let (got, text, _) = ask(&site, "GET", path);
            assert_eq!((got, text.as_str()), (status, body), "{path}");
        }
        assert_eq!(ask(&site, "POST", "/").0, 405);
    }

    #[test]
    fn head_has_the_headers_of_get_without_the_body() {
        let (_place, site) = site("head", "");
        let (status, body, answer) = ask(&site, "HEAD", "/page_bg.wasm");
        assert_eq!((status, body.as_str()), (200, ""));
        assert_eq!(answer.headers()[header::CONTENT_LENGTH], "4");
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/wasm");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-cache");
    }

    #[test]
    fn an_unchanged_file_is_not_sent_again() {
        let (place, site) = site("etag", "");
        let (_, _, answer) = ask(&site, "GET", "/");
        let etag = answer.headers()[header::ETAG].clone();
        let again = || {
            let request = Request::get("/").header(header::IF_NONE_MATCH, etag.clone());
            site.respond(&request.body(()).unwrap()).status().as_u16()
        };
        assert_eq!(again(), 304);
        std::fs::write(place.0.join("dist/index.html"), "another").unwrap();
        assert_eq!(again(), 200);
    }

    #[test]
    fn the_worker_is_one_that_takes_itself_away() {
        let (place, site) = site("worker", "/some/path");
        std::fs::write(place.0.join("dist/sw.js"), "keeps files").unwrap();
        let (status, body, answer) = ask(&site, "GET", "/some/path/sw.js");
        assert!(status == 200 && body.contains("registration.unregister()"), "{body}");
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
    }

    #[test]
    fn a_prefix_is_the_whole_site() {
        let (_place, site) = site("prefix", "/some/path");
        assert_eq!(ask(&site, "GET", "/some/path/").1, "page");
        assert_eq!(ask(&site, "GET", "/some/path").2.headers()[header::LOCATION], "/some/path/");
        assert_eq!(ask(&site, "GET", "/").0, 404);
        assert_eq!(ask(&site, "GET", "/some/pathindex.html").0, 404);
    }
}
