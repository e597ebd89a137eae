//! Text that may be an address: a link if it is one that can be followed safely.
//!
//! Addresses come out of images and advisories. Only `https://` is linked, only plain ASCII, only where the text
//! begins with the host that it leads to; the site that is opened learns nothing about the page and gets no reference
//! to it.

use crate::host::host_of;
use leptos::prelude::*;

/// A text; a link to another site if it is an `https://` address.
#[component]
pub fn LinkedText(#[prop(into)] text: String) -> AnyView {
    match is_address(&text) {
        true => {
            let href = text.clone();
            view! { <a href=href target="_blank" rel="noopener noreferrer">{text}</a> }.into_any()
        }
        false => text.into_any(),
    }
}

/// An address that may be linked. Text of an image is escaped with backslashes, so nothing that looks like
/// something else passes.
fn is_address(text: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>' | b'`');
    let begins_with_its_host =
        |rest: &str| host_of(text).is_some_and(|host| rest.to_ascii_lowercase().starts_with(&host));
    text.strip_prefix("https://")
        .is_some_and(|rest| rest.bytes().all(plain) && begins_with_its_host(rest))
}

#[test]
fn only_plain_https_is_linked() {
    for text in ["https://example.com/a?b=c#d", "https://Example.com", "https://a.example:8443/@b"]
    {
        assert!(is_address(text), "{text}");
    }
    for text in [
        "http://example.com",
        "HTTPS://example.com",
        "https://",
        "https:///etc",
        "https://a b",
        "https://exämple.com",
        "https://a\\u{202e}b",
        "https://a\">",
        "javascript:alert(1)",
        "see https://example.com",
        "https://good.com@evil.com/",
        "https://good.com\\@evil.com",
        "https://1.2/",
    ] {
        assert!(!is_address(text), "{text}");
    }
}

#[test]
fn a_link_leaves_nothing_behind() {
    let drawn = |text: &'static str| {
        crate::ui::testing::TestPage::new().render(move || view! { <LinkedText text /> })
    };
    let html = drawn("https://example.com/?a=1&b=2");
    assert!(html.has(r#"href="https://example.com/?a=1&amp;b=2""#), "{html}");
    assert!(html.has(r#"target="_blank" rel="noopener noreferrer""#), "{html}");
    let html = drawn("javascript:alert(1)");
    assert!(!html.has("<a"));
    assert_eq!(html.text(), "javascript:alert(1)");
}
