//! Which rows of a long list are drawn: only what is near the screen.
//!
//! Rows have one height, so a row's place is a product, and the scroll bar is right without any row being drawn.
//! Browsers do not draw elements taller than some 17 million pixels: beyond `TALLEST` the scroll bar is scaled.

/// Pixels.
const TALLEST: f64 = 15_000_000.0;
/// Rows that are drawn beyond either edge, and the step in which they change.
const BEYOND: f64 = 8.0;
const STEP: f64 = 4.0;

/// What is seen of a list, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pane {
    /// How far it is scrolled.
    pub top: f64,
    /// How much of it is seen.
    pub height: f64,
    /// The height of a row.
    pub row: f64,
}

impl Default for Pane {
    /// Before anything is measured.
    fn default() -> Pane {
        Pane { top: 0.0, height: 1000.0, row: 26.0 }
    }
}

/// The rows that are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RowWindow {
    /// The first of them.
    pub first: u32,
    pub count: u32,
    /// Where row 0 would be, in pixels from the top. 0 unless the scroll bar is scaled.
    pub origin: f64,
    /// The height of a row.
    pub row: f64,
}

impl RowWindow {
    /// The rows that are drawn.
    pub fn rows(&self) -> std::ops::Range<u32> {
        self.first..self.first + self.count
    }

    /// Pixels from the top of the list to a row.
    pub fn top_of(&self, row: u32) -> f64 {
        (self.origin + f64::from(row) * self.row).max(0.0)
    }
}

impl Pane {
    /// The height of the whole list.
    pub fn space(&self, rows: u32) -> f64 {
        (f64::from(rows) * self.row).min(TALLEST)
    }

    /// Pixels of rows for each pixel that the scroll bar moves.
    fn scale(&self, rows: u32) -> f64 {
        let (full, space) = (f64::from(rows) * self.row, self.space(rows));
        if full > space { (full - self.height) / (space - self.height) } else { 1.0 }
    }

    /// What to draw of a list of so many rows.
    pub fn window(&self, rows: u32) -> RowWindow {
        if self.row <= 0.0 || rows == 0 {
            return RowWindow { row: self.row, ..RowWindow::default() };
        }
        let offset = self.top * self.scale(rows);
        let count = ((self.height / self.row + 2.0 * BEYOND + STEP) as u32).min(rows);
        let first = ((offset / self.row - BEYOND) / STEP).floor() * STEP;
        RowWindow {
            first: (first.max(0.0) as u32).min(rows - count),
            count,
            origin: self.top - offset, // exactly 0 where nothing is scaled
            row: self.row,
        }
    }

    /// Where to scroll so that a row is seen; `None` if it is. What is far away comes to the middle, a row just
    /// beyond an edge to that edge.
    pub fn scroll_to(&self, row: u32, rows: u32) -> Option<f64> {
        let scale = self.scale(rows);
        let (top, offset) = (f64::from(row) * self.row, self.top * scale);
        let target = if top < offset {
            top / scale
        } else if top + self.row > offset + self.height {
            (top + self.row - self.height) / scale
        } else {
            return None;
        };
        let far = (target - self.top).abs() > self.row * 1.5;
        let aside = if far { (self.height - self.row) / 2.0 } else { 0.0 };
        let target = if target < self.top { target - aside } else { target + aside };
        Some(target.max(0.0))
    }

    /// Rows that fit.
    pub fn page(&self) -> u32 {
        ((self.height / self.row.max(1.0)) as u32).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PANE: Pane = Pane { top: 0.0, height: 260.0, row: 26.0 };

    #[test]
    fn only_what_is_near_is_drawn() {
        assert_eq!(PANE.window(0).rows(), 0..0);
        assert_eq!(PANE.window(7).rows(), 0..7);
        assert_eq!(PANE.window(1000).rows(), 0..30);
        let scrolled = Pane { top: 2600.0, ..PANE };
        assert_eq!(scrolled.window(1000).rows(), 92..122);
        let end = Pane { top: 26_000.0 - 260.0, ..PANE };
        assert_eq!(end.window(1000).rows(), 970..1000);
        assert_eq!(end.window(1000).top_of(999), 999.0 * 26.0);
    }

    #[test]
    fn a_row_is_scrolled_to_only_if_it_is_not_seen() {
        assert_eq!(PANE.scroll_to(9, 1000), None);
        assert_eq!(PANE.scroll_to(10, 1000), Some(26.0), "the next one: by one row");
        let scrolled = Pane { top: 2600.0, ..PANE };
        assert_eq!(scrolled.scroll_to(99, 1000), Some(2574.0));
        assert_eq!(scrolled.scroll_to(0, 1000), Some(0.0));
        let far = PANE.scroll_to(500, 1000).unwrap();
        assert!((far + 130.0 - 500.5 * 26.0).abs() < 1.0, "in the middle: {far}");
    }

    #[test]
    fn the_ends_of_a_list_beyond_the_browsers_limit_are_reached() {
        let rows = 2_000_000;
        assert_eq!(PANE.space(rows), TALLEST);
        let end = Pane { top: TALLEST - 260.0, ..PANE };
        let window = end.window(rows);
        assert_eq!(window.first + window.count, rows);
        assert!((window.top_of(rows - 1) + 26.0 - TALLEST).abs() < 1.0);
        assert_eq!(end.scroll_to(rows - 1, rows), None);
    }
}
