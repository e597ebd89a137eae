//! What `layerscope cat` and `layerscope export` write, as GNU tar reads it.
//!
//! - The expected tree is made without us: GNU tar unpacks the layers one over the other, and the whiteouts among
//!   the names that it lists are removed by hand in between.
//! - The expected paths are those of the facts.

mod zips;

use crate::sessions;
use layerscope::oci::Digest;
use layerscope::protocol::{ArchiveForm, Extract, ExtractedPart, ExtractionNotes};
use layerscope::session::native::{Disk, Driver};
use layerscope::vocabulary::{ImagePosition, LayerNumber};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

/// The most files of one image whose contents are compared.
const SAMPLE: usize = 1_000;

fn shared() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures")
}

fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A temporary folder, removed when this is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let name = format!("layerscope-exports-{}-{}", std::process::id(), name.replace('/', "-"));
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn folder(&self, name: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(&path).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Directories of an image may not be readable to their owner.
        let _ = Command::new("chmod").args(["-R", "u+rwx"]).arg(&self.0).output();
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn layerscope(arguments: &[&OsStr]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_layerscope"));
    command.args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// What a call of the program writes, which must succeed.
fn written(command: &str, path: &Path, rest: &[&str]) -> Vec<u8> {
    let mut arguments = vec![OsStr::new(command), path.as_os_str()];
    arguments.extend(rest.iter().map(OsStr::new));
    let output = layerscope(&arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command} {} {rest:?}: {errors}", path.display());
    output.stdout
}

/// The names in a tar, as GNU tar lists them.
fn names_in(tar: &Path) -> Vec<Vec<u8>> {
    let output = gnu_tar(tar, &["-t", "--quoting-style=escape"], None);
    output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(unescaped)
        .collect()
}

/// A name in GNU tar's quoting style `escape`.
fn unescaped(line: &[u8]) -> Vec<u8> {
    let mut name = Vec::new();
    let mut at = 0;
    while at < line.len() {
        if line[at] != b'\\' {
            name.push(line[at]);
            at += 1;
            continue;
        }
        let octal = line.get(at + 1..at + 4).and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(byte) = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            name.push(byte);
            at += 4;
            continue;
        }
        name.push(match line[at + 1] {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'a' => 7,
            b'b' => 8,
            b'v' => 11,
            b'f' => 12,
            other => other,
        });
        at += 2;
    }
    name
}

fn gnu_tar(archive: &Path, arguments: &[&str], folder: Option<&Path>) -> Output {
    let mut tar = Command::new("tar");
    let mut head = [0; 4];
    let file = fs::File::open(archive).unwrap();
    let read = std::io::Read::read(&mut &file, &mut head).unwrap();
    if head[..read] == *b"\x04\x22\x4d\x18" {
        tar.arg("--use-compress-program=lz4");
    }
    tar.env("TZ", "UTC").env("LC_ALL", "C").args(arguments).arg("-f").arg(archive);
    if let Some(folder) = folder {
        tar.arg("-C").arg(folder);
    }
    tar.output().unwrap()
}

/// Unpacks a tar. Special files may fail.
fn unpack(tar: &Path, folder: &Path) {
    let arguments = ["-x", "-p", "--numeric-owner", "--wildcards", "--exclude=.wh.*"];
    gnu_tar(tar, &arguments, Some(folder));
}

/// Unpacks a layer over lower ones: whiteouts first, then its members. A file or a link takes the place of a
/// directory with all that is below it; which members are such shows the folder `alone`.
fn unpack_layer(layer: &Path, root: &Path, alone: &Path) {
    for name in names_in(layer) {
        let path = root.join(OsStr::from_bytes(&name));
        let Some(base) = path.file_name().map(|base| base.as_bytes().to_vec()) else { continue };
        let folder = path.parent().unwrap();
        if leads_through_link(root, folder) {
            continue; // a directory takes the link's place in this layer, and nothing is below it yet
        }
        match base.strip_prefix(b".wh.") {
            Some(b"" | b"." | b"..") | None => {}
            Some(b".wh..opq") => {
                for child in fs::read_dir(folder).into_iter().flatten().flatten() {
                    remove(&child.path());
                }
            }
            Some(hidden) if hidden.starts_with(b".wh.") => {}
            Some(hidden) => remove(&folder.join(OsStr::from_bytes(hidden))),
        }
    }
    unpack(layer, alone);
    for (name, found) in tree(alone) {
        let path = root.join(OsStr::from_bytes(&name));
        if found.mode & 0o170_000 != 0o040_000 && path.is_dir() && !path.is_symlink() {
            remove(&path);
        }
    }
    unpack(layer, root);
}

/// Whether a folder below the root is reached through a symbolic link: paths of an image are literal.
fn leads_through_link(root: &Path, folder: &Path) -> bool {
    folder.ancestors().take_while(|above| *above != root).any(Path::is_symlink)
}

fn remove(path: &Path) {
    if path.is_dir() && !path.is_symlink() {
        let _ = fs::remove_dir_all(path);
    } else {
        let _ = fs::remove_file(path);
    }
}

/// What is at one path of a disk.
#[derive(Debug, PartialEq)]
struct Found {
    /// Type and permissions.
    mode: u32,
    owner: (u32, u32),
    /// Of a file.
    size: u64,
    /// Of everything but directories: those of upper layers change the times of the directories that they are in.
    mtime: Option<(i64, i64)>,
    link: Vec<u8>,
    device: u64,
    /// The first path with the same inode.
    same_as: Vec<u8>,
    content: Option<String>,
}

/// Everything below a folder.
fn tree(root: &Path) -> BTreeMap<Vec<u8>, Found> {
    fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), paths);
            }
            paths.push(entry.path());
        }
    }
    let mut paths = Vec::new();
    walk(root, &mut paths);
    paths.sort();
    let step = paths.len().div_ceil(SAMPLE);
    let (mut found, mut inodes) = (BTreeMap::new(), HashMap::new());
    for (at, path) in paths.into_iter().enumerate() {
        let name = path.strip_prefix(root).unwrap().as_os_str().as_bytes().to_vec();
        let data = path.symlink_metadata().unwrap();
        let read = data.is_file() && at % step == 0;
        let link = path.read_link().map(|link| link.into_os_string().into_vec());
        let place = Found {
            mode: data.mode(),
            owner: (data.uid(), data.gid()),
            size: if data.is_file() { data.len() } else { 0 },
            mtime: (!data.is_dir()).then(|| (data.mtime(), data.mtime_nsec())),
            link: link.unwrap_or_default(),
            device: data.rdev(),
            same_as: inodes.entry(data.ino()).or_insert_with(|| name.clone()).clone(),
            content: read.then(|| Digest::of(&fs::read(&path).unwrap()).to_string()),
        };
        found.insert(name, place);
    }
    found
}

