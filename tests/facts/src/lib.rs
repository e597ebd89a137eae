//! Compares a report with facts: what another program, which shares no code with Layerscope, found in the
//! same archive. Native tests and browser tests use this comparison.
//!
//! Source: `../shared/fixtures/README.md`, "facts.json" (the facts), and `docs/report.md` (the report
//! and every definition).
//!
//! - Compares what both contain, and describes each difference with its place; an empty list means that all
//!   agree. Never panics: a field missing in a report is a difference.
//! - Facts decide. What they do not contain (an `author`, a list of packages) is not compared.
//! - Depends on JSON only, so that it compiles even if the crate under test does not.

mod image;
mod waste;

pub use waste::check_waste;

use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;

/// All differences between `report` and `facts` (one element of `archives`); empty if they agree.
pub fn check(report: &Value, facts: &Value) -> Vec<String> {
    let mut seen = Differences::default();
    seen.equal("schemaVersion", &report["schemaVersion"], &Value::from(1));
    source(&mut seen, &report["source"], facts);
    let images = images(facts);
    let reported = list(&report["images"]);
    seen.equal("number of images", &reported.len().into(), &images.len().into());
    for (position, (report, image)) in reported.iter().zip(&images).enumerate() {
        seen.within(&format!("image {position}"), |seen| image::check(seen, report, image, facts));
    }
    others(&mut seen, &report["others"], facts);
    seen.lines
}

/// The facts about one archive, from a `facts.json`.
///
/// # Panics
/// If the file is missing, is not JSON, or has no facts about `archive`: the test material is wrong.
pub fn load(facts_json: &Path, archive: &str) -> Value {
    let all = load_all(facts_json);
    let facts = &all["archives"][archive];
    assert!(facts.is_object(), "{} has no facts about {archive}", facts_json.display());
    facts.clone()
}

/// A whole `facts.json`.
///
/// # Panics
/// If the file is missing or is not JSON: the test material is wrong.
pub fn load_all(facts_json: &Path) -> Value {
    let path = facts_json.display();
    let text = std::fs::read_to_string(facts_json).unwrap_or_else(|e| panic!("{path}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The images of an archive: a bare tar counts as one image with one layer.
fn images(facts: &Value) -> Vec<Value> {
    if facts["layer"].is_object() {
        let layers = vec![facts["layer"].clone()];
        return vec![serde_json::json!({ "layers": layers, "merged": facts["merged"] })];
    }
    let shown = |image: &&Value| image["attestation"] != true && image["missing"] != true;
    list(&facts["images"]).iter().filter(shown).cloned().collect()
}

fn source(seen: &mut Differences, source: &Value, facts: &Value) {
    seen.within("source", |seen| {
        seen.equal("format", &source["format"], &facts["format"]);
        if facts["kind"] == "directory" {
            return;
        }
        seen.equal("compression", &source["compression"], &facts["outer_compression"]);
        seen.equal("size", &source["size"], &facts["file_size"]);
        let digest = format!("sha256:{}", facts["file_sha256"].as_str().unwrap_or("?"));
        seen.equal("digest", &source["digest"], &digest.into());
    });
}

/// Attestations, and platforms that are not in the archive. Facts do not contain artifacts.
fn others(seen: &mut Differences, others: &Value, facts: &Value) {
    let of_kind = |kind: &str, image: &Value| match kind {
        "attestation" => image["attestation"] == true,
        _ => image["missing"] == true,
    };
    let mut known = 0;
    for kind in ["attestation", "absent"] {
        for fact in list(&facts["images"]).iter().filter(|image| of_kind(kind, image)) {
            known += 1;
            let digest = &fact["manifest_digest"];
            let place = format!("others, {}", short(digest));
            let Some(other) = list(others).iter().find(|other| other["digest"] == *digest) else {
                seen.say(format!("{place}: not in the report"));
                continue;
            };
            seen.within(&place, |seen| {
                seen.equal("kind", &other["kind"], &kind.into());
                if fact["platform"].is_string() {
                    seen.equal("platform", &other["platform"], &fact["platform"]);
                }
                if fact["subject"].is_string() {
                    seen.equal("subject", &other["subject"], &fact["subject"]);
                }
            });
        }
    }
    let reported = list(others).iter().filter(|other| other["kind"] != "artifact").count();
    seen.equal("others, without artifacts", &reported.into(), &known.into());
}

/// The differences found so far, and the current place.
#[derive(Default)]
struct Differences {
    lines: Vec<String>,
    place: String,
}

impl Differences {
    /// Runs `body`, and prefixes every difference that it finds with `name`.
    fn within(&mut self, name: &str, body: impl FnOnce(&mut Self)) {
        let before = self.place.len();
        let _ = write!(self.place, "{name}: ");
        body(self);
        self.place.truncate(before);
    }

    fn say(&mut self, line: impl AsRef<str>) {
        self.lines.push(format!("{}{}", self.place, line.as_ref()));
    }

    fn equal(&mut self, what: &str, report: &Value, facts: &Value) {
        if !same(report, facts) {
            self.say(format!("{what}: the report says {}, the facts {}", cut(report), cut(facts)));
        }
    }
}

/// JSON equality, except that `1` equals `1.0`.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(x), Some(y)) if a.as_i64().is_none() || b.as_i64().is_none() => x == y,
        _ => a == b,
    }
}

/// A name that both sides write in the same way, whatever their rules for the others are.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'%' && byte != b'\\')
}

/// The elements of an array; an empty slice for any other value.
fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A digest, short enough for a message.
fn short(digest: &Value) -> String {
    digest.as_str().unwrap_or("no digest").chars().take(19).collect()
}

/// A value, short enough for a message.
fn cut(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests;
