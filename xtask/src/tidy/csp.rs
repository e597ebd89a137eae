//! Rule: nothing that the page's Content-Security-Policy (www/index.html) refuses: `style` attributes and
//! elements, inline scripts, `on…` attributes.
//!
//! A browser refuses them at run time and reports that only in its console, so they are searched here.

use super::rust::{Keep, line_at, strip};
use super::{Finding, Source};

pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        let (places, text) = if source.path.starts_with("src/ui/") && source.is_rust() {
            let code = strip(&source.text, Keep::Literals);
            (attributes(&code, &is_style), code)
        } else if source.path.starts_with("www/") && source.path.ends_with(".html") {
            (in_html(&source.text), source.text.clone())
        } else {
            continue;
        };
        for (offset, what) in places {
            let message = format!("{what}: the page's policy refuses it; use a class or a file");
            findings.push(Finding::failure(source, line_at(&text, offset), message));
        }
    }
    findings
}

fn is_style(name: &str) -> bool {
    name == "style"
}

fn in_html(text: &str) -> Vec<(usize, String)> {
    let mut found = attributes(text, &|name| {
        let handler = name.strip_prefix("on").is_some_and(|event| event.len() > 2);
        is_style(name) || handler && name.bytes().all(|byte| byte.is_ascii_lowercase())
    });
    for (offset, _) in text.match_indices("<style") {
        found.push((offset, "a style element".into()));
    }
    for (offset, _) in text.match_indices("<script") {
        let tag = text[offset..].split('>').next().unwrap_or_default();
        if !tag.contains(" src=") {
            found.push((offset, "an inline script".into()));
        }
    }
    found
}

/// `NAME=` as an attribute: preceded by a blank, with no blank before the sign, and one sign only (so
/// variables and comparisons, as rustfmt formats them, don't count).
fn attributes(text: &str, wanted: &dyn Fn(&str) -> bool) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (sign, _) in text.match_indices('=') {
        let before = &text[..sign];
        let start = before.rfind(|c: char| !c.is_alphanumeric() && c != '-' && c != '_');
        let start = start.map_or(0, |at| at + 1);
        let name = &before[start..];
        let blank = before[..start].ends_with(char::is_whitespace);
        if blank && wanted(name) && !text[sign + 1..].starts_with('=') {
            found.push((start, format!("the attribute {name}=")));
        }
    }
    found
}

#[test]
fn cases() {
    let bad = |path: &str, text: &str| super::found(check, &[(path, text)]).len();
    for (path, text, want) in [
        ("www/index.html", r#"<p style="color: red">"#, 1),
        ("www/index.html", r#"<p class="style" data-style="x">style="" as text"#, 0),
        ("www/index.html", "<style>p {}</style>", 1),
        ("www/index.html", "<script>f()</script>", 1),
        ("www/index.html", r#"<script type="module" src="boot.js"></script>"#, 0),
        ("www/index.html", r#"<button onclick="f()">"#, 1),
        ("src/ui/row.rs", r#"view! { <p style="color: red"> }"#, 1),
        ("src/ui/row.rs", "view! { <p style=move || colour()> }", 1),
        ("src/ui/row.rs", "view! { <p style:width=w> } // style=x", 0),
        ("src/ui/row.rs", "let style = a == b;", 0),
        ("src/oci/config.rs", r#" style="x""#, 0),
    ] {
        assert_eq!(bad(path, text), want, "{path}: {text}");
    }
}
