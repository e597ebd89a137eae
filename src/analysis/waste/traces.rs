//! Paths that an image seldom needs, recognised by their names: caches of package managers, debug symbols,
//! compiled Python, Git, documentation, locales.
//!
//! Source: the manuals of the package managers (where each keeps its downloads), the Filesystem Hierarchy Standard
//! (`/usr/share/doc`, `man`, `info`, `locale`), PEP 3147 (`__pycache__`), GDB's manual, "Debugging Information in
//! Separate Files" (`/usr/lib/debug`, `.debug`).
//!
//! - A rule holds for a directory and everything below it. Only directories are compared with all rules.

use crate::tree::{FileTree, ROOT};
use crate::vocabulary::PackageManager as Manager;
use crate::vocabulary::Remedy;

/// Directories: from the root if the rule begins with `/`, else wherever they are.
const RULES: &[(&str, Remedy)] = &[
    ("/var/cache/apt", Remedy::CacheMount(Manager::Apt)),
    ("/var/lib/apt/lists", Remedy::CacheMount(Manager::Apt)),
    ("/var/cache/apk", Remedy::CacheMount(Manager::Apk)),
    ("/etc/apk/cache", Remedy::CacheMount(Manager::Apk)),
    ("/var/cache/dnf", Remedy::CacheMount(Manager::Dnf)),
    ("/var/cache/libdnf5", Remedy::CacheMount(Manager::Dnf)),
    ("/var/cache/yum", Remedy::CacheMount(Manager::Dnf)),
    ("/var/cache/zypp", Remedy::CacheMount(Manager::Zypper)),
    ("/var/cache/pacman/pkg", Remedy::CacheMount(Manager::Pacman)),
    (".cache/pip", Remedy::CacheMount(Manager::Pip)),
    (".cache/uv", Remedy::CacheMount(Manager::Uv)),
    (".cache/pypoetry", Remedy::CacheMount(Manager::Poetry)),
    (".npm/_cacache", Remedy::CacheMount(Manager::Npm)),
    (".cache/yarn", Remedy::CacheMount(Manager::Yarn)),
    (".yarn/berry/cache", Remedy::CacheMount(Manager::Yarn)),
    (".pnpm-store", Remedy::CacheMount(Manager::Pnpm)),
    (".local/share/pnpm/store", Remedy::CacheMount(Manager::Pnpm)),
    (".cache/go-build", Remedy::CacheMount(Manager::Go)),
    ("/go/pkg/mod", Remedy::CacheMount(Manager::Go)),
    ("/root/go/pkg/mod", Remedy::CacheMount(Manager::Go)),
    (".cargo/registry", Remedy::CacheMount(Manager::Cargo)),
    ("/usr/local/cargo/registry", Remedy::CacheMount(Manager::Cargo)),
    (".composer/cache", Remedy::CacheMount(Manager::Composer)),
    (".cache/composer", Remedy::CacheMount(Manager::Composer)),
    (".m2/repository", Remedy::CacheMount(Manager::Maven)),
    (".gradle/caches", Remedy::CacheMount(Manager::Gradle)),
    (".bundle/cache", Remedy::CacheMount(Manager::Bundler)),
    ("/usr/local/bundle/cache", Remedy::CacheMount(Manager::Bundler)),
    (".local/share/NuGet", Remedy::CacheMount(Manager::NuGet)),
    ("/opt/conda/pkgs", Remedy::CacheMount(Manager::Conda)),
    ("/usr/lib/debug", Remedy::DebugSymbols),
    ("__pycache__", Remedy::PythonBytecode),
    (".git", Remedy::GitDirectory),
    ("/usr/share/doc", Remedy::Documentation),
    ("/usr/share/man", Remedy::Documentation),
    ("/usr/share/info", Remedy::Documentation),
    ("/usr/share/gtk-doc", Remedy::Documentation),
    ("/usr/local/share/doc", Remedy::Documentation),
    ("/usr/local/share/man", Remedy::Documentation),
    ("/usr/local/man", Remedy::Documentation),
    ("/usr/share/locale", Remedy::Locales),
    ("/usr/share/i18n", Remedy::Locales),
    ("/usr/lib/locale", Remedy::Locales),
];

/// For each path, what it is by its name.
pub struct Traces(Vec<Option<Remedy>>);

impl Traces {
    /// Looks at all paths of a tree, those that are gone included.
    pub fn of(tree: &FileTree) -> Traces {
        let count = tree.node_count();
        let mut has_children = vec![false; count];
        for node in ROOT + 1..count as u32 {
            has_children[tree.parent(node) as usize] = true;
        }
        let mut traces: Vec<Option<Remedy>> = vec![None; count];
        // A parent's number is smaller than its children's.
        for node in ROOT + 1..count as u32 {
            let at = node as usize;
            traces[at] = traces[tree.parent(node) as usize].or_else(|| match has_children[at] {
                true => by_rule(tree, node),
                false => by_name(tree.name(node)),
            });
        }
        Traces(traces)
    }

    /// What a path is; `None` for most.
    pub fn at(&self, node: u32) -> Option<Remedy> {
        self.0.get(node as usize).copied().flatten()
    }
}

fn by_rule(tree: &FileTree, directory: u32) -> Option<Remedy> {
    let holds = |rule: &str| {
        let mut at = directory;
        rule.rsplit('/').all(|part| {
            // The root, which has an empty name, is its own parent.
            let holds = tree.name(at) == part.as_bytes();
            at = tree.parent(at);
            holds
        })
    };
    RULES.iter().find(|(rule, _)| holds(rule)).map(|(_, remedy)| *remedy)
}

fn by_name(name: &[u8]) -> Option<Remedy> {
    if name.ends_with(b".pyc") {
        return Some(Remedy::PythonBytecode);
    }
    name.ends_with(b".debug").then_some(Remedy::DebugSymbols)
}
