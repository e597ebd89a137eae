//! Settings of an image's configuration that hold commands.

use serde::{Deserialize, Serialize};

/// A setting of `config` whose text is a command, or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CommandSetting {
    Entrypoint,
    Cmd,
    Healthcheck,
    OnBuild,
}

impl CommandSetting {
    /// As the configuration spells it.
    pub fn name(self) -> &'static str {
        match self {
            CommandSetting::Entrypoint => "Entrypoint",
            CommandSetting::Cmd => "Cmd",
            CommandSetting::Healthcheck => "Healthcheck",
            CommandSetting::OnBuild => "OnBuild",
        }
    }
}
