//! The folder that everything in an archive is in: who packs a folder packs its name, too.

/// The deepest folder of all these names, with a slash at its end; empty if there is none. What file managers
/// leave beside and in it does not count.
pub fn common_folder<'a>(names: impl Iterator<Item = &'a [u8]>) -> &'a [u8] {
    let mut common: Option<&[u8]> = None;
    for name in names.filter(|name| !is_leftover(name)) {
        let folder = &name[..name.iter().rposition(|&b| b == b'/').map_or(0, |slash| slash + 1)];
        let shared = common.map_or(folder.len(), |common| shared_folder(common, folder));
        common = Some(&folder[..shared]);
    }
    common.unwrap_or_default()
}

/// The same for the paths of a folder's files.
pub fn common_of_paths(files: &[(String, u64)]) -> &str {
    let folder = common_folder(files.iter().map(|(path, _)| path.as_bytes()));
    // It ends behind a slash, so it is text like the path that it is a part of.
    std::str::from_utf8(folder).unwrap_or_default()
}

/// Bytes of two folders' common part, which ends behind a slash.
fn shared_folder(a: &[u8], b: &[u8]) -> usize {
    let equal = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    a[..equal].iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1)
}

/// What macOS and Windows put into folders and archives.
fn is_leftover(name: &[u8]) -> bool {
    let base = name.rsplit(|&byte| byte == b'/').next().unwrap_or(name);
    base.starts_with(b"._")
        || [&b".DS_Store"[..], b"Thumbs.db", b"desktop.ini"].contains(&base)
        || name.starts_with(b"__MACOSX/")
}

#[test]
fn a_common_folder_is_as_deep_as_all_names_allow() {
    for (names, folder) in [
        (&["a/b/x", "a/b/c/y"][..], "a/b/"),
        (&["a/b/x", "a/bc/y"], "a/"),
        (&["a/x", "b"], ""),
        (&["ab/x", "a/x"], ""),
        (&["a/b/x"], "a/b/"),
        (&["x"], ""),
        (&[], ""),
        (&["a/b/x", "a/b/y", ".DS_Store", "a/._b", "__MACOSX/a/b/x", "Thumbs.db"], "a/b/"),
    ] {
        assert_eq!(common_folder(names.iter().map(|name| name.as_bytes())), folder.as_bytes());
        let files: Vec<_> = names.iter().map(|name| ((*name).to_owned(), 0)).collect();
        assert_eq!(common_of_paths(&files), folder);
    }
}
