//! Views in tests: drawn natively, from a link and given answers, in milliseconds.
//!
//! ```ignore
//! let html = TestPage::at("#/archive/a?view=history&layers=2")
//!     .answers::<History>(rows)
//!     .render(|| view! { <HistoryView /> });
//! assert!(html.has(r#"aria-label="History""#));
//! assert_eq!(html.text(), "…");
//! ```
//! An answer that is not given is pending: `Loaded::Loading`.

use super::app::{
    Before, DropClaim, HelpPart, ImageFacts, LayerChoice, Loaded, Navigation, Notices, OpenFlag,
    OpenSource, OpenSources, Registries, SearchPart, SettingsPart, ShownImage, SourceId,
    SourceOrigin, TableRows, TableTotals,
};
use crate::browser::page::config::DeploymentConfig;
use crate::link::Link;
use crate::problem::Problem;
use crate::protocol::{
    Ask, ConfigurationSecrets, Event, ImageLine, Instruction, LayerFacts, LayerPresence, LayerRow,
    MaskedValues, Pulling, SourceInfo, TablePart,
};
use crate::vocabulary::{ImagePosition, LayerNumber, LayerOrigin};
use leptos::prelude::*;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;

type Answer<Q> = Arc<dyn Fn(&Q) -> Loaded<<Q as Ask>::Answer> + Send + Sync>;

/// The answers that a test gives, by the type of question.
#[derive(Clone, Default)]
pub struct GivenAnswers {
    answers: Arc<HashMap<TypeId, Box<dyn Any + Send + Sync>>>,
}

impl GivenAnswers {
    /// The answer to a question.
    pub fn answer<Q: Ask + 'static>(&self, question: Option<Q>) -> Loaded<Q::Answer> {
        let Some(question) = question else { return Loaded::NotAsked };
        let given = self.answers.get(&TypeId::of::<Q>());
        match given.and_then(|given| given.downcast_ref::<Answer<Q>>()) {
            Some(answer) => answer(&question),
            None => Loaded::Loading,
        }
    }

    /// The table of an answer.
    pub fn table<R, Q>(
        &self,
        question: impl Fn() -> Option<Q> + Send + Sync + 'static,
        table: fn(Q::Answer) -> TablePart<R>,
    ) -> TableRows<R>
    where
        Q: Ask + 'static,
        Q::Answer: Clone,
        R: Clone + Send + Sync + 'static,
    {
        let (given, question) = (self.clone(), Arc::new(question));
        let part = move || given.answer(question()).turn(|answer| table(answer.clone()));
        TableRows::given(Signal::derive(part))
    }
}

/// A page with one image, without a browser.
pub struct TestPage {
    link: Link,
    answers: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
    info: SourceInfo,
    pulling: Option<Pulling>,
    ready: bool,
}

impl Default for TestPage {
    /// At the link `#/`.
    fn default() -> TestPage {
        TestPage::at("#/")
    }
}

impl TestPage {
    /// At the link `#/`.
    pub fn new() -> TestPage {
        TestPage::default()
    }

    /// At a link.
    pub fn at(link: &str) -> TestPage {
        let image = ImageLine { image_id: "sha256:a".into(), layers: 4, ..ImageLine::default() };
        let info = SourceInfo {
            name: "image.tar".into(),
            files: 1,
            images: vec![image],
            ..SourceInfo::default()
        };
        let link = Link::parse(link);
        let page = TestPage { link, answers: HashMap::new(), info, pulling: None, ready: false };
        page.answers::<ConfigurationSecrets>(MaskedValues::default())
    }

    /// What was opened; its first image is shown.
    pub fn source(self, info: SourceInfo) -> TestPage {
        TestPage { info, ..self }
    }

    /// The state of a download.
    pub fn pulling(self, pulling: Pulling) -> TestPage {
        TestPage { pulling: Some(pulling), ..self }
    }

    /// Everything that runs without being asked has ended.
    pub fn ready(self) -> TestPage {
        TestPage { ready: true, ..self }
    }

    /// Always the same answer to questions of a type.
    pub fn answers<Q>(self, answer: Q::Answer) -> TestPage
    where
        Q: Ask + 'static,
        Q::Answer: Send + Sync + 'static,
    {
        let answer = Arc::new(answer);
        self.answers_with::<Q>(move |_| Loaded::Ready(answer.clone()))
    }

