//! Tells the browser tests which material this machine has. They need browsers, docker-registry and
//! skopeo in any case: without them they fail.

#[path = "../material.rs"]
mod material;

fn main() {
    material::tell(&[material::SHARED, material::SECOND_REGISTRY]);
}
