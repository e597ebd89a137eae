//! The root that a package database's paths are relative to, derived from the database's path: usually the
//! image's root, or the folder into which another system was unpacked
//! (`srv/chroot/var/lib/dpkg/status`).

/// What precedes one of `places` at the end of `path`: empty, or a folder and a slash. Longer places must
/// come first: `usr/lib/x` before `lib/x`.
pub fn root<'a>(path: &'a [u8], places: &[&str]) -> Option<&'a [u8]> {
    let before = |place: &&str| path.strip_suffix(place.as_bytes());
    places.iter().find_map(|place| before(place).filter(|rest| matches!(rest, [] | [.., b'/'])))
}

#[test]
fn a_root_is_what_precedes_the_place() {
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
