//! The state of the hexadecimal view: what was read, where the cursor is, what is on screen.

use super::super::file_on_show::FileOnShow;
use super::pages::{HexPages, PAGE};
use super::place::after_key;
use super::rows::{HexRow, at_ascii, at_hex};
use super::values::MOST;
use crate::browser::page::dom;
use crate::problem::Problem;
use crate::protocol::OrderProgress;
use crate::ui::app::{ShownImage, spawn};
use crate::ui::widgets::{Pane, measured, on_measure};
use futures_util::future::{AbortHandle, abortable};
use leptos::ev::{KeyboardEvent, MouseEvent, WheelEvent};
use leptos::html::Div;
use leptos::prelude::*;

/// Bytes of a row where there is room, and where there is none.
const WIDE: u64 = 16;
const NARROW: u64 = 8;

/// What the parts of the view share.
#[derive(Clone, Copy)]
pub struct HexState {
    pub size: u64,
    pub pages: RwSignal<HexPages>,
    pub cursor: RwSignal<u64>,
    /// Bytes of a row.
    pub row: RwSignal<u64>,
    pub pane: RwSignal<Pane>,
    pub root: NodeRef<Div>,
    pub reading: RwSignal<bool>,
    pub progress: RwSignal<Option<OrderProgress>>,
    pub problem: RwSignal<Option<Problem>>,
    pub cancelled: RwSignal<bool>,
    pub handle: StoredValue<Option<AbortHandle>>,
}

impl HexState {
    /// Nothing was read but the beginning.
    pub fn new(size: u64, start: &[u8]) -> HexState {
        HexState {
            size,
            pages: RwSignal::new(HexPages::new(size, start)),
            cursor: RwSignal::new(0),
            row: RwSignal::new(WIDE),
            pane: RwSignal::new(Pane { row: 18.0, ..Pane::default() }),
            root: NodeRef::new(),
            reading: RwSignal::new(false),
            progress: RwSignal::new(None),
            problem: RwSignal::new(None),
            cancelled: RwSignal::new(false),
            handle: StoredValue::new(None),
        }
    }

    /// Rows of the file; of a file that no list has room for, the first.
    pub fn rows(self) -> u32 {
        u32::try_from(self.size.div_ceil(self.row.get())).unwrap_or(u32::MAX)
    }

    /// The first part that is on screen or at the cursor, and not here. Tracked.
    pub fn missing(self) -> Option<u64> {
        let window = self.pane.read().window(self.rows());
        let row = self.row.get();
        let rows = window.rows();
        let pages = self.pages.read();
        let seen = u64::from(rows.start) * row..u64::from(rows.end) * row;
        let cursor = self.cursor.get();
        pages.missing(seen).or_else(|| pages.missing(cursor..cursor.saturating_add(MOST)))
    }

    /// Reads a part.
    pub fn read(self, image: ShownImage, file: FileOnShow, number: u64) {
        let Some(client) = image.client() else { return };
        let (offset, length) = (number * PAGE, self.pages.read_untracked().length(number));
        self.reading.set(true);
        let progress = move |progress| {
            self.progress.try_set(Some(progress));
        };
        let part = (offset, length);
        let (work, handle) = abortable(file.read(client, image.position, part, progress));
        self.handle.set_value(Some(handle));
        spawn(async move {
            let ended = work.await;
            if self.pages.is_disposed() {
                return; // another file is shown by now
            }
            match ended {
                Err(_) => self.cancelled.set(true),
                Ok(Ok((_, bytes))) if bytes.len() as u64 == length => {
                    self.pages.update(|pages| pages.put(number, bytes));
                }
                Ok(Ok(_)) => {
                    let text = "The file ends before its size.";
                    self.problem.set(Some(Problem::new("file-truncated", text)));
                }
                Ok(Err(problem)) if problem.code == "closed" => return,
                Ok(Err(problem)) => self.problem.set(Some(problem)),
            }
            self.progress.set(None);
            self.reading.set(false);
        });
    }

    pub fn stop(self) {
        if let Some(Some(handle)) = self.handle.try_update_value(Option::take) {
            handle.abort();
        }
    }

    /// What is drawn. Tracked.
    pub fn drawn(self) -> Vec<HexRow> {
        let (row, cursor) = (self.row.get(), self.cursor.get());
        let pages = self.pages.read();
        let digits = format!("{:x}", self.size.saturating_sub(1)).len().max(8);
        let one = |number: u32| {
            let offset = u64::from(number) * row;
            let length = self.size.saturating_sub(offset).min(row);
            let bytes = pages.bytes(offset, length);
            HexRow {
                row: number,
                offset,
                digits,
                bytes: (bytes.len() as u64 == length).then_some(bytes),
                length: length as usize,
                cursor: (cursor / row == u64::from(number)).then_some((cursor % row) as usize),
            }
        };
        self.pane.read().window(self.rows()).rows().map(one).collect()
    }

