//! `layerscope COMMAND`: what is inside a container image, for scripts and CI. The code is in `src/cli/`.

use std::process::ExitCode;

fn main() -> ExitCode {
    layerscope::cli::run(std::env::args_os().skip(1))
}
