//! What a build's provenance claims: who built, from which source, with which arguments and materials.
//!
//! - Sources: SLSA provenance 0.2 and 1; BuildKit's docs/attestations/slsa-definitions.md; GitHub's build type
//!   `workflow/v1`; the generators of slsa-github-generator. They put the same facts in different places.
//! - Texts and lists are bounded. A field of another type than expected is left out.

use super::statement::Statement;
use crate::json;
use crate::text::beginning;
use serde_json::{Map, Value};

/// Bytes of one text that is kept.
const MAX_TEXT: usize = 4096;
/// Arguments and materials that are kept of each list; a build has at most some hundred.
const MAX_LIST: usize = 500;

/// The claims. Empty texts are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildClaims {
    /// Who built: usually a URI.
    pub builder: Option<String>,
    pub build_type: Option<String>,
    /// Where the source's repository is, without what git adds to the address.
    pub repository: Option<String>,
    /// The branch or tag.
    pub reference: Option<String>,
    pub commit: Option<String>,
    /// The file that described the build: a workflow, a Dockerfile.
    pub configuration: Option<String>,
    /// What started the build: `push`.
    pub trigger: Option<String>,
    /// The run: a URL or an ID.
    pub invocation: Option<String>,
    /// Arguments of the build, name and value, sorted by name.
    pub arguments: Vec<(String, String)>,
    pub materials: Vec<BuildMaterial>,
    /// There are more arguments or materials than are kept.
    pub cut: bool,
    pub reproducible: Option<bool>,
    /// RFC 3339.
    pub started: Option<String>,
    pub finished: Option<String>,
}

/// Something that went into the build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildMaterial {
    /// As a reference where it is an image, else the URI.
    pub name: String,
    pub is_image: bool,
    /// `sha256:…`, `gitCommit:…`; empty without one.
    pub digest: String,
}

impl BuildClaims {
    /// Reads the predicate of a statement; `None` unless it is SLSA's provenance.
    pub fn read(statement: &Statement<'_>) -> Option<BuildClaims> {
        if !statement.is_build() {
            return None;
        }
        let predicate: Value = json::from_text(statement.predicate?.get()).ok()?;
        let mut claims = BuildClaims::default();
        match predicate.get("buildDefinition") {
            Some(_) => claims.read_version_one(&predicate),
            None => claims.read_version_zero(&predicate),
        }
        Some(claims)
    }

    fn read_version_one(&mut self, predicate: &Value) {
        let at = |path: &[&str]| at(predicate, path);
        self.builder = text(at(&["runDetails", "builder", "id"]));
        self.build_type = text(at(&["buildDefinition", "buildType"]));
        let metadata = at(&["runDetails", "metadata"]);
        let of_run = |key: &str| text(metadata.and_then(|metadata| metadata.get(key)));
        // The specification's spelling, and an earlier one.
        self.invocation = of_run("invocationId").or_else(|| of_run("invocationID"));
        (self.started, self.finished) = (of_run("startedOn"), of_run("finishedOn"));
        self.reproducible = metadata.and_then(|data| data.get("buildkit_reproducible")?.as_bool());
        self.read_materials(at(&["buildDefinition", "resolvedDependencies"]));
        self.trigger = text(at(&["buildDefinition", "internalParameters", "github", "event_name"]));
        let Some(outer) = at(&["buildDefinition", "externalParameters"]) else { return };
        for place in ["workflow", "buildConfigSource"] {
            if let Some(workflow) = outer.get(place) {
                self.repository = text(workflow.get("repository")).map(|uri| plain_uri(&uri).0);
                self.reference = text(workflow.get("ref"));
                self.configuration = text(workflow.get("path"));
            }
        }
        if let Some(source) = outer.get("configSource") {
            self.read_source(source, "path");
        }
        let source = text(outer.get("source"));
        if let (None, Some(uri)) = (&self.repository, source) {
            (self.repository, self.reference) = parts(&uri);
            self.configuration = text(outer.get("entryPoint"));
        }
        self.read_arguments(self::at(outer, &["request", "args"]));
        self.read_buildkit(metadata.and_then(|metadata| metadata.get("buildkit_metadata")));
        self.find_commit();
    }

    fn read_version_zero(&mut self, predicate: &Value) {
        let at = |path: &[&str]| at(predicate, path);
        self.builder = text(at(&["builder", "id"]));
        self.build_type = text(at(&["buildType"]));
        let of_run = |key: &str| text(at(&["metadata", key]));
        // 0.2, then 0.1.
        self.invocation = of_run("buildInvocationID").or_else(|| of_run("buildInvocationId"));
        (self.started, self.finished) = (of_run("buildStartedOn"), of_run("buildFinishedOn"));
        self.reproducible = at(&["metadata", "reproducible"]).and_then(Value::as_bool);
        self.read_materials(at(&["materials"]));
        if let Some(source) = at(&["invocation", "configSource"]) {
            self.read_source(source, "entryPoint");
        }
        // Two generators spell these names differently.
        let of_github = |key: &str| {
            let environment = at(&["invocation", "environment"])?;
            text(environment.get(key)).or_else(|| text(environment.get(key.to_ascii_uppercase())))
        };
        self.trigger = of_github("github_event_name");
        self.read_arguments(at(&["invocation", "parameters", "args"]));
        self.read_buildkit(at(&["metadata", "https://mobyproject.org/buildkit@v1#metadata"]));
        // The run's address is not written, but what it is made of.
        let run = of_github("github_run_id").filter(|id| is_number(id));
        if let (Some(run), Some(repository)) = (run, &self.repository)
            && repository.starts_with("https://github.com/")
        {
            let attempt = of_github("github_run_attempt").filter(|number| is_number(number));
            let attempt = attempt.map_or(String::new(), |number| format!("/attempts/{number}"));
            self.invocation = Some(format!("{repository}/actions/runs/{run}{attempt}"));
        }
        self.find_commit();
    }

