//! What a file of a known format holds, in outline: facts, needed libraries with what is missing of them, names in lists.

use super::file_on_show::FileOnShow;
use super::members::MembersOfFile;
use crate::browser::page::locale;
use crate::format;
use crate::protocol::{
    FileOutline, ItemCount, NamedPaths, OutlineFact, OutlineItem, OutlineList, OutlineName,
    OutlineValue, OutlinedFormat, PathsOfNames, RelroKind,
};
use crate::selection::LayerSelection;
use crate::ui::app::{set_path, spawn, use_image, use_navigation, use_query};
use crate::ui::widgets::{Fact, FactList, SizeText};
use futures_util::future::abortable;
use leptos::prelude::*;

/// Lists up to this many are open at first.
const OPEN: u64 = 12;

/// Asks for the outline once `ready`: the content has begun to come, and like a format that has one. Then draws it. A failure is the content's to tell.
#[component]
pub fn OutlinePart(file: FileOnShow, #[prop(into)] ready: Signal<bool>) -> AnyView {
    let image = use_image();
    let outline = RwSignal::new(None::<FileOutline>);
    let layers = file.layers;
    let file = StoredValue::new(file);
    let handle = StoredValue::new(None::<futures_util::future::AbortHandle>);
    let is_ready = Memo::new(move |_| ready.get());
    Effect::new(move || {
        let Some(client) = image.client().filter(|_| is_ready.get()) else { return };
        let (work, abort) = abortable(file.get_value().outline(client, image.position));
        handle.set_value(Some(abort));
        spawn(async move {
            if let Ok(Ok(found)) = work.await {
                outline.try_set(Some(found));
            }
        });
    });
    on_cleanup(move || {
        if let Some(Some(handle)) = handle.try_update_value(Option::take) {
            handle.abort();
        }
    });
    let drawn = move || {
        let outline = outline.get().filter(|outline| outline.format.is_some())?;
        // Those of a member are with its facts.
        let members = outline.format.is_some_and(OutlinedFormat::has_members)
            && file.with_value(|file| file.member.is_empty());
        let members = members.then(|| view! { <MembersOfFile file=file.get_value() /> });
        Some(view! { <OutlineView outline layers /> {members} })
    };
    view! { {drawn} }.into_any()
}

/// An outline.
#[component]
pub fn OutlineView(outline: FileOutline, layers: LayerSelection) -> AnyView {
    let FileOutline { format, groups, lists, cut } = outline;
    let title = format.map(format_name).unwrap_or_default();
    let group = |facts: Vec<OutlineFact>| {
        let facts = facts.into_iter().map(|fact| view! { <OutlineFactView fact /> }).collect_view();
        view! { <FactList>{facts}</FactList> }
    };
    let groups = groups.into_iter().filter(|facts| !facts.is_empty()).map(group).collect_view();
    let list = |list: OutlineList| match list.name {
        OutlineName::NeededLibraries if format == Some(OutlinedFormat::Elf) => {
            view! { <Libraries list layers /> }.into_any()
        }
        _ => view! { <NamesView list /> }.into_any(),
    };
    // What can be opened is listed with the ways to open it.
    let is_archive = format.is_some_and(OutlinedFormat::has_members);
    let lists = lists.into_iter().filter(|_| !is_archive).map(list).collect_view();
    let cut = cut.then(|| {
        view! { <p class="hint">"Only the beginning of the file was read for this outline."</p> }
    });
    view! {
        <section class="known" aria-label="Outline">
            <h3>{title}</h3>
            {groups}
            {lists}
            {cut}
        </section>
    }
    .into_any()
}

#[component]
fn OutlineFactView(fact: OutlineFact) -> AnyView {
    let name = fact_name(fact.name);
    let code = matches!(
        fact.name,
        OutlineName::Interpreter
            | OutlineName::Rpath
            | OutlineName::Runpath
            | OutlineName::BuildId
            | OutlineName::Serial
    );
    let value = match fact.value {
        OutlineValue::Text(text) => text.to_string().into_any(),
        OutlineValue::Number(number) => format::count(number).into_any(),
        OutlineValue::Bytes(bytes) => view! { <SizeText bytes /> }.into_any(),
        OutlineValue::Time(seconds) => {
            let seconds = seconds as f64;
            let expired = fact.name == OutlineName::ValidUntil && seconds < locale::now();
            let mark = expired.then(|| view! { " "<span class="bad">"Expired"</span> });
            view! { {locale::local_time(seconds)}{mark} }.into_any()
        }
        OutlineValue::YesNo(yes) => if yes { "Yes" } else { "No" }.into_any(),
        OutlineValue::Pixels(width, height) => format!("{width} × {height}").into_any(),
        OutlineValue::Relro(kind) => relro_text(kind).into_any(),
    };
    view! { <Fact name code>{value}</Fact> }.into_any()
}

fn relro_text(kind: RelroKind) -> &'static str {
    match kind {
        RelroKind::None => "None",
        RelroKind::Partial => "Partial",
        RelroKind::Full => "Full",
    }
}

