//! The Dockerfile that BuildKit's provenance holds (`mode=max`), with the layer of each instruction.
//!
//! - Sources: BuildKit's docs/attestations/slsa-definitions.md, SLSA provenance 0.2 and 1. The same parts stand in
//!   different places of both.
//! - A step's lines are in `locations`, the layers up to it in `layers`. Instructions that make no layer, and
//!   builds without `layers`, are found in the history: both end alike, so they are compared from the end.
//! - The statement is a claim; whether anybody signed it is not judged here.

use super::lines::{Dockerfile, DockerfileLine};
use super::source::{SourceBlock, blocks};
use crate::analysis::provenance::{Statement, open};
use crate::base64;
use crate::json;
use crate::oci::{HistoryEntry, layers_of_steps, readable};
use crate::vocabulary::{DockerfileOrigin, LayerPosition};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// What a statement tells about the build.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BuildProvenance {
    /// The Dockerfile's text.
    pub text: String,
    spans: Vec<StepSpan>,
    /// `--build-arg` and `--target`.
    arguments: HashMap<String, String>,
    /// The images that stages start from, by reference without digest: the digest, and the number of layers.
    images: BTreeMap<String, (Option<String>, Option<u32>)>,
}

/// A place of a build step in the Dockerfile.
#[derive(Clone, Debug, PartialEq)]
struct StepSpan {
    /// First and last line, from 1.
    lines: (u32, u32),
    /// Digests of the layers up to the step, base first.
    chain: Rc<[String]>,
}

/// The image that the last stage starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageBase {
    /// As FROM names it, with the values of arguments; `scratch` for none.
    pub name: String,
    pub digest: Option<String>,
    pub layers: Option<u32>,
}

/// Steps that are read, at most.
const MAX_STEPS: usize = 10_000;
/// Stages that follow each other, at most.
const MAX_STAGES: usize = 100;

/// Reads a statement, alone or in what signs it; `None` if it holds no Dockerfile.
pub fn read(bytes: &[u8]) -> Option<BuildProvenance> {
    let opened = open(bytes);
    let predicate: Value =
        json::from_text(Statement::read(&opened.inner)?.predicate?.get()).ok()?;
    let at = |path: &[&str]| path.iter().try_fold(&predicate, |value, key| value.get(*key));
    let metadata = at(&["runDetails", "metadata", "buildkit_metadata"])
        .or_else(|| at(&["metadata", "https://mobyproject.org/buildkit@v1#metadata"]))?;
    let steps = at(&["buildDefinition", "internalParameters", "buildConfig", "llbDefinition"])
        .or_else(|| at(&["buildConfig", "llbDefinition"]));
    let arguments = at(&["buildDefinition", "externalParameters", "request", "args"])
        .or_else(|| at(&["invocation", "parameters", "args"]));
    let infos = metadata.get("source")?.get("infos")?.as_array()?;
    let is_dockerfile =
        |info: &&Value| info.get("language").and_then(Value::as_str) == Some("Dockerfile");
    let number = infos.iter().position(|info| is_dockerfile(&info)).unwrap_or(0);
    let data = infos.get(number)?.get("data")?.as_str()?;
    let text = String::from_utf8_lossy(&base64::decode_any(data)?).replace("\r\n", "\n");
    let layers = metadata.get("layers").and_then(Value::as_object);
    let mut found = BuildProvenance { text, ..BuildProvenance::default() };
    if let Some(locations) = metadata.get("source")?.get("locations").and_then(Value::as_object) {
        found.read_spans(locations, number as u64, layers);
    }
    let steps = steps.and_then(Value::as_array).into_iter().flatten();
    steps.take(MAX_STEPS).for_each(|step| found.read_image(step, layers));
    for (name, value) in arguments.and_then(Value::as_object).into_iter().flatten() {
        if let Some(value) = value.as_str() {
            found.arguments.insert(name.clone(), value.to_owned());
        }
    }
    Some(found)
}

/// The digests of the layers up to a step; empty where it has none.
fn chain(layers: Option<&Map<String, Value>>, step: &str) -> Vec<String> {
    let chains =
        layers.and_then(|layers| layers.get(&format!("{step}:0"))?.as_array()?.first()?.as_array());
    let digest = |layer: &Value| Some(layer.get("digest")?.as_str()?.to_owned());
    chains.into_iter().flatten().filter_map(digest).collect()
}

