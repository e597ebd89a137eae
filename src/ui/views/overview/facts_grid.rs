//! Platform, distribution, sizes, times and digests of the image, each by its exact name.
//!
//! A size is called compressed, or a download, only where it is.

use super::facts_part::part_of;
use crate::format;
use crate::link::View;
use crate::protocol::PackageNumbers;
use crate::ui::app::{LayersWait, OpenSource, use_facts, use_image, use_navigation};
use crate::ui::widgets::{Absent, AbsentMark, AgeText, DigestText, SizeText, day};
use leptos::prelude::*;

/// The grid.
#[component]
pub fn FactGrid() -> AnyView {
    let image = use_image();
    let is_image = part_of(|facts| facts.image_id.is_some());
    let is_image = move || is_image.get() != Some(false);
    view! {
        <dl class="facts">
            <Platform />
            <Distribution />
            <Created />
            <OnDisk />
            <Show when=is_image>
                <BlobSize />
            </Show>
            <Packages />
            <Digest
                name="Image ID"
                title="The digest of the image's configuration"
                copy="Copy image ID"
                absent=Absent::Unknown
                digest=part_of(|facts| facts.image_id.clone())
                hidden=Signal::derive(move || !is_image())
            />
            <Digest
                name="Diff ID"
                title="The digest of the uncompressed tar"
                copy="Copy diff ID"
                absent=Absent::Pending
                digest=Memo::new(move |_| {
                    Some(Some(image.line().image_id).filter(|id| !id.is_empty()))
                })
                hidden=Signal::derive(is_image)
            />
            <Manifest hidden=Signal::derive(move || !is_image()) />
            <IndexDigest />
        </dl>
    }
    .into_any()
}

#[component]
fn GridFact(
    #[prop(into)] name: Signal<&'static str>,
    #[prop(optional)] title: Option<&'static str>,
    #[prop(optional)] code: bool,
    children: Children,
) -> AnyView {
    view! {
        <div>
            <dt title=title>{move || name.get()}</dt>
            <dd class:mono=code>{children()}</dd>
        </div>
    }
    .into_any()
}

#[component]
fn Platform() -> AnyView {
    let platform = part_of(|facts| facts.platform.clone());
    let value = move || match platform.get() {
        Some(platform) if platform.is_empty() => {
            view! { <span class="soft">"not recorded"</span> }.into_any()
        }
        Some(platform) => platform.to_string().into_any(),
        None => view! { <AbsentMark why=Absent::Pending /> }.into_any(),
    };
    view! { <GridFact name="Platform">{value}</GridFact> }.into_any()
}

#[component]
fn Distribution() -> AnyView {
    let image = use_image();
    let distribution = part_of(|facts| facts.distribution.clone());
    let value = move || match distribution.get().flatten() {
        Some(name) => name.to_string().into_any(),
        None if image.is_ready() => {
            view! { <span class="soft" title="No os-release file in the image">"not known"</span> }
                .into_any()
        }
        None => view! { <AbsentMark why=waiting(image.source) /> }.into_any(),
    };
    view! { <GridFact name="Distribution" title="As /etc/os-release names it">{value}</GridFact> }
        .into_any()
}

/// Why a number is not known while work goes on: it may need a download that the user has not agreed to. Tracked.
fn waiting(source: OpenSource) -> Absent {
    match source.layers_wait() {
        LayersWait::ForUser => Absent::NotDownloaded,
        LayersWait::Downloading | LayersWait::Reading => Absent::Pending,
    }
}

#[component]
fn Created() -> AnyView {
    let created = part_of(|facts| facts.created.clone());
    let value = move || match created.get() {
        Some(recorded) => {
            let date = recorded.as_deref().and_then(day).map(|day| format!("{day} "));
            view! { {date}<span class="soft nw"><AgeText recorded /></span> }.into_any()
        }
        None => view! { <AbsentMark why=Absent::Pending /> }.into_any(),
    };
    view! { <GridFact name="Created" title="As recorded in the configuration">{value}</GridFact> }
        .into_any()
}

