//! Text that every match of an expression has: it says in which lines the expression need be tried.
//!
//! Of a concatenation that is its longest literal run, of alternatives one for each, of a repetition that must occur
//! what it repeats. The answer may be none; it is never wrong about a line that has none of the text.

use super::needle::{Needle, NeedleByte};
use regex_syntax::hir::{Class, ClassBytes, Hir, HirKind};

/// More alternatives than this are not looked for one by one.
const MAX_NEEDLES: usize = 8;
/// A single byte that is as common as these is in too many lines.
const TOO_COMMON: &[u8] = b" etaoinsrlhdc";

type Run = Vec<NeedleByte>;

/// One of these is in every match; empty: not known.
pub fn required(hir: &Hir) -> Vec<Needle> {
    selective(hir).into_iter().filter_map(Needle::new).collect()
}

/// The runs, if few lines have them.
fn selective(hir: &Hir) -> Vec<Run> {
    let is_rare = |run: &Run| match &run[..] {
        [] => false,
        [one] => !TOO_COMMON.contains(&one.byte),
        _ => true,
    };
    best(hir).filter(|runs| runs.iter().all(is_rare)).unwrap_or_default()
}

/// The runs of which each match has one.
fn best(hir: &Hir) -> Option<Vec<Run>> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            Some(vec![literal.0.iter().copied().map(NeedleByte::exact).collect()])
        }
        HirKind::Class(Class::Bytes(class)) => Some(vec![vec![one_byte(class)?]]),
        HirKind::Capture(capture) => best(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => best(&repetition.sub),
        HirKind::Alternation(branches) => {
            let runs: Option<Vec<Vec<Run>>> = branches.iter().map(best).collect();
            runs.map(|runs| runs.concat()).filter(|runs| runs.len() <= MAX_NEEDLES)
        }
        HirKind::Concat(parts) => of_parts(parts),
        _ => None,
    }
}

/// The best of a concatenation: literals that follow each other are one run.
fn of_parts(parts: &[Hir]) -> Option<Vec<Run>> {
    let mut found: Vec<Vec<Run>> = Vec::new();
    let mut run = Run::new();
    for part in parts {
        match part.kind() {
            HirKind::Literal(literal) => {
                run.extend(literal.0.iter().copied().map(NeedleByte::exact));
            }
            HirKind::Class(Class::Bytes(class)) if one_byte(class).is_some() => {
                run.extend(one_byte(class));
            }
            HirKind::Look(_) => {} // it takes no bytes
            _ => {
                found.push(vec![std::mem::take(&mut run)]);
                found.extend(best(part));
            }
        }
    }
    found.push(vec![run]);
    found.into_iter().max_by_key(|runs| (shortest(runs), usize::MAX - runs.len()))
}

fn shortest(runs: &[Run]) -> usize {
    runs.iter().map(Vec::len).min().unwrap_or(0)
}

/// The byte of a class of one, or of one letter in both cases.
fn one_byte(class: &ClassBytes) -> Option<NeedleByte> {
    match class.ranges() {
        [one] if one.start() == one.end() => Some(NeedleByte::exact(one.start())),
        [upper, lower]
            if upper.start() == upper.end()
                && lower.start() == lower.end()
                && upper.start().is_ascii_uppercase()
                && upper.start().to_ascii_lowercase() == lower.start() =>
        {
            Some(NeedleByte::either(lower.start()))
        }
        _ => None,
    }
}

#[test]
fn what_every_match_has_is_found() {
    let text = |pattern: &str| {
        let mut parser = regex_syntax::ParserBuilder::new();
        let hir = parser.utf8(false).unicode(false).multi_line(true).build().parse(pattern);
        let hir = hir.unwrap();
        let text = |run: &Run| run.iter().map(|one| char::from(one.byte)).collect::<String>();
        selective(&hir).iter().map(text).collect::<Vec<_>>().join("|")
    };
    for (pattern, want) in [
        ("password", "password"),
        ("^user.*password$", "password"),
        ("(foo|barbar)+x?", "foo|barbar"),
        ("(?i)Key[0-9]", "key"),
        ("ab|", ""),
        ("[0-9]{3}-[0-9]", "-"),
        ("[0-9] [0-9]", ""),
        ("a*bc", "bc"),
        ("(ab)*", ""),
        ("x.y", "y"),
        ("a.e", ""),
        ("(one|two) times", " times"),
    ] {
        assert_eq!(text(pattern), want, "{pattern}");
    }
}
