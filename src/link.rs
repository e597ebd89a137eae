//! Share links, both ways: what is shown stands in the fragment, so that the host never learns of it.
//!
//! Source: CONTRACTS.md, "Share links". Every form ever published stands in tests/links.txt.
//!
//! - A link that we write reads back byte for byte; any other is normalised once: defaults left out,
//!   our order, then unknown parameters in theirs.
//! - Nothing is lost: forms whose views don't exist (yet) are values too, unknown parameters are kept
//!   as they were written. But a known parameter's value that can't be read counts as its default, and
//!   of a parameter given twice the first counts: the link then says what is shown.
//! - An escape that is none (`%zz`) is taken literally.
//! - What is written is ASCII that no browser encodes once more. Paths are bytes, not text.

use crate::selection::LayerSelection;
use crate::text::{percent_decode, percent_encode};
use std::fmt;

/// What is shown of what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    pub target: LinkTarget,
    /// `linux/arm64`; empty: chosen by the page.
    pub platform: String,
    pub view: View,
    pub layers: LayerSelection,
    /// The path under the cursor; empty: none.
    pub path: Vec<u8>,
    /// Empty: none.
    pub filter: String,
    /// `-size`; empty: `name`, which is the default.
    pub sort: String,
    /// By what the rows of a table are grouped; empty: not.
    pub group: String,
    /// What of a table is shown, with commas between; empty: what is shown unasked.
    pub show: String,
    /// The row of a table whose details are open, by its key; empty: none.
    pub item: String,
    /// Parameters of another version, as they were written.
    pub unknown: Vec<String>,
}

/// What is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LinkTarget {
    /// Nothing yet.
    #[default]
    Start,
    /// A local image, by its ID: the page asks for the file.
    Archive { digest: String },
    /// An image in a registry; `digest` without its `@`.
    Image { reference: String, digest: Option<String> },
    /// An archive or a saved inspection on the web.
    Url(String),
    /// Two sides, each a place with its own parameters, as a link has it after `#/`.
    Compare { a: String, b: String },
    /// The tags of a repository.
    Repository(String),
    /// A search on a registry.
    Search(String),
    /// A place that this version doesn't know, as it was written between `#` and `?`.
    Other(String),
}

/// One of the views.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum View {
    #[default]
    Overview,
    Layers,
    Files,
    History,
    Dockerfile,
    Packages,
    Vulnerabilities,
    Waste,
    Secrets,
    Provenance,
    Config,
    Raw,
}

impl View {
    /// All, in the order in which the contract names them.
    pub const ALL: [View; 12] = [
        View::Overview,
        View::Layers,
        View::Files,
        View::History,
        View::Dockerfile,
        View::Packages,
        View::Vulnerabilities,
        View::Waste,
        View::Secrets,
        View::Provenance,
        View::Config,
        View::Raw,
    ];

    /// As links have it.
    pub fn name(self) -> &'static str {
        match self {
            View::Overview => "overview",
            View::Layers => "layers",
            View::Files => "files",
            View::History => "history",
            View::Dockerfile => "dockerfile",
            View::Packages => "packages",
            View::Vulnerabilities => "vulnerabilities",
            View::Waste => "waste",
            View::Secrets => "secrets",
            View::Provenance => "provenance",
            View::Config => "config",
            View::Raw => "raw",
        }
    }

    /// `None` for a view that this version doesn't know.
    pub fn named(name: &str) -> Option<View> {
        View::ALL.into_iter().find(|view| view.name() == name)
    }
}

/// One row a parameter: how it is read from its decoded value, and written to it. An empty value is
/// the default.
struct Parameter {
    name: &'static str,
    read: fn(&mut Link, Vec<u8>),
    write: fn(&Link) -> Vec<u8>,
}

/// In the order in which they are written. A row never changes its meaning.
const PARAMETERS: [Parameter; 9] = [
    Parameter {
        name: "platform",
        read: |link, value| link.platform = text(value),
        write: |link| link.platform.clone().into_bytes(),
    },
    Parameter {
        name: "view",
        read: |link, value| link.view = View::named(&text(value)).unwrap_or_default(),
        write: |link| match link.view {
            View::Overview => Vec::new(),
            view => view.name().into(),
        },
    },
    Parameter {
        name: "layers",
        read: |link, value| link.layers = LayerSelection::parse(&text(value)).unwrap_or_default(),
        write: |link| link.layers.to_string().into_bytes(),
    },
    Parameter {
        name: "path",
        read: |link, value| link.path = value,
        write: |link| link.path.clone(),
    },
    Parameter {
        name: "filter",
        read: |link, value| link.filter = text(value),
        write: |link| link.filter.clone().into_bytes(),
    },
    Parameter {
        name: "sort",
        read: |link, value| {
            link.sort = Some(text(value)).filter(|s| s != "name").unwrap_or_default()
        },
        write: |link| match link.sort.as_str() {
            "name" => Vec::new(),
            sort => sort.into(),
        },
    },
    Parameter {
        name: "group",
        read: |link, value| link.group = text(value),
        write: |link| link.group.clone().into_bytes(),
    },
    Parameter {
        name: "show",
        read: |link, value| link.show = text(value),
        write: |link| link.show.clone().into_bytes(),
    },
    Parameter {
        name: "item",
        read: |link, value| link.item = text(value),
        write: |link| link.item.clone().into_bytes(),
    },
];

