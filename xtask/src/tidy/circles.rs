//! Rule: no import circle between files of `src/`.
//!
//! - A file imports another if it names one of its items, by `use` or by a path in code. Re-exports are
//!   followed to the file that defines the item, so a `mod.rs` that only declares and re-exports
//!   modules is never part of a circle.
//! - Methods need no import and are not seen. Tests don't count.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::modules::{Module, modules};
use super::paths::{self, Kind, Path, Token, tokens};
use super::rust::line_at;
use super::{Finding, Source};

pub fn check(sources: &[Source]) -> Vec<Finding> {
    let modules = modules(sources);
    let graph = imports(&modules);
    let mut findings = Vec::new();
    for (file, module) in modules.iter().enumerate() {
        let Some(circle) = shortest_circle(&graph, file) else { continue };
        let names: Vec<_> = circle.iter().map(|&file| modules[file].source.path.as_str()).collect();
        let offset = graph[file][&circle[1]];
        let message = format!("import circle: {}", names.join(" → "));
        findings.push(Finding::failure(module.source, line_at(&module.code, offset), message));
    }
    findings
}

/// For each file the files that it imports, with the offset of the first import.
type Graph = Vec<BTreeMap<usize, usize>>;

fn imports(modules: &[Module]) -> Graph {
    let scopes = Scopes::new(modules);
    (0..modules.len()).map(|file| scopes.imports_of(file)).collect()
}

/// The files on the shortest way from a file back to itself; first and last are that file.
fn shortest_circle(graph: &Graph, start: usize) -> Option<Vec<usize>> {
    let mut came_from = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for &next in graph[file].keys() {
            if next == start {
                let mut circle = vec![start, file];
                while let Some(&before) = came_from.get(&circle[circle.len() - 1]) {
                    circle.push(before);
                }
                circle.dedup();
                if circle.last() != Some(&start) {
                    circle.push(start);
                }
                circle.reverse();
                return Some(circle);
            }
            if let std::collections::btree_map::Entry::Vacant(entry) = came_from.entry(next) {
                entry.insert(file);
                queue.push_back(next);
            }
        }
    }
    None
}

/// What names mean in each file.
struct Scopes<'a> {
    modules: &'a [Module<'a>],
    by_path: BTreeMap<&'a [String], usize>,
    files: Vec<Scope<'a>>,
    /// What was found out: by file, name with the segments behind it, and depth.
    known: RefCell<HashMap<(usize, String, usize), Option<Target>>>,
}

struct Scope<'a> {
    /// The modules in it, by name.
    children: BTreeMap<&'a str, usize>,
    defined: BTreeSet<&'a str>,
    paths: Vec<Path<'a>>,
    /// Words outside `use` declarations and not after a dot.
    used: BTreeSet<&'a str>,
}

#[derive(Clone, Copy)]
enum Target {
    Module(usize),
    /// An item, by the file that defines it.
    Item(usize),
}

/// Re-exports of re-exports are followed so far, in case they go round.
const DEPTH: usize = 16;

