//! A member of archives within the selected file, in the file's pane: the way back, facts, members, content.
//!
//! - Backspace goes up, as in the tree; Escape closes the pane, as everywhere.

use super::content::Content;
use super::content_type_fact::ContentTypeFact;
use super::digest_fact::{AskedDigest, Sha256Fact};
use super::file_on_show::FileOnShow;
use super::members::{ListRead, ListRest, MembersView};
use super::path_link::link_to_path;
use crate::browser::page::{dom, download, locale};
use crate::format;
use crate::protocol::{MemberList, MemberRow, MemberTime};
use crate::text::Shown;
use crate::time::Timestamp;
use crate::ui::app::{on_window, set_member, spawn, use_image, use_navigation, use_notices};
use crate::ui::widgets::{Button, CopyButton, Fact, FactList, Icon, SizeText};
use crate::ui::words;
use leptos::prelude::*;
use std::sync::Arc;

/// Larger members are not saved by themselves: they would be held in memory.
const MAX_SAVED: u64 = 256 << 20;

/// The member.
#[component]
pub fn MemberPane(file: FileOnShow, asked: AskedDigest) -> AnyView {
    let (navigation, image) = (use_navigation(), use_image());
    let read = ListRead::new();
    read.ask_when_drawn(image, file.clone());
    let above = file.member.up_to(file.member.0.len().saturating_sub(1));
    on_window(leptos::ev::keydown, move |event| {
        let elsewhere = dom::is_from(
            &event,
            "input, textarea, select, dialog, [role=menu], [role=treegrid], [role=grid]",
        );
        let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key() || event.shift_key());
        if event.key() == "Backspace" && plain && !event.default_prevented() && !elsewhere {
            event.prevent_default();
            navigation.go(|link| set_member(link, &above));
        }
    });
    let file = StoredValue::new(file);
    let drawn = move || {
        let list = read.list.get()?.ok()?;
        Some(view! { <MemberBody file=file.get_value() list asked /> })
    };
    view! {
        <MemberTrail file=file.get_value() />
        {drawn}
        <ListRest read />
    }
    .into_any()
}

/// The file and the archives around the member, each a link.
#[component]
fn MemberTrail(file: FileOnShow) -> AnyView {
    let navigation = use_navigation();
    let steps = file.member.0.len();
    let outer = FileOnShow { member: file.member.up_to(0), ..file.clone() };
    let part = |at: usize| {
        let member = file.member.up_to(at);
        let name = match at {
            0 => Shown::new(outer.name()),
            _ => Shown::new(member.last_name()),
        };
        if at == steps {
            return view! { <li aria-current="page">{name.to_string()}</li> }.into_any();
        }
        let href = move || navigation.href(|link| set_member(link, &member));
        view! { <li><a href=href>{name.to_string()}</a></li> }.into_any()
    };
    let parts = (0..=steps).map(part).collect_view();
    view! { <nav class="trail mono" aria-label="Archives around it"><ol>{parts}</ol></nav> }
        .into_any()
}

/// What the list says about the member itself, its members, and its content.
#[component]
pub fn MemberBody(file: FileOnShow, list: Arc<MemberList>, asked: AskedDigest) -> AnyView {
    let Some(this) = list.this.clone() else { return ().into_any() };
    let link = link_to_path();
    let size = this.size;
    let save = size.filter(|size| *size <= MAX_SAVED);
    let save = save.map(|size| view! { <SaveMember file=file.clone() size /> });
    let too_large = (size.is_some_and(|size| size > MAX_SAVED)).then(|| {
        let text =
            format!("Larger than {}: download the file that holds it.", format::size(MAX_SAVED));
        view! { <span class="soft">{text}</span> }
    });
    let content = size.map(|size| {
        view! { <Content file=file.clone() size versions=Memo::new(|_| Vec::new()) /> }
    });
    view! {
        <MemberFacts row=this compression=words::compression(list.compression) file=file.clone() asked />
        <div class="do">
            {save}
            {too_large}
            <CopyButton label="Copy link to member" text=link worded=true />
        </div>
        <MembersView file list />
        {content}
    }
    .into_any()
}

#[component]
fn MemberFacts(
    row: MemberRow,
    compression: Option<&'static str>,
    file: FileOnShow,
    asked: AskedDigest,
) -> AnyView {
    let name = row.name.to_string();
    let exact = row.size.filter(|size| *size >= 1000).map(|size| {
        view! { " "<span class="soft">{format::exact_size(size)}</span> }
    });
    let size = row.size.map(|bytes| {
        view! { <Fact name="Size"><SizeText bytes />{exact}</Fact> }
    });
    let mode = row.mode.map(|mode| {
        let text = format!("{} {mode:04o}", format::mode(row.kind, mode));
        view! { <Fact name="Mode" code=true>{text}</Fact> }
    });
    let modified = row.modified.map(time_text).filter(|text| !text.is_empty());
    let modified = modified.map(|text| view! { <Fact name="Modified">{text}</Fact> });
    view! {
        <FactList>
            <Fact name="Member" code=true>
                {name.clone()}" "<CopyButton label="Copy name" text=name />
            </Fact>
            {row.size.map(|_| view! { <ContentTypeFact /> })}
            {size}
            {mode}
            {modified}
            {compression.map(|name| view! { <Fact name="Compression">{name}</Fact> })}
            <Sha256Fact file asked />
        </FactList>
    }
    .into_any()
}

