//! That a front counts what it passes on, and fails exactly as it is told.

use registries::front::Seen;
use registries::{BASIC, Front, Registry, Setup, digest, fixture, http};
use std::io::{Read, Write};
use std::net::TcpStream;

const SIZE: usize = 300_000;

/// A registry with one blob, and the address of that blob behind a front.
fn with_blob() -> (Registry, Front, String) {
    let registry = Setup::default().start();
    let bytes: Vec<u8> = (0..SIZE).map(|at| (at % 251) as u8).collect();
    let path = format!("/v2/a/b/blobs/{}", registry.push_blob("a/b", &bytes));
    let front = Front::of(&registry.name);
    (registry, front, path)
}

fn ask(front: &Front, path: &str, range: Option<&str>) -> Option<(u16, Vec<u8>)> {
    let headers: Vec<_> = range.map(|range| ("range", range)).into_iter().collect();
    let answer = http::open("GET", &format!("http://{}{path}", front.name), &headers, b"")?;
    Some((answer.head.status, answer.bytes()))
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn requests_are_forwarded_unchanged_and_counted() {
    let (_registry, front, path) = with_blob();
    let (status, bytes) = ask(&front, &path, None).unwrap();
    assert_eq!((status, format!("/v2/a/b/blobs/{}", digest(&bytes))), (200, path.clone()));
    let (status, bytes) = ask(&front, &path, Some("bytes=299990-")).unwrap();
    assert_eq!((status, bytes.len()), (206, 10));
    let url = format!("http://{}/v2/?x=1", front.name);
    // Read whole: what is still on its way is not counted yet.
    http::open("GET", &url, &[("Authorization", BASIC)], b"").unwrap().bytes();
    let seen =
        |target: &str, authorization: Option<&str>, range: Option<&str>, status, sent| Seen {
            method: "GET".into(),
            target: target.into(),
            authorization: authorization.map(str::to_owned),
            range: range.map(str::to_owned),
            status,
            sent,
        };
    let want = [
        seen(&path, None, None, 200, SIZE as u64),
        seen(&path, None, Some("bytes=299990-"), 206, 10),
        seen("/v2/?x=1", Some("Basic"), None, 200, 2),
    ];
    assert_eq!(front.seen(), want);
    assert_eq!(front.blobs(), want[..2]);
    assert_eq!(front.counts("GET"), [("/v2/".to_owned(), 1), (path, 2)]);
    assert!(front.saw_credentials());
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn one_response_breaks_off_after_the_given_bytes() {
    let (_registry, front, path) = with_blob();
    front.break_blobs(1, 70_000);
    assert_eq!(ask(&front, &path, None).unwrap().1.len(), 70_000);
    let (status, rest) = ask(&front, &path, Some("bytes=70000-")).unwrap();
    assert_eq!((status, rest.len()), (206, SIZE - 70_000));
    let sent: Vec<u64> = front.blobs().iter().map(|seen| seen.sent).collect();
    assert_eq!(sent, [70_000, 230_000]);
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn ranges_can_be_ignored() {
    let (_registry, front, path) = with_blob();
    front.ignore_range(true);
    let (status, bytes) = ask(&front, &path, Some("bytes=70000-")).unwrap();
    assert_eq!((status, bytes.len()), (200, SIZE));
    front.ignore_range(false);
    assert_eq!(ask(&front, &path, Some("bytes=70000-")).unwrap().0, 206);
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn a_held_response_continues_when_it_is_released() {
    let (_registry, front, path) = with_blob();
    front.hold_blobs(1000);
    let mut answer = http::get(&format!("http://{}{path}", front.name)).unwrap();
    let mut first = [0; 1000];
    answer.body.read_exact(&mut first).unwrap();
    assert_eq!(front.blobs()[0].sent, 1000);
    front.release();
    assert_eq!(answer.bytes().len(), SIZE - 1000);
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn a_stopped_front_refuses_connections_until_it_comes_back() {
    let (_registry, front, path) = with_blob();
    front.hold_blobs(1000);
    let mut answer = http::get(&format!("http://{}{path}", front.name)).unwrap();
    answer.body.read_exact(&mut [0; 1000]).unwrap();
    front.stop();
    assert_eq!(answer.bytes().len(), 0);
    assert!(ask(&front, "/v2/", None).is_none());
    front.release();
    front.come_back();
    assert_eq!(ask(&front, &path, None).unwrap().1.len(), SIZE);
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn tls_connections_are_closed() {
    let (_registry, front, _) = with_blob();
    let mut stream = TcpStream::connect(&front.name).unwrap();
    stream.write_all(&[0x16, 3, 1, 2, 0, 1]).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(answer.is_empty() && front.seen().is_empty());
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn tags_are_paged_with_links() {
    let registry = Setup::default().start();
    registry.push_layout("a/b", "0", &fixture("odd.skopeo-gzip.oci-dir"));
    registry.tag("a/b", "0", (1..=1100).map(|number| format!("1.{number}")));
    let front = Front::of(&registry.name).pages_of(500);
    let mut path = "/v2/a/b/tags/list?n=1000".to_owned();
    let mut counts = Vec::new();
    loop {
        let answer = http::get(&format!("http://{}{path}", front.name)).unwrap();
        let link = answer.head.header("link").map(str::to_owned);
        let list: serde_json::Value = serde_json::from_str(&answer.text()).unwrap();
        counts.push(list["tags"].as_array().unwrap().len());
        let Some(link) = link else { break };
        path = link.split(['<', '>']).nth(1).unwrap().to_owned();
    }
    assert_eq!(counts, [500, 500, 101]);
}
