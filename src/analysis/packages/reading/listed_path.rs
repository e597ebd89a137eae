//! Paths that a package lists, compared with those of the tree.
//!
//! - Packages list paths as they were before `/bin` and others became links into `/usr`: both are the same file. Some list
//!   both, one of them as a link.

/// A path as a list has it, without a leading slash.
pub trait ListedPath {
    /// Whether it is this path.
    fn is(&self, path: &[u8]) -> bool;
}

impl ListedPath for &[u8] {
    fn is(&self, path: &[u8]) -> bool {
        *self == path
    }
}

/// A directory with its slash, and a name in it. They are compared apart: a list may have one directory a million times.
impl ListedPath for (&[u8], &[u8]) {
    fn is(&self, path: &[u8]) -> bool {
        path.strip_suffix(self.1) == Some(self.0)
    }
}

/// What is listed about a path, or else about the same file under its older path.
pub fn find_listed<T>(
    listed: impl Iterator<Item = (impl ListedPath, T)>,
    path: &[u8],
) -> Option<T> {
    let older = path.strip_prefix(b"usr/");
    let mut found = None;
    for (name, value) in listed {
        if name.is(path) {
            return Some(value);
        }
        if found.is_none() && older.is_some_and(|older| name.is(older)) {
            found = Some(value);
        }
    }
    found
}

#[test]
fn the_path_itself_counts_before_its_older_name() {
    let find = |listed: &[&str], path: &str| {
        let names = listed.iter().map(|name| name.as_bytes());
        find_listed(names.zip(1..), path.as_bytes())
    };
    assert_eq!(find(&["bin/a", "usr/bin/a"], "usr/bin/a"), Some(2));
    assert_eq!(find(&["x", "bin/a"], "usr/bin/a"), Some(2));
    assert_eq!(find(&["bin/a", "usr/bin/a"], "bin/a"), Some(1));
    assert_eq!(find(&["usr/bin/a"], "bin/a"), None);
    let apart = [(&b"bin/"[..], &b"a"[..]), (b"", b"b")];
    let find = |path: &str| find_listed(apart.iter().copied().zip(1..), path.as_bytes());
    assert_eq!((find("bin/a"), find("usr/bin/a")), (Some(1), Some(1)));
    assert_eq!((find("b"), find("a")), (Some(2), None));
}
