//! Archives of real files: Debian packages, fetched by apt into the bench's folder and unpacked into layers.
//!
//! - Why real ones: dive takes 8.5 s for a generated tree of 1.4 GB and 1.8 s for a real one of that size.
//! - Layers as a Dockerfile makes them: a base, compilers with more than half of the bytes, headers and
//!   interpreters with most of the entries, a `chown -R` (metadata written again), and a removal.
//! - Each package layer has dpkg's database of all packages so far, so that package scanners have work.
//! - What apt offers on the machine is taken: the archives of two releases of Debian differ. The folder
//!   keeps them, and the table says their sizes.

use super::archive::{self, Blob, Layers, put};
use std::collections::HashSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tar::{Archive, Builder, EntryType};

/// To be raised with every change to what is put together, so that no old archive is measured.
const GENERATION: u32 = 1;

/// How much to unpack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// About 1.3 GB.
    Usual,
    /// About 9 GB, for which apt fetches 1.6 GB.
    Large,
}

impl Size {
    pub fn name(self) -> &'static str {
        match self {
            Size::Usual => "1.3 GB",
            Size::Large => "9 GB",
        }
    }

    /// The instructions, and the packages that each unpacks with what they depend on.
    fn steps(self) -> [(&'static str, &'static [&'static str]); 3] {
        let base: &[_] = &[
            "apt",
            "base-files",
            "bash",
            "coreutils",
            "debian-archive-keyring",
            "dpkg",
            "findutils",
            "grep",
            "gzip",
            "login",
            "passwd",
            "sed",
            "tar",
            "util-linux",
        ];
        match self {
            Size::Usual => [
                ("ADD rootfs.tar.xz / # buildkit", base),
                ("RUN apt-get install gcc g++ clang rustc", &["gcc", "g++", "clang", "rustc"]),
                (
                    "RUN apt-get install headers interpreters",
                    &[
                        "libboost-dev",
                        "linux-headers-amd64",
                        "python3",
                        "git",
                        "perl",
                        "breeze-icon-theme",
                        "elementary-xfce-icon-theme",
                    ],
                ),
            ],
            Size::Large => [
                ("ADD rootfs.tar.xz / # buildkit", base),
                (
                    "RUN apt-get install gcc g++ kicad-packages3d",
                    &["gcc", "g++", "kicad-packages3d"],
                ),
                (
                    "RUN apt-get install headers interpreters texlive",
                    &[
                        "clang",
                        "ghc",
                        "libboost-dev",
                        "linux-headers-amd64",
                        "python3",
                        "git",
                        "perl",
                        "rustc",
                        "texlive-fonts-extra",
                        "texlive-latex-extra",
                    ],
                ),
            ],
        }
    }
}

/// Directories whose owner the fourth layer changes.
const CHOWNED: &[&str] = &["usr/include", "usr/share/doc"];
/// What the fifth layer removes.
const REMOVED: &[&str] = &["usr/share/.wh.man", "usr/share/.wh.locale", "usr/share/.wh.info"];
/// The owner that the fourth layer sets.
const USER: u64 = 1000;

/// The archive in `folder`, put together if it does not exist.
pub fn ensure(folder: &Path, size: Size, layers: Layers) -> io::Result<PathBuf> {
    let size_name = size.name().replace(' ', "").to_lowercase();
    let name = format!("real-{}-{size_name}-{GENERATION}.tar", layers.name());
    archive::ensure(&folder.join(name), |work| blobs(&folder.join("packages"), work, size, layers))
}

fn blobs(packages: &Path, work: &Path, size: Size, layers: Layers) -> io::Result<Vec<Blob>> {
    let mut unpacked: Vec<PathBuf> = Vec::new();
    let mut status = Vec::new();
    let mut blobs = Vec::new();
    for (number, (why, names)) in size.steps().into_iter().enumerate() {
        let wanted = fetch(packages, names)?;
        let new: Vec<_> = wanted.into_iter().filter(|file| !unpacked.contains(file)).collect();
        blobs.push(archive::layer(work.join(number.to_string()), layers, why, |tar| {
            let mut layer = PackageLayer { tar, directories: HashSet::new() };
            for package in &new {
                layer.unpack(package, &mut status)?;
            }
            put(layer.tar, EntryType::Regular, "var/lib/dpkg/status", 0o644, &status)
        })?);
        unpacked.extend(new);
    }
    let why = format!("RUN chown -R {USER}:{USER} /{}", CHOWNED.join(" /"));
    blobs.push(archive::layer(work.join("3"), layers, &why, |tar| {
        let mut layer = PackageLayer { tar, directories: HashSet::new() };
        unpacked.iter().try_for_each(|package| layer.chown(package))
    })?);
    let why = "RUN rm -r /usr/share/man /usr/share/locale /usr/share/info";
    blobs.push(archive::layer(work.join("4"), layers, why, |tar| {
        REMOVED.iter().try_for_each(|path| put(tar, EntryType::Regular, path, 0o644, &[]))
    })?);
    Ok(blobs)
}

/// apt, as if nothing were installed on this machine.
fn apt(folder: &Path, words: &[&str], names: &[&str]) -> Command {
    let mut apt = Command::new("apt-get");
    apt.args(["-qq", "-y", "--no-install-recommends", "-o", "Dir::State::status=/dev/null"]);
    apt.args(["-o", "Debug::NoLocking=1", "-o"]);
    apt.arg(format!("Dir::Cache::archives={}", folder.display()));
    apt.args(words).arg("install").args(names).stdin(Stdio::null()).stderr(Stdio::inherit());
    apt
}

/// The files of these packages and of all that they depend on, fetched where they are missing.
fn fetch(folder: &Path, names: &[&str]) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(folder.join("partial"))?;
    // Files that are there already are not listed, so the list is requested for an empty folder.
    let empty = folder.join("none");
    fs::create_dir_all(empty.join("partial"))?;
    let output = apt(&empty, &["--print-uris"], names).output()?;
    let list = String::from_utf8_lossy(&output.stdout).into_owned();
    let file = |line: &str| {
        let (_, rest) = line.strip_prefix('\'')?.split_once("' ")?;
        Some(folder.join(rest.split(' ').next()?))
    };
    let files: Vec<_> = list.lines().filter_map(file).collect();
    if !output.status.success() || files.is_empty() {
        return Err(io::Error::other("apt-get knows no such packages; by hand: apt-get update"));
    }
    if files.iter().all(|file| file.is_file()) {
        return Ok(files);
    }
    eprintln!("fetching {} packages …", files.len());
    let done = apt(folder, &["--download-only"], names).stdout(Stdio::null()).status()?;
    match done.success() && files.iter().all(|file| file.is_file()) {
        true => Ok(files),
        false => Err(io::Error::other("apt-get could not fetch all packages")),
    }
}

