//! Perl: distributions, as far as their installers leave word of them.
//!
//! Source: cpanm's `.meta/DIST-VERSION/` (install.json, MYMETA.json); ExtUtils::MakeMaker's perllocal.pod,
//! a log of installations, and `.packlist`, the files of a module; PURL's type `cpan`, where a module has
//! no namespace and a distribution its author's.
//!
//! - There is no list of what is installed. A module of which none of these files speaks is not found,
//!   those of Perl itself among them: looking for `$VERSION` in sources would be guessing.
//! - Of installations of one module the last counts: that is what the log ends with.

use crate::analysis::packages::cataloger::{Candidate, Cataloger};
use crate::analysis::packages::package::{FileFacts, Package, PackageSupplement};
use crate::analysis::packages::reading::json::{parse, text, texts};
use crate::analysis::packages::reading::text::{join, package};

pub const CATALOGER: Cataloger = Cataloger {
    name: "Perl",
    wants: |file| match file.name() {
        b"install.json" | b"MYMETA.json" => file.is_below(".meta"),
        b".packlist" => file.is_below("auto"),
        name => name == b"perllocal.pod",
    },
    read,
};

fn read(file: &Candidate<'_>, bytes: &[u8]) -> FileFacts {
    match file.name() {
        b"install.json" => cpanm(bytes),
        b"MYMETA.json" => licenses(bytes),
        b".packlist" => packlist(file, &String::from_utf8_lossy(bytes)),
        _ => FileFacts { packages: log(&String::from_utf8_lossy(bytes)), ..FileFacts::default() },
    }
}

fn cpanm(bytes: &[u8]) -> FileFacts {
    let Some(value) = parse(bytes) else { return FileFacts::default() };
    let version = text(&value, "version");
    let dist = text(&value, "dist");
    let name = dist.strip_suffix(version).map_or(dist, |name| name.trim_end_matches("-v"));
    let mut package = package("cpan", name.trim_end_matches('-'), version);
    // `E/ET/ETHER/Try-Tiny-0.31.tar.gz`: the author's folder.
    let author = text(&value, "pathname").split('/').nth(2).unwrap_or_default();
    package.namespace = author.to_owned();
    package.supplier = author.to_owned();
    if package.name.is_empty() { FileFacts::default() } else { FileFacts::of(package) }
}

fn licenses(bytes: &[u8]) -> FileFacts {
    let Some(value) = parse(bytes) else { return FileFacts::default() };
    let mut licenses = texts(value.get("license"));
    licenses.retain(|license| license != "unknown");
    about(text(&value, "name"), Vec::new(), licenses)
}

fn about(name: &str, files: Vec<String>, licenses: Vec<String>) -> FileFacts {
    if name.is_empty() || files.is_empty() && licenses.is_empty() {
        return FileFacts::default();
    }
    let about = PackageSupplement {
        kind: "cpan".to_owned(),
        name: name.to_owned(),
        files,
        licenses,
        ..PackageSupplement::default()
    };
    FileFacts { supplements: vec![about], ..FileFacts::default() }
}

/// `…/auto/Try/Tiny/.packlist` speaks of the module Try::Tiny, and so of the distribution Try-Tiny.
fn packlist(file: &Candidate<'_>, list: &str) -> FileFacts {
    let folder = String::from_utf8_lossy(file.folder()).into_owned();
    let Some((_, module)) = folder.rsplit_once("auto/") else { return FileFacts::default() };
    // A line may go on with ` type=file` and the like.
    let path = |line: &str| join("", line.split(" type=").next().unwrap_or_default().trim());
    let files: Vec<String> = list.lines().filter_map(path).collect();
    let mut facts = about(&module.replace('/', "-"), files.clone(), Vec::new());
    if module.contains('/') {
        facts.supplements.extend(about(&module.replace('/', "::"), files, Vec::new()).supplements);
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
    // Stable: of one name the last stays the last.
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    packages.reverse();
    packages.dedup_by(|later, kept| later.name == kept.name);
    packages.reverse();
    packages
}

#[cfg(test)]
fn read_at(path: &str, text: &str) -> FileFacts {
    let file = Candidate { path: path.as_bytes(), size: 0, mode: 0o644, head: b"" };
    assert!((CATALOGER.wants)(&file), "{path}");
    read(&file, text.as_bytes())
}

#[test]
fn what_cpanm_leaves_names_the_distribution_and_its_author() {
    // Fields as cpanm 1.7 writes them.
    let meta = "usr/local/lib/perl5/x86_64-linux-gnu/.meta/Try-Tiny-0.31";
    let install = r#"{"dist":"Try-Tiny-0.31","name":"Try::Tiny","version":"0.31",
        "pathname":"E/ET/ETHER/Try-Tiny-0.31.tar.gz","provides":{},"target":"Try::Tiny"}"#;
    let package = read_at(&format!("{meta}/install.json"), install).packages.remove(0);
    assert_eq!((&package.name[..], &package.version[..]), ("Try-Tiny", "0.31"));
    assert_eq!(package.namespace, "ETHER");
    let about = read_at(&format!("{meta}/MYMETA.json"), r#"{"name":"Try-Tiny","license":["mit"]}"#);
    assert_eq!(
        (&about.supplements[0].name[..], &about.supplements[0].licenses[..]),
        ("Try-Tiny", &["mit".into()][..])
    );
}

#[test]
fn a_packlist_lists_the_files_of_its_module() {
    let path = "usr/local/lib/x86_64-linux-gnu/perl/5.36.0/auto/Lab/Thing/.packlist";
    let text = "/usr/local/share/perl/5.36.0/Lab/Thing.pm\n/usr/local/bin/thing type=file\n";
    let about = read_at(path, text).supplements;
    let names: Vec<&str> = about.iter().map(|about| &about.name[..]).collect();
    assert_eq!(names, ["Lab-Thing", "Lab::Thing"]);
    assert_eq!(about[1].files, ["usr/local/share/perl/5.36.0/Lab/Thing.pm", "usr/local/bin/thing"]);
}

#[test]
fn the_last_installation_of_a_module_counts() {
    let entry =
        |version| format!("=head2 now: C<Module> L<A::B|A::B>\n\nC<VERSION: {version}>\n\n=back\n");
    let packages = log(&[entry("1.0"), entry("0.9")].concat());
    assert_eq!(packages.len(), 1);
    assert_eq!(packages[0].version, "0.9");
}
