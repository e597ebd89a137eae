//! A file's content, read from the middle of its layer, equals what `tar -x` unpacks.
//!
//! GNU tar unpacks the archive and its layers with the tools for each compression. Our report only tells
//! which file of the archive is which layer, by its digest.

use crate::sessions;
use layerscope::oci::Digest;
use layerscope::protocol::{LinkPath, ReadContent};
use layerscope::selection::LayerSelection;
use layerscope::session::native::{Disk, Driver};
use layerscope::vocabulary::{ImagePosition, LayerPosition};
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The most files compared in one layer, spread evenly over it: each is decompressed from the checkpoint
/// before it.
const SAMPLE: usize = 100;

/// A temporary folder, removed when this is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let name = format!("layerscope-contents-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs `tar -x`. It may fail, as for special files, but must write something if the tar has content.
fn untar(archive: &Path, folder: &Path, holds_something: bool) {
    fs::create_dir_all(folder).unwrap();
    let mut tar = Command::new("tar");
    // The one compression here that GNU tar does not recognise.
    if fs::read(archive).unwrap().starts_with(b"\x04\x22\x4d\x18") {
        tar.arg("--use-compress-program=lz4");
    }
    let output = tar
        .args(["-x", "--no-same-owner", "--no-same-permissions", "-f"])
        .arg(archive)
        .arg("-C")
        .arg(folder)
        .output()
        .unwrap();
    let wrote = fs::read_dir(folder).unwrap().next().is_some();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() || wrote || !holds_something,
        "tar -x {}: {errors}",
        archive.display()
    );
}

/// The regular files below a folder, by their paths in it.
fn files_in(folder: &Path) -> BTreeMap<Vec<u8>, PathBuf> {
    fn walk(top: &Path, folder: &Path, files: &mut BTreeMap<Vec<u8>, PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                walk(top, &path, files);
            } else if kind.is_file() {
                let name = path.strip_prefix(top).unwrap().as_os_str().as_bytes().to_vec();
                files.insert(name, path);
            }
        }
    }
    let mut files = BTreeMap::new();
    walk(folder, folder, &mut files);
    files
}

/// Returns `None` if the layer has no such path.
fn content(
    driver: &mut Driver<'_>,
    image: ImagePosition,
    path: &[u8],
    layers: LayerSelection,
    size: u64,
) -> Option<Vec<u8>> {
    let path: String = path.iter().map(|byte| format!("%{byte:02X}")).collect();
    let request =
        ReadContent { image, path: LinkPath(path.clone()), layers, offset: 0, length: size };
    match driver.content(request) {
        Err(problem) if problem.code == "no-such-path" => None,
        content => Some(content.unwrap_or_else(|e| panic!("{path}: {e:?}"))),
    }
}

/// Compares the contents of all layers of an archive's images; returns the number of files compared.
fn compare(archive: &Path) -> usize {
    let disk = Disk::open(archive).unwrap();
    let mut driver = sessions::driver(&disk);
    let report = sessions::report_of(&mut driver);
    let name = archive.file_name().unwrap().to_string_lossy();
    let outer = Folder::new(&name);
    let mut by_digest: HashMap<String, PathBuf> = HashMap::new();
    if report["images"][0]["imageId"].is_string() {
        let folder = if archive.is_dir() { archive } else { &outer.0 };
        if !archive.is_dir() {
            untar(archive, &outer.0, true);
        }
        for path in files_in(folder).into_values() {
            by_digest.insert(Digest::of(&fs::read(&path).unwrap()).to_string(), path);
        }
    }
    let mut compared = 0;
    for (at, image) in report["images"].as_array().unwrap().iter().enumerate() {
        let position = ImagePosition(at as u32);
        driver.show(position).unwrap();
        for (at, layer) in image["layers"].as_array().unwrap().iter().enumerate() {
            let path = match (image["imageId"].is_string(), layer["digest"].as_str()) {
                (false, _) => archive,
                (true, Some(digest)) => match by_digest.get(digest) {
                    Some(path) => path,
                    None => continue, // a layer that is not in the archive
                },
                (true, None) => continue,
            };
            let folder = Folder::new(&format!("{name}-{at}"));
            untar(path, &folder.0, layer["entries"].as_u64() > Some(1));
            let mut files = files_in(&folder.0);
            files.retain(|name, _| {
                !name.rsplit(|&byte| byte == b'/').next().unwrap().starts_with(b".wh.")
            });
            let step = files.len().div_ceil(SAMPLE).max(1);
            for (name, path) in files.into_iter().step_by(step) {
                let want = fs::read(&path).unwrap();
                let layer = LayerPosition(at as u32).number();
                let layers = LayerSelection::one(layer);
                // tar follows a link in the middle of a path, the tree takes paths literally.
                let size = want.len() as u64 + 1;
                let Some(got) = content(&mut driver, position, &name, layers, size) else {
                    continue;
                };
                let name = String::from_utf8_lossy(&name);
                assert!(got == want, "{}, layer {layer}: {name}", archive.display());
                compared += 1;
            }
        }
    }
    compared
}

/// Compares every archive of a folder that has facts; returns the number of files compared.
fn compare_all(folder: &Path) -> usize {
    let facts = facts::load_all(&folder.join("facts.json"));
    let names = facts["archives"].as_object().unwrap().keys();
    // The facts of the sample image are among those of the fixtures; the image is in `www/`.
    let names = Mutex::new(names.filter(|name| *name != "sample.tar"));
    let all = AtomicUsize::new(0);
    let work = || {
        loop {
            let next = names.lock().unwrap().next();
            let Some(name) = next else { break };
            all.fetch_add(compare(&folder.join(name)), Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    all.into_inner()
}

#[test]
#[cfg_attr(not(has_decompressors), ignore = "needs bzip2, lz4, xz and zstd")]
fn contents_of_our_own_archives_are_what_tar_unpacks() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let compared = compare_all(&own);
    assert!(compared > 100, "only {compared} files were compared");
}

#[test]
#[cfg_attr(
    not(all(has_shared, has_decompressors)),
    ignore = "needs ../shared, bzip2, lz4, xz and zstd"
)]
fn contents_of_the_shared_archives_are_what_tar_unpacks() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures");
    let compared = compare_all(&shared);
    assert!(compared > 3_000, "only {compared} files were compared");
}
