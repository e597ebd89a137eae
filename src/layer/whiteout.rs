//! Whiteouts: what a layer takes away from those below it, told from base names alone.
//!
//! Source: OCI image-spec, layer.md, "Whiteouts"; where that is silent, CONTRACTS.md, "Layers".
//! - Knows names, not trees: what a marker hides is found in `tree/merge.rs`.
//! - A marker acts on lower layers only, wherever it stands in the tar: classify all, then merge.

/// What a base name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker<'a> {
    /// An entry like any other.
    None,
    /// Hides the lower layers' child of this name.
    Whiteout(&'a [u8]),
    /// Hides all that lower layers have in its directory.
    Opaque,
    /// AUFS's own bookkeeping: neither an entry of the tree nor a whiteout.
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
fn markers_are_told_by_base_names() {
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
