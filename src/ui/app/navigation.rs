//! Where the user is: the link as a signal, and the only code that writes it.
//!
//! - The link is the state of the view. Links between views are plain anchors; the browser writes the fragment
//!   and reports it, so back, forward and new tabs need no code.
//! - `go` makes an entry in the browser's history, `replace` (typing into a filter) does not.
//! - Find, filter, sort, group, rows shown and open row belong to one view: leaving it for another and coming back
//!   by the list of views finds them as they were.
//! - A `Navigation` without a browser (`Navigation::fixed`) serves tests of views.

use super::events::on_window;
use crate::browser::page::address;
use crate::link::{Link, LinkTarget, View};
use crate::protocol::{LinkPath, LinkWord, Sort};
use crate::selection::LayerSelection;
use crate::text::{percent_decode, percent_encode};
use leptos::prelude::*;

/// The parameters of a link that belong to one view.
#[derive(Clone, Default, PartialEq)]
struct ViewParameters {
    find: String,
    filter: String,
    sort: String,
    group: String,
    show: String,
    item: String,
}

/// The link of the page. Each accessor tracks its part of the link alone.
#[derive(Clone, Copy)]
pub struct Navigation {
    link: RwSignal<Link>,
    place: Memo<LinkTarget>,
    platform: Memo<String>,
    view: Memo<View>,
    layers: Memo<LayerSelection>,
    path: Memo<LinkPath>,
    find: Memo<String>,
    filter: Memo<String>,
    sort: Memo<String>,
    group: Memo<String>,
    show: Memo<String>,
    item: Memo<String>,
    /// What each view was left with.
    left: StoredValue<Vec<(View, ViewParameters)>>,
    in_browser: bool,
}

impl Navigation {
    /// Reads the address, and follows it from now on.
    pub fn from_address() -> Navigation {
        let navigation = Navigation::new(Link::default(), true);
        match Link::from_search(&address::query()) {
            // A link from another site: its query becomes a fragment at once.
            Some(link) => navigation.write(link, false),
            None => navigation.follow_address(),
        }
        on_window(leptos::ev::hashchange, move |_| navigation.follow_address());
        on_window(leptos::ev::popstate, move |_| navigation.follow_address());
        navigation
    }

    /// Without a browser: `go` and `replace` change the signal alone.
    pub fn fixed(link: Link) -> Navigation {
        Navigation::new(link, false)
    }

    fn new(link: Link, in_browser: bool) -> Navigation {
        let link = RwSignal::new(link);
        Navigation {
            link,
            place: Memo::new(move |_| link.read().target.clone()),
            platform: Memo::new(move |_| link.read().platform.clone()),
            view: Memo::new(move |_| link.read().view),
            layers: Memo::new(move |_| link.read().layers),
            path: Memo::new(move |_| LinkPath(percent_encode(&link.read().path))),
            find: Memo::new(move |_| link.read().find.clone()),
            filter: Memo::new(move |_| link.read().filter.clone()),
            sort: Memo::new(move |_| link.read().sort.clone()),
            group: Memo::new(move |_| link.read().group.clone()),
            show: Memo::new(move |_| link.read().show.clone()),
            item: Memo::new(move |_| link.read().item.clone()),
            left: StoredValue::new(Vec::new()),
            in_browser,
        }
    }

    fn follow_address(self) {
        let link = Link::parse(&address::fragment());
        if *self.link.read_untracked() != link {
            self.set(link);
        }
    }

    /// The whole link.
    pub fn link(self) -> Link {
        self.link.get()
    }

    /// What is opened.
    pub fn place(self) -> LinkTarget {
        self.place.get()
    }

    /// The platform that the link names; empty: none.
    pub fn platform(self) -> String {
        self.platform.get()
    }

    /// The ID of the local image that the link names.
    pub fn archive_image(self) -> Option<String> {
        match self.place.get() {
            LinkTarget::Archive { digest } => Some(digest),
            _ => None,
        }
    }

    /// The view.
    pub fn view(self) -> View {
        self.view.get()
    }

    /// Whether the view shows what is in layers: they are downloaded when it is opened. Tracked.
    pub fn needs_layers(self) -> bool {
        !matches!(self.view(), View::History | View::Config | View::Raw)
    }

    /// The selection of layers.
    pub fn layers(self) -> LayerSelection {
        self.layers.get()
    }

    /// The selected path; empty: none.
    pub fn path(self) -> LinkPath {
        self.path.get()
    }

    /// The selected path, not tracked.
    pub fn path_untracked(self) -> LinkPath {
        self.path.get_untracked()
    }

    /// What the Files view looks for; empty: everything.
    pub fn find(self) -> String {
        self.find.get()
    }

    /// The filter of the view; empty: none.
    pub fn filter(self) -> String {
        self.filter.get()
    }

    /// The order of the view's table. A column that it does not have counts as the default.
    pub fn sort<C: LinkWord + Default>(self) -> Sort<C> {
        Sort::from_link(&self.sort.read()).unwrap_or_default()
    }

    /// By what the rows of the view's table are grouped. A word that it does not know counts as none.
    pub fn group<G: LinkWord>(self) -> Option<G> {
        G::from_word(&self.group.read())
    }

    /// Which rows of the view's table are shown, as the link has it.
    pub fn show(self) -> String {
        self.show.get()
    }

