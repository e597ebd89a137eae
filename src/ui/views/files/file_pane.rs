//! The pane of the selected path: facts, history by layer, packages, content.

use super::content::Content;
use super::content_type_fact::ContentTypeOnShow;
use super::digest_fact::AskedDigest;
use super::facts::FactsOfPath;
use super::file_on_show::FileOnShow;
use super::member_pane::MemberPane;
use super::path_link::link_to_path;
use super::row_filter::PathFilterButton;
use super::row_terms::PathCells;
use super::values::{owner_text, owner_with_numbers};
use super::versions::versions_of;
use crate::browser::page::client::Attachment;
use crate::browser::page::{dom, download};
use crate::format;
use crate::link::{Link, View};
use crate::member_path::MemberPath;
use crate::protocol::{
    Difference, ExtractedPart, FileDetails, FileEvent, FileFacts, FilePackage, FileRelation,
    LinkPath, ReadContent, SinceInstalled,
};
use crate::selection::LayerSelection;
use crate::text::{Shown, percent_decode};
use crate::ui::app::{Loaded, set_path, spawn, use_image, use_navigation, use_notices, use_query};
use crate::ui::views::parts::{DirectoryMenu, has_contents, last_part, save_part};
use crate::ui::widgets::{
    Button, ButtonKind, ChangeTag, CopyButton, DetailsPane, Fact, FactList, Icon, LoadingState,
    ProblemAlert, SizeText,
};
use crate::ui::words;
use crate::vocabulary::NodeKind;
use leptos::html::Div;
use leptos::prelude::*;
use std::sync::Arc;

/// The pane.
#[component]
pub fn FilePane() -> AnyView {
    let (navigation, image) = (use_navigation(), use_image());
    let position = image.position;
    let path = Memo::new(move |_| navigation.path());
    let layers = Memo::new(move |_| navigation.layers());
    let facts = use_query(move || {
        image.tree()?;
        let path = Some(path.get()).filter(|path| !path.0.is_empty())?;
        Some(FileDetails { image: position, path, layers: layers.get() })
    });
    let readable = Memo::new(move |_| readable_size(&facts.read(), &path.read()));
    let member = Memo::new(move |_| navigation.member());
    let shown = Memo::new(move |_| FileOnShow {
        path: path.get(),
        layers: layers.get(),
        member: member.get(),
    });
    let title = Signal::derive(move || match member.read().is_empty() {
        true => last_name(&path.read()).to_string(),
        false => Shown::new(member.read().last_name()).to_string(),
    });
    let is_directory = Memo::new(move |_| shows_directory(&facts.read(), &path.read()));
    let tools = move || {
        if !member.read().is_empty() {
            return None; // the member has its own
        }
        let (path, layers) = (path.get(), layers.get());
        match readable.get().filter(|_| has_contents(image)) {
            Some(size) => Some(view! { <DownloadButton path layers size /> }.into_any()),
            None if is_directory.get() && has_contents(image) => {
                Some(view! { <DirectoryMenu path layers /> }.into_any())
            }
            None => None,
        }
    };
    let asked = AskedDigest::new();
    ContentTypeOnShow::provide();
    Effect::new(move || asked.stop_others(&shown.read()));
    on_cleanup(move || asked.stop());
    let body = move || {
        let wanted = path.get();
        match facts.get() {
            Loaded::Ready(facts) if facts.path == wanted => match member.read().is_empty() {
                true => view! { <FileBody facts asked /> }.into_any(),
                false => opened_member(&facts, shown.get(), asked),
            },
            other => match other.problem() {
                Some(problem) => view! { <ProblemAlert problem=problem.clone() /> }.into_any(),
                None => view! { <LoadingState /> }.into_any(),
            },
        }
    };
    let root = NodeRef::<Div>::new();
    focus_when_moved(root, path, member);
    let versions = Memo::new(move |_| {
        let (facts, path) = (facts.read(), path.read());
        let facts = facts.ready().filter(|facts| facts.path == *path);
        facts.map_or(Vec::new(), |facts| versions_of(image.source, position, facts))
    });
    let content = move || {
        let size = readable.get().filter(|_| member.read().is_empty())?;
        Some(view! { <Content file=shown.get() size versions /> })
    };
    view! {
        <DetailsPane label="File" title closed=|link: &mut Link| set_path(link, &LinkPath::default()) tools=move || tools()>
            <div class="details" tabindex="-1" node_ref=root>{body}</div>
            {content}
        </DetailsPane>
    }
    .into_any()
}

