//! Scripts that no package accounts for and that nothing can read.
//!
//! Sources: execve(2), "Interpreter scripts"; Docker's reference, "ENTRYPOINT", "CMD", "HEALTHCHECK".
//!
//! - A program that `env` looks for counts as missing only if no file of the image has its name, wherever it is: PATH
//!   may be set later.
//! - Packages of languages bring scripts for their developers that nobody starts in an image: what is below their
//!   folders is silent, and so are tests, documentation and examples.

use super::check::{RiskBasis, RiskCheck};
use super::material::{RiskMaterial, TreeNode};
use super::risk::{Risk, RiskFindings};
use super::script::NotedScript;
use crate::analysis::secrets::is_example;
use crate::text::show;
use crate::vocabulary::RiskSeverity;
use std::collections::{HashMap, HashSet};

pub static CHECKS: &[&RiskCheck] = &[&MISSING_SCRIPT_INTERPRETER];

static MISSING_SCRIPT_INTERPRETER: RiskCheck = RiskCheck {
    code: "missing-script-interpreter",
    title: "Script cannot start: no interpreter",
    severity: RiskSeverity::Medium,
    basis: RiskBasis::Files,
    why: "The first line of the script names a program that the image does not have. Starting it fails with \"no such \
          file or directory\", as often where a script for bash is put on Alpine.",
    advice: "Install the interpreter, or name one that the image has, such as /bin/sh. Write the file with line ends of \
             Unix.",
    aliases: &[],
};

/// Folders of packages of languages, and of Git.
const FOLDERS_OF_PACKAGES: [&str; 10] = [
    "node_modules",
    "bower_components",
    "site-packages",
    "dist-packages",
    "gems",
    "vendor",
    "third_party",
    "pkg",
    ".cargo",
    ".git",
];

/// Folders of PATH that are known in any case.
const USUAL_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Folders of PATH that are looked at.
const MAX_PATH: usize = 64;

pub fn find(image: &RiskMaterial<'_>, found: &mut RiskFindings) {
    if image.is_windows() || !image.is_complete() {
        return;
    }
    let mut interpreters = Interpreters { image, missing: HashMap::new(), names: None };
    let started = Started::of(image);
    for file in image.nodes().filter(TreeNode::is_file) {
        let Some(script) = image.noted(file).and_then(|noted| noted.script.as_ref()) else {
            continue;
        };
        let is_executable = image.metadata(file).is_some_and(|entry| entry.mode() & 0o111 != 0);
        if !is_executable || image.is_accounted(file) {
            continue;
        }
        let path = image.tree.path(file.node);
        let shown = format!("/{}", String::from_utf8_lossy(&path));
        let is_started = started.has(file.node, &shown);
        if !is_started && (is_example(&shown) || is_of_package(&shown)) {
            continue;
        }
        let Some(missing) = interpreters.missing(script) else { continue };
        let ends = if missing.ends_with('\r') { " The line ends as on Windows." } else { "" };
        let message = format!("It needs {}.{ends}", show(missing.as_bytes()));
        // What nothing starts by itself may be there for another image.
        let severity = if is_started { RiskSeverity::Medium } else { RiskSeverity::Info };
        let risk = Risk::new(&MISSING_SCRIPT_INTERPRETER, message).at(path, file.event.layer);
        found.add(risk.with_severity(severity));
    }
}

fn is_of_package(path: &str) -> bool {
    path.split('/').any(|folder| FOLDERS_OF_PACKAGES.contains(&folder))
}

/// What the image starts by itself, or along PATH.
struct Started {
    nodes: HashSet<u32>,
    folders: Vec<String>,
}

impl Started {
    fn of(image: &RiskMaterial<'_>) -> Started {
        let run = &image.run;
        let check = run.healthcheck.as_ref().map_or(&[][..], |check| &check.test);
        let words = run.entrypoint.iter().chain(&run.cmd).chain(check).take(MAX_PATH);
        let paths = words.filter(|word| word.starts_with('/'));
        let nodes = paths.filter_map(|path| Some(image.find(path.as_bytes())?.node)).collect();
        let set = run.env.iter().rev().find_map(|variable| variable.strip_prefix("PATH="));
        let folders = set.unwrap_or_default().split(':').chain(USUAL_PATH.split(':'));
        let folders = folders.filter(|folder| folder.starts_with('/')).take(MAX_PATH);
        Started {
            nodes,
            folders: folders.map(|folder| folder.trim_end_matches('/').to_owned()).collect(),
        }
    }

    fn has(&self, node: u32, path: &str) -> bool {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.nodes.contains(&node) || self.folders.iter().any(|known| known == folder)
    }
}

/// Which interpreters are missing, each looked up once.
struct Interpreters<'a, 'b> {
    image: &'b RiskMaterial<'a>,
    missing: HashMap<&'b str, bool>,
    /// Names of all files, once one is needed.
    names: Option<HashSet<&'a [u8]>>,
}

impl<'b> Interpreters<'_, 'b> {
    /// What a script needs and the image does not have.
    fn missing(&mut self, script: &'b NotedScript) -> Option<&'b str> {
        let image = self.image;
        let lacks = |path: &str| image.lacks(path.as_bytes());
        let (interpreter, program) = (script.interpreter.as_str(), script.program.as_str());
        if *self.missing.entry(interpreter).or_insert_with(|| lacks(interpreter)) {
            return Some(interpreter);
        }
        if program.is_empty() {
            return None;
        }
        let names = &mut self.names;
        let is_missing =
            self.missing.entry(program).or_insert_with(|| match program.contains('/') {
                true => program.starts_with('/') && lacks(program),
                false => {
                    !names.get_or_insert_with(|| image.file_names()).contains(program.as_bytes())
                }
            });
        is_missing.then_some(program)
    }
}
