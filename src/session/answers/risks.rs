//! Risks: their table, their numbers, and one of them.

use super::instructions::{LayerCells, layer_instruction};
use super::table_part::{GroupKey, Line, SortKey, TextFilter, part};
use crate::analysis::risks::{Risk, RiskCheck, checks};
use crate::archive::ImageSource;
use crate::problem::Problem;
use crate::protocol::{
    GroupLabel, LinkPath, RiskCheckNumbers, RiskColumn, RiskFacts, RiskGroup, RiskNumbers, RiskRow,
    RiskShow, RiskTable, TablePart,
};
use crate::selection::LayerSelection;
use crate::session::state::Session;
use crate::text::{Shown, percent_encode};
use crate::vocabulary::{ImagePosition, LayerNumber, LayerPosition, RiskSeverity};

impl Session {
    /// Rows of risks.
    pub(super) fn risk_part(&self, table: &RiskTable) -> Result<TablePart<RiskRow>, Problem> {
        let (risks, ..) = self.risks_of(table.image)?;
        let open = self.image(table.image)?;
        let source = &open.source;
        let filter = TextFilter::new(&table.filter);
        let shown = risks.risks.iter().filter(|risk| {
            is_selected(risk, source, table.layers)
                && is_shown(risk, table.show, self.ignores_risk(risk))
                && filter.matches([risk.check.title, risk.check.code, &risk.place(), &risk.message])
        });
        let lines = shown.map(|risk| Line {
            sort: sort_key(risk, table.sort.by),
            group: group_key(risk, table.group),
            size: 0,
            item: risk,
        });
        let label = |line: &Line<&Risk>| match (table.group, line.item.layer) {
            (Some(RiskGroup::Layer), Some(layer)) => {
                let instruction = layer_instruction(open, layer);
                GroupLabel::Layer { number: layer.number(), instruction }
            }
            (Some(RiskGroup::Layer), None) => GroupLabel::None,
            _ => GroupLabel::Text(Shown::new(line.item.check.title)),
        };
        let label = table.group.is_some().then_some(&label as _);
        let cells = LayerCells::of(self, table.image);
        let row = |risk: &&Risk| self.risk_row(risk, &cells);
        Ok(part(lines.collect(), table.sort.reversed, label, table.rows, row))
    }

    /// Numbers of risks.
    pub(super) fn risk_numbers(
        &self,
        image: ImagePosition,
        layers: LayerSelection,
    ) -> Result<RiskNumbers, Problem> {
        let (risks, inventory, secrets) = self.risks_of(image)?;
        let source = &self.image(image)?.source;
        let numbers_of = |positions: &[LayerPosition]| {
            let numbers = positions.iter().map(|position| position.number());
            numbers.filter(|number| layers.contains(*number)).collect::<Vec<LayerNumber>>()
        };
        let none = |check: &'static RiskCheck| RiskCheckNumbers {
            check: check.code.to_owned(),
            title: check.title.to_owned(),
            cut: risks.cut.contains(check.code),
            ..RiskCheckNumbers::default()
        };
        let mut numbers = RiskNumbers {
            checks: checks().map(none).collect(),
            unread: numbers_of(&secrets.unread(inventory)),
            partial: numbers_of(&inventory.partial),
            unchecked: risks.unchecked,
            list: self.ignored.name.clone(),
            ignored: 0,
        };
        for risk in risks.risks.iter().filter(|risk| is_selected(risk, source, layers)) {
            if self.ignores_risk(risk) {
                numbers.ignored += 1;
                continue;
            }
            let mut checks = numbers.checks.iter_mut();
            let Some(check) = checks.find(|check| check.check == risk.check.code) else { continue };
            *match risk.severity {
                RiskSeverity::High => &mut check.high,
                RiskSeverity::Medium => &mut check.medium,
                RiskSeverity::Low => &mut check.low,
                RiskSeverity::Info => &mut check.info,
            } += 1;
        }
        Ok(numbers)
    }

    /// All that is known about a risk, by its row's key.
    pub(super) fn risk_facts(&self, image: ImagePosition, key: &str) -> Result<RiskFacts, Problem> {
        let (risks, ..) = self.risks_of(image)?;
        let open = self.image(image)?;
        let risk = risks.risks.iter().find(|risk| risk_key(risk) == key);
        // Before, all risks of a check without a path had one key.
        let risk = risk.or_else(|| risks.risks.iter().find(|risk| place_key(risk) == key));
        let risk = risk.ok_or_else(|| {
            Problem::new("no-such-risk", "This image has no such risk.").found(key)
        })?;
        Ok(RiskFacts {
            row: self.risk_row(risk, &LayerCells::of(self, image)),
            fingerprint: risk.fingerprint(),
            why: risk.check.why.to_owned(),
            advice: risk.check.advice.to_owned(),
            aliases: risk.check.aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            instruction: risk.layer.map(|layer| layer_instruction(open, layer)),
        })
    }

    fn risk_row(&self, risk: &Risk, cells: &LayerCells) -> RiskRow {
        RiskRow {
            key: risk_key(risk),
            check: risk.check.code.to_owned(),
            title: risk.check.title.to_owned(),
            severity: risk.severity,
            path: risk.path.as_ref().map(|path| {
                let link = LinkPath(format!("/{}", percent_encode(path)));
                (link, Shown::new([b"/", &path[..]].concat()))
            }),
            layer: risk.layer.map(|layer| cells.cell(layer)),
            message: Shown::new(&risk.message),
            ignored: self.ignores_risk(risk),
        }
    }

    /// Whether the user's list names a risk.
    fn ignores_risk(&self, risk: &Risk) -> bool {
        risk.is_ignored(&self.ignored.list)
    }
}

