//! Zips that the page saves, as another crate's reader and GNU tar's tree tell.

use super::{Folder, made, root, shared, tree, unpack};
use crate::sessions;
use layerscope::protocol::{ArchiveForm, ShowImage};
use layerscope::session::native::Disk;
use layerscope::vocabulary::ImagePosition;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

/// The entries of a zip as its crate reads them: names, modes, and contents.
fn zip_entries(bytes: &[u8]) -> BTreeMap<Vec<u8>, (u32, Vec<u8>)> {
    let archive = rawzip::ZipArchive::from_slice(bytes).unwrap();
    let mut entries = BTreeMap::new();
    for header in archive.entries() {
        let header = header.unwrap();
        let data = archive.get_entry(header.wayfinder()).unwrap();
        let content = match header.compression_method() {
            rawzip::CompressionMethod::STORE => data.data().to_vec(),
            _ => {
                let mut content = Vec::new();
                let mut reader = flate2::read::DeflateDecoder::new(data.data());
                std::io::Read::read_to_end(&mut reader, &mut content).unwrap();
                content
            }
        };
        assert_eq!(header.uncompressed_size_hint(), content.len() as u64);
        let name = header.file_path().as_bytes().to_vec();
        let twice = entries.insert(name.clone(), (header.mode().value(), content));
        assert!(twice.is_none(), "{} is there twice", String::from_utf8_lossy(&name));
    }
    entries
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn a_zip_has_the_files_of_the_tar() {
    let folder = Folder::new("zip");
    for name in ["debmini.skopeo-gzip.oci.tar", "by-id.docker20.docker.tar"] {
        let archive = shared().join(name);
        let disk = Disk::open(&archive).unwrap();
        let mut driver = sessions::driver(&disk);
        let (notes, zip) = made(&mut driver, root(ArchiveForm::Zip));
        assert_eq!((notes.left_out, notes.lost_links), (0, 0), "{name}");
        let (_, tar) = made(&mut driver, root(ArchiveForm::Tar));
        let (path, unpacked) = (folder.0.join("root.tar"), folder.folder(name));
        fs::write(&path, tar).unwrap();
        unpack(&path, &unpacked);
        let mut zipped = zip_entries(&zip);
        for (name, found) in tree(&unpacked) {
            let shown = String::from_utf8_lossy(&name).into_owned();
            if name.contains(&b':') {
                continue; // such as /var/lib/dpkg/info/libc6:amd64.list
            }
            let is_directory = found.mode & 0o170_000 == 0o040_000;
            let entry = if is_directory { [&name[..], b"/"].concat() } else { name.clone() };
            let (mode, content) = zipped.remove(&entry).unwrap_or_else(|| panic!("{shown}"));
            assert_eq!(mode, found.mode, "{shown}");
            let expected = match found.link.is_empty() {
                true if is_directory => Vec::new(),
                true => fs::read(unpacked.join(OsStr::from_bytes(&name))).unwrap(),
                false => found.link,
            };
            assert!(content == expected, "{shown}");
        }
        // What is left are the names with colons, changed.
        assert!(zipped.keys().all(|name| name.contains(&b'_')), "{name}");
        assert_eq!(notes.renamed as usize, zipped.len(), "{name}");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn hostile_names_are_made_safe_in_a_zip_and_said() {
    let disk = Disk::open(&shared().join("tricky-fs.docker20.docker.tar.gz")).unwrap();
    let mut driver = sessions::driver(&disk);
    let (notes, zip) = made(&mut driver, root(ArchiveForm::Zip));
    assert!(notes.renamed > 5 && notes.left_out >= 3, "{notes:?}");
    assert!(!notes.renamings.is_empty());
    let mut names = Vec::new();
    for name in zip_entries(&zip).into_keys() {
        let name = String::from_utf8(name).expect("UTF-8");
        for part in name.trim_end_matches('/').split('/') {
            assert!(!part.is_empty() && !part.ends_with(['.', ' ']), "{name:?}");
            assert!(
                !part.contains(|c: char| c.is_control() || "<>:\"\\|?*".contains(c)),
                "{name:?}"
            );
        }
        names.push(name.to_lowercase());
    }
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "names that differ in case alone");
}

#[test]
fn copies_for_further_names_are_bounded_and_those_left_out_are_counted() {
    let folder = Folder::new("copies");
    let from = folder.folder("from");
    let file = from.join("0");
    fs::File::create(&file).unwrap().set_len(3 << 30).unwrap();
    for name in 1..5 {
        fs::hard_link(&file, from.join(name.to_string())).unwrap();
    }
    let archive = folder.0.join("links.tar");
    let mut tar = std::process::Command::new("tar");
    tar.args(["-cS", "--sort=name", "-f"]).arg(&archive).arg("-C").arg(&from).arg(".");
    assert!(tar.status().unwrap().success());
    let disk = Disk::open(&archive).unwrap();
    let mut driver = sessions::driver(&disk);
    let image = ImagePosition(0);
    driver.ask(ShowImage { image }).unwrap();
    let planned = driver.session().unwrap().extraction(image, &root(ArchiveForm::Zip)).unwrap().1;
    // The first copy has 3 GiB, which is one copy too much of what may be holes; the others exceed the bound.
    assert_eq!((planned.left_out, planned.names_left_out), (1, 3));
    let (_, notes) = driver.session().unwrap().extraction(image, &root(ArchiveForm::Tar)).unwrap();
    assert_eq!((notes.left_out, notes.names_left_out), (0, 0), "a tar has links");
}
