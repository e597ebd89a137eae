//! The built page over HTTP, read-only: tower-http's `ServeDir` with what development needs.
//!
//! - `no-cache`, with the ETag that `ServeDir` sets: a rebuilt module is seen at the next load.
//! - `sw.js` is a service worker that unregisters itself, for the same reason: the real one would keep
//!   serving its files.
//! - `config.json` names the proxy beside the page, unless the deployment names another.
//! - Hidden files and links that lead out of the folder are not served.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use hyper::body::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Uri};
use percent_encoding::percent_decode_str;
use tower_http::services::ServeDir;

use super::Failed;

const NO_WORKER: &str = include_str!("no-worker.js");

pub struct Site {
    /// Canonical.
    folder: PathBuf,
    /// Empty, or `/some/path`.
    prefix: String,
    files: ServeDir,
}

type Answer = Response<UnsyncBoxBody<Bytes, Failed>>;

impl Site {
    pub fn new(folder: &Path, prefix: &str) -> Result<Self> {
        let folder = folder.canonicalize().with_context(|| {
            format!("expected the built page in {}: cargo xtask build", folder.display())
        })?;
        // A redirect would lack the prefix, and no folder but the root has an index.
        let files = ServeDir::new(&folder).redirect_to_trailing_slash(false);
        Ok(Self { folder, prefix: prefix.to_owned(), files })
    }

    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    pub async fn respond<B: Send + 'static>(&self, request: Request<B>) -> Answer {
        let mut answer = self.answer(request).await;
        let headers = answer.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        // Nothing becomes a page because a browser guesses that it is one.
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        answer
    }

    async fn answer<B: Send + 'static>(&self, mut request: Request<B>) -> Answer {
        let reading = [Method::GET, Method::HEAD].contains(request.method());
        let path = match request.uri().path().strip_prefix(&self.prefix) {
            Some("") => return redirect(&format!("{}/", self.prefix)),
            Some("/sw.js") if reading => return text("text/javascript", NO_WORKER),
            Some("/config.json") if reading => return self.config(),
            Some(path) if path.starts_with('/') && self.is_public(path) => path.parse::<Uri>(),
            _ => return not_found(),
        };
        let Ok(path) = path else { return not_found() };
        *request.uri_mut() = path;
        match self.files.clone().try_call(request).await {
            Ok(answer) => answer.map(|body| body.map_err(Failed::from).boxed_unsync()),
            Err(_) => not_found(), // a name that no file can have
        }
    }

    fn is_public(&self, path: &str) -> bool {
        let Ok(path) = percent_decode_str(path).decode_utf8() else { return false };
        let hidden = path.split('/').any(|part| part.starts_with('.'));
        let file = self.folder.join(path.trim_start_matches('/')).canonicalize();
        !hidden && file.is_ok_and(|file| file.starts_with(&self.folder))
    }

    fn config(&self) -> Answer {
        let read = || -> Result<String> {
            let text = std::fs::read_to_string(self.folder.join("config.json"))?;
            let mut config: serde_json::Value = serde_json::from_str(&text)?;
            if config["proxy"].is_null() {
                config["proxy"] = "proxy/".into();
            }
            Ok(config.to_string())
        };
        match read() {
            Ok(config) => text("application/json", &config),
            Err(error) => with_status(
                StatusCode::INTERNAL_SERVER_ERROR,
                text("text/plain", &error.to_string()),
            ),
        }
    }
}

