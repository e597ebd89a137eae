//! Whiteouts: what a layer removes from the layers below it, recognised by base names.
//!
//! Source: OCI image-spec, layer.md, "Whiteouts". Where that is silent: `.wh.` alone is an ordinary name, and names
//! that begin with `.wh..wh.` are metadata of AUFS, except the opaque marker.
//! - Only about names: `tree/merge.rs` finds what a marker hides.
//! - A marker acts on lower layers only, wherever it is in the tar.

/// What a base name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker<'a> {
    /// An ordinary entry.
    None,
    /// Hides the child with this name of lower layers.
    Whiteout(&'a [u8]),
    /// Hides everything that lower layers have in its directory.
    Opaque,
    /// Internal to AUFS: neither an entry of the tree nor a whiteout.
    Reserved,
}

/// Classifies the last part of a name.
pub fn classify(base: &[u8]) -> Marker<'_> {
    match base.strip_prefix(b".wh.") {
        None | Some(b"") => Marker::None,
        Some(b".wh..opq") => Marker::Opaque,
        Some(rest) if rest.starts_with(b".wh.") => Marker::Reserved,
        Some(hidden) => Marker::Whiteout(hidden),
    }
}

#[test]
fn markers_are_recognised_by_base_names() {
    for (base, want) in [
        (&b"passwd"[..], Marker::None),
        (b".wh.", Marker::None),
        (b".wh.passwd", Marker::Whiteout(b"passwd")),
        (b".wh..hidden", Marker::Whiteout(b".hidden")),
        (b".wh..wh..opq", Marker::Opaque),
        (b".wh..wh.plnk", Marker::Reserved),
        (b".wh..wh.", Marker::Reserved),
    ] {
        assert_eq!(classify(base), want);
    }
}