/// Another member of the same file takes the place of what had the focus: the pane gets it.
fn focus_when_moved(root: NodeRef<Div>, path: Memo<LinkPath>, member: Memo<MemberPath>) {
    Effect::new(move |before: Option<(LinkPath, MemberPath)>| {
        let now = (path.get(), member.get());
        let moved = before.is_some_and(|(path, member)| path == now.0 && member != now.1);
        if let Some(root) = root.get_untracked().filter(|_| moved) {
            request_animation_frame(move || dom::focus(&root));
        }
        now
    });
}

/// The size, if the path is a file whose content can be read.
fn readable_size(facts: &Loaded<FileFacts>, path: &LinkPath) -> Option<u64> {
    let facts = facts.ready().filter(|facts| facts.path == *path)?;
    facts.current.as_ref().filter(|state| state.readable).map(|state| state.size)
}

/// Whether the path is a directory under the selection.
fn shows_directory(facts: &Loaded<FileFacts>, path: &LinkPath) -> bool {
    let facts = facts.ready().filter(|facts| facts.path == *path);
    let state = facts.and_then(|facts| facts.current.as_ref());
    state.is_some_and(|state| state.kind == NodeKind::Directory)
}

/// The member that the link names, or why there is none.
fn opened_member(facts: &FileFacts, file: FileOnShow, asked: AskedDigest) -> AnyView {
    match facts.current.as_ref().is_some_and(|state| state.readable) {
        true => view! { <MemberPane file asked /> }.into_any(),
        false => {
            let text = "The link names a member of a file that has no content here.";
            view! { <p class="hint">{text}</p> }.into_any()
        }
    }
}

/// The last component of a path.
fn last_name(path: &LinkPath) -> Shown {
    let bytes = percent_decode(&path.0).unwrap_or_default();
    Shown::new(bytes.rsplit(|byte| *byte == b'/').next().unwrap_or_default())
}

#[component]
fn FileBody(facts: Arc<FileFacts>, asked: AskedDigest) -> AnyView {
    let (navigation, image) = (use_navigation(), use_image());
    let shown = facts.shown.to_string();
    let link = link_to_path();
    let history = facts.history.iter().cloned().map(|event| view! { <HistoryLine event /> });
    let history = history.collect_view();
    let total = u64::from(facts.named_packages);
    let (owners, listed): (Vec<_>, Vec<_>) =
        facts.packages.iter().cloned().partition(|one| one.relation != FileRelation::Names);
    let (beside, folded) = match listed.len() > LISTED_AT_ONCE {
        true => (owners, listed),
        false => ([owners, listed].concat(), Vec::new()),
    };
    let directory = facts.current.as_ref().filter(|state| state.kind == NodeKind::Directory);
    let only_in = directory.map(|_| {
        let path = percent_decode(&facts.path.0).unwrap_or_default();
        let href = move || navigation.href(|link| link.directory = path.clone());
        view! { <a class="btn" href=href>"Look only in here"</a> }
    });
    let copy_label = match directory {
        Some(_) => "Copy link to directory",
        None => "Copy link to file",
    };
    let filter = PathCells::of_file(&facts).map(|cells| view! { <PathFilterButton cells /> });
    let state = match facts.current.clone() {
        Some(state) => {
            let link_end = facts.link_end.clone();
            let is_here = state.readable && has_contents(image);
            let file = || FileOnShow {
                path: facts.path.clone(),
                layers: navigation.layers(),
                member: MemberPath::default(),
            };
            let digest = is_here.then(|| (file(), asked));
            view! { <FactsOfPath state link_end digest /> }.into_any()
        }
        None => view! { <p class="hint">{absent_text(&facts)}</p> }.into_any(),
    };
    view! {
        <FactList>
            <Fact name="Path" code=true>
                <PathLinks path=facts.path.clone() />" "<CopyButton label="Copy path" text=shown />
            </Fact>
        </FactList>
        {state}
        <div class="do">
            <CopyButton label=copy_label text=link worded=true />
            {only_in}
            {filter}
        </div>
        <PackageLines packages=beside />
        <h3>"History by layer"</h3>
        <ul class="tl">{history}</ul>
        {(!folded.is_empty()).then(|| view! { <PackageDatabase packages=folded total /> })}
    }
    .into_any()
}

