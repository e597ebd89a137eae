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
        (path, member, line) in (any::<Vec<u8>>(), any::<Vec<u8>>(), any::<u32>()),
        (find, directory, grep, how) in (".{0,12}", any::<Vec<u8>>(), ".{0,12}", "|[a-z]{1,8}"),
        diff in "|below|[0-9]{1,3}\\.\\.[0-9]{1,3}",
        filter in ".{0,12}",
        sort in "|-name|-?size|[^n]*",
        group in ".{0,8}",
        show in "|[a-z]{1,8}(,[a-z]{1,8}){0,2}",
        (item, without, name) in ("|pkg:[a-z]{1,5}/.{0,12}", "|times|owners,order", ".{0,12}"),
        unknown in prop::collection::vec("z[a-z]{0,4}=?[!-%'-~]{0,8}", 0..4),
    ) -> Link {
        let unknown = unknown.iter().map(|part| keep_legal(part)).collect();
        let filter = if view == View::Files { String::new() } else { filter };
        let unknown_view = String::new();
        Link {
            target, platform, view, unknown_view, layers, path, member, diff, line, find, directory, grep, how, filter, sort, group,
            show, item, without, name, unknown,
        }
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
        parts in prop::collection::vec("(platform|view|layers|path|member|line|find|in|grep|how|filter|sort|group|show|item|a|b|q)(=(%2[0-9a-z]|files|name|\\.\\.|[0-3]|[ -~])*)?", 0..9),
    ) {
        let once = Link::parse(&format!("{place}?{}", parts.join("&"))).to_string();
        prop_assert_eq!(Link::parse(&once).to_string(), once);
    }
}

#[test]
fn another_view_keeps_the_layers_and_drops_what_only_the_last_one_has() {
    let of_views = "find=a&line=7&in=etc&grep=b&how=word&filter=ssl&sort=size&group=type&show=removed&item=pkg";
    for from in View::ALL.into_iter().filter(|view| *view != View::Overview) {
        let start = format!("#/archive/a?view={}&layers=2&path=/etc/passwd", from.name());
        let link = Link::parse(&format!("{start}&{of_views}"));
        for to in View::ALL.into_iter().filter(|view| *view != View::Overview) {
            let mut turned = link.clone();
            turned.turn_to(to);
            let want = match from == to {
                true => link.to_string(),
                false => {
                    start.replace(&format!("view={}", from.name()), &format!("view={}", to.name()))
                }
            };
            assert_eq!(turned.to_string(), want);
        }
    }
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
}

#[test]
fn a_path_that_is_not_utf_8_reads_back() {
    let link = Link { path: b"/opt/\xff\xfe %&?#\n".to_vec(), ..Link::default() };
    assert_eq!(link.to_string(), "#/?path=/opt/%FF%FE%20%25%26%3F%23%0A");
    assert_eq!(Link::parse(&link.to_string()), link);
}

#[test]
fn a_view_that_this_version_lacks_is_remembered_but_not_written() {
    let link = Link::parse("#/image/alpine?view=frobnicate&layers=2");
    assert_eq!((link.view, link.unknown_view.as_str()), (View::Overview, "frobnicate"));
    assert_eq!(link.to_string(), "#/image/alpine?layers=2");
}
