//! Tables of the engine, of which only what is near the screen is in the page: `use_table`.
//!
//! - Lines come in pages. Pages of an older question or revision are shown until the new ones have arrived, so
//!   nothing flickers while a table is sorted, filtered or grows.
//! - `TableRows` hides where lines come from: the widget that draws them draws lists that are complete, and
//!   lines that tests give, in the same way.

use super::loaded::Loaded;
use super::query::Answerer;
use super::shown_image::use_image;
use super::spawn;
use crate::browser::page::client::Client;
use crate::problem::Problem;
use crate::protocol::{Ask, Request, RowRange, TableLine, TablePart};
use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;
use std::sync::Arc;

/// Lines of a page.
const PAGE_LINES: u32 = 100;
/// Pages that are kept.
const KEPT_PAGES: usize = 40;

/// How long a table is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableTotals {
    /// Lines under the filter, heads of groups included.
    pub lines: u64,
    /// Rows under the filter.
    pub rows: u64,
}

type SharedLine<R> = Arc<TableLine<R>>;
type ReadLine<R> = dyn Fn(u32) -> Option<SharedLine<R>> + Send + Sync;
type WantLines = dyn Fn(RowRange) + Send + Sync;

/// The lines of a table, wherever they come from.
pub struct TableRows<R: 'static> {
    /// How long the table is, as far as it is known.
    pub totals: Signal<Loaded<TableTotals>>,
    /// Changes with the question: what was scrolled to is then no longer the same.
    pub question: Signal<Option<Request>>,
    line: StoredValue<Arc<ReadLine<R>>>,
    want: StoredValue<Arc<WantLines>>,
}

impl<R> Clone for TableRows<R> {
    fn clone(&self) -> TableRows<R> {
        *self
    }
}

impl<R> Copy for TableRows<R> {}

impl<R: Send + Sync + 'static> TableRows<R> {
    /// A list that is complete, in the order in which it is shown.
    pub fn complete(rows: Signal<Loaded<Vec<R>>>) -> TableRows<R>
    where
        R: Clone,
    {
        TableRows::beginning(rows, usize::MAX)
    }

    /// The first rows of such a list.
    pub fn beginning(rows: Signal<Loaded<Vec<R>>>, most: usize) -> TableRows<R>
    where
        R: Clone,
    {
        let lines = Memo::new_with_compare(
            move |_| {
                let rows = rows.read();
                let lines = rows.ready().map(|rows| {
                    let line = |row: &R| Arc::new(TableLine::Row(row.clone()));
                    rows.iter().take(most).map(line).collect::<Vec<_>>()
                });
                Arc::new(lines.unwrap_or_default())
            },
            |_, _| true, // rows need no comparison: each answer is a new list
        );
        let totals = move |rows: &Vec<R>| {
            let count = rows.len().min(most) as u64;
            TableTotals { lines: count, rows: count }
        };
        TableRows {
            totals: Signal::derive(move || rows.read().turn(totals)),
            question: Signal::stored(None),
            line: StoredValue::new(Arc::new(move |at| lines.read().get(at as usize).cloned())),
            want: StoredValue::new(Arc::new(|_| ())),
        }
    }

    /// The lines that a test gives.
    #[cfg(test)]
    pub fn given(part: Signal<Loaded<TablePart<R>>>) -> TableRows<R>
    where
        R: Clone,
    {
        let totals = move || part.read().turn(crate::ui::testing::totals_of);
        let line = move |at: u32| {
            let part = part.read();
            part.ready()?.lines.get(at as usize).cloned().map(Arc::new)
        };
        TableRows {
            totals: Signal::derive(totals),
            question: Signal::stored(None),
            line: StoredValue::new(Arc::new(line)),
            want: StoredValue::new(Arc::new(|_| ())),
        }
    }

    /// A line, if it is here; tracked.
    pub fn line(self, at: u32) -> Option<SharedLine<R>> {
        self.line.with_value(Arc::clone)(at)
    }

    /// Has these lines fetched, if they are not here. For event handlers and effects.
    pub fn want(self, range: RowRange) {
        self.want.with_value(Arc::clone)(range);
    }

    /// Number of lines, as far as it is known; tracked.
    pub fn count(self) -> u32 {
        let lines = self.totals.read().map(|totals| totals.lines).unwrap_or_default();
        u32::try_from(lines).unwrap_or(u32::MAX)
    }
}

/// Asks the session of the image that is shown for a table. `question` gives the question for a range of lines;
/// `None`: there is nothing to ask (yet).
pub fn use_table<R, Q>(
    question: impl Fn(RowRange) -> Option<Q> + Send + Sync + 'static,
) -> TableRows<R>
where
    Q: Ask<Answer = TablePart<R>> + 'static,
    R: Clone + Send + Sync + 'static,
{
    use_table_in(question, |part| part)
}

