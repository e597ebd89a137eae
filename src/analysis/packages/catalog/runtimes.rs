//! Languages' own installations, which say their version in a text file: a Java runtime, and Go.
//!
//! Sources: JEP 223 and the JDK's make/ReleaseFile.gmk (`release`); Go's `VERSION`, which its
//! cmd/dist writes.

use super::{Candidate, Cataloger};
use crate::analysis::packages::{Facts, Package};

pub const JAVA: Cataloger = Cataloger {
    name: "java-runtime",
    wants: |file| file.name() == b"release" && file.size < LIMIT,
    read: java,
};

pub const GO: Cataloger = Cataloger {
    name: "go-toolchain",
    wants: |file| file.is_at("go/VERSION") && file.size < LIMIT,
    read: go,
};

/// Bytes of a file that may be one of them.
const LIMIT: u64 = 64 << 10;

/// `JAVA_VERSION="17.0.15"`, a key a line.
fn java(_: &Candidate<'_>, bytes: &[u8]) -> Facts {
    let text = String::from_utf8_lossy(bytes);
    let value = |wanted: &str| {
        let fields = text.lines().filter_map(|line| line.split_once('='));
        let value = fields.filter(|(key, _)| *key == wanted).map(|(_, value)| value).next();
        value.unwrap_or_default().trim().trim_matches('"').to_owned()
    };
    let version = value("JAVA_VERSION");
    if version.is_empty() {
        return Facts::default();
    }
    let name = if value("GRAALVM_VERSION").is_empty() { "openjdk" } else { "graalvm" };
    Facts::of(Package { supplier: value("IMPLEMENTOR"), ..runtime(name, &version) })
}

/// `go1.26.8` in the first line.
fn go(_: &Candidate<'_>, bytes: &[u8]) -> Facts {
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    match line.trim().strip_prefix("go").filter(|rest| rest.starts_with(char::is_numeric)) {
        Some(version) => Facts::of(runtime("go", version)),
        None => Facts::default(),
    }
}

fn runtime(name: &str, version: &str) -> Package {
    Package {
        kind: "generic".to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        ..Package::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_archives::{named, read};
    use super::*;
    use std::path::Path;
    use std::process::Command;

    fn output(program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program).args(arguments).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    #[test]
    #[cfg_attr(not(has_java), ignore = "needs Java by Debian's package")]
    fn a_java_runtime_is_of_the_version_that_it_prints() {
        let program = std::fs::read_link("/etc/alternatives/java").unwrap();
        let printed = output(program.to_str().unwrap(), &["--version"]);
        let home = program.parent().and_then(Path::parent).unwrap();
        let text = std::fs::read(home.join("release")).unwrap();
        let found = named(&read("opt/java/release", &text, &[JAVA]));
        let (name, version) = found.first().expect("a runtime");
        // `openjdk 17.0.15 2025-04-15`.
        assert!(printed.starts_with(&format!("{name} {version} ")), "{found:?}: {printed}");
    }

    #[test]
    #[cfg_attr(not(has_go), ignore = "needs Go")]
    fn a_go_toolchain_is_of_the_version_that_it_prints() {
        let printed = output("go", &["env", "GOVERSION"]);
        let root = output("go", &["env", "GOROOT"]);
        let text = std::fs::read(Path::new(&root).join("VERSION")).unwrap();
        let found = named(&read("usr/local/go/VERSION", &text, &[GO]));
        let want = ("go".to_owned(), printed.trim_start_matches("go").to_owned());
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [want]);
    }
}
