//! Digests that package managers recorded, compared with the files that they installed: of images that others built with
//! dpkg and rpm, nothing is told as changed, and what a later layer changes is.

use crate::{made, sessions};
use layerscope::analysis::packages::{DigestList, ListedFile};
use layerscope::protocol::{
    ComparedDigest, ComputeDigest, LinkPath, PackageDetails, PackageShow, PackageTable, Packages,
    ReadContent, RowRange, TableLine,
};
use layerscope::selection::LayerSelection;
use layerscope::session::native::{Disk, Driver, Memory};
use layerscope::vocabulary::{DigestAlgorithm, ImagePosition};
use std::path::{Path, PathBuf};

/// Files of a package that are compared, and packages of an image.
const FILES: usize = 5;
const PACKAGES: usize = 25;

fn shared(archive: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures").join(archive)
}

/// The comparison of one file.
fn compared(driver: &mut Driver<'_>, image: ImagePosition, path: &str) -> Option<ComparedDigest> {
    let (path, layers) = (LinkPath(path.to_owned()), LayerSelection::All);
    driver.ask(ComputeDigest { image, path, layers }).unwrap().recorded
}

/// The comparisons of some files of an image's packages, each with its path.
fn of_packages(archive: &str) -> Vec<(String, ComparedDigest)> {
    let disk = Disk::open(&shared(archive)).unwrap();
    let mut driver = sessions::driver(&disk);
    let image = driver.shown().unwrap();
    let rows = RowRange { first: 0, count: 1000 };
    let table = PackageTable { image, rows, show: PackageShow::Installed, ..Default::default() };
    let lines = driver.ask(Packages { table }).unwrap().lines.into_iter();
    let keys = lines.filter_map(|line| match line {
        TableLine::Row(row) => Some(row.key),
        TableLine::Head(_) => None,
    });
    let mut found = Vec::new();
    for key in keys.take(PACKAGES).collect::<Vec<_>>() {
        let package = driver.ask(PackageDetails { image, key }).unwrap();
        for file in package.files.iter().filter(|file| file.size > 0).take(FILES) {
            let compared = compared(&mut driver, image, &file.path.0);
            found.extend(compared.map(|compared| (file.path.0.clone(), compared)));
        }
    }
    found
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn files_of_real_packages_are_as_their_package_managers_recorded() {
    for (archive, algorithm, least) in [
        ("debmini.skopeo-gzip.oci.tar", DigestAlgorithm::Md5, 20),
        ("distroless.crane-append.docker.tar", DigestAlgorithm::Md5, 5),
        ("rpm-sqlite.podman.oci.tar", DigestAlgorithm::Sha256, 5),
    ] {
        let found = of_packages(archive);
        assert!(found.len() >= least, "{archive}: only {} were compared", found.len());
        for (path, compared) in found {
            assert!(compared.is_same(), "{archive}: {path}: {compared:?}");
            assert_eq!(compared.recorded.algorithm, algorithm, "{archive}: {path}");
        }
    }
}

/// These images have the databases of real systems, and none of their files.
#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn digests_are_found_in_each_form_of_rpm_s_database() {
    for (archive, database, package, path) in [
        ("rpm-ndb.podman.oci.tar", "/usr/lib/sysimage/rpm/Packages.db", "bash", "usr/bin/bash"),
        (
            "rpm-bdb.podman.oci.tar",
            "/var/lib/rpm/Packages",
            "libuuid",
            "usr/lib64/libuuid.so.1.3.0",
        ),
    ] {
        let disk = Disk::open(&shared(archive)).unwrap();
        let mut driver = sessions::driver(&disk);
        let (image, layers) = (driver.shown().unwrap(), LayerSelection::All);
        let path_of_database = LinkPath(database.to_owned());
        let length = 1 << 30;
        let bytes = ReadContent { image, path: path_of_database, layers, offset: 0, length };
        let bytes = driver.content(bytes).unwrap();
        let find = |package: &str, path: &str| {
            let (package, path) = (package.to_owned(), path.as_bytes().to_vec());
            DigestList::Rpm.find(&bytes, &ListedFile { package, path })
        };
        let found = find(package, path);
        let found = found.unwrap_or_else(|| panic!("{archive}: no {path}"));
        assert_eq!(
            (found.algorithm, found.value.len()),
            (DigestAlgorithm::Sha256, 64),
            "{archive}"
        );
        assert_eq!((find(package, "usr/bin/none"), find("none", path)), (None, None));
    }
}

#[test]
fn a_file_that_was_changed_in_the_layer_of_its_package_or_later_is_told() {
    // `printf 1 | md5sum`, and of `printf 2`.
    let (one, two) = ("c4ca4238a0b923820dcc509a6f75849b", "c81e728d9d4c2f636f067f89cc14862c");
    let status = format!(
        "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\nConffiles:\n /etc/a {one}\n"
    );
    let list = "/.\n/bin/a\n/bin/b\n/bin/c\n/etc/a\n";
    let sums = format!("{one}  bin/a\n{one}  bin/b\n{two}  bin/c\n");
    let first = [
        ("var/lib/dpkg/status", &*status),
        ("var/lib/dpkg/info/a.list", list),
        ("var/lib/dpkg/info/a.md5sums", &sums),
        ("usr/bin/a", "1"),
        ("usr/bin/b", "2"),
        ("usr/bin/c", "2"),
        ("bin", "->usr/bin"),
        ("etc/a", "1"),
        ("srv/a", "1"),
    ];
    let archive =
        Memory::one(made::docker(&[made::texts(&first), made::texts(&[("usr/bin/c", "1")])]));
    let mut driver = sessions::driver(&archive);
    let mut is_same = |path: &str| {
        compared(&mut driver, ImagePosition(0), path).map(|compared| compared.is_same())
    };
    assert_eq!(is_same("/usr/bin/a"), Some(true));
    assert_eq!(is_same("/usr/bin/b"), Some(false), "in the same layer");
    assert_eq!(is_same("/usr/bin/c"), Some(false), "by a later layer");
    assert_eq!(is_same("/etc/a"), Some(true), "a setting");
    assert_eq!(is_same("/srv/a"), None, "of no package");
}
