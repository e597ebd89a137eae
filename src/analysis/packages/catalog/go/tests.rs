//! Compared with Go's own tool. Programs are built for the tests where a Go toolchain is installed.

use super::super::test_archives::{self, found_in, list, named};
use super::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `go version -m` prints for a program, as packages.
fn read_by_go(file: &Path) -> Option<BTreeSet<(String, String)>> {
    let output = Command::new("go").args(["version", "-m"]).arg(file).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let version = text.lines().next()?.rsplit_once(": ")?.1;
    let mut packages = vec![("stdlib".to_owned(), version.to_owned())];
    for line in text.lines() {
        match line.split('\t').skip(1).collect::<Vec<_>>()[..] {
            ["mod" | "dep", name, version, ..] => packages.push((name.into(), version.into())),
            ["=>", name, version, ..] => {
                let last = packages.last_mut()?;
                let name = if name.starts_with('.') { last.0.clone() } else { name.into() };
                *last = (name, version.into());
            }
            _ => {}
        }
    }
    Some(packages.into_iter().collect())
}

fn found_by_us(content: &[u8]) -> BTreeSet<(String, String)> {
    named(&test_archives::read("app/program", content, &[CATALOGER]))
}

/// A temporary folder with a module that has dependencies and replacements. They are vendored, so nothing
/// is downloaded.
struct Module(PathBuf);

