//! What a path is, line by line; what does not apply is left out.

use super::row::{age, seconds};
use crate::browser::page::locale;
use crate::format;
use crate::protocol::{FileOwner, FileState, FileTime, Xattr, XattrValue};
use crate::ui::widgets::{Fact, FactList, LayerChip, SizeText};
use crate::vocabulary::NodeKind;
use leptos::prelude::*;

/// The facts of one state of a path.
#[component]
pub fn FactsOfPath(state: FileState) -> AnyView {
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
    let links = (state.links > 1)
        .then(|| view! { <Fact name="Hard links">{state.links.to_string()}</Fact> });
    let xattrs = (!state.xattrs.is_empty()).then(|| {
        let lines = state.xattrs.iter().map(|xattr| view! { <div>{xattr_text(xattr)}</div> });
        let lines = lines.collect_view();
        view! { <Fact name="Attributes" code=true>{lines}</Fact> }
    });
    let hash = state.content_hash.map(|hash| {
        view! { <Fact name="BLAKE3" title="The first 128 bits" code=true>{hash}</Fact> }
    });
    view! {
        <FactList>
            <Fact name="Type">{kind_text(state.kind)}</Fact>
            {target}
            <Fact name="Size"><SizeText bytes=state.size />{exact}</Fact>
            {mode}
            {owner}
            {modified}
            {layer}
            {device}
            {links}
            {xattrs}
            {hash}
        </FactList>
    }
    .into_any()
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

/// `root (0) : wheel (10)`.
fn owner_with_numbers(owner: &FileOwner) -> String {
    let part = |name: &str, id: u64| match name {
        "" => id.to_string(),
        name => format!("{name} ({id})"),
    };
    format!("{} : {}", part(&owner.user, owner.uid), part(&owner.group, owner.gid))
}

/// `user.note = text`, or hexadecimal for what is not text.
fn xattr_text(xattr: &Xattr) -> String {
    match &xattr.value {
        XattrValue::Text(text) => format!("{} = {text}", xattr.name),
        XattrValue::Binary { bytes, size } => {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let more = if *size > bytes.len() as u64 { "…" } else { "" };
            format!("{} = 0x{hex}{more}", xattr.name)
        }
    }
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

#[test]
fn owners_have_their_numbers() {
    let owner = FileOwner { uid: 0, gid: 10, user: "root".into(), group: "".into() };
    assert_eq!(owner_with_numbers(&owner), "root (0) : 10");
}
