//! The rate limit that a registry reports.
//!
//! Source: docs.docker.com, "Docker Hub usage and limits": `RateLimit-Limit: 100;w=21600`.

use crate::http::HttpResponse;
use crate::text::decimal;

/// The number of pulls that are left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateLimit {
    /// Pulls allowed per window.
    pub limit: Option<u64>,
    /// Pulls left in the current window.
    pub remaining: Option<u64>,
    /// Length of the window, in seconds.
    pub window: Option<u64>,
}

impl RateLimit {
    /// `None` if the response reports no limit.
    pub fn of(response: &HttpResponse) -> Option<RateLimit> {
        let read = |name| {
            let mut parts = response.header(name)?.split(';').map(str::trim);
            let count = decimal(parts.next()?)?;
            let window = parts.find_map(|part| decimal(part.strip_prefix("w=")?));
            Some((count, window))
        };
        let (limit, remaining) = (read("ratelimit-limit"), read("ratelimit-remaining"));
        limit.or(remaining)?;
        let window = limit.and_then(|(_, w)| w).or_else(|| remaining.and_then(|(_, w)| w));
        Some(RateLimit { limit: limit.map(|l| l.0), remaining: remaining.map(|r| r.0), window })
    }
}

/// `97 of 100 pulls left in 6 hours`.
impl std::fmt::Display for RateLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.remaining, self.limit) {
            (Some(left), Some(limit)) => write!(f, "{left} of {limit} pulls left")?,
            (Some(left), None) => write!(f, "{left} pulls left")?,
            (None, Some(limit)) => write!(f, "at most {limit} pulls")?,
            (None, None) => {}
        }
        match self.window {
            Some(seconds) if seconds >= 7200 => write!(f, " in {} hours", seconds / 3600),
            Some(seconds) if seconds > 0 => write!(f, " in {} minutes", seconds.div_ceil(60)),
            _ => Ok(()),
        }
    }
}
