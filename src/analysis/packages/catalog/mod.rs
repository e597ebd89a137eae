//! The list of catalogers. A new one is a file in this folder and a line in the list.

mod apk;
mod bitnami;
mod chisel;
mod conda;
mod dart;
mod dotnet;
mod dpkg;
mod erlang;
mod go;
mod go_toolchain;
mod homebrew;
mod java;
mod java_runtime;
#[cfg(test)]
mod language_tests;
mod locks;
mod lua;
mod nix;
mod npm;
mod opkg;
pub mod os_release;
mod pacman;
mod perl;
mod php;
mod portage;
mod python;
mod r;
mod rpm;
mod ruby;
mod rust;
#[cfg(test)]
mod test_archives;
mod version_strings;
mod wordpress;

pub use super::cataloger::{Candidate, CatalogRead, Cataloger, DirectoryCataloger, HEAD};
pub use go::go_version;
pub use rpm::digest_of as rpm_digest;
pub use rpm::of_package_file as rpm_package;

/// All catalogers of files. A file is shown to each that wants it.
pub const CATALOGERS: &[Cataloger] = &[
    apk::CATALOGER,
    bitnami::CATALOGER,
    conda::CATALOGER,
    dart::CATALOGER,
    dotnet::CATALOGER,
    dotnet::BUNDLES,
    chisel::CATALOGER,
    dpkg::CATALOGER,
    erlang::CATALOGER,
    go::CATALOGER,
    homebrew::CATALOGER,
    java::CATALOGER,
    locks::CATALOGER,
    lua::CATALOGER,
    npm::CATALOGER,
    npm::MANIFESTS,
    opkg::CATALOGER,
    os_release::CATALOGER,
    pacman::CATALOGER,
    perl::CATALOGER,
    php::CATALOGER,
    portage::CATALOGER,
    python::CATALOGER,
    r::CATALOGER,
    rpm::CATALOGER,
    ruby::CATALOGER,
    go_toolchain::CATALOGER,
    java_runtime::CATALOGER,
    rust::CATALOGER,
    version_strings::CATALOGER,
    wordpress::CATALOGER,
];

/// All catalogers of directories.
pub const DIRECTORIES: &[DirectoryCataloger] = &[nix::package];
