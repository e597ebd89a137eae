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
    pub layers: LayerSelection,
    /// The path under the cursor; empty: none.
    pub path: Vec<u8>,
    /// What the Files view looks for; empty: everything. `tree/find/` reads it.
    pub find: String,
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
    /// What the image of a local archive is called, for a reader who looks for the file; empty: not said. Only
    /// shown: the digest says which image it is.
    pub name: String,
    /// Unknown parameters, as they were written.
    pub unknown: Vec<String>,
}

/// A parameter: how its decoded value is read and written. An empty value is the default.
struct Parameter {
    name: &'static str,
    read: fn(&mut Link, Vec<u8>),
    write: fn(&Link) -> Vec<u8>,
}

/// All parameters, in the order in which they are written. A parameter never changes its meaning.
const PARAMETERS: [Parameter; 11] = [
    Parameter {
        name: "platform",
        read: |link, value| link.platform = into_text(value),
        write: |link| link.platform.clone().into_bytes(),
    },
    Parameter {
        name: "view",
        read: |link, value| link.view = View::named(&into_text(value)).unwrap_or_default(),
        write: |link| match link.view {
            View::Overview => Vec::new(),
            view => view.name().into(),
        },
    },
    Parameter {
        name: "layers",
        read: |link, value| {
            link.layers = LayerSelection::parse(&into_text(value)).unwrap_or_default()
        },
        write: |link| link.layers.to_string().into_bytes(),
    },
    Parameter {
        name: "path",
        read: |link, value| link.path = value,
        write: |link| link.path.clone(),
    },
    Parameter {
        name: "find",
        read: |link, value| link.find = into_text(value),
        write: |link| link.find.clone().into_bytes(),
    },
    Parameter {
        name: "filter",
        read: |link, value| link.filter = into_text(value),
        write: |link| link.filter.clone().into_bytes(),
    },
    Parameter {
        name: "sort",
        read: |link, value| {
            link.sort = Some(into_text(value)).filter(|s| s != "name").unwrap_or_default()
        },
        write: |link| match link.sort.as_str() {
            "name" => Vec::new(),
            sort => sort.into(),
        },
    },
    Parameter {
        name: "group",
        read: |link, value| link.group = into_text(value),
        write: |link| link.group.clone().into_bytes(),
    },
    Parameter {
        name: "show",
        read: |link, value| link.show = into_text(value),
        write: |link| link.show.clone().into_bytes(),
    },
    Parameter {
        name: "item",
        read: |link, value| link.item = into_text(value),
        write: |link| link.item.clone().into_bytes(),
    },
    Parameter {
        name: "name",
        read: |link, value| link.name = into_text(value),
        write: |link| link.name.clone().into_bytes(),
    },
];

impl Link {
    /// A link to a target, with everything else at its default.
    pub fn to(target: LinkTarget) -> Link {
        Link { target, ..Link::default() }
    }

    /// Changes the view. Find, filter, order and open row belong to one table: they are dropped.
    pub fn turn_to(&mut self, view: View) {
        let table = |view| {
            matches!(view, View::Packages | View::Vulnerabilities | View::Waste | View::Secrets)
        };
        if self.view != view && (table(self.view) || table(view)) {
            for part in [
                &mut self.find,
                &mut self.filter,
                &mut self.sort,
                &mut self.group,
                &mut self.show,
                &mut self.item,
            ] {
                part.clear();
            }
        }
        self.view = view;
        self.translate_filter();
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
