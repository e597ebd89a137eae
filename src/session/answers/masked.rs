//! Values of secrets in an image's configuration: texts of it are shown with these masked until the user asks.

use crate::analysis::secrets::{MAX_FINDINGS, SecretValue, configuration_secrets};
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
    /// The values, for the page.
    pub(super) fn masked_values(&self, image: ImagePosition) -> Result<MaskedValues, Problem> {
        Ok(self.image(image)?.masked_values().clone())
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
        match values.cut && !text.is_empty() {
            true => HIDDEN.to_owned(),
            false => values.mask(text, |_| false),
        }
    }
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
    let plain = [value.as_bytes(), json.trim_matches('"').as_bytes()];
    forms.extend(plain.into_iter().flat_map(base64_forms));
    forms.retain(|form| !form.is_empty());
    forms.sort();
    forms.dedup();
    MaskedValue { forms, masked: Shown::new(&secret.masked) }
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
fn a_value_is_known_in_each_form_that_texts_have() {
    let secret = SecretValue { value: "a\"b\nc".to_owned(), masked: "…".to_owned() };
    let forms = masked_value(&secret).forms;
    for form in ["a\"b\nc", "a\\\"b\\nc", "a\"b c"] {
        assert!(forms.iter().any(|known| known == form), "{form:?}: {forms:?}");
    }
}
