//! A source on a disk: a file, or a folder with all that is below it; links lead to files of the folder only.

use crate::session::{Files, ReadSeek};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A folder with more files than this is none of an image's.
const MAX_FILES: usize = 100_000;

/// Paths on the disk with their names and bytes.
pub struct Disk {
    files: Vec<(PathBuf, String, u64)>,
}

impl Disk {
    /// Lists what is at `path`.
    pub fn open(path: &Path) -> io::Result<Disk> {
        let mut disk = Disk { files: Vec::new() };
        let data = fs::metadata(path)?;
        if data.is_dir() {
            let root = path.canonicalize()?;
            disk.walk(&root, path, "")?;
            disk.files.sort();
        } else {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            disk.files.push((path.to_owned(), name, data.len()));
        }
        Ok(disk)
    }

    fn walk(&mut self, root: &Path, folder: &Path, prefix: &str) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.walk(root, &entry.path(), &format!("{name}/"))?;
            } else if kind.is_file() {
                self.files.push((entry.path(), name, entry.metadata()?.len()));
            } else if kind.is_symlink()
                && let Some(target) = target_within(root, &entry.path())
            {
                let size = fs::metadata(&target)?.len();
                self.files.push((target, name, size));
            }
            if self.files.len() > MAX_FILES {
                return Err(io::Error::other(format!("more than {MAX_FILES} files")));
            }
        }
        Ok(())
    }
}

/// The file of the folder `root` that a symbolic link leads to; a link out of the folder is not followed. Old
/// `docker save` links layers to each other; a target counts from the link's own folder or from the root.
fn target_within(root: &Path, link: &Path) -> Option<PathBuf> {
    let from_root = root.join(fs::read_link(link).ok()?);
    let targets = [link.canonicalize(), from_root.canonicalize()].into_iter().flatten();
    targets.into_iter().find(|target| target.starts_with(root) && target.is_file())
}

impl Files for Disk {
    fn list(&self) -> Vec<(String, u64)> {
        self.files.iter().map(|(_, name, size)| (name.clone(), *size)).collect()
    }

    fn open(&self, file: u32) -> io::Result<Box<dyn ReadSeek>> {
        let (path, ..) = self.files.get(file as usize).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(File::open(path)?))
    }
}

#[cfg(unix)]
#[test]
fn links_within_the_folder_are_files_and_others_are_left_out() {
    use std::os::unix::fs::symlink;
    let folder = std::env::temp_dir().join(format!("layerscope-links-{}", std::process::id()));
    for id in ["a", "b", "c", "d"] {
        fs::create_dir_all(folder.join(id)).unwrap();
    }
    fs::write(folder.join("a/layer.tar"), b"layer").unwrap();
    symlink("../a/layer.tar", folder.join("b/layer.tar")).unwrap();
    symlink("a/layer.tar", folder.join("c/layer.tar")).unwrap();
    symlink("/etc/passwd", folder.join("d/layer.tar")).unwrap();
    symlink("nothing", folder.join("d/gone")).unwrap();
    let list = Disk::open(&folder).map(|disk| disk.list());
    fs::remove_dir_all(&folder).unwrap();
    let want = ["a", "b", "c"].map(|id| (format!("{id}/layer.tar"), 5));
    let mut list = list.unwrap();
    list.sort();
    assert_eq!(list, want);
}
