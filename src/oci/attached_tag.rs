//! Tags under which cosign keeps what it attaches to a manifest in a registry that knows no referrers.
//!
//! Source: cosign, specs/SIGNATURE_SPEC.md, "Tag-based Discovery": `sha256-HEX.sig`; attestations have `.att`, SBOMs
//! `.sbom`.

use super::Digest;

const ENDINGS: [&str; 3] = [".sig", ".att", ".sbom"];

/// The tags for what is attached to a manifest; none for an algorithm whose digests are longer than tags are.
pub fn attached_tags(subject: &Digest) -> Vec<String> {
    let tags =
        ENDINGS.map(|ending| format!("{}-{}{ending}", subject.algorithm(), subject.encoded()));
    tags.into_iter().filter(|tag| super::is_tag(tag)).collect()
}

/// The manifest that such a tag names; the tag may stand at the end of a whole name.
pub fn tagged_subject(name: &str) -> Option<Digest> {
    let tag = name.rsplit(':').next()?;
    let stem = ENDINGS.iter().find_map(|ending| tag.strip_suffix(ending))?;
    let (algorithm, hex) = stem.split_once('-')?;
    Digest::parse(&format!("{algorithm}:{hex}"))
}

#[test]
fn tags_name_their_subject() {
    let hex = "ab".repeat(32);
    let subject = Digest::from_hex(&hex).unwrap();
    let tags = attached_tags(&subject);
    assert_eq!(tags[0], format!("sha256-{hex}.sig"));
    for tag in &tags {
        for before in ["", "registry.example:5000/app:"] {
            assert_eq!(tagged_subject(&format!("{before}{tag}")), Some(subject.clone()), "{tag}");
        }
    }
    for other in ["1.0", "sha256-ab.sig", &format!("sha256-{hex}"), ".sig", ""] {
        assert_eq!(tagged_subject(other), None, "{other}");
    }
    let long = Digest::parse(&format!("sha512:{}", "a".repeat(128))).unwrap();
    assert_eq!(attached_tags(&long), [""; 0]);
}
