//! `cargo xtask build --release` as a process beside the other steps.
//!
//! Its output goes to a file and is printed when it has ended, so that a CI log has it in one piece. It leads
//! a process group, which ends with the value: after a failed step, no compiler runs on.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};

use crate::shell;

pub struct BackgroundBuild {
    child: Child,
    output: PathBuf,
}

impl BackgroundBuild {
    pub fn start() -> Result<BackgroundBuild> {
        let xtask = std::env::current_exe()?;
        let mut command = shell::command(&xtask.to_string_lossy());
        command.args(["build", "--release"]);
        BackgroundBuild::spawn(command)
    }

    fn spawn(mut command: Command) -> Result<BackgroundBuild> {
        std::fs::create_dir_all(shell::cache())?;
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("background-{}-{number}.txt", std::process::id());
        let output = shell::cache().join(name);
        let file = File::create(&output)?;
        command.stdout(file.try_clone()?).stderr(file).process_group(0);
        let child = command.spawn();
        let child = child.with_context(|| format!("cannot start: {}", shell::line(&command)))?;
        Ok(BackgroundBuild { child, output })
    }

    /// Waits for its end and prints what it has printed.
    pub fn finish(mut self) -> Result<()> {
        let status = self.child.wait()?;
        print!("{}", std::fs::read_to_string(&self.output)?);
        ensure!(status.success(), "the build failed ({status})");
        Ok(())
    }
}

impl Drop for BackgroundBuild {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let group = format!("-{}", self.child.id());
            let _ = Command::new("kill").args(["--", &group]).status();
            let _ = self.child.wait();
        }
        let _ = std::fs::remove_file(&self.output);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(text: &str) -> Command {
        let mut command = shell::command("sh");
        command.args(["-c", text]);
        command
    }

    #[test]
    fn a_failed_build_fails_when_it_is_waited_for() {
        assert!(BackgroundBuild::spawn(script("exit 0")).unwrap().finish().is_ok());
        let error = BackgroundBuild::spawn(script("exit 3")).unwrap().finish().unwrap_err();
        assert!(error.to_string().contains("exit status: 3"), "{error}");
    }

    #[test]
    fn what_the_build_started_ends_with_it() {
        let build = BackgroundBuild::spawn(script("sleep 600 & echo $!; wait")).unwrap();
        let output = build.output.clone();
        let process = loop {
            let text = std::fs::read_to_string(&output).unwrap();
            if let Some(line) = text.lines().next().filter(|_| text.ends_with('\n')) {
                break line.to_owned();
            }
        };
        drop(build);
        // Gone, or a zombie that no parent has collected yet; if it never ends, neither does this test.
        let state = || std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        while !state().is_empty() && !state().contains(") Z ") {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}