/// Names with their sizes.
#[component]
fn NamesView(list: OutlineList) -> AnyView {
    let shown = list.items.len() as u64;
    let rest = (shown < list.total)
        .then(|| view! { <p class="hint">{format!("The first {}.", format::count(shown))}</p> });
    let item = |item: OutlineItem| {
        let size = item.bytes.map(|bytes| view! { <SizeText bytes /> });
        let count = item.count.map(count_text);
        view! {
            <li>
                <span class="mono">{item.text.to_string()}</span>
                <span class="soft">{item.detail.to_string()}</span>
                <span class="num">{size}{count}</span>
            </li>
        }
    };
    view! {
        <details class="folded-list" open=list.total <= OPEN>
            <summary>{format!("{} ({})", list_name(list.name), format::count(list.total))}</summary>
            <ul class="names">{list.items.into_iter().map(item).collect_view()}</ul>
            {rest}
        </details>
    }
    .into_any()
}

/// `1,204 rows`; of a file that was not read to its end `at least 1,204 rows`.
fn count_text(count: ItemCount) -> String {
    let rows = |rows| format::counted(rows, "row", "rows");
    match count {
        ItemCount::Rows(count) => rows(count),
        ItemCount::RowsAtLeast(count) => format!("at least {}", rows(count)),
    }
}

/// Needed libraries: each leads to the file of that name, or is missing.
#[component]
fn Libraries(list: OutlineList, layers: LayerSelection) -> AnyView {
    let (image, navigation) = (use_image(), use_navigation());
    let names: Vec<String> = list.items.iter().map(|item| item.text.to_string()).collect();
    let asked = names.clone();
    let found = use_query(move || {
        image.tree()?;
        Some(PathsOfNames { image: image.position, layers, names: asked.clone() })
    });
    let row = move |(at, name): (usize, String)| {
        let known = found
            .read()
            .ready()
            .map(|found: &std::sync::Arc<NamedPaths>| found.paths.get(at).cloned().flatten());
        let value = match known {
            None => name.into_any(),
            Some(Some(path)) => {
                let href = move || navigation.href(|link| set_path(link, &path));
                view! { <a href=href>{name}</a> }.into_any()
            }
            Some(None) => {
                view! { {name}" "<span class="bad">"Not in this image"</span> }.into_any()
            }
        };
        view! { <li><span class="mono">{value}</span></li> }
    };
    let rows = move || names.iter().cloned().enumerate().map(row).collect_view();
    view! {
        <details class="folded-list" open=list.total <= OPEN>
            <summary>{format!("Needed libraries ({})", format::count(list.total))}</summary>
            <ul class="names">{rows}</ul>
        </details>
    }
    .into_any()
}

fn format_name(format: OutlinedFormat) -> &'static str {
    match format {
        OutlinedFormat::Elf => "ELF",
        OutlinedFormat::Pe => "Windows program (PE)",
        OutlinedFormat::MachO => "macOS program (Mach-O)",
        OutlinedFormat::Certificates => "Certificate",
        OutlinedFormat::PrivateKey => "Private key",
        OutlinedFormat::Sqlite => "SQLite database",
        OutlinedFormat::JavaClass => "Java class",
        OutlinedFormat::PythonBytecode => "Compiled Python",
        OutlinedFormat::Gettext => "Translations (gettext)",
        OutlinedFormat::Png => "PNG image",
        OutlinedFormat::Bmp => "BMP image",
        OutlinedFormat::Ico => "Icon (ICO)",
        OutlinedFormat::Jpeg => "JPEG image",
        OutlinedFormat::Gif => "GIF image",
        OutlinedFormat::WebP => "WebP image",
        OutlinedFormat::Gguf => "GGUF model",
        OutlinedFormat::Safetensors => "Safetensors model",
        OutlinedFormat::Zip => "Zip archive",
        OutlinedFormat::Tar => "Tar archive",
        OutlinedFormat::Ar => "Ar archive",
        OutlinedFormat::Cpio => "Cpio archive",
        OutlinedFormat::Deb => "Debian package",
        OutlinedFormat::Rpm => "RPM package",
        OutlinedFormat::AlpinePackage => "Alpine package",
        OutlinedFormat::ArchPackage => "Arch Linux package",
        OutlinedFormat::CompressedTar => "Compressed tar archive",
        OutlinedFormat::Compressed => "Compressed file",
    }
}

fn list_name(name: OutlineName) -> &'static str {
    match name {
        OutlineName::NeededLibraries => "Needed libraries",
        OutlineName::Tables => "Tables",
        OutlineName::Metadata => "Metadata",
        OutlineName::Tensors => "Tensors",
        OutlineName::Certificates => "Certificates",
        _ => "Entries",
    }
}

