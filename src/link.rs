//! Share links, both ways: the fragment says what is shown, so that the host never learns it.
//!
//! docs/links.md documents the forms; tests/links.txt has every form that was ever published.
//!
//! - A link that we write reads back byte for byte. Any other link is normalised once: defaults are left out, known
//!   parameters come in our order, and unknown ones after them in theirs.
//! - Nothing is lost: unknown targets and parameters are kept as they were written. But a known parameter with an
//!   invalid value counts as its default, and of a parameter that is given twice the first counts; the link then says
//!   what is shown.
//! - A broken escape (`%zz`) is taken literally.
//! - What we write is ASCII that no browser encodes again. Paths are bytes, not text.

mod encoding;
mod target;
mod view;

use crate::find::quoted;
use crate::selection::LayerSelection;
use crate::text::{percent_encode, percent_encode_component};
use encoding::{decode, decode_text, into_text, keep_legal};
use std::fmt;
pub use target::LinkTarget;
pub use view::View;

/// What is open, and what is shown of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    pub target: LinkTarget,
    /// `linux/arm64`; empty: the page chooses.
    pub platform: String,
    pub view: View,
    /// The name of a view that the link asks for and that this version lacks; empty: none. Never written.
    pub unknown_view: String,
    pub layers: LayerSelection,
    /// The path under the cursor; empty: none.
    pub path: Vec<u8>,
    /// The member of archives within the file at `path` that is shown, as `member_path.rs` writes it; empty: the file itself.
    pub member: Vec<u8>,
    /// Which versions of the file at `path` are compared: `below`, or `2..4`; empty: none.
    pub diff: String,
    /// What the Files view looks for; empty: everything. `tree/find/` reads it.
    pub find: String,
    /// The line of the file at `path` that is shown, from 1; 0: none.
    pub line: u32,
    /// The directory that the Files view is bound to, with its find and its search; empty: none.
    pub directory: Vec<u8>,
    /// What the Files view searches contents for; empty: nothing.
    pub grep: String,
    /// How that is meant, in words separated by commas; empty: the default.
    pub how: String,
    /// The filter of the other views; empty: none.
    pub filter: String,
    /// `-size`, for example; empty: `name`, the default.
    pub sort: String,
    /// How the rows of a table are grouped; empty: not at all.
    pub group: String,
    /// Which rows of a table are shown, separated by commas; empty: the default.
    pub show: String,
    /// The key of the table row whose details are open; empty: none.
    pub item: String,
    /// What a comparison leaves out: `times,owners,order`; empty: nothing.
    pub without: String,
    /// What the image of a local archive is called, for a reader who looks for the file; empty: not said. Only
    /// shown: the digest says which image it is.
    pub name: String,
    /// Unknown parameters, as they were written.
    pub unknown: Vec<String>,
}

/// A parameter: how its decoded value is read and written. An empty value is the default.
struct Parameter {
    name: &'static str,
    scope: Scope,
    read: fn(&mut Link, Vec<u8>),
    write: fn(&Link) -> Vec<u8>,
}

/// What a parameter says something about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// The image, and what is selected of it: every view has it.
    Image,
    /// The view that is shown: another one does not take it over.
    View,
}

/// A parameter that is text, in a field of its name.
macro_rules! text {
    ($field:ident, $scope:expr) => {
        Parameter {
            name: stringify!($field),
            scope: $scope,
            read: |link, value| link.$field = into_text(value),
            write: |link| link.$field.clone().into_bytes(),
        }
    };
}

/// A parameter that is a path in the image.
macro_rules! path {
    ($name:literal, $field:ident, $scope:expr) => {
        Parameter {
            name: $name,
            scope: $scope,
            read: |link, value| link.$field = value,
            write: |link| link.$field.clone(),
        }
    };
}