impl Module {
    fn new(name: &str) -> Module {
        let name = format!("layerscope-go-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        for (path, text) in [
            (
                "go.mod",
                "module example.test/app\n\ngo 1.21\n\nrequire (\n\texample.test/dep v1.2.3\n\t\
                 example.test/old v0.1.0\n\texample.test/here v0.0.0\n)\n\nreplace example.test/old => \
                 example.test/new v0.2.0\nreplace example.test/here => ./here\n",
            ),
            ("here/go.mod", "module example.test/here\n"),
            (
                "vendor/modules.txt",
                "# example.test/dep v1.2.3\n## explicit\nexample.test/dep\n# example.test/here v0.0.0 \
                 => ./here\n## explicit\nexample.test/here\n# example.test/old v0.1.0 => \
                 example.test/new v0.2.0\n## explicit\nexample.test/old\n# example.test/here => \
                 ./here\n# example.test/old => example.test/new v0.2.0\n",
            ),
            ("vendor/example.test/dep/dep.go", "package dep\n"),
            ("vendor/example.test/old/old.go", "package old\n"),
            ("vendor/example.test/here/here.go", "package here\n"),
            (
                "main.go",
                "package main\n\nimport (\n\t_ \"example.test/dep\"\n\t_ \"example.test/here\"\n\t\
                 _ \"example.test/old\"\n)\n\nfunc main() { println(1) }\n",
            ),
        ] {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Module(folder)
    }

    /// Builds it.
    fn build(&self, system: &str, architecture: &str, more: &[&str]) -> PathBuf {
        let program = self.0.join(format!("{system}-{architecture}{}", more.concat()));
        let output = Command::new("go")
            .current_dir(&self.0)
            .args(["build", "-mod=vendor", "-buildvcs=false", "-o"])
            .arg(&program)
            .args(more)
            .env("GOOS", system)
            .env("GOARCH", architecture)
            .env("CGO_ENABLED", "0")
            .env("GOFLAGS", "")
            .env("GOTOOLCHAIN", "local")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        program
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
#[cfg_attr(not(has_go), ignore = "needs Go")]
fn programs_for_every_system_have_what_gos_own_tool_reads() {
    let module = Module::new("systems");
    for (system, architecture, more) in [
        ("linux", "amd64", &["-ldflags=-s -w"][..]),
        ("linux", "amd64", &["-buildmode=pie"]),
        // 32 bits, and big-endian.
        ("linux", "mips", &["-ldflags=-s -w"]),
        ("windows", "amd64", &[]),
        ("darwin", "arm64", &["-ldflags=-s -w"]),
    ] {
        let program = module.build(system, architecture, more);
        let found = found_by_us(&std::fs::read(&program).unwrap());
        assert_eq!(Some(&found), read_by_go(&program).as_ref(), "{system} {architecture} {more:?}");
        for want in [
            ("example.test/app", "(devel)"),
            ("example.test/dep", "v1.2.3"),
            ("example.test/here", "(devel)"),
            ("example.test/new", "v0.2.0"),
        ] {
            assert!(found.contains(&(want.0.to_owned(), want.1.to_owned())), "{want:?}: {found:?}");
        }
    }
}

#[test]
#[cfg_attr(not(has_go), ignore = "needs Go")]
fn a_universal_binary_is_read_by_its_first_architecture() {
    let module = Module::new("universal");
    let thin = module.build("darwin", "arm64", &[]);
    let content = std::fs::read(&thin).unwrap();
    // Mach-O's fat_header and one fat_arch: magic, count; CPU type and subtype, offset, size, alignment.
    let numbers = [0xcafe_babe, 1, 0x0100_000c, 0, 0x4000, content.len() as u32, 14];
    let mut fat: Vec<u8> = numbers.into_iter().flat_map(u32::to_be_bytes).collect();
    fat.resize(0x4000, 0);
    fat.extend(content);
    let universal = module.0.join("universal");
    std::fs::write(&universal, &fat).unwrap();
    assert_eq!(read_by_go(&universal), read_by_go(&thin));
    assert_eq!(Some(found_by_us(&fat)), read_by_go(&universal));
}

#[test]
#[cfg_attr(not(has_go), ignore = "needs Go")]
fn a_program_from_before_go_1_18_is_read_through_its_pointers() {
    // A program from the test data of Go itself.
    let root = Command::new("go").args(["env", "GOROOT"]).output().unwrap();
    let root = String::from_utf8_lossy(&root.stdout).trim().to_owned();
    let coded = Path::new(&root).join("src/debug/buildinfo/testdata/go117/go117.base64");
    let content = Command::new("base64").arg("-d").arg(&coded).output().unwrap();
    assert!(content.status.success(), "{}", String::from_utf8_lossy(&content.stderr));
    let module = Module::new("old");
    let file = module.0.join("old");
    std::fs::write(&file, &content.stdout).unwrap();
    let found = found_by_us(&content.stdout);
    assert_eq!(Some(&found), read_by_go(&file).as_ref());
    assert!(found.len() > 1, "{found:?}");
}

#[test]
fn a_programs_own_section_is_enough() {
    // What `go version -m` prints for the same file.
    let want = "example.test/ko-app (devel)
                golang.org/x/text v0.0.0-20170915032832-14c0d48ead0c
                rsc.io/quote v1.5.2
                rsc.io/sampler v1.3.0
                stdlib go1.26.8";
    let content = test_archives::program("go-modules.elf");
    assert_eq!(found_by_us(&content), list(want));
    // Cut or changed anywhere, it gives less or nothing.
    for at in 0..content.len() {
        found_by_us(&content[..at]);
        let mut changed = content.clone();
        changed[at] = !changed[at];
        found_by_us(&changed);
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn programs_in_images_have_what_gos_own_tool_reads() {
    for (archive, want) in [
        (
            "ko.ko.docker.tar",
            "example.test/ko-app (devel)
             golang.org/x/text v0.0.0-20170915032832-14c0d48ead0c
             rsc.io/quote v1.5.2
             rsc.io/sampler v1.3.0
             stdlib go1.26.8",
        ),
        (
            "polyglot-public.skopeo-zstd.oci.tar",
            "example.test/hello-public (devel)
             golang.org/x/text v0.3.0
             rsc.io/quote v1.5.2
             rsc.io/sampler v1.3.0
             stdlib go1.26.8",
        ),
    ] {
        let found = found_in(archive, &[CATALOGER]);
        assert_eq!(named(&found), list(want), "{archive}");
    }
}
