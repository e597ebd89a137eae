//! The grammar by examples and over any text; matches compared with a slow reading of docs/links.md.

use super::*;
use crate::find::*;
use crate::selection::LayerSelection;
use proptest::prelude::*;

fn terms(text: &str) -> Vec<FindTerm> {
    let find = Find::parse(text);
    assert_eq!(find.problems, [], "{text}");
    find.terms
}

fn one(text: &str) -> FindTest {
    let mut terms = terms(text);
    assert_eq!(terms.len(), 1, "{text}");
    assert!(!terms[0].negated, "{text}");
    terms.remove(0).test
}

fn written(terms: &[FindTerm]) -> String {
    terms.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_form_of_the_contract_is_read() {
    use Bounds::*;
    use FindTest::*;
    let literal = |text: &str| GlobPart::Literal(text.into());
    for (text, want) in [
        ("ADDuser", Text("ADDuser".into())),
        ("etc/ssl", Text("etc/ssl".into())),
        ("*.so", Glob(vec![GlobPart::Any, literal(".so")])),
        ("src/**/x?", Glob(vec![literal("src/"), GlobPart::Deep, literal("/x"), GlobPart::One])),
        (r"/\.so(\.\d+)*$/", Regex(r"\.so(\.\d+)*$".into())),
        ("size:>10M", Size(Over(10_000_000))),
        ("size:<1k", Size(Under(1000))),
        ("size:1k..2M", Size(Between(1000, 2_000_000))),
        ("type:dir", Type(vec![FindType::Directory])),
        ("mode:setuid|setgid", Mode(vec![FindMode::Setuid, FindMode::Setgid])),
        ("mode:4755", Mode(vec![FindMode::Bits(0o4755)])),
        ("owner:1000", Owner { uid: 1000, gid: None }),
        ("owner:0:42", Owner { uid: 0, gid: Some(42) }),
        ("layer:2..4", Layer(LayerSelection::parse("2..4").unwrap())),
        ("change:added|content", Change(vec![FindChange::Added, FindChange::Content])),
        ("mtime:>2024-01-01", Modified(Over(19_723))),
        ("mtime:2024-01-01..2024-01-02", Modified(Between(19_723, 19_724))),
        ("writes:>1", Writes(Over(1))),
        ("xattr:security.capability", Attribute("security.capability".into())),
    ] {
        assert_eq!(one(text), want, "{text}");
        let term = FindTerm { negated: true, test: want };
        assert_eq!(terms(&format!("-{text}")), [term], "{text}");
    }
    assert_eq!(terms("  a   -b\tsize:0 ").len(), 3);
}

#[test]
fn what_is_quoted_has_no_special_meaning() {
    let text = |text: &str| FindTest::Text(text.into());
    for (typed, want) in [
        (r#""my file""#, text("my file")),
        (r#"my" "file"#, text("my file")),
        (r#""*.so""#, text("*.so")),
        (r#""/etc/""#, text("/etc/")),
        (r#""-v""#, text("-v")),
        (r#""size:>1""#, text("size:>1")),
        (r#"siz"e":1"#, text("size:1")),
        (r#""a""b""#, text("a\"b")),
        (r#"/a" "b\.c/"#, FindTest::Regex(r"a b\.c".into())),
        (r#"/a"."b/"#, FindTest::Regex(r"a\.b".into())),
        ("//", text("//")),
        ("-", text("-")),
        ("File::Copy.3pm", text("File::Copy.3pm")),
        ("[id].tsx", text("[id].tsx")),
        ("name:x", text("name:x")),
    ] {
        assert_eq!(one(typed), want, "{typed}");
    }
    assert_eq!(terms(r#""" "" -"""#).len(), 1, "empty quotes ask for nothing, a sign is text");
}

#[test]
fn a_term_that_cannot_be_read_is_named_and_the_rest_holds() {
    for (text, found, expected) in [
        ("size:big", "size:big", "size:>10M, size:<1k or size:1k..2M"),
        ("size:2M..1k", "size:2M..1k", "size:>10M, size:<1k or size:1k..2M"),
        ("-type:door", "-type:door", "type:file, dir, symlink, hardlink, device or fifo"),
        ("mode:8", "mode:8", "mode:setuid, setgid, sticky, world-writable, exec or octal digits"),
        ("mode:10000", "mode:10000", "octal digits"),
        ("owner:root", "owner:root", "owner:UID or owner:UID:GID, in numbers"),
        ("layer:0", "layer:0", "layer:3 or layer:2..4"),
        ("change:", "change:", "change:added"),
        ("mtime:>2024-02-30", "mtime:>2024-02-30", "mtime:>2024-01-01"),
        ("/a(b/", "/a(b/", "a regular expression (unclosed group)"),
        ("/[é]/", "/[é]/", "a regular expression"),
        ("/(?:a{999}){999}/", "/(?:a{999}){999}/", "a regular expression"),
    ] {
        let find = Find::parse(&format!("lib {text} *.so"));
        assert_eq!(written(&find.terms), "lib *.so", "{text}");
        let [problem] = &find.problems[..] else { panic!("{text}: {:?}", find.problems) };
        assert_eq!(problem.found.as_deref(), Some(found));
        let says = problem.expected.as_deref().unwrap_or_default();
        assert!(says.contains(expected), "{text}: {says}");
    }
}

#[test]
fn quotes_that_do_not_end_hold_and_are_named() {
    let find = Find::parse(r#"a "b c"#);
    assert_eq!(written(&find.terms), r#"a "b c""#);
    assert_eq!(find.problems.len(), 1);
}

#[test]
fn the_number_and_length_of_terms_are_bounded() {
    let many = Find::parse(&"a ".repeat(1000));
    assert_eq!((many.terms.len(), many.problems.len()), (32, 1));
    let long = Find::parse(&format!("b {}", "a".repeat(100_000)));
    assert_eq!((long.terms.len(), long.problems.len()), (1, 1));
    assert!(long.problems[0].found.as_ref().is_some_and(|found| found.len() < 200));
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9/ \"*?.:|é\u{a0}-]{1,8}",
        "(-|\"|/)?(size|type|mode|owner|mtime|layer|change):[a-z0-9>.|:-]{0,8}(/|\")?",
    ]
}

fn glob() -> impl Strategy<Value = FindTest> {
    let part = prop_oneof![
        texts().prop_map(GlobPart::Literal),
        Just(GlobPart::One),
        Just(GlobPart::Any),
        Just(GlobPart::Deep),
    ];
    prop::collection::vec(part, 1..6).prop_filter_map("a glob", |parts| {
        // As it is read: no two literals and no two stars beside each other.
        let mut normal: Vec<GlobPart> = Vec::new();
        for part in parts {
            match (&part, normal.last_mut()) {
                (GlobPart::Literal(more), Some(GlobPart::Literal(text))) => text.push_str(more),
                (GlobPart::Any | GlobPart::Deep, Some(star @ (GlobPart::Any | GlobPart::Deep))) => {
                    *star = GlobPart::Deep;
                }
                _ => normal.push(part),
            }
        }
        let is_wild = |part: &GlobPart| !matches!(part, GlobPart::Literal(_));
        normal.iter().any(is_wild).then_some(FindTest::Glob(normal))
    })
}

fn bounds<T: std::fmt::Debug + Copy + Ord + 'static>(
    value: impl Strategy<Value = T> + Clone + 'static,
) -> impl Strategy<Value = Bounds<T>> {
    prop_oneof![
        value.clone().prop_map(Bounds::Is),
        value.clone().prop_map(Bounds::Over),
        value.clone().prop_map(Bounds::Under),
        (value.clone(), value).prop_map(|(a, b)| Bounds::Between(a.min(b), a.max(b))),
    ]
}

fn some_of<T: Copy + std::fmt::Debug + 'static>(
    words: &'static [(&'static str, T)],
) -> impl Strategy<Value = Vec<T>> {
    let words: Vec<T> = words.iter().map(|(_, value)| *value).collect();
    prop::collection::vec(prop::sample::select(words), 1..4)
}

pub(super) fn test() -> impl Strategy<Value = FindTest> {
    let regex = prop::sample::select(vec![
        r"\.so$",
        "^/lib",
        "a b",
        "(?i)LIB|x",
        "\"",
        " \" ",
        r"\d+",
        "/",
        r"\/",
        "[^/]{2}",
        "é",
    ]);
    prop_oneof![
        texts().prop_map(FindTest::Text),
        glob(),
        regex.prop_map(|text| FindTest::Regex(text.to_owned())),
        bounds(prop_oneof![0..3000u64, any::<u64>()]).prop_map(FindTest::Size),
        some_of(TYPE_WORDS).prop_map(FindTest::Type),
        some_of(MODE_WORDS).prop_map(FindTest::Mode),
        (0..0o10000u16).prop_map(|bits| FindTest::Mode(vec![FindMode::Bits(bits)])),
        (0..3u64, prop::option::of(0..3u64)).prop_map(|(uid, gid)| FindTest::Owner { uid, gid }),
        prop::sample::select(vec!["..2", "1", "2", "2..3", "9"])
            .prop_map(|text| FindTest::Layer(LayerSelection::parse(text).unwrap())),
        some_of(CHANGE_WORDS).prop_map(FindTest::Change),
        bounds(prop_oneof![-2..3i64, -700_000..2_900_000i64]).prop_map(FindTest::Modified),
        bounds(0..4u64).prop_map(FindTest::Writes),
        prop::sample::select(vec!["user.x", "security.capability", "user.a b", "user.*"])
            .prop_map(|name| FindTest::Attribute(name.to_owned())),
    ]
}

proptest! {
    #[test]
    fn any_text_is_some_find_and_is_read_as_it_is_written(
        text in prop_oneof![".{0,60}", prop::collection::vec(texts(), 0..5).prop_map(|t| t.join(" "))],
    ) {
        let find = Find::parse(&text);
        let again = Find::parse(&written(&find.terms));
        prop_assert_eq!(&again.terms, &find.terms, "{}", written(&find.terms));
        prop_assert_eq!(again.problems, []);
    }

    #[test]
    fn a_written_find_reads_back(terms in prop::collection::vec((any::<bool>(), test()), 0..5)) {
        let terms: Vec<FindTerm> =
            terms.into_iter().map(|(negated, test)| FindTerm { negated, test }).collect();
        let read = Find::parse(&written(&terms));
        prop_assert_eq!(&read.terms, &terms, "{}", written(&terms));
        prop_assert_eq!(read.problems, []);
    }
}

mod matching;
