//! Lists in pages: where the next page begins.
//!
//! Source: OCI distribution-spec 1.1, "Listing Tags"; RFC 8288 (`Link`).
//!
//! - Only the query of a Link is used: the next page is the same list on the same host.
//! - A browser hides Link if the registry does not expose it, and a registry may send fewer entries than
//!   requested. So a page of some length without a Link is followed by a request with `last=`, until nothing new
//!   arrives. Registries without pages send the same entries again, which also ends the list.

use crate::http::HttpResponse;
use crate::text::percent_encode;
use std::collections::HashSet;

/// Entries that are requested at once: as many as most registries allow.
pub const PAGE: usize = 1000;
/// A page without a Link and with fewer entries is the last: no registry is known to send fewer at once.
const SHORT: usize = 50;
/// Requests for one list.
const MAX_PAGES: usize = 500;
/// Entries of one list.
pub const MAX_ENTRIES: usize = 200_000;

/// A list in progress.
#[derive(Debug, Default)]
pub struct Pages {
    seen: HashSet<String>,
    /// In the registry's order.
    pub entries: Vec<String>,
    pages: usize,
    /// The list is longer than the limits.
    pub cut: bool,
}

impl Pages {
    /// The query of the first page.
    pub fn first() -> String {
        format!("n={PAGE}")
    }

    /// Adds a page. Returns the query of the next one, if there is one.
    pub fn add(&mut self, response: &HttpResponse, page: Vec<String>) -> Option<String> {
        let (count, last) = (page.len(), page.last().cloned());
        let before = self.entries.len();
        for entry in page {
            if self.entries.len() < MAX_ENTRIES && self.seen.insert(entry.clone()) {
                self.entries.push(entry);
            }
        }
        self.pages += 1;
        let fresh = self.entries.len() > before;
        let next = match next_link(response) {
            Some(query) => fresh.then_some(query),
            None if fresh && count >= SHORT => {
                last.map(|last| format!("n={PAGE}&last={}", percent_encode(last.as_bytes())))
            }
            None => None,
        };
        self.cut = next.is_some() && (self.pages >= MAX_PAGES || self.entries.len() >= MAX_ENTRIES);
        next.filter(|_| !self.cut)
    }
}

/// The query of the link to the next page.
pub fn next_link(response: &HttpResponse) -> Option<String> {
    response.all("link").flat_map(|value| value.split(",<")).find_map(|link| {
        let link = link.trim_start().trim_start_matches('<');
        let (target, parameters) = link.split_once('>')?;
        let is_next = parameters.split(';').any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or_default();
            let value = value.trim().trim_matches('"');
            name.trim().eq_ignore_ascii_case("rel") && value.split(' ').any(|v| v == "next")
        });
        let (_, query) = target.split_once('?')?;
        let query = query.split('#').next().unwrap_or_default();
        let plain = |c: u8| c.is_ascii_graphic() && !b"\"<>\\".contains(&c);
        let good = is_next && !query.is_empty() && query.len() <= 4096 && query.bytes().all(plain);
        good.then(|| query.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn linked(value: &str) -> HttpResponse {
        HttpResponse { status: 200, headers: vec![("Link".into(), value.into())], body: Vec::new() }
    }

    #[test]
    fn the_next_page_is_the_same_list() {
        for (value, want) in [
            (r#"</v2/a/b/tags/list?last=x&n=50>; rel="next""#, Some("last=x&n=50")),
            (r#"<https://evil.example/else?n=5&last=a%2Bb>; rel=next"#, Some("n=5&last=a%2Bb")),
            (r#"</first?n=1>; rel="first",</n?n=2>; rel="next""#, Some("n=2")),
            (r#"</v2/a/tags/list?n=1>; rel="prev""#, None),
            (r#"</v2/a/tags/list>; rel="next""#, None),
            ("</v2/a?n=1 b>; rel=next", None),
            ("nonsense", None),
            ("", None),
        ] {
            assert_eq!(next_link(&linked(value)).as_deref(), want, "{value}");
        }
    }

    #[test]
    fn without_links_the_list_ends_when_nothing_new_arrives() {
        let page =
            |from: usize| (from..from + SHORT).map(|n| format!("t{n:03}")).collect::<Vec<_>>();
        let mut pages = Pages::default();
        let none = HttpResponse::default();
        assert_eq!(pages.add(&none, page(0)).as_deref(), Some("n=1000&last=t049"));
        assert_eq!(pages.add(&none, page(50)).as_deref(), Some("n=1000&last=t099"));
        assert_eq!(pages.add(&none, page(50)), None, "a registry without pages");
        assert_eq!(pages.entries.len(), 2 * SHORT);
        let mut pages = Pages::default();
        let next = linked("</x?n=1>; rel=next");
        assert!(pages.add(&next, page(0)).is_some());
        assert_eq!(pages.add(&next, page(0)), None, "circular links");
    }

    proptest! {
        #[test]
        fn any_link_is_read(value in ".{0,60}|<[a-z/?=&,;<>\" ]{0,60}") {
            next_link(&linked(&value));
        }
    }
}
