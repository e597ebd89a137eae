//! Where a package database lies tells which root its paths are relative to: mostly the image's, and of
//! a system unpacked in a folder (`srv/chroot/var/lib/dpkg/status`) that folder.

/// What stands before one of `places` at the end of `path`: empty, or a folder and a slash. The
/// longest place first: `usr/lib/x` before `lib/x`.
pub fn root<'a>(path: &'a [u8], places: &[&str]) -> Option<&'a [u8]> {
    let before = |place: &&str| path.strip_suffix(place.as_bytes());
    places.iter().find_map(|place| before(place).filter(|rest| matches!(rest, [] | [.., b'/'])))
}

/// A path of a database as facts have it: below `root`, without slashes and `./` before.
pub fn below(root: &[u8], path: &[u8]) -> String {
    let mut path = path;
    while let [b'/', rest @ ..] | [b'.', b'/', rest @ ..] = path {
        path = rest;
    }
    String::from_utf8_lossy(&[root, path].concat()).into_owned()
}

#[test]
fn a_root_is_what_stands_before_the_place() {
    let places = ["usr/lib/apk/db/installed", "lib/apk/db/installed"];
    for (path, want) in [
        ("lib/apk/db/installed", Some("")),
        ("usr/lib/apk/db/installed", Some("")),
        ("srv/root/lib/apk/db/installed", Some("srv/root/")),
        ("srv/usr/lib/apk/db/installed", Some("srv/")),
        ("xlib/apk/db/installed", None),
    ] {
        assert_eq!(root(path.as_bytes(), &places), want.map(str::as_bytes), "{path}");
    }
}
