//! Every form of link that was ever published (tests/links.txt) is still read and has the same meaning.

use layerscope::link::Link;

#[test]
fn every_published_form_of_link_is_read() {
    let text = include_str!("../links.txt");
    let mut count = 0;
    for line in text.lines().filter(|line| line.starts_with(['#', '?'])) {
        let (link, normal) = line.split_once("  ").unwrap_or((line, line));
        let read = match link.starts_with('?') {
            true => Link::from_search(link).expect(line),
            false => Link::parse(link),
        };
        // What is only said about a link is not written.
        let read = Link { unknown_view: String::new(), ..read };
        assert_eq!(read.to_string(), normal, "{line}");
        assert_eq!(Link::parse(normal).to_string(), normal, "{line} is not normal");
        assert_eq!(Link::parse(normal), read, "{line} means something else once normalised");
        count += 1;
    }
    assert!(count > 40, "only {count} links were found in tests/links.txt");
}