/// A layer that packages are unpacked into.
struct PackageLayer<'a, 'b> {
    tar: &'a mut Builder<&'b mut dyn Write>,
    /// Written already: packages share directories.
    directories: HashSet<PathBuf>,
}

impl PackageLayer<'_, '_> {
    /// All files of a package, and its entries in dpkg's database; `status` gets its paragraph.
    fn unpack(&mut self, package: &Path, status: &mut Vec<u8>) -> io::Result<()> {
        let mut list = String::new();
        self.copy(package, None, &mut |path| {
            list.push_str(&format!("/{}\n", path.display()));
            true
        })?;
        let fields = dpkg_deb("--field", package)?;
        let text = String::from_utf8_lossy(&fields).into_owned();
        let field =
            |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let mut name = field("Package").unwrap_or_default().to_owned();
        if field("Multi-Arch") == Some("same") {
            name = format!("{name}:{}", field("Architecture").unwrap_or_default());
        }
        let info = format!("var/lib/dpkg/info/{name}");
        put(self.tar, EntryType::Regular, &format!("{info}.list"), 0o644, list.as_bytes())?;
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        status.extend_from_slice(
            format!("{first}\nStatus: install ok installed\n{}\n\n", rest.trim_end()).as_bytes(),
        );
        Ok(())
    }

    /// The files of a package whose owner changes.
    fn chown(&mut self, package: &Path) -> io::Result<()> {
        let within = |path: &Path| CHOWNED.iter().any(|folder| path.starts_with(folder));
        self.copy(package, Some(USER), &mut |path| within(path))
    }

    fn copy(
        &mut self,
        package: &Path,
        owner: Option<u64>,
        wanted: &mut dyn FnMut(&Path) -> bool,
    ) -> io::Result<()> {
        let mut dpkg = dpkg_deb_command("--fsys-tarfile", package);
        let mut dpkg = dpkg.stdout(Stdio::piped()).spawn()?;
        let output = dpkg.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        for entry in Archive::new(io::BufReader::with_capacity(1 << 17, output)).entries()? {
            let mut entry = entry?;
            let path = entry.path()?.into_owned();
            let path = path.strip_prefix(".").unwrap_or(&path);
            if path.as_os_str().is_empty() || !wanted(path) {
                continue;
            }
            let mut header = entry.header().clone();
            if let Some(owner) = owner {
                header.set_uid(owner);
                header.set_gid(owner);
            }
            match (header.entry_type(), entry.link_name()?) {
                (EntryType::Directory, _) if !self.directories.insert(path.to_owned()) => {}
                (EntryType::Symlink | EntryType::Link, Some(target)) => {
                    // A link to its own directory stays one: `usr/bin/X11`.
                    let plain = target.strip_prefix(".").ok();
                    let plain = plain.filter(|path| !path.as_os_str().is_empty());
                    let target = plain.unwrap_or(&target).to_owned();
                    self.tar.append_link(&mut header, path, target)?;
                }
                _ => self.tar.append_data(&mut header, path, &mut entry)?,
            }
        }
        match dpkg.wait()?.success() {
            true => Ok(()),
            false => Err(io::Error::other(format!("dpkg-deb failed on {}", package.display()))),
        }
    }
}

fn dpkg_deb_command(what: &str, package: &Path) -> Command {
    let mut command = Command::new("dpkg-deb");
    command.arg(what).arg(package).stdin(Stdio::null());
    command
}

fn dpkg_deb(what: &str, package: &Path) -> io::Result<Vec<u8>> {
    Ok(dpkg_deb_command(what, package).output()?.stdout)
}