    /// Takes over where the description of the build comes from.
    fn read_source(&mut self, source: &Value, entry: &str) {
        if let Some(uri) = text(source.get("uri")) {
            (self.repository, self.reference) = parts(&uri);
        }
        self.configuration = text(source.get(entry));
        let digest = source.get("digest").and_then(Value::as_object);
        self.commit = digest.and_then(commit);
    }

    /// Takes over what BuildKit adds: the repository of a local build context.
    fn read_buildkit(&mut self, metadata: Option<&Value>) {
        let Some(vcs) = metadata.and_then(|metadata| metadata.get("vcs")) else { return };
        if self.repository.is_none()
            && let Some(uri) = text(vcs.get("source"))
        {
            self.repository = parts(&uri).0;
        }
        if self.commit.is_none() {
            self.commit = text(vcs.get("revision"));
        }
    }

    fn read_arguments(&mut self, arguments: Option<&Value>) {
        let arguments = arguments.and_then(Value::as_object).into_iter().flatten();
        for (name, value) in arguments {
            let Some(value) = text(Some(value)) else { continue };
            self.cut |= self.arguments.len() == MAX_LIST;
            if self.arguments.len() < MAX_LIST {
                self.arguments.push((shortened(name), value));
            }
        }
        self.arguments.sort();
    }

    fn read_materials(&mut self, list: Option<&Value>) {
        let list = list.and_then(Value::as_array).into_iter().flatten();
        for material in list {
            let Some(uri) = text(material.get("uri")).or_else(|| text(material.get("name"))) else {
                continue;
            };
            self.cut |= self.materials.len() == MAX_LIST;
            if self.materials.len() < MAX_LIST {
                let image = image_name(&uri);
                let digest = material.get("digest").and_then(Value::as_object);
                self.materials.push(BuildMaterial {
                    is_image: image.is_some(),
                    name: image.unwrap_or(uri),
                    digest: digest.and_then(first_digest).unwrap_or_default(),
                });
            }
        }
    }

    /// The commit is the digest of the material that is the source.
    fn find_commit(&mut self) {
        let Some(repository) = self.repository.as_ref().filter(|_| self.commit.is_none()) else {
            return;
        };
        let is_source = |material: &&BuildMaterial| plain_uri(&material.name).0 == *repository;
        let source = self.materials.iter().find(is_source);
        let digest = source.and_then(|source| source.digest.split_once(':'));
        self.commit = digest.map(|(_, hex)| hex.to_owned());
    }
}

fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(*key))
}

/// A text that is not empty.
fn text(value: Option<&Value>) -> Option<String> {
    value?.as_str().filter(|text| !text.is_empty()).map(shortened)
}

fn shortened(text: &str) -> String {
    beginning(text, MAX_TEXT).to_owned()
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() < 20 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The repository and the branch or tag that a source's address names.
fn parts(uri: &str) -> (Option<String>, Option<String>) {
    let (repository, reference) = plain_uri(uri);
    (Some(repository).filter(|uri| !uri.is_empty()), reference)
}

/// An address without `git+` and `.git`, and the branch or tag in it: `@refs/heads/main` (SLSA, pip's form), or
/// `#main` (BuildKit).
fn plain_uri(uri: &str) -> (String, Option<String>) {
    let uri = uri.strip_prefix("git+").unwrap_or(uri);
    let (uri, reference) = match (uri.split_once('#'), uri.rsplit_once('@')) {
        (Some((uri, fragment)), _) => (uri, fragment.split(':').next().unwrap_or_default()),
        // The host may have a user before it.
        (None, Some((before, reference))) if before.contains("://") && !before.ends_with('/') => {
            match before.split_once("://").is_some_and(|(_, rest)| rest.contains('/')) {
                true => (before, reference),
                false => (uri, ""),
            }
        }
        _ => (uri, ""),
    };
    let uri = uri.strip_suffix(".git").unwrap_or(uri);
    (uri.to_owned(), Some(reference.to_owned()).filter(|reference| !reference.is_empty()))
}

/// The digest of a git commit, under the names that tools give it.
fn commit(digest: &Map<String, Value>) -> Option<String> {
    ["gitCommit", "sha1", "sha256"].iter().find_map(|name| text(digest.get(*name)))
}

/// The digest that tells most: the strongest that is common, else the first.
fn first_digest(digest: &Map<String, Value>) -> Option<String> {
    let named = |name: &str| Some(format!("{}:{}", shortened(name), text(digest.get(name))?));
    named("sha256").or_else(|| digest.keys().find_map(|name| named(name)))
}

/// The reference of an image that a package URL names: `pkg:docker/alpine@3.20?platform=linux%2Famd64`.
///
/// Source: PURL types "docker" and "oci".
fn image_name(uri: &str) -> Option<String> {
    if let Some(reference) = uri.strip_prefix("docker-image://") {
        return Some(reference.to_owned());
    }
    let rest = uri.strip_prefix("pkg:docker/").or_else(|| uri.strip_prefix("pkg:oci/"))?;
    let plain = rest.split(['?', '#']).next().unwrap_or(rest);
    let decoded = crate::text::percent_decode_lenient(plain);
    let plain = String::from_utf8_lossy(&decoded).into_owned();
    match plain.rsplit_once('@') {
        // A digest follows apart.
        Some((name, version)) if version.starts_with("sha256:") => Some(name.to_owned()),
        Some((name, version)) => Some(format!("{name}:{version}")),
        None => Some(plain),
    }
}