/// The path, each directory above it a link.
#[component]
fn PathLinks(path: LinkPath) -> AnyView {
    let navigation = use_navigation();
    let ends = path.0.match_indices('/').map(|(at, _)| at).skip(1);
    let mut start = 0;
    let mut parts = Vec::new();
    for end in ends.filter(|end| *end < path.0.len()) {
        let above = LinkPath(path.0[..end].to_owned());
        let name = Shown::new(percent_decode(&path.0[start..end]).unwrap_or_default());
        let href = move || navigation.href(|link| set_path(link, &above));
        parts.push(view! { <a href=href>{name.to_string()}</a> }.into_any());
        start = end;
    }
    let last = Shown::new(percent_decode(&path.0[start..]).unwrap_or_default());
    view! { <span class="crumbs">{parts}{last.to_string()}</span> }.into_any()
}

/// Why a path is not in the selection.
fn absent_text(facts: &FileFacts) -> String {
    match facts.history.iter().find(|event| event.state.is_none()) {
        Some(event) => format!("Not here: removed in layer {}.", event.layer),
        None => "Not in the selected layers.".to_owned(),
    }
}

/// Packages that a file lists are shown at once up to this many: a package database lists hundreds.
const LISTED_AT_ONCE: usize = 5;

#[component]
fn PackageLines(packages: Vec<FilePackage>) -> AnyView {
    if packages.is_empty() {
        return ().into_any();
    }
    let lines = packages.into_iter().map(|package| view! { <PackageLine package /> });
    view! { <FactList>{lines.collect_view()}</FactList> }.into_any()
}

/// The packages that a database lists, folded; of `total` the first ones.
#[component]
fn PackageDatabase(packages: Vec<FilePackage>, total: u64) -> AnyView {
    let all = format::counted(total, "package", "packages");
    let shown = packages.len() as u64;
    let rest = (shown < total).then(|| {
        let text = format!("The first {}; all are in Packages.", format::count(shown));
        view! { <p class="hint">{text}</p> }
    });
    view! {
        <details class="folded-list">
            <summary>{format!("Package database of {all}")}</summary>
            <PackageLines packages />
            {rest}
        </details>
    }
    .into_any()
}

#[component]
fn PackageLine(package: FilePackage) -> AnyView {
    let navigation = use_navigation();
    let (name, since) = match package.relation {
        FileRelation::Owner { since } => ("Belongs to", since_text(since)),
        FileRelation::Names => ("Lists package", None),
    };
    let since = since.map(|text| view! { <div class="soft">{text}</div> });
    let key = package.key;
    let href = move || {
        navigation.href(|link| {
            link.turn_to(View::Packages);
            link.item = key.clone();
        })
    };
    view! {
        <Fact name=name>
            <a href=href>{package.name.to_string()}" "{package.version.to_string()}</a>
            {since}
        </Fact>
    }
    .into_any()
}