fn text(content_type: &'static str, body: &str) -> Answer {
    let body = Full::from(body.to_owned()).map_err(|never| match never {});
    let mut answer = Response::new(body.boxed_unsync());
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

fn with_status(status: StatusCode, mut answer: Answer) -> Answer {
    *answer.status_mut() = status;
    answer
}

fn not_found() -> Answer {
    with_status(StatusCode::NOT_FOUND, text("text/plain", "no such file\n"))
}

fn redirect(to: &str) -> Answer {
    let mut answer = with_status(StatusCode::PERMANENT_REDIRECT, text("text/plain", "moved\n"));
    if let Ok(to) = HeaderValue::from_str(to) {
        answer.headers_mut().insert(header::LOCATION, to);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn site(name: &str, prefix: &str) -> (Folder, Site) {
        let folder =
            std::env::temp_dir().join(format!("xtask-serve-{}-{name}", std::process::id()));
        let dist = folder.join("dist");
        std::fs::create_dir_all(dist.join("icons")).unwrap();
        for (file, text) in [
            ("dist/index.html", "page"),
            ("dist/page_bg.wasm", "wasm"),
            ("dist/manifest.webmanifest", "{}"),
            ("dist/config.json", r#"{"proxy":null,"osv":"x"}"#),
            ("dist/.hidden", "no"),
            ("dist/icons/a b.svg", "svg"),
            ("secret", "no"),
        ] {
            std::fs::write(folder.join(file), text).unwrap();
        }
        std::os::unix::fs::symlink("../secret", dist.join("link")).unwrap();
        let site = Site::new(&dist, prefix).unwrap();
        (Folder(folder), site)
    }

    async fn ask(site: &Site, method: &str, path: &str) -> (u16, String, header::HeaderMap) {
        let request = Request::builder().method(method).uri(path).body(()).unwrap();
        let (parts, body) = site.respond(request).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (parts.status.as_u16(), String::from_utf8_lossy(&body).into_owned(), parts.headers)
    }

    #[tokio::test]
    async fn finds_files_and_only_those_in_the_folder() {
        let (_folder, site) = site("paths", "");
        for (path, want) in [
            ("/", Some("page")),
            ("/index.html?x=1", Some("page")),
            ("/icons/a%20b.svg", Some("svg")),
            ("/icons", None),
            ("/icons/", None),
            ("/nothing", None),
            ("/../secret", None),
            ("/%2e%2e/secret", None),
            ("/icons/..%2f..%2fsecret", None),
            ("/..%5csecret", None),
            ("/link", None),
            ("/.hidden", None),
            ("/%2ehidden", None),
            ("/index.html/x", None),
            ("/index.html%00", None),
            ("/a%ff", None),
        ] {
            let (status, body, _) = ask(&site, "GET", path).await;
            let found = (status == 200).then_some(body.as_str());
            assert_eq!(found, want, "{path}: {status}");
            assert!(want.is_some() || status == 404, "{path}: {status}");
        }
        assert_eq!(ask(&site, "POST", "/").await.0, 405);
    }

    #[tokio::test]
    async fn head_has_the_headers_of_get_without_the_body() {
        let (_folder, site) = site("head", "");
        let (status, body, headers) = ask(&site, "HEAD", "/page_bg.wasm").await;
        assert_eq!((status, body.as_str()), (200, ""));
        assert_eq!(headers[header::CONTENT_LENGTH], "4");
        assert_eq!(headers[header::CONTENT_TYPE], "application/wasm");
        assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
    }

    #[tokio::test]
    async fn types_are_those_that_browsers_insist_on() {
        let (folder, site) = site("types", "");
        for name in ["boot.js", "a.css", "a.unknown"] {
            std::fs::write(folder.0.join("dist").join(name), "").unwrap();
        }
        for (path, want) in [
            ("/", "text/html"),
            ("/boot.js", "text/javascript"),
            ("/sw.js", "text/javascript"),
            ("/a.css", "text/css"),
            ("/page_bg.wasm", "application/wasm"),
            ("/manifest.webmanifest", "application/manifest+json"),
            ("/icons/a%20b.svg", "image/svg+xml"),
            ("/config.json", "application/json"),
            ("/a.unknown", "application/octet-stream"),
        ] {
            let (status, _, headers) = ask(&site, "GET", path).await;
            assert_eq!(
                (status, headers[header::CONTENT_TYPE].to_str().unwrap()),
                (200, want),
                "{path}"
            );
            assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        }
    }

    #[tokio::test]
    async fn an_unchanged_file_is_not_sent_again() {
        let (folder, site) = site("etag", "");
        let (_, _, headers) = ask(&site, "GET", "/").await;
        let etag = headers[header::ETAG].clone();
        let again = async || {
            let request = Request::get("/").header(header::IF_NONE_MATCH, etag.clone());
            site.respond(request.body(()).unwrap()).await.status().as_u16()
        };
        assert_eq!(again().await, 304);
        std::fs::write(folder.0.join("dist/index.html"), "another").unwrap();
        assert_eq!(again().await, 200);
    }

    #[tokio::test]
    async fn the_worker_is_one_that_unregisters_itself() {
        let (folder, site) = site("worker", "/some/path");
        std::fs::write(folder.0.join("dist/sw.js"), "keeps files").unwrap();
        let (status, body, _) = ask(&site, "GET", "/some/path/sw.js").await;
        assert!(status == 200 && body.contains("registration.unregister()"), "{body}");
    }

    #[tokio::test]
    async fn the_configuration_names_the_proxy_unless_it_names_another() {
        let (folder, site) = site("config", "");
        let proxy = async || {
            let (_, body, _) = ask(&site, "GET", "/config.json").await;
            let config: serde_json::Value = serde_json::from_str(&body).unwrap();
            config["proxy"].as_str().unwrap().to_owned()
        };
        assert_eq!(proxy().await, "proxy/");
        std::fs::write(folder.0.join("dist/config.json"), r#"{"proxy":"https://p/"}"#).unwrap();
        assert_eq!(proxy().await, "https://p/");
    }

    #[tokio::test]
    async fn a_prefix_is_the_whole_site() {
        let (_folder, site) = site("prefix", "/some/path");
        assert_eq!(ask(&site, "GET", "/some/path/").await.1, "page");
        let (status, _, headers) = ask(&site, "GET", "/some/path").await;
        assert_eq!((status, headers[header::LOCATION].to_str().unwrap()), (308, "/some/path/"));
        assert_eq!(ask(&site, "GET", "/").await.0, 404);
        assert_eq!(ask(&site, "GET", "/some/pathindex.html").await.0, 404);
    }
}
