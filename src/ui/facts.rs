//! Answers of the session as signals: asked when a view is shown, asked again when there is news.

use super::opened::Opened;
use crate::problem::Problem;
use crate::session::query::{Ask, LayerTable, Layers, Overview, OverviewFacts};
use leptos::prelude::*;
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
    let answer = LocalResource::new(move || {
        opened.news.track();
        let asked = opened.client.get().zip(query());
        async move {
            match asked {
                Some((client, query)) => Some(client.ask(query).await.map(Arc::new)),
                None => None,
            }
        }
    });
    Signal::derive_local(move || answer.get().flatten())
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
