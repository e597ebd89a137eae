//! How a container of an image starts.

use crate::text::{Shown, ShownLines};
use serde::{Deserialize, Serialize};

/// What the overview shows of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFacts {
    pub entrypoint: Vec<Shown>,
    pub cmd: Vec<Shown>,
    /// `User` as written; empty: none set.
    pub user: Shown,
    /// The process starts as uid 0, as far as the configuration tells, and /etc/passwd where it gives a name; `None`:
    /// not known, or there is no configuration.
    pub root: Option<bool>,
    /// `80/tcp`.
    pub ports: Vec<Shown>,
    /// Empty: none set.
    pub working_dir: Shown,
    /// `NAME=value`.
    pub env: Vec<Shown>,
    pub volumes: Vec<Shown>,
    pub labels: Vec<(Shown, ShownLines)>,
    /// Empty: none set.
    pub stop_signal: Shown,
    pub healthcheck: Option<HealthCheck>,
    /// Values that are left out because there are too many; the document has them.
    pub left_out: u64,
}

/// Everything that the configuration says about how a container starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigurationFacts {
    pub run: RunFacts,
    /// Instructions that run in images built from this one.
    pub on_build: Vec<ShownLines>,
    /// The shell of RUN, CMD and ENTRYPOINT in shell form; empty: the default.
    pub shell: Vec<Shown>,
    /// The image's first name, for the `docker run` line.
    pub name: Option<Shown>,
    /// `None` where there is no configuration (a bare layer or root file system).
    pub digest: Option<String>,
}

/// `HEALTHCHECK`. Times are nanoseconds; `None`: Docker's default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheck {
    /// The health check of the base image is switched off.
    pub disabled: bool,
    /// The command in shell form, or its words.
    pub command: Vec<ShownLines>,
    /// `CMD-SHELL`.
    pub in_shell: bool,
    pub interval: Option<u64>,
    pub timeout: Option<u64>,
    pub start_period: Option<u64>,
    pub start_interval: Option<u64>,
    pub retries: Option<u64>,
}
