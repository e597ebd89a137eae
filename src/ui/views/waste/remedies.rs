//! Remedies in words, and where the files are that each is about.
//!
//! Source: Dockerfile reference (`COPY --chown`, `--chmod`, `RUN --mount`); the package managers' manuals for their
//! directories, as `src/analysis/waste/traces.rs` recognises them.

use crate::protocol::{SavingRow, WasteShow};
use crate::vocabulary::{PackageManager, Remedy};

/// What a remedy is called, and what it says to do. Between backticks is code.
pub(super) struct RemedyWords {
    pub title: &'static str,
    pub advice: String,
}

/// A remedy in words. `hidden`: it is about files that are no longer in the final tree.
pub(super) fn words(remedy: Remedy, hidden: bool) -> RemedyWords {
    let (title, advice) = match remedy {
        Remedy::CacheMount(manager) => return cache(manager, hidden),
        Remedy::CopyChown => COPY_CHOWN,
        Remedy::CopyChmod => COPY_CHMOD,
        Remedy::ChangeInSameRun => CHANGE_IN_SAME_RUN,
        Remedy::WriteOnce => WRITE_ONCE,
        Remedy::CleanInSameRun => CLEAN_IN_SAME_RUN,
        Remedy::MountInstead => MOUNT_INSTEAD,
        Remedy::CopiedOver => COPIED_OVER,
        Remedy::ChangedByRun => CHANGED_BY_RUN,
        Remedy::ChangesBase => CHANGES_BASE,
        Remedy::WithinBase => WITHIN_BASE,
        Remedy::Duplicates => DUPLICATES,
        Remedy::DebugSymbols => DEBUG_SYMBOLS,
        Remedy::PythonBytecode => PYTHON_BYTECODE,
        Remedy::GitDirectory => GIT_DIRECTORY,
        Remedy::Documentation => DOCUMENTATION,
        Remedy::Locales => LOCALES,
    };
    RemedyWords { title, advice: advice.to_owned() }
}

type TitleAndAdvice = (&'static str, &'static str);

const COPY_CHOWN: TitleAndAdvice = (
    "Owner changed after COPY",
    "Changing the owner stores every file again. Write `COPY --chown=USER:GROUP` in the instruction that copies them.",
);
const COPY_CHMOD: TitleAndAdvice = (
    "Permissions changed after COPY",
    "Changing permissions stores every file again. Write `COPY --chmod=MODE` in the instruction that copies them.",
);
const CHANGE_IN_SAME_RUN: TitleAndAdvice = (
    "Owner or permissions changed by a later instruction",
    "Changing them stores every file again. Run `chown`, `chmod` or `setcap` in the same `RUN` that writes the files.",
);
const WRITE_ONCE: TitleAndAdvice = (
    "Same content written again",
    "The files are stored twice although their content is the same. Write or copy them once, with the right owner and permissions.",
);
const CLEAN_IN_SAME_RUN: TitleAndAdvice = (
    "Removed by a later instruction",
    "Removing files in a later layer saves nothing. Remove them in the same `RUN` that writes them: `RUN build && rm -r FILES`.",
);
const MOUNT_INSTEAD: TitleAndAdvice = (
    "Copied, and removed later",
    "Removing copied files saves nothing. Use them with `RUN --mount=type=bind`, copy them in an earlier build stage, or leave them out by `.dockerignore`.",
);
const COPIED_OVER: TitleAndAdvice = (
    "Overwritten by a later COPY",
    "Both versions are stored. Copy only the last one: narrow the earlier `COPY`, or leave the file out by `.dockerignore`.",
);
const CHANGED_BY_RUN: TitleAndAdvice = (
    "Overwritten by a later RUN",
    "Both versions are stored. Write the file in its final form, or join the `RUN` instructions that change it.",
);
const CHANGES_BASE: TitleAndAdvice = (
    "Files of the base image changed",
    "The base image's version stays stored below the new one. Leave such files as they are, or start from a base image that needs no change.",
);
const WITHIN_BASE: TitleAndAdvice = (
    "Wasted by the base image itself",
    "Only the maker of the base image can avoid it: use a smaller or newer one.",
);
const DUPLICATES: TitleAndAdvice = (
    "Copies of the same content",
    "The content is already in the image. Keep one copy, and make the others symbolic links (or hard links within one instruction).",
);
const DEBUG_SYMBOLS: TitleAndAdvice = (
    "Debug symbols",
    "Only a debugger reads them. Leave out packages of debug symbols, or run `strip` on what you build.",
);
const PYTHON_BYTECODE: TitleAndAdvice = (
    "Compiled Python (__pycache__)",
    "Python makes them again when they are missing; starting takes longer then. Set `PYTHONDONTWRITEBYTECODE=1`, or `pip install --no-compile`.",
);
const GIT_DIRECTORY: TitleAndAdvice = (
    "Git repositories (.git)",
    "They hold the whole history of the sources. Leave them out by `.dockerignore`, or clone with `--depth 1` and remove `.git` in the same `RUN`.",
);
const DOCUMENTATION: TitleAndAdvice = (
    "Documentation",
    "Manual pages and documentation are seldom read in a container. Licences are among them.",
);
const LOCALES: TitleAndAdvice =
    ("Locales", "Translations and locale data of languages that the container may never use.");

/// The files are useful to somebody: they are information, not an error.
pub(super) fn is_information(remedy: Remedy) -> bool {
    matches!(
        remedy,
        Remedy::DebugSymbols
            | Remedy::PythonBytecode
            | Remedy::GitDirectory
            | Remedy::Documentation
            | Remedy::Locales
    )
}

