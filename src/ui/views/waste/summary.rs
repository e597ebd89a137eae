//! The figures: what is wasted, by class, dive's figure beside it, and what the image would weigh.

use super::links;
use crate::format;
use crate::protocol::{ImageWeight, ImageWeights, WasteFacts, WasteShow};
use crate::selection::LayerSelection;
use crate::ui::app::{use_facts, use_navigation};
use crate::ui::widgets::{Absent, SizeText};
use crate::ui::words;
use crate::vocabulary::{FileTally, RewriteChange};
use leptos::prelude::*;

/// What is wasted in one line, and what is not known of it.
#[component]
pub(super) fn WasteFigure<'a>(facts: &'a WasteFacts) -> AnyView {
    let (navigation, image) = (use_navigation(), use_facts());
    let FileTally { files, bytes } = facts.hidden.all();
    let size = facts.weights.now.bytes;
    // A share of what was read in part says nothing about the image.
    let of = size
        .filter(|_| is_whole(facts))
        .map(|size| format!(" of {}, {}", format::size(size), format::percent_text(bytes, size)));
    let who = move || match navigation.layers() {
        LayerSelection::All => " wasted".to_owned(),
        LayerSelection::UpTo(last) => format!(" hidden up to layer {last}"),
        LayerSelection::Range(first, last) if first == last => format!(" hidden by layer {first}"),
        LayerSelection::Range(first, last) => format!(" hidden by layers {first}–{last}"),
    };
    let visible = move || {
        let visible = image.overview.read().map(|overview| overview.tree_size).flatten();
        visible.map(|size| format!("{} visible in a container.", format::size(size)))
    };
    let uncompared = (facts.uncompared.files > 0).then(|| {
        let FileTally { files, bytes } = facts.uncompared;
        let text = format!(
            "{} of {} were replaced by files of the same size whose contents were not compared: they count as \
             overwritten.",
            format::counted(files, "file", "files"),
            format::size(bytes)
        );
        view! { <p class="note">{text}</p> }
    });
    let unread = (!facts.unread.is_empty()).then(|| {
        let text = format!(
            "What {} would hide or hold is not known: not read.",
            words::layers(&facts.unread)
        );
        view! { <p class="note">{text}</p> }
    });
    let partial = (!facts.partial.is_empty()).then(|| {
        let layers = words::sentence(&words::layers(&facts.partial));
        let verb = if facts.partial.len() == 1 { "was" } else { "were" };
        let text =
            format!("{layers} {verb} read only in part: what is missing there is not counted.");
        view! { <p class="note">{text}</p> }
    });
    let href = move || links::hidden(navigation, &[WasteShow::Files]);
    view! {
        <p class="figure">
            <a href=href title=format::exact_size(bytes)>{format::size(bytes)}</a>
            <b>{who}</b>
            <span class="soft">
                {of}
                {format!(", {}. ", format::counted(files, "file", "files"))}
                {visible}
            </span>
        </p>
        {uncompared}
        {unread}
        {partial}
    }
    .into_any()
}

