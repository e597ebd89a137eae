//! Tells the native tests which material this machine has, and the linker what splitting the page needs.

#[path = "tests/material.rs"]
mod material;

use material::{
    DECOMPRESSORS, GO, JAVA, MAVEN_REPOSITORY, NODE, REGISTRIES, SBOM_TOOLS, SECOND_REGISTRY,
    SHARED,
};

fn main() {
    let is_set = |name: &str| std::env::var_os(name).is_some();
    // The build splits the page's module (xtask/src/build/split.rs), which needs what the linker knows.
    if is_set("CARGO_FEATURE_PAGE")
        && std::env::var("CARGO_CFG_TARGET_FAMILY").as_deref() == Ok("wasm")
    {
        println!("cargo::rustc-link-arg-cdylib=--emit-relocs");
    }
    material::tell(&[
        SHARED,
        REGISTRIES,
        SECOND_REGISTRY,
        DECOMPRESSORS,
        GO,
        JAVA,
        MAVEN_REPOSITORY,
        NODE,
        SBOM_TOOLS,
    ]);
}
