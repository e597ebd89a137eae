//! Language packages in files that real tools wrote, compared with what those tools report.
//!
//! tests/fixtures/packages/languages/README.md names the tools; the archives are in `../shared/fixtures`.

use super::CATALOGERS;
use crate::analysis::packages::cataloger::{Candidate, HEAD};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::codec::Compression;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::path::Path;

/// What all catalogers find in one file.
fn read(path: &str, content: &[u8]) -> Vec<CatalogFacts> {
    let head = &content[..content.len().min(HEAD)];
    let size = content.len() as u64;
    let file = Candidate { size, head: Some(head), ..Candidate::at(path.as_bytes()) };
    let wanting = CATALOGERS.iter().filter(|cataloger| (cataloger.wants)(&file));
    wanting.map(|cataloger| cataloger.read(&file, content)).collect()
}

/// The regular files of a tar, compressed or not; empty if it is not a tar.
fn members(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut tar = Vec::new();
    let mut stream = Compression::detect(bytes).decode(Cursor::new(bytes));
    if stream.read_to_end(&mut tar).is_err() {
        return Vec::new();
    }
    let mut files = Vec::new();
    for mut entry in tar::Archive::new(&tar[..]).entries().into_iter().flatten().flatten() {
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let mut content = Vec::new();
        if entry.header().entry_type().is_file() && entry.read_to_end(&mut content).is_ok() {
            files.push((path, content));
        }
    }
    files
}

/// The facts of the files in `polyglot-public`, by path. No path is in two of its layers.
fn polyglot() -> BTreeMap<String, Vec<CatalogFacts>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures");
    let archive = std::fs::read(folder.join(POLYGLOT)).unwrap();
    let layers = members(&archive).into_iter().flat_map(|(_, blob)| members(&blob));
    layers.map(|(path, content)| (path.clone(), read(&path, &content))).collect()
}

fn facts() -> serde_json::Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures/facts.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

const POLYGLOT: &str = "polyglot-public.skopeo-zstd.oci.tar";