/// All parameters, in the order in which they are written. A parameter never changes its meaning.
const PARAMETERS: [Parameter; 18] = [
    text!(platform, Scope::Image),
    Parameter {
        name: "view",
        scope: Scope::Image,
        read: |link, value| {
            let name = into_text(value);
            match View::named(&name) {
                Some(view) => link.view = view,
                None => link.unknown_view = name,
            }
        },
        write: |link| match link.view {
            View::Overview => Vec::new(),
            view => view.name().into(),
        },
    },
    Parameter {
        name: "layers",
        scope: Scope::Image,
        read: |link, value| {
            link.layers = LayerSelection::parse(&into_text(value)).unwrap_or_default()
        },
        write: |link| link.layers.to_string().into_bytes(),
    },
    path!("path", path, Scope::Image),
    path!("member", member, Scope::Image),
    text!(diff, Scope::Image),
    text!(find, Scope::View),
    Parameter {
        name: "line",
        scope: Scope::View,
        read: |link, value| link.line = line_number(&into_text(value)),
        write: |link| match link.line {
            0 => Vec::new(),
            line => line.to_string().into(),
        },
    },
    path!("in", directory, Scope::View),
    text!(grep, Scope::View),
    text!(how, Scope::View),
    text!(filter, Scope::View),
    Parameter {
        name: "sort",
        scope: Scope::View,
        read: |link, value| {
            link.sort = Some(into_text(value)).filter(|s| s != "name").unwrap_or_default()
        },
        write: |link| match link.sort.as_str() {
            "name" => Vec::new(),
            sort => sort.into(),
        },
    },
    text!(group, Scope::View),
    text!(show, Scope::View),
    text!(item, Scope::View),
    text!(without, Scope::Image),
    text!(name, Scope::Image),
];

/// Digits, or no line.
fn line_number(text: &str) -> u32 {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).unwrap_or(0)
}

impl Link {
    /// A link to a target, with everything else at its default.
    pub fn to(target: LinkTarget) -> Link {
        Link { target, ..Link::default() }
    }

    /// Changes the view. What only the last view has is dropped: find, filter, order, the open row, the search in
    /// contents.
    pub fn turn_to(&mut self, view: View) {
        if self.view != view {
            self.take_view(&Link::default());
        }
        self.view = view;
    }

    /// Takes over what another link shows of its view; a line of a file only if that is the file here, too.
    pub fn take_view(&mut self, other: &Link) {
        for parameter in PARAMETERS.iter().filter(|one| one.scope == Scope::View) {
            (parameter.read)(self, (parameter.write)(other));
        }
        if (&self.path, &self.member) != (&other.path, &other.member) {
            self.line = 0;
        }
    }

    /// Files had a `filter`, a plain text, before they had `find`.
    fn translate_filter(&mut self) {
        if self.view == View::Files && !self.filter.is_empty() {
            let filter = std::mem::take(&mut self.filter);
            if self.find.is_empty() {
                self.find = quoted(&filter);
            }
        }
    }

    /// Reads a fragment, with or without its `#`. Any text is some link.
    pub fn parse(fragment: &str) -> Link {
        let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
        let (target, query) = fragment.split_once('?').unwrap_or((fragment, ""));
        let mut sides = [None, None]; // of a comparison
        let comparing = target == "/compare";
        let mut link = Link::default();
        let mut seen = [false; PARAMETERS.len()];
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            if let Some(row) = PARAMETERS.iter().position(|row| row.name == name) {
                if !std::mem::replace(&mut seen[row], true) {
                    (PARAMETERS[row].read)(&mut link, decode(value));
                }
            } else if comparing && matches!(name, "a" | "b") {
                sides[usize::from(name == "b")].get_or_insert_with(|| decode_text(value));
            } else {
                link.unknown.push(keep_legal(part));
            }
        }
        link.target = match sides {
            [a, b] if comparing => {
                LinkTarget::Compare { a: a.unwrap_or_default(), b: b.unwrap_or_default() }
            }
            _ => LinkTarget::parse(target),
        };
        link.translate_filter();
        link
    }

    /// The link for `?image=REFERENCE`, with which other sites can link here; `search` is the query of the URL.
    pub fn from_search(search: &str) -> Option<Link> {
        let query = search.strip_prefix('?').unwrap_or(search);
        let image = query.split('&').find_map(|part| part.strip_prefix("image="))?;
        Some(Link::to(LinkTarget::image(&decode_text(image))))
            .filter(|link| link.target != LinkTarget::Start)
    }
}

/// The fragment, with its `#`.
impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let LinkTarget::Compare { a, b } = &self.target {
            for (name, side) in [("a", a), ("b", b)].into_iter().filter(|(_, s)| !s.is_empty()) {
                let side = percent_encode_component(side.as_bytes());
                parts.push(format!("{name}={side}"));
            }
        }
        for row in &PARAMETERS {
            let value = (row.write)(self);
            if !value.is_empty() {
                parts.push(format!("{}={}", row.name, percent_encode(&value)));
            }
        }
        parts.extend(self.unknown.iter().cloned());
        write!(f, "#{}", self.target)?;
        if parts.is_empty() { Ok(()) } else { write!(f, "?{}", parts.join("&")) }
    }
}

#[cfg(test)]
mod tests;