/// Files and bytes of each class; each line leads to its files.
#[component]
pub(super) fn WasteClasses<'a>(facts: &'a WasteFacts) -> AnyView {
    let hidden = &facts.hidden;
    let rewritten = |change| hidden.rewritten_by(change);
    let lines = [
        ("Removed later", false, WasteShow::Removed, hidden.removed),
        ("Overwritten later", false, WasteShow::Overwritten, hidden.overwritten),
        ("Rewritten with the same content", false, WasteShow::Rewritten, hidden.rewritten()),
        ("other permissions", true, WasteShow::Mode, rewritten(RewriteChange::Mode)),
        ("other owner", true, WasteShow::Owner, rewritten(RewriteChange::Owner)),
        ("other attributes", true, WasteShow::Xattrs, rewritten(RewriteChange::Xattrs)),
        ("other time", true, WasteShow::Times, rewritten(RewriteChange::Times)),
        ("nothing differs", true, WasteShow::Same, rewritten(RewriteChange::Nothing)),
    ];
    let shown = lines.into_iter().filter(|(_, part, _, tally)| !part || tally.files > 0);
    let line = |(name, part, show, tally): (&'static str, bool, WasteShow, FileTally)| {
        view! { <ClassLine name part show tally /> }
    };
    view! {
        <table class="t classes" aria-label="By what happened">
            <tbody>{shown.map(line).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

#[component]
fn ClassLine(name: &'static str, part: bool, show: WasteShow, tally: FileTally) -> AnyView {
    let navigation = use_navigation();
    let href = move || links::hidden(navigation, &[show]);
    let name = match tally.files {
        0 => view! { <span class="soft">{name}</span> }.into_any(),
        _ => view! { <a href=href>{name}</a> }.into_any(),
    };
    view! {
        <tr class:part=part>
            <th scope="row">{name}</th>
            <td class="num">{format::counted(tally.files, "file", "files")}</td>
            <td class="num"><SizeText bytes=tally.bytes /></td>
        </tr>
    }
    .into_any()
}

/// Whether all layers were read to their ends.
pub(super) fn is_whole(facts: &WasteFacts) -> bool {
    facts.unread.is_empty() && facts.partial.is_empty()
}

/// dive's figure, under its own name: a verdict, so only on a whole image.
#[component]
pub(super) fn DiveFigure<'a>(facts: &'a WasteFacts) -> AnyView {
    facts
        .dive
        .filter(|_| is_whole(facts))
        .map(|dive| {
            let text = format!(
                "{} It counts all copies of a path that occurs twice, the one that is visible too.",
                words::dive(dive)
            );
            view! { <p class="soft">{text}</p> }
        })
        .into_any()
}

/// What the image weighs, and would weigh.
#[component]
pub(super) fn Weights<'a>(facts: &'a WasteFacts) -> AnyView {
    let navigation = use_navigation();
    let ImageWeights { now, visible, without_copies } = facts.weights;
    let compressed = now.compressed.is_some();
    let copies = facts.duplicates.files.saturating_sub(facts.duplicates.groups);
    let line = |name: AnyView, weight: ImageWeight, estimated: bool| {
        let stored = compressed.then(|| {
            let about = estimated.then_some("about ");
            view! {
                <td class="num">
                    {about}<SizeText bytes=weight.compressed absent=Absent::Unknown />
                </td>
            }
        });
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="num"><SizeText bytes=weight.bytes absent=Absent::Unknown /></td>
                {stored}
            </tr>
        }
    };
    let files = move || links::hidden(navigation, &[WasteShow::Files]);
    let head = compressed.then(|| {
        view! { <th scope="col" class="num" title="Estimated by each layer's own ratio">"Compressed"</th> }
    });
    let note = compressed.then(|| {
        view! { <p class="soft">"Compressed sizes that begin with “about” are estimates, by each layer's own ratio."</p> }
    });
    view! {
        <table class="t weights" aria-label="What it would weigh">
            <thead><tr><td></td><th scope="col" class="num">"Size"</th>{head}</tr></thead>
            <tbody>
                {line("The image as it is".into_any(), now, false)}
                {line(view! { <a href=files>"Without hidden files"</a> }.into_any(), visible, true)}
                {(copies > 0).then(|| line(view! { <CopiesLink copies /> }.into_any(), without_copies, true))}
            </tbody>
        </table>
        {note}
    }
    .into_any()
}

/// `Without 2 copies of the same content as well`; leads to them.
#[component]
fn CopiesLink(copies: u64) -> AnyView {
    let navigation = use_navigation();
    let (one, many) = ("copy of the same content", "copies of the same content");
    let text = format!("Without {} as well", format::counted(copies, one, many));
    view! { <a href=move || links::duplicates(navigation)>{text}</a> }.into_any()
}
