//! The sources of a Java archive's name: its manifest, Maven's properties, its file name.
//!
//! Source: the JAR File Specification, "JAR Manifest" (lines of at most 72 bytes, continued after a space);
//! OSGi Core, "Bundle Manifest Headers"; `java.util.Properties.load`.

use crate::analysis::packages::package::Package;
use std::collections::BTreeMap;

/// The main section of a manifest, with keys in lower case: they are case-insensitive.
#[derive(Default)]
pub struct JarManifest(BTreeMap<String, String>);

impl JarManifest {
    /// Reads the main section.
    pub fn read(bytes: &[u8]) -> JarManifest {
        let mut fields = BTreeMap::new();
        let mut last: Option<(String, Vec<u8>)> = None;
        let mut keep = |field: Option<(String, Vec<u8>)>| {
            if let Some((key, value)) = field {
                fields.insert(key, String::from_utf8_lossy(&value).trim().to_owned());
            }
        };
        for line in bytes.split(|&byte| byte == b'\n' || byte == b'\r') {
            match line {
                // `\r\n` is split into two. An empty line in its middle does not end the section.
                [] => {}
                [b' ', more @ ..] => {
                    if let Some((_, value)) = &mut last {
                        value.extend_from_slice(more);
                    }
                }
                _ => {
                    keep(last.take());
                    let Some(colon) = line.iter().position(|&byte| byte == b':') else { continue };
                    let (key, value) = line.split_at(colon);
                    let key = String::from_utf8_lossy(key).trim().to_lowercase();
                    // A section with a name describes one entry, and ends the main section.
                    if key == "name" {
                        break;
                    }
                    last = Some((key, value.get(1..).unwrap_or_default().to_vec()));
                }
            }
        }
        keep(last);
        JarManifest(fields)
    }

    fn get(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    fn first(&self, keys: &[&str]) -> &str {
        let values = keys.iter().map(|key| self.get(key));
        let mut values = values.filter(|value| !value.is_empty() && !is_placeholder(value));
        values.next().unwrap_or_default()
    }

    /// A name for an archive whose file name has none.
    pub fn title(&self) -> &str {
        self.first(&["bundle-name", "short-name", "extension-name", "implementation-title"])
    }

    /// The version; may be empty, like the following values.
    pub fn version(&self) -> &str {
        const KEYS: [&str; 4] =
            ["implementation-version", "specification-version", "plugin-version", "bundle-version"];
        KEYS.iter()
            .map(|key| self.get(key))
            .find(|value| is_version_text(value))
            .unwrap_or_default()
    }

    /// The vendor.
    pub fn vendor(&self) -> &str {
        self.first(&["implementation-vendor", "bundle-vendor"])
    }

    /// A web page.
    pub fn homepage(&self) -> &str {
        let url = self.first(&["implementation-url", "bundle-docurl"]);
        if url.starts_with("http") { url } else { "" }
    }

    /// `Bundle-License: Apache-2.0;link="…", MIT`.
    pub fn licenses(&self) -> Vec<String> {
        let each = self.get("bundle-license").split(',');
        let names = each.map(|license| license.split(';').next().unwrap_or_default().trim());
        names.filter(|name| !name.is_empty() && !name.contains('"')).map(str::to_owned).collect()
    }

    /// `Bundle-Name`; may be empty, like the following values.
    pub fn bundle_name(&self) -> &str {
        self.first(&["bundle-name"])
    }

    /// The name of the bundle or, if there is none, of the module.
    pub fn symbolic_name(&self) -> &str {
        let name = self.first(&["bundle-symbolicname", "automatic-module-name"]);
        name.split(';').next().unwrap_or_default().trim()
    }

    /// `Implementation-Vendor-Id`, often the groupId.
    pub fn vendor_id(&self) -> &str {
        self.first(&["implementation-vendor-id"])
    }

    /// The class that starts the bundle, by its full name.
    pub fn activator(&self) -> &str {
        self.first(&["bundle-activator"])
    }
}

/// Whether a text is a template that was never filled in: `${project.version}`, `@VERSION@`, `%version%`.
pub fn is_placeholder(text: &str) -> bool {
    let between =
        |first: char, last: char| text.len() > 1 && text.starts_with(first) && text.ends_with(last);
    text.starts_with('$')
        || ["${", "$(", "#{", "{{"].iter().any(|begin| text.contains(begin))
        || between('@', '@')
        || between('%', '%')
        || between('<', '>')
}

/// Whether a text can be a version: Gradle writes `unspecified` where none was given.
pub fn is_version_text(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
        && !text.contains(['$', '{', '@', '%', '<'])
        && !is_placeholder(text)
}

/// Whether `last` is the whole name or its last part.
pub fn is_part(last: &str, name: &str) -> bool {
    let rest = name.strip_suffix(last);
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with(['-', '.', '_']))
}

