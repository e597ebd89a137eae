//! What the name of a file says about secrets in it.

/// Whether a path is among a rule's files; see `SecretRule::files`.
pub fn is_among(path: &str, files: &[&str]) -> bool {
    files.iter().any(|file| match RulePath::of(file) {
        RulePath::End(end) => path.ends_with(end),
        RulePath::Folder(folder) => path.contains(folder),
    })
}

/// What paths a name of a rule's files stands for.
enum RulePath<'a> {
    /// Those that end so.
    End(&'a str),
    /// Those in this folder, which begins and ends with a slash.
    Folder(&'a str),
}

impl<'a> RulePath<'a> {
    fn of(file: &'a str) -> RulePath<'a> {
        match file.strip_prefix('*') {
            Some(end) => RulePath::End(end),
            None if file.ends_with('/') => RulePath::Folder(file),
            None => RulePath::End(file),
        }
    }
}

/// The files of several rules. Every file of an image is looked up, so ends are sorted by their last byte.
pub struct NamedFiles {
    /// Each with its rule.
    ends: Vec<Vec<(&'static str, usize)>>,
    /// The same.
    folders: Vec<(&'static str, usize)>,
}

impl NamedFiles {
    /// Rules by their numbers; see `SecretRule::files`.
    pub fn new(rules: impl Iterator<Item = (usize, &'static [&'static str])>) -> NamedFiles {
        let mut named = NamedFiles { ends: vec![Vec::new(); 256], folders: Vec::new() };
        for (rule, file) in
            rules.flat_map(|(rule, files)| files.iter().map(move |file| (rule, file)))
        {
            match RulePath::of(file) {
                RulePath::End(end) => {
                    let last = end.as_bytes().last().copied().unwrap_or_default();
                    named.ends[usize::from(last)].push((end, rule));
                }
                RulePath::Folder(folder) => named.folders.push((folder, rule)),
            }
        }
        named
    }

    /// The rules whose files a path is among, in order.
    pub fn rules(&self, path: &str) -> Vec<usize> {
        let Some(last) = path.as_bytes().last() else { return Vec::new() };
        let ends = self.ends[usize::from(*last)].iter().filter(|(end, _)| path.ends_with(end));
        let folders = self.folders.iter().filter(|(folder, _)| path.contains(folder));
        let mut rules: Vec<usize> = ends.chain(folders).map(|(_, rule)| *rule).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}

/// Folders of documentation, tests and examples.
const FOLDERS: &[&str] = &[
    "doc",
    "docs",
    "man",
    "test",
    "tests",
    "testing",
    "testdata",
    "test_data",
    "__tests__",
    "spec",
    "specs",
    "example",
    "examples",
    "sample",
    "samples",
    "fixture",
    "fixtures",
    "__fixtures__",
    "mocks",
    "__mocks__",
    "__snapshots__",
    "testsuite",
    "unittest",
    "unittests",
    "selftest",
    "sample-keys",
    "demo",
    "demos",
    "dummyserver",
    "locale",
    "i18n",
];

/// Ends of names of documentation and templates.
const ENDINGS: &[&str] = &[
    ".md",
    ".rst",
    ".adoc",
    ".html",
    ".htm",
    ".example",
    ".sample",
    ".tmpl",
    ".template",
    ".tpl",
    ".dist",
    ".j2",
    ".erb",
    ".in",
    ".po",
    ".d.ts",
    "_test.go",
    ".test.js",
    ".test.ts",
    ".spec.js",
    ".spec.ts",
    "_test.py",
    ".map",
    "_spec.rb",
    "_test.rb",
    ".patch",
    ".diff",
];

/// Where Cargo and Go keep the sources of published packages: what is in them is public.
const PUBLISHED: &[&str] = &["/.cargo/registry/", "/cargo/registry/", "/go/pkg/mod/"];

/// Whether a path is that of documentation, a test or a template.
pub fn is_example(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
    folders.split('/').any(|folder| FOLDERS.contains(&folder))
        || PUBLISHED.iter().any(|folder| path.contains(folder))
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
        || ["test_", "tests.", "readme", "changelog", "example", "conftest", "pkg-info", "metadata"]
            .iter()
            .any(|word| name.starts_with(word))
        || [".example", ".sample", ".template", "-sample", "-example"]
            .iter()
            .any(|word| name.contains(word))
}

#[test]
fn documentation_tests_and_templates_are_examples() {
    for path in [
        "/usr/share/doc/x/y",
        "/app/README",
        "/a/.env.example",
        "/go/x_test.go",
        "/a/tests/key.pem",
        "/usr/local/cargo/registry/src/a/rsa-0.9.6/src/pss.rs",
    ] {
        assert!(is_example(path), "{path}");
    }
    for path in ["/root/.env", "/app/settings.py", "/etc/ssl/private/a.key", "/srv/contest/a"] {
        assert!(!is_example(path), "{path}");
    }
}

#[test]
fn a_file_has_the_rules_of_its_name_and_of_its_folders() {
    let rules: [&[&str]; 4] =
        [&["/auth.conf.d/"], &["/x", "*.jks"], &["/b", "/jks/"], &["/b.jks", ".jks"]];
    let named = NamedFiles::new(rules.into_iter().enumerate());
    for (path, want) in [
        ("/etc/apt/auth.conf.d/a.conf", &[0][..]),
        ("/a/b.jks", &[1, 3]),
        ("/jks/x", &[1, 2]),
        ("/a/c", &[]),
        ("", &[]),
    ] {
        assert_eq!(named.rules(path), want, "{path}");
        let among = (0..rules.len()).filter(|rule| is_among(path, rules[*rule]));
        assert_eq!(among.collect::<Vec<_>>(), want, "{path}");
    }
}
