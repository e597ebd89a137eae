//! What must hold besides a pattern, before a match counts as a secret.

use super::found::mask;
use super::keys;
use super::pattern::TextPattern;
use super::placeholder::{entropy, is_password, is_placeholder, is_random, is_usual_password};
use crate::base64;
use crate::vocabulary::secret_names::looks_like_a_secret;
use serde_json::Value;

/// Bytes before and after a secret in which its neighbours are looked for.
const NEAR: usize = 512;

/// The same for the other fields of a document.
const DOCUMENT: usize = 4096;

/// What must hold besides the pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretCheck {
    /// The value can be random.
    Random,
    /// The value is no placeholder.
    Present,
    /// The value is the hash of a password.
    Hash,
    /// The last six characters are the base62 form of the CRC32 of the thirty before them.
    Checksum,
    /// The value can be a password.
    Password,
    /// The value is of a file made for passwords: it is one, unless it is a placeholder.
    StoredPassword,
    /// `NAME=value` whose name says that it is a secret, and whose value can be one.
    NamedValue,
    /// The value is a key's name; the key itself, which this pattern matches, is near.
    Pair(&'static str),
    /// A private key follows that parses, and is encrypted or not.
    Pem { encrypted: bool },
    /// The same for PuTTY's format.
    Putty { encrypted: bool },
    /// The value is base64 of a private key that parses.
    EncodedPem,
    /// A key store with a private key: the whole file is read.
    KeyStore,
    /// Header and payload are JSON objects.
    Jwt,
    /// The value is base64 of `user:password`, in a Docker configuration.
    DockerAuth,
    /// The key of a service account, with its other fields.
    ServiceAccount,
    /// The value is base64 of `user:password`, in a header of HTTP.
    BasicLogin,
    /// The value is base64 of a text with secrets, which are found in it (`encoded.rs`).
    Encoded,
    /// The kind of a document that is a Secret of Kubernetes: its values are secrets, or have some.
    ClusterSecret,
}

/// A match of a pattern.
pub struct SecretCandidate<'a> {
    pub text: &'a [u8],
    /// The text that was matched.
    pub start: usize,
    pub end: usize,
    /// The secret's value.
    pub value_start: usize,
    pub value_end: usize,
    /// What the check took, in steps of patterns.
    pub steps: u64,
}

