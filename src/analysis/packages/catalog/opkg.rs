//! opkg: OpenWrt, and images built with Yocto.
//!
//! Source: opkg's documentation and `lib/opkg` as opkg writes it: `status` has paragraphs like dpkg's,
//! `info/NAME.control` the package's own paragraph, `info/NAME.list` its paths.
//!
//! - `status` says what is installed; a control file adds the licence, which `status` lacks.
//! - `Installed-Size` is in bytes, unlike dpkg's KiB.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, PackageSupplement};
use crate::analysis::packages::reading::control::paragraphs;
use crate::analysis::packages::reading::dpkg_format::{listed_paths, package};
use crate::analysis::packages::reading::facts_budget::FactsBudget;
use crate::analysis::packages::reading::roots::root;

pub const CATALOGER: Cataloger = Cataloger {
    name: "opkg",
    wants: |file| OpkgFile::of(file).is_some(),
    read: CatalogRead::Whole(read),
};

const KIND: &str = "opkg";

enum OpkgFile<'a> {
    Status,
    Control,
    List { root: &'a [u8], name: &'a [u8] },
}

impl<'a> OpkgFile<'a> {
    fn of(file: &Candidate<'a>) -> Option<OpkgFile<'a>> {
        let (folder, name) = (file.folder(), file.name());
        if name == b"status" {
            let places = ["usr/lib/opkg", "var/lib/opkg", "lib/opkg"];
            return root(folder, &places).map(|_| OpkgFile::Status);
        }
        let info = || root(folder, &["usr/lib/opkg/info", "var/lib/opkg/info", "lib/opkg/info"]);
        if name.ends_with(b".control") {
            return info().map(|_| OpkgFile::Control);
        }
        let name = name.strip_suffix(b".list")?;
        info().map(|root| OpkgFile::List { root, name })
    }
}

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    match OpkgFile::of(file) {
        Some(OpkgFile::Status) => status(bytes),
        Some(OpkgFile::Control) => control(bytes),
        Some(OpkgFile::List { root, name }) => {
            // Newer versions write the mode and link target after the path, separated by tabs.
            let paths = bytes.split(|&byte| byte == b'\n');
            let paths = paths.map(|line| line.split(|&byte| byte == b'\t').next());
            let paths: Vec<&[u8]> = paths.map(Option::unwrap_or_default).collect();
            let mut budget = FactsBudget::new(root);
            let files = listed_paths(&mut budget, &paths.join(&b'\n'));
            let name = String::from_utf8_lossy(name).into_owned();
            budget.close(CatalogFacts::of_supplement(PackageSupplement {
                kind: KIND.to_owned(),
                name,
                files,
                ..PackageSupplement::default()
            }))
        }
        None => CatalogFacts::default(),
    }
}

fn status(bytes: &[u8]) -> CatalogFacts {
    let mut facts = CatalogFacts::default();
    let mut budget = FactsBudget::new(b"");
    for paragraph in paragraphs(bytes) {
        if let Some(mut package) = package(&paragraph, KIND) {
            package.size = paragraph.line("Installed-Size").parse().ok();
            package.licenses = license(&paragraph.line("License"));
            budget.add(package, &mut facts);
        }
    }
    budget.close(facts)
}

fn control(bytes: &[u8]) -> CatalogFacts {
    let Some(paragraph) = paragraphs(bytes).next() else { return CatalogFacts::default() };
    CatalogFacts::of_supplement(PackageSupplement {
        kind: KIND.to_owned(),
        name: paragraph.line("Package"),
        licenses: license(&paragraph.line("License")),
        ..PackageSupplement::default()
    })
}

fn license(text: &str) -> Vec<String> {
    (!text.is_empty()).then(|| text.to_owned()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    //! Texts of OpenWrt 23.05.

    use super::*;

    fn of(path: &str, text: &str) -> CatalogFacts {
        let file = Candidate::at(path.as_bytes());
        assert!((CATALOGER.wants)(&file), "{path}");
        read(&file, text.as_bytes())
    }

    #[test]
    fn packages_that_the_status_calls_installed_are_listed() {
        let text = "Package: libc\nVersion: 1.2.4-4\nDepends: libgcc1\n\
                    Status: install hold installed\nArchitecture: x86_64\n\
                    Installed-Time: 1696956137\n\nPackage: gone\nVersion: 1\n\
                    Status: deinstall ok not-installed\nArchitecture: x86_64\n";
        let packages = of("usr/lib/opkg/status", text).packages;
        assert_eq!(packages.len(), 1);
        let package = &packages[0];
        assert_eq!(package.kind, "opkg");
        assert_eq!((&*package.name, &*package.version), ("libc", "1.2.4-4"));
    }

    #[test]
    fn control_file_and_list_supplement_the_package() {
        let text = "Package: zlib\nVersion: 1.2.13-1\nLicense: Zlib\nInstalled-Size: 43532\n";
        let supplement = &of("usr/lib/opkg/info/zlib.control", text).supplements[0];
        assert_eq!(
            (&*supplement.name, &supplement.licenses[..]),
            ("zlib", &["Zlib".to_owned()][..])
        );
        let list = "/usr/lib/libz.so\t0120777\tlibz.so.1\n/usr/lib/libz.so.1.2.13\n";
        let supplement = &of("var/lib/opkg/info/zlib.list", list).supplements[0];
        assert_eq!(supplement.files, ["usr/lib/libz.so", "usr/lib/libz.so.1.2.13"]);
        assert_eq!(supplement.name, "zlib");
    }
}