impl<'a> Scopes<'a> {
    fn new(modules: &'a [Module<'a>]) -> Self {
        let by_path = modules.iter().enumerate();
        let by_path: BTreeMap<&[String], usize> =
            by_path.map(|(file, module)| (module.path.as_slice(), file)).collect();
        let mut children: Vec<BTreeMap<&str, usize>> = vec![BTreeMap::new(); modules.len()];
        for (file, module) in modules.iter().enumerate() {
            let parent = module.path.split_last();
            let parent = parent.and_then(|(name, rest)| Some((name, *by_path.get(rest)?)));
            if let Some((name, parent)) = parent {
                children[parent].insert(name, file);
            }
        }
        let scope = |(module, children): (&'a Module, BTreeMap<&'a str, usize>)| Scope {
            children,
            defined: defined(&module.code),
            paths: paths::all(&module.code),
            used: used(&module.code),
        };
        let files = modules.iter().zip(children).map(scope).collect();
        Self { modules, by_path, files, known: RefCell::default() }
    }

    fn imports_of(&self, file: usize) -> BTreeMap<usize, usize> {
        let mut found = BTreeMap::new();
        let mut add = |target: Option<Target>, offset| match target {
            Some(Target::Item(other)) if other != file => {
                found.entry(other).or_insert(offset);
            }
            _ => {}
        };
        let scope = &self.files[file];
        for path in &scope.paths {
            match path.kind {
                Kind::Import { name, public: true } if !scope.used.contains(name) => {}
                Kind::Code | Kind::Import { .. } => {
                    add(self.resolve(file, path, &[], DEPTH), path.offset);
                }
                Kind::Glob { .. } => match self.resolve(file, path, &[], DEPTH) {
                    Some(Target::Module(module)) => {
                        for &name in &scope.used {
                            add(self.item(module, &[name], DEPTH), path.offset);
                        }
                    }
                    other => add(other, path.offset),
                },
            }
        }
        found
    }

    /// What a path in a file leads to, with more segments behind it; `None` for other crates.
    fn resolve(&self, file: usize, path: &Path, more: &[&str], depth: usize) -> Option<Target> {
        let module = &self.modules[file].path;
        if let Some(absolute) = path.absolute(module) {
            let segments = absolute.iter().map(String::as_str).chain(more.iter().copied());
            return Some(self.walk(&segments.collect::<Vec<_>>(), depth));
        }
        let segments: Vec<_> = path.segments.iter().chain(more).copied().collect();
        match path.kind {
            // `use name::…` is another crate unless the name is a module or an item of this file.
            Kind::Import { name, .. } if path.segments == [name] => self.child(file, name),
            // So is `use name::*`. It is not searched in the file's other globs: two would search each other.
            Kind::Glob { .. } => {
                self.child(file, segments.first()?)?;
                self.item(file, &segments, depth)
            }
            _ => self.item(file, &segments, depth),
        }
    }

    /// From the crate's root.
    fn walk(&self, segments: &[&str], depth: usize) -> Target {
        let mut module = Vec::new();
        let mut file = self.by_path.get(module.as_slice()).copied();
        let mut at = 0;
        for segment in segments {
            module.push(segment.to_string());
            match self.by_path.get(module.as_slice()) {
                Some(&child) => (file, at) = (Some(child), at + 1),
                None => break,
            }
        }
        let file = file.unwrap_or_default();
        match &segments[at..] {
            [] => Target::Module(file),
            rest => self.item(file, rest, depth).unwrap_or(Target::Item(file)),
        }
    }

    fn child(&self, file: usize, name: &str) -> Option<Target> {
        self.files[file].children.get(name).map(|&child| Target::Module(child))
    }

    /// What a name means in a file, with more segments behind it; `None` if nothing of ours.
    fn item(&self, file: usize, segments: &[&str], depth: usize) -> Option<Target> {
        let key = (file, segments.join("::"), depth);
        if let Some(known) = self.known.borrow().get(&key) {
            return *known;
        }
        let found = self.find_item(file, segments, depth);
        self.known.borrow_mut().insert(key, found);
        found
    }

    fn find_item(&self, file: usize, segments: &[&str], depth: usize) -> Option<Target> {
        let (name, more) = segments.split_first()?;
        let depth = depth.checked_sub(1)?;
        let scope = &self.files[file];
        if let Some(Target::Module(child)) = self.child(file, name) {
            return match more {
                [] => Some(Target::Module(child)),
                more => self.item(child, more, depth).or(Some(Target::Item(child))),
            };
        }
        if scope.defined.contains(name) {
            return Some(Target::Item(file));
        }
        let import = |path: &&Path| matches!(path.kind, Kind::Import { name: n, .. } if n == *name);
        if let Some(path) = scope.paths.iter().find(import) {
            return self.resolve(file, path, more, depth);
        }
        scope.paths.iter().filter(|path| matches!(path.kind, Kind::Glob { .. })).find_map(|path| {
            match self.resolve(file, path, &[], depth)? {
                Target::Module(other) if other != file => self.item(other, segments, depth),
                _ => None,
            }
        })
    }
}

/// Names after the words that define an item, at any depth.
fn defined(code: &str) -> BTreeSet<&str> {
    const WORDS: &[&str] =
        &["struct", "enum", "union", "trait", "type", "fn", "const", "static", "mod"];
    let tokens = tokens(code);
    let mut names = BTreeSet::new();
    for (at, (_, token)) in tokens.iter().enumerate() {
        let Token::Word(word) = token else { continue };
        let name = match *word {
            "macro_rules" => tokens.get(at + 2),
            word if WORDS.contains(&word) => tokens.get(at + 1),
            _ => None,
        };
        if let Some((_, Token::Word(name))) = name {
            names.insert(*name);
        }
    }
    names
}

