//! Paths that a package lists, compared with those of the tree.
//!
//! - Packages list paths as they were before `/bin` and others became links into `/usr`: both are the same file. Some list
//!   both, one of them as a link.

/// What is listed about a path, or else about the same file under its older path. Paths have no leading slash.
pub fn find_listed<P: AsRef<[u8]>, T>(
    listed: impl Iterator<Item = (P, T)>,
    path: &[u8],
) -> Option<T> {
    let older = path.strip_prefix(b"usr/");
    let mut found = None;
    for (name, value) in listed {
        if name.as_ref() == path {
            return Some(value);
        }
        if Some(name.as_ref()) == older && found.is_none() {
            found = Some(value);
        }
    }
    found
}

#[test]
fn the_path_itself_counts_before_its_older_name() {
    let find = |listed: &[&str], path: &str| find_listed(listed.iter().zip(1..), path.as_bytes());
    assert_eq!(find(&["bin/a", "usr/bin/a"], "usr/bin/a"), Some(2));
    assert_eq!(find(&["x", "bin/a"], "usr/bin/a"), Some(2));
    assert_eq!(find(&["bin/a", "usr/bin/a"], "bin/a"), Some(1));
    assert_eq!(find(&["usr/bin/a"], "bin/a"), None);
}