#[component]
fn OnDisk() -> AnyView {
    let image = use_image();
    let numbers = part_of(|facts| (facts.size, facts.tree_entries));
    let value = move || {
        let (bytes, paths) = numbers.get().unwrap_or_default();
        let absent = match image.is_ready() {
            true => Absent::Unknown,
            false => waiting(image.source),
        };
        let paths = paths.map(|paths| format!(" · {}", format::counted(paths, "path", "paths")));
        view! { <SizeText bytes absent /><span class="soft nw">{paths}</span> }
    };
    let title = "The sum of the files in all layers, uncompressed";
    view! { <GridFact name="On disk" title>{value}</GridFact> }.into_any()
}

#[component]
fn BlobSize() -> AnyView {
    let image = use_image();
    let in_registry =
        move || image.source.info.read().as_ref().is_some_and(|info| info.registry.is_some());
    let numbers = part_of(|facts| (facts.blob_size, facts.any_compressed));
    let name = move || {
        let compressed = numbers.get().is_some_and(|(_, compressed)| compressed);
        blob_name(in_registry(), compressed)
    };
    let value = move || match numbers.get() {
        Some((bytes, _)) => view! { <SizeText bytes absent=Absent::Unknown /> }.into_any(),
        None => view! { <AbsentMark why=Absent::Pending /> }.into_any(),
    };
    let title = "The bytes of the layers as they are stored";
    view! { <GridFact name=Signal::derive(name) title>{value}</GridFact> }.into_any()
}

/// What the sum of the blobs is: a file that holds uncompressed layers says nothing of a download.
fn blob_name(in_registry: bool, compressed: bool) -> &'static str {
    match (in_registry, compressed) {
        (true, true) => "Download (compressed)",
        (true, false) => "Download",
        (false, true) => "Size of the file's layers (compressed)",
        (false, false) => "Size of the file's layers (uncompressed)",
    }
}

#[component]
fn Packages() -> AnyView {
    let (image, facts, navigation) = (use_image(), use_facts(), use_navigation());
    let counts = Memo::new(move |_| facts.packages.read().map(package_counts));
    let value = move || match counts.get() {
        Some(counts) => {
            let href = move || navigation.to_view(View::Packages).to_string();
            view! { <a href=href>{counts}</a> }.into_any()
        }
        None if image.is_ready() => view! { <span class="soft">"not known"</span> }.into_any(),
        None => view! { <AbsentMark why=waiting(image.source) /> }.into_any(),
    };
    view! { <GridFact name="Packages">{value}</GridFact> }.into_any()
}

/// `15 installed, 2 removed`; of an image that was read in part, `in what was read` behind it.
fn package_counts(numbers: &PackageNumbers) -> String {
    let mut words = format!("{} installed", format::count(numbers.installed));
    for (count, word) in [(numbers.removed, "removed"), (numbers.declared, "declared")] {
        if count > 0 {
            words.push_str(&format!(", {} {word}", format::count(count)));
        }
    }
    if !(numbers.unread.is_empty() && numbers.partial.is_empty()) {
        words.push_str(" in what was read");
    }
    words
}

/// A digest; the whole row is left out where `hidden`.
#[component]
fn Digest(
    name: &'static str,
    title: &'static str,
    copy: &'static str,
    absent: Absent,
    digest: Memo<Option<Option<String>>>,
    hidden: Signal<bool>,
) -> AnyView {
    let value = move || match digest.get() {
        Some(Some(digest)) => view! { <DigestText digest copy /> }.into_any(),
        Some(None) => view! { <AbsentMark why=absent /> }.into_any(),
        None => view! { <AbsentMark why=Absent::Pending /> }.into_any(),
    };
    view! { <Show when=move || !hidden.get()><GridFact name title code=true>{value}</GridFact></Show> }.into_any()
}

#[component]
fn Manifest(hidden: Signal<bool>) -> AnyView {
    let digest = part_of(|facts| facts.manifest_digest.clone());
    let value = move || match digest.get() {
        Some(Some(digest)) => {
            view! { <DigestText digest copy="Copy manifest digest" /> }.into_any()
        }
        Some(None) => view! {
            <span class="soft" title="docker save writes no manifest with a digest">
                "not in docker save archives"
            </span>
        }
        .into_any(),
        None => view! { <AbsentMark why=Absent::Pending /> }.into_any(),
    };
    let title = "The digest of the manifest, which names the layers";
    view! {
        <Show when=move || !hidden.get()>
            <GridFact name="Manifest digest" title code=true>{value}</GridFact>
        </Show>
    }
    .into_any()
}

