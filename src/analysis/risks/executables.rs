//! Programs that no package accounts for: how they were built, and whether they can start.
//!
//! Sources: ld.so(8) and musl's dynamic linker (folders and names of libraries); Debian's "Hardening" (PIE, RELRO,
//! stack); the kernel's binfmt_elf (the interpreter).
//!
//! - A library counts as missing only if no file of the image has its name, wherever it is. Libraries that the
//!   machine's graphics driver puts into a container don't count.
//! - Programs for another processor than the image's are not judged.
//! - Go's linker makes neither PIE nor RELRO by default, and Go programs have little that these protect: of them
//!   only stack, folders, interpreter and libraries are looked at.

use super::check::{RiskBasis, RiskCheck};
use super::material::{RiskMaterial, TreeNode};
use super::program::NotedProgram;
use super::risk::{Risk, RiskFindings, listed};
use crate::analysis::secrets::is_example;
use crate::text::show;
use crate::vocabulary::RiskSeverity;
use std::collections::HashSet;

pub static CHECKS: &[&RiskCheck] = &[
    &WRITABLE_LIBRARY_PATH,
    &MISSING_INTERPRETER,
    &MISSING_LIBRARY,
    &EXECUTABLE_STACK,
    &NO_PIE,
    &NO_RELRO,
];

static WRITABLE_LIBRARY_PATH: RiskCheck = RiskCheck {
    code: "writable-library-path",
    title: "Loads libraries from where anyone may write",
    severity: RiskSeverity::High,
    basis: RiskBasis::Files,
    why: "The program looks for its libraries there first (RPATH or RUNPATH). Anyone who puts one there runs code as the user who \
          starts the program.",
    advice: "Link with another path, or change it with patchelf --set-rpath.",
    aliases: &[],
};

static MISSING_INTERPRETER: RiskCheck = RiskCheck {
    code: "missing-interpreter",
    title: "Program cannot start: no interpreter",
    severity: RiskSeverity::Medium,
    basis: RiskBasis::Files,
    why: "The program needs a dynamic linker that the image does not have. Starting it fails with \"no such file or \
          directory\", as often where a program built with glibc is put on Alpine.",
    advice: "Link it statically, or use a base image with the C library that it was built with.",
    aliases: &[],
};

static MISSING_LIBRARY: RiskCheck = RiskCheck {
    code: "missing-library",
    title: "Program cannot start: a library is missing",
    severity: RiskSeverity::Medium,
    basis: RiskBasis::Files,
    why: "No file of the image has the name of the library.",
    advice: "Install the package that has the library, or link it statically.",
    aliases: &[],
};

static EXECUTABLE_STACK: RiskCheck = RiskCheck {
    code: "executable-stack",
    title: "Stack can be executed",
    severity: RiskSeverity::Medium,
    basis: RiskBasis::Files,
    why: "A buffer that overflows on the stack can then bring code that runs (NX is off).",
    advice: "Link with -z noexecstack.",
    aliases: &[],
};

static NO_PIE: RiskCheck = RiskCheck {
    code: "no-pie",
    title: "Not position-independent",
    severity: RiskSeverity::Low,
    basis: RiskBasis::Files,
    why: "The program is always at the same addresses, which makes a memory fault easier to use (no ASLR).",
    advice: "Compile with -fPIE and link with -pie.",
    aliases: &[],
};

static NO_RELRO: RiskCheck = RiskCheck {
    code: "no-relro",
    title: "Tables of addresses stay writable",
    severity: RiskSeverity::Low,
    basis: RiskBasis::Files,
    why: "A memory fault can redirect calls of functions in libraries (no RELRO).",
    advice: "Link with -z relro -z now.",
    aliases: &[],
};

