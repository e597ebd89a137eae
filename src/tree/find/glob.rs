//! Globs over names and paths.
//!
//! - `?` is one character (a byte that is not UTF-8 counts as one), `*` any number. As a whole part of a path
//!   `**` is any number of directories, none included; at the end it is everything below. In other places it
//!   means `*`. Brackets have no meaning: names have them (`[`, `[id].tsx`), and a regular expression has
//!   classes.
//! - A glob over a path begins at the root, with or without its slash.
//! - Both kinds of stars go back to the last star only, so a match costs at most length × length.

use super::fold::fold;
use crate::find::GlobPart;

/// A glob that can be matched with folded text.
#[derive(Debug)]
pub enum Glob {
    Name(Vec<GlobPiece>),
    Path(Vec<Step>),
}

/// A part of a name.
#[derive(Debug, Clone)]
pub enum GlobPiece {
    /// Folded.
    Literal(Vec<u8>),
    One,
    Any,
}

/// A part of a path.
#[derive(Debug)]
pub enum Step {
    Name(Vec<GlobPiece>),
    /// Any number of directories.
    Deep,
}

impl Glob {
    /// Over the path if a literal has a slash, else over the name.
    pub fn new(parts: &[GlobPart]) -> Glob {
        let has_slash =
            |part: &GlobPart| matches!(part, GlobPart::Literal(text) if text.contains('/'));
        match parts.iter().any(has_slash) {
            true => Glob::Path(steps(parts)),
            false => Glob::Name(parts.iter().map(piece).collect()),
        }
    }

    /// A glob that stands by itself, outside of a find: nothing in it is quoted.
    pub fn parse(text: &str) -> Glob {
        let mut parts: Vec<GlobPart> = Vec::new();
        for c in text.chars() {
            match (c, parts.last_mut()) {
                ('?', _) => parts.push(GlobPart::One),
                ('*', Some(GlobPart::Deep)) => {}
                ('*', Some(any @ GlobPart::Any)) => *any = GlobPart::Deep,
                ('*', _) => parts.push(GlobPart::Any),
                (c, Some(GlobPart::Literal(text))) => text.push(c),
                (c, _) => parts.push(GlobPart::Literal(c.to_string())),
            }
        }
        Glob::new(&parts)
    }

    /// Whether it is the whole of a path, relative to the root, or of its last part.
    pub fn matches(&self, path: &[u8]) -> bool {
        let path = fold(path);
        match self {
            Glob::Name(pieces) => {
                let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
                name_matches(pieces, name)
            }
            Glob::Path(steps) => path_matches(steps, &[b"/", &path[..]].concat()),
        }
    }
}

fn piece(part: &GlobPart) -> GlobPiece {
    match part {
        GlobPart::Literal(text) => GlobPiece::Literal(fold(text.as_bytes())),
        GlobPart::One => GlobPiece::One,
        GlobPart::Any | GlobPart::Deep => GlobPiece::Any,
    }
}

/// The parts of a path glob, split at slashes; empty ones are left out.
fn steps(parts: &[GlobPart]) -> Vec<Step> {
    let mut names: Vec<Vec<GlobPart>> = vec![Vec::new()];
    for part in parts {
        let GlobPart::Literal(text) = part else {
            names.last_mut().into_iter().for_each(|name| name.push(part.clone()));
            continue;
        };
        for (at, text) in text.split('/').enumerate() {
            if at > 0 {
                names.push(Vec::new());
            }
            if !text.is_empty() {
                let literal = GlobPart::Literal(text.to_owned());
                names.last_mut().into_iter().for_each(|name| name.push(literal.clone()));
            }
        }
    }
    let mut steps: Vec<Step> = Vec::new();
    for name in names.iter().filter(|name| !name.is_empty()) {
        match name[..] {
            [GlobPart::Deep] => steps.push(Step::Deep),
            _ => steps.push(Step::Name(name.iter().map(piece).collect())),
        }
    }
    if let Some(Step::Deep) = steps.last() {
        steps.push(Step::Name(vec![GlobPiece::Any])); // below, not the directory itself
    }
    steps
}

/// Whether a glob is the whole of a folded name.
pub fn name_matches(pieces: &[GlobPiece], name: &[u8]) -> bool {
    if let Some(GlobPiece::Literal(end)) = pieces.last()
        && !name.ends_with(end)
    {
        return false; // most names fail here
    }
    let (mut piece, mut at) = (0, 0);
    let mut star = None;
    loop {
        let step = match pieces.get(piece) {
            Some(GlobPiece::Any) => {
                star = Some((piece + 1, at));
                Some(0)
            }
            Some(GlobPiece::Literal(text)) => name[at..].starts_with(text).then_some(text.len()),
            Some(GlobPiece::One) => character(&name[at..]),
            None if at == name.len() => return true,
            None => None,
        };
        match (step, &mut star) {
            (Some(step), _) => (piece, at) = (piece + 1, at + step),
            (None, Some((after, from))) if *from < name.len() => {
                *from += 1;
                (piece, at) = (*after, *from);
            }
            _ => return false,
        }
    }
}

/// Length of the first character in bytes; `None` if there is none.
fn character(text: &[u8]) -> Option<usize> {
    let more = match text.first()? {
        0xc2..=0xdf => 1,
        0xe0..=0xef => 2,
        0xf0..=0xf4 => 3,
        _ => 0,
    };
    let rest = text[1..].iter().take(more);
    Some(1 + rest.take_while(|byte| matches!(byte, 0x80..=0xbf)).count())
}

/// Whether a glob is the whole of a folded path that begins with a slash.
pub fn path_matches(steps: &[Step], path: &[u8]) -> bool {
    let (mut step, mut rest) = (0, path);
    let mut deep = None;
    loop {
        let next = match steps.get(step) {
            Some(Step::Deep) => {
                deep = Some((step + 1, rest));
                Some(rest)
            }
            Some(Step::Name(pieces)) => first_part(rest)
                .filter(|(name, _)| name_matches(pieces, name))
                .map(|(_, rest)| rest),
            None if rest.is_empty() => return true,
            None => None,
        };
        match next {
            Some(next) => (step, rest) = (step + 1, next),
            None => match deep.and_then(|(after, from)| Some((after, first_part(from)?.1))) {
                Some((after, from)) => {
                    deep = Some((after, from));
                    (step, rest) = (after, from);
                }
                None => return false,
            },
        }
    }
}

/// The first part of a path, and the rest with its slash.
fn first_part(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let path = path.strip_prefix(b"/").unwrap_or(path);
    let end = memchr::memchr(b'/', path).unwrap_or(path.len());
    (!path.is_empty()).then(|| path.split_at(end))
}
