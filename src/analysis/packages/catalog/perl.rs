//! Perl: distributions, as far as their installers record them.
//!
//! Source: cpanm's `.meta/DIST-VERSION/` (install.json, MYMETA.json); ExtUtils::MakeMaker's perllocal.pod,
//! a log of installations, and `.packlist`, the files of a module; PURL's type `cpan`, where the namespace
//! of a distribution is its author and a module has none.
//!
//! - Perl has no list of installed modules. A module that none of these files names is not found, including
//!   Perl's own: searching sources for `$VERSION` would be guessing.
//! - If the log has several installations of a module, the last one counts.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package, PackageSupplement};
use crate::analysis::packages::reading::facts_budget::in_first_lines;
use crate::analysis::packages::reading::json::{parse, text, texts, unparsed};
use crate::analysis::packages::reading::text::{join, package};

pub const CATALOGER: Cataloger = Cataloger {
    name: "Perl",
    wants: |file| match file.name() {
        b"install.json" | b"MYMETA.json" => file.is_below(".meta"),
        b".packlist" => file.is_below("auto"),
        name => name == b"perllocal.pod",
    },
    read: CatalogRead::Whole(read),
};

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    match file.name() {
        b"install.json" => cpanm(bytes),
        b"MYMETA.json" => licenses(bytes),
        b".packlist" => {
            in_first_lines(&String::from_utf8_lossy(bytes), |list| packlist(file, list))
        }
        _ => {
            let read = |text: &str| CatalogFacts { packages: log(text), ..CatalogFacts::default() };
            in_first_lines(&String::from_utf8_lossy(bytes), read)
        }
    }
}

fn cpanm(bytes: &[u8]) -> CatalogFacts {
    let Some(value) = parse(bytes) else { return unparsed(bytes) };
    let version = text(&value, "version");
    let dist = text(&value, "dist");
    let name = dist.strip_suffix(version).map_or(dist, |name| name.trim_end_matches("-v"));
    let mut package = package("cpan", name.trim_end_matches('-'), version);
    // `E/ET/ETHER/Try-Tiny-0.31.tar.gz`: the author's folder.
    let author = text(&value, "pathname").split('/').nth(2).unwrap_or_default();
    package.namespace = author.to_owned();
    package.supplier = author.to_owned();
    if package.name.is_empty() { CatalogFacts::default() } else { CatalogFacts::of(package) }
}

fn licenses(bytes: &[u8]) -> CatalogFacts {
    let Some(value) = parse(bytes) else { return unparsed(bytes) };
    let mut licenses = texts(value.get("license"));
    licenses.retain(|license| license != "unknown");
    supplement(text(&value, "name"), Vec::new(), licenses)
}

fn supplement(name: &str, files: Vec<String>, licenses: Vec<String>) -> CatalogFacts {
    let (kind, name) = ("cpan".to_owned(), name.to_owned());
    let rest = PackageSupplement::default();
    CatalogFacts::of_supplement(PackageSupplement { kind, name, files, licenses, ..rest })
}

/// `…/auto/Try/Tiny/.packlist` belongs to the module Try::Tiny, and so to the distribution Try-Tiny.
fn packlist(file: &Candidate<'_>, list: &str) -> CatalogFacts {
    let folder = String::from_utf8_lossy(file.folder()).into_owned();
    let Some((_, module)) = folder.rsplit_once("auto/") else { return CatalogFacts::default() };
    // A line may continue with ` type=file` and similar.
    let path = |line: &str| join("", line.split(" type=").next().unwrap_or_default().trim());
    let files: Vec<String> = list.lines().filter_map(path).collect();
    let mut facts = supplement(&module.replace('/', "-"), files.clone(), Vec::new());
    if module.contains('/') {
        facts
            .supplements
            .extend(supplement(&module.replace('/', "::"), files, Vec::new()).supplements);
    }
    facts
}

fn log(text: &str) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    let mut module = "";
    for line in text.lines() {
        if line.starts_with("=head2") {
            module = line.rsplit_once("|").map_or("", |(_, name)| name.trim_end_matches('>'));
        } else if let Some(version) = line.strip_prefix("C<VERSION: ")
            && !module.is_empty()
        {
            packages.push(package("cpan", module, version.trim_end_matches('>').trim()));
        }
    }
    // The sort is stable: of one name the last stays the last.
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    packages.reverse();
    packages.dedup_by(|later, kept| later.name == kept.name);
    packages.reverse();
    packages
}

#[cfg(test)]
fn read_at(path: &str, text: &str) -> CatalogFacts {
    let file = Candidate::at(path.as_bytes());
    assert!((CATALOGER.wants)(&file), "{path}");
    read(&file, text.as_bytes())
}

#[test]
fn cpanms_files_name_the_distribution_and_its_author() {
    // Fields as cpanm 1.7 writes them.
    let meta = "usr/local/lib/perl5/x86_64-linux-gnu/.meta/Try-Tiny-0.31";
    let install = r#"{"dist":"Try-Tiny-0.31","name":"Try::Tiny","version":"0.31",
        "pathname":"E/ET/ETHER/Try-Tiny-0.31.tar.gz","provides":{},"target":"Try::Tiny"}"#;
    let package = read_at(&format!("{meta}/install.json"), install).packages.remove(0);
    assert_eq!((&package.name[..], &package.version[..]), ("Try-Tiny", "0.31"));
    assert_eq!(package.namespace, "ETHER");
    let supplement =
        read_at(&format!("{meta}/MYMETA.json"), r#"{"name":"Try-Tiny","license":["mit"]}"#);
    assert_eq!(
        (&supplement.supplements[0].name[..], &supplement.supplements[0].licenses[..]),
        ("Try-Tiny", &["mit".into()][..])
    );
}

#[test]
fn a_packlist_lists_the_files_of_its_module() {
    let path = "usr/local/lib/x86_64-linux-gnu/perl/5.36.0/auto/Lab/Thing/.packlist";
    let text = "/usr/local/share/perl/5.36.0/Lab/Thing.pm\n/usr/local/bin/thing type=file\n";
    let supplement = read_at(path, text).supplements;
    let names: Vec<&str> = supplement.iter().map(|supplement| &supplement.name[..]).collect();
    assert_eq!(names, ["Lab-Thing", "Lab::Thing"]);
    assert_eq!(
        supplement[1].files,
        ["usr/local/share/perl/5.36.0/Lab/Thing.pm", "usr/local/bin/thing"]
    );
}

#[test]
fn the_last_installation_of_a_module_counts() {
    let entry =
        |version| format!("=head2 now: C<Module> L<A::B|A::B>\n\nC<VERSION: {version}>\n\n=back\n");
    let packages = log(&[entry("1.0"), entry("0.9")].concat());
    assert_eq!(packages.len(), 1);
    assert_eq!(packages[0].version, "0.9");
}
