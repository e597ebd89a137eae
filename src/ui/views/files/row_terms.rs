//! What the cells of one path give as terms of the filter: only this layer, without this ending, only setuid.
//!
//! Source of the grammar: docs/links.md, "Find".

use crate::find::{
    CHANGE_WORDS, FindChange, FindMode, FindType, MODE_WORDS, TYPE_WORDS, quoted, word_of,
};
use crate::protocol::{FileFacts, FileOwner, LinkPath, TreeRow};
use crate::text::{Shown, percent_decode};
use crate::vocabulary::{Change, LayerNumber, NodeKind};

/// A longer ending is none.
const MAX_ENDING: usize = 24;

/// What a mode may have that is special, and its bit.
const SPECIAL_MODES: &[(FindMode, u16)] = &[
    (FindMode::Setuid, 0o4000),
    (FindMode::Setgid, 0o2000),
    (FindMode::Sticky, 0o1000),
    (FindMode::WorldWritable, 0o0002),
];

/// The cells of a path.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PathCells {
    pub path: LinkPath,
    pub kind: NodeKind,
    pub mode: Option<u16>,
    pub owner: Option<FileOwner>,
    pub layer: Option<LayerNumber>,
    pub change: Change,
}

/// Terms with their name.
#[derive(Clone, Debug, PartialEq)]
pub struct CellTerm {
    pub name: String,
    pub terms: String,
}

impl PathCells {
    /// Of a row of the tree.
    pub fn of_row(row: &TreeRow) -> PathCells {
        PathCells {
            path: row.path.clone(),
            kind: row.kind,
            mode: row.mode,
            owner: row.owner.clone(),
            layer: row.layer,
            change: row.change,
        }
    }

    /// Of the selected path; `None`: it is not there.
    pub fn of_file(facts: &FileFacts) -> Option<PathCells> {
        let state = facts.current.as_ref()?;
        Some(PathCells {
            path: facts.path.clone(),
            kind: state.kind,
            mode: state.mode,
            owner: state.owner.clone(),
            layer: state.layer,
            change: Change::None,
        })
    }

    /// The path as it is shown.
    pub fn shown(&self) -> Shown {
        Shown::new(percent_decode(&self.path.0).unwrap_or_default())
    }

    /// The terms, in the order of a menu.
    pub fn terms(&self) -> Vec<CellTerm> {
        let mut terms = Vec::new();
        if let Some(ending) = self.ending() {
            both(&mut terms, &format!("names with .{ending}"), &format!("*.{ending}"));
        }
        if let Some(place) = self.below() {
            terms.push(CellTerm {
                name: "Without this directory".into(),
                terms: format!("-{place}"),
            });
        }
        if let Some(layer) = self.layer {
            both(&mut terms, &format!("layer {layer}"), &format!("layer:{layer}"));
        }
        let change = find_change(self.change);
        if let Some(word) = change.and_then(|change| word_of(CHANGE_WORDS, &change)) {
            both(&mut terms, &format!("{word} paths"), &format!("change:{word}"));
        }
        terms.extend(self.mode_terms());
        if let Some(FileOwner { uid, gid, .. }) = self.owner {
            both(&mut terms, &format!("owner {uid}:{gid}"), &format!("owner:{uid}:{gid}"));
        }
        if let Some((name, kind)) = find_type(self.kind)
            && let Some(word) = word_of(TYPE_WORDS, &kind)
        {
            both(&mut terms, name, &format!("type:{word}"));
        }
        terms
    }

    /// Setuid and what else is special about the mode.
    fn mode_terms(&self) -> Vec<CellTerm> {
        let mut terms = Vec::new();
        let Some(mode) = self.mode.filter(|_| self.kind != NodeKind::Symlink) else { return terms };
        for (test, bits) in SPECIAL_MODES {
            if let Some(word) = word_of(MODE_WORDS, test).filter(|_| mode & bits != 0) {
                both(&mut terms, word, &format!("mode:{word}"));
            }
        }
        if self.kind != NodeKind::Directory && mode & 0o111 != 0 {
            both(&mut terms, "executable files", "type:file mode:exec");
        }
        terms
    }

    /// What follows the last dot of a file's name, where no sign in it means something in a find.
    fn ending(&self) -> Option<String> {
        let path = percent_decode(&self.path.0).filter(|_| self.kind != NodeKind::Directory)?;
        let name = path.rsplit(|byte| *byte == b'/').next()?;
        let ending = &name[name.iter().rposition(|byte| *byte == b'.')? + 1..];
        let is_plain =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+');
        let is_short = (1..=MAX_ENDING).contains(&ending.len());
        let text = String::from_utf8(ending.to_ascii_lowercase()).ok()?;
        (is_short && ending.iter().all(is_plain)).then_some(text)
    }

