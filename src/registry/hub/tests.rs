//! Docker Hub's answers, cut down from the interface's own description and from public recordings.

use super::*;
use crate::registry::Retry;
use proptest::prelude::*;

fn answer(status: u16, body: &str) -> Result<HttpResponse, RegistryError> {
    Ok(HttpResponse { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
}

fn path<O: Operation>(operation: &mut O) -> (String, String) {
    match operation.next() {
        Need::Call(call) => (call.registry, call.path),
        _ => panic!("no call"),
    }
}

fn result<O: Operation>(operation: &mut O) -> Result<O::Output, RegistryError> {
    match operation.next() {
        Need::Done(result) => result,
        _ => panic!("not done"),
    }
}

#[test]
fn a_search_is_read() {
    let mut search = Search::new(" nginx/x&y ", 0, 25);
    let (host, asked) = path(&mut search);
    assert_eq!(host, "hub.docker.com");
    assert_eq!(asked, "/api/search/v4?query=nginx%2Fx%26y&type=image&from=0&size=25");
    // Fields as specs/search.yaml describes them.
    let body = r#"{"total": 3, "results": [
        {"id": "library/nginx", "name": "nginx", "slug": "nginx", "type": "image",
         "publisher": {"id": "docker", "name": "Docker"}, "updated_at": "2026-08-28T16:00:00Z",
         "short_description": "Official NGINX image", "badge": "official", "star_count": 20000,
         "pull_count": "1B+", "architectures": [{"name": "amd64", "label": "x86-64"}], "archived": false},
        {"name": "bitnami/nginx", "badge": "verified_publisher", "star_count": -1, "pull_count": 7},
        {"name": "dhi/python", "badge": null}, {"name": "evil/dhi-python"},
        {"name": "../evil", "slug": "", "badge": "official"}]}"#;
    search.take(answer(200, body), 0);
    let found = result(&mut search).unwrap();
    assert_eq!((found.total, found.old, found.hits.len()), (Some(3), false, 4));
    let first = &found.hits[0];
    assert_eq!((&*first.name, first.stars, &*first.pulls), ("nginx", Some(20000), "1B+"));
    assert_eq!((first.badge, first.official), (Some(PublisherBadge::Official), true));
    assert_eq!(
        (&*first.publisher, &first.architectures[..]),
        ("Docker", &["amd64".to_owned()][..])
    );
    assert_eq!(first.repository, "library/nginx");
    let (hardened, imitation) = (&found.hits[2], &found.hits[3]);
    assert_eq!(
        (&*hardened.name, hardened.badge),
        ("dhi.io/python", Some(PublisherBadge::Hardened))
    );
    assert_eq!((&*imitation.name, imitation.badge), ("evil/dhi-python", None));
    let second = &found.hits[1];
    assert_eq!(
        (second.badge, second.stars, &*second.pulls),
        (Some(PublisherBadge::VerifiedPublisher), None, "7")
    );
}

#[test]
fn the_old_search_answers_where_the_first_fails() {
    let mut search = Search::new("redis", 0, 500);
    search.take(answer(503, ""), 0);
    let asked = path(&mut search);
    assert_eq!(asked, ("index.docker.io".to_owned(), "/v1/search?q=redis&n=100".to_owned()));
    // As docker search gets it.
    let body = r#"{"num_results": 1, "results": [{"is_automated": false, "name": "redis",
        "is_trusted": false, "is_official": true, "star_count": 1300, "description": "Redis"}]}"#;
    search.take(answer(200, body), 0);
    let found = result(&mut search).unwrap();
    assert!(found.old && found.hits[0].official);
    assert_eq!((&*found.hits[0].name, found.hits[0].stars), ("redis", Some(1300)));
    // If neither answers, the first one's reason is told.
    let mut search = Search::new("redis", 0, 25);
    search.take(answer(429, ""), 0);
    search.take(answer(200, "<html>"), 0);
    let error = result(&mut search).unwrap_err();
    assert_eq!((&*error.problem.code, error.retry), ("registry-rate-limited", Retry::Soon));
    // Behind the first page there is only the first interface.
    let mut search = Search::new("redis", 100, 100);
    search.take(answer(500, ""), 0);
    assert!(result(&mut search).is_err());
}

#[test]
fn tags_come_with_platform_size_and_date() {
    let mut list = ListHubTags::new("library/alpine", 0, "3.2");
    let asked = "/v2/repositories/library/alpine/tags?page_size=100&page=1&name=3.2";
    assert_eq!(path(&mut list).1, asked);
    let digest = Digest::of(b"x");
    let body = format!(
        r#"{{"count": 2, "next": "https://hub.docker.com/…", "previous": null, "results": [
        {{"name": "3.20", "digest": "{digest}", "full_size": 1, "last_updated": "2024-01-16T20:54:55Z",
          "tag_last_pushed": "2026-03-23T09:48:42Z", "images": [
            {{"architecture": "arm64", "variant": "v8", "os": "linux", "size": 294558355, "digest": "{digest}"}},
            {{"architecture": "unknown", "os": null, "size": 1e99, "digest": "no"}}]}},
        {{"name": "not a tag"}}]}}"#
    );
    list.take(answer(200, &body), 0);
    let found = result(&mut list).unwrap();
    assert_eq!((found.tags.len(), found.total, found.more), (1, Some(2), true));
    let tag = &found.tags[0];
    assert_eq!((&*tag.updated, tag.digest.as_ref()), ("2026-03-23T09:48:42Z", Some(&digest)));
    assert_eq!(tag.images[0].platform.to_string(), "linux/arm64/v8");
    assert_eq!((tag.images[0].size, tag.images[1].size), (Some(294_558_355), None));
    assert_eq!(tag.images[1].digest, None);
}

proptest! {
    #[test]
    fn any_answer_is_read(
        body in ".{0,60}",
        key in "name|badge|star_count|pull_count|architectures|images|publisher|size",
        value in "-?[0-9]{1,25}|1e999|null|\\[\\]|\\{\\}|\\[\\[\\{\\}\\]\\]|\"[a-z/.]{0,9}\"",
    ) {
        let hit = format!(r#"{{"total":{value},"count":{value},"results":[{{"name":"a","{key}":{value}}},{value}]}}"#);
        for text in [&body, &hit] {
            let value: Value = serde_json::from_str(text).unwrap_or(Value::Null);
            let _ = (hits(&value), old_hits(&value), tags(&value));
        }
    }
}