impl SecretCandidate<'_> {
    pub fn value(&self) -> &[u8] {
        &self.text[self.value_start..self.value_end]
    }

    /// The value without what makes it one. Of a key, only its header was matched.
    pub fn masked(&self, check: SecretCheck, prefix: &str) -> String {
        match check {
            SecretCheck::Pem { .. } | SecretCheck::Putty { .. } | SecretCheck::ServiceAccount => {
                mask(self.value(), &String::from_utf8_lossy(self.value()))
            }
            _ => mask(self.value(), prefix),
        }
    }

    /// Whether the check holds. A key's text becomes a part of the match. `prefix` are bytes that each value
    /// starts with.
    pub fn holds(&mut self, check: SecretCheck, prefix: usize) -> bool {
        if let SecretCheck::Pair(pattern) = check {
            return !is_placeholder(self.value()) && self.has_pair(pattern);
        }
        self.steps += 100;
        let value = self.value();
        let random = value.get(prefix..).unwrap_or_default();
        match check {
            SecretCheck::Random => is_random(random),
            SecretCheck::Present => !is_placeholder(value),
            SecretCheck::Hash => entropy(value) >= 3.0,
            SecretCheck::Checksum => is_random(random) && has_checksum(value),
            SecretCheck::Password => is_password(value),
            SecretCheck::StoredPassword => value.len() >= 4 && !is_usual_password(value),
            SecretCheck::NamedValue => is_named_secret(&self.name(), value),
            SecretCheck::Pem { encrypted } => {
                let key = keys::read_pem(self.text, self.value_start, self.value_end);
                self.take_key(key, encrypted)
            }
            SecretCheck::Putty { encrypted } => {
                let key = keys::read_putty(self.text, self.start);
                self.take_key(key, encrypted)
            }
            SecretCheck::EncodedPem => keys::is_encoded_pem(value),
            // Not in text; above; elsewhere.
            SecretCheck::KeyStore | SecretCheck::Pair(_) => false,
            SecretCheck::Encoded | SecretCheck::ClusterSecret => false,
            SecretCheck::Jwt => is_jwt(value),
            SecretCheck::DockerAuth => self.is_near(b"\"auths\"", DOCUMENT) && is_login(value),
            SecretCheck::BasicLogin => is_login(value),
            SecretCheck::ServiceAccount => {
                let key = keys::read_pem(self.text, self.value_start, self.value_end);
                self.take_key(key, false)
                    && self.is_near(b"client_email", DOCUMENT)
                    && self.is_near(b"service_account", DOCUMENT)
            }
        }
    }

    /// The name that the value has: the last word before it, except the word "value" itself.
    fn name(&self) -> String {
        let before = String::from_utf8_lossy(&self.text[self.start..self.value_start]);
        let is_part = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        let mut words = before.split(|c| !is_part(c)).filter(|word| !word.is_empty());
        words.rfind(|word| *word != "value").unwrap_or_default().to_owned()
    }

    fn take_key(&mut self, key: Option<keys::TextKey>, encrypted: bool) -> bool {
        self.steps += 1000;
        let Some(key) = key.filter(|key| key.encrypted == encrypted) else { return false };
        self.end = key.end;
        true
    }

    /// Whether a text is near the match.
    pub fn is_near(&self, wanted: &[u8], distance: usize) -> bool {
        keys::find(self.around(distance), wanted).is_some()
    }

    fn around(&self, distance: usize) -> &[u8] {
        let end = self.text.len().min(self.end + distance);
        &self.text[self.start.saturating_sub(distance)..end]
    }

    /// Whether a pattern matches random text near the match.
    fn has_pair(&mut self, pattern: &str) -> bool {
        let pattern = TextPattern::new(pattern);
        let mut steps = 0;
        let near = self.around(NEAR);
        let own = self.value();
        let found = (0..near.len()).any(|at| {
            let begins = at == 0 || !is_word(near[at - 1]) && !b"/+".contains(&near[at - 1]);
            let found = pattern.match_at(near, at, &mut steps).filter(|_| begins);
            found.is_some_and(|found| {
                let value = &near[found.value_start..found.value_end];
                let ends = near.get(found.end).is_none_or(|next| !is_word(*next) && *next != b'/');
                let hexadecimal = value.iter().all(u8::is_ascii_hexdigit);
                ends && value != own && is_random(value) && !hexadecimal
            })
        });
        self.steps += steps;
        found
    }
}

/// Letters, digits and `_`.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Source: GitHub, "Behind GitHub's new authentication token formats"; npm's tokens are made the same way.
fn has_checksum(value: &[u8]) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some((rest, checksum)) = value.split_last_chunk::<6>() else { return false };
    let Some((_, random)) = rest.split_last_chunk::<30>() else { return false };
    let mut crc = flate2::Crc::new();
    crc.update(random);
    let mut number = crc.sum();
    let mut expected = [0; 6];
    for digit in expected.iter_mut().rev() {
        *digit = DIGITS[(number % 62) as usize];
        number /= 62;
    }
    *checksum == expected
}