/// What belongs to no layer belongs to the whole image, and so to its last layer.
fn is_selected(risk: &Risk, source: &ImageSource, layers: LayerSelection) -> bool {
    let last = LayerPosition(source.layers.len().saturating_sub(1) as u32);
    layers.contains(risk.layer.unwrap_or(last).number())
}

fn is_shown(risk: &Risk, show: RiskShow, ignored: bool) -> bool {
    let severity = match show {
        RiskShow::All => None,
        RiskShow::High => Some(RiskSeverity::High),
        RiskShow::Medium => Some(RiskSeverity::Medium),
        RiskShow::Low => Some(RiskSeverity::Low),
        RiskShow::Info => Some(RiskSeverity::Info),
        RiskShow::Ignored => return ignored,
    };
    !ignored && severity.is_none_or(|severity| severity == risk.severity)
}

fn sort_key(risk: &Risk, column: RiskColumn) -> SortKey {
    match column {
        RiskColumn::Severity => SortKey::Number(risk.severity as u64),
        RiskColumn::Check => SortKey::Text(risk.check.title.to_lowercase()),
        RiskColumn::Place => SortKey::Text(risk.place()),
        RiskColumn::Layer => SortKey::Number(layer_rank(risk)),
    }
}

fn group_key(risk: &Risk, group: Option<RiskGroup>) -> GroupKey {
    match group {
        None => GroupKey::default(),
        // The checks with the most severe risks first.
        Some(RiskGroup::Check) => {
            let rank = risk.check.severity as u64;
            GroupKey { rank, text: risk.check.code.to_owned() }
        }
        Some(RiskGroup::Layer) => GroupKey::number(layer_rank(risk)),
    }
}

fn layer_rank(risk: &Risk) -> u64 {
    risk.layer.map_or(u64::MAX, |layer| layer.0.into())
}

/// Names a risk in links: its check and its place; without a path, what was found tells it from others.
fn risk_key(risk: &Risk) -> String {
    match &risk.path {
        Some(_) => place_key(risk),
        None => format!("{}:{}", place_key(risk), risk.fingerprint()),
    }
}

fn place_key(risk: &Risk) -> String {
    let layer = risk.layer.map_or(0, |layer| layer.number().get());
    let path = risk.path.as_ref().map(|path| format!(":/{}", percent_encode(path)));
    format!("{}:{layer}{}", risk.check.code, path.unwrap_or_default())
}