/// What happened to a file since its package was installed.
fn since_text(since: SinceInstalled) -> Option<String> {
    match since {
        SinceInstalled::Unchanged { installed } => {
            Some(format!("No layer changed it since layer {installed} installed the package."))
        }
        SinceInstalled::Changed { installed, by } => {
            Some(format!("Layer {by} changed it, after layer {installed} installed the package."))
        }
        SinceInstalled::NotTold => None,
    }
}

/// What one layer did to the path.
#[component]
fn HistoryLine(event: FileEvent) -> AnyView {
    let navigation = use_navigation();
    let layer = event.layer;
    let href = move || navigation.href(|link| link.layers = LayerSelection::one(layer));
    let instruction = format!("{} {}", event.instruction.keyword, event.instruction.text);
    let differences = differences_text(&event.differences);
    let differences =
        (!differences.is_empty()).then(|| view! { <span class="soft">{differences}</span> });
    let size = event.state.map(|state| view! { <SizeText bytes=state.size /> });
    view! {
        <li>
            <ChangeTag change=event.change layer />
            <span>
                <a href=href title="Show what this layer changed">
                    {layer.to_string()}" · "{instruction.trim().to_owned()}
                </a>
                {differences}
            </span>
            <span class="num">{size}</span>
        </li>
    }
    .into_any()
}

/// `mode 0600 → 0644, content unchanged`.
pub(super) fn differences_text(differences: &[Difference]) -> String {
    let text = |difference: &Difference| match difference {
        Difference::Kind { before, after } => {
            format!("{} → {}", kind_word(*before), kind_word(*after))
        }
        Difference::Mode { before, after } => format!("mode {before:04o} → {after:04o}"),
        Difference::Owner { before, after } => {
            let names = [before, after].map(owner_text);
            // The same names may stand for other numbers.
            let [before, after] = match names[0] == names[1] {
                true => [before, after].map(owner_with_numbers),
                false => names,
            };
            format!("owner {before} → {after}")
        }
        Difference::Target { before, after } => format!("target {before} → {after}"),
        Difference::Xattrs => "extended attributes".to_owned(),
        Difference::Content { same_size: false } => "content".to_owned(),
        Difference::Content { same_size: true } => "content, same size".to_owned(),
        Difference::SameContent => "content unchanged".to_owned(),
        Difference::ContentNotCompared => "same size, content not compared yet".to_owned(),
    };
    differences.iter().map(text).collect::<Vec<_>>().join(", ")
}

fn kind_word(kind: NodeKind) -> String {
    words::node_kind(kind).to_lowercase()
}

/// A larger file is not read into memory to be saved.
const SMALL_FILE: u64 = 32 << 20;

/// Saves the file.
#[component]
fn DownloadButton(path: LinkPath, layers: LayerSelection, size: u64) -> AnyView {
    let (image, notices) = (use_image(), use_notices());
    let busy = RwSignal::new(false);
    let extracting = image.source.extracting.order;
    let save = move || {
        if size > SMALL_FILE {
            let (part, name) =
                (ExtractedPart::Content { layers, path: path.clone() }, last_part(&path));
            return save_part(image, notices, part, name);
        }
        let Some(client) = image.client() else { return };
        let question = ReadContent {
            image: image.position,
            path: path.clone(),
            layers,
            offset: 0,
            length: size,
        };
        let name = last_part(&path);
        busy.set(true);
        spawn(async move {
            let content = client.ask_with(question, Attachment::Nothing, |_| ()).await;
            let saved = content.and_then(|(_, bytes)| download::save_bytes(&name, &bytes));
            busy.try_set(false);
            match saved {
                Err(problem) if problem.code != "closed" => {
                    notices.failed("Could not download the file", problem);
                }
                _ => {}
            }
        });
    };
    view! {
        <Button
            label="Download"
            icon=Icon::Down
            kind=ButtonKind::Plain
            disabled=Signal::derive(move || busy.get() || size > SMALL_FILE && extracting.is_running())
            on_press=save
        />
    }
    .into_any()
}
