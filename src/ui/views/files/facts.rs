//! What a path is, line by line; what does not apply is left out.

use super::content_type_fact::ContentTypeFact;
use super::digest_fact::{AskedDigest, Sha256Fact};
use super::file_on_show::FileOnShow;
use super::values::{age, owner_with_numbers, seconds};
use crate::browser::page::locale;
use crate::format;
use crate::protocol::{FileState, FileTime, LinkEnd, StoredContent, TarFacts, Xattr, XattrValue};
use crate::ui::app::{set_path, use_navigation};
use crate::ui::widgets::{Fact, FactList, LayerChip, SizeText};
use crate::vocabulary::NodeKind;
use leptos::prelude::*;

/// The facts of one state of a path.
#[component]
pub fn FactsOfPath(
    state: FileState,
    #[prop(optional_no_strip)] link_end: Option<LinkEnd>,
    /// The file, if its content can be read here, and its digest.
    #[prop(optional_no_strip)]
    digest: Option<(FileOnShow, AskedDigest)>,
) -> AnyView {
    let exact = (state.size >= 1000)
        .then(|| view! { " "<span class="soft">{format::exact_size(state.size)}</span> });
    let mode = state.mode.map(|mode| {
        let text = format!("{} {mode:04o}", format::mode(state.kind, mode));
        view! { <Fact name="Mode" code=true>{text}</Fact> }
    });
    let owner = state.owner.as_ref().map(owner_with_numbers).map(|owner| {
        view! { <Fact name="Owner">{owner}</Fact> }
    });
    let modified = state.modified_at.map(|time| view! { <ModifiedFact time /> });
    let layer = state.layer.map(|number| {
        view! { <Fact name="Layer"><LayerChip number />{number.to_string()}</Fact> }
    });
    let device = state.device.map(|(major, minor)| {
        view! { <Fact name="Device" code=true>{format!("{major}, {minor}")}</Fact> }
    });
    let target = (!state.target.is_empty())
        .then(|| view! { <Fact name="Target" code=true>{state.target.to_string()}</Fact> });
    let link_end = link_end.map(|end| view! { <LinkEndFact end /> });
    let links = state.links.filter(|links| *links > 1);
    let links = links.map(|links| view! { <Fact name="Hard links">{links.to_string()}</Fact> });
    let xattrs = xattr_lines(&state.xattrs, state.xattrs_left_out);
    let in_tar = state.in_tar.as_ref().and_then(tar_text).map(|text| {
        let title = "What the layer's tar says; a container sees none of it";
        view! { <Fact name="In the tar" title=title>{text}</Fact> }
    });
    let hash = state.content_hash.map(|hash| {
        view! { <Fact name="BLAKE3" title="The first 128 bits" code=true>{hash}</Fact> }
    });
    let content_type = digest.is_some().then(|| view! { <ContentTypeFact /> });
    let sha256 = digest.map(|(file, asked)| view! { <Sha256Fact file asked /> });
    view! {
        <FactList>
            <Fact name="Type">{kind_text(state.kind)}</Fact>
            {content_type}
            {target}
            {link_end}
            <Fact name="Size"><SizeText bytes=state.size />{exact}</Fact>
            {mode}
            {owner}
            {modified}
            {layer}
            {device}
            {links}
            {xattrs}
            {in_tar}
            {hash}
            {sha256}
        </FactList>
    }
    .into_any()
}

/// The extended attributes, and how many more there are.
fn xattr_lines(xattrs: &[Xattr], left_out: u32) -> Option<AnyView> {
    if xattrs.is_empty() {
        return None;
    }
    let lines = xattrs.iter().map(|xattr| view! { <div>{xattr_text(xattr)}</div> });
    let lines = lines.collect_view();
    let more = (left_out > 0).then(|| {
        let count = format::count(left_out.into());
        view! { <div class="soft">{format!("… {count} more")}</div> }
    });
    Some(view! { <Fact name="Attributes" code=true>{lines}{more}</Fact> }.into_any())
}

/// Where a symbolic link leads in the image.
#[component]
fn LinkEndFact(end: LinkEnd) -> AnyView {
    let navigation = use_navigation();
    match end {
        LinkEnd::Path { path, shown } => {
            let href = move || navigation.href(|link| set_path(link, &path));
            let shown = shown.to_string();
            view! { <Fact name="Leads to" code=true><a href=href>{shown}</a></Fact> }.into_any()
        }
        LinkEnd::Missing => {
            view! { <Fact name="Leads to">"Nothing in this image"</Fact> }.into_any()
        }
        LinkEnd::TooManyLinks => {
            view! { <Fact name="Leads to">"Nothing: too many links, as in a loop"</Fact> }
                .into_any()
        }
    }
}

#[component]
fn ModifiedFact(time: FileTime) -> AnyView {
    let exact = locale::local_time(seconds(time));
    view! { <Fact name="Modified">{age(time)}" "<span class="soft">{exact}</span></Fact> }
        .into_any()
}

fn kind_text(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::HardLink => "File, written as a hard link",
        kind => crate::ui::words::node_kind(kind),
    }
}

/// `owner build:users · content from byte 1,536`; `None`: nothing that is told.
fn tar_text(facts: &TarFacts) -> Option<String> {
    let mut parts = Vec::new();
    if !facts.user.is_empty() || !facts.group.is_empty() {
        parts.push(format!("owner {}:{}", facts.user, facts.group));
    }
    if let Some(StoredContent { offset, stored, sparse }) = facts.content {
        parts.push(format!("content from byte {}", format::count(offset)));
        if sparse {
            parts.push(format!("sparse, {} stored", format::exact_size(stored)));
        }
    }
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// `user.note = text`, or hexadecimal for what is not text.
fn xattr_text(xattr: &Xattr) -> String {
    match &xattr.value {
        XattrValue::Text(text) => format!("{} = {text}", xattr.name),
        XattrValue::Capabilities(text) => format!("{} = {text}", xattr.name),
        XattrValue::Binary { bytes, size } => {
            let hex = crate::text::hex(bytes);
            let more = if *size > bytes.len() as u64 { "…" } else { "" };
            format!("{} = 0x{hex}{more}", xattr.name)
        }
    }
}

#[test]
fn what_only_a_tar_says_is_told_in_one_line() {
    let content = StoredContent { offset: 1536, stored: 4096, sparse: true };
    let names = TarFacts { user: "build".into(), group: "users".into(), content: None };
    assert_eq!(tar_text(&names).unwrap(), "owner build:users");
    let sparse = TarFacts { content: Some(content), ..names };
    let told = "owner build:users · content from byte 1,536 · sparse, 4,096 bytes stored";
    assert_eq!(tar_text(&sparse).unwrap(), told);
    let plain = StoredContent { sparse: false, ..content };
    let plain = TarFacts { content: Some(plain), ..TarFacts::default() };
    assert_eq!(tar_text(&plain).unwrap(), "content from byte 1,536");
    assert_eq!(tar_text(&TarFacts::default()), None);
}

#[test]
fn attributes_that_are_not_text_are_hexadecimal() {
    let xattr = |value| xattr_text(&Xattr { name: "security.capability".into(), value });
    let binary = XattrValue::Binary { bytes: vec![1, 0, 0xff], size: 3 };
    assert_eq!(xattr(binary), "security.capability = 0x0100ff");
    let cut = XattrValue::Binary { bytes: vec![1], size: 300 };
    assert_eq!(xattr(cut), "security.capability = 0x01…");
    assert_eq!(xattr(XattrValue::Text("a <b>".into())), "security.capability = a <b>");
}
