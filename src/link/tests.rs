//! Links are written and read back; any text is some link.

use super::encoding::keep_legal;
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
        find in ".{0,12}",
        filter in ".{0,12}",
        sort in "|-name|-?size|[^n]*",
        group in ".{0,8}",
        show in "|[a-z]{1,8}(,[a-z]{1,8}){0,2}",
        (item, name) in ("|pkg:[a-z]{1,5}/.{0,12}", ".{0,12}"),
        unknown in prop::collection::vec("z[a-z]{0,4}=?[!-%'-~]{0,8}", 0..4),
    ) -> Link {
        let unknown = unknown.iter().map(|part| keep_legal(part)).collect();
        let filter = if view == View::Files { String::new() } else { filter };
        Link { target, platform, view, layers, path, find, filter, sort, group, show, item, name, unknown }
    }
}

proptest! {
    #[test]
    fn a_written_link_reads_back(link in link()) {
        let written = link.to_string();
        prop_assert!(written.bytes().all(|b| b.is_ascii_graphic()), "{}", written);
        prop_assert_eq!(Link::parse(&written), link);
    }

    #[test]
    fn a_normalised_link_stays_the_same(text in "#?/?(archive|image|url|compare|x)?/?[ -~ä]{0,20}\\??.{0,60}") {
        let once = Link::parse(&text).to_string();
        prop_assert_eq!(Link::parse(&once).to_string(), once);
    }

    #[test]
    fn parameters_in_any_order_are_normalised(
        place in "#/(image/a@b|compare|archive/sha256:1|url/x%2fy|)",
        parts in prop::collection::vec("(platform|view|layers|path|find|filter|sort|group|show|item|a|b|q)(=(%2[0-9a-z]|files|name|\\.\\.|[0-3]|[ -~])*)?", 0..9),
    ) {
        let once = Link::parse(&format!("{place}?{}", parts.join("&"))).to_string();
        prop_assert_eq!(Link::parse(&once).to_string(), once);
    }
}

#[test]
fn another_view_keeps_the_layers_and_drops_the_table_s_parameters() {
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
fn the_filter_of_files_is_a_find_of_one_quoted_text() {
    for (link, want) in [
        ("#/?view=files&filter=lib/ssl", "#/?view=files&find=%22lib/ssl%22"),
        ("#/?filter=*.so&view=files", "#/?view=files&find=%22%2A.so%22"),
        ("#/?view=files&filter=a%22b", "#/?view=files&find=%22a%22%22b%22"),
        ("#/?view=files&filter=a&find=b", "#/?view=files&find=b"),
        ("#/?view=files&filter=", "#/?view=files"),
        ("#/?view=packages&filter=ssl&find=b", "#/?view=packages&find=b&filter=ssl"),
    ] {
        assert_eq!(Link::parse(link).to_string(), want, "{link}");
    }
    let mut link = Link::parse("#/?filter=ssl");
    link.turn_to(View::Files);
    assert_eq!(link.to_string(), "#/?view=files&find=%22ssl%22", "what is written reads back");
}

#[test]
fn a_path_that_is_not_utf_8_reads_back() {
    let link = Link { path: b"/opt/\xff\xfe %&?#\n".to_vec(), ..Link::default() };
    assert_eq!(link.to_string(), "#/?path=/opt/%FF%FE%20%25%26%3F%23%0A");
    assert_eq!(Link::parse(&link.to_string()), link);
}
