//! Answers of the engine as signals: `use_query` asks when a view is shown, and again when the answer may have
//! changed.
//!
//! - The last answer stays while a newer one is on its way, so nothing flickers. An answer that is the same as
//!   the last one changes nothing.
//! - A question that is overtaken, or whose view is gone, is cancelled.
//! - Not Leptos' `Resource`: that suspends and serialises for a server; here an old answer must stay.

use super::loaded::Loaded;
use super::open_source::OpenSource;
use super::shown_image::{ShownImage, use_image};
use super::spawn;
use crate::browser::page::client::Client;
use crate::problem::Problem;
use crate::protocol::{Ask, Request};
use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

/// Who answers questions, and when their answers may have changed.
#[derive(Clone, Copy)]
pub struct Answerer {
    client: Signal<Option<Client>>,
    revision: Signal<u32>,
    /// Told of open questions: an image is ready when they are answered.
    source: Option<OpenSource>,
}

impl Answerer {
    /// The session of the image that is shown.
    pub fn of_image(image: ShownImage) -> Answerer {
        let client = image.source.client;
        Answerer {
            client: Signal::derive(move || client.get()),
            revision: Signal::derive(move || image.revision()),
            source: Some(image.source),
        }
    }

    /// A session without an image, for lists of registries; `revision` says when to ask again.
    pub fn of_client(client: Signal<Option<Client>>, revision: Signal<u32>) -> Answerer {
        Answerer { client, revision, source: None }
    }

    /// The client; tracked together with the revision.
    pub(super) fn current(self) -> (Option<Client>, u32) {
        (self.client.get(), self.revision.get())
    }

    /// Counts a question until the answer is dropped.
    pub(super) fn open_question(self) -> OpenQuestion {
        OpenQuestion::of(self.source)
    }
}

/// A question that is not answered yet: until it is dropped, the source's images don't become ready.
pub struct OpenQuestion(Option<OpenSource>);

impl OpenQuestion {
    /// A question about the source.
    pub fn of(source: Option<OpenSource>) -> OpenQuestion {
        if let Some(source) = source {
            source.images.asked();
        }
        OpenQuestion(source)
    }
}

impl Drop for OpenQuestion {
    fn drop(&mut self) {
        if let Some(source) = self.0 {
            source.images.answered();
        }
    }
}

/// Asks the session of the image that is shown. `question` is asked again whenever what it reads changes;
/// `None`: there is nothing to ask (yet).
pub fn use_query<Q>(
    question: impl Fn() -> Option<Q> + Send + Sync + 'static,
) -> Signal<Loaded<Q::Answer>>
where
    Q: Ask + 'static,
    Q::Answer: Send + Sync + 'static,
{
    #[cfg(test)]
    if let Some(given) = use_context::<crate::ui::testing::GivenAnswers>() {
        return Signal::derive(move || given.answer(question()));
    }
    use_answer(Answerer::of_image(use_image()), question)
}

/// `use_query` of any session.
pub fn use_answer<Q>(
    answerer: Answerer,
    question: impl Fn() -> Option<Q> + Send + Sync + 'static,
) -> Signal<Loaded<Q::Answer>>
where
    Q: Ask + 'static,
    Q::Answer: Send + Sync + 'static,
{
    #[cfg(test)]
    if let Some(given) = use_context::<crate::ui::testing::GivenAnswers>() {
        return Signal::derive(move || given.answer(question()));
    }
    let answer = RwSignal::new(Loaded::NotAsked);
    let heard = move |news: Heard| {
        let next = match news {
            Heard::Nothing => Loaded::NotAsked,
            Heard::Asked => Loaded::Loading,
            Heard::Answer(bytes) => Client::read(bytes).into(),
        };
        answer.try_set(next);
    };
    follow(answerer, Box::new(move || question().map(Into::into)), Rc::new(heard));
    answer.into()
}

/// What became of a question.
enum Heard {
    Nothing,
    Asked,
    Answer(Result<Vec<u8>, Problem>),
}

/// `use_answer` up to decoding: compiled once for all types of answers.
fn follow(
    answerer: Answerer,
    question: Box<dyn Fn() -> Option<Request>>,
    heard: Rc<dyn Fn(Heard)>,
) {
    let last = Rc::new(RefCell::new(None::<Result<Vec<u8>, Problem>>));
    let running = StoredValue::new(None::<AbortHandle>);
    let cancel = move || {
        if let Some(Some(handle)) = running.try_update_value(Option::take) {
            handle.abort();
        }
    };
    Effect::new(move || {
        let (client, _) = answerer.current();
        cancel();
        let Some((client, request)) = client.zip(question()) else {
            last.replace(None);
            heard(Heard::Nothing);
            return;
        };
        if last.borrow().is_none() {
            heard(Heard::Asked);
        }
        let open = answerer.open_question();
        let (last, heard) = (last.clone(), heard.clone());
        let (asking, handle) = abortable(async move {
            let _open_until_answered_or_cancelled = open;
            let answer = client.ask_bytes(request).await;
            let closed = answer.as_ref().is_err_and(|problem| problem.code == "closed");
            if !closed && last.borrow().as_ref() != Some(&answer) {
                last.replace(Some(answer.clone()));
                heard(Heard::Answer(answer));
            }
        });
        running.set_value(Some(handle));
        spawn(async move {
            let _ = asking.await; // an error only says that it was cancelled
        });
    });
    on_cleanup(cancel);
}
