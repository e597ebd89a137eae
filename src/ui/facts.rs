//! Answers of the session as signals: asked when a view is shown, asked again when there is news.

use super::opened::Opened;
use super::parts::{effect, spawn};
use super::state::{Memo, RwSignal, StoredValue};
use crate::browser::client::Client;
use crate::format;
use crate::problem::Problem;
use crate::session::query::{
    Ask, LayerRow, LayerTable, Layers, Overview, OverviewFacts, Packages, Query, Table, TableAsk,
};
use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// An answer; `None` while the first one is on its way.
pub type Answer<T> = Option<Result<Arc<T>, Problem>>;

/// Asks what `query` says, anew whenever what it reads or the session's news change. The last answer
/// stays until the next is there; a question that has been overtaken is taken back.
pub fn ask<Q>(
    opened: Opened,
    query: impl Fn() -> Option<Q> + 'static,
) -> RwSignal<Answer<Q::Answer>>
where
    Q: Ask + 'static,
    Q::Answer: Send + Sync + 'static,
{
    ask_any(opened, Box::new(move || query().map(Into::into)))
}

/// `ask`, of a query whose answer is known to be of this type.
pub fn ask_any<T>(opened: Opened, query: Box<dyn Fn() -> Option<Query>>) -> RwSignal<Answer<T>>
where
    T: DeserializeOwned + Send + Sync + 'static,
{
    // Not a `Resource`: that compiles its whole machinery anew for each type of answer, and takes a
    // third of the page's module. So is all but the reading of the answer apart.
    let answer: RwSignal<Answer<T>> = RwSignal::new(None);
    let heard = move |bytes: Option<Bytes>| {
        answer.set(bytes.map(|bytes| Client::read(bytes).map(Arc::new)));
    };
    ask_bytes(opened, query, Rc::new(heard));
    answer
}

type Bytes = Result<Vec<u8>, Problem>;

fn ask_bytes(
    opened: Opened,
    query: Box<dyn Fn() -> Option<Query>>,
    heard: Rc<dyn Fn(Option<Bytes>)>,
) {
    // The same again would have views drawn again: told by its bytes, for that is compiled once.
    let last = RefCell::new(None::<Bytes>);
    let heard: Rc<dyn Fn(Option<Bytes>)> = Rc::new(move |bytes: Option<Bytes>| {
        if *last.borrow() != bytes {
            last.replace(bytes.clone());
            heard(bytes);
        }
    });
    let turn = StoredValue::new(None::<AbortHandle>);
    let take_back = move || {
        if let Some(Some(asked)) = turn.try_update_value(Option::take) {
            asked.abort();
        }
    };
    effect(move || {
        opened.news.track();
        take_back();
        let Some((client, query)) = opened.client.get().zip(query()) else {
            heard(None);
            return;
        };
        let asked = Asked::new(opened);
        let heard = heard.clone();
        let (asking, handle) = abortable(async move {
            let _asked = asked; // until it is answered or taken back
            heard(Some(client.ask_bytes(query).await));
        });
        turn.set_value(Some(handle));
        spawn(async move {
            let _ = asking.await; // an error only says that it was taken back
        });
    });
    on_cleanup(take_back);
}

/// A question that waits for its answer, counted as long as it lives.
struct Asked(Opened);

impl Asked {
    fn new(opened: Opened) -> Asked {
        opened.asked();
        Asked(opened)
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.answered();
    }
}

/// What several views show of the image.
#[derive(Clone, Copy)]
pub struct Facts {
    opened: Opened,
    /// The overview's facts.
    pub overview: RwSignal<Answer<OverviewFacts>>,
    /// The layer table.
    pub layers: RwSignal<Answer<LayerTable>>,
    /// Σ of the layers' sizes, as far as they are known.
    pub size: Memo<u64>,
    /// How many packages there are, without their rows.
    pub packages: RwSignal<Answer<Table>>,
}

/// A row of the layer table wherever it is shown: its image, its position, its layer's number. Views
/// keep an element a key, so that a link that has the focus stays while numbers come in.
pub type RowKey = (Option<String>, usize, Option<u32>);

impl Facts {
    /// Asks for both.
    pub fn new(opened: Opened) -> Facts {
        let layers = ask(opened, || Some(Layers {}));
        Facts {
            opened,
            overview: ask(opened, || Some(Overview {})),
            layers,
            packages: ask(opened, move || {
                opened.tree.get()?;
                Some(Packages { ask: TableAsk::default() })
            }),
            size: Memo::new(move |_| {
                let table = layers.get().and_then(Result::ok);
                table.map_or(0, |table| table.rows.iter().filter_map(|row| row.size).sum())
            }),
        }
    }

    /// Packages of the whole image that are installed, once all contents were looked at.
    pub fn installed(self) -> Option<u64> {
        let table = self.packages.get()?.ok()?;
        table.shows.iter().find(|(value, ..)| value == "installed").map(|(.., count)| *count)
    }

    /// "15 installed, 2 removed", of what there is.
    pub fn package_counts(self) -> Option<String> {
        let table = self.packages.get()?.ok()?;
        let mut words = String::new();
        for (value, word, count) in &table.shows {
            let more = matches!(&value[..], "removed" | "declared") && *count > 0;
            if value == "installed" || more {
                let comma = if words.is_empty() { "" } else { ", " };
                words += &format!("{comma}{} {}", format::count(*count), word.to_ascii_lowercase());
            }
        }
        Some(words)
    }

    /// The layer table, where it is known.
    pub fn layer_table(self) -> Option<Arc<LayerTable>> {
        self.layers.get().and_then(Result::ok)
    }

    /// The rows that there are, empty layers in their place.
    pub fn rows(self) -> Vec<RowKey> {
        let image = self.opened.chosen_id();
        let table = self.layer_table().unwrap_or_default();
        let key = |(at, row): (usize, &LayerRow)| (image.clone(), at, row.number);
        table.rows.iter().enumerate().map(key).collect()
    }

    /// `rows`, without those that are no layer.
    pub fn layer_rows(self) -> Vec<RowKey> {
        self.rows().into_iter().filter(|(_, _, number)| number.is_some()).collect()
    }

    /// A row, to be followed.
    pub fn row(self, at: usize) -> Memo<LayerRow> {
        Memo::new(move |_| {
            let table = self.layer_table();
            table.and_then(|table| table.rows.get(at).cloned()).unwrap_or_default()
        })
    }

    /// Layer `number`'s instruction, for the eye.
    pub fn instruction(self, number: u32) -> String {
        let table = self.layer_table();
        let row = table.as_ref().and_then(|t| t.rows.iter().find(|r| r.number == Some(number)));
        row.map_or(String::new(), |row| format!("{} {}", row.keyword, row.instruction))
    }
}
