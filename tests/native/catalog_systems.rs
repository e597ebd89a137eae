//! What the catalogers of operating systems find in real images, compared with independent facts:
//! dpkg-query's list, the fields of `status.d` and of apk's database, and syft's list and distribution.

use crate::sessions;
use layerscope::analysis::packages::catalog::{CATALOGERS, Candidate, os_release};
use layerscope::analysis::packages::{CatalogFacts, Package, Release};
use layerscope::protocol::{Expand, LinkPath, ReadContent, RowRange, SetTree, TreeRows, TreeSpec};
use layerscope::session::native::{Disk, Driver};
use layerscope::vocabulary::{ImagePosition, NodeKind};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const FIRST: ImagePosition = ImagePosition(0);

const CATALOGED: &[&str] = &["apk", "chisel", "dpkg", "opkg", "os-release", "pacman", "portage"];

/// The final tree of an archive's first image.
struct Image<'d> {
    driver: RefCell<Driver<'d>>,
    /// Size and encoded path of each file; `None` for other entries.
    paths: BTreeMap<String, Option<(u64, String)>>,
}

fn shared() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures")
}

fn disk(archive: &str) -> Disk {
    Disk::open(&shared().join(archive)).unwrap()
}

fn open(disk: &Disk) -> Image<'_> {
    let mut driver = sessions::driver(disk);
    driver.ask(SetTree { image: FIRST, spec: TreeSpec::default() }).unwrap();
    let all = Expand { image: FIRST, node: 0, open: true, all: true };
    let count = driver.ask(all).unwrap().rows;
    let rows = RowRange { first: 0, count };
    let rows = driver.ask(TreeRows { image: FIRST, rows }).unwrap().rows;
    let paths = rows.into_iter().filter(|row| row.kind != NodeKind::Directory).map(|row| {
        let is_file = matches!(row.kind, NodeKind::File | NodeKind::HardLink);
        let path = layerscope::text::percent_decode(row.path.0.trim_start_matches('/')).unwrap();
        (String::from_utf8_lossy(&path).into_owned(), is_file.then_some((row.size, row.path.0)))
    });
    let paths = paths.collect();
    Image { driver: RefCell::new(driver), paths }
}

impl Image<'_> {
    fn read(&self, path: &str) -> Vec<u8> {
        let (size, encoded) = self.paths[path].clone().unwrap();
        let path = LinkPath(encoded);
        let layers = Default::default();
        let request = ReadContent { image: FIRST, path, layers, offset: 0, length: size };
        self.driver.borrow_mut().content(request).unwrap_or_else(|e| panic!("{e}"))
    }

    /// The facts of each file that a cataloger wants, by its path.
    fn facts(&self) -> BTreeMap<String, CatalogFacts> {
        let mut all = BTreeMap::new();
        for (path, size) in
            self.paths.iter().filter_map(|(path, file)| Some((path, file.as_ref()?.0)))
        {
            let file = Candidate { size, head: Some(b""), ..Candidate::at(path.as_bytes()) };
            let ours = CATALOGERS.iter().filter(|cataloger| CATALOGED.contains(&cataloger.name));
            for cataloger in ours.filter(|cataloger| (cataloger.wants)(&file)) {
                let facts = cataloger.read(&file, &self.read(path));
                assert_eq!(facts.warnings, [], "{path}");
                all.insert(path.clone(), facts);
            }
        }
        all
    }
}

fn packages(facts: &BTreeMap<String, CatalogFacts>) -> impl Iterator<Item = &Package> {
    facts.values().flat_map(|facts| &facts.packages)
}

