//! The overview: what the image is, how it runs, what deserves attention.
//!
//! A finding is High, Medium, Unchecked or Clean. What was not looked at is never called clean.

use super::query::{Finding, OverviewFacts, RunFacts, Severity};
use super::state::{Session, blob_size};
use crate::archive::LayerSource;
use crate::oci::RunConfig;
use crate::text;

/// Bytes that the final tree does not show before this is worth a word: a share of the image.
const HIDDEN_SHARE: f64 = 0.01;

impl Session {
    /// Answers a reviewer in ten seconds.
    pub(super) fn overview_facts(&self) -> OverviewFacts {
        let image = self.shown_source();
        let show = |text: &String| text::show(text.as_bytes());
        let totals = self.shown_built().map(|merged| merged.tree.totals());
        let run = image.config.run_config();
        OverviewFacts {
            names: image.tags.iter().map(show).collect(),
            image_id: image.image_id.as_ref().map(ToString::to_string),
            index_digest: image.index_digest.as_ref().map(ToString::to_string),
            manifest_digest: image.manifest_digest.as_ref().map(ToString::to_string),
            platform: text::show(image.platform.to_string().as_bytes()),
            created: image.config.created.clone(),
            author: image.config.author.as_ref().map(show).filter(|author| !author.is_empty()),
            size: self.image_size(image),
            download: blob_size(image),
            tree_size: totals.map(|totals| totals.size),
            tree_entries: totals.map(|totals| totals.entries),
            findings: self.findings(&run),
            runs: run_facts(&run),
        }
    }

    fn findings(&self, run: &RunConfig) -> Vec<Finding> {
        let mut findings = vec![self.digests(), self.hidden_bytes()];
        // A root file system or a layer alone says nothing of how it runs.
        findings.extend(self.shown_source().image_id.as_ref().map(|_| root_user(run)));
        findings.extend(self.efficiency());
        findings.extend(self.warnings());
        findings.sort_by_key(|finding| finding.severity);
        findings
    }

    /// Whether layers are what their digests say.
    fn digests(&self) -> Finding {
        let layers = &self.shown_source().layers;
        let facts =
            layers.iter().enumerate().map(|(at, layer)| self.shown_facts(at, layer).verified);
        let verified: Vec<Option<bool>> = facts.collect();
        let count = |want| verified.iter().filter(|&&verified| verified == want).count();
        let (good, bad, all) = (count(Some(true)), count(Some(false)), verified.len());
        let listed =
            |layer: &LayerSource| layer.blob.is_some_and(|part| self.blobs.is_listed(&part));
        let pending = |layer: &&LayerSource| self.blobs.get(layer).is_none_or(|blob| !blob.checked);
        let pending = layers.iter().filter(|layer| !listed(layer)).any(|layer| pending(&layer));
        let numbers = |want| {
            let wanted = (1..).zip(&verified).filter(|(_, verified)| **verified == want);
            wanted.map(|(number, _)| number.to_string()).collect::<Vec<_>>().join(", ")
        };
        let (severity, title, detail) = if bad > 0 {
            let detail = format!(
                "Layer {} is not what its digest says. Don't trust this image.",
                numbers(Some(false))
            );
            (Severity::High, "A layer does not match its digest", detail)
        } else if good == all {
            let detail = format!("{all} of {all} layers were read and match their digests.");
            (Severity::Clean, "Layers match their digests", detail)
        } else if pending {
            let detail = format!("{good} of {all} layers are verified so far.");
            (Severity::Unchecked, "Digests are being verified", detail)
        } else if self.saved {
            let detail = "Whoever saved the inspection has: here there is nothing to check.";
            (Severity::Unchecked, "Digests could not be verified", detail.to_owned())
        } else if layers.iter().any(listed) {
            let detail = format!(
                "Layer {} was not downloaded: its table of contents stands for it.",
                numbers(None)
            );
            (Severity::Unchecked, "Not all layers were read", detail)
        } else {
            let detail = format!("Layer {} claims nothing that can be checked.", numbers(None));
            (Severity::Unchecked, "Digests could not be verified", detail)
        };
        finding(severity, title, detail, "layers")
    }

    /// What layers carry and the final tree does not show.
    fn hidden_bytes(&self) -> Finding {
        let title = "Bytes that the final tree does not show";
        let Some(merged) = self.shown_built() else {
            let detail = "Known once all layers are read.".to_owned();
            return finding(Severity::Unchecked, title, detail, "");
        };
        let all = self.image_size(self.shown_source()).unwrap_or(0);
        let shown: u64 = merged.tree.changes().iter().map(|change| change.kept).sum();
        let hidden = all.saturating_sub(shown);
        if (hidden as f64) < all as f64 * HIDDEN_SHARE || hidden == 0 {
            let detail = "Less than 1 % of the image is replaced or removed by later layers.";
            return finding(Severity::Clean, title, detail.to_owned(), "");
        }
        let removed: u32 = merged.tree.changes().iter().map(|change| change.removed).sum();
        let modified: u32 = merged.tree.changes().iter().map(|change| change.modified).sum();
        let detail = format!(
            "{} of {}: {modified} files are written again and {removed} removed by later layers, \
             and are downloaded all the same.",
            size_text(hidden),
            size_text(all)
        );
        finding(Severity::Medium, title, detail, "layers")
    }

