//! In-toto statements: what is said (the predicate), and of what (the subjects).
//!
//! Source: in-toto attestation framework, spec/v1/statement.md; 0.1 has the same fields.

use crate::json;
use crate::oci::AtMost;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Subjects that are read: a release may attest some hundred files.
const MAX_SUBJECTS: usize = 1000;

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement<'a> {
    pub predicate_type: Cow<'a, str>,
    /// Digests of the subjects, `sha256:…`; each subject may have several.
    pub subjects: Vec<String>,
    /// Names of the subjects that have one.
    pub names: Vec<String>,
    /// Unparsed.
    pub predicate: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct StatementFields<'a> {
    #[serde(borrow)]
    predicate_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    subject: Option<&'a RawValue>,
    #[serde(borrow)]
    predicate: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SubjectFields {
    name: Option<String>,
    digest: Option<BTreeMap<String, Option<String>>>,
}

impl Statement<'_> {
    /// Reads a statement; `None` for anything else.
    pub fn read(bytes: &[u8]) -> Option<Statement<'_>> {
        let fields: StatementFields<'_> = serde_json::from_slice(bytes).ok()?;
        let list = fields.subject.and_then(|list| json::from_text(list.get()).ok());
        let list = list.map_or_else(Vec::new, |list: AtMost<&RawValue, MAX_SUBJECTS>| list.0);
        let (mut subjects, mut names) = (Vec::new(), Vec::new());
        for subject in list {
            let Ok(subject) = json::from_text::<SubjectFields>(subject.get()) else {
                continue;
            };
            let digests = subject.digest.unwrap_or_default();
            let digest = |(algorithm, hex): (String, Option<String>)| {
                Some(format!("{algorithm}:{}", hex?.to_ascii_lowercase()))
            };
            subjects.extend(digests.into_iter().filter_map(digest));
            names.extend(subject.name.filter(|name| !name.is_empty()));
        }
        subjects.truncate(MAX_SUBJECTS);
        let (predicate_type, predicate) = (fields.predicate_type?, fields.predicate);
        Some(Statement { predicate_type, subjects, names, predicate })
    }

    /// Whether it says how the image was built.
    pub fn is_build(&self) -> bool {
        is_build(&self.predicate_type)
    }
}

/// Whether a predicate type is one of SLSA's provenance.
pub fn is_build(predicate_type: &str) -> bool {
    predicate_type.starts_with("https://slsa.dev/provenance/")
}
