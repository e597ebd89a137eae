//! Where the page is: its link as a signal, and the only place that writes it.
//!
//! - The link is the state of the view. Links between views are plain anchors; the browser writes the
//!   fragment and tells of it, so back, forward and new tabs need no code.
//! - `go` makes an entry in the browser's history, `replace` (typing into a filter) none.

use super::state::{Memo, RwSignal};
use crate::link::{Link, LinkTarget, View};
use crate::selection::LayerSelection;
use crate::text::percent_encode;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// The link of the page, copied about. Each part of it is followed by itself.
#[derive(Clone, Copy)]
pub struct Here {
    link: RwSignal<Link>,
    place: Memo<LinkTarget>,
    platform: Memo<String>,
    view: Memo<View>,
    layers: Memo<LayerSelection>,
    path: Memo<String>,
    filter: Memo<String>,
    sort: Memo<String>,
    group: Memo<String>,
    show: Memo<String>,
    item: Memo<String>,
}

impl Here {
    /// Reads the address, and follows it from now on.
    pub fn new() -> Here {
        let search = window().location().search().unwrap_or_default();
        let link = RwSignal::new(Link::default());
        let here = Here {
            link,
            place: Memo::new(move |_| link.read().target.clone()),
            platform: Memo::new(move |_| link.read().platform.clone()),
            view: Memo::new(move |_| link.read().view),
            layers: Memo::new(move |_| link.read().layers),
            path: Memo::new(move |_| percent_encode(&link.read().path)),
            filter: Memo::new(move |_| link.read().filter.clone()),
            sort: Memo::new(move |_| link.read().sort.clone()),
            group: Memo::new(move |_| link.read().group.clone()),
            show: Memo::new(move |_| link.read().show.clone()),
            item: Memo::new(move |_| link.read().item.clone()),
        };
        match Link::from_search(&search) {
            Some(link) => here.write(link, false), // from another site; into the fragment at once
            None => here.follow(),
        }
        let follow = window_event_listener(leptos::ev::hashchange, move |_| here.follow());
        let follow_back = window_event_listener(leptos::ev::popstate, move |_| here.follow());
        on_cleanup(move || {
            follow.remove();
            follow_back.remove();
        });
        here
    }

    fn follow(self) {
        let link = Link::parse(&window().location().hash().unwrap_or_default());
        if *self.link.read_untracked() != link {
            self.link.set(link);
        }
    }

    /// The whole link.
    pub fn link(self) -> Link {
        self.link.get()
    }

    /// `link`, without following it.
    pub fn link_untracked(self) -> Link {
        self.link.get_untracked()
    }

    /// What is opened.
    pub fn place(self) -> LinkTarget {
        self.place.get()
    }

    /// The platform that the link names; empty: none.
    pub fn platform(self) -> String {
        self.platform.get()
    }

    /// The local image that the link names.
    pub fn image(self) -> Option<String> {
        image_of(self.place.get())
    }

    /// `image`, without following it.
    pub fn image_untracked(self) -> Option<String> {
        image_of(self.link.read_untracked().target.clone())
    }

    /// The view.
    pub fn view(self) -> View {
        self.view.get()
    }

    /// The selection of layers.
    pub fn layers(self) -> LayerSelection {
        self.layers.get()
    }

    /// The path under the cursor, percent-encoded as queries want it; empty: none.
    pub fn path(self) -> Memo<String> {
        self.path
    }

    /// The filter.
    pub fn filter(self) -> String {
        self.filter.get()
    }

    /// The order.
    pub fn sort(self) -> String {
        self.sort.get()
    }

    /// By what the rows of a table are grouped.
    pub fn group(self) -> String {
        self.group.get()
    }

    /// What of a table is shown.
    pub fn show(self) -> String {
        self.show.get()
    }

    /// The row whose details are open; empty: none.
    pub fn item(self) -> Memo<String> {
        self.item
    }

    /// An address that differs from this one as `change` says; tracks this one.
    pub fn href(self, change: impl FnOnce(&mut Link)) -> String {
        let mut link = self.link.get();
        change(&mut link);
        link.to_string()
    }

    /// `href` with the page's own address before it.
    pub fn address(self, change: impl FnOnce(&mut Link)) -> String {
        let page = window().location().href().unwrap_or_default();
        let page = page.split(['#', '?']).next().unwrap_or_default();
        format!("{page}{}", self.href(change))
    }

    /// Goes to another view of the same.
    pub fn go(self, change: impl FnOnce(&mut Link)) {
        let mut link = self.link.get_untracked();
        change(&mut link);
        self.write(link, true);
    }

    /// `go`, without an entry in the history.
    pub fn replace(self, change: impl FnOnce(&mut Link)) {
        let mut link = self.link.get_untracked();
        change(&mut link);
        self.write(link, false);
    }

    /// To an image that has just been opened: where the link names it, the link stays as it is.
    pub fn go_to_image(self, digest: &str) {
        if self.image_untracked().as_deref() != Some(digest) {
            self.write(Link::to(LinkTarget::Archive { digest: digest.to_owned() }), true);
        }
    }

    fn write(self, link: Link, push: bool) {
        if *self.link.read_untracked() == link {
            return;
        }
        let text = link.to_string();
        let history = window().history().expect("a window has a history");
        // Browsers refuse hundreds of changes in a row; the address then catches up with the next.
        let _ = match push {
            true => history.push_state_with_url(&JsValue::NULL, "", Some(&text)),
            false => history.replace_state_with_url(&JsValue::NULL, "", Some(&text)),
        };
        self.link.set(link);
    }
}

fn image_of(place: LinkTarget) -> Option<String> {
    match place {
        LinkTarget::Archive { digest } => Some(digest),
        _ => None,
    }
}

/// The link of the page, from the context.
pub fn here() -> Here {
    expect_context()
}
