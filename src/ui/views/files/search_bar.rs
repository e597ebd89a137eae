//! The box of the search in contents, with how it is meant, and how far it is.

use super::search::SearchModel;
use crate::format;
use crate::problem::Problem;
use crate::protocol::{LinkWord, OrderProgress, SearchTotals, SearchWord};
use crate::ui::app::use_navigation;
use crate::ui::widgets::{
    Button, ButtonKind, FilterBox, FilterParameter, Icon, ProblemNote, Segment, Segments,
};
use crate::ui::words;
use leptos::prelude::*;
use std::time::Duration;

/// Typing rests so long before it searches.
const REST: Duration = Duration::from_millis(350);

/// The box and its buttons.
#[component]
pub fn SearchBar() -> AnyView {
    let search = expect_context::<SearchModel>();
    view! {
        <div class="tools">
            <FilterBox
                label="Search contents"
                hint="Text in files…"
                rest=REST
                parameter=FilterParameter::Grep
            />
            <SearchWords />
            <Show when=move || search.is_running()>
                <Button label="Cancel" on_press=move || search.stop() />
            </Show>
            <Button
                label="Close search"
                icon=Icon::Close
                icon_only=true
                kind=ButtonKind::Quiet
                on_press=move || search.close()
            />
        </div>
    }
    .into_any()
}

/// How the text is meant.
#[component]
fn SearchWords() -> AnyView {
    let navigation = use_navigation();
    let choices = vec![
        Segment::new(SearchWord::Case, "Aa").explained("Upper and lower case differ"),
        Segment::new(SearchWord::Word, "Word").explained("Whole words"),
        Segment::new(SearchWord::Regex, ".*").explained("Regular expression"),
        Segment::new(SearchWord::Binary, "Binary").explained("Binary files too"),
        Segment::new(SearchWord::Context, "Context").explained("With the lines around each"),
    ];
    let pressed = move |word: &SearchWord| navigation.how_words::<SearchWord>().contains(word);
    let choose = move |word: SearchWord| {
        navigation.replace(|link| link.how = toggled(&link.how, word));
    };
    view! { <Segments label="How to search" choices pressed on_choose=choose /> }.into_any()
}

/// The words with this one, or without it.
fn toggled(how: &str, word: SearchWord) -> String {
    let there = |one: &&SearchWord| how.split(',').any(|name| name == one.word());
    let after = |one: &&SearchWord| there(one) != (**one == word);
    SearchWord::ALL.iter().filter(after).map(|one| one.word()).collect::<Vec<_>>().join(",")
}

/// What was found, in words; what went wrong.
#[component]
pub fn SearchSums() -> AnyView {
    let search = expect_context::<SearchModel>();
    let totals = search.totals();
    let text = move || {
        let totals = totals.read();
        let totals = totals.ready().filter(|_| search.spec.read().is_some())?;
        Some(sums_text(totals, search.progress(), search.is_running()))
    };
    let notes = move || {
        let failed = search.problem().map(|problem| view! { <ProblemNote problem grave=true /> });
        let problems = totals.read().ready().map(|totals| totals.problems.clone());
        let problems = problems.unwrap_or_default().into_iter();
        let problems =
            problems.map(|problem: Problem| view! { <ProblemNote problem grave=false /> });
        view! { {failed}{problems.collect_view()} }
    };
    view! {
        {notes}
        <div class="sums" role="status">{text}</div>
    }
    .into_any()
}

/// `12 lines in 3 files · 48.0 kB in 120 files searched · 4 binary files left out`.
fn sums_text(totals: &SearchTotals, progress: Option<OrderProgress>, is_running: bool) -> String {
    let lines = format::counted(totals.lines, "line", "lines");
    let files = format::counted(totals.matched_files.into(), "file", "files");
    let mut parts = vec![format!("{lines} in {files}")];
    let searched = format::counted(totals.searched.into(), "file", "files");
    parts.push(match progress.filter(|progress| progress.total > 0) {
        Some(OrderProgress { done, total, .. }) => {
            format!("{} of {} searched", format::size(done), format::size(total))
        }
        None => format!("{} in {searched} searched", format::size(totals.bytes)),
    });
    if totals.binary > 0 {
        let binary = format::counted(totals.binary.into(), "binary file", "binary files");
        parts.push(format!("{binary} left out"));
    }
    if totals.cut {
        parts.push("not all lines are listed".to_owned());
    }
    let unread = words::search_gaps(&totals.unread, &[]);
    parts.extend((!unread.is_empty()).then_some(unread));
    if !is_running && !totals.complete {
        parts.push("stopped".to_owned());
    }
    parts.join(" · ")
}

#[test]
fn a_word_is_added_in_its_place_and_taken_out() {
    assert_eq!(toggled("", SearchWord::Word), "word");
    assert_eq!(toggled("word", SearchWord::Regex), "regex,word");
    assert_eq!(toggled("regex,word", SearchWord::Regex), "word");
    assert_eq!(toggled("odd", SearchWord::Case), "case", "what is not known is dropped");
}

#[test]
fn sums_say_what_was_searched_and_what_was_not() {
    let totals = SearchTotals {
        complete: true,
        searched: 1200,
        bytes: 48_000,
        matched_files: 3,
        lines: 12,
        ..SearchTotals::default()
    };
    let text = sums_text(&totals, None, false);
    assert_eq!(text, "12 lines in 3 files · 48.0 kB in 1,200 files searched");
    let progress = OrderProgress { done: 1000, total: 5000, slow: None };
    let running = SearchTotals { complete: false, binary: 1, ..totals.clone() };
    let text = sums_text(&running, Some(progress), true);
    assert_eq!(text, "12 lines in 3 files · 1.00 kB of 5.00 kB searched · 1 binary file left out");
    let layer = crate::ui::testing::layer(2);
    let stopped = SearchTotals { complete: false, cut: true, unread: vec![layer], ..totals };
    let text = sums_text(&stopped, None, false);
    assert!(
        text.ends_with("not all lines are listed · Layer 2 was not searched. · stopped"),
        "{text}"
    );
}