    /// The glob of all that is below a directory.
    fn below(&self) -> Option<String> {
        let path = percent_decode(&self.path.0).filter(|_| self.kind == NodeKind::Directory)?;
        let path = String::from_utf8(path).ok()?;
        let path = path.trim_start_matches('/');
        (!path.is_empty()).then(|| format!("{}**", quoted(&format!("{path}/"))))
    }
}

/// A term, and its negation where it is one term.
fn both(terms: &mut Vec<CellTerm>, name: &str, text: &str) {
    terms.push(CellTerm { name: format!("Only {name}"), terms: text.to_owned() });
    if !text.contains(' ') {
        terms.push(CellTerm { name: format!("Without {name}"), terms: format!("-{text}") });
    }
}

fn find_change(change: Change) -> Option<FindChange> {
    Some(match change {
        Change::None => return None,
        Change::Added => FindChange::Added,
        Change::Modified => FindChange::Modified,
        Change::Removed => FindChange::Removed,
        Change::Unchanged => FindChange::Unchanged,
    })
}

/// Kinds other than files and directories, in words.
fn find_type(kind: NodeKind) -> Option<(&'static str, FindType)> {
    Some(match kind {
        NodeKind::Symlink => ("symbolic links", FindType::Symlink),
        NodeKind::HardLink => ("hard links", FindType::HardLink),
        NodeKind::CharDevice | NodeKind::BlockDevice => ("devices", FindType::Device),
        NodeKind::Fifo => ("pipes", FindType::Fifo),
        NodeKind::File | NodeKind::Directory => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(path: &str, kind: NodeKind, mode: u16) -> PathCells {
        let owner = Some(FileOwner { uid: 0, gid: 42, ..FileOwner::default() });
        let layer = LayerNumber::new(3);
        let (path, mode) = (LinkPath(path.to_owned()), Some(mode));
        PathCells { path, kind, mode, owner, layer, change: Change::None }
    }

    fn terms(cells: &PathCells) -> Vec<String> {
        cells.terms().into_iter().map(|term| term.terms).collect()
    }

    #[test]
    fn each_cell_gives_its_terms() {
        let file = cells("/usr/bin/a.SO", NodeKind::File, 0o4755);
        let want = [
            "*.so",
            "-*.so",
            "layer:3",
            "-layer:3",
            "mode:setuid",
            "-mode:setuid",
            "type:file mode:exec",
            "owner:0:42",
            "-owner:0:42",
        ];
        assert_eq!(terms(&file), want);
        let added = PathCells { change: Change::Added, ..cells("/a", NodeKind::Symlink, 0o777) };
        let found = terms(&added);
        assert!(
            found.contains(&"change:added".to_owned())
                && found.contains(&"type:symlink".to_owned())
        );
        assert!(!found.iter().any(|term| term.contains("mode:")), "a link's mode means nothing");
        assert_eq!(terms(&PathCells::default()), Vec::<String>::new());
    }

    #[test]
    fn a_directory_is_left_out_with_all_that_is_below_it() {
        let directory = cells("/srv/a%20%22b%22", NodeKind::Directory, 0o755);
        assert_eq!(terms(&directory)[0], r#"-"srv/a ""b""/"**"#);
        assert_eq!(directory.shown().as_str(), r#"/srv/a "b""#);
        let raw = cells("/srv/%FF", NodeKind::Directory, 0o755);
        assert!(terms(&raw)[0].starts_with("layer"), "no text finds what is not UTF-8");
    }

    #[test]
    #[cfg(feature = "engine")]
    fn every_term_is_one_that_the_session_reads() {
        use crate::find::FindTest;
        use crate::tree::find::Find;
        for (kind, path) in [(NodeKind::Fifo, "/a/b.x-1"), (NodeKind::Directory, "/a%20b/c")] {
            let cells = PathCells { change: Change::Modified, ..cells(path, kind, 0o7777) };
            for CellTerm { terms, .. } in cells.terms() {
                let find = Find::parse(&terms);
                assert!(find.problems.is_empty() && !find.terms.is_empty(), "{terms}");
                let is_text = |term: &crate::find::FindTerm| matches!(term.test, FindTest::Text(_));
                assert!(!find.terms.iter().any(is_text), "{terms}");
            }
        }
    }
}