/// Words of names that say how a secret is used, and are not one.
const SETTINGS: &[&str] = &[
    "ID",
    "NAME",
    "TYPE",
    "TTL",
    "LENGTH",
    "SIZE",
    "ALGORITHM",
    "ALGO",
    "EXPIRY",
    "EXPIRES",
    "COUNT",
    "PREFIX",
    "SUFFIX",
    "HEADER",
    "FIELD",
    "VERSION",
    "HOST",
    "PORT",
    "USER",
    "USERNAME",
    "ENDPOINT",
    "ISSUER",
    "MODE",
    "POLICY",
    "PROVIDER",
    "LIFETIME",
    "TIMEOUT",
    "ENABLED",
    "STORE",
    "DIR",
    "SHA256",
    "SHA512",
    "CHECKSUM",
    "KEYS",
    "CACHE",
    "REGION",
    "PATTERN",
    "FORMAT",
    "CLASS",
    "REQUIRED",
    "EMAIL",
    "DOMAIN",
    "SERVER",
    "ADDR",
    "ADDRESS",
];

/// Whether a variable's name says that it is a secret, and its value can be one.
pub fn is_named_secret(name: &str, value: &[u8]) -> bool {
    let variable = format!("{name}={}", String::from_utf8_lossy(value));
    let name = name.to_ascii_uppercase();
    let mut parts = name.split(['_', '-', '.']);
    let strong = ["PASS", "SECRET", "TOKEN", "APIKEY", "CREDENTIAL"];
    let named_strongly = strong.iter().any(|word| name.replace('_', "").contains(word));
    // Fingerprints and digests have upper-case or lower-case hexadecimal digits, and so have secrets.
    let long = value.len() >= 16 && entropy(value) >= 3.5;
    let fingerprint =
        value.iter().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte));
    looks_like_a_secret(&variable)
        && !parts.any(|part| SETTINGS.contains(&part))
        && is_password(value)
        && entropy(value) >= 2.7
        && value.len() >= 8
        && !fingerprint
        && (!value.contains(&b'/') || is_base64_value(value))
        && (named_strongly || long && is_random(value))
}

/// Whether a value with a slash is base64 of random bytes, and no path or name of an image.
fn is_base64_value(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"base64:").unwrap_or(value);
    let text = digits.strip_suffix(b"=").unwrap_or(digits);
    let text = text.strip_suffix(b"=").unwrap_or(text);
    let has = |kind: fn(&u8) -> bool| text.iter().any(kind);
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
    let unlike_a_path = digits.len() > text.len() || text.contains(&b'+') || text.len() >= 38;
    text.len() >= 20
        && text.iter().all(is_digit)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && entropy(text) >= 4.0
        && unlike_a_path
}

/// Whether three parts are a token with a signature, and not the example of jwt.io. Source: RFC 7519.
fn is_jwt(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let mut parts = text.split('.');
    let mut object = || match serde_json::from_slice(&base64::decode_any(parts.next()?)?) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    };
    let (Some(header), Some(payload)) = (object(), object()) else { return false };
    let is = |field: &str, values: &[&str]| {
        payload.get(field).and_then(Value::as_str).is_some_and(|value| values.contains(&value))
    };
    let is_signed = header
        .get("alg")
        .and_then(Value::as_str)
        .is_some_and(|alg| !alg.eq_ignore_ascii_case("none"));
    // Supabase's key for browsers: row level security is what protects the data.
    let is_public = is("iss", &["supabase"]) && is("role", &["anon"]);
    let is_example = is("sub", &["1234567890"]) || is("name", &["John Doe", "Jane Doe"]);
    let says_nothing = payload.is_empty() || is_public || is_example;
    is_signed
        && !says_nothing
        && parts.next().is_some_and(|signature| is_random(signature.as_bytes()))
}

/// Whether base64 text is `user:password`, as Docker and HTTP's Basic have it. Source: Docker's documentation of `docker login`.
fn is_login(value: &[u8]) -> bool {
    let Some(login) = base64::decode(value) else { return false };
    let Some(colon) = login.iter().position(|byte| *byte == b':') else { return false };
    let (user, password) = (&login[..colon], &login[colon + 1..]);
    let printable = login.iter().all(|byte| *byte >= b' ' && *byte != 0x7f);
    printable && !user.is_empty() && password.len() >= 4 && !is_usual_password(password)
}
