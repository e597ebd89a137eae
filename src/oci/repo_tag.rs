//! Names of images as archives write them, split as `docker image ls` shows them.

/// Repository and tag of `name`; `<none>` for a missing part. A colon before the last slash belongs to a
/// registry's port; a digest after `@` is left out.
pub fn split_name(name: &str) -> (String, String) {
    let name = name.split_once('@').map_or(name, |(name, _)| name);
    let base = name.rfind('/').map_or(0, |slash| slash + 1);
    match name[base..].rfind(':') {
        Some(colon) => (name[..base + colon].to_owned(), name[base + colon + 1..].to_owned()),
        None if name.is_empty() => ("<none>".to_owned(), "<none>".to_owned()),
        None => (name.to_owned(), "<none>".to_owned()),
    }
}

#[test]
fn a_port_is_not_a_tag() {
    for (name, repository, tag) in [
        ("alpine:3.20", "alpine", "3.20"),
        ("registry.example:5000/team/app", "registry.example:5000/team/app", "<none>"),
        ("registry.example:5000/team/app:v1", "registry.example:5000/team/app", "v1"),
        ("", "<none>", "<none>"),
    ] {
        assert_eq!(split_name(name), (repository.to_owned(), tag.to_owned()));
    }
}
