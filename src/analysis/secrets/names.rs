//! What the name of a file says about secrets in it.

/// Whether a path is among a rule's files; see `SecretRule::files`.
pub fn is_among(path: &str, files: &[&str]) -> bool {
    files.iter().any(|file| match file.strip_prefix('*') {
        Some(ending) => path.ends_with(ending),
        None if file.ends_with('/') => path.contains(file),
        None => path.ends_with(file),
    })
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
    assert!(is_among("/etc/apt/auth.conf.d/a.conf", &["/auth.conf.d/"]));
    assert!(is_among("/a/b.jks", &["/x", "*.jks"]) && !is_among("/a/b.jks", &["/b", "/jks/"]));
    for path in ["/root/.env", "/app/settings.py", "/etc/ssl/private/a.key", "/srv/contest/a"] {
        assert!(!is_example(path), "{path}");
    }
}