    /// The words of `show` that the view knows.
    pub fn show_words<S: LinkWord>(self) -> Vec<S> {
        self.show
            .read()
            .split(',')
            .filter(|word| !word.is_empty())
            .filter_map(S::from_word)
            .collect()
    }

    /// The key of the row whose details are open; empty: none.
    pub fn item(self) -> String {
        self.item.get()
    }

    /// The link that differs from the current one by `change`, as an address. Tracks the whole link.
    pub fn href(self, change: impl FnOnce(&mut Link)) -> String {
        let mut link = self.link.get();
        change(&mut link);
        link.to_string()
    }

    /// `href`, with the page's own address before it: to copy.
    pub fn address(self, change: impl FnOnce(&mut Link)) -> String {
        format!("{}{}", address::page(), self.href(change))
    }

    /// The link to another view of the same image, with the parameters that it was left with.
    pub fn to_view(self, view: View) -> Link {
        let mut link = self.link.get();
        if link.view != view {
            link.turn_to(view);
            let left = self.left.with_value(|left| {
                left.iter().find(|(of, _)| *of == view).map(|(_, left)| left.clone())
            });
            left.unwrap_or_default().apply(&mut link);
        }
        link
    }

    /// Goes to another place, view or selection.
    pub fn go(self, change: impl FnOnce(&mut Link)) {
        let mut link = self.link.get_untracked();
        change(&mut link);
        self.write(link, true);
    }

    /// `go`, without an entry in the browser's history.
    pub fn replace(self, change: impl FnOnce(&mut Link)) {
        let mut link = self.link.get_untracked();
        change(&mut link);
        self.write(link, false);
    }

    fn write(self, link: Link, new_entry: bool) {
        if *self.link.read_untracked() == link {
            return;
        }
        if self.in_browser {
            address::write(&link.to_string(), new_entry);
        }
        self.set(link);
    }

    fn set(self, link: Link) {
        let last = self.link.get_untracked();
        if last.target != link.target {
            self.left.set_value(Vec::new()); // filters of another image
        } else if last.view != link.view {
            self.left.update_value(|left| {
                left.retain(|(view, _)| *view != last.view);
                left.push((last.view, ViewParameters::of(&last)));
            });
        }
        self.link.set(link);
    }
}

impl ViewParameters {
    fn of(link: &Link) -> ViewParameters {
        ViewParameters {
            find: link.find.clone(),
            filter: link.filter.clone(),
            sort: link.sort.clone(),
            group: link.group.clone(),
            show: link.show.clone(),
            item: link.item.clone(),
        }
    }

    fn apply(self, link: &mut Link) {
        link.find = self.find;
        link.filter = self.filter;
        link.sort = self.sort;
        link.group = self.group;
        link.show = self.show;
        link.item = self.item;
    }
}

/// Selects a path in a link.
pub fn set_path(link: &mut Link, path: &LinkPath) {
    link.path = percent_decode(&path.0).unwrap_or_default();
}

/// The navigation of the page, from the context.
pub fn use_navigation() -> Navigation {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{PackageColumn, PackageGroup, VulnerabilityShow};

    fn at(link: &str) -> Navigation {
        Navigation::fixed(Link::parse(link))
    }

    fn with_owner(test: impl FnOnce()) {
        Owner::new().with(test);
    }

    #[test]
    fn a_view_is_found_as_it_was_left() {
        with_owner(|| {
            let navigation = at("#/archive/a?view=packages&filter=ssl&sort=size&item=k");
            navigation.go(|link| *link = navigation.to_view(View::Files));
            assert_eq!(navigation.link().to_string(), "#/archive/a?view=files");
            navigation.replace(|link| link.find = "conf".into());
            navigation.go(|link| *link = navigation.to_view(View::Packages));
            assert_eq!(
                navigation.link().to_string(),
                "#/archive/a?view=packages&filter=ssl&sort=size&item=k"
            );
            assert_eq!(navigation.to_view(View::Files).find, "conf");
            navigation.go(|link| *link = Link::parse("#/archive/b"));
            assert_eq!(navigation.to_view(View::Files).find, "", "of another image");
        });
    }

    #[test]
    fn words_of_a_table_are_typed() {
        with_owner(|| {
            let navigation = at("#/?sort=-size&group=layer&show=high,fixable,other");
            let sort = Sort { by: PackageColumn::Size, reversed: true };
            assert_eq!(navigation.sort::<PackageColumn>(), sort);
            assert_eq!(navigation.group(), Some(PackageGroup::Layer));
            let words = [VulnerabilityShow::High, VulnerabilityShow::Fixable];
            assert_eq!(navigation.show_words::<VulnerabilityShow>(), words);
            let navigation = at("#/?sort=colour&group=colour");
            assert_eq!(navigation.sort::<PackageColumn>(), Sort::default());
            assert_eq!(navigation.group::<PackageGroup>(), None);
        });
    }

    #[test]
    fn links_differ_by_what_is_changed() {
        with_owner(|| {
            let navigation = at("#/archive/a?layers=2&view=files");
            let href = navigation.href(|link| set_path(link, &LinkPath("/a%FF".into())));
            assert_eq!(href, "#/archive/a?view=files&layers=2&path=/a%FF");
            assert_eq!(navigation.link().to_string(), "#/archive/a?view=files&layers=2");
        });
    }
}
