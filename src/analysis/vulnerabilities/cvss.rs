//! Scores of CVSS vectors, computed from the vector. A score that a record claims is ignored.
//!
//! Source: FIRST, CVSS v3.0 and v3.1 specification documents, 7 and 5 ("Qualitative Severity Rating
//! Scale"); CVSS v4.0 specification document, 6 and 8. Computed by RustSec's crate `cvss`.
//!
//! - Version 3: the base score, without temporal and environmental metrics. Version 4: the score of all
//!   metrics in the vector, the only one that its specification has.
//! - Version 2 has no qualitative ratings and is not computed.

use crate::vocabulary::Severity;
use serde::{Deserialize, Serialize};

/// A score in tenths, 0 to 100, so that it is compared and written exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Score(u8);

/// Most bytes of a vector: all metrics of version 4 take half as many.
const MAX_VECTOR: usize = 512;

impl Score {
    /// A score of this many tenths; `None` for more than 100.
    pub fn of_tenths(tenths: u8) -> Option<Score> {
        (tenths <= 100).then_some(Score(tenths))
    }

    /// 98 for 9.8.
    pub fn tenths(self) -> u8 {
        self.0
    }

    /// The rating of "Qualitative Severity Rating Scale".
    pub fn severity(self) -> Severity {
        match self.0 {
            0 => Severity::None,
            1..40 => Severity::Low,
            40..70 => Severity::Medium,
            70..90 => Severity::High,
            _ => Severity::Critical,
        }
    }
}

impl std::fmt::Display for Score {
    /// With one decimal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

/// The rating closest to a database's own word: GitHub says `MODERATE`, Red Hat `Important`, Ubuntu and
/// Debian `negligible` and `unimportant`.
pub fn severity_of_word(word: &str) -> Option<Severity> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        "critical" => Severity::Critical,
        "high" | "important" => Severity::High,
        "medium" | "moderate" => Severity::Medium,
        "low" | "negligible" | "unimportant" => Severity::Low,
        "none" => Severity::None,
        _ => return None,
    })
}

/// The score of a vector of version 3.0, 3.1 or 4.0; `None` if it is invalid or of another version.
pub fn score(vector: &str) -> Option<Score> {
    let vector = vector.trim();
    if vector.len() > MAX_VECTOR {
        return None;
    }
    let score = match vector.get(..9)? {
        "CVSS:3.0/" | "CVSS:3.1/" => {
            base_of_three(vector)?.parse::<::cvss::v3::Vector>().ok()?.score().value()
        }
        "CVSS:4.0/" => vector.parse::<::cvss::v4::Vector>().ok()?.score().value(),
        _ => return None,
    };
    // Already rounded to a tenth; the cast from a float saturates.
    Score::of_tenths((score * 10.0).round() as u8)
}

/// The prefix and the eight base metrics, each of which must occur once.
fn base_of_three(vector: &str) -> Option<String> {
    const BASE: [&str; 8] = ["AV", "AC", "PR", "UI", "S", "C", "I", "A"];
    let mut parts = vector.split('/');
    let mut kept = parts.next()?.to_owned();
    let mut found = 0;
    for part in parts {
        if BASE.contains(&part.split_once(':')?.0) {
            found += 1;
            kept.push('/');
            kept.push_str(part);
        }
    }
    (found == BASE.len()).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of lines: vector, space, score, `#` for comments.
    const VECTORS: &str = include_str!("../../../tests/fixtures/vulnerabilities/cvss.txt");

    #[test]
    fn published_vectors_have_their_published_scores() {
        let mut count = 0;
        for line in VECTORS.lines().filter(|line| line.starts_with("CVSS")) {
            let (vector, want) = line.split_once(' ').unwrap();
            let got = score(vector).map(|score| score.to_string());
            assert_eq!(got.as_deref(), Some(want), "{vector}");
            count += 1;
        }
        assert!(count > 90);
    }

    #[test]
    fn temporal_and_environmental_metrics_do_not_change_the_base_score() {
        let base = "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N";
        assert_eq!(score(base), Score::of_tenths(31));
        assert_eq!(score(&format!("{base}/E:U/RL:O/RC:C/CR:L")), score(base));
    }

    #[test]
    fn an_incomplete_vector_has_no_score() {
        for vector in [
            "",
            "CVSS:3.1/",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/I:H",
            "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N",
            "CVSS:5.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
            "AV:N/AC:L/Au:N/C:P/I:P/A:P",
            "CVSS:3.é",
        ] {
            assert_eq!(score(vector), None, "{vector}");
        }
    }

    #[test]
    fn ratings_follow_the_rating_scale() {
        for (tenths, want) in [
            (0, Severity::None),
            (1, Severity::Low),
            (39, Severity::Low),
            (40, Severity::Medium),
            (69, Severity::Medium),
            (70, Severity::High),
            (89, Severity::High),
            (90, Severity::Critical),
            (100, Severity::Critical),
        ] {
            assert_eq!(Score::of_tenths(tenths).unwrap().severity(), want, "{tenths}");
        }
        assert_eq!(Score::of_tenths(101), None);
    }
}