impl BuildProvenance {
    fn read_spans(
        &mut self,
        locations: &Map<String, Value>,
        number: u64,
        layers: Option<&Map<String, Value>>,
    ) {
        for (step, location) in locations.iter().take(MAX_STEPS) {
            // A step may stand in thousands of places: they share its chain.
            let chain: Rc<[String]> = chain(layers, step).into();
            let places = location.get("locations").and_then(Value::as_array);
            for place in places.into_iter().flatten().filter(|_| !chain.is_empty()) {
                let file = place.get("sourceIndex").and_then(Value::as_u64).unwrap_or(0);
                let ranges = place.get("ranges").and_then(Value::as_array).into_iter().flatten();
                let line = |range: &Value, end: &str| {
                    u32::try_from(range.get(end)?.get("line")?.as_u64()?).ok()
                };
                let lines: Vec<(u32, u32)> = ranges
                    .filter_map(|range| Some((line(range, "start")?, line(range, "end")?)))
                    .collect();
                let first = lines.iter().map(|(first, _)| *first).min();
                let last = lines.iter().map(|(_, last)| *last).max();
                if let (Some(first), Some(last), true) = (first, last, file == number) {
                    self.spans.push(StepSpan { lines: (first, last), chain: chain.clone() });
                }
            }
        }
    }

    /// Takes over an image that a step fetches.
    fn read_image(&mut self, step: &Value, layers: Option<&Map<String, Value>>) {
        let text =
            |path: &[&str]| path.iter().try_fold(step, |value, key| value.get(*key))?.as_str();
        let Some(identifier) = text(&["op", "Op", "source", "identifier"]) else { return };
        let Some(reference) = identifier.strip_prefix("docker-image://") else { return };
        let (name, digest) = match reference.split_once('@') {
            Some((name, digest)) => (name, Some(digest.to_owned())),
            None => (reference, None),
        };
        let count =
            text(&["id"]).map(|id| chain(layers, id).len() as u32).filter(|count| *count > 0);
        self.images.insert(short_name(name), (digest, count));
    }

    /// The Dockerfile with what the history and the layers tell of its lines. `digests` are those of the image's
    /// blobs, base first.
    pub fn dockerfile(&self, steps: &[HistoryEntry], digests: &[Option<String>]) -> Dockerfile {
        let blocks = blocks(&self.text);
        let stages = self.last_stages(&blocks);
        let mut lines: Vec<DockerfileLine> = blocks
            .iter()
            .map(|block| DockerfileLine {
                instruction: block.keyword.clone(),
                text: block.text.clone(),
                ..DockerfileLine::default()
            })
            .collect();
        let made: Vec<(u32, Option<LayerPosition>)> = (0..).zip(layers_of_steps(steps)).collect();
        let keyword = |entry: &HistoryEntry| readable(entry.created_by.as_deref().unwrap_or("")).0;
        let keywords: Vec<String> = steps.iter().map(keyword).collect();
        // From the end: what is only in one of both is passed over.
        let mut left = steps.len();
        for &at in stages.iter().rev() {
            let is_same = |step: &usize| keywords[*step] == blocks[at].keyword;
            // Others' steps are not looked for far away.
            let near = left.saturating_sub(MAX_PASSED)..left;
            if let Some(step) = near.rev().find(is_same) {
                left = step;
                (lines[at].history, lines[at].layer) = (Some(made[step].0), made[step].1);
            }
        }
        for StepSpan { lines: (first, last), chain } in &self.spans {
            let Some(layer) = position(chain, digests) else { continue };
            // Of an instruction, not of the stage's FROM: that names the base image.
            let at = blocks.partition_point(|block| block.lines.1 < *first);
            let block = blocks.get(at).filter(|block| block.lines.0 <= *last);
            if block.is_some_and(|block| !matches!(block.keyword.as_str(), "FROM" | "")) {
                lines[at].layer = Some(layer);
            }
        }
        Dockerfile { origin: DockerfileOrigin::Provenance, lines }
    }

    /// The image that the built stage starts from; `None` if the file has no FROM.
    pub fn base(&self) -> Option<StageBase> {
        let stages = self.stages(&blocks(&self.text));
        let name = stages.first()?.reference.clone();
        let (digest, layers) = self.images.get(&short_name(&name)).cloned().unwrap_or_default();
        let (plain, pinned) = match name.split_once('@') {
            Some((plain, digest)) => (plain.to_owned(), Some(digest.to_owned())),
            None => (name, None),
        };
        Some(StageBase { name: plain, digest: pinned.or(digest), layers })
    }

