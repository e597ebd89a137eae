//! The members of an archive that the pane shows, each a link that opens it in the pane.
//!
//! - Names are of the archive: shown as text, compared with names, used as no path.

use super::file_on_show::FileOnShow;
use super::read_progress::progress_text;
use crate::format;
use crate::problem::Problem;
use crate::protocol::{MemberBarrier, MemberList, MemberRow, OrderProgress};
use crate::ui::app::{ShownImage, set_member, spawn, use_image, use_navigation};
use crate::ui::widgets::{Button, ProblemNote, SizeText};
use crate::ui::words;
use crate::vocabulary::NodeKind;
use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;
use std::sync::Arc;

/// Rows that are drawn at once, and from which on there is a box to filter them.
const DRAWN: usize = 200;
const FILTERED: usize = 12;

/// The list that was requested.
#[derive(Clone, Copy)]
pub struct ListRead {
    /// `None`: not here yet.
    pub list: RwSignal<Option<Result<Arc<MemberList>, Problem>>>,
    progress: RwSignal<Option<OrderProgress>>,
    cancelled: RwSignal<bool>,
    handle: StoredValue<Option<AbortHandle>>,
}

impl ListRead {
    /// Nothing was asked.
    pub fn new() -> ListRead {
        ListRead {
            list: RwSignal::new(None),
            progress: RwSignal::new(None),
            cancelled: RwSignal::new(false),
            handle: StoredValue::new(None),
        }
    }

    /// Asks when the owner is drawn, and stops with it.
    pub fn ask_when_drawn(self, image: ShownImage, file: FileOnShow) {
        let file = StoredValue::new(file);
        Effect::new(move || {
            if !self.cancelled.get() {
                self.ask(image, file.get_value());
            }
        });
        on_cleanup(move || self.stop());
    }

    fn ask(self, image: ShownImage, file: FileOnShow) {
        let Some(client) = image.client() else { return };
        let progress = move |progress| {
            self.progress.try_set(Some(progress));
        };
        let (work, handle) = abortable(file.members(client, image.position, progress));
        self.handle.set_value(Some(handle));
        spawn(async move {
            match work.await {
                Err(_) => {
                    self.cancelled.try_set(true);
                }
                Ok(Err(problem)) if problem.code == "closed" => {}
                Ok(list) => {
                    self.list.try_set(Some(list.map(Arc::new)));
                }
            }
            self.progress.try_set(None);
        });
    }

    fn stop(self) {
        if let Some(Some(handle)) = self.handle.try_update_value(Option::take) {
            handle.abort();
        }
    }
}

/// Asks for the members of an archive, and draws them.
#[component]
pub fn MembersOfFile(file: FileOnShow) -> AnyView {
    let read = ListRead::new();
    read.ask_when_drawn(use_image(), file.clone());
    let drawn = move || {
        let list = read.list.get()?.ok()?;
        Some(view! { <MembersView file=file.clone() list /> })
    };
    view! { {drawn} <ListRest read /> }.into_any()
}

/// What is being read, or why it is not.
#[component]
pub fn ListRest(read: ListRead) -> AnyView {
    let drawn = move || {
        if let Some(Err(problem)) = read.list.get() {
            return view! { <div role="alert"><ProblemNote problem grave=true /></div> }.into_any();
        }
        if read.cancelled.get() {
            let again = move || read.cancelled.set(false);
            return view! {
                <p class="bt">
                    <Button label="Continue reading" on_press=again />
                    <span class="soft">"Cancelled"</span>
                </p>
            }
            .into_any();
        }
        match read.progress.get() {
            Some(progress) => view! {
                <p class="bt" role="status">
                    <Button label="Cancel" on_press=move || read.stop() />
                    <span class="soft">{progress_text(progress)}</span>
                </p>
            }
            .into_any(),
            None => ().into_any(),
        }
    };
    view! { {drawn} }.into_any()
}