fn strings(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

fn facts() -> Value {
    facts::load_all(&shared().join("facts.json"))
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn installed_packages_are_those_of_the_systems_own_tool() {
    for (archive, tool) in [
        ("debmini.skopeo-gzip.oci.tar", "dpkg"),
        ("distroless.crane-append.docker.tar", "dpkg_status_d"),
        ("ko.ko.docker.tar", "dpkg_status_d"),
        ("alpine-app-public.skopeo-zstd.oci.tar", "apk"),
    ] {
        let disk = disk(archive);
        let image = open(&disk);
        let found = image.facts();
        let line = |p: &Package| [&*p.name, &*p.version, &*p.architecture].join("\t");
        let lines: BTreeSet<String> = packages(&found).map(line).collect();
        assert_eq!(lines, strings(&facts()["packages"][archive][tool]["installed"]), "{archive}");
        assert_eq!(lines.len(), packages(&found).count(), "{archive}: each once");
        assert!(packages(&found).all(|package| package.size.is_some()), "{archive}: sizes");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn packages_of_a_compressed_archive_are_those_that_syft_lists() {
    let archive = "third-party/trivy-alpine-310.tar.gz";
    let disk = disk(archive);
    let image = open(&disk);
    let found = image.facts();
    let line = |package: &Package| [&*package.kind, &*package.name, &*package.version].join("\t");
    let lines: BTreeSet<String> = packages(&found).map(line).collect();
    assert_eq!(lines, strings(&facts()["archives"][archive]["syft"]["packages"]));
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn the_distribution_is_the_one_that_syft_names() {
    for archive in [
        "alpine-app-public.skopeo-zstd.oci.tar",
        "debmini.skopeo-gzip.oci.tar",
        "distroless.crane-append.docker.tar",
        "ko.ko.docker.tar",
        "polyglot-public.skopeo-zstd.oci.tar",
        "rpm-bdb.podman.oci.tar",
        "rpm-ndb.podman.oci.tar",
        "rpm-sqlite.podman.oci.tar",
        "third-party/trivy-alpine-310.tar.gz",
    ] {
        let disk = disk(archive);
        let image = open(&disk);
        let found = image.facts();
        let said = found
            .iter()
            .filter_map(|(path, facts)| Some((path.as_bytes(), facts.release.as_ref()?)));
        let release = os_release::choose(said).unwrap_or_default();
        let want = &facts()["archives"][archive]["syft"]["distro"];
        let want = |key: &str| want[key].as_str().unwrap_or_default().to_owned();
        let want = Release {
            id: want("id"),
            version_id: want("versionID"),
            pretty_name: want("prettyName"),
            ..release.clone()
        };
        assert_eq!(release, want, "{archive}");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn lists_of_dpkg_name_all_existing_files_of_a_package() {
    let disk = disk("debmini.skopeo-gzip.oci.tar");
    let image = open(&disk);
    let found = image.facts();
    let (mut files, mut lists) = (0, 0);
    for path in image.paths.keys() {
        let Some(base) = path.strip_prefix("var/lib/dpkg/info/") else { continue };
        let Some(package) = base.strip_suffix(".list") else { continue };
        let text = String::from_utf8(image.read(path)).unwrap();
        let is_there = |path: &&str| image.paths.contains_key(*path);
        let want: BTreeSet<&str> =
            text.lines().map(|line| line.trim_start_matches('/')).filter(is_there).collect();
        let about = found[path].supplements.first().cloned().unwrap_or_default();
        let own: BTreeSet<&str> = about.files.iter().map(|s| &**s).filter(is_there).collect();
        assert_eq!(own, want, "{path}");
        let (name, architecture) = package.split_once(':').unwrap_or((package, ""));
        assert_eq!((&*about.name, &*about.architecture), (name, architecture), "{path}");
        let installed = packages(&found).any(|package| package.name == name);
        assert!(installed, "{name}");
        (files, lists) = (files + own.len(), lists + 1);
    }
    assert!(files > 150 && lists > 90, "{files} files in {lists} lists");
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn sums_and_configuration_files_are_in_the_lists() {
    let disk = disk("debmini.skopeo-gzip.oci.tar");
    let image = open(&disk);
    let mut compared = 0;
    for path in image.paths.keys() {
        let Some((package, kind)) = path.rsplit_once('.') else { continue };
        if !path.starts_with("var/lib/dpkg/info/") || !["md5sums", "conffiles"].contains(&kind) {
            continue;
        }
        let list = String::from_utf8(image.read(&format!("{package}.list"))).unwrap();
        let list: BTreeSet<&str> = list.lines().collect();
        for line in String::from_utf8(image.read(path)).unwrap().lines() {
            let named = line.rsplit(' ').next().unwrap().trim_start_matches('/');
            assert!(list.contains(&*format!("/{named}")), "{path}: {named}");
            compared += 1;
        }
    }
    assert!(compared > 500, "{compared}");
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn sums_of_distroless_name_the_files_of_its_packages() {
    let disk = disk("distroless.crane-append.docker.tar");
    let image = open(&disk);
    let found = image.facts();
    let about = &found["var/lib/dpkg/status.d/zlib1g.md5sums"].supplements[0];
    assert_eq!(about.name, "zlib1g");
    assert!(about.files.contains(&"lib/x86_64-linux-gnu/libz.so.1.2.13".to_owned()));
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn files_of_alpine_are_those_that_its_packages_name() {
    let disk = disk("third-party/trivy-alpine-310.tar.gz");
    let image = open(&disk);
    let found = image.facts();
    let owned: BTreeSet<&str> =
        packages(&found).flat_map(|package| package.files.iter().map(|s| &**s)).collect();
    let named = |path: &&str| path.starts_with("lib/") && path.contains(".so");
    let there = image.paths.keys().map(|s| &**s).filter(named).collect::<Vec<_>>();
    assert!(there.len() > 3, "{there:?}");
    for path in there {
        assert!(owned.contains(path), "{path}");
    }
}

#[test]
fn truncated_and_changed_files_do_not_stop_a_cataloger() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/packages");
    for (path, file) in [
        ("var/lib/dpkg/status", "dpkg/status"),
        ("var/lib/dpkg/status.d/x", "dpkg/status"),
        ("var/lib/dpkg/status.d/x.md5sums", "dpkg/libattr1:amd64.md5sums"),
        ("var/lib/dpkg/info/x.list", "dpkg/libattr1:amd64.list"),
        ("usr/share/doc/x/copyright", "dpkg/copyright-dep5"),
        ("usr/share/doc/x/copyright", "dpkg/copyright-prose"),
        ("usr/lib/opkg/status", "dpkg/status"),
        ("usr/lib/opkg/info/x.control", "dpkg/status"),
        ("usr/lib/opkg/info/x.list", "dpkg/libattr1:amd64.list"),
        ("lib/apk/db/installed", "dpkg/status"),
        ("etc/os-release", "dpkg/status"),
        ("etc/redhat-release", "dpkg/status"),
        ("etc/system-release-cpe", "dpkg/status"),
        ("var/lib/pacman/local/a-1-1/desc", "pacman/desc"),
        ("var/lib/pacman/local/a-1-1/files", "pacman/files"),
        ("var/db/pkg/a/b-1/CONTENTS", "portage/CONTENTS"),
        ("var/db/pkg/a/b-1/LICENSE", "portage/LICENSE"),
        ("var/lib/chisel/manifest.wall", "chisel/manifest.wall"),
    ] {
        let whole = std::fs::read(folder.join(file)).unwrap();
        let candidate = Candidate::at(path.as_bytes());
        let wanting = |name: &&str| CATALOGED.contains(name);
        let mut readers = CATALOGERS.iter().filter(|c| wanting(&c.name) && (c.wants)(&candidate));
        let reader = readers.next().unwrap_or_else(|| panic!("{path} is not asked for"));
        for at in 0..whole.len() {
            reader.read(&candidate, &whole[..at]);
            for byte in [0, b'\n', b' ', b':', b'%', b'(', 0xff] {
                let mut changed = whole.clone();
                changed[at] = byte;
                reader.read(&candidate, &changed);
            }
        }
    }
}