/// `use_table`, of an answer that has the table in it.
pub fn use_table_in<R, Q>(
    question: impl Fn(RowRange) -> Option<Q> + Send + Sync + 'static,
    table: fn(Q::Answer) -> TablePart<R>,
) -> TableRows<R>
where
    Q: Ask + 'static,
    Q::Answer: Clone + 'static,
    R: Clone + Send + Sync + 'static,
{
    #[cfg(test)]
    if let Some(given) = use_context::<crate::ui::testing::GivenAnswers>() {
        return given.table(move || question(RowRange::default()), table);
    }
    table_of(Answerer::of_image(use_image()), question, table)
}

/// `use_table` of any session.
pub fn use_table_of<R, Q>(
    answerer: Answerer,
    question: impl Fn(RowRange) -> Option<Q> + Send + Sync + 'static,
) -> TableRows<R>
where
    Q: Ask<Answer = TablePart<R>> + 'static,
    R: Clone + Send + Sync + 'static,
{
    #[cfg(test)]
    if let Some(given) = use_context::<crate::ui::testing::GivenAnswers>() {
        return given.table(move || question(RowRange::default()), |part| part);
    }
    table_of(answerer, question, |part| part)
}

fn table_of<R, Q>(
    answerer: Answerer,
    question: impl Fn(RowRange) -> Option<Q> + Send + Sync + 'static,
    table: fn(Q::Answer) -> TablePart<R>,
) -> TableRows<R>
where
    Q: Ask + 'static,
    Q::Answer: 'static,
    R: Send + Sync + 'static,
{
    let decode = move |bytes| Client::read::<Q::Answer>(bytes).map(table);
    paged(answerer, Arc::new(move |range| question(range).map(Into::into)), Arc::new(decode))
}

/// What lines are an answer to: question, revision and client.
#[derive(PartialEq)]
struct TableKey {
    question: Option<Request>,
    client: Option<Client>,
    revision: u32,
}

struct CachedPage<R> {
    key: Arc<TableKey>,
    position: u32,
    lines: Vec<SharedLine<R>>,
}

struct CachedPages<R> {
    held: Vec<CachedPage<R>>,
    /// Requested pages that have not arrived, all of the current key.
    asked: Vec<(u32, AbortHandle)>,
    asked_for: Option<Arc<TableKey>>,
}

type AskLines = Arc<dyn Fn(RowRange) -> Option<Request> + Send + Sync>;
type DecodePart<R> =
    Arc<dyn Fn(Result<Vec<u8>, Problem>) -> Result<TablePart<R>, Problem> + Send + Sync>;

fn paged<R>(answerer: Answerer, question: AskLines, decode: DecodePart<R>) -> TableRows<R>
where
    R: Send + Sync + 'static,
{
    let asked = question.clone();
    let key = Memo::new(move |_| {
        let (client, revision) = answerer.current();
        Arc::new(TableKey { question: asked(RowRange::default()), client, revision })
    });
    let totals = RwSignal::new(Loaded::NotAsked);
    let arrived = RwSignal::new(0u32);
    let wanted = RwSignal::new(RowRange { first: 0, count: 1 });
    let pages =
        StoredValue::new(CachedPages { held: Vec::new(), asked: Vec::new(), asked_for: None });
    let heard = move |key: Arc<TableKey>, position: u32, part: Result<TablePart<R>, Problem>| {
        let part = match part {
            Ok(part) => part,
            Err(problem) if problem.code == "closed" => return,
            Err(problem) => {
                totals.try_set(Loaded::Failed(problem));
                return;
            }
        };
        let next = TableTotals { lines: part.total_lines, rows: part.total_rows };
        let lines = part.lines.into_iter().map(Arc::new).collect();
        pages.try_update_value(|pages| pages.hold(CachedPage { key, position, lines }));
        if totals.try_with_untracked(|totals| totals.map(|t| *t)) != Some(Some(next)) {
            totals.try_set(Loaded::of(next));
        }
        arrived.try_update(|arrived| *arrived += 1);
    };
    Effect::new(move || {
        let (key, wanted) = (key.get(), wanted.get());
        let (Some(client), Some(_)) = (key.client, &key.question) else {
            totals.set(Loaded::NotAsked);
            return;
        };
        if totals.read_untracked().ready().is_none() {
            totals.set(Loaded::Loading);
        }
        let missing = pages.try_update_value(|pages| pages.missing(&key, wanted));
        for position in missing.unwrap_or_default() {
            let range = RowRange { first: position * PAGE_LINES, count: PAGE_LINES };
            let Some(request) = untrack(|| question(range)) else { continue };
            let (open, decode, key) = (answerer.open_question(), decode.clone(), key.clone());
            let (asking, handle) = abortable(async move {
                let _open_until_answered_or_cancelled = open;
                let part = decode(client.ask_bytes(request).await);
                pages.try_update_value(|pages| pages.answered(position));
                heard(key, position, part);
            });
            pages.update_value(|pages| pages.asked.push((position, handle)));
            spawn(async move {
                let _ = asking.await; // an error only says that it was cancelled
            });
        }
    });
    on_cleanup(move || {
        pages.try_update_value(CachedPages::cancel);
    });
    TableRows {
        totals: totals.into(),
        question: Signal::derive(move || key.read().question.clone()),
        line: StoredValue::new(Arc::new(move |at| {
            arrived.track();
            pages.try_with_value(|pages| pages.line(at)).flatten()
        })),
        want: StoredValue::new(Arc::new(move |range| {
            if *wanted.read_untracked() != range {
                wanted.set(range);
            }
        })),
    }
}

