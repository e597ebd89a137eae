//! Values of secrets in an image's configuration: texts of it are shown with these masked until the user asks.

use crate::analysis::secrets::{
    MAX_FINDINGS, SecretValue, configuration_secrets, variable_secrets,
};
use crate::base64;
use crate::problem::Problem;
use crate::protocol::{MaskedValue, MaskedValues};
use crate::session::state::{OpenImage, Session};
use crate::text::{Shown, ShownLines};
use crate::vocabulary::ImagePosition;
use serde_json::Value;

/// Values that are answered: the page looks for each of them in every text.
const MAX_VALUES: usize = 50;

impl Session {
    /// The values, for the page: those of the configuration, and of the build arguments that documents have.
    pub(super) fn masked_values(&self, image: ImagePosition) -> Result<MaskedValues, Problem> {
        let mut known = self.image(image)?.masked_values().clone();
        let builds =
            self.known_documents(image).iter().filter_map(|one| one.document.build.as_ref());
        let arguments = builds.flat_map(|build| &build.arguments);
        let lines: Vec<String> =
            arguments.map(|(name, value)| format!("{}={value}", plain_name(name))).collect();
        let (found, cut) = variable_secrets(&lines);
        known.cut |= cut || known.values.len() + found.len() > MAX_VALUES;
        let room = MAX_VALUES.saturating_sub(known.values.len());
        known.values.extend(found.iter().take(room).map(masked_value));
        Ok(known)
    }

