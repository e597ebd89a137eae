//! A file's content, read from the middle of its layer, equals what `tar -x` unpacks.
//!
//! `unpacked.rs` has the unpacking.

use crate::sessions;
use crate::unpacked::{each_layer, files_in};
use layerscope::protocol::{
    ComputeDigest, LinkPath, OutlineFile, OutlinedFormat, PathsOfNames, ReadContent,
};
use layerscope::selection::LayerSelection;
use layerscope::session::native::{Disk, Driver};
use layerscope::vocabulary::ImagePosition;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The most files compared in one layer, spread evenly over it: each is decompressed from the checkpoint
/// before it.
const SAMPLE: usize = 100;

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
    let mut compared = 0;
    let mut driver = sessions::driver(&disk);
    each_layer(archive, &mut driver, "contents", |driver, position, layer, folder| {
        let files = files_in(&folder.0);
        let step = files.len().div_ceil(SAMPLE).max(1);
        for (name, path) in files.into_iter().step_by(step) {
            let want = fs::read(&path).unwrap();
            let layers = LayerSelection::one(layer);
            // tar follows a link in the middle of a path, the tree takes paths literally.
            let size = want.len() as u64 + 1;
            let Some(got) = content(driver, position, &name, layers, size) else { continue };
            let name = String::from_utf8_lossy(&name);
            assert!(got == want, "{}, layer {layer}: {name}", archive.display());
            compared += 1;
        }
    });
    compared
}

/// `sha256sum` of a file.
fn sha256sum(path: &Path) -> String {
    // From standard input: names are bytes, and odd ones are escaped.
    let file = std::fs::File::open(path).unwrap();
    let output = std::process::Command::new("sha256sum").stdin(file).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap().to_owned()
}

#[test]
#[cfg_attr(not(has_decompressors), ignore = "needs bzip2, lz4, xz and zstd")]
fn digests_of_files_are_those_of_sha256sum() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let facts = facts::load_all(&own.join("facts.json"));
    let mut compared = 0;
    for name in facts["archives"].as_object().unwrap().keys().filter(|name| *name != "sample.tar") {
        let archive = own.join(name);
        let disk = Disk::open(&archive).unwrap();
        let mut driver = sessions::driver(&disk);
        each_layer(&archive, &mut driver, "digests", |driver, image, layer, folder| {
            for (name, path) in files_in(&folder.0).into_iter().take(10) {
                let name: String = name.iter().map(|byte| format!("%{byte:02X}")).collect();
                let layers = LayerSelection::one(layer);
                let asked = ComputeDigest { image, path: LinkPath(name.clone()), layers };
                match driver.ask(asked) {
                    Err(problem) if problem.code == "no-such-path" => continue,
                    digest => assert_eq!(digest.unwrap().sha256, sha256sum(&path), "{name}"),
                }
                compared += 1;
            }
        });
    }
    assert!(compared > 50, "only {compared} files were compared");
}

/// The sample has klibc's shell, which readelf calls a program for x86_64 that needs no library by DT_NEEDED.
#[test]
fn a_program_of_an_image_has_an_outline_and_names_have_paths() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/sample.tar");
    let disk = Disk::open(&sample).unwrap();
    let mut driver = sessions::driver(&disk);
    let (image, layers) = (ImagePosition(0), LayerSelection::All);
    let mut outline = |path: &str| {
        let path = LinkPath(path.to_owned());
        driver.ask(OutlineFile { image, path, layers }).unwrap()
    };
    assert_eq!(outline("/usr/lib/klibc/bin/sh").format, Some(OutlinedFormat::Elf));
    assert_eq!(outline("/srv/site/icon.png").format, Some(OutlinedFormat::Png));
    assert_eq!(outline("/etc/mime.types").format, None, "text has none");
    let names = vec!["mime.types".to_owned(), "etc".to_owned(), "libmissing.so".to_owned()];
    let found = driver.ask(PathsOfNames { image, layers, names }).unwrap();
    assert_eq!(found.paths, [Some(LinkPath("/etc/mime.types".into())), None, None]);
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
