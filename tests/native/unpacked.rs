//! The layers of an archive as GNU tar unpacks them, with the tools for each compression. Our report only tells
//! which file of the archive is which layer, by its digest.

use crate::sessions;
use layerscope::oci::Digest;
use layerscope::session::native::Driver;
use layerscope::vocabulary::{ImagePosition, LayerNumber, LayerPosition};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A temporary folder, removed when this is dropped.
pub struct Folder(pub PathBuf);

impl Folder {
    /// `name` must be unique in this program.
    pub fn new(name: &str) -> Folder {
        let name = format!("layerscope-unpacked-{}-{name}", std::process::id());
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

/// The regular files below a folder that are no whiteouts, by their paths in it.
pub fn files_in(folder: &Path) -> BTreeMap<Vec<u8>, PathBuf> {
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

/// Calls back with every layer of every image of an archive, unpacked into a folder. The image is shown by then.
pub fn each_layer(
    archive: &Path,
    driver: &mut Driver<'_>,
    purpose: &str,
    mut each: impl FnMut(&mut Driver<'_>, ImagePosition, LayerNumber, &Folder),
) {
    let report = sessions::report_of(driver);
    let name = format!("{purpose}-{}", archive.file_name().unwrap().to_string_lossy());
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
    for (at, image) in report["images"].as_array().unwrap().iter().enumerate() {
        let position = ImagePosition(at as u32);
        driver.show(position).unwrap();
        for (at, layer) in image["layers"].as_array().unwrap().iter().enumerate() {
            let Some(path) = layer_file(archive, image, layer, &by_digest) else { continue };
            let folder = Folder::new(&format!("{name}-{at}"));
            untar(path, &folder.0, layer["entries"].as_u64() > Some(1));
            each(driver, position, LayerPosition(at as u32).number(), &folder);
        }
    }
}

/// The file that is a layer; `None` if it is not in the archive.
fn layer_file<'a>(
    archive: &'a Path,
    image: &Value,
    layer: &Value,
    by_digest: &'a HashMap<String, PathBuf>,
) -> Option<&'a Path> {
    match image["imageId"].is_string() {
        false => Some(archive),
        true => by_digest.get(layer["digest"].as_str()?).map(PathBuf::as_path),
    }
}