    /// Masks the secrets of an image's configuration in a value of it that others will read.
    pub fn mask_secrets(&self, image: ImagePosition, value: &mut Value) {
        match value {
            Value::String(text) => {
                let open = self.image(image);
                *text = open.map_or_else(|_| HIDDEN.to_owned(), |open| open.without_secrets(text));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.mask_secrets(image, item)),
            Value::Object(fields) => {
                fields.values_mut().for_each(|field| self.mask_secrets(image, field));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

impl OpenImage {
    /// The values of secrets in the configuration, which are looked for once.
    fn masked_values(&self) -> &MaskedValues {
        self.masked.get_or_init(|| masked_values(self))
    }

    /// A text of the configuration for answers that never show a secret.
    pub(super) fn without_secrets(&self, text: &str) -> String {
        let values = self.masked_values();
        without_values(values, text)
    }
}

/// A text with these values masked.
pub(super) fn without_values(values: &MaskedValues, text: &str) -> String {
    match values.cut && !text.is_empty() {
        true => HIDDEN.to_owned(),
        false => values.mask(text, |_| false),
    }
}

/// The name of a build argument: BuildKit puts `build-arg:` before it.
fn plain_name(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or_default()
}

/// Stands for a text in which not all secrets are known.
const HIDDEN: &str = "(not shown: it may hold secrets)";

fn masked_values(open: &OpenImage) -> MaskedValues {
    let found = configuration_secrets(&open.source.config, open.source.steps(), MAX_FINDINGS);
    let cut = found.cut || found.values.len() > MAX_VALUES;
    let values = found.values.iter().take(MAX_VALUES);
    MaskedValues { values: values.map(masked_value).collect(), cut }
}

fn masked_value(secret: &SecretValue) -> MaskedValue {
    let value = &secret.value;
    let json = serde_json::to_string(value).unwrap_or_default();
    let mut forms = vec![
        value.clone(),
        Shown::new(value).into_string(),
        ShownLines::new(value).into(),
        json.strip_prefix('"')
            .and_then(|json| json.strip_suffix('"'))
            .unwrap_or_default()
            .to_owned(),
        Shown::new(value.replace(['\n', '\r', '\t'], " ")).into_string(),
    ];
    forms.extend(quoted_forms(value));
    let plain = [value.as_bytes(), json.trim_matches('"').as_bytes()];
    forms.extend(plain.into_iter().flat_map(encoded_forms));
    forms.retain(|form| !form.is_empty());
    forms.sort();
    forms.dedup();
    MaskedValue { forms, masked: Shown::new(&secret.masked) }
}

/// The forms that a value has between quotes: in a Dockerfile's exec form and in its `ENV` and `LABEL`, there by either
/// escape character, and in the command of a shell.
fn quoted_forms(value: &str) -> Vec<String> {
    let mut forms = Vec::new();
    // A rebuilt Dockerfile has blanks for line breaks.
    let blanks = value.replace(['\n', '\r'], " ");
    for text in [value, &blanks, Shown::new(value).as_str()] {
        for (escape, escaped) in [('\\', "\\\""), ('\\', "\\\"$"), ('`', "`\"$")] {
            let mut form = String::new();
            for character in text.chars() {
                form.extend(escaped.contains(character).then_some(escape));
                form.push(character);
            }
            forms.push(form);
        }
        let quoted = text.replace('\'', "'\\''");
        // The words of a health check are an argument of `docker run`.
        forms.push(quoted.replace('\'', "'\\''"));
        forms.push(quoted);
    }
    forms
}

/// Texts are encoded so often in each other, at most: a login in a configuration in a document in an envelope.
const MAX_DEPTH: u32 = 3;

/// Characters of encoded forms of one value, at most: each time there are three times as many forms, each a third longer.
const MAX_ENCODED: usize = 32 << 10;

/// What base64 of a text has where the text has these bytes, and base64 of that base64, in both alphabets.
fn encoded_forms(bytes: &[u8]) -> Vec<String> {
    let mut forms: Vec<String> = Vec::new();
    let mut inner = vec![bytes.to_vec()];
    let mut room = MAX_ENCODED;
    for depth in 1..=MAX_DEPTH {
        let outer: Vec<String> = inner.iter().flat_map(|text| base64_forms(text)).collect();
        let length = outer.iter().map(String::len).sum::<usize>();
        // The first ones are looked for whatever they cost: one text in another is common.
        if depth > 1 && length > room {
            break;
        }
        room = room.saturating_sub(length);
        inner = outer.iter().map(|form| form.clone().into_bytes()).collect();
        let has_signs = |form: &&String| form.contains(['+', '/']);
        let in_urls: Vec<String> =
            outer.iter().filter(has_signs).map(|form| url_safe(form)).collect();
        forms.extend(outer);
        forms.extend(in_urls);
    }
    forms
}

/// Base64 text in the alphabet for URLs, as tokens have it. Source: RFC 4648, section 5.
fn url_safe(form: &str) -> String {
    form.replace('+', "-").replace('/', "_")
}

/// What base64 of a text has where the text has these bytes: three forms, by the place in the text. The characters at
/// either end belong to what is beside them, too, and are left out. None of few bytes, which would be found anywhere.
///
/// Source: RFC 4648, section 4: three bytes are four characters. Attestations have Dockerfiles and envelopes as base64.
fn base64_forms(bytes: &[u8]) -> Vec<String> {
    const FEWEST: usize = 8;
    let form = |before: usize| {
        let text = base64::encode(&[&[0; 2][..before], bytes].concat());
        // Bits of the bytes before are in the first characters, those of the bytes after in the last.
        let (first, length) = ([0, 2, 3][before], (before + bytes.len()) * 8 / 6);
        text.get(first..length).map(str::to_owned)
    };
    let forms = (0..3).filter_map(form);
    forms.filter(|form| form.len() >= FEWEST).collect()
}

#[test]
fn a_value_is_known_in_base64_wherever_it_is_in_the_text() {
    let value = "hunter2-hunter2";
    let secret = SecretValue { value: value.to_owned(), masked: "…r2".to_owned() };
    let values = MaskedValues { values: vec![masked_value(&secret)], cut: false };
    for before in ["", "a", "ab", "abc", "ARG TOKEN="] {
        for after in ["", "\n", "\nRUN x", "zz"] {
            let encoded = base64::encode(format!("{before}{value}{after}").as_bytes());
            let masked = values.mask(&encoded, |_| false);
            assert!(masked.contains('…'), "{before:?} {after:?}");
            let bytes = base64::decode_any(&masked.replace('…', "")).unwrap_or_default();
            let left = String::from_utf8_lossy(&bytes);
            assert!(!left.contains("unter2"), "{left}");
        }
    }
    assert!(base64_forms(b"short").is_empty());
}

#[test]
fn a_value_is_known_in_base64_of_base64() {
    let value = "hunter2-hunter2";
    let secret = SecretValue { value: value.to_owned(), masked: "…r2".to_owned() };
    let values = MaskedValues { values: vec![masked_value(&secret)], cut: false };
    for before in ["", "a", "ab", "user:", r#"{"auth":""#] {
        let mut text = format!("{before}{value}\"}} and more");
        for depth in 1..=MAX_DEPTH {
            text = base64::encode(format!("{before}{text}").as_bytes());
            let masked = values.mask(&text, |_| false);
            assert!(masked.contains('…'), "{before:?} {depth}");
            assert!(masked.len() < text.len(), "{before:?} {depth}");
        }
    }
    let long = "x?".repeat(20_000);
    let length: usize = encoded_forms(long.as_bytes()).iter().map(String::len).sum();
    assert!(length < 10 * long.len(), "the deeper forms of a long text are left out: {length}");
}

#[test]
fn a_value_is_known_in_each_form_that_texts_have() {
    let secret = SecretValue { value: "a\"b\nc$'".to_owned(), masked: "…".to_owned() };
    let forms = masked_value(&secret).forms;
    for form in [
        "a\"b\nc$'",
        "a\\\"b\\nc$'",
        "a\"b c$'",
        // In an exec form on screen, in ENV with both escape characters, in a shell.
        "a\\\"b\\\\nc$'",
        "a\\\"b c\\$'",
        "a`\"b c`$'",
        "a\"b\\nc$'\\''",
    ] {
        assert!(forms.iter().any(|known| known == form), "{form:?}: {forms:?}");
    }
}
