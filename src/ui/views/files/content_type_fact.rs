//! The type of a file by its content, as a fact. It is known once the content has begun to come.

use crate::content_type::ContentType;
use crate::ui::widgets::Fact;
use crate::ui::words;
use leptos::prelude::*;

/// The type of the content that the pane shows; the content itself tells it.
#[derive(Clone, Copy)]
pub struct ContentTypeOnShow(RwSignal<Option<ContentType>>);

impl ContentTypeOnShow {
    /// For what is below the pane.
    pub fn provide() {
        provide_context(ContentTypeOnShow(RwSignal::new(None)));
    }

    pub fn set(&self, content: Option<ContentType>) {
        self.0.set(content);
    }
}

/// The fact; its line is there from the beginning, so that nothing moves.
#[component]
pub fn ContentTypeFact() -> AnyView {
    let Some(ContentTypeOnShow(known)) = use_context() else { return ().into_any() };
    let text = move || known.read().as_ref().map_or("…".to_owned(), words::content_type);
    view! { <Fact name="Content" title="What the file's first bytes say">{text}</Fact> }.into_any()
}

#[test]
fn the_type_is_told_once_the_content_came() {
    use crate::text::ReadableText;
    use crate::ui::testing::TestPage;
    let text = |content: Option<ContentType>| {
        TestPage::new().render(move || {
            ContentTypeOnShow::provide();
            expect_context::<ContentTypeOnShow>().set(content);
            view! { <ContentTypeFact /> }
        })
    };
    assert_eq!(text(None).text(), "Content …");
    assert_eq!(text(Some(ContentType::Known("Time zone"))).text(), "Content Time zone");
    let script = b"#!/bin/sh\n<b>";
    let script = ContentType::of(script, ReadableText::read(script, true).as_ref());
    assert_eq!(text(Some(script)).text(), "Content Script for /bin/sh, UTF-8");
}
