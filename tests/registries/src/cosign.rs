//! Signatures that cosign makes and pushes: live where its program is there, else as it pushed them once.
//!
//! - `cargo xtask test` builds the program where Go is installed. `tests/fixtures/make-cosign-signatures.sh` recorded
//!   what the same version pushed beside the image of `odd.skopeo-gzip.oci-dir`.
//! - It signs with a key, and logs nothing: nothing here leaves the machine.

use crate::distribution::Registry;
use crate::folder::Folder;
use crate::{built, fixture};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How cosign stores a signature.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// Under a tag that ends with `.sig`: "simple signing", of versions 1 and 2.
    Tag,
    /// As a bundle that refers to the image, of version 3.
    Bundle,
}

/// What a signature is verified with.
pub struct SigningKey {
    /// The public key.
    pub path: PathBuf,
    _folder: Option<Folder>,
}

impl Registry {
    /// Signs an image. The registry must be open, and `image` be the digest of the image of
    /// `odd.skopeo-gzip.oci-dir`, which the recorded signatures are about.
    pub fn sign_with_cosign(&self, repository: &str, image: &str, form: Form) -> SigningKey {
        match program() {
            Some(cosign) => {
                self.sign_live(&cosign, &format!("{}/{repository}@{image}", self.name), form)
            }
            None => self.push_recorded(repository, form),
        }
    }

    fn sign_live(&self, cosign: &Path, image: &str, form: Form) -> SigningKey {
        let folder = Folder::new();
        let run = |arguments: &[&str]| {
            let mut command = Command::new(cosign);
            command
                .current_dir(folder.path())
                .env("COSIGN_PASSWORD", "")
                .env("HOME", folder.path());
            let output = command.args(arguments).output().expect("the program was found");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "cosign {arguments:?}: {said}");
        };
        run(&["generate-key-pair"]);
        let form = match form {
            Form::Tag => "--new-bundle-format=false",
            Form::Bundle => "--new-bundle-format=true",
        };
        let offline = ["--tlog-upload=false", "--use-signing-config=false"];
        run(&[&["sign", "--yes", "--key", "cosign.key", form][..], &offline, &[image]].concat());
        SigningKey { path: folder.path().join("cosign.pub"), _folder: Some(folder) }
    }

    fn push_recorded(&self, repository: &str, form: Form) -> SigningKey {
        let recorded = recorded(form);
        for blob in recorded["blobs"].as_array().expect("a list") {
            self.push_blob(repository, blob.as_str().expect("a text").as_bytes());
        }
        for manifest in recorded["manifests"].as_array().expect("a list") {
            let text = |name: &str| manifest[name].as_str().expect("a text");
            self.push_manifest(repository, text("name"), text("mediaType"), text("json"));
        }
        SigningKey { path: fixture("signatures/cosign-key.pub"), _folder: None }
    }
}

/// What was recorded: `blobs`, texts, and `manifests`, each with its `name` (a tag or a digest), `mediaType` and `json`.
pub fn recorded(form: Form) -> Value {
    let name = match form {
        Form::Tag => "signatures/cosign-key-tag.json",
        Form::Bundle => "signatures/cosign-key-bundle.json",
    };
    let path = fixture(name);
    let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_slice(&bytes).expect("it is JSON")
}

/// The program that xtask has built. Another version may have other options.
fn program() -> Option<PathBuf> {
    Some(built("cosign-3.1.1/cosign")).filter(|path| path.is_file())
}
