//! What a source names without being an image that can be shown: attestations, artifacts, other platforms.

use super::drawn::{MAX_DRAWN, NotDrawn, drawn_text};
use crate::protocol::{ImageLine, OtherLine, SourceInfo};
use crate::ui::app::{Loaded, TableRows, use_navigation};
use crate::ui::source_words;
use crate::ui::widgets::{Column, DataTable, DigestText};
use crate::ui::words;
use crate::vocabulary::OtherKind;
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The table with its heading.
#[component]
pub fn OtherManifestsTable(source: Arc<SourceInfo>) -> AnyView {
    let title = match source.registry.is_some() {
        true => "Other manifests in this index",
        false => "Other manifests in this file",
    };
    let rows = TableRows::complete(Signal::stored(Loaded::of(rows(&source))));
    let more = source.others.len().saturating_sub(MAX_DRAWN);
    let words = ("more manifest is", "more manifests are");
    let in_registry = source.registry.is_some();
    view! {
        <div class="head"><h2>{title}</h2></div>
        <DataTable label=title rows columns=columns(in_registry) natural_rows=true class="others" />
        <NotDrawn more words place="The report and the index have all." />
    }
    .into_any()
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq)]
struct OtherRow {
    line: OtherLine,
    /// What it is about, by name if it is one of the source; empty if it is not.
    about: String,
}

/// The rows that are drawn. An index may name ten thousand, each about another one: they are found by a map.
fn rows(source: &SourceInfo) -> Vec<OtherRow> {
    let mut images: BTreeMap<&str, &ImageLine> = BTreeMap::new();
    for image in &source.images {
        if let Some(digest) = &image.manifest_digest {
            images.entry(digest).or_insert(image);
        }
    }
    let mut others: BTreeMap<&str, &OtherLine> = BTreeMap::new();
    for other in &source.others {
        others.entry(&other.digest).or_insert(other);
    }
    let about = |digest: &str| match (images.get(digest), others.get(digest)) {
        (Some(image), _) => image_words(image),
        (None, Some(other)) => other_words(other),
        (None, None) => String::new(),
    };
    let row = |line: &OtherLine| OtherRow {
        line: line.clone(),
        about: line.subject.as_deref().map(about).unwrap_or_default(),
    };
    source.others.iter().take(MAX_DRAWN).map(row).collect()
}

fn image_words(image: &ImageLine) -> String {
    match image.names.first() {
        Some(name) => format!("{} {}", image.platform, words::image_name(name)),
        None => image.platform.to_string(),
    }
}

fn other_words(other: &OtherLine) -> String {
    match &other.platform {
        Some(platform) if other.kind == OtherKind::Absent => platform.to_string(),
        _ => names(other),
    }
}

fn names(other: &OtherLine) -> String {
    other.names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn columns(in_registry: bool) -> Vec<Column<OtherRow>> {
    vec![
        Column::new("Type", move |OtherRow { line, .. }: &OtherRow| {
            // Words stand for the media type; the type itself is one hover away.
            let recorded = Some(line.artifact_type.to_string()).filter(|text| !text.is_empty());
            view! { <span title=recorded>{source_words::other_manifest(line, in_registry)}</span> }
        })
        .share(3),
        Column::new("Platform", move |row: &OtherRow| platform(row, in_registry)).share(3),
        Column::text("Name", |row: &OtherRow| drawn_text(names(&row.line))).share(3).rank(1),
        Column::new("Manifest", |row: &OtherRow| {
            view! { <DigestText digest=row.line.digest.clone() copy="Copy manifest digest" /> }
        })
        .code()
        .fixed(152),
    ]
}

/// The platform, or what it is about.
fn platform(row: &OtherRow, in_registry: bool) -> AnyView {
    let name = row.line.platform.as_ref().map(ToString::to_string);
    match (row.line.kind, row.line.subject.clone(), name) {
        (OtherKind::Absent, _, Some(name)) if in_registry => {
            let navigation = use_navigation();
            let platform = name.clone();
            let href = move || navigation.href(|link| link.platform = platform.clone());
            view! { <a href=href>{name}</a> }.into_any()
        }
        (OtherKind::Absent, _, name) => name.unwrap_or_default().into_any(),
        (_, Some(digest), _) => {
            let about = drawn_text(row.about.clone());
            let short = crate::format::short_digest(&digest).to_owned();
            view! { {about}" "<span class="mono soft" title=digest>{short}</span> }.into_any()
        }
        (_, None, name) => name.unwrap_or_default().into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ImageName, RegistryInfo};
    use crate::ui::testing::{Rendered, TestPage};

    fn other(kind: OtherKind, digest: &str) -> OtherLine {
        OtherLine {
            kind,
            digest: format!("sha256:{}", digest.repeat(32)),
            platform: None,
            names: Vec::new(),
            subject: None,
            artifact_type: "".into(),
        }
    }

    fn info() -> SourceInfo {
        let amd = format!("sha256:{}", "11".repeat(32));
        let arm = format!("sha256:{}", "22".repeat(32));
        let image = ImageLine {
            manifest_digest: Some(amd.clone()),
            platform: "linux/amd64".into(),
            names: vec![ImageName { repository: "app".into(), tag: Some("1".into()) }],
            ..ImageLine::default()
        };
        SourceInfo {
            images: vec![image],
            others: vec![
                OtherLine {
                    platform: Some("linux/arm64".into()),
                    ..other(OtherKind::Absent, "22")
                },
                OtherLine { subject: Some(amd), ..other(OtherKind::Attestation, "33") },
                OtherLine { subject: Some(arm), ..other(OtherKind::Attestation, "44") },
                OtherLine { names: vec!["<b>".into()], ..other(OtherKind::Artifact, "55") },
            ],
            ..SourceInfo::default()
        }
    }

    fn drawn(info: SourceInfo) -> Rendered {
        let source = Arc::new(info);
        TestPage::at("#/image/app:1").render(move || view! { <OtherManifestsTable source /> })
    }

    #[test]
    fn each_is_called_what_it_is_and_says_what_it_is_about() {
        let html = drawn(info());
        assert!(html.has(r#"aria-label="Other manifests in this file""#));
        assert_eq!(
            html.text(),
            "Other manifests in this file Type Platform Name Manifest Image, not in this file \
             linux/arm64 sha256: 222222222222 Attestation linux/amd64 app:1 111111111111 sha256: \
             333333333333 Attestation linux/arm64 222222222222 sha256: 444444444444 Artifact <b> \
             sha256: 555555555555"
        );
        assert_eq!(html.count(r#"aria-label="Copy manifest digest""#), 4);
    }

    #[test]
    fn another_platform_of_a_registry_is_a_link() {
        let html = drawn(SourceInfo { registry: Some(RegistryInfo::default()), ..info() });
        assert!(html.has(r#"aria-label="Other manifests in this index""#));
        assert!(html.has(r##"href="#/image/app:1?platform=linux/arm64""##), "{html}");
    }

    #[test]
    fn of_an_endless_index_some_rows_are_drawn_and_the_others_counted() {
        let one = |at: usize| OtherLine {
            digest: format!("sha256:{at:064}"),
            subject: Some(format!("sha256:{:064}", 9_999 - at)),
            ..other(OtherKind::Attestation, "11")
        };
        let html = drawn(SourceInfo { others: (0..10_000).map(one).collect(), ..info() });
        assert!(html.count("<tr") < MAX_DRAWN + 10, "{}", html.count("<tr"));
        let text = html.text();
        let note = "9,000 more manifests are not listed. The report and the index have all.";
        assert!(text.ends_with(note), "{}", &text[text.len() - 100..]);
    }
}
