//! The library as modules: which file of `src/` is which module, and which files hold only tests.

use super::Source;
use super::rust::{Keep, strip, without_tests};

/// A file of `src/` without its tests.
pub struct Module<'a> {
    pub source: &'a Source,
    /// From the crate's root: the files a/b.rs and a/b/mod.rs are `[a, b]`, lib.rs is `[]`.
    pub path: Vec<String>,
    /// Without comments, literals and tests. Offsets are those of the source.
    pub code: String,
}

/// All modules of the library that are not tests.
pub fn modules(sources: &[Source]) -> Vec<Module<'_>> {
    let mut modules = Vec::new();
    for source in sources {
        match module_path(&source.path) {
            Some(path) if !path.iter().any(|name| is_test(name)) => {
                let code = without_tests(&strip(&source.text, Keep::Code));
                modules.push(Module { source, path, code });
            }
            _ => {}
        }
    }
    modules
}

/// `None` for a file that is not part of the library.
pub fn module_path(path: &str) -> Option<Vec<String>> {
    let path = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    let mut parts: Vec<_> = path.split('/').map(str::to_owned).collect();
    if parts[0] == "bin" || parts == ["main"] {
        return None;
    }
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    Some(parts)
}

/// By the names that test modules have here.
fn is_test(name: &str) -> bool {
    name == "tests" || name.ends_with("_tests") || name.starts_with("test_")
}

#[test]
fn files_are_modules() {
    let path = |path: &str| module_path(path).map(|parts| parts.join("::"));
    assert_eq!(path("src/lib.rs").as_deref(), Some(""));
    assert_eq!(path("src/a/mod.rs").as_deref(), Some("a"));
    assert_eq!(path("src/a/b.rs").as_deref(), Some("a::b"));
    assert_eq!(path("src/bin/tool.rs"), None);
    assert_eq!(path("src/main.rs"), None);
    assert_eq!(path("xtask/src/main.rs"), None);
}
