//! Secrets: their table, their numbers, and one of them.

use super::instructions::{LayerCells, layer_instruction};
use super::table_part::{GroupKey, Line, SortKey, TextFilter, part};
use crate::analysis::packages::Inventory;
use crate::analysis::secrets::{SecretFinding, SecretPlace};
use crate::archive::ImageSource;
use crate::problem::Problem;
use crate::protocol::{
    LinkPath, SecretColumn, SecretFacts, SecretLocation, SecretNumbers, SecretRow, SecretShow,
    SecretTable, TablePart,
};
use crate::selection::LayerSelection;
use crate::session::found::package_key;
use crate::session::state::Session;
use crate::text::{Shown, percent_encode, show};
use crate::vocabulary::{ImagePosition, LayerPosition};

impl Session {
    /// Rows of secrets.
    pub(super) fn secret_part(&self, table: &SecretTable) -> Result<TablePart<SecretRow>, Problem> {
        let (inventory, secrets) = self.secrets_of(table.image)?;
        let source = &self.image(table.image)?.source;
        let filter = TextFilter::new(&table.filter);
        let shown = secrets.findings.iter().filter(|finding| {
            is_selected(finding, source, table.layers)
                && is_shown(finding, table.show, self.ignores_secret(finding))
                && filter.matches([finding.rule.service, finding.rule.code, &place_text(finding)])
        });
        let lines = shown.map(|finding| Line {
            sort: sort_key(finding, table.sort.by),
            group: GroupKey::default(),
            size: 0,
            item: finding,
        });
        let cells = LayerCells::of(self, table.image);
        let row = |finding: &&SecretFinding| self.secret_row(finding, inventory, &cells);
        Ok(part(lines.collect(), table.sort.reversed, None, table.rows, row))
    }

    /// Numbers of secrets.
    pub(super) fn secret_numbers(
        &self,
        image: ImagePosition,
        layers: LayerSelection,
    ) -> Result<SecretNumbers, Problem> {
        let (inventory, secrets) = self.secrets_of(image)?;
        let source = &self.image(image)?.source;
        let numbers_of = |positions: &[LayerPosition]| {
            let numbers = positions.iter().map(|position| position.number());
            numbers.filter(|number| layers.contains(*number)).collect::<Vec<_>>()
        };
        let mut numbers = SecretNumbers {
            unsearched: numbers_of(&secrets.unread(inventory)),
            partial: numbers_of(&inventory.partial),
            cut: secrets.cut,
            list: self.ignored.name.clone(),
            ..SecretNumbers::default()
        };
        for finding in secrets.findings.iter().filter(|one| is_selected(one, source, layers)) {
            *match finding.place {
                SecretPlace::File { package: Some(_), .. } => &mut numbers.of_packages,
                _ if self.ignores_secret(finding) => &mut numbers.ignored,
                SecretPlace::File { removed: true, .. } => &mut numbers.removed,
                SecretPlace::File { .. } => &mut numbers.in_files,
                _ => &mut numbers.in_configuration,
            } += 1;
        }
        Ok(numbers)
    }

    /// All that is known about a secret, by its row's key.
    pub(super) fn secret_facts(
        &self,
        image: ImagePosition,
        key: &str,
    ) -> Result<SecretFacts, Problem> {
        let (inventory, secrets) = self.secrets_of(image)?;
        let open = self.image(image)?;
        let finding = secrets.findings.iter().find(|finding| secret_key(finding) == key);
        let finding = finding.ok_or_else(|| {
            Problem::new("no-such-secret", "This image has no such secret.").found(key)
        })?;
        // That of an instruction itself is the secret's place.
        let layer = finding.path().and(finding.layer());
        let instruction = layer.map(|layer| layer_instruction(open, layer));
        let package = package_of(finding).and_then(|position| inventory.packages.get(position));
        Ok(SecretFacts {
            row: self.secret_row(finding, inventory, &LayerCells::of(self, image)),
            fingerprint: finding.fingerprint(),
            access: finding.rule.access.to_owned(),
            revoke: finding.rule.revoke.to_owned(),
            instruction,
            package_key: package.map(package_key),
        })
    }