/// Maven's `pom.properties`.
#[derive(Clone, Default)]
pub struct Pom {
    pub group: String,
    pub artifact: String,
    pub version: String,
}

impl Pom {
    /// `None` without an artifact. A group or version that was never filled in is left out.
    pub fn read(bytes: &[u8]) -> Option<Pom> {
        let text = String::from_utf8_lossy(bytes);
        let mut pom = Pom::default();
        for line in text.lines().map(str::trim_start) {
            let Some((key, value)) = line.split_once(['=', ':']) else { continue };
            let value = value.trim().to_owned();
            match key.trim_end() {
                "groupId" => pom.group = value,
                "artifactId" => pom.artifact = value,
                "version" => pom.version = value,
                _ => {}
            }
        }
        if is_placeholder(&pom.group) {
            pom.group.clear();
        }
        if !is_version_text(&pom.version) {
            pom.version.clear();
        }
        (!pom.artifact.is_empty() && !is_placeholder(&pom.artifact)).then_some(pom)
    }

    /// The package that it names.
    pub fn package(self) -> Package {
        Package {
            kind: "maven".to_owned(),
            name: self.artifact,
            namespace: self.group,
            version: self.version,
            ..Package::default()
        }
    }
}

/// A file name such as `name-1.2.3.jar`.
pub struct FileName<'a> {
    stem: &'a str,
    pub name: &'a str,
    /// May be empty.
    pub version: &'a str,
}

impl FileName<'_> {
    /// The version starts after the first dash before a digit or before `build5`, `r5` or `rc5`. Without
    /// such a dash it starts after the first underscore or dot before a digit (`org.junit_4.13`).
    pub fn of(file: &str) -> FileName<'_> {
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let begins = |separators: &[u8], words: bool| {
            let bytes = stem.as_bytes().iter().enumerate();
            let mut places = bytes.filter(|(_, byte)| separators.contains(byte)).map(|(at, _)| at);
            places.find(|&at| stem.get(at + 1..).is_some_and(|rest| is_version(rest, words)))
        };
        let at = begins(b"-", true).or_else(|| begins(b"_.", false)).filter(|&at| at > 0);
        let (name, version) = match at.and_then(|at| stem.split_at_checked(at)) {
            Some((name, version)) => (name, version.get(1..).unwrap_or_default()),
            None => (stem, ""),
        };
        if name.starts_with(|first: char| first.is_alphabetic()) {
            FileName { stem, name, version }
        } else {
            FileName { stem, name: "", version: "" } // `1.0.jar`
        }
    }

    /// Whether the file name alone shows that this is the artifact's archive.
    pub fn is_of(&self, artifact: &str) -> bool {
        let is_version = |rest: &str| rest.strip_prefix('-').is_some_and(starts_with_digit);
        let followed = self.stem.strip_prefix(artifact);
        self.name == artifact || followed.is_some_and(|rest| rest.is_empty() || is_version(rest))
    }

    /// Whether it may be, in the absence of a better match: `x-debian.jar` of `x`, `lang3.jar` of
    /// `commons-lang3`.
    pub fn is_like(&self, artifact: &str) -> bool {
        let followed = self.stem.strip_prefix(artifact);
        followed.is_some_and(|rest| rest.starts_with(['-', '_', '.']))
            || !self.name.is_empty() && is_part(self.name, artifact)
    }
}

fn is_version(text: &str, words: bool) -> bool {
    let after = |word: &str| {
        let rest = text.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word));
        rest.and_then(|_| text.get(word.len()..)).is_some_and(starts_with_digit)
    };
    starts_with_digit(text) || words && ["build", "rc", "r"].into_iter().any(after)
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}
