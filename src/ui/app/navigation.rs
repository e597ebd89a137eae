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
use crate::member_path::MemberPath;
use crate::protocol::{LinkPath, LinkWord, Sort};
use crate::selection::LayerSelection;
use crate::text::{percent_decode, percent_encode};
use crate::vocabulary::LeftOut;
use leptos::prelude::*;

/// The link of the page. Each accessor tracks its part of the link alone.
#[derive(Clone, Copy)]
pub struct Navigation {
    link: RwSignal<Link>,
    place: Memo<LinkTarget>,
    platform: Memo<String>,
    view: Memo<View>,
    layers: Memo<LayerSelection>,
    path: Memo<LinkPath>,
    member: Memo<MemberPath>,
    line: Memo<u32>,
    diff: Memo<String>,
    without: Memo<String>,
    find: Memo<String>,
    directory: Memo<LinkPath>,
    grep: Memo<String>,
    how: Memo<String>,
    filter: Memo<String>,
    sort: Memo<String>,
    group: Memo<String>,
    show: Memo<String>,
    item: Memo<String>,
    /// The link with which each view was left.
    left: StoredValue<Vec<Link>>,
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
            member: Memo::new(move |_| MemberPath::parse(&link.read().member)),
            line: Memo::new(move |_| link.read().line),
            diff: Memo::new(move |_| link.read().diff.clone()),
            without: Memo::new(move |_| link.read().without.clone()),
            find: Memo::new(move |_| link.read().find.clone()),
            directory: Memo::new(move |_| LinkPath(percent_encode(&link.read().directory))),
            grep: Memo::new(move |_| link.read().grep.clone()),
            how: Memo::new(move |_| link.read().how.clone()),
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

    /// The name of a view that the link asks for and that this version lacks.
    pub fn unknown_view(self) -> Option<String> {
        Some(self.link.read().unknown_view.clone()).filter(|name| !name.is_empty())
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

    /// The member of archives within the selected file; empty: the file itself.
    pub fn member(self) -> MemberPath {
        self.member.get()
    }

    /// The line of the selected file that is shown, from 1.
    pub fn line(self) -> Option<u32> {
        Some(self.line.get()).filter(|line| *line > 0)
    }

    /// The directory that the Files view is bound to; empty: none.
    pub fn directory(self) -> LinkPath {
        self.directory.get()
    }

    /// What the Files view searches contents for; empty: nothing.
    pub fn grep(self) -> String {
        self.grep.get()
    }

    /// The words of `how` that the search knows.
    pub fn how_words<W: LinkWord>(self) -> Vec<W> {
        known_words(&self.how.read())
    }

    /// Which versions of the selected file are compared, as the link has it; empty: none.
    pub fn diff(self) -> String {
        self.diff.get()
    }

    /// What a comparison leaves out. Words that it does not know count as none.
    pub fn without(self) -> LeftOut {
        LeftOut::parse(&self.without.read()).unwrap_or_default()
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
        known_words(&self.show.read())
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
            self.left.with_value(|left| {
                if let Some(left) = left.iter().find(|left| left.view == view) {
                    link.take_view(left);
                }
            });
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
                left.retain(|left| left.view != last.view);
                left.push(last);
            });
        }
        self.link.set(link);
    }
}

/// The words of a list that are known.
fn known_words<W: LinkWord>(list: &str) -> Vec<W> {
    list.split(',').filter_map(W::from_word).collect()
}

/// Selects a path in a link, and no line, no member and no versions of it.
pub fn set_path(link: &mut Link, path: &LinkPath) {
    link.path = percent_decode(&path.0).unwrap_or_default();
    set_member(link, &MemberPath::default());
}

/// Selects a member of archives within the file of a link, and no line and no versions of it.
pub fn set_member(link: &mut Link, member: &MemberPath) {
    link.member = member.to_bytes();
    link.line = 0;
    link.diff.clear();
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
