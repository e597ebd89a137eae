//! Images that tests draw: a tree, notes about its files, packages, and a configuration.

use super::noted::NotedRisks;
use super::{RiskFindings, RiskMaterial, risks};
use crate::analysis::contents::FileNotes;
use crate::analysis::packages::catalog::Candidate;
use crate::analysis::packages::{
    FoundPackage, Inventory, Owners, Package, PackageLocation, Release,
};
use crate::analysis::secrets::{NotedSecret, NotedSecrets};
use crate::archive::ImageSource;
use crate::layer::{Note, Notes};
use crate::oci::{HistoryEntry, ImageConfig};
use crate::time::Timestamp;
use crate::tree::drawn::drawn;
use crate::tree::{FileTree, PathEvent, StepBudget};
use crate::vocabulary::LayerPosition;
use serde_json::value::RawValue;

/// An image that is drawn.
pub struct DrawnImage {
    pub tree: FileTree,
    /// Of the first layer.
    pub notes: Notes,
    pub inventory: Inventory,
    pub source: ImageSource,
    pub now: Timestamp,
    /// Steps that looking up paths may take; `None`: the usual ones.
    pub steps: Option<u32>,
}

/// An image of these files, with a configuration that sets a user and starts a program.
pub fn image(files: &str) -> DrawnImage {
    let config = r#"{"User":"1000","Cmd":["app"],"Healthcheck":{"Test":["CMD","true"]}}"#;
    DrawnImage {
        tree: drawn(files),
        notes: Notes::default(),
        inventory: Inventory::default(),
        source: ImageSource {
            config: ImageConfig { config: Some(raw(config)), ..ImageConfig::default() },
            ..ImageSource::default()
        },
        now: Timestamp::from_rfc3339("2026-11-29T12:00:00Z").unwrap(),
        steps: None,
    }
}

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

impl DrawnImage {
    pub fn configured(mut self, json: &str) -> DrawnImage {
        self.source.config.config = Some(raw(json));
        self
    }

    pub fn built_by(mut self, instructions: &[&str]) -> DrawnImage {
        let entry = |created_by: &&str| HistoryEntry {
            created_by: Some((*created_by).to_owned()),
            ..HistoryEntry::default()
        };
        self.source.config.history = instructions.iter().map(entry).collect();
        self
    }

    /// With this content of a file of the first layer.
    pub fn with(mut self, path: &str, content: &[u8]) -> DrawnImage {
        let head = &content[..content.len().min(16)];
        let mode = self.tree.entry(&self.event(path)).unwrap().mode();
        let file = Candidate { head: Some(head), mode, ..Candidate::at(path.as_bytes()) };
        assert!(NotedRisks::wants(&file), "{path}");
        self.note(
            path,
            FileNotes { risks: NotedRisks::of(&file, content), ..FileNotes::default() },
        );
        self
    }

    /// With a private key in a file.
    pub fn with_key(self, path: &str) -> DrawnImage {
        self.with_secret(path, "private-key-rsa")
    }

    pub fn with_secret(mut self, path: &str, rule: &str) -> DrawnImage {
        let found = NotedSecret { rule: rule.to_owned(), ..NotedSecret::default() };
        let secrets = NotedSecrets { found: vec![found], cut: false };
        self.note(path, FileNotes { secrets, ..FileNotes::default() });
        self
    }

    /// What the first layer did to a path.
    fn event(&self, path: &str) -> PathEvent {
        let node = self.tree.find(path.as_bytes()).expect(path);
        *self.tree.history(node).last().unwrap()
    }

    pub fn note(&mut self, path: &str, notes: FileNotes) {
        let entry = self.event(path).entry;
        let text = serde_json::to_string(&notes).unwrap();
        self.notes.notes.push(Note { entry, text });
    }

    /// With a package of the first layer that lists these files.
    pub fn owned(mut self, files: &[&str]) -> DrawnImage {
        let node = self.tree.find(files[0].as_bytes()).unwrap();
        let files = files.iter().map(|file| (*file).to_owned()).collect();
        let (inside, layer) = ("".into(), LayerPosition(0));
        let mut packages = vec![FoundPackage {
            package: Package { kind: "deb".to_owned(), files, ..Package::default() },
            locations: vec![PackageLocation { node, inside, layer, until: None }],
            ..FoundPackage::default()
        }];
        self.inventory.owners = Owners::find(&self.tree, &mut packages, &StepBudget::default());
        self.inventory.packages = packages;
        self
    }

    pub fn release(mut self, id: &str, version_id: &str, support_end: &str) -> DrawnImage {
        let [id, version_id, support_end] = [id, version_id, support_end].map(str::to_owned);
        self.inventory.release =
            Some(Release { id, version_id, support_end, ..Release::default() });
        self
    }

    pub fn findings(&self) -> RiskFindings {
        let none = Notes::default();
        let mut notes = vec![&self.notes];
        notes.resize(self.tree.layers().len().max(1), &none);
        let image = RiskMaterial::new(&self.tree, &notes, &self.inventory, &self.source, self.now);
        match self.steps {
            Some(steps) => risks(&image.with_budget(StepBudget::of(steps))),
            None => risks(&image),
        }
    }

    /// The risks, a line each.
    pub fn lines(&self) -> Vec<String> {
        let line = |risk: &super::Risk| {
            let path = risk.path.as_ref().map(|path| String::from_utf8_lossy(path).into_owned());
            let layer = risk.layer.map(|layer| layer.to_string()).unwrap_or_default();
            format!(
                "{} {} {} {layer}: {}",
                risk.check.code,
                risk.severity.name(),
                path.unwrap_or("-".to_owned()),
                risk.message
            )
        };
        self.findings().risks.iter().map(line).collect()
    }

    pub fn finds(&self, want: &[&str]) {
        assert_eq!(self.lines(), want);
    }
}