    /// Moves the cursor, and shows it.
    pub fn go(self, offset: u64) {
        self.cursor.set(offset);
        let row = u32::try_from(offset / self.row.get_untracked()).unwrap_or(u32::MAX);
        let rows = untrack(move || self.rows());
        let pane = self.pane.get_untracked();
        if let Some(top) = pane.scroll_to(row, rows) {
            self.scroll(top);
        }
    }

    fn scroll(self, top: f64) {
        if let Some(root) = self.root.get_untracked() {
            dom::scroll_to(&root, top);
            self.pane.update(|pane| pane.top = top);
        }
    }

    /// The scroll bar moved. It rounds what was set: a difference of a pixel is none.
    pub fn scrolled(self) {
        let Some(root) = self.root.get_untracked() else { return };
        let top = dom::scroll_state(&root).top;
        if (top - self.pane.read_untracked().top).abs() > 1.0 || !self.is_scaled() {
            self.pane.update(|pane| pane.top = top);
        }
    }

    fn is_scaled(self) -> bool {
        let pane = self.pane.get_untracked();
        let rows = untrack(move || self.rows());
        pane.space(rows) < f64::from(rows) * pane.row
    }

    /// Where the scroll bar is scaled, a turn of the wheel would pass thousands of rows.
    pub fn wheel(self, event: &WheelEvent) {
        if !self.is_scaled() || event.ctrl_key() || event.delta_y() == 0.0 {
            return;
        }
        event.prevent_default();
        let pane = self.pane.get_untracked();
        let pixels = match event.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => event.delta_y() * pane.row,
            WheelEvent::DOM_DELTA_PAGE => event.delta_y() * pane.height,
            _ => event.delta_y(),
        };
        let rows = untrack(move || self.rows());
        let full = f64::from(rows) * pane.row - pane.height;
        let space = pane.space(rows) - pane.height;
        self.scroll((pane.top + pixels * space / full).clamp(0.0, space));
    }

    pub fn pressed(self, event: &KeyboardEvent) {
        if event.alt_key() || event.shift_key() {
            return; // the browser's
        }
        let control = event.ctrl_key() || event.meta_key();
        let (row, page) = (self.row.get_untracked(), self.pane.read_untracked().page());
        let cursor = self.cursor.get_untracked();
        let page = u64::from(page.saturating_sub(1).max(1));
        if let Some(to) = after_key(&event.key(), control, cursor, self.size, row, page) {
            event.prevent_default();
            self.go(to);
        }
    }

    pub fn clicked(self, event: &MouseEvent) {
        if dom::text_is_selected() {
            return; // bytes are being copied
        }
        let Some(line) = dom::line_of(event) else { return };
        let offset = u64::from(line) * self.row.get_untracked();
        let length = self.size.saturating_sub(offset).min(self.row.get_untracked()) as usize;
        let in_hex = dom::fraction_within(event, ".hexes").map(|at| at_hex(at, length));
        let in_ascii = || dom::fraction_within(event, ".ascii").map(|at| at_ascii(at, length));
        if let Some(Some(place)) = in_hex.or_else(in_ascii) {
            self.cursor.set(offset + place as u64);
        }
    }
}

/// Measures what is seen, and how many bytes a row has room for.
pub fn measure(state: HexState) {
    on_measure(state.root, move |element| {
        let character = dom::css_pixels(element, "--hex-char").unwrap_or(7.3);
        let row = bytes_of_row(dom::width(element), character);
        if state.row.try_get_untracked().is_some_and(|before| before != row) {
            state.row.set(row);
        }
        state.pane.try_set(measured(element, "--hex-row", 18.0));
    });
}

/// Bytes of a row in so many pixels: an offset, hexadecimal and ASCII with space around them.
fn bytes_of_row(width: f64, character: f64) -> u64 {
    let wanted = (9.0 + 49.0 + 16.0) * character + 72.0;
    if width >= wanted { WIDE } else { NARROW }
}

#[test]
fn a_narrow_pane_has_rows_of_eight() {
    assert_eq!((bytes_of_row(700.0, 7.3), bytes_of_row(360.0, 7.9)), (16, 8));
}