fn fact_name(name: OutlineName) -> &'static str {
    match name {
        OutlineName::Kind => "Kind",
        OutlineName::Machine => "Machine",
        OutlineName::Interpreter => "Interpreter",
        OutlineName::Rpath => "RPATH",
        OutlineName::Runpath => "RUNPATH",
        OutlineName::LibraryName => "Library name",
        OutlineName::BuildId => "Build ID",
        OutlineName::PositionIndependent => "PIE",
        OutlineName::Relro => "RELRO",
        OutlineName::NonExecutableStack => "NX stack",
        OutlineName::StackProtector => "Stack canary",
        OutlineName::Stripped => "Stripped",
        OutlineName::GoVersion => "Go",
        OutlineName::RustVersion => "Rust",
        OutlineName::Subject => "Subject",
        OutlineName::Issuer => "Issuer",
        OutlineName::Names => "Names",
        OutlineName::ValidFrom => "Valid from",
        OutlineName::ValidUntil => "Valid until",
        OutlineName::Key => "Key",
        OutlineName::Authority => "Authority",
        OutlineName::Serial => "Serial number",
        OutlineName::Size => "Size",
        OutlineName::PageSize => "Page size",
        OutlineName::Encoding => "Encoding",
        OutlineName::Version => "Version",
        OutlineName::Class => "Class",
        OutlineName::Extends => "Extends",
        OutlineName::Compiled => "Source time",
        OutlineName::SourceSize => "Source size",
        OutlineName::Messages => "Messages",
        OutlineName::Pixels => "Pixels",
        OutlineName::Architecture => "Architecture",
        OutlineName::Tensors => "Tensors",
        OutlineName::Package => "Package",
        OutlineName::Summary => "Summary",
        OutlineName::Compression => "Compression",
        OutlineName::Files => "Files",
        OutlineName::Unpacked => "Unpacked",
        other => list_name(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::LinkPath;
    use crate::ui::testing::{Rendered, TestPage};

    fn fact(name: OutlineName, value: OutlineValue) -> OutlineFact {
        OutlineFact { name, value }
    }

    fn drawn(outline: FileOutline, page: TestPage) -> Rendered {
        page.ready().render(move || {
            view! { <OutlineView outline layers=LayerSelection::All /> }
        })
    }

    #[test]
    fn a_program_names_its_libraries_and_what_is_missing() {
        let item = |name: &str| OutlineItem { text: name.into(), ..OutlineItem::default() };
        let items = vec![item("libc.so.6"), item("lib<x>.so")];
        let outline = FileOutline {
            format: Some(OutlinedFormat::Elf),
            groups: vec![vec![
                fact(OutlineName::Relro, OutlineValue::Relro(RelroKind::Full)),
                fact(OutlineName::PositionIndependent, OutlineValue::YesNo(true)),
            ]],
            lists: vec![OutlineList { name: OutlineName::NeededLibraries, items, total: 2 }],
            cut: false,
        };
        let paths = vec![Some(LinkPath("/lib/libc.so.6".into())), None];
        let page = TestPage::at("#/?view=files").answers::<PathsOfNames>(NamedPaths { paths });
        let html = drawn(outline, page);
        assert!(html.has("path=/lib/libc.so.6"), "{html}");
        let text = html.text();
        assert!(
            text.starts_with("ELF RELRO Full PIE Yes Needed libraries (2) libc.so.6"),
            "{text}"
        );
        assert!(text.contains("lib<x>.so Not in this image"), "{text}");
    }

    #[test]
    fn an_expired_certificate_says_so() {
        let outline = |until| FileOutline {
            format: Some(OutlinedFormat::Certificates),
            groups: vec![vec![fact(OutlineName::ValidUntil, OutlineValue::Time(until))]],
            ..FileOutline::default()
        };
        let text = |until| drawn(outline(until), TestPage::new()).text();
        assert!(text(0).ends_with("Expired") && !text(1 << 40).contains("Expired"));
    }

    #[test]
    fn a_table_has_its_number_of_rows() {
        let item = |name: &str, count| OutlineItem {
            text: name.into(),
            count: Some(count),
            ..OutlineItem::default()
        };
        let (one, many) = (ItemCount::Rows(1), ItemCount::RowsAtLeast(1204));
        let items = vec![item("a", one), item("b", many)];
        let outline = FileOutline {
            format: Some(OutlinedFormat::Sqlite),
            lists: vec![OutlineList { name: OutlineName::Tables, items, total: 2 }],
            ..FileOutline::default()
        };
        let text = drawn(outline, TestPage::new()).text();
        assert_eq!(text, "SQLite database Tables (2) a 1 row b at least 1,204 rows");
    }

    #[test]
    fn a_long_list_says_how_much_of_it_is_shown() {
        let item = OutlineItem { text: "a".into(), bytes: Some(3), ..OutlineItem::default() };
        let outline = FileOutline {
            format: Some(OutlinedFormat::Safetensors),
            lists: vec![OutlineList { name: OutlineName::Tensors, items: vec![item], total: 900 }],
            cut: true,
            ..FileOutline::default()
        };
        let text = drawn(outline, TestPage::new()).text();
        assert!(text.starts_with("Safetensors model Tensors (900) a 3 B The first 1."), "{text}");
        assert!(text.contains("Only the beginning"), "{text}");
    }
}
