//! What a comparison of two texts says turns the first into the second.

use super::compare;
use crate::protocol::{ComparedLine, ContentComparison, LineChange, TextComparison};
use crate::text::CharacterEncoding;
use proptest::prelude::*;

fn text(before: &[u8], after: &[u8]) -> TextComparison {
    match compare(before, after) {
        ContentComparison::Text(comparison) => comparison,
        other => panic!("{other:?}"),
    }
}

/// ` common`, `-removed`, `+added`, with marks around what differs in a line.
fn written(line: &ComparedLine) -> String {
    let sign = match line.change {
        LineChange::Common => ' ',
        LineChange::Removed => '-',
        LineChange::Added => '+',
    };
    let part = |part: &crate::protocol::DifferencePart| match part.changed {
        true => format!("[{}]", part.text),
        false => part.text.to_string(),
    };
    format!("{sign}{}", line.parts.iter().map(part).collect::<String>())
}

fn lines(comparison: &TextComparison) -> Vec<String> {
    comparison.hunks.iter().flat_map(|hunk| &hunk.lines).map(written).collect()
}

/// The second text, made of the first one and the hunks.
fn patched(before: &str, comparison: &TextComparison) -> String {
    let of_before: Vec<&str> = before.split_inclusive('\n').collect();
    let (mut out, mut at) = (String::new(), 0);
    for line in comparison.hunks.iter().flat_map(|hunk| &hunk.lines) {
        if let Some(number) = line.number_a {
            while at + 1 < number as usize {
                out.push_str(of_before[at]);
                at += 1;
            }
            at += 1;
        }
        if line.change == LineChange::Removed {
            continue;
        }
        line.parts.iter().for_each(|part| out.push_str(&part.text));
        if !line.unended {
            out.push('\n');
        }
    }
    out.extend(of_before[at.min(of_before.len())..].iter().copied());
    out
}

#[test]
fn a_changed_line_has_its_words_marked_and_three_lines_around_it() {
    let before = "1\n2\n3\n4\nlisten 80 default;\n6\n7\n8\n9\n";
    let after = before.replace("80", "8080");
    let comparison = text(before.as_bytes(), after.as_bytes());
    assert_eq!(
        lines(&comparison),
        [" 2", " 3", " 4", "-listen [80] default;", "+listen [8080] default;", " 6", " 7", " 8"]
    );
    let line = &comparison.hunks[0].lines[4];
    assert_eq!((line.number_a, line.number_b), (None, Some(5)));
    assert_eq!((comparison.removed, comparison.added, comparison.left_out), (1, 1, 0));
}

#[test]
fn lines_with_little_in_common_are_not_marked() {
    let comparison = text(b"export PATH=/usr/bin\n", b"if x; then\n");
    assert_eq!(lines(&comparison), ["-export PATH=/usr/bin", "+if x; then"]);
}

#[test]
fn changes_far_apart_are_two_hunks() {
    let before: String = (0..30).map(|at| format!("line {at}\n")).collect();
    let near = before.replace("line 5\n", "x\n").replace("line 12\n", "y\n");
    let far = before.replace("line 5\n", "x\n").replace("line 13\n", "y\n");
    assert_eq!(text(before.as_bytes(), near.as_bytes()).hunks.len(), 1);
    assert_eq!(text(before.as_bytes(), far.as_bytes()).hunks.len(), 2);
}

#[test]
fn a_line_end_that_differs_is_shown() {
    assert_eq!(lines(&text(b"a\r\nb\r\n", b"a\r\nc\r\n")), [" a", "-b", "+c"]);
    assert_eq!(lines(&text(b"same\r\n", b"same\n")), ["-same[\\r]", "+same"]);
    let comparison = text(b"a\n", b"a");
    let unended: Vec<bool> = comparison.hunks[0].lines.iter().map(|line| line.unended).collect();
    assert_eq!(unended, [false, true]);
}

#[test]
fn each_text_is_read_in_its_own_encoding() {
    let utf16: Vec<u8> = "\u{feff}grün\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let comparison = text(b"gr\xfcn\n", &utf16);
    assert_eq!(comparison.encodings, (CharacterEncoding::Latin1, CharacterEncoding::Utf16));
    assert_eq!(comparison.hunks, [], "the lines are the same");
    assert_eq!(text(b"a", "ä".as_bytes()).encodings.1, CharacterEncoding::Utf8);
}

#[test]
fn what_is_no_text_is_not_compared() {
    for binary in [&b"\x7fELF\x02\x01\x01\0"[..], b"a\0b", b"\x89PNG\r\n\x1a\n", b"\xff\xfe\0\xd8"]
    {
        assert_eq!(compare(binary, b"text"), ContentComparison::NotText, "{binary:?}");
        assert_eq!(compare(binary, binary), ContentComparison::Same);
    }
    assert_eq!(lines(&text(b"", b"new\n")), ["+new"]);
}

#[test]
fn what_is_answered_is_bounded_and_the_rest_is_counted() {
    let before: String = (0..9_000).map(|at| format!("a {at}\n")).collect();
    let comparison = text(before.as_bytes(), before.replace('a', "b").as_bytes());
    assert_eq!((comparison.removed, comparison.added), (9_000, 9_000));
    assert_eq!(lines(&comparison).len() as u64 + comparison.left_out, 18_000);
    assert_eq!(comparison.left_out, 13_000);
    let long = "x".repeat(3_000_000);
    let comparison = text(long.as_bytes(), b"y");
    assert_eq!(comparison.hunks[0].lines[0].cut, 2_998_000);
}

#[test]
fn deceptive_characters_are_shown_escaped() {
    let comparison = text(b"a\n", "a \u{202e}\x1b[31m\n".as_bytes());
    assert_eq!(lines(&comparison)[1], "+a[ \\u{202e}\\x1b[31m]");
}

proptest! {
    #[test]
    fn the_hunks_turn_the_first_text_into_the_second(
        before in "([a-c ]{0,3}\n){0,40}[a-c]{0,2}",
        after in "([a-c ]{0,3}\n){0,40}[a-c]{0,2}",
    ) {
        prop_assume!(before != after);
        let comparison = text(before.as_bytes(), after.as_bytes());
        prop_assert_eq!(patched(&before, &comparison), after);
    }
}
