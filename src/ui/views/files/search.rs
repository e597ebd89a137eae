//! The search in contents as the page holds it: what the link asks, the order that runs, and how far it is.
//!
//! - The link says what is searched, so a search is a link that comes back; leaving the view ends it.
//! - The session holds what is found. Here is only a count that grows whenever there may be more.

use crate::browser::page::client::Attachment;
use crate::browser::page::dom;
use crate::expression::Expression;
use crate::problem::Problem;
use crate::protocol::{
    MatchCounts, OrderProgress, SearchContents, SearchSpec, SearchTotals, SearchWord,
};
use crate::ui::app::{
    Answerer, Loaded, Navigation, OpenFlag, RunningOrder, SearchPart, ShownImage, use_answer,
    use_image, use_navigation, use_search_open,
};
use crate::ui::widgets::SEARCH_BOX;
use leptos::prelude::*;

/// The search. All of it signals, so it is copied.
#[derive(Clone, Copy)]
pub struct SearchModel {
    image: ShownImage,
    navigation: Navigation,
    opened: OpenFlag<SearchPart>,
    /// What is searched; `None`: nothing.
    pub spec: Memo<Option<SearchSpec>>,
    order: RunningOrder,
    progress: RwSignal<Option<OrderProgress>>,
    /// Grows when there may be more to show.
    arrivals: RwSignal<u32>,
}

impl SearchModel {
    /// A search that follows the link.
    pub fn new() -> SearchModel {
        let (image, navigation) = (use_image(), use_navigation());
        let model = SearchModel {
            image,
            navigation,
            opened: use_search_open(),
            spec: Memo::new(move |_| spec_of(navigation)),
            order: RunningOrder::new(),
            progress: RwSignal::new(None),
            arrivals: RwSignal::new(0),
        };
        let tree = Memo::new(move |_| image.tree());
        Effect::new(move || match model.spec.get().filter(|_| tree.get().is_some()) {
            Some(spec) => model.start(spec),
            None => model.order.cancel(),
        });
        on_cleanup(move || model.order.cancel());
        model
    }

    /// Whether the view shows the search in place of the tree.
    pub fn is_open(self) -> bool {
        self.opened.is_open() || self.spec.read().is_some()
    }

    /// Shows the search, with the focus in its box.
    pub fn open(self) {
        self.opened.open();
        request_animation_frame(|| dom::focus_id(SEARCH_BOX)); // it is drawn by then
    }

    /// Back to the tree.
    pub fn close(self) {
        self.opened.close();
        self.navigation.go(|link| link.grep.clear());
    }

    /// Ends the search; what it found stays.
    pub fn stop(self) {
        self.order.cancel();
        self.progress.set(None);
        self.arrivals.update(|count| *count += 1);
    }

    /// Whether it runs; tracked.
    pub fn is_running(self) -> bool {
        self.order.is_running()
    }

    /// Why it failed; tracked.
    pub fn problem(self) -> Option<Problem> {
        self.order.problem().filter(|_| self.spec.read().is_some())
    }

    /// How far it is, in bytes; tracked.
    pub fn progress(self) -> Option<OrderProgress> {
        self.progress.get().filter(|_| self.is_running())
    }

    /// What it found, in numbers.
    pub fn totals(self) -> Signal<Loaded<SearchTotals>> {
        let image = self.image.position;
        use_answer(self.answerer(), move || {
            self.spec.read().is_some().then_some(MatchCounts { image })
        })
    }

    /// Who answers what was found.
    pub fn answerer(self) -> Answerer {
        let (client, arrivals) = (self.image.source.client, self.arrivals);
        Answerer::of_client(Signal::derive(move || client.get()), arrivals.into())
    }

    fn start(self, spec: SearchSpec) {
        let Some(client) = self.image.client() else { return };
        let question = SearchContents { image: self.image.position, spec };
        let heard = move |progress| {
            self.progress.try_set(progress);
            self.arrivals.try_update(|count| *count += 1);
        };
        heard(None);
        self.order.start(async move {
            let progress = move |progress| heard(Some(progress));
            let answer = client.ask_with(question, Attachment::Nothing, progress).await;
            heard(None);
            answer.map(|_| ())
        });
    }
}

/// What the link asks.
fn spec_of(navigation: Navigation) -> Option<SearchSpec> {
    let text = Some(navigation.grep()).filter(|text| !text.is_empty())?;
    let words = navigation.how_words::<SearchWord>();
    let has = |word| words.contains(&word);
    Some(SearchSpec {
        layers: navigation.layers(),
        directory: navigation.directory(),
        find: navigation.find(),
        expression: Expression {
            text,
            regex: has(SearchWord::Regex),
            case: has(SearchWord::Case),
            word: has(SearchWord::Word),
        },
        binary: has(SearchWord::Binary),
        context: has(SearchWord::Context),
    })
}

#[test]
fn the_link_says_what_is_searched() {
    use crate::link::Link;
    Owner::new().with(|| {
        let spec = |link: &str| spec_of(Navigation::fixed(Link::parse(link)));
        assert_eq!(spec("#/?view=files&how=regex"), None);
        let all = spec("#/?view=files&layers=2&find=*.so&in=/etc&grep=a%20b").unwrap();
        assert_eq!(
            (&all.expression.text[..], &all.find[..], &all.directory.0[..]),
            ("a b", "*.so", "/etc")
        );
        assert_eq!(
            (all.layers.to_string(), all.expression.regex, all.binary),
            ("2".into(), false, false)
        );
        let meant = spec("#/?grep=a&how=regex,case,odd,word,binary,context").unwrap();
        let Expression { regex, case, word, .. } = meant.expression;
        assert!(regex && case && word && meant.binary && meant.context);
    });
}
