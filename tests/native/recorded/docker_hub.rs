//! Docker Hub: its search, its lists of tags, its tokens and its rate limit.

use super::replay::*;
use layerscope::registry::catalog::Catalog;
use layerscope::registry::hub::{ListHubTags, Search};
use layerscope::registry::tags::Tags;
use layerscope::vocabulary::{LoginReason, PublisherBadge, UserQuestion};

#[test]
fn docker_hub_s_search_is_read_in_both_forms() {
    let asked = "GET hub.docker.com/api/search/v4?query=qwen&type=image&from=0&size=25";
    let (found, _) =
        run(&mut direct(), Search::new("qwen", 0, 25), &[(asked, "hub-search-v4")], &[]);
    let found = found.unwrap();
    let hit = &found.hits[0];
    assert_eq!((&*hit.name, &*hit.repository, hit.stars), ("nginx", "library/nginx", Some(21268)));
    assert_eq!((hit.badge, &*hit.publisher), (Some(PublisherBadge::Official), "Docker, Inc."));
    assert_eq!((&*found.hits[1].name, &*found.hits[1].pulls), ("ai/qwen3", "500K+"));
    assert!(found.hits[2].archived);
    let table = [
        (
            "GET hub.docker.com/api/search/v4?query=mysql&type=image&from=0&size=25",
            "hub-abuse-limited",
        ),
        ("GET index.docker.io/v1/search?q=mysql&n=25", "hub-search-v1"),
    ];
    let found = run(&mut direct(), Search::new("mysql", 0, 25), &table, &[]).0.unwrap();
    let names: Vec<_> = found.hits.iter().map(|hit| (&*hit.name, hit.official)).collect();
    assert_eq!(names, [("mysql", true), ("phpmyadmin", true)]);
    assert_eq!((found.old, found.total), (true, Some(30925)));
    assert_eq!(found.hits[0].pulls, "3282532963");
}

#[test]
fn docker_hub_s_tags_end_at_its_limit_of_pages() {
    let page = |repository: &str, page: u32| {
        format!("GET hub.docker.com/v2/repositories/{repository}/tags?page_size=100&page={page}")
    };
    let list = |repository: &str, number: u32, name: &str| {
        let asked = page(repository, number);
        run(&mut direct(), ListHubTags::new(repository, number, ""), &[(&asked, name)], &[]).0
    };
    let found = list("library/debian", 1, "hub-tags").unwrap();
    let images = found.tags[0].images.iter().map(|i| (i.platform.to_string(), i.size));
    let images: Vec<_> = images.collect();
    assert_eq!(images[0], ("linux/amd64".to_owned(), Some(31_420_038)));
    assert_eq!(images[1].0, "linux/arm/v5");
    assert!(!found.more);
    let found = list("library/node", 1, "hub-tags-without-images").unwrap();
    let tag = &found.tags[0];
    assert_eq!((&*tag.name, &*tag.updated), ("22.18.0-slim", "2025-08-04T15:40:07.906572Z"));
    assert!(tag.digest.is_some() && tag.images.is_empty());
    let (code, found, advice) = told(list("jitsi/jigasi", 11, "hub-tags-too-far"));
    assert_eq!(code, "registry-forbidden");
    assert!(found.ends_with("sign in to page further"), "{found}");
    assert!(advice.starts_with("Filter by a part"), "{advice}");
    // On the first page, the same status is an ordinary refusal.
    assert!(told(list("jitsi/jigasi", 1, "hub-tags-too-far")).2.starts_with("Log in"));
}

#[test]
fn docker_hub_s_useless_token_leads_to_a_login() {
    let tags = "GET registry-1.docker.io/v2/team/app/tags/list?n=1000";
    let token =
        "GET auth.docker.io/token?service=registry.docker.io&scope=repository%3Ateam/app%3Apull";
    let bearer = format!("{tags} Bearer");
    let table =
        [(tags, "hub-challenge"), (token, "hub-token"), (&bearer, "hub-insufficient-scope")];
    let (result, questions) = run(&mut direct(), Tags::new("docker.io", "team/app"), &table, &[]);
    assert_eq!(questions, [login("docker.io", LoginReason::Needed)]);
    assert_eq!(told(result).0, "registry-unauthorized");
    // The credentials would be sent to another host than the registry's, which needs the user's consent.
    let (_, questions) =
        run(&mut direct(), Tags::new("docker.io", "team/app"), &table, &[("u", "p")]);
    let (registry, host) = ("docker.io".to_owned(), "auth.docker.io".to_owned());
    assert_eq!(questions[1], UserQuestion::TokenHost { registry, host });
}

#[test]
fn docker_hub_s_rate_limit_is_a_problem_with_advice() {
    let mut client = direct();
    let manifests = "registry-1.docker.io/v2/ratelimitpreview/test/manifests/";
    let digest = "sha256:c2d41d2ba6d8b7b4a3ffec621578eb4d9a0909df29dfa2f6fd8a2e5fd0836aed";
    let (head, get) = (format!("HEAD {manifests}latest"), format!("GET {manifests}{digest}"));
    let table = [(&*head, "hub-manifest-head"), (&*get, "hub-rate-limited")];
    let (code, found, advice) =
        told(run(&mut client, pull("ratelimitpreview/test"), &table, &[]).0);
    assert_eq!(code, "registry-rate-limited");
    assert!(found.contains("429") && found.contains("unauthenticated pull rate limit"), "{found}");
    assert!(advice.contains("A login usually raises the limit."), "{advice}");
    let limit = client.rate_limit("registry-1.docker.io").unwrap();
    assert_eq!((limit.limit, limit.remaining, limit.window), (Some(100), Some(0), Some(21600)));
}

#[test]
fn docker_hub_never_lists_repositories() {
    let asked = "GET registry-1.docker.io/v2/_catalog?n=1000";
    let token =
        "GET auth.docker.io/token?service=registry.docker.io&scope=registry%3Acatalog%3A%2A";
    let bearer = format!("{asked} Bearer");
    let table =
        [(asked, "hub-catalog-challenge"), (token, "hub-token"), (&*bearer, "hub-catalog-refused")];
    let (result, questions) = run(&mut direct(), Catalog::new("docker.io"), &table, &[]);
    assert_eq!(questions, [login("docker.io", LoginReason::Needed)]);
    assert_eq!(told(result).0, "registry-unauthorized");
}