fn cache(manager: PackageManager, hidden: bool) -> RemedyWords {
    let target = directories(manager).0;
    let mount = format!("`RUN --mount=type=cache,target={target}`");
    RemedyWords {
        title: name(manager),
        advice: match hidden {
            true => format!(
                "They were removed or replaced too late: the layers still have them. Write {mount}."
            ),
            false => format!(
                "They are still in the image. Write {mount}, or remove them in the same `RUN`."
            ),
        },
    }
}

fn name(manager: PackageManager) -> &'static str {
    match manager {
        PackageManager::Apt => "Lists and downloads of apt",
        PackageManager::Apk => "Downloads of apk",
        PackageManager::Dnf => "Downloads of dnf or yum",
        PackageManager::Zypper => "Downloads of zypper",
        PackageManager::Pacman => "Downloads of pacman",
        PackageManager::Pip => "Cache of pip",
        PackageManager::Uv => "Cache of uv",
        PackageManager::Poetry => "Cache of Poetry",
        PackageManager::Npm => "Cache of npm",
        PackageManager::Yarn => "Cache of Yarn",
        PackageManager::Pnpm => "Store of pnpm",
        PackageManager::Go => "Modules and build cache of Go",
        PackageManager::Cargo => "Registry of Cargo",
        PackageManager::Composer => "Cache of Composer",
        PackageManager::Maven => "Local repository of Maven",
        PackageManager::Gradle => "Cache of Gradle",
        PackageManager::Bundler => "Cache of Bundler",
        PackageManager::NuGet => "Cache of NuGet",
        PackageManager::Conda => "Package cache of conda",
    }
}

/// The directory to mount, and a text that the paths of its files have.
fn directories(manager: PackageManager) -> (&'static str, &'static str) {
    match manager {
        PackageManager::Apt => ("/var/cache/apt --mount=type=cache,target=/var/lib/apt", "/apt/"),
        PackageManager::Apk => ("/var/cache/apk", "/apk/"),
        PackageManager::Dnf => ("/var/cache", "/var/cache/"),
        PackageManager::Zypper => ("/var/cache/zypp", "/var/cache/zypp/"),
        PackageManager::Pacman => ("/var/cache/pacman/pkg", "/var/cache/pacman/pkg/"),
        PackageManager::Pip => ("/root/.cache/pip", "/.cache/pip/"),
        PackageManager::Uv => ("/root/.cache/uv", "/.cache/uv/"),
        PackageManager::Poetry => ("/root/.cache/pypoetry", "/.cache/pypoetry/"),
        PackageManager::Npm => ("/root/.npm", "/.npm/_cacache/"),
        PackageManager::Yarn => ("/root/.cache/yarn", "yarn"),
        PackageManager::Pnpm => ("/root/.local/share/pnpm/store", "pnpm"),
        PackageManager::Go => {
            ("/root/.cache/go-build --mount=type=cache,target=/go/pkg/mod", "/go")
        }
        PackageManager::Cargo => ("/usr/local/cargo/registry", "cargo/registry/"),
        PackageManager::Composer => ("/root/.composer/cache", "composer"),
        PackageManager::Maven => ("/root/.m2", "/.m2/repository/"),
        PackageManager::Gradle => ("/root/.gradle", "/.gradle/caches/"),
        PackageManager::Bundler => ("/usr/local/bundle/cache", "bundle/cache/"),
        PackageManager::NuGet => ("/root/.local/share/NuGet", "/NuGet/"),
        PackageManager::Conda => ("/opt/conda/pkgs", "/opt/conda/pkgs/"),
    }
}

/// Where the files of a saving are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SavingFiles {
    /// Among the hidden files: the words of `show`, and a filter.
    Hidden { show: Vec<WasteShow>, filter: &'static str },
    /// In the table of duplicates.
    Duplicates,
    /// In the final tree: a find.
    Tree { find: String },
}

/// Where the files of a saving are listed.
pub(super) fn files(saving: &SavingRow) -> SavingFiles {
    let hidden = |show: &[WasteShow]| SavingFiles::Hidden { show: show.to_vec(), filter: "" };
    let tree =
        |find: &str| SavingFiles::Tree { find: format!("{find} layer:{}", saving.by.number) };
    match saving.remedy {
        Remedy::CopyChown => hidden(&[WasteShow::Owner]),
        Remedy::CopyChmod => hidden(&[WasteShow::Mode]),
        Remedy::ChangeInSameRun => hidden(&[WasteShow::Mode, WasteShow::Owner, WasteShow::Xattrs]),
        Remedy::WriteOnce => hidden(&[WasteShow::Rewritten]),
        Remedy::CleanInSameRun | Remedy::MountInstead => hidden(&[WasteShow::Removed]),
        Remedy::CopiedOver | Remedy::ChangedByRun => hidden(&[WasteShow::Overwritten]),
        Remedy::CacheMount(manager) => match saving.from {
            Some(_) => {
                SavingFiles::Hidden { show: vec![WasteShow::Files], filter: directories(manager).1 }
            }
            None => tree(&format!("\"{}\"", directories(manager).1)),
        },
        Remedy::ChangesBase | Remedy::WithinBase => hidden(&[WasteShow::Files]),
        Remedy::Duplicates => SavingFiles::Duplicates,
        Remedy::DebugSymbols => tree(r"/^/usr/lib/debug/|\.debug$/"),
        Remedy::PythonBytecode => tree(r"/\/__pycache__\/|\.pyc$/"),
        Remedy::GitDirectory => tree(r"/\/\.git\//"),
        Remedy::Documentation => {
            tree(r"/^\/usr\/((local\/)?share\/(doc|man|info|gtk-doc)|local\/man)\//")
        }
        Remedy::Locales => tree(r"/^\/usr\/(share\/(locale|i18n)|lib\/locale)\//"),
    }
}