/// The time where the browser is; of a time without a zone, as the archive has it.
fn time_text(time: MemberTime) -> String {
    if !time.local {
        return locale::local_time(time.seconds as f64);
    }
    let text = Timestamp::from_seconds(time.seconds).to_rfc3339().unwrap_or_default();
    format!("{}, zone not known", text.trim_end_matches('Z').replace('T', " "))
}

/// Saves the member.
#[component]
fn SaveMember(file: FileOnShow, size: u64) -> AnyView {
    let (image, notices) = (use_image(), use_notices());
    let busy = RwSignal::new(false);
    let file = StoredValue::new(file);
    let save = move || {
        let Some(client) = image.client() else { return };
        let file = file.get_value();
        let name = file.name();
        busy.set(true);
        spawn(async move {
            let content = file.read(client, image.position, (0, size), |_| ()).await;
            let saved = content.and_then(|(_, bytes)| download::save_bytes(&name, &bytes));
            busy.try_set(false);
            match saved {
                Err(problem) if problem.code != "closed" => {
                    notices.failed("Could not download the member", problem);
                }
                _ => {}
            }
        });
    };
    view! { <Button label="Download member" icon=Icon::Down disabled=busy on_press=save /> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member_path::{MemberPath, MemberStep};
    use crate::protocol::{LinkPath, MemberForm};
    use crate::selection::LayerSelection;
    use crate::ui::testing::{Rendered, TestPage};
    use crate::vocabulary::{Compression, NodeKind};

    fn file(member: &[u8]) -> FileOnShow {
        FileOnShow {
            path: LinkPath("/srv/app.war".into()),
            layers: LayerSelection::All,
            member: MemberPath::parse(member),
        }
    }

    fn row() -> MemberRow {
        MemberRow {
            step: MemberStep { name: b"<x>.jar".to_vec(), nth: 1 },
            name: "<x>.jar".into(),
            kind: NodeKind::File,
            size: Some(12_345),
            mode: Some(0o644),
            modified: Some(MemberTime { seconds: 0, local: true }),
            target: "".into(),
            barrier: None,
        }
    }

    fn body(list: MemberList) -> Rendered {
        let page = TestPage::at("#/?view=files&path=/srv/app.war&member=lib/%3Cx%3E.jar");
        page.render(move || {
            let (list, asked) = (Arc::new(list), AskedDigest::new());
            view! { <MemberBody file=file(b"lib/<x>.jar") list asked /> }
        })
    }

    #[test]
    fn a_member_has_its_facts_and_its_own_members() {
        let inner = MemberRow { name: "B.class".into(), ..row() };
        let inner = MemberRow { step: MemberStep { name: b"B.class".to_vec(), nth: 1 }, ..inner };
        let html = body(MemberList {
            this: Some(row()),
            form: Some(MemberForm::Tar),
            compression: Compression::Gzip,
            rows: vec![inner],
            total: 1,
            problem: None,
        });
        let text = html.text();
        assert!(
            text.starts_with(
                "Member <x>.jar Size 12.3 kB 12,345 bytes Mode -rw-r--r-- 0644 \
                 Modified 1970-01-01 00:00:00, zone not known Compression gzip SHA-256 Compute SHA-256 \
                 Download member"
            ),
            "{text}"
        );
        assert!(html.has("member=lib/%3Cx%3E.jar%21/B.class\""), "{html}");
        assert!(html.has(r#"aria-label="Content""#));
    }

    #[test]
    fn a_member_that_is_too_large_is_not_saved_by_itself() {
        let this = MemberRow { size: Some(MAX_SAVED + 1), ..row() };
        let html = body(MemberList { this: Some(this), ..MemberList::default() });
        let text = html.text();
        assert!(!text.contains("Download member") && text.contains("Larger than"), "{text}");
    }

    #[test]
    fn the_way_back_leads_through_all_archives() {
        let page =
            TestPage::at("#/?view=files&path=/srv/app.war&member=a.jar%21/b.zip%21/c&line=3");
        let html = page.render(|| view! { <MemberTrail file=file(b"a.jar!/b.zip!/c") /> });
        assert!(html.has(r##"href="#/?view=files&amp;path=/srv/app.war">app.war<"##), "{html}");
        assert!(html.has("member=a.jar%21/b.zip\">b.zip<"), "{html}");
        assert!(html.has(r#"aria-current="page">c<"#), "{html}");
    }
}