    /// Positions of the instructions that made the image: of the built stage, and before them of the stages that
    /// it starts from.
    fn last_stages(&self, blocks: &[SourceBlock]) -> Vec<usize> {
        let mut found = Vec::new();
        for stage in self.stages(blocks) {
            let own = (stage.at + 1..blocks.len()).take_while(|at| blocks[*at].keyword != "FROM");
            found.extend(own.filter(|at| !blocks[*at].keyword.is_empty()));
        }
        found
    }

    /// The built stage and the stages below it, the lowest first.
    fn stages(&self, blocks: &[SourceBlock]) -> Vec<BuildStage> {
        let values = self.values(blocks);
        let is_from = |at: &usize| blocks[*at].keyword == "FROM";
        let froms = (0..blocks.len()).filter(is_from);
        let all: Vec<BuildStage> = froms.map(|at| stage(at, &blocks[at].text, &values)).collect();
        let named = |name: &str, before: usize| {
            let is_it = |stage: &BuildStage| {
                stage.name.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(name))
            };
            let by_name = all[..before].iter().rposition(is_it);
            by_name.or_else(|| name.parse().ok().filter(|number| *number < before))
        };
        let target = self.arguments.get("target").and_then(|name| named(name, all.len()));
        let mut chain = Vec::new();
        let mut next = target.or_else(|| all.len().checked_sub(1));
        while let Some(at) = next.filter(|_| chain.len() < MAX_STAGES) {
            chain.push(all[at].clone());
            next = named(&all[at].reference, at);
        }
        chain.reverse();
        chain
    }

    /// The values of arguments before the first FROM.
    fn values<'a>(&'a self, blocks: &'a [SourceBlock]) -> HashMap<&'a str, &'a str> {
        let first = blocks.iter().take_while(|block| block.keyword != "FROM");
        let set = first.filter(|block| block.keyword == "ARG").filter_map(|block| {
            let (name, value) = block.text.split_whitespace().nth(1)?.split_once('=')?;
            Some((name, value.trim_matches(['"', '\''])))
        });
        let given = self.arguments.iter();
        let given = given
            .filter_map(|(name, value)| Some((name.strip_prefix("build-arg:")?, value.as_str())));
        set.chain(given).collect()
    }
}

/// A stage of the file.
#[derive(Clone, Debug)]
struct BuildStage {
    /// The position of its FROM.
    at: usize,
    reference: String,
    name: Option<String>,
}

fn stage(at: usize, text: &str, values: &HashMap<&str, &str>) -> BuildStage {
    let mut words = text.split_whitespace().skip(1).filter(|word| !word.starts_with("--"));
    let reference = expanded(words.next().unwrap_or(""), values);
    let named = words.next().is_some_and(|word| word.eq_ignore_ascii_case("as"));
    BuildStage { at, reference, name: words.next().filter(|_| named).map(str::to_owned) }
}

/// A reference with `$NAME` and `${NAME}` replaced.
fn expanded(reference: &str, values: &HashMap<&str, &str>) -> String {
    if reference.len() > MAX_REFERENCE {
        return reference.to_owned(); // each `${` may be sought to its end
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (mut out, mut rest) = (String::new(), reference);
    while let Some((before, after)) = rest.split_once('$') {
        let (name, after) = match after.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some(parts) => parts,
            None => after.split_at(after.find(|c| !is_name(c)).unwrap_or(after.len())),
        };
        let (name, default) = name.split_once(":-").unwrap_or((name, ""));
        let value = values.get(name).copied().unwrap_or(default);
        out.push_str(before);
        // A file may name a long value many times.
        out.push_str(if out.len() + value.len() > MAX_REFERENCE { "" } else { value });
        rest = after;
    }
    out + rest
}

/// Bytes of a reference.
const MAX_REFERENCE: usize = 1024;

/// Steps that are passed over to find an instruction.
const MAX_PASSED: usize = 8;

/// A reference as both FROM and the build's steps can be compared by: without digest, Docker Hub's host and
/// `library/`, and with a tag.
fn short_name(reference: &str) -> String {
    let name = reference.split('@').next().unwrap_or(reference);
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    let name = name.strip_prefix("library/").unwrap_or(name);
    let last = name.rsplit('/').next().unwrap_or(name);
    if last.contains(':') { name.to_owned() } else { format!("{name}:latest") }
}