    /// Questions of a type fail.
    pub fn fails<Q: Ask + 'static>(self, problem: Problem) -> TestPage {
        self.answers_with::<Q>(move |_| Loaded::Failed(problem.clone()))
    }

    /// An answer by what is asked.
    pub fn answers_with<Q: Ask + 'static>(
        mut self,
        answer: impl Fn(&Q) -> Loaded<Q::Answer> + Send + Sync + 'static,
    ) -> TestPage {
        let answer: Answer<Q> = Arc::new(answer);
        self.answers.insert(TypeId::of::<Q>(), Box::new(answer));
        self
    }

    /// Draws a view.
    pub fn render<V: IntoView + 'static>(self, view: impl FnOnce() -> V) -> Rendered {
        let owner = Owner::new();
        let html = owner.with(|| {
            provide_context(GivenAnswers { answers: Arc::new(self.answers) });
            let navigation = Navigation::fixed(self.link);
            provide_context(navigation);
            provide_context(LayerChoice::new(navigation));
            let notices = Notices::new();
            provide_context(notices);
            provide_context(DropClaim::new());
            provide_context(OpenFlag::<SettingsPart>::new());
            provide_context(OpenFlag::<HelpPart>::new());
            let registries = Registries::with_config(Some(DeploymentConfig {
                proxy: None,
                hosts: Vec::new(),
                osv: "https://osv.example".into(),
                deps_dev: "https://deps.example".into(),
            }));
            provide_context(registries);
            provide_context(OpenSources::new(navigation, registries, notices));
            let name = self.info.name.to_string();
            let origin = SourceOrigin::Files { required: None };
            let source = OpenSource::new(SourceId(1), name, origin, Before::default());
            let image = ImagePosition(0);
            source.hear(Event::Opened { source: self.info, first: image });
            if let Some(pulling) = self.pulling {
                source.hear(Event::Pulling(pulling));
            }
            if self.ready {
                source.images.tree_ready(image);
                source.images.finished(image);
            }
            let image = ShownImage::new(source, image);
            provide_context(image);
            provide_context(ImageFacts::of(image));
            provide_context(OpenFlag::<SearchPart>::new());
            view().into_view().to_html()
        });
        owner.cleanup();
        Rendered { html: without_comments(&html) }
    }
}

/// What was drawn.
#[derive(Clone, Debug)]
pub struct Rendered {
    html: String,
}

impl Rendered {
    /// The markup contains this.
    pub fn has(&self, part: &str) -> bool {
        self.html.contains(part)
    }

    /// How often the markup contains this.
    pub fn count(&self, part: &str) -> usize {
        self.html.matches(part).count()
    }

    /// What is read: the text without markup, one blank between words.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut rest = &self.html[..];
        while let Some((before, tag)) = rest.split_once('<') {
            text.push_str(before);
            text.push(' ');
            rest = tag.split_once('>').map_or("", |(_, after)| after);
        }
        text.push_str(rest);
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    }
}

impl std::fmt::Display for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.html)
    }
}

/// Leptos marks the places of parts with `<!>` and, in debug builds, with comments.
fn without_comments(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, comment)) = rest.split_once("<!") {
        out.push_str(before);
        let end = if comment.starts_with("--") { "-->" } else { ">" };
        rest = comment.split_once(end).map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// A layer by its number, from 1.
pub fn layer(number: u32) -> LayerNumber {
    LayerNumber::new(number).expect("layers count from 1")
}

/// Totals of a table in full.
pub(super) fn totals_of<R>(part: &TablePart<R>) -> TableTotals {
    TableTotals { lines: part.total_lines, rows: part.total_rows }
}

#[test]
fn text_is_what_is_read() {
    let html = TestPage::new().render(|| {
        view! { <p class="a<b">"one "<b>{"<two>".to_owned()}</b></p><p>{move || "& three"}</p> }
    });
    assert_eq!(html.text(), "one <two> & three");
    assert!(html.has("<b>&lt;two&gt;</b>"), "{html}");
}

/// A layer of which only its number is known.
pub fn layer_facts(number: u32) -> LayerFacts {
    LayerFacts {
        number: layer(number),
        presence: LayerPresence::Unread,
        size: None,
        blob_size: None,
        compression: None,
        forms: Vec::new(),
        limited: false,
        origin: LayerOrigin::Own,
        contribution: None,
        kept: None,
        changes: None,
        digest: None,
        diff_id: None,
        verified: None,
        warnings: Vec::new(),
    }
}

/// A row of the layer table with an instruction.
pub fn layer_row(number: u32, keyword: &str, text: &str) -> LayerRow {
    LayerRow {
        instruction: Instruction {
            keyword: keyword.into(),
            text: text.into(),
            recorded: format!("{keyword} {text}").as_str().into(),
        },
        layer: Some(layer_facts(number)),
        ..LayerRow::default()
    }
}
