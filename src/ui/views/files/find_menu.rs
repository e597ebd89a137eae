//! Ready terms: a menu that writes them into the box.

use super::tree_model::TreeModel;
use crate::selection::LayerSelection;
use crate::ui::app::use_navigation;
use crate::ui::widgets::Menu;
use leptos::prelude::*;

/// Names, and the terms that they write.
const ALWAYS: &[(&str, &str)] = &[
    ("Larger than 10 MB", "type:file size:>10M"),
    ("Executable files", "type:file mode:exec"),
    ("Setuid or setgid", "mode:setuid|setgid"),
    ("Writable for everyone", "mode:world-writable"),
    ("Symbolic links", "type:symlink"),
    ("Shared libraries", r"/\.so(\.[0-9]+)*$/"),
    ("Python bytecode", "*.pyc"),
    ("Configuration files", "*.conf"),
];

/// Those that need a selection of layers to compare with what is below it.
const OF_SELECTION: &[(&str, &str)] = &[
    ("Changed in this selection", "change:added|modified|removed"),
    ("Only permissions or owner changed", "change:metadata -change:content"),
    ("Rewritten, unchanged", "change:unchanged"),
];

/// The menu. A term that is in the box already is taken out.
#[component]
pub fn FindMenu() -> AnyView {
    let navigation = use_navigation();
    let item = move |(name, terms): &(&'static str, &'static str)| {
        let (name, terms) = (*name, *terms);
        let on = move || has(&navigation.find(), terms).then_some("true");
        let href = move || navigation.href(|link| link.find = toggled(&link.find, terms));
        view! {
            <li>
                <a href=href aria-current=on>
                    <span>{name}</span>
                    <code class="mono soft">{terms}</code>
                </a>
            </li>
        }
    };
    let of_selection = move || {
        let compares = navigation.layers() != LayerSelection::All;
        compares.then(|| OF_SELECTION.iter().map(item).collect_view())
    };
    let tree = expect_context::<TreeModel>();
    let joined = move || if tree.join.get() { "true" } else { "false" };
    view! {
        <Menu label="Filters" class="find-menu">
            <ul>{ALWAYS.iter().map(item).collect_view()}{of_selection}</ul>
            <button
                type="button"
                class="btn q"
                aria-pressed=joined
                on:click=move |_| tree.set_join(!tree.join.get_untracked())
            >
                "Join directories that hold one directory"
            </button>
        </Menu>
    }
    .into_any()
}

/// Whether a find has all of these terms, as they are written here.
pub(super) fn has(find: &str, terms: &str) -> bool {
    terms.split(' ').all(|term| find.split_whitespace().any(|there| there == term))
}

/// The find with these terms, or without them if it has them all.
pub(super) fn toggled(find: &str, terms: &str) -> String {
    let there: Vec<&str> = find.split_whitespace().collect();
    let is_new = |term: &&str| !there.contains(term);
    match has(find, terms) {
        // What was typed stays as it was, except the terms.
        true => there
            .iter()
            .filter(|there| terms.split(' ').all(|term| term != **there))
            .copied()
            .collect::<Vec<_>>()
            .join(" "),
        false => {
            let new = terms.split(' ').filter(is_new).collect::<Vec<_>>().join(" ");
            [find.trim_end(), &new].join(" ").trim_start().to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::TestPage;

    #[test]
    fn a_term_is_written_and_taken_out() {
        for (find, terms, want) in [
            ("", "*.pyc", "*.pyc"),
            ("lib ", "*.pyc", "lib *.pyc"),
            ("lib *.pyc -x", "*.pyc", "lib -x"),
            ("type:file", "type:file size:>10M", "type:file size:>10M"),
            ("type:file a size:>10M", "type:file size:>10M", "a"),
            ("\"a  b\"", "*.pyc", "\"a  b\" *.pyc"),
        ] {
            assert_eq!(toggled(find, terms), want, "{find:?} and {terms:?}");
        }
    }

    #[test]
    fn the_menu_shows_which_terms_hold() {
        let draw = |link: &str| {
            TestPage::at(link).render(|| {
                provide_context(TreeModel::new());
                view! { <FindMenu /> }
            })
        };
        let html = draw("#/?view=files&find=lib%20*.pyc");
        assert_eq!(html.count(r#"aria-current="true""#), 1);
        assert!(html.has(r##"href="#/?view=files&amp;find=lib" aria-current="true""##), "{html}");
        assert!(html.has("find=lib%20%2A.pyc%20type%3Asymlink"), "{html}");
        assert!(!html.text().contains("Changed in this selection"));
        assert!(
            html.has(r#"aria-pressed="true""#),
            "directories are joined unless the user says no"
        );
        let html = draw("#/?view=files&layers=2");
        assert!(html.text().contains("Changed in this selection"), "{html}");
        assert!(!html.has("aria-current"), "{html}");
    }

    #[test]
    #[cfg(feature = "engine")]
    fn every_ready_term_is_one_that_the_session_reads() {
        use crate::find::FindTest;
        use crate::tree::find::Find;
        for (name, terms) in ALWAYS.iter().chain(OF_SELECTION) {
            let find = Find::parse(terms);
            assert_eq!(
                (find.problems.len(), find.terms.len()),
                (0, terms.split(' ').count()),
                "{name}"
            );
            assert!(
                !find.terms.iter().any(|term| matches!(term.test, FindTest::Text(_))),
                "{name}"
            );
        }
    }
}