/// The image's layer that a chain ends with.
fn position(chain: &[String], digests: &[Option<String>]) -> Option<LayerPosition> {
    let last = chain.last()?;
    let is_it = |at: &usize| digests.get(*at).and_then(Option::as_ref) == Some(last);
    let at = Some(chain.len() - 1).filter(is_it).or_else(|| (0..digests.len()).find(is_it));
    at.and_then(|at| u32::try_from(at).ok()).map(LayerPosition)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "ARG BASE=debian\nFROM golang AS build\nRUN go build\nFROM ${BASE}:${TAG:-12} AS last\nENV A=1\n\
                        COPY --from=build /x \\\n  /x\nCMD [\"/x\"]\n";

    fn metadata() -> String {
        let data = base64::encode(TEXT.as_bytes());
        format!(
            r#"{{"source":{{"infos":[{{"filename":"Dockerfile","data":"{data}"}}],"locations":{{
                "step1":{{"locations":[{{"ranges":[{{"start":{{"line":4}},"end":{{"line":4}}}}]}}]}},
                "step2":{{"locations":[{{"ranges":[{{"start":{{"line":6}},"end":{{"line":7}}}}]}}]}}}}}},
                "layers":{{"step1:0":[[{{"digest":"sha256:a"}}]],
                    "step2:0":[[{{"digest":"sha256:a"}},{{"digest":"sha256:b"}}]]}}}}"#
        )
    }

    const STEPS: &str = r#"[{"id":"step1","op":{"Op":{"source":
        {"identifier":"docker-image://docker.io/library/debian:12@sha256:d"}}}}]"#;

    fn version_one() -> BuildProvenance {
        let statement = format!(
            r#"{{"predicateType":"https://slsa.dev/provenance/v1","predicate":{{"buildDefinition":{{"internalParameters":{{"buildConfig":
                {{"llbDefinition":{STEPS}}}}}}},"runDetails":{{"metadata":{{"buildkit_metadata":{}}}}}}}}}"#,
            metadata()
        );
        read(statement.as_bytes()).unwrap()
    }

    #[test]
    fn both_versions_say_the_same() {
        let statement = format!(
            r#"{{"predicateType":"https://slsa.dev/provenance/v0.2","predicate":{{"buildConfig":{{"llbDefinition":{STEPS}}},
                "metadata":{{"https://mobyproject.org/buildkit@v1#metadata":{}}}}}}}"#,
            metadata()
        );
        assert_eq!(read(statement.as_bytes()).unwrap(), version_one());
        let payload = base64::encode(statement.as_bytes());
        let envelope =
            format!(r#"{{"payloadType":"application/vnd.in-toto+json","payload":"{payload}"}}"#);
        assert_eq!(read(envelope.as_bytes()).unwrap(), version_one());
    }

    #[test]
    fn instructions_of_the_last_stage_have_their_steps_and_layers() {
        let entry = |created_by: &str, empty_layer| HistoryEntry {
            created_by: Some(created_by.to_owned()),
            empty_layer,
            ..HistoryEntry::default()
        };
        let steps = [
            entry("/bin/sh -c #(nop) ADD file:1 in / ", false),
            entry("/bin/sh -c #(nop)  CMD [\"bash\"]", true),
            entry("ENV A=1", true),
            entry("COPY /x /x # buildkit", false),
            entry("CMD [\"/x\"]", true),
        ];
        let digests = [Some("sha256:a".to_owned()), Some("sha256:b".to_owned())];
        let dockerfile = version_one().dockerfile(&steps, &digests);
        assert_eq!(dockerfile.text(), TEXT);
        let places: Vec<_> = dockerfile
            .lines
            .iter()
            .map(|line| (line.instruction.as_str(), line.history, line.layer.map(|layer| layer.0)))
            .collect();
        assert_eq!(
            places,
            [
                ("ARG", None, None),
                ("FROM", None, None),
                ("RUN", None, None),
                ("FROM", None, None),
                ("ENV", Some(2), None),
                ("COPY", Some(3), Some(1)),
                ("CMD", Some(4), None),
            ]
        );
    }

    #[test]
    fn the_base_image_is_the_last_stages() {
        let base = version_one().base().unwrap();
        let want = StageBase {
            name: "debian:12".into(),
            digest: Some("sha256:d".into()),
            layers: Some(1),
        };
        assert_eq!(base, want);
        let mut other = version_one();
        other.arguments.insert("target".into(), "build".into());
        assert_eq!(other.base().unwrap().name, "golang");
        other.text = "FROM scratch AS a\nFROM a\n".into();
        assert_eq!(other.base().unwrap().name, "scratch", "a stage is no base image");
    }
}