/// The images of an archive with their facts: number from 1, and facts.
fn images(facts: &Value) -> Vec<(usize, Value)> {
    let Some(images) = facts["images"].as_array().filter(|images| !images.is_empty()) else {
        return vec![(1, serde_json::json!({ "merged": facts["merged"], "layers": null }))];
    };
    let shown =
        images.iter().filter(|image| image["attestation"] != true && image["missing"] != true);
    (1..).zip(shown.cloned()).filter(|(_, image)| image["merged"].is_object()).collect()
}

/// Calls `check` with each archive that has facts, in two threads.
fn each_archive(check: impl Fn(&str, &Path, &Value) + Sync) {
    let facts = facts::load_all(&shared().join("facts.json"));
    let archives = facts["archives"].as_object().unwrap();
    let left = Mutex::new(archives.iter().filter(|(name, _)| *name != "sample.tar"));
    let work = || {
        loop {
            let Some((name, facts)) = left.lock().unwrap().next() else { break };
            check(name, &shared().join(name), facts);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
}

/// The root of an image as a tar; `None` if the program refuses it because it is not complete.
fn exported(path: &Path, number: &str) -> Option<Vec<u8>> {
    let arguments = ["export".as_ref(), path.as_os_str(), "--image".as_ref(), number.as_ref()];
    let output = layerscope(&arguments);
    match output.status.code() {
        Some(0) => Some(output.stdout),
        Some(2) => None,
        code => panic!("{}: {code:?}", path.display()),
    }
}

#[test]
#[cfg_attr(
    not(all(has_shared, has_decompressors)),
    ignore = "needs ../shared, bzip2, lz4, xz and zstd"
)]
fn exported_roots_have_the_paths_of_the_facts_each_once() {
    let compared = Mutex::new(0);
    each_archive(|name, path, facts| {
        for (number, image) in images(facts) {
            let number = number.to_string();
            let Some(root) = exported(path, &number) else { continue };
            let folder = Folder::new(&format!("paths-{name}-{number}"));
            let tar = folder.0.join("root.tar");
            fs::write(&tar, root).unwrap();
            let mut names = names_in(&tar);
            for name in &mut names {
                if name.ends_with(b"/") {
                    name.pop();
                }
            }
            names.retain(|name| name != b".");
            names.sort();
            let total = names.len();
            let list: Vec<u8> = names.iter().flat_map(|name| [&name[..], b"\0"].concat()).collect();
            names.dedup();
            assert_eq!(names.len(), total, "{name}: a path is written twice");
            let merged = &image["merged"];
            assert_eq!(merged["paths"], total, "{name}");
            let hash = Digest::of(&list);
            assert_eq!(merged["paths_sha256"], hash.encoded(), "{name}");
            *compared.lock().unwrap() += 1;
        }
    });
    let compared = compared.into_inner().unwrap();
    assert!(compared > 60, "only {compared} images were compared");
}

