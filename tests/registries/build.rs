//! Tells the tests of this package which registries this machine has.

#[path = "../material.rs"]
mod material;

fn main() {
    material::tell(&[material::REGISTRIES, material::SECOND_REGISTRY]);
}
