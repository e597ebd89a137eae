//! The rating of a vulnerability, from all of its records.
//!
//! The newest version of CVSS that can be computed counts, in any of the records; without one, a severity
//! type of a distribution, then a database's own word.

use super::cvss;
use super::ecosystem::OsvQuery;
use super::record::{AffectedVersions, OsvRecord, OsvSeverity};
use super::vulnerability::Rating;

/// The best rating among records; each comes with the query that it matches.
pub fn best_rating<'a>(
    records: impl Iterator<Item = (&'a OsvQuery, &'a OsvRecord)>,
) -> Option<Rating> {
    let mut best: Option<(u8, Rating)> = None;
    // The first of the highest rank. Only that one is kept: a record may have a rating for each of a million packages.
    let mut take = |rating: (u8, Rating)| {
        if best.as_ref().is_none_or(|(rank, _)| rating.0 > *rank) {
            best = Some(rating);
        }
    };
    for (query, record) in records {
        for (at, affected) in record.matching(query).enumerate() {
            // The record's own are the same for each package.
            let own = if at == 0 { &record.severity[..] } else { &[] };
            let severities = affected.severity.iter().chain(own);
            severities.filter_map(|severity| by_severity(severity, record)).for_each(&mut take);
            by_database(affected, record, query).for_each(&mut take);
        }
    }
    best.map(|(_, rating)| rating)
}

/// A computed score, or the word of another severity type. The rank is CVSS's version, 1 for a word.
fn by_severity(severity: &OsvSeverity, record: &OsvRecord) -> Option<(u8, Rating)> {
    let vector = severity.score.trim();
    if let Some(score) = cvss::score(vector) {
        let version = vector.get(5..8).unwrap_or_default();
        let rank = version.bytes().next().unwrap_or(b'1') - b'0';
        let source = format!("CVSS {version}, {}", record.id);
        let (vector, severity) = (vector.to_owned(), score.severity());
        return Some((rank, Rating { score: Some(score), severity, vector, source }));
    }
    let word = cvss::severity_of_word(vector).filter(|_| !severity.kind.starts_with("CVSS"))?;
    let (vector, source) = (String::new(), severity.kind.clone());
    Some((1, Rating { score: None, severity: word, vector, source }))
}

/// Words in fields that databases defined for themselves, with rank 0.
fn by_database<'a>(
    affected: &'a AffectedVersions,
    record: &'a OsvRecord,
    query: &OsvQuery,
) -> impl Iterator<Item = (u8, Rating)> + use<'a> {
    let fields = [
        &affected.ecosystem_specific.severity,
        &affected.database_specific.severity,
        &affected.ecosystem_specific.urgency,
        &affected.database_specific.urgency,
        &record.database_specific.severity,
    ];
    let source =
        if record.id.starts_with("GHSA-") { "GitHub" } else { query.database() }.to_owned();
    fields.into_iter().filter_map(move |word| {
        let severity = cvss::severity_of_word(word)?;
        let (vector, source) = (String::new(), source.clone());
        Some((0, Rating { score: None, severity, vector, source }))
    })
}
