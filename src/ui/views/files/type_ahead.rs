//! Type-ahead: letters typed in quick succession are the beginning of a name.
//!
//! Source: ARIA Authoring Practices, "Treegrid" and "Tree View", type-ahead. One letter goes on from the cursor, and
//! the same letter again to the next name; further letters begin with the name under the cursor.

/// Letters belong together if each follows the last within so many milliseconds.
const PAUSE: f64 = 1000.0;

/// What was typed.
#[derive(Debug, Default)]
pub struct TypeAhead {
    text: String,
    /// When its last letter was typed, in milliseconds.
    last: f64,
}

impl TypeAhead {
    /// What to look for after a key, and the row to begin with; `None` for keys that are no letters of a name.
    pub fn press(&mut self, key: &str, now: f64, cursor: u32, rows: u32) -> Option<(String, u32)> {
        let mut chars = key.chars();
        let (Some(c), None) = (chars.next(), chars.next()) else { return None };
        let goes_on = !self.text.is_empty() && now - self.last < PAUSE;
        // These are keys of the tree and of the page, and a blank begins no word.
        if c.is_control() || matches!(c, '*' | '/' | '?') || c == ' ' && !goes_on {
            return None;
        }
        if !goes_on {
            self.text.clear();
        }
        self.text.push(c);
        self.last = now;
        let first = self.text.chars().next()?;
        let next = (cursor + 1) % rows.max(1);
        match self.text.chars().all(|c| c == first) {
            true => Some((first.to_string(), next)),
            false => Some((self.text.clone(), cursor)),
        }
    }
}

#[test]
fn letters_in_quick_succession_are_one_beginning() {
    let mut typing = TypeAhead::default();
    let mut press = |key, now| typing.press(key, now, 4, 10);
    let want = |text: &str, from| Some((text.to_owned(), from));
    assert_eq!(press("l", 0.0), want("l", 5));
    assert_eq!(press("i", 900.0), want("li", 4));
    assert_eq!(press(" ", 1800.0), want("li ", 4));
    assert_eq!(press("b", 3000.0), want("b", 5), "after a pause");
    assert_eq!(press("b", 3100.0), want("b", 5), "again: the next one");
}

#[test]
fn keys_with_another_meaning_are_no_letters() {
    let mut typing = TypeAhead::default();
    for key in ["Enter", "ArrowUp", "*", "/", "?", " ", "\u{7f}", ""] {
        assert_eq!(typing.press(key, 0.0, 0, 10), None, "{key}");
    }
    assert_eq!(typing.press("é", 0.0, 9, 10), Some(("é".to_owned(), 0)), "around the end");
}