pub fn find(image: &RiskMaterial<'_>, found: &mut RiskFindings) {
    let mut names = None;
    let mut seen = vec![false; image.tree.inode_count()];
    for file in image.nodes().filter(TreeNode::is_file) {
        let Some(program) = image.noted(file).and_then(|noted| noted.program.as_ref()) else {
            continue;
        };
        let is_new = seen
            .get_mut(file.event.inode as usize)
            .is_some_and(|seen| !std::mem::replace(seen, true));
        let is_executable = image.metadata(file).is_some_and(|entry| entry.mode() & 0o111 != 0);
        if !is_new || image.is_accounted(file) || !is_for_image(image, program) {
            continue;
        }
        let path = image.tree.path(file.node);
        if is_example(&format!("/{}", String::from_utf8_lossy(&path))) {
            continue;
        }
        let mut add = |risk: Risk| found.add(risk.at(path.clone(), file.event.layer));
        let folder = program.folders.iter().find(|folder| is_writable(image, folder));
        if let Some(folder) = folder {
            let message = match &**folder {
                "" => "It looks for libraries in the working directory.".to_owned(),
                folder => format!("It looks for libraries in {}.", show(folder.as_bytes())),
            };
            add(Risk::new(&WRITABLE_LIBRARY_PATH, message));
        }
        if program.library || !is_executable {
            continue;
        }
        let needs_interpreter = !program.interpreter.is_empty();
        if needs_interpreter && image.lacks(program.interpreter.as_bytes()) {
            let name = show(program.interpreter.as_bytes());
            add(Risk::new(&MISSING_INTERPRETER, format!("It needs {name}.")));
        } else if needs_interpreter && image.is_complete() {
            let names = names.get_or_insert_with(|| image.file_names());
            let is_missing = |name: &&String| {
                !names.contains(name.as_bytes()) && !is_given(name, &program.interpreter, names)
            };
            let missing: Vec<&String> = program.needed.iter().filter(is_missing).collect();
            if !missing.is_empty() {
                add(Risk::new(&MISSING_LIBRARY, format!("It needs {}.", listed(&missing))));
            }
        }
        hardening(program, &mut add);
    }
}

fn hardening(program: &NotedProgram, add: &mut dyn FnMut(Risk)) {
    if program.stack {
        add(Risk::new(&EXECUTABLE_STACK, "Its header asks for an executable stack."));
    }
    if program.go {
        return;
    }
    if program.fixed {
        add(Risk::new(&NO_PIE, "It is linked to a fixed address."));
    }
    if program.writable && !program.interpreter.is_empty() {
        add(Risk::new(&NO_RELRO, "It has no part that becomes read-only after the start."));
    }
}

/// Whether a program is for the image's processor, as far as both are known.
///
/// Source: System V ABI, `e_machine`; OCI image-spec, config.md: architectures are Go's.
fn is_for_image(image: &RiskMaterial<'_>, program: &NotedProgram) -> bool {
    let machine = match image.config.architecture.as_deref() {
        Some("386") => 3,
        Some("ppc64le") => 21,
        Some("s390x") => 22,
        Some("arm") => 40,
        Some("amd64") => 62,
        Some("arm64") => 183,
        Some("riscv64") => 243,
        Some("loong64") => 258,
        _ => return true,
    };
    program.machine == machine
}

/// Whether anyone may put a library into a folder.
fn is_writable(image: &RiskMaterial<'_>, folder: &str) -> bool {
    const SHARED: [&str; 3] = ["/tmp", "/var/tmp", "/dev/shm"];
    if !folder.starts_with('/') {
        return !folder.starts_with('$'); // other tokens of the linker
    }
    let below = |shared: &&str| {
        folder.strip_prefix(*shared).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if SHARED.iter().any(below) {
        return true;
    }
    let directory = image.find(folder.as_bytes()).and_then(|found| image.metadata(found));
    directory.is_some_and(|entry| entry.mode() & 0o002 != 0)
}

/// Whether a library need not be a file of the image.
fn is_given(library: &str, interpreter: &str, names: &HashSet<&[u8]>) -> bool {
    const OF_MUSL: [&str; 7] = ["c", "pthread", "rt", "m", "dl", "util", "xnet"];
    const OF_DRIVERS: [&str; 7] = [
        "libcuda.so",
        "libnvidia-",
        "libnvcuvid.so",
        "libnvoptix.so",
        "libEGL_nvidia.so",
        "libGLX_nvidia.so",
        "libcudadebugger.so",
    ];
    // musl's linker is its C library, whatever the library is called.
    let of_c = |name: &str| {
        let rest = name.strip_prefix("lib").and_then(|rest| rest.split_once(".so"));
        rest.is_some_and(|(name, _)| OF_MUSL.contains(&name)) || name.starts_with("ld-linux")
    };
    let musl = interpreter.contains("ld-musl") || names.contains(&b"libgcompat.so.0"[..]);
    musl && (of_c(library) || library.starts_with("libc.musl-"))
        || OF_DRIVERS.iter().any(|driver| library.starts_with(driver))
}
