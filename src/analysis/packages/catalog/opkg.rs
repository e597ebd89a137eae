//! opkg: OpenWrt, and images made by Yocto.
//!
//! Source: opkg's documentation and `lib/opkg` as opkg leaves it: `status` has the paragraphs of dpkg's,
//! `info/NAME.control` the package's own, `info/NAME.list` its paths.
//!
//! - `status` says what is installed; a control file adds the licence, which `status` leaves out.
//! - `Installed-Size` is in bytes, not in dpkg's KiB.

use super::control::paragraphs;
use super::dpkg;
use super::roots::{Room, root};
use super::{Candidate, Cataloger};
use crate::analysis::packages::{About, Facts};

pub const CATALOGER: Cataloger =
    Cataloger { name: "opkg", wants: |file| Part::of(file).is_some(), read };

const KIND: &str = "opkg";

enum Part<'a> {
    Status,
    Control,
    List { root: &'a [u8], name: &'a [u8] },
}

impl<'a> Part<'a> {
    fn of(file: &Candidate<'a>) -> Option<Part<'a>> {
        let (folder, name) = (file.folder(), file.name());
        if name == b"status" {
            let places = ["usr/lib/opkg", "var/lib/opkg", "lib/opkg"];
            return root(folder, &places).map(|_| Part::Status);
        }
        let info = || root(folder, &["usr/lib/opkg/info", "var/lib/opkg/info", "lib/opkg/info"]);
        if name.ends_with(b".control") {
            return info().map(|_| Part::Control);
        }
        let name = name.strip_suffix(b".list")?;
        info().map(|root| Part::List { root, name })
    }
}

fn read(file: &Candidate<'_>, bytes: &[u8]) -> Facts {
    match Part::of(file) {
        Some(Part::Status) => status(bytes),
        Some(Part::Control) => control(bytes),
        Some(Part::List { root, name }) => {
            // Newer versions write mode and target of a link behind the path, each after a tab.
            let paths = bytes.split(|&byte| byte == b'\n');
            let paths = paths.map(|line| line.split(|&byte| byte == b'\t').next());
            let paths: Vec<&[u8]> = paths.map(Option::unwrap_or_default).collect();
            let mut room = Room::new(root);
            let files = dpkg::list(&mut room, &paths.join(&b'\n'));
            let name = String::from_utf8_lossy(name).into_owned();
            room.close(of_one(About { kind: KIND.to_owned(), name, files, ..About::default() }))
        }
        None => Facts::default(),
    }
}

fn status(bytes: &[u8]) -> Facts {
    let mut facts = Facts::default();
    let mut room = Room::new(b"");
    for paragraph in paragraphs(bytes).filter(dpkg::is_installed) {
        if let Some(mut package) = dpkg::package(&paragraph, KIND) {
            package.size = paragraph.line("Installed-Size").parse().ok();
            package.licenses = license(&paragraph.line("License"));
            room.add(package, &mut facts);
        }
    }
    room.close(facts)
}

fn control(bytes: &[u8]) -> Facts {
    let Some(paragraph) = paragraphs(bytes).next() else { return Facts::default() };
    of_one(About {
        kind: KIND.to_owned(),
        name: paragraph.line("Package"),
        licenses: license(&paragraph.line("License")),
        ..About::default()
    })
}

fn license(text: &str) -> Vec<String> {
    (!text.is_empty()).then(|| text.to_owned()).into_iter().collect()
}

/// Facts about one package, unless they say nothing.
fn of_one(about: About) -> Facts {
    if about.name.is_empty() || about.files.is_empty() && about.licenses.is_empty() {
        return Facts::default();
    }
    Facts { about: vec![about], ..Facts::default() }
}

#[cfg(test)]
mod tests {
    //! Texts as OpenWrt 23.05 has them.

    use super::*;

    fn of(path: &str, text: &str) -> Facts {
        let file = Candidate { path: path.as_bytes(), size: 0, mode: 0o644, head: b"" };
        assert!((CATALOGER.wants)(&file), "{path}");
        read(&file, text.as_bytes())
    }

    #[test]
    fn what_the_status_calls_installed_is_there() {
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
    fn control_and_list_speak_of_the_package() {
        let text = "Package: zlib\nVersion: 1.2.13-1\nLicense: Zlib\nInstalled-Size: 43532\n";
        let about = &of("usr/lib/opkg/info/zlib.control", text).about[0];
        assert_eq!((&*about.name, &about.licenses[..]), ("zlib", &["Zlib".to_owned()][..]));
        let list = "/usr/lib/libz.so\t0120777\tlibz.so.1\n/usr/lib/libz.so.1.2.13\n";
        let about = &of("var/lib/opkg/info/zlib.list", list).about[0];
        assert_eq!(about.files, ["usr/lib/libz.so", "usr/lib/libz.so.1.2.13"]);
        assert_eq!(about.name, "zlib");
    }
}
