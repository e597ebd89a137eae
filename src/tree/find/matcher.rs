//! Terms made ready to be looked for, and the paths that satisfy them.
//!
//! - Terms are tried in the order of their cost: columns, names, paths, expressions.
//! - A find with text, a glob or an expression can name a place. Below a directory that it matches, a path need
//!   not satisfy these terms and `type:` again, only the others (`FindVerdict::others`): `node_modules -*.map` is
//!   the directory with everything in it but maps.

use super::fold::fold;
use super::glob::{Glob, GlobPiece, Step, name_matches, path_matches};
use super::parse::regex;
use super::path_text::PathText;
use super::values::day_of;
use crate::find::{Bounds, FindChange, FindMode, FindTerm, FindTest, FindType};
use crate::selection::LayerSelection;
use crate::tree::event::{NodeState, PathEvent};
use crate::tree::file_tree::FileTree;
use crate::tree::unchanged::{same_content, same_metadata};
use crate::vocabulary::{Change, NodeKind};
use memchr::memmem::Finder;
use regex::bytes::Regex;

/// A path as a view shows it.
#[derive(Clone, Copy)]
pub struct PathCandidate<'a> {
    pub tree: &'a FileTree,
    pub node: u32,
    /// By which it is shown.
    pub event: &'a PathEvent,
    pub change: Change,
    /// Bytes of a file.
    pub size: u64,
    /// Number of layers of the tree that `change` compares with.
    pub below: u32,
}

/// What a find says about a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindVerdict {
    /// All terms hold.
    pub all: bool,
    /// The terms hold that a path must satisfy below a directory that matches.
    pub others: bool,
}

/// A find, ready.
#[derive(Debug, Default)]
pub struct Matcher {
    /// Text, globs and expressions that are not negated, and types.
    place: Vec<TermCheck>,
    others: Vec<TermCheck>,
    names_place: bool,
}

/// Buffers for the paths that are looked at.
pub struct Workspace {
    name: Vec<u8>,
    name_of: Option<u32>,
    folded: PathText,
    exact: PathText,
}

impl Default for Workspace {
    fn default() -> Workspace {
        let (folded, exact) = (PathText::new(true), PathText::new(false));
        Workspace { name: Vec::new(), name_of: None, folded, exact }
    }
}

impl Workspace {
    fn name(&mut self, tree: &FileTree, node: u32) -> &[u8] {
        if self.name_of != Some(node) {
            self.name_of = Some(node);
            self.name.clear();
            super::fold::fold_onto(&mut self.name, tree.name(node));
        }
        &self.name
    }
}

impl Matcher {
    /// Of terms that were read.
    pub fn new(terms: &[FindTerm]) -> Matcher {
        let mut matcher = Matcher::default();
        for term in terms {
            let Some(test) = CheckTest::new(&term.test) else { continue };
            let is_name =
                matches!(term.test, FindTest::Text(_) | FindTest::Glob(_) | FindTest::Regex(_));
            let is_type = matches!(term.test, FindTest::Type(_));
            matcher.names_place |= is_name && !term.negated;
            let list = match (is_name || is_type) && !term.negated {
                true => &mut matcher.place,
                false => &mut matcher.others,
            };
            list.push(TermCheck { negated: term.negated, test });
        }
        for list in [&mut matcher.place, &mut matcher.others] {
            list.sort_by_key(|check| check.test.cost());
        }
        matcher
    }

    /// Whether every path matches.
    pub fn is_empty(&self) -> bool {
        self.place.is_empty() && self.others.is_empty()
    }

    /// Whether a directory that matches stands for what is below it.
    pub fn names_place(&self) -> bool {
        self.names_place
    }

    /// Whether a path matches. Faster if nodes come in their order.
    pub fn verdict(&self, path: &PathCandidate<'_>, space: &mut Workspace) -> FindVerdict {
        let others = self.others.iter().all(|check| check.holds(path, space));
        let all = others && self.place.iter().all(|check| check.holds(path, space));
        FindVerdict { all, others }
    }

    /// The part of a name that text matches: start and end in bytes.
    pub fn mark(&self, name: &[u8]) -> Option<(usize, usize)> {
        let folded = fold(name);
        if folded.len() != name.len() {
            return None; // positions differ
        }
        self.place.iter().find_map(|check| match &check.test {
            CheckTest::NameText(finder) => {
                let at = finder.find(&folded)?;
                Some((at, at + finder.needle().len()))
            }
            CheckTest::PathText(finder) => {
                let end = finder.needle().rsplit(|byte| *byte == b'/').next()?;
                (!end.is_empty() && folded.starts_with(end)).then_some((0, end.len()))
            }
            _ => None,
        })
    }
}

#[derive(Debug)]
struct TermCheck {
    negated: bool,
    test: CheckTest,
}

impl TermCheck {
    fn holds(&self, path: &PathCandidate<'_>, space: &mut Workspace) -> bool {
        self.test.holds(path, space) != self.negated
    }
}

