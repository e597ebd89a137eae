//! What a source names without being an image that can be shown: attestations, artifacts, other platforms.

use crate::protocol::{ImageLine, OtherLine, SourceInfo};
use crate::ui::app::{Loaded, TableRows, use_navigation};
use crate::ui::source_words;
use crate::ui::widgets::{Column, DataTable, DigestText};
use crate::ui::words;
use crate::vocabulary::OtherKind;
use leptos::prelude::*;
use std::sync::Arc;

/// The table with its heading.
#[component]
pub fn OtherManifestsTable(source: Arc<SourceInfo>) -> AnyView {
    let title = match source.registry.is_some() {
        true => "Other manifests in this index",
        false => "Other manifests in this file",
    };
    let rows = TableRows::complete(Signal::stored(Loaded::of(source.others.clone())));
    view! {
        <div class="head"><h2>{title}</h2></div>
        <DataTable label=title rows columns=columns(source) natural_rows=true class="others" />
    }
    .into_any()
}

fn columns(source: Arc<SourceInfo>) -> Vec<Column<OtherLine>> {
    let in_registry = source.registry.is_some();
    vec![
        Column::new("Type", move |other: &OtherLine| {
            // Words stand for the media type; the type itself is one hover away.
            let recorded = Some(other.artifact_type.to_string()).filter(|text| !text.is_empty());
            view! { <span title=recorded>{source_words::other_manifest(other, in_registry)}</span> }
        })
        .share(3),
        Column::new("Platform", move |other: &OtherLine| platform(&source, other)).share(3),
        Column::text("Name", |other: &OtherLine| {
            other.names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        })
        .share(3)
        .rank(1),
        Column::new("Manifest", |other: &OtherLine| {
            view! { <DigestText digest=other.digest.clone() copy="Copy manifest digest" /> }
        })
        .code()
        .fixed(152),
    ]
}

/// The platform, or what it is about.
fn platform(source: &SourceInfo, other: &OtherLine) -> AnyView {
    let name = other.platform.as_ref().map(ToString::to_string);
    match (other.kind, subject(source, other), name) {
        (OtherKind::Absent, _, Some(name)) if source.registry.is_some() => {
            let navigation = use_navigation();
            let platform = name.clone();
            let href = move || navigation.href(|link| link.platform = platform.clone());
            view! { <a href=href>{name}</a> }.into_any()
        }
        (OtherKind::Absent, _, name) => name.unwrap_or_default().into_any(),
        (_, Some((words, digest)), _) => {
            let short = crate::format::short_digest(&digest).to_owned();
            view! { {words}" "<span class="mono soft" title=digest>{short}</span> }.into_any()
        }
        (_, None, name) => name.unwrap_or_default().into_any(),
    }
}

/// What an attestation or a signature is about: by name if it is one of the images.
fn subject(source: &SourceInfo, other: &OtherLine) -> Option<(String, String)> {
    let digest = other.subject.clone()?;
    let is_it = |image: &&ImageLine| image.manifest_digest.as_ref() == Some(&digest);
    let words = match source.images.iter().find(is_it) {
        Some(image) => match image.names.first() {
            Some(name) => format!("{} {}", image.platform, words::image_name(name)),
            None => image.platform.to_string(),
        },
        None => {
            let subject = source.others.iter().find(|other| other.digest == digest);
            subject.map_or_else(String::new, |subject| match &subject.platform {
                Some(platform) if subject.kind == OtherKind::Absent => platform.to_string(),
                _ => subject.names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            })
        }
    };
    Some((words, digest))
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
}