impl Link {
    /// A place with everything else at its default.
    pub fn to(target: LinkTarget) -> Link {
        Link { target, ..Link::default() }
    }

    /// Turns to another view. Filter and order of a table are its own, and so is what is open in it.
    pub fn turn_to(&mut self, view: View) {
        let table = |view| matches!(view, View::Packages | View::Vulnerabilities);
        if self.view != view && (table(self.view) || table(view)) {
            for part in
                [&mut self.filter, &mut self.sort, &mut self.group, &mut self.show, &mut self.item]
            {
                part.clear();
            }
        }
        self.view = view;
    }

    /// Reads a fragment, with its `#` or without. Any text is some link.
    pub fn parse(fragment: &str) -> Link {
        let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
        let (place, query) = fragment.split_once('?').unwrap_or((fragment, ""));
        let mut sides = [None, None]; // of a comparison
        let comparing = place == "/compare";
        let mut link = Link::default();
        let mut seen = [false; PARAMETERS.len()];
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            if let Some(row) = PARAMETERS.iter().position(|row| row.name == name) {
                if !std::mem::replace(&mut seen[row], true) {
                    (PARAMETERS[row].read)(&mut link, decode(value));
                }
            } else if comparing && matches!(name, "a" | "b") {
                sides[usize::from(name == "b")].get_or_insert_with(|| text(decode(value)));
            } else {
                link.unknown.push(legal(part));
            }
        }
        link.target = match sides {
            [a, b] if comparing => {
                LinkTarget::Compare { a: a.unwrap_or_default(), b: b.unwrap_or_default() }
            }
            _ => LinkTarget::parse(place),
        };
        link
    }

    /// The link that another site's `?image=REFERENCE` stands for; `search` is the address's query.
    pub fn from_search(search: &str) -> Option<Link> {
        let query = search.strip_prefix('?').unwrap_or(search);
        let image = query.split('&').find_map(|part| part.strip_prefix("image="))?;
        Some(Link::to(LinkTarget::image(&text(decode(image)))))
            .filter(|link| link.target != LinkTarget::Start)
    }
}

impl LinkTarget {
    /// A reference, with or without `@` and a digest.
    pub fn image(reference: &str) -> LinkTarget {
        let (reference, digest) = reference.split_once('@').unwrap_or((reference, ""));
        if reference.is_empty() {
            return LinkTarget::Start;
        }
        let digest = Some(digest.to_owned()).filter(|digest| !digest.is_empty());
        LinkTarget::Image { reference: reference.to_owned(), digest }
    }

    fn parse(place: &str) -> LinkTarget {
        let (form, rest) =
            match place.strip_prefix('/').map(|p| p.split_once('/').unwrap_or((p, ""))) {
                Some(parts) => parts,
                None => ("", place), // without its slash it is no form of ours
            };
        let value = text(decode(rest));
        match form {
            "archive" | "image" | "url" | "repository" | "search" if value.is_empty() => {
                LinkTarget::Start
            }
            "archive" => LinkTarget::Archive { digest: value },
            "image" => LinkTarget::image(&value),
            "url" => LinkTarget::Url(value),
            "repository" => LinkTarget::Repository(value),
            "search" => LinkTarget::Search(value),
            _ if matches!(place, "" | "/") => LinkTarget::Start,
            _ => LinkTarget::Other(legal(place)),
        }
    }
}

impl fmt::Display for LinkTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkTarget::Start => f.write_str("/"),
            LinkTarget::Archive { digest } => write!(f, "/archive/{}", encode_name(digest)),
            LinkTarget::Image { reference, digest: None } => {
                write!(f, "/image/{}", encode_name(reference))
            }
            LinkTarget::Image { reference, digest: Some(digest) } => {
                write!(f, "/image/{}@{}", encode_name(reference), encode_name(digest))
            }
            LinkTarget::Url(url) => {
                write!(f, "/url/{}", percent_encode(url.as_bytes()).replace('/', "%2F"))
            }
            LinkTarget::Compare { .. } => f.write_str("/compare"),
            LinkTarget::Repository(name) => write!(f, "/repository/{}", encode_name(name)),
            LinkTarget::Search(term) => write!(f, "/search/{}", percent_encode(term.as_bytes())),
            LinkTarget::Other(place) => f.write_str(place),
        }
    }
}

