//! Answers of the session as signals: asked when a view is shown, asked again when there is news.

use super::opened::Opened;
use crate::problem::Problem;
use crate::session::query::{Ask, LayerTable, Layers, Overview, OverviewFacts};
use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;
use std::pin::Pin;
use std::sync::Arc;

/// An answer; `None` while the first one is on its way.
pub type Answer<T> = Option<Result<Arc<T>, Problem>>;

/// Asks what `query` says, anew whenever what it reads or the session's news change. The last answer
/// stays until the next is there; a question that has been overtaken is taken back.
pub fn ask<Q>(
    opened: Opened,
    query: impl Fn() -> Option<Q> + 'static,
) -> Signal<Answer<Q::Answer>, LocalStorage>
where
    Q: Ask + 'static,
    Q::Answer: 'static,
{
    // Not a `Resource`: that compiles its whole machinery anew for each type of answer, and takes a
    // third of the page's module.
    let answer = RwSignal::new_local(None);
    let turn = StoredValue::new_local(None::<AbortHandle>);
    let take_back = move || {
        if let Some(Some(asked)) = turn.try_update_value(Option::take) {
            asked.abort();
        }
    };
    Effect::new(move |_| {
        opened.news.track();
        take_back();
        let Some((client, query)) = opened.client.get().zip(query()) else {
            answer.set(None);
            return;
        };
        let asking = async move {
            let found = client.ask(query).await.map(Arc::new);
            let _ = answer.try_set(Some(found)); // refused where the view is gone
        };
        let (asking, handle) = abortable(Box::pin(asking) as Pin<Box<dyn Future<Output = ()>>>);
        turn.set_value(Some(handle));
        leptos::task::spawn_local(async move {
            let _ = asking.await; // an error only says that it was taken back
        });
    });
    on_cleanup(take_back);
    answer.into()
}

/// What several views show of the image.
#[derive(Clone, Copy)]
pub struct Facts {
    /// The overview's facts.
    pub overview: Signal<Answer<OverviewFacts>, LocalStorage>,
    /// The layer table.
    pub layers: Signal<Answer<LayerTable>, LocalStorage>,
}

impl Facts {
    /// Asks for both.
    pub fn new(opened: Opened) -> Facts {
        Facts {
            overview: ask(opened, || Some(Overview {})),
            layers: ask(opened, || Some(Layers {})),
        }
    }

    /// The layer table, where it is known.
    pub fn layer_table(self) -> Option<Arc<LayerTable>> {
        self.layers.get().and_then(Result::ok)
    }

    /// Layer `number`'s instruction, for the eye.
    pub fn instruction(self, number: u32) -> String {
        let table = self.layer_table();
        let row = table.as_ref().and_then(|t| t.rows.iter().find(|r| r.number == Some(number)));
        row.map_or(String::new(), |row| format!("{} {}", row.keyword, row.instruction))
    }
}
