//! For build scripts: which test material this machine has, told to the compiler as `--cfg has_…`.
//!
//! - A test that needs some is marked `#[cfg_attr(not(has_shared), ignore = "needs ../shared")]`. Where
//!   the material is missing, the test runner therefore counts the test as ignored: none can pass
//!   because something is absent.
//! - `LAYERSCOPE_TEST_MATERIAL=required`, which `.ci/run` sets, makes missing material fail the build.
//! - Cargo runs a build script again when `../shared` goes, when the variable changes, and when this
//!   file does: `cargo xtask test` touches it after it has installed something. Cargo cannot watch for
//!   a file that is not there yet without building again each time, so touch it yourself after you have
//!   added material by hand.

#![allow(dead_code, reason = "each build script tells of a part")]

use std::path::{Path, PathBuf};

const REQUIRED: &str = "LAYERSCOPE_TEST_MATERIAL";

/// Something that tests need and a machine may lack.
pub struct Material {
    /// The name of the cfg.
    cfg: &'static str,
    /// What it is, and how to get it.
    what: &'static str,
    /// Whether it is there, for the root of the repository.
    is_there: fn(&Path) -> bool,
}

pub const SHARED: Material = Material {
    cfg: "has_shared",
    what: "../shared, the collection of archives and recorded answers beside the repository",
    is_there: |root| {
        let folder = root.join("../shared");
        folder.join("fixtures/facts.json").is_file() && folder.join("osv/cassettes").is_dir()
    },
};

pub const REGISTRIES: Material = Material {
    cfg: "has_registries",
    what: "docker-registry, skopeo and openssl (apt-get install docker-registry skopeo openssl)",
    is_there: |_| ["docker-registry", "skopeo", "openssl"].into_iter().all(is_on_path),
};

pub const SECOND_REGISTRY: Material = Material {
    cfg: "has_second_registry",
    what: "the second registry (cargo xtask test builds it where Go is installed)",
    is_there: |root| target(root).join("xtask/second-registry").is_file(),
};

pub const DECOMPRESSORS: Material = Material {
    cfg: "has_decompressors",
    what: "what GNU tar unpacks with (apt-get install bzip2 lz4 xz-utils zstd)",
    is_there: |_| ["bzip2", "lz4", "xz", "zstd"].into_iter().all(is_on_path),
};

pub const GO: Material = Material {
    cfg: "has_go",
    what: "Go (apt-get install golang-go)",
    is_there: |_| is_on_path("go"),
};

pub const JAVA: Material = Material {
    cfg: "has_java",
    what: "Java by Debian's package (apt-get install default-jre-headless)",
    is_there: |_| Path::new("/etc/alternatives/java").exists() && is_on_path("java"),
};

pub const MAVEN_REPOSITORY: Material = Material {
    cfg: "has_maven_repository",
    what: "Debian's Maven repository (apt-get install maven)",
    is_there: |_| Path::new("/usr/share/maven-repo").is_dir(),
};

pub const NODE: Material = Material {
    cfg: "has_node",
    what: "node (apt-get install nodejs)",
    is_there: |_| is_on_path("node"),
};

pub const SBOM_TOOLS: Material = Material {
    cfg: "has_sbom_tools",
    what: "the SBOM formats' own programs (cargo xtask test installs them with python3's venv and pip)",
    is_there: |root| target(root).join("xtask/sbom-tools/installed").is_file(),
};

/// Prints what a build script has to tell cargo about this material.
///
/// # Panics
/// If material is missing while `LAYERSCOPE_TEST_MATERIAL` is `required`.
pub fn tell(needed: &[Material]) {
    let manifest = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let is_root = |folder: &&Path| folder.join("tests/material.rs").is_file();
    let root = manifest.ancestors().find(is_root).expect("the package lies in the repository");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", root.join("tests/material.rs").display());
    println!("cargo::rerun-if-env-changed={REQUIRED}");
    let facts = root.join("../shared/fixtures/facts.json");
    if facts.is_file() {
        println!("cargo::rerun-if-changed={}", facts.display());
    }
    let for_tests = std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch != "wasm32");
    let mut missing = Vec::new();
    for Material { cfg, what, is_there } in needed {
        println!("cargo::rustc-check-cfg=cfg({cfg})");
        match is_there(root) {
            // Nothing of this machine goes into what is published.
            _ if !for_tests => {}
            true => println!("cargo::rustc-cfg={cfg}"),
            false => missing.push(*what),
        }
    }
    let required = std::env::var(REQUIRED).is_ok_and(|value| value == "required");
    assert!(
        missing.is_empty() || !required,
        "{REQUIRED}=required, but tests lack: {}",
        missing.join("; ")
    );
}

/// Where cargo and xtask put what they make.
fn target(root: &Path) -> PathBuf {
    root.join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into()))
}

fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