/// The members of an archive.
#[component]
pub fn MembersView(file: FileOnShow, list: Arc<MemberList>) -> AnyView {
    if list.form.is_none() {
        return ().into_any();
    }
    let (rows, total) = (list.rows.len(), list.total);
    let sought = RwSignal::new(String::new());
    let most = RwSignal::new(DRAWN);
    let matches = {
        let list = list.clone();
        Memo::new(move |_| matching(&list.rows, &sought.read()))
    };
    let file = StoredValue::new(file);
    let of_list = list.clone();
    let drawn = move || {
        let matches = matches.read();
        let rows = matches.iter().take(most.get()).filter_map(|at| of_list.rows.get(*at));
        rows.map(|row| view! { <MemberLine file=file.get_value() row=row.clone() /> })
            .collect_view()
    };
    let rest = move || {
        let left = matches.read().len().saturating_sub(most.get());
        (left > 0).then(|| {
            let text = format!("{} more", format::count(left as u64));
            view! {
                <p class="bt">
                    <Button label="Show more" on_press=move || most.update(|most| *most += 5 * DRAWN) />
                    <span class="soft">{text}</span>
                </p>
            }
        })
    };
    let filter = (rows > FILTERED).then(|| {
        let found = move || match sought.read().is_empty() {
            true => String::new(),
            false => format!(
                "{} of {}",
                format::count(matches.read().len() as u64),
                format::count(rows as u64)
            ),
        };
        view! {
            <p class="bt">
                <input
                    type="search"
                    class="field"
                    aria-label="Filter members"
                    placeholder="Part of a name"
                    autocomplete="off"
                    spellcheck="false"
                    on:input=move |event| sought.set(event_target_value(&event))
                />
                <span class="soft" role="status">{found}</span>
            </p>
        }
    });
    view! {
        <section class="known" aria-label="Members">
            <h3>{format!("Members ({})", format::count(total))}</h3>
            {filter}
            <ul class="names members">{drawn}</ul>
            {rest}
            {hint(&list).map(|text| view! { <p class="hint">{text}</p> })}
            {list.problem.clone().map(|problem| view! { <ProblemNote problem /> })}
        </section>
    }
    .into_any()
}

/// What is not listed, or that nothing is.
fn hint(list: &MemberList) -> Option<String> {
    let rows = list.rows.len() as u64;
    match (list.total, rows < list.total) {
        (0, _) if list.problem.is_none() => Some("Nothing is listed here.".to_owned()),
        (_, true) => Some(format!("The first {}.", format::count(rows))),
        _ => None,
    }
}

/// The rows whose names have a text, letters of either case.
fn matching(rows: &[MemberRow], text: &str) -> Vec<usize> {
    let text = text.trim().to_lowercase();
    let is_found = |row: &MemberRow| text.is_empty() || row.name.to_lowercase().contains(&text);
    (0..).zip(rows).filter(|(_, row)| is_found(row)).map(|(at, _)| at).collect()
}

/// One member: a link that opens it, if it can be opened.
#[component]
fn MemberLine(file: FileOnShow, row: MemberRow) -> AnyView {
    let navigation = use_navigation();
    let name = row.name.to_string();
    let nth = (row.step.nth > 1).then(|| format!(" (number {} of this name)", row.step.nth));
    let opens = row.kind == NodeKind::File && row.barrier.is_none();
    let target = (!row.target.is_empty()).then(|| format!(" → {}", row.target));
    let why = match row.barrier {
        Some(barrier) => barrier_text(barrier),
        None => match row.kind {
            NodeKind::File => String::new(),
            kind => words::node_kind(kind).to_owned(),
        },
    };
    let name = match opens {
        true => {
            let member = file.member.with(row.step.clone());
            let href = move || navigation.href(|link| set_member(link, &member));
            view! { <a href=href>{name}{nth}</a> }.into_any()
        }
        false => view! { <span>{name}{nth}{target}</span> }.into_any(),
    };
    let size = row.size.map(|bytes| view! { <SizeText bytes /> });
    view! {
        <li>
            <span class="mono">{name}</span>
            <span class="soft">{why}</span>
            <span class="num">{size}</span>
        </li>
    }
    .into_any()
}