impl<R> CachedPages<R> {
    fn line(&self, at: u32) -> Option<SharedLine<R>> {
        let page = self.held.iter().find(|page| page.position == at / PAGE_LINES)?;
        page.lines.get((at % PAGE_LINES) as usize).cloned()
    }

    /// The pages of a range that are not here and not on their way.
    fn missing(&mut self, key: &Arc<TableKey>, range: RowRange) -> Vec<u32> {
        if self.asked_for.as_ref() != Some(key) {
            self.cancel();
            self.asked_for = Some(key.clone());
        }
        let last = range.first.saturating_add(range.count.max(1) - 1);
        let is_missing = |position: &u32| {
            let held = self.held.iter().any(|p| p.position == *position && p.key == *key);
            !held && !self.asked.iter().any(|(asked, _)| asked == position)
        };
        (range.first / PAGE_LINES..=last / PAGE_LINES).filter(is_missing).collect()
    }

    fn answered(&mut self, position: u32) {
        self.asked.retain(|(asked, _)| *asked != position);
    }

    /// Replaces an older page. If there are too many, the page farthest away is dropped.
    fn hold(&mut self, page: CachedPage<R>) {
        let position = page.position;
        self.held.retain(|held| held.position != position);
        self.held.push(page);
        if self.held.len() > KEPT_PAGES {
            let distance = |at: &usize| self.held[*at].position.abs_diff(position);
            if let Some(farthest) = (0..self.held.len()).max_by_key(distance) {
                self.held.swap_remove(farthest);
            }
        }
    }

    fn cancel(&mut self) {
        for (_, handle) in self.asked.drain(..) {
            handle.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(revision: u32) -> Arc<TableKey> {
        Arc::new(TableKey { question: None, client: None, revision })
    }

    fn page(key: &Arc<TableKey>, position: u32, row: u32) -> CachedPage<u32> {
        let line = Arc::new(TableLine::Row(row));
        CachedPage { key: key.clone(), position, lines: vec![line; PAGE_LINES as usize] }
    }

    #[test]
    fn only_missing_pages_are_asked_for() {
        let mut pages = CachedPages { held: Vec::new(), asked: Vec::new(), asked_for: None };
        let first = key(1);
        let range = RowRange { first: 150, count: 200 };
        assert_eq!(pages.missing(&first, range), [1, 2, 3]);
        pages.hold(page(&first, 1, 7));
        pages.asked.push((2, AbortHandle::new_pair().0));
        assert_eq!(pages.missing(&first, range), [3]);
        assert_eq!(pages.line(150), Some(Arc::new(TableLine::Row(7))));
        assert_eq!(pages.line(99), None);
        // Another revision: all again, and the old page is shown meanwhile.
        let second = key(2);
        assert_eq!(pages.missing(&second, range), [1, 2, 3]);
        assert_eq!(pages.line(150), Some(Arc::new(TableLine::Row(7))));
        pages.hold(page(&second, 1, 8));
        assert_eq!(pages.line(150), Some(Arc::new(TableLine::Row(8))));
        assert!(pages.missing(&second, RowRange { first: 100, count: 0 }).is_empty());
    }

    #[test]
    fn far_pages_are_dropped() {
        let mut pages = CachedPages { held: Vec::new(), asked: Vec::new(), asked_for: None };
        let key = key(1);
        for position in 0..=KEPT_PAGES as u32 {
            pages.hold(page(&key, position, position));
        }
        assert_eq!(pages.held.len(), KEPT_PAGES);
        assert_eq!(pages.line(0), None);
        assert!(pages.line(KEPT_PAGES as u32 * PAGE_LINES).is_some());
    }
}
