//! Tells the native tests which material this machine has; nothing that the library depends on.

#[path = "tests/material.rs"]
mod material;

use material::{
    DECOMPRESSORS, GO, JAVA, MAVEN_REPOSITORY, NODE, REGISTRIES, SBOM_TOOLS, SECOND_REGISTRY,
    SHARED,
};

fn main() {
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