/// Why a member cannot be opened, in a few words.
fn barrier_text(barrier: MemberBarrier) -> String {
    match barrier {
        MemberBarrier::Encrypted => "Encrypted".to_owned(),
        MemberBarrier::Method(id) => format!("Compressed by method {id}, which is not read here"),
        MemberBarrier::Sparse => "Sparse file".to_owned(),
        MemberBarrier::LongName => "Name too long".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member_path::{MemberPath, MemberStep};
    use crate::protocol::{LinkPath, MemberForm};
    use crate::selection::LayerSelection;
    use crate::ui::testing::{Rendered, TestPage};

    fn row(name: &str) -> MemberRow {
        MemberRow {
            step: MemberStep { name: name.into(), nth: 1 },
            name: name.into(),
            kind: NodeKind::File,
            size: Some(3),
            mode: None,
            modified: None,
            target: "".into(),
            barrier: None,
        }
    }

    fn drawn(rows: Vec<MemberRow>, total: u64, problem: Option<Problem>) -> Rendered {
        let form = Some(MemberForm::Zip);
        let list = Arc::new(MemberList { form, rows, total, problem, ..MemberList::default() });
        let file = FileOnShow {
            path: LinkPath("/a.war".into()),
            layers: LayerSelection::All,
            member: MemberPath::parse(b"lib/b!!.jar"),
        };
        let page = TestPage::at("#/?view=files&path=/a.war&member=lib/b%21%21.jar&line=4");
        page.render(move || view! { <MembersView file list /> })
    }

    #[test]
    fn a_member_is_a_link_one_level_deeper_and_hostile_names_are_text() {
        let second =
            MemberRow { step: MemberStep { name: b"../<b>".to_vec(), nth: 2 }, ..row("../<b>") };
        let html = drawn(vec![row("org/A.class"), second], 2, None);
        assert!(html.has("member=lib/b%21%21.jar%21/org/A.class\""), "{html}");
        assert!(html.has("member=lib/b%21%21.jar%21/../%3Cb%3E%212\""), "{html}");
        let text = html.text();
        assert!(
            text.starts_with("Members (2) org/A.class 3 B ../<b> (number 2 of this name)"),
            "{text}"
        );
        assert!(!html.has("type=\"search\""), "two need no filter");
    }

    #[test]
    fn what_cannot_be_opened_says_why_and_is_no_link() {
        let barred = |barrier| MemberRow { barrier: Some(barrier), ..row("x") };
        let link = MemberRow { kind: NodeKind::Symlink, target: "/etc/passwd".into(), ..row("l") };
        let rows = vec![barred(MemberBarrier::Encrypted), barred(MemberBarrier::Method(12)), link];
        let html = drawn(rows, 3, None);
        assert!(!html.has("<a "), "{html}");
        let text = html.text();
        for part in ["x Encrypted", "Compressed by method 12", "l → /etc/passwd Symbolic link"] {
            assert!(text.contains(part), "{part:?} in {text}");
        }
    }

    #[test]
    fn of_many_members_the_first_are_drawn_and_can_be_filtered() {
        let rows: Vec<_> = (0..500).map(|at| row(&format!("m{at}"))).collect();
        assert_eq!(matching(&rows, "M49"), [49, 490, 491, 492, 493, 494, 495, 496, 497, 498, 499]);
        let problem = Problem::new("unpack-limit", "It unpacks to more bytes.");
        let html = drawn(rows, 900, Some(problem));
        assert_eq!(html.count("<li>"), DRAWN);
        assert!(html.has(r#"aria-label="Filter members""#));
        let text = html.text();
        assert!(text.contains("Show more 300 more The first 500."), "{text}");
        assert!(text.contains("It unpacks to more bytes."), "{text}");
    }

    #[test]
    fn an_archive_without_members_says_so() {
        assert_eq!(drawn(vec![], 0, None).text(), "Members (0) Nothing is listed here.");
    }
}
