//! The choice of a platform: the same image as it was built for others.

use super::here::here;
use super::opened::Opened;
use super::parts::{Views, holds, live, view};
use super::state::{Memo, untrack};
use crate::format;
use crate::link::LinkTarget;
use crate::selection::LayerSelection;
use crate::session::query::{ImageLine, SourceInfo};
use leptos::prelude::*;

/// An image's ID, and the words that it is chosen by.
type Choice = (String, String);

/// The images of the same names as the chosen one, where they differ in platform; else none.
fn choices(source: &SourceInfo) -> Vec<Choice> {
    let Some(chosen) = source.images.get(source.chosen as usize) else { return Vec::new() };
    let same = |image: &&ImageLine| image.names == chosen.names && !image.image_id.is_empty();
    let same: Vec<&ImageLine> = source.images.iter().filter(same).collect();
    if same.iter().all(|image| image.platform == chosen.platform) {
        return Vec::new();
    }
    let choice = |image: &&ImageLine| {
        let twins = same.iter().filter(|other| other.platform == image.platform).count();
        let words = match twins {
            1 => image.platform.clone(),
            _ => format!("{} · {}", image.platform, format::short_digest(&image.image_id)),
        };
        (image.image_id.clone(), words)
    };
    same.iter().map(choice).collect()
}

/// What a registry has of the image that is shown, for others.
fn remote_choices(source: &SourceInfo) -> Vec<Choice> {
    let own = source.images.iter().map(|image| image.platform.clone());
    let absent = source.others.iter().filter(|other| other.kind == "absent");
    let mut all: Vec<String> =
        own.chain(absent.filter_map(|other| other.platform.clone())).collect();
    all.sort();
    all.dedup();
    if all.len() < 2 {
        Vec::new()
    } else {
        all.into_iter().map(|name| (name.clone(), name)).collect()
    }
}

/// The choice; nothing where there is none. The view and the path stay, layers are another image's.
pub fn platform_select(opened: Opened, class: &'static str) -> AnyView {
    let here = here();
    let remote = opened.origin().is_some();
    let of = if remote { remote_choices } else { choices };
    let list = move || opened.source.read().as_deref().map(of).unwrap_or_default();
    // Drawn again only for other choices, so that it keeps the focus.
    let words = Memo::new(move |_| list().into_iter().map(|(id, _)| id).collect::<String>());
    let pick = move |event| {
        let value = event_target_value(&event);
        here.go(|link| {
            match remote {
                true => link.platform = value,
                false => link.target = LinkTarget::Archive { digest: value },
            }
            link.layers = LayerSelection::All;
        });
    };
    let option = move |(id, words): Choice| {
        let value = id.clone();
        let selected = holds(move || match remote {
            true => opened.chosen(|image| image.platform == id).unwrap_or(false),
            false => opened.chosen_id().as_ref() == Some(&id),
        });
        view! { <option value=value prop:selected=selected>{words}</option> }
    };
    live(move || {
        words.track();
        let list = untrack(list);
        (!list.is_empty()).then(|| {
            view! {
                <label class=format!("platform {class}")>
                    <span class="vh">"Platform"</span>
                    <select class="field" on:change=pick>
                        {list.into_iter().map(option).views()}
                    </select>
                </label>
            }
        })
    })
}
