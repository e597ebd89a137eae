//! A share link, and the find in it: after reading and writing it, it reads the same again.

#![no_main]

use layerscope::link::Link;
use layerscope::selection::LayerSelection;
use layerscope::text;
use layerscope::tree::find::Find;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let shown = text::show(data);
    assert!(!shown.contains(['\n', '\u{202e}', '\0']));
    assert_eq!(text::percent_decode(&text::percent_encode(data)).as_deref(), Some(data));
    let Ok(fragment) = std::str::from_utf8(data) else { return };
    // A view that this version lacks is told, and not written again.
    let link = Link { unknown_view: String::new(), ..Link::parse(fragment) };
    let normal = link.to_string();
    let again = Link::parse(&normal);
    assert_eq!(again, link, "{normal}");
    assert_eq!(again.to_string(), normal);
    let _ = Link::from_search(fragment);
    let terms = Find::parse(&link.find).terms;
    let written: Vec<String> = terms.iter().map(ToString::to_string).collect();
    assert_eq!(Find::parse(&written.join(" ")).terms, terms, "{written:?}");
    if let Some(selection) = LayerSelection::parse(fragment) {
        assert_eq!(LayerSelection::parse(&selection.to_string()), Some(selection));
    }
});