#[component]
fn IndexDigest() -> AnyView {
    let digest = part_of(|facts| facts.index_digest.clone());
    let title = "The digest of the index, which names the manifests of all platforms";
    (move || {
        let digest = digest.get().flatten()?;
        Some(view! {
            <GridFact name="Index digest" title code=true>
                <DigestText digest copy="Copy index digest" />
            </GridFact>
        })
    })
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Overview, OverviewFacts, PackageCounts, RegistryInfo, SourceInfo};
    use crate::ui::testing::TestPage;
    use crate::vocabulary::LayerNumber;

    fn text(facts: OverviewFacts, info: SourceInfo, ready: bool) -> String {
        let page = TestPage::at("#/archive/sha256:a").source(info).answers::<Overview>(facts);
        let page = if ready { page.ready() } else { page };
        page.render(|| view! { <FactGrid /> }).text()
    }

    fn source() -> SourceInfo {
        let image = crate::protocol::ImageLine {
            image_id: "sha256:0123456789abcdef".into(),
            ..Default::default()
        };
        SourceInfo { images: vec![image], ..SourceInfo::default() }
    }

    #[test]
    fn only_what_is_compressed_is_called_so() {
        assert_eq!(blob_name(false, false), "Size of the file's layers (uncompressed)");
        assert_eq!(blob_name(false, true), "Size of the file's layers (compressed)");
        assert_eq!(blob_name(true, true), "Download (compressed)");
        let facts = OverviewFacts {
            image_id: Some("sha256:a".into()),
            blob_size: Some(97_900_000),
            size: Some(89_500_000),
            tree_entries: Some(4715),
            ..OverviewFacts::default()
        };
        let file = text(facts.clone(), source(), true);
        assert!(file.contains("On disk 89.5 MB · 4,715 paths"), "{file}");
        assert!(file.contains("Size of the file's layers (uncompressed) 97.9 MB"), "{file}");
        assert!(!file.to_lowercase().contains("download"), "{file}");
        let registry = SourceInfo { registry: Some(RegistryInfo::default()), ..source() };
        let registry = text(OverviewFacts { any_compressed: true, ..facts }, registry, true);
        assert!(registry.contains("Download (compressed) 97.9 MB"), "{registry}");
    }

    #[test]
    fn what_is_on_its_way_is_marked_and_what_will_not_come_is_told() {
        let loading = TestPage::new().render(|| view! { <FactGrid /> }).text();
        assert!(loading.starts_with("Platform … Distribution … Created …"), "{loading}");
        let facts = OverviewFacts {
            image_id: Some("sha256:a".into()),
            platform: "linux/arm64".into(),
            distribution: Some("Debian <b>12".into()),
            created: Some("2026-11-14T12:00:00Z".into()),
            ..OverviewFacts::default()
        };
        let ready = text(facts, source(), true);
        assert!(ready.starts_with("Platform linux/arm64 Distribution Debian <b>12"), "{ready}");
        assert!(ready.contains("Created 14 Nov 2026 2 weeks ago"), "{ready}");
        assert!(ready.contains("Packages not known"), "{ready}");
        assert!(ready.contains("Manifest digest not in docker save archives"), "{ready}");
        assert!(!ready.contains('…'), "{ready}");
    }

    #[test]
    fn a_bare_layer_has_a_diff_id_and_nothing_of_an_image() {
        let bare = text(OverviewFacts { layers: 1, ..OverviewFacts::default() }, source(), true);
        assert!(bare.contains("Diff ID sha256: 0123456789ab"), "{bare}");
        for word in ["Image ID", "Manifest", "file's layers"] {
            assert!(!bare.contains(word), "{word}: {bare}");
        }
    }

    #[test]
    fn packages_are_counted_and_linked() {
        let numbers = PackageNumbers { installed: 1500, removed: 2, ..PackageNumbers::default() };
        assert_eq!(package_counts(&numbers), "1,500 installed, 2 removed");
        assert_eq!(package_counts(&PackageNumbers::default()), "0 installed");
        let part =
            PackageNumbers { partial: vec![LayerNumber::FIRST], ..PackageNumbers::default() };
        assert_eq!(package_counts(&part), "0 installed in what was read");
        let html = TestPage::at("#/archive/sha256:a")
            .answers::<PackageCounts>(numbers)
            .render(|| view! { <FactGrid /> });
        assert!(html.has(r##"href="#/archive/sha256:a?view=packages""##), "{html}");
    }
}