fn used(code: &str) -> BTreeSet<&str> {
    let tokens = tokens(code);
    let mut names = BTreeSet::new();
    let mut in_use = false;
    for (at, (_, token)) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map(|(_, token)| *token);
        let before = at.checked_sub(1).map(|at| tokens[at].1);
        match token {
            Token::Word("use") if next != Some(Token::Sign('<')) => in_use = true,
            Token::Sign(';') => in_use = false,
            Token::Word(word) if !in_use && before != Some(Token::Sign('.')) => {
                names.insert(*word);
            }
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;

    /// The circles in files `src/NAME`, as the files' names in order.
    fn circles(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<_> =
            files.iter().map(|(name, text)| (format!("src/{name}"), *text)).collect();
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        found(check, &files)
    }

    #[test]
    fn two_files_that_import_each_other_are_a_circle() {
        let b = ("s/b.rs", "pub struct B;\nfn f() { super::a::f() }");
        for a in [
            "use crate::s::b::B;",
            "use super::b::B;",
            "use super::{b::{B}};",
            "fn g() { crate::s::b::B }",
            "use super::b;\nfn g() -> b::B {}",
            "use super::b::*;\nfn g() -> B {}",
            "macro!(super::b::B)",
        ] {
            let lines = circles(&[
                ("s/mod.rs", "mod a;\nmod b;"),
                ("s/a.rs", &format!("fn f() {{}}\n{a}")),
                b,
            ]);
            assert_eq!(lines.len(), 2, "{a}: {lines:?}");
            assert!(
                lines[0].starts_with("src/s/a.rs:")
                    && lines[0].ends_with(": import circle: src/s/a.rs → src/s/b.rs → src/s/a.rs"),
                "{lines:?}"
            );
            assert_eq!(
                lines[1],
                "src/s/b.rs:2: import circle: src/s/b.rs → src/s/a.rs → src/s/b.rs"
            );
        }
    }

    #[test]
    fn what_only_tests_comments_and_strings_name_is_no_import() {
        for a in [
            "// super::b::B",
            "fn f() { print(\"super::b::B\") }",
            "#[cfg(test)]\nmod tests { use super::super::b::B; }",
            "#[test]\nfn t() { super::b::B; }",
            "use super::b;",
            "use other::b::B;",
        ] {
            let files = [
                ("s/mod.rs", "mod a;\nmod b;"),
                ("s/a.rs", &format!("fn f() {{}}\n{a}")),
                ("s/b.rs", "pub struct B;\nuse super::a::f;"),
            ];
            assert_eq!(circles(&files), [""; 0], "{a}");
        }
    }

    #[test]
    fn a_parent_that_only_re_exports_is_followed_to_the_definition() {
        let parent = "mod a;\nmod b;\npub use a::A;\npub(crate) use self::b::*;";
        let a = ("s/a.rs", "pub struct A;");
        assert_eq!(
            circles(&[("s/mod.rs", parent), a, ("s/b.rs", "use super::A;\npub struct B;")]),
            [""; 0]
        );
        let lines = circles(&[
            ("s/mod.rs", parent),
            ("s/a.rs", "use crate::s::B;\npub struct A;"),
            ("s/b.rs", "use super::A;\npub struct B;"),
        ]);
        assert_eq!(lines[0], "src/s/a.rs:1: import circle: src/s/a.rs → src/s/b.rs → src/s/a.rs");
        assert_eq!(lines.len(), 2);
    }

    #[test]
    fn a_parent_that_uses_its_child_is_an_importer() {
        let child = ("s/a.rs", "use super::P;\npub struct A;");
        for parent in [
            "mod a;\npub struct P(a::A);",
            "mod a;\nuse a::A;\npub struct P(A);",
            "mod a;\npub use a::A;\npub struct P(A);",
        ] {
            assert_eq!(circles(&[("s/mod.rs", parent), child]).len(), 2, "{parent}");
        }
        assert_eq!(
            circles(&[("s/mod.rs", "mod a;\npub use a::A;\npub struct P;"), child]),
            [""; 0]
        );
        // A module beside its folder is the same.
        assert_eq!(circles(&[("s.rs", "mod a;\npub struct P(a::A);"), child]).len(), 2);
    }

    #[test]
    fn globs_of_other_crates_are_not_searched_in_each_other() {
        let globs = "use one::a::*;\nuse two::b::*;\nuse three::c::*;\nuse four::d::*;\nfn f() {}";
        assert!(circles(&[("lib.rs", "mod s;"), ("s.rs", globs)]).is_empty());
    }

    #[test]
    fn longer_circles_are_shown_whole() {
        let lines = circles(&[
            ("a.rs", "use crate::b::B;\npub struct A;"),
            ("b.rs", "use crate::c::C;\npub struct B;"),
            ("c.rs", "use crate::a::A;\npub struct C;"),
            ("d.rs", "use crate::a::A;"),
        ]);
        assert_eq!(lines.len(), 3);
        assert!(
            lines[1].ends_with("import circle: src/b.rs → src/c.rs → src/a.rs → src/b.rs"),
            "{lines:?}"
        );
    }

    #[test]
    fn many_globs_of_many_files_are_resolved_once() {
        // Each of these files has the others' names by globs: without a memory, the ways through them are
        // more than there is time for.
        let globs: String = (0..12).map(|at| format!("pub use super::f{at}::*;\n")).collect();
        let names: Vec<_> = (0..12).map(|at| format!("s/f{at}.rs")).collect();
        let text = |at: usize| format!("{globs}fn g{at}() {{ Nowhere::new() }}");
        let texts: Vec<String> = (0..12).map(text).collect();
        let files = names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_str()));
        let files: Vec<_> = files.collect();
        assert_eq!(circles(&files), [""; 0], "nothing of these files is named");
    }
}