    fn efficiency(&self) -> Option<Finding> {
        let efficiency = self.shown_built()?.efficiency.as_ref()?;
        let detail = format!(
            "dive's score {:.1} %, {} counted as wasted in {} paths.",
            efficiency.score * 100.0,
            size_text(efficiency.wasted_bytes),
            efficiency.paths.len()
        );
        // dive's own threshold for a build to pass.
        let (severity, title) = match efficiency.score < 0.9 {
            true => (Severity::Medium, "Low efficiency"),
            false => (Severity::Clean, "Efficiency"),
        };
        Some(finding(severity, title, detail, "layers"))
    }

    /// Problems of the archive, the image and its layers.
    fn warnings(&self) -> Vec<Finding> {
        let image = self.shown_source();
        let layers = image.layers.iter().enumerate();
        let of_layers = layers.flat_map(|(at, layer)| self.shown_facts(at, layer).warnings);
        let of_tree = self
            .shown_built()
            .into_iter()
            .flat_map(|merged| merged.tree.warnings().iter().cloned());
        let all =
            self.warnings.iter().chain(&image.warnings).cloned().chain(of_layers).chain(of_tree);
        let shown =
            all.filter(|warning| !warning.code.ends_with("-mismatch") || warning.layer.is_none());
        let as_finding = |warning: crate::problem::Problem| {
            let place =
                warning.layer.map_or(String::new(), |layer| format!("Layer {}: ", layer.number()));
            let path = warning.path.as_ref().map_or(String::new(), |path| format!(" At {path}."));
            let title = format!("{place}{}", warning.message.trim_end_matches('.'));
            let detail = warning.to_string().replacen(&*warning.message, "", 1);
            let severity = match warning.code.ends_with("-mismatch") {
                true => Severity::High,
                false => Severity::Medium,
            };
            finding(severity, &title, format!("{}{path}", detail.trim_start()), "layers")
        };
        shown.map(as_finding).collect()
    }
}

fn root_user(run: &RunConfig) -> Finding {
    if !starts_as_root(&run.user) {
        let detail = format!("The configuration sets user {}.", text::show(run.user.as_bytes()));
        return finding(Severity::Clean, "Does not start as root", detail, "");
    }
    let detail = match run.user.is_empty() {
        true => "The configuration sets no user.".to_owned(),
        false => format!("The configuration sets user {}.", text::show(run.user.as_bytes())),
    };
    finding(Severity::Medium, "Runs as root", detail, "")
}

fn starts_as_root(user: &str) -> bool {
    let user = user.split(':').next().unwrap_or("");
    user.is_empty() || user == "root" || user.parse() == Ok(0u64)
}

fn finding(severity: Severity, title: &str, detail: String, view: &str) -> Finding {
    Finding { severity, title: title.to_owned(), detail, view: view.to_owned() }
}

fn run_facts(run: &RunConfig) -> RunFacts {
    let show = |text: &String| text::show(text.as_bytes());
    let all = |list: &[String]| list.iter().map(show).collect::<Vec<_>>();
    let words = run.entrypoint.iter().chain(&run.cmd).map(|word| quoted(word));
    RunFacts {
        entrypoint: all(&run.entrypoint),
        cmd: all(&run.cmd),
        command_line: words.collect::<Vec<_>>().join(" "),
        user: show(&run.user),
        root: starts_as_root(&run.user),
        ports: all(&run.ports),
        working_dir: show(&run.working_dir),
        env: all(&run.env),
        volumes: all(&run.volumes),
        labels: run.labels.iter().map(|(key, value)| (show(key), show(value))).collect(),
        stop_signal: show(&run.stop_signal),
        healthcheck: show(&run.healthcheck),
    }
}

/// A word as a shell would be given it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    let shown = text::show(word.as_bytes());
    if !word.is_empty() && word.chars().all(plain) {
        return shown;
    }
    format!("'{}'", shown.replace('\'', "'\\''"))
}

/// Decimal units, three significant digits, as Docker counts.
fn size_text(bytes: u64) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let digits = match (unit, value) {
        (0, _) => 0,
        (_, value) if value < 9.995 => 2,
        (_, value) if value < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {}", UNITS[unit])
}

#[test]
fn sizes_have_three_digits() {
    for (bytes, text) in [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (999_499, "999 kB"),
        (999_500, "1.00 MB"),
        (12_345_678, "12.3 MB"),
    ] {
        assert_eq!(size_text(bytes), text);
    }
}

#[test]
fn root_is_told_by_name_or_number() {
    for (user, root) in
        [("", true), ("root", true), ("0:0", true), ("1000", false), ("app:root", false)]
    {
        assert_eq!(starts_as_root(user), root, "{user}");
    }
}
