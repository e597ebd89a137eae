//! Sizes, counts, shares, times and digests as text: the exact value is one hover away.
//!
//! - Numbers have tabular figures and are at the right of their column (class `num`).
//! - A missing number is `…` while it is requested, `–` if it is not known.

use super::button::CopyButton;
use crate::browser::page::locale;
use crate::format;
use crate::text::Shown;
use leptos::prelude::*;

/// Why there is no value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Absent {
    /// It is on its way.
    #[default]
    Pending,
    /// It will never be known.
    Unknown,
    /// It would be known after a download that was not requested.
    NotDownloaded,
}

/// The place of a value that is absent.
#[component]
pub fn AbsentMark(why: Absent) -> AnyView {
    let (class, title, text) = match why {
        Absent::Pending => ("wait", "Not known yet", "…"),
        Absent::Unknown => ("soft", "Not known", "–"),
        Absent::NotDownloaded => ("soft", "Not downloaded", "–"),
    };
    view! { <span class=class title=title>{text}</span> }.into_any()
}

/// `1.98 MB`, with the exact bytes on hover.
#[component]
pub fn SizeText(
    /// Bytes.
    #[prop(into)]
    bytes: Option<u64>,
    /// What is shown without them.
    #[prop(optional)]
    absent: Absent,
) -> impl IntoView {
    match bytes {
        Some(bytes) => {
            let exact = format::exact_size(bytes);
            view! { <span class="n" title=exact>{format::size(bytes)}</span> }.into_any()
        }
        None => view! { <AbsentMark why=absent /> }.into_any(),
    }
}

/// `+1.98 MB` or `−411 B`, with the exact bytes on hover.
#[component]
pub fn SizeChangeText(
    /// Bytes.
    #[prop(into)]
    bytes: Option<i64>,
    #[prop(optional)] absent: Absent,
) -> impl IntoView {
    match bytes {
        Some(bytes) => {
            let exact = format::exact_size(bytes.unsigned_abs());
            let sign = if bytes < 0 { "−" } else { "" };
            let class = if bytes < 0 { "n a" } else { "n" };
            view! { <span class=class title=format!("{sign}{exact}")>{format::signed_size(bytes)}</span> }
                .into_any()
        }
        None => view! { <AbsentMark why=absent /> }.into_any(),
    }
}

/// `3 weeks ago`, with the exact instant on hover, in the user's zone and as it is recorded.
#[component]
pub fn AgeText(
    /// RFC 3339, as recorded.
    #[prop(into)]
    recorded: Option<Shown>,
) -> impl IntoView {
    let at = recorded.as_deref().and_then(format::instant);
    match (recorded, at) {
        (Some(recorded), Some(at)) => {
            let title = format!("{} · {recorded}", locale::local_time(at));
            view! {
                <time datetime=recorded.to_string() title=title>
                    {format::ago(locale::now() - at)}
                </time>
            }
            .into_any()
        }
        // What programs in Go write where no time is set.
        (Some(recorded), None) if recorded.starts_with("0001-01-01T00:00:00") => {
            view! { <span class="soft" title=recorded.to_string()>"not set"</span> }.into_any()
        }
        // An invalid time is shown, not hidden.
        (Some(recorded), None) if !recorded.is_empty() => {
            view! { <span class="soft" title="Not a valid time">{recorded.to_string()}</span> }
                .into_any()
        }
        _ => view! { <AbsentMark why=Absent::Unknown /> }.into_any(),
    }
}

/// `12 Nov 2026` in the user's zone; `None` for an invalid time.
pub fn day(recorded: &str) -> Option<String> {
    let (year, month, day) = locale::local_day(format::instant(recorded)?)?;
    Some(format::date(year, month, day))
}

/// A digest's first twelve digits, all of it on hover, and a button that copies it.
#[component]
pub fn DigestText(
    #[prop(into)] digest: String,
    /// What the button does: `Copy diff ID`.
    #[prop(into)]
    copy: String,
) -> AnyView {
    let algorithm =
        digest.split_once(':').map_or(String::new(), |(algorithm, _)| format!("{algorithm}:"));
    let short = format::short_digest(&digest).to_owned();
    view! {
        <span class="mono nw" title=digest.clone()>
            <span class="sha soft">{algorithm}</span>
            {short}
        </span>
        <CopyButton label=copy text=digest />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::{Rendered, TestPage};

    fn render<V: IntoView + 'static>(view: impl FnOnce() -> V) -> Rendered {
        TestPage::new().render(view)
    }

    #[test]
    fn sizes_are_short_and_exact_on_hover() {
        let html = render(|| view! { <SizeText bytes=1_980_000u64 /> });
        assert_eq!(html.text(), "1.98 MB");
        assert!(html.has(r#"title="1,980,000 bytes""#));
        assert_eq!(render(|| view! { <SizeText bytes=None /> }).text(), "…");
        assert_eq!(render(|| view! { <SizeText bytes=None absent=Absent::Unknown /> }).text(), "–");
        let less = render(|| view! { <SizeChangeText bytes=Some(-411) /> });
        assert_eq!(less.text(), "−411 B");
        assert!(less.has(r#"title="−411 bytes""#));
    }

    #[test]
    fn a_time_is_relative_and_exact_on_hover() {
        let html =
            render(|| view! { <AgeText recorded=Some(Shown::from("2026-11-27T12:00:00Z")) /> });
        assert_eq!(html.text(), "24 hours ago");
        assert!(html.has(r#"title="2026-11-27 12:00:00 · 2026-11-27T12:00:00Z""#));
        let html = render(|| view! { <AgeText recorded=Some(Shown::from("<b>soon</b>")) /> });
        assert_eq!(html.text(), "<b>soon</b>");
        assert_eq!(render(|| view! { <AgeText recorded=None /> }).text(), "–");
        assert_eq!(day("2026-11-27T23:59:59Z").as_deref(), Some("27 Nov 2026"));
        assert_eq!(day("yesterday"), None);
    }

    #[test]
    fn a_digest_is_short_and_copied_whole() {
        let digest = format!("sha256:{}", "ab".repeat(32));
        let title = format!(r#"title="{digest}""#);
        let html = render(move || view! { <DigestText digest copy="Copy diff ID" /> });
        assert_eq!(html.text(), "sha256: abababababab");
        assert!(html.has(&title) && html.has(r#"aria-label="Copy diff ID""#));
    }
}