/// A test, compiled.
#[derive(Debug)]
enum CheckTest {
    Size(Bounds<u64>),
    Type(Vec<FindType>),
    Mode(Vec<FindMode>),
    Owner { uid: u64, gid: Option<u64> },
    Layer(LayerSelection),
    Change(Vec<FindChange>),
    Modified(Bounds<i64>),
    Writes(Bounds<u64>),
    Attribute(Vec<u8>),
    NameText(Finder<'static>),
    NameGlob(Vec<GlobPiece>),
    PathText(Finder<'static>),
    PathGlob(Vec<Step>),
    Regex(Regex),
}

impl CheckTest {
    /// `None` for an expression that does not compile; reading the find has said so.
    fn new(test: &FindTest) -> Option<CheckTest> {
        Some(match test {
            FindTest::Text(text) => {
                let finder = Finder::new(&fold(text.as_bytes())).into_owned();
                match text.contains('/') {
                    true => CheckTest::PathText(finder),
                    false => CheckTest::NameText(finder),
                }
            }
            FindTest::Glob(parts) => match Glob::new(parts) {
                Glob::Name(pieces) => CheckTest::NameGlob(pieces),
                Glob::Path(steps) => CheckTest::PathGlob(steps),
            },
            FindTest::Regex(pattern) => CheckTest::Regex(regex(pattern).ok()?),
            FindTest::Size(bounds) => CheckTest::Size(*bounds),
            FindTest::Type(list) => CheckTest::Type(list.clone()),
            FindTest::Mode(list) => CheckTest::Mode(list.clone()),
            FindTest::Owner { uid, gid } => CheckTest::Owner { uid: *uid, gid: *gid },
            FindTest::Layer(layers) => CheckTest::Layer(*layers),
            FindTest::Change(list) => CheckTest::Change(list.clone()),
            FindTest::Modified(bounds) => CheckTest::Modified(*bounds),
            FindTest::Writes(bounds) => CheckTest::Writes(*bounds),
            FindTest::Attribute(name) => CheckTest::Attribute(name.clone().into_bytes()),
        })
    }

    fn cost(&self) -> u8 {
        match self {
            CheckTest::NameText(_) | CheckTest::NameGlob(_) => 1,
            CheckTest::PathText(_) | CheckTest::PathGlob(_) => 2,
            CheckTest::Regex(_) => 3,
            _ => 0,
        }
    }

    fn holds(&self, path: &PathCandidate<'_>, space: &mut Workspace) -> bool {
        let (tree, node, event) = (path.tree, path.node, path.event);
        let entry = || tree.entry(event);
        match self {
            CheckTest::NameText(finder) => finder.find(space.name(tree, node)).is_some(),
            CheckTest::NameGlob(pieces) => name_matches(pieces, space.name(tree, node)),
            CheckTest::PathText(finder) => finder.find(space.folded.of(tree, node)).is_some(),
            CheckTest::PathGlob(steps) => path_matches(steps, space.folded.of(tree, node)),
            CheckTest::Regex(regex) => regex.is_match(space.exact.of(tree, node)),
            CheckTest::Size(bounds) => is_regular(kind(path)) && bounds.contain(&path.size),
            CheckTest::Type(list) => list.iter().any(|one| is_of_type(kind(path), *one)),
            CheckTest::Mode(list) => {
                kind(path) != NodeKind::Symlink
                    && entry()
                        .is_some_and(|entry| list.iter().any(|one| has_mode(entry.mode(), *one)))
            }
            CheckTest::Owner { uid, gid } => entry().is_some_and(|entry| {
                entry.owner().uid == *uid && gid.is_none_or(|gid| entry.owner().gid == gid)
            }),
            CheckTest::Layer(layers) => {
                layers.contains(tree.layer_of(node, event, path.change).number())
            }
            CheckTest::Change(list) => list.iter().any(|one| is_changed(path, *one)),
            CheckTest::Modified(bounds) => {
                entry().is_some_and(|entry| bounds.contain(&day_of(entry.mtime().0)))
            }
            CheckTest::Writes(bounds) => {
                !event.is_directory() && bounds.contain(&tree.writes(node).into())
            }
            CheckTest::Attribute(asked) => {
                entry().is_some_and(|entry| entry.xattrs().any(|(name, _)| name == asked))
            }
        }
    }
}

fn kind(path: &PathCandidate<'_>) -> NodeKind {
    path.tree.entry(path.event).map_or(NodeKind::Directory, |entry| entry.kind())
}

fn is_regular(kind: NodeKind) -> bool {
    matches!(kind, NodeKind::File | NodeKind::HardLink)
}

fn is_of_type(kind: NodeKind, asked: FindType) -> bool {
    match asked {
        FindType::File => is_regular(kind),
        FindType::Directory => kind == NodeKind::Directory,
        FindType::Symlink => kind == NodeKind::Symlink,
        FindType::HardLink => kind == NodeKind::HardLink,
        FindType::Device => matches!(kind, NodeKind::CharDevice | NodeKind::BlockDevice),
        FindType::Fifo => kind == NodeKind::Fifo,
    }
}

fn has_mode(mode: u16, asked: FindMode) -> bool {
    match asked {
        FindMode::Setuid => mode & 0o4000 != 0,
        FindMode::Setgid => mode & 0o2000 != 0,
        FindMode::Sticky => mode & 0o1000 != 0,
        FindMode::WorldWritable => mode & 0o0002 != 0,
        FindMode::Exec => mode & 0o0111 != 0,
        FindMode::Bits(bits) => mode & bits == bits,
    }
}

fn is_changed(path: &PathCandidate<'_>, asked: FindChange) -> bool {
    let change = match asked {
        FindChange::Added => Change::Added,
        FindChange::Removed => Change::Removed,
        FindChange::Unchanged => Change::Unchanged,
        FindChange::Modified | FindChange::Content | FindChange::Metadata => Change::Modified,
    };
    if path.change != change {
        return false;
    }
    let before =
        || path.tree.state(path.node, path.below).filter(|event| event.state != NodeState::Removed);
    match asked {
        FindChange::Content => before()
            .is_some_and(|before| same_content(path.tree, before, path.event) == Some(false)),
        FindChange::Metadata => {
            before().is_some_and(|before| !same_metadata(path.tree, before, path.event))
        }
        _ => true,
    }
}