fn packages<'a>(
    files: &'a BTreeMap<String, Vec<CatalogFacts>>,
    kind: &'a str,
) -> impl Iterator<Item = &'a Package> {
    let all = files.values().flatten().flat_map(|facts| &facts.packages);
    all.filter(move |package| package.kind == kind)
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn installed_language_packages_are_those_in_their_own_metadata() {
    let files = polyglot();
    let facts = facts();
    for (fact, kind) in
        [("npm", "npm"), ("python", "pypi"), ("gem", "gem"), ("composer", "composer")]
    {
        let installed = packages(&files, kind).filter(|package| !package.declared);
        let got: BTreeSet<String> =
            installed.map(|package| format!("{}\t{}", package.name, package.version)).collect();
        let want = &facts["packages"][POLYGLOT][fact]["installed"];
        let want = want.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned());
        assert_eq!(got, want.collect(), "{kind}");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn packages_that_syft_finds_are_installed_or_declared() {
    let files = polyglot();
    let facts = facts();
    let mut compared = 0;
    for line in facts["archives"][POLYGLOT]["syft"]["packages"].as_array().unwrap() {
        let parts: Vec<&str> = line.as_str().unwrap().split('\t').collect();
        let kind = match parts[0] {
            "python" => "pypi",
            "php-composer" => "composer",
            "npm" | "gem" => parts[0],
            _ => continue,
        };
        let is_it = |package: &Package| {
            package.name.eq_ignore_ascii_case(parts[1]) && package.version == parts[2]
        };
        assert!(packages(&files, kind).any(is_it), "{line}");
        compared += 1;
    }
    assert_eq!(compared, 65);
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn lock_files_and_the_projects_own_manifest_are_declared() {
    let files = polyglot();
    for (path, kind, name, version) in [
        ("srv/locks/Gemfile.lock", "gem", "rack", "2.2.3"),
        ("srv/locks/composer.lock", "composer", "lab/b", "2.0.1"),
        ("srv/locks/package-lock.json", "npm", "@babel/parser", "7.20.0"),
        ("srv/node/package.json", "npm", "poly-public", "0.0.1"),
    ] {
        let declared = files[path].iter().flat_map(|facts| &facts.packages);
        let declared: Vec<&Package> = declared.collect();
        assert!(declared.iter().all(|package| package.declared), "{path}");
        let is_it = |package: &&&Package| package.name == name && package.version == version;
        assert_eq!(declared.iter().filter(is_it).count(), 1, "{path}");
        assert_eq!(declared[0].kind, kind);
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn a_distribution_has_the_files_of_its_record() {
    let files = polyglot();
    let folder = "usr/lib/python3/dist-packages";
    let record = &files[&format!("{folder}/Jinja2-2.10.dist-info/RECORD")][0].supplements[0];
    assert_eq!((&record.kind[..], &record.name[..]), ("pypi", "Jinja2"));
    let there =
        |path: &String| path.starts_with(&format!("{folder}/jinja2/")) && path.ends_with(".py");
    assert!(record.files.iter().filter(|path| there(path)).count() > 20);
    let package = &files[&format!("{folder}/Jinja2-2.10.dist-info/METADATA")][0].packages[0];
    assert_eq!(package.licenses, ["BSD"]);
    assert_eq!(package.supplier, "Armin Ronacher");
    assert_eq!(package.homepage, "http://jinja.pocoo.org/");
}

fn own() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/packages/languages")
}

/// The files below a folder, by their paths relative to the fixtures' folder.
fn walk(folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else {
            let name = path.strip_prefix(own()).unwrap().to_string_lossy().into_owned();
            files.insert(name, std::fs::read(&path).unwrap());
        }
    }
}

/// What the catalogers find in the fixture at this path, which is its path in an image.
fn fixture(path: &str) -> Vec<Package> {
    let content = std::fs::read(own().join(path)).unwrap();
    let in_image = path.strip_prefix("root/").unwrap_or(path);
    read(in_image, &content).into_iter().flat_map(|facts| facts.packages).collect()
}

#[test]
fn every_form_is_read_as_its_own_tool_reads_it() {
    let mut files = BTreeMap::new();
    walk(&own().join("root"), &mut files);
    walk(&own().join("locks"), &mut files);
    let mut got = BTreeSet::new();
    for path in files.keys() {
        for package in fixture(path) {
            assert_eq!(package.declared, path.starts_with("locks/"), "{path}: {package:?}");
            let Package { kind, name, version, .. } = package;
            got.insert(format!("{path}\t{kind}\t{name}\t{version}"));
        }
    }
    let want = std::fs::read_to_string(own().join("expected.tsv")).unwrap();
    let want: BTreeSet<String> = want.lines().map(str::to_owned).collect();
    assert!(want.len() > 100);
    let missing: Vec<&String> = want.difference(&got).collect();
    let invented: Vec<&String> = got.difference(&want).collect();
    assert!(
        missing.is_empty() && invented.is_empty(),
        "missing {missing:#?}, invented {invented:#?}"
    );
}

#[test]
fn a_packages_digest_is_the_same_in_every_lock_file() {
    // `npm pack ms@2.0.0 && openssl dgst -sha512 ms-2.0.0.tgz`
    let digest = "sha512:4e9a7ad0fe885090d3b8eabfe59f1c76c93326e8dfc2a7ce4e4af02308fb211212a679099d3e92c89e0f08f9c63281630bd75d85a979295218b40b7dee2c74e4";
    for tool in ["npm-1", "npm-2", "npm-3", "yarn-1", "pnpm-7", "pnpm-8", "pnpm-9"] {
        let file = match &tool[..3] {
            "npm" => "package-lock.json",
            "yar" => "yarn.lock",
            _ => "pnpm-lock.yaml",
        };
        let packages = fixture(&format!("locks/{tool}/{file}"));
        let ms = packages.iter().find(|package| package.name == "ms" && package.version == "2.0.0");
        assert_eq!(ms.unwrap().digests, [digest], "{tool}");
    }
}

#[test]
fn a_packages_files_are_below_its_own_folder() {
    for (path, want) in [
        ("root/srv/npm/node_modules/@types/ms/package.json", "srv/npm/node_modules/@types/ms/"),
        ("root/srv/php/vendor/composer/installed.json", "srv/php/vendor/lab/a/"),
        ("root/usr/lib/R/library/boot/DESCRIPTION", "usr/lib/R/library/boot/"),
        ("root/opt/conda/conda-meta/zlib-1.2.11-h90dfc92_1014.json", "opt/conda/include/zlib.h"),
        (
            "root/usr/lib/rabbitmq/plugins/rabbit-3.12.10/ebin/rabbit.app",
            "usr/lib/rabbitmq/plugins/rabbit-3.12.10/",
        ),
        (
            "root/var/lib/gems/3.1.0/specifications/lab-thing-1.2.0-x86_64-linux.gemspec",
            "var/lib/gems/3.1.0/gems/lab-thing-1.2.0-x86_64-linux/",
        ),
    ] {
        let package = fixture(path).remove(0);
        assert!(package.files.iter().any(|file| file == want), "{path}: {:?}", package.files);
    }
}

#[test]
fn licences_and_people_are_as_declared() {
    for (path, license, supplier, homepage) in [
        (
            "root/var/lib/gems/3.1.0/specifications/lab-other-1.2.0.gemspec",
            &["MIT", "Ruby"][..],
            "A, B",
            "https://lab.example.test",
        ),
        (
            "root/srv/php/vendor/composer/installed.json",
            &["MIT"],
            "A <a@example.test>",
            "https://a.example.test",
        ),
        (
            "root/usr/lib/R/library/boot/DESCRIPTION",
            &["Unlimited"],
            "Brian Ripley <ripley@stats.ox.ac.uk>",
            "",
        ),
    ] {
        let package = fixture(path).remove(0);
        assert_eq!(package.licenses, license, "{path}");
        assert_eq!((&package.supplier[..], &package.homepage[..]), (supplier, homepage), "{path}");
    }
}

#[test]
fn damaged_files_do_not_stop_the_readers() {
    let mut files = BTreeMap::new();
    walk(&own().join("root"), &mut files);
    walk(&own().join("locks"), &mut files);
    for (path, content) in &files {
        let in_image = path.strip_prefix("root/").unwrap_or(path);
        let step = (content.len() / 60).max(1);
        for at in (0..content.len()).step_by(step) {
            read(in_image, &content[..at]);
            for byte in [0, b'\n', b'"', b'(', b'}', 0xff] {
                let mut changed = content.clone();
                changed[at] = byte;
                read(in_image, &changed);
            }
        }
    }
}

#[test]
fn an_unreadable_list_gives_a_warning() {
    for path in ["srv/package-lock.json", "srv/vendor/composer/installed.json"] {
        let facts = &read(path, b"{\"packages\": [")[0];
        assert_eq!(facts.warnings[0].code, "package-database-damaged", "{path}");
    }
    assert!(read("srv/node_modules/resolve/test/package.json", b"{")[0].is_empty());
}

/// A reader that searched the rest of the file for every line would take minutes.
#[test]
fn a_hundred_thousand_entries_are_read_in_one_pass() {
    const TIMES: usize = 100_000;
    let lines = |line: &dyn Fn(usize) -> String| (0..TIMES).map(line).collect::<String>();
    let zeros = "0".repeat(64);
    let gems = lines(&|at| format!("    g{at} (1)\n"));
    let sums = lines(&|at| format!("  g{at} (1) sha256={zeros}\n"));
    let lock = format!("GEM\n  specs:\n{gems}\nCHECKSUMS\n{sums}");
    let packages = &read("srv/Gemfile.lock", lock.as_bytes())[0].packages;
    assert_eq!(packages.iter().filter(|package| package.digests.len() == 1).count(), TIMES);
    let wanted = lines(&|at| format!("require a/{at} v1\nreplace a/{at} => b/{at} v2\n"));
    let packages = &read("srv/go.mod", wanted.as_bytes())[0].packages;
    assert_eq!(packages.iter().filter(|package| package.version == "v2").count(), TIMES);
    for (path, start, again) in [
        ("srv/rebar.lock", "", "pkg "),
        ("lib/a-1/ebin/a.app", "{application,a,[{vsn,\"1\"},{", "licenses,[}"),
        ("specifications/a-1.gemspec", "", "s.licenses=["),
    ] {
        read(path, format!("{start}{}", again.repeat(1_000_000 / again.len())).as_bytes());
    }
}

#[test]
fn a_file_with_more_than_is_read_gives_a_warning() {
    let values =
        format!("{{\"name\":\"a\",\"version\":\"1\",\"x\":[{}0]}}", "0,".repeat(2_000_001));
    let text = "a ".repeat((1 << 19) + 1);
    for (path, large, small) in [
        ("srv/package.json", &values, "{"),
        ("srv/node_modules/a/package.json", &values, "{"),
        ("usr/share/perl5/.meta/a/install.json", &values, "{"),
        ("usr/share/perl5/.meta/a/MYMETA.json", &values, "{"),
        ("srv/a-1-1.rockspec", &text, "a"),
        ("lib/a-1/ebin/a.app", &text, "a"),
        ("specifications/a-1.gemspec", &text, "a"),
        ("srv/mix.lock", &text, "a"),
        ("srv/rebar.lock", &text, "a"),
    ] {
        let warned = |content: &str| {
            let facts = read(path, content.as_bytes()).into_iter();
            facts.flat_map(|facts| facts.warnings).filter(|one| one.leaves_out()).count()
        };
        assert_eq!((warned(large), warned(small)), (1, 0), "{path}");
    }
}