#[test]
#[cfg_attr(
    not(all(has_shared, has_decompressors)),
    ignore = "needs ../shared, bzip2, lz4, xz and zstd"
)]
fn exported_roots_unpack_to_what_the_layers_unpack_to_one_over_the_other() {
    let compared = Mutex::new((0, 0));
    each_archive(|name, path, facts| {
        let folder = Folder::new(&format!("trees-{name}"));
        let blobs = match path.is_dir() {
            true => path.to_owned(),
            false => {
                let outer = folder.folder("outer");
                gnu_tar(path, &["-x"], Some(&outer));
                outer
            }
        };
        let by_digest = files_by_digest(&blobs);
        for (number, image) in images(facts) {
            // tar follows a link in the middle of a path, and leaves a link without a target out.
            let merged = &image["merged"];
            let odd = ["entries_through_a_symlink", "hardlinks_without_target"];
            let number = number.to_string();
            if odd.iter().any(|key| merged[key].as_u64() > Some(0)) {
                continue;
            }
            let Some(root) = exported(path, &number) else { continue };
            let layers: Vec<PathBuf> = match image["layers"].as_array() {
                None => vec![path.to_owned()],
                Some(layers) => {
                    let digest = |layer: &Value| layer["digest"].as_str().unwrap().to_owned();
                    layers.iter().map(|layer| by_digest[&digest(layer)].clone()).collect()
                }
            };
            let expected = folder.folder(&format!("expected-{number}"));
            for (at, layer) in layers.iter().enumerate() {
                unpack_layer(layer, &expected, &folder.folder(&format!("alone-{number}-{at}")));
            }
            let tar = folder.0.join(format!("{number}.tar"));
            fs::write(&tar, root).unwrap();
            let got = folder.folder(&format!("got-{number}"));
            unpack(&tar, &got);
            let (expected, got) = (tree(&expected), tree(&got));
            for (path, expected) in &expected {
                let shown = String::from_utf8_lossy(path);
                assert_eq!(got.get(path), Some(expected), "{name}, image {number}: {shown}");
            }
            assert_eq!(got.len(), expected.len(), "{name}");
            let files = got.values().filter(|found| found.content.is_some()).count();
            let mut compared = compared.lock().unwrap();
            *compared = (compared.0 + 1, compared.1 + files);
        }
    });
    let (images, files) = compared.into_inner().unwrap();
    assert!(images > 50 && files > 3_000, "only {images} images and {files} files were compared");
}