/// The fragment, with its `#`.
impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let LinkTarget::Compare { a, b } = &self.target {
            for (name, side) in [("a", a), ("b", b)].into_iter().filter(|(_, s)| !s.is_empty()) {
                let side = percent_encode(side.as_bytes()).replace('/', "%2F");
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

fn decode(value: &str) -> Vec<u8> {
    percent_decode(value).unwrap_or_else(|| value.as_bytes().to_vec())
}

/// Of what is text by its nature; stray bytes become U+FFFD, once.
fn text(value: Vec<u8>) -> String {
    String::from_utf8(value)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// References and digests keep what is theirs readable: `localhost:5000/app:1.0`, `sha256:…`.
fn encode_name(name: &str) -> String {
    percent_encode(name.as_bytes()).replace("%3A", ":")
}

/// What we don't understand, left as it is but for what a browser would encode on its way.
fn legal(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    for byte in part.bytes() {
        match byte {
            b'"' | b'<' | b'>' | b'`' | b'#' => out.push_str(&format!("%{byte:02X}")),
            0x21..=0x7e => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn target() -> impl Strategy<Value = LinkTarget> {
        let name = "[ -~äß\u{202e}]{0,12}[^@]"; // a reference has no @ of its own
        let name = || name.prop_map(|s: String| s.replace('@', "a"));
        prop_oneof![
            Just(LinkTarget::Start),
            ".{1,20}".prop_map(|digest| LinkTarget::Archive { digest }),
            (name(), prop::option::of(".{1,20}"))
                .prop_map(|(reference, digest)| LinkTarget::Image { reference, digest }),
            ".{1,40}".prop_map(LinkTarget::Url),
            (".{0,20}", ".{0,20}").prop_map(|(a, b)| LinkTarget::Compare { a, b }),
            ".{1,20}".prop_map(LinkTarget::Repository),
            ".{1,20}".prop_map(LinkTarget::Search),
            "/[!-~]{0,20}".prop_map(|other| LinkTarget::parse(&other.replace('?', "."))),
        ]
    }

    fn layer(number: u32) -> crate::vocabulary::LayerNumber {
        crate::vocabulary::LayerNumber::new(number).unwrap()
    }

    fn layers() -> impl Strategy<Value = LayerSelection> {
        prop_oneof![
            Just(LayerSelection::All),
            (1..u32::MAX).prop_map(|n| LayerSelection::UpTo(layer(n))),
            (1..200u32, 0..200u32)
                .prop_map(|(a, more)| LayerSelection::Range(layer(a), layer(a + more))),
        ]
    }

    prop_compose! {
        fn link()(
            target in target(),
            platform in ".{0,12}",
            view in prop::sample::select(&View::ALL[..]),
            layers in layers(),
            path: Vec<u8>,
            filter in ".{0,12}",
            sort in "|-name|-?size|[^n]*",
            group in ".{0,8}",
            show in "|[a-z]{1,8}(,[a-z]{1,8}){0,2}",
            item in "|pkg:[a-z]{1,5}/.{0,12}",
            unknown in prop::collection::vec("z[a-z]{0,4}=?[!-%'-~]{0,8}", 0..4),
        ) -> Link {
            let unknown = unknown.iter().map(|part| legal(part)).collect();
            Link { target, platform, view, layers, path, filter, sort, group, show, item, unknown }
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(link in link()) {
            let written = link.to_string();
            prop_assert!(written.bytes().all(|b| b.is_ascii_graphic()), "{}", written);
            prop_assert_eq!(Link::parse(&written), link);
        }

        #[test]
        fn normalising_is_done_once(text in "#?/?(archive|image|url|compare|x)?/?[ -~ä]{0,20}\\??.{0,60}") {
            let once = Link::parse(&text).to_string();
            prop_assert_eq!(Link::parse(&once).to_string(), once);
        }

        #[test]
        fn parameters_in_any_order_and_state_are_normalised_once(
            place in "#/(image/a@b|compare|archive/sha256:1|url/x%2fy|)",
            parts in prop::collection::vec("(platform|view|layers|path|filter|sort|group|show|item|a|b|q)(=(%2[0-9a-z]|files|name|\\.\\.|[0-3]|[ -~])*)?", 0..9),
        ) {
            let once = Link::parse(&format!("{place}?{}", parts.join("&"))).to_string();
            prop_assert_eq!(Link::parse(&once).to_string(), once);
        }
    }

    #[test]
    fn another_view_keeps_the_layers_and_leaves_the_table_behind() {
        let link = "#/archive/a?view=packages&layers=2&path=/etc/passwd&filter=ssl&sort=size&group=type&show=removed&item=pkg:apk/a";
        let turned = |view| {
            let mut link = Link::parse(link);
            link.turn_to(view);
            link.to_string()
        };
        assert_eq!(turned(View::Files), "#/archive/a?view=files&layers=2&path=/etc/passwd");
        assert_eq!(turned(View::Packages), link.replace("pkg:apk", "pkg%3Aapk"));
    }

    #[test]
    fn a_path_that_is_not_text_survives() {
        let link = Link { path: b"/opt/\xff\xfe %&?#\n".to_vec(), ..Link::default() };
        assert_eq!(link.to_string(), "#/?path=/opt/%FF%FE%20%25%26%3F%23%0A");
        assert_eq!(Link::parse(&link.to_string()), link);
    }
}
