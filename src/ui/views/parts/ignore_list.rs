//! The ignore list beside the tables of secrets and risks: opened, named with what it ignores, and removed.

use crate::browser::page::folder;
use crate::format;
use crate::link::Link;
use crate::protocol::{LinkWord, RiskShow, SecretShow};
use crate::text::Shown;
use crate::ui::app::{
    Loaded, claim_drops, may_be_ignore_list, remove_ignore_list, take_ignore_list, use_image,
    use_navigation, use_notices,
};
use crate::ui::widgets::{Button, ButtonKind, Glyph, Icon};
use leptos::prelude::*;

/// Takes ignore lists that are dropped while the view is shown: they are no images.
pub fn claim_ignore_lists() {
    let (source, notices) = (use_image().source, use_notices());
    claim_drops(move |files| {
        let is_list = files.len() == 1 && files.iter().all(|file| may_be_ignore_list(&file.name()));
        if is_list {
            take_ignore_list(source, notices, files.to_vec());
        }
        is_list
    });
}

/// What a table of findings shows. A shared link may ask for those that an ignore list names where none is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownFindings<W> {
    /// It is not known yet whether a list is open.
    Unknown,
    /// What the link asks for.
    Asked(W),
    /// All: no list is open.
    AllInstead,
}

impl<W: LinkWord + Default> ShownFindings<W> {
    /// `has_list`: whether a list is open, as the numbers of the view say.
    pub fn of(asked: W, ignored: W, has_list: &Loaded<bool>) -> ShownFindings<W> {
        match has_list {
            _ if asked != ignored => ShownFindings::Asked(asked),
            Loaded::Ready(has_list) if !**has_list => ShownFindings::AllInstead,
            Loaded::NotAsked | Loaded::Loading => ShownFindings::Unknown,
            Loaded::Ready(_) | Loaded::Failed(_) => ShownFindings::Asked(asked),
        }
    }

    /// What is requested from the session; `None`: nothing yet.
    pub fn question(self) -> Option<W> {
        match self {
            ShownFindings::Unknown => None,
            ShownFindings::Asked(show) => Some(show),
            ShownFindings::AllInstead => Some(W::default()),
        }
    }

    /// What is said above the table; empty: nothing.
    pub fn note(self) -> &'static str {
        match self {
            ShownFindings::AllInstead => {
                "The link asks for ignored findings, and no ignore list is open: all are shown."
            }
            ShownFindings::Unknown | ShownFindings::Asked(_) => "",
        }
    }
}

/// The button that opens a list; or the list, with the button that removes it.
#[component]
pub fn IgnoreListPart(
    /// The list's name, and how many findings of this view it names.
    #[prop(into)]
    ignored: Signal<(Option<Shown>, u32)>,
) -> AnyView {
    let (source, notices, navigation) = (use_image().source, use_notices(), use_navigation());
    let picked = move |event: leptos::ev::Event| {
        let files = folder::from_input(&event_target(&event));
        take_ignore_list(source, notices, files);
    };
    let drawn = move || match ignored.get() {
        (None, _) => view! {
            <label class="btn q open">
                <input class="vh" type="file" aria-label="Open ignore list" on:change=picked />
                <Glyph icon=Icon::Open />
                <span>"Open ignore list"</span>
            </label>
        }
        .into_any(),
        (Some(name), count) => view! {
            <span class="soft" role="status">{ignored_text(&name, count)}</span>
            <Button
                label="Remove ignore list"
                kind=ButtonKind::Quiet
                on_press=move || {
                    navigation.replace(show_all);
                    remove_ignore_list(source, notices);
                }
            />
        }
        .into_any(),
    };
    view! { <span class="bt">{drawn}</span> }.into_any()
}

/// Without a list nothing is ignored: a view of what is goes back to all.
fn show_all(link: &mut Link) {
    if link.show == SecretShow::Ignored.word() || link.show == RiskShow::Ignored.word() {
        link.show.clear();
        link.item.clear();
    }
}

fn ignored_text(name: &str, count: u32) -> String {
    format!("{} ignored by {name}", format::count(count.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::TestPage;

    fn draw(ignored: (Option<Shown>, u32)) -> String {
        TestPage::at("#/?view=secrets")
            .render(move || view! { <IgnoreListPart ignored=Signal::stored(ignored) /> })
            .text()
    }

    #[test]
    fn a_list_is_offered_then_named_with_what_it_ignores() {
        assert_eq!(draw((None, 0)), "Open ignore list");
        let text = draw((Some(Shown::new("a\u{202e}b")), 1200));
        assert!(text.starts_with("1,200 ignored by a"), "{text}");
        assert!(text.ends_with("Remove ignore list") && !text.contains('\u{202e}'), "{text}");
    }

    #[test]
    fn a_view_of_what_is_ignored_goes_back_to_all_when_the_list_is_removed() {
        for (link, want) in [
            ("#/?view=secrets&filter=npm&show=ignored&item=a", "#/?view=secrets&filter=npm"),
            ("#/?view=risks&show=ignored", "#/?view=risks"),
            ("#/?view=risks&show=high&item=a", "#/?view=risks&show=high&item=a"),
        ] {
            let mut link = Link::parse(link);
            show_all(&mut link);
            assert_eq!(link.to_string(), want);
        }
    }
}
