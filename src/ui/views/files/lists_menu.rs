//! Ready-made lists: a filter with its order, or the table of another view that has the list.

use super::tree_model::with_word;
use super::types::TYPES;
use crate::link::{Link, View};
use crate::ui::app::{use_navigation, use_search_open};
use crate::ui::widgets::Menu;
use leptos::prelude::*;

/// A list by its name.
struct ReadyList {
    name: &'static str,
    /// What it is made of, in words or as the terms that it writes.
    made_of: &'static str,
    leads: fn(&mut Link),
}

const LISTS: &[ReadyList] = &[
    ReadyList {
        name: "Largest files",
        made_of: LARGE_FILES,
        leads: |link| find(link, LARGE_FILES, "size"),
    },
    ReadyList {
        name: "Largest directories",
        made_of: DIRECTORIES,
        leads: |link| find(link, DIRECTORIES, "size"),
    },
    ReadyList {
        name: "Setuid, setgid",
        made_of: PRIVILEGED,
        leads: |link| find(link, PRIVILEGED, ""),
    },
    ReadyList {
        name: "Files with capabilities",
        made_of: CAPABILITIES,
        leads: |link| find(link, CAPABILITIES, ""),
    },
    ReadyList {
        name: "Files by type",
        made_of: "by the endings of names",
        leads: |link| {
            find(link, "", "");
            link.show = with_word(&link.show, TYPES, true);
        },
    },
    ReadyList {
        name: "Most often rewritten",
        made_of: REWRITTEN,
        leads: |link| find(link, REWRITTEN, "writes"),
    },
    ReadyList {
        name: "Devices, sockets, pipes",
        made_of: SPECIAL,
        leads: |link| find(link, SPECIAL, ""),
    },
    ReadyList {
        name: "Files not owned by a package",
        made_of: "in Packages",
        leads: |link| table(link, View::Packages, "unowned"),
    },
    ReadyList {
        name: "Files of the same content",
        made_of: "in Waste",
        leads: |link| table(link, View::Waste, "duplicates"),
    },
    ReadyList {
        name: "Files that layers rewrote or removed",
        made_of: "in Waste",
        leads: |link| table(link, View::Waste, "files"),
    },
];

const LARGE_FILES: &str = "type:file size:>1M";
const DIRECTORIES: &str = "type:dir";
const PRIVILEGED: &str = "mode:setuid|setgid";
const CAPABILITIES: &str = "xattr:security.capability";
const REWRITTEN: &str = "type:file writes:>1";
const SPECIAL: &str = "type:device|fifo";

fn find(link: &mut Link, terms: &str, sort: &str) {
    link.find = terms.to_owned();
    link.show = with_word(&link.show, TYPES, false);
    link.sort = sort.to_owned();
    link.grep.clear();
}

fn table(link: &mut Link, view: View, show: &str) {
    link.turn_to(view);
    link.show = show.to_owned();
}

/// The menu.
#[component]
pub fn ListsMenu() -> AnyView {
    let (navigation, search) = (use_navigation(), use_search_open());
    let item = move |list: &'static ReadyList| {
        let href = move || navigation.href(list.leads);
        view! {
            <li>
                <a href=href on:click=move |_| search.close()>
                    <span>{list.name}</span>
                    <code class="mono soft">{list.made_of}</code>
                </a>
            </li>
        }
    };
    view! {
        <Menu label="Lists" class="find-menu">
            <ul>{LISTS.iter().map(item).collect_view()}</ul>
        </Menu>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::TestPage;

    #[test]
    fn a_list_is_a_filter_with_its_order_or_a_table_of_another_view() {
        let html = TestPage::at("#/archive/a?view=files&layers=2&find=x&path=/a")
            .render(|| view! { <ListsMenu /> });
        for href in [
            "#/archive/a?view=files&amp;layers=2&amp;path=/a&amp;find=type%3Afile%20size%3A%3E1M&amp;sort=size",
            "#/archive/a?view=files&amp;layers=2&amp;path=/a&amp;show=types",
            "#/archive/a?view=packages&amp;layers=2&amp;path=/a&amp;show=unowned",
            "#/archive/a?view=waste&amp;layers=2&amp;path=/a&amp;show=duplicates",
        ] {
            assert!(html.has(&format!(r#"href="{href}""#)), "{href} in {html}");
        }
    }

    #[test]
    #[cfg(feature = "engine")]
    fn every_list_has_terms_that_the_session_reads() {
        for terms in [LARGE_FILES, DIRECTORIES, PRIVILEGED, CAPABILITIES, REWRITTEN, SPECIAL] {
            let find = crate::tree::find::Find::parse(terms);
            assert_eq!((find.problems.len(), find.terms.len()), (0, terms.split(' ').count()));
        }
    }
}
