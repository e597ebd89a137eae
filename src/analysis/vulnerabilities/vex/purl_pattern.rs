//! PURLs as patterns: whether one covers another.
//!
//! Source: package-url/purl-spec, PURL-SPECIFICATION.rst, "How to parse a purl string".

use crate::text::percent_decode;

/// Most qualifiers of a PURL. Real ones have a handful; each takes many times the bytes of its text.
const MAX_QUALIFIERS: usize = 32;

/// The parts that are compared, decoded.
pub struct PurlPattern {
    kind: String,
    /// Namespace and name.
    path: Vec<u8>,
    version: Option<Vec<u8>>,
    qualifiers: Vec<(String, Vec<u8>)>,
}

impl PurlPattern {
    /// `None` if the text is not a PURL, or has too many qualifiers.
    pub fn parse(text: &str) -> Option<PurlPattern> {
        let rest = text.strip_prefix("pkg:")?.trim_start_matches('/');
        let rest = rest.split('#').next().unwrap_or_default();
        let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
        if qualifiers.split('&').nth(MAX_QUALIFIERS).is_some() {
            return None;
        }
        let (kind, path) = rest.split_once('/')?;
        // An `@` before the last slash belongs to a namespace that was not encoded.
        let name = path.rfind('/').map_or(0, |slash| slash + 1);
        let version = path.get(name..)?.find('@').map(|at| name + at).filter(|at| *at > 0);
        let (path, version) = match version {
            Some(at) => (path.get(..at)?, Some(percent_decode(path.get(at + 1..)?)?)),
            None => (path, None),
        };
        let kind = kind.to_ascii_lowercase();
        let mut path = percent_decode(path.trim_matches('/'))?;
        if matches!(&kind[..], "pypi" | "deb" | "apk" | "composer" | "oci") {
            path.make_ascii_lowercase();
        }
        let qualifiers = qualifiers.split('&').filter_map(|pair| pair.split_once('='));
        let qualifiers =
            qualifiers.map(|(key, value)| Some((key.to_ascii_lowercase(), percent_decode(value)?)));
        let qualifiers = qualifiers.collect::<Option<_>>()?;
        Some(PurlPattern { kind, path, version: version.filter(|v| !v.is_empty()), qualifiers })
    }

    /// Whether the other PURL is included in this one.
    pub fn covers(&self, other: &PurlPattern) -> bool {
        self.kind == other.kind
            && self.path == other.path
            && (self.version.is_none() || self.version == other.version)
            && self.qualifiers.iter().all(|qualifier| other.qualifiers.contains(qualifier))
    }
}