/// Regular files alone: reading a pipe, or some devices, never ends.
fn files_by_digest(folder: &Path) -> HashMap<String, PathBuf> {
    let mut found = HashMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file()
                && let Ok(bytes) = fs::read(&path)
            {
                found.insert(Digest::of(&bytes).to_string(), path);
            }
        }
    }
    found
}

/// What GNU tar says about each member, sorted: modes, owners, sizes, times, names, links, attributes.
fn listing(tar: &Path) -> Vec<String> {
    let arguments = ["-tvv", "--full-time", "--numeric-owner", "--xattrs", "--xattrs-include=*"];
    let output = gnu_tar(tar, &arguments, None);
    let mut lines: Vec<String> = Vec::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        match lines.last_mut() {
            // Attributes follow their member.
            Some(last) if line.starts_with("  ") => last.push_str(line),
            // The width of columns differs from list to list.
            _ => lines.push(
                line.replace(" ./", " ")
                    .split(' ')
                    .filter(|word| !word.is_empty())
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
        }
    }
    lines.sort();
    lines
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn a_bare_file_system_is_listed_as_before() {
    let folder = Folder::new("listed");
    let names = [
        "tricky-fs.docker20-export.rootfs.tar.gz",
        "tricky-l3-ustar.rootfs.tar",
        "third-party/moby-xattr-layer.tar",
    ];
    for name in names {
        let archive = shared().join(name);
        let tar = folder.0.join("root.tar");
        fs::write(&tar, written("export", &archive, &[])).unwrap();
        let (before, after) = (listing(&archive), listing(&tar));
        assert!(!before.is_empty());
        let differs = before.iter().zip(&after).find(|(before, after)| before != after);
        assert_eq!((differs, before.len()), (None, after.len()), "{name}");
    }
}

#[test]
fn a_layer_is_written_as_its_tar_whose_digest_is_the_diff_id() {
    let archive = own("odd.docker20.docker.tar.gz");
    let report: Value = serde_json::from_slice(&written("inspect", &archive, &[])).unwrap();
    let layers = report["images"][0]["layers"].as_array().unwrap();
    assert!(layers.len() > 1);
    for (layer, number) in layers.iter().zip(1..) {
        let tar = written("export", &archive, &["--layer", &i32::to_string(&number)]);
        assert_eq!(layer["diffId"], Digest::of(&tar).as_str());
    }
}

/// What the page gets when a part of an image is saved, with its notes.
fn made(driver: &mut Driver<'_>, part: ExtractedPart) -> (ExtractionNotes, Vec<u8>) {
    let image = ImagePosition(0);
    let made = driver.ask_with(Extract { image, part }, Vec::new());
    sessions::assert_sound(driver);
    made.unwrap_or_else(|problem| panic!("{problem:?}"))
}

fn root(form: ArchiveForm) -> ExtractedPart {
    ExtractedPart::Root { up_to: None, paths: Vec::new(), form }
}

#[test]
fn the_page_gets_the_bytes_that_the_command_writes() {
    for name in ["odd.docker20.docker.tar.gz", "two.docker20.docker.tar"] {
        let archive = own(name);
        let disk = Disk::open(&archive).unwrap();
        let mut driver = sessions::driver(&disk);
        let (notes, tar) = made(&mut driver, root(ArchiveForm::Tar));
        assert_eq!(notes, ExtractionNotes::default());
        assert!(tar == written("export", &archive, &[]), "{name}");
        let layer = LayerNumber::new(1).unwrap();
        let (_, tar) = made(&mut driver, ExtractedPart::Layer { layer, paths: Vec::new() });
        assert!(tar == written("export", &archive, &["--layer", "1"]), "{name}");
    }
}

#[test]
fn a_file_is_printed_through_links_and_as_a_layer_brought_it() {
    let folder = Folder::new("cat");
    let path = folder.0.join("a.tar");
    let links = [("lib", "->etc"), ("kept", "->/lib/kept"), ("loop", "->loop")];
    let base =
        crate::made::texts(&[&[("etc/secret", "old"), ("etc/kept", "kept")][..], &links].concat());
    let upper = crate::made::texts(&[("etc/secret", "new")]);
    let last = crate::made::texts(&[("etc/.wh.secret", "")]);
    fs::write(&path, crate::made::docker(&[base, upper, last])).unwrap();
    let cat = |rest: &[&str]| {
        let mut arguments = vec![OsStr::new("cat"), path.as_os_str()];
        arguments.extend(rest.iter().map(OsStr::new));
        let output = layerscope(&arguments);
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let text = |text: &str| (Some(0), text.to_owned());
    assert_eq!(cat(&["/etc/kept"]), text("kept"));
    assert_eq!(cat(&["etc/../etc/kept"]), text("kept"));
    assert_eq!(cat(&["lib/kept"]), text("kept"));
    assert_eq!(cat(&["kept"]), text("kept"));
    assert_eq!(cat(&["etc/secret", "--layer", "1"]), text("old"));
    assert_eq!(cat(&["etc/secret", "--layer", "2"]), text("new"));
    assert_eq!(cat(&["etc/secret", "--up-to", "2"]), text("new"));
    let fails = (Some(1), String::new());
    assert_eq!(cat(&["etc/secret"]), fails, "it was removed");
    assert_eq!(cat(&["etc/secret", "--layer", "3"]), fails);
    assert_eq!(cat(&["etc/kept", "--layer", "2"]), fails, "another layer brought it");
    assert_eq!(cat(&["etc"]), fails, "a directory");
    assert_eq!(cat(&["loop"]), fails);
    assert_eq!(cat(&["etc/kept", "--layer", "0"]).0, Some(2));
    assert_eq!(cat(&["etc/kept", "--image", "9"]).0, Some(2));
}

#[test]
fn a_part_of_the_file_system_and_of_a_layer_is_written() {
    let folder = Folder::new("parts");
    let path = folder.0.join("a.tar");
    let base = crate::made::texts(&[("etc/a", "1"), ("etc/b/c", "2"), ("usr/d", "3")]);
    let upper = crate::made::texts(&[("etc/.wh.a", ""), ("etc/e", "4"), ("usr/f", "5")]);
    fs::write(&path, crate::made::docker(&[base, upper])).unwrap();
    let names = |rest: &[&str]| {
        let tar = folder.0.join("part.tar");
        fs::write(&tar, written("export", &path, rest)).unwrap();
        let mut names: Vec<String> =
            names_in(&tar).into_iter().map(|name| String::from_utf8(name).unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&["etc"]), ["etc/", "etc/b/", "etc/b/c", "etc/e"]);
    assert_eq!(names(&["/etc/b/c"]), ["etc/b/c"]);
    assert_eq!(names(&["etc", "--up-to", "1"]), ["etc/", "etc/a", "etc/b/", "etc/b/c"]);
    assert_eq!(names(&["etc", "--layer", "2"]), ["etc/.wh.a", "etc/e"]);
    assert_eq!(names(&["/", "--layer", "2"]), ["etc/.wh.a", "etc/e", "usr/f"]);
    for (rest, code) in [
        (&["nowhere"][..], 1),
        (&["nowhere", "--layer", "1"], 1),
        (&["--layer", "9"], 1),
        (&["--image", "9"], 2),
        (&["--zip"], 2),
    ] {
        let mut arguments = vec![OsStr::new("export"), path.as_os_str()];
        arguments.extend(rest.iter().map(OsStr::new));
        let output = layerscope(&arguments);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(code), 0), "{rest:?}");
        assert!(!output.stderr.is_empty(), "{rest:?}");
    }
}