    fn secret_row(
        &self,
        finding: &SecretFinding,
        inventory: &Inventory,
        cells: &LayerCells,
    ) -> SecretRow {
        let package = package_of(finding).and_then(|position| inventory.packages.get(position));
        SecretRow {
            key: secret_key(finding),
            rule: finding.rule.code.to_owned(),
            service: finding.rule.service.to_owned(),
            location: match &finding.place {
                SecretPlace::File { path, line, .. } => SecretLocation::File {
                    path: LinkPath(format!("/{}", percent_encode(path))),
                    shown: Shown::new([b"/", &path[..]].concat()),
                    line: *line,
                },
                SecretPlace::Env { name } => SecretLocation::Env(Shown::new(name)),
                SecretPlace::Label { name } => SecretLocation::Label(Shown::new(name)),
                SecretPlace::Setting { setting } => SecretLocation::Setting(*setting),
                SecretPlace::History { .. } => SecretLocation::History,
            },
            layer: finding.layer().map(|layer| cells.cell(layer)),
            removed: is_removed(finding),
            package: package.map(|found| Shown::new(&found.package.name)),
            ignored: self.ignores_secret(finding),
            masked: Shown::new(&finding.masked),
        }
    }

    /// Whether the user's list names a secret.
    fn ignores_secret(&self, finding: &SecretFinding) -> bool {
        finding.is_ignored(&self.ignored.list)
    }
}

fn package_of(finding: &SecretFinding) -> Option<usize> {
    match finding.place {
        SecretPlace::File { package, .. } => package,
        _ => None,
    }
}

fn is_removed(finding: &SecretFinding) -> bool {
    matches!(finding.place, SecretPlace::File { removed: true, .. })
}

/// What belongs to no layer belongs to the whole image, and so to its last layer.
fn is_selected(finding: &SecretFinding, source: &ImageSource, layers: LayerSelection) -> bool {
    let last = LayerPosition(source.layers.len().saturating_sub(1) as u32);
    layers.contains(finding.layer().unwrap_or(last).number())
}

fn is_shown(finding: &SecretFinding, show: SecretShow, ignored: bool) -> bool {
    let is_found = finding.is_alarm() && !ignored;
    match show {
        SecretShow::Found => is_found,
        SecretShow::Present => is_found && !is_removed(finding),
        SecretShow::Removed => is_found && is_removed(finding),
        SecretShow::OfPackages => !finding.is_alarm(),
        SecretShow::Ignored => finding.is_alarm() && ignored,
    }
}

fn sort_key(finding: &SecretFinding, column: SecretColumn) -> SortKey {
    match column {
        SecretColumn::State => SortKey::Number(is_removed(finding).into()),
        SecretColumn::Kind => SortKey::Text(finding.rule.service.to_lowercase()),
        SecretColumn::Place => SortKey::Text(place_text(finding)),
        SecretColumn::Layer => {
            SortKey::Number(finding.layer().map_or(u64::MAX, |layer| layer.0.into()))
        }
    }
}

/// Where a secret is, in one text.
fn place_text(finding: &SecretFinding) -> String {
    match &finding.place {
        SecretPlace::File { path, .. } => format!("/{}", show(path)),
        SecretPlace::Env { name } | SecretPlace::Label { name } => show(name.as_bytes()),
        SecretPlace::Setting { setting } => setting.name().to_owned(),
        SecretPlace::History { .. } => String::new(),
    }
}

/// Names a secret in links: its rule and its place.
fn secret_key(finding: &SecretFinding) -> String {
    let code = finding.rule.code;
    match &finding.place {
        SecretPlace::File { path, layer, line, .. } => {
            format!("{code}:{}:{}:/{}", layer.number(), line.unwrap_or(0), percent_encode(path))
        }
        SecretPlace::Env { name } => format!("{code}:env:{name}"),
        SecretPlace::Label { name } => format!("{code}:label:{name}"),
        SecretPlace::Setting { setting } => format!("{code}:config:{}", setting.name()),
        SecretPlace::History { entry, .. } => format!("{code}:history:{entry}"),
    }
}
