//! Every archive's report, compared with facts that another program found.
//!
//! The small archives of `tests/fixtures` are always there; those of `../shared/fixtures` may be missing.

use crate::sessions;
use layerscope::session::native::{Disk, Memory};
use layerscope::session::schedule::ScheduleOptions;
use layerscope::session::{Files, ReadSeek};
use serde_json::Value;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn shared() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures")
}

/// A reader that returns at most a few bytes from each read.
struct Slow(Box<dyn ReadSeek>, usize);

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let step = buffer.len().min(self.1);
        self.0.read(&mut buffer[..step])
    }
}

impl Seek for Slow {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

/// A source whose reads return at most this number of bytes.
struct Slowly(Memory, usize);

impl Files for Slowly {
    fn list(&self) -> Vec<(String, u64)> {
        self.0.list()
    }

    fn open(&self, file: u32) -> std::io::Result<Box<dyn ReadSeek>> {
        Ok(Box::new(Slow(self.0.open(file)?, self.1)))
    }
}

fn load(path: &Path) -> Memory {
    let disk = Disk::open(path).and_then(|disk| Memory::load(&disk));
    disk.unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The files without their folders, like several files that are dropped at once.
fn nameless(source: &Memory) -> Memory {
    let base = |name: &String| name.rsplit('/').next().unwrap().to_owned();
    Memory(source.0.iter().map(|(name, bytes)| (base(name), Arc::clone(bytes))).collect())
}

fn report(name: &str, source: &(dyn Files + Sync), thorough: bool) -> Value {
    let options = ScheduleOptions { cores: 2, thorough, ..ScheduleOptions::default() };
    let driver = sessions::with_options(source, options);
    sessions::report_of(&mut driver.unwrap_or_else(|problem| panic!("{name}: {problem:?}")))
}

/// Opens an archive as the page and as the command do, and compares each report with the facts.
fn check(folder: &Path, name: &str) {
    let facts = facts::load(&folder.join("facts.json"), name);
    // The sample image is part of the page; its facts are with the others.
    let path = match name {
        "sample.tar" => Path::new(env!("CARGO_MANIFEST_DIR")).join("www/sample.tar"),
        _ => folder.join(name),
    };
    let source = load(&path);
    let in_one_pass = report(name, &source, true);
    assert_eq!(facts::check(&in_one_pass, &facts), Vec::<String>::new(), "{name}");
    let in_two = report(name, &source, false);
    assert_eq!(in_one_pass, in_two, "{name}: index first, digests later");
    if source.0.len() > 1 {
        let dropped = report(name, &nameless(&source), true);
        assert_eq!(facts::check(&dropped, &facts), Vec::<String>::new(), "{name}, several files");
    }
    if source.list().iter().map(|(_, size)| size).sum::<u64>() < 300_000 {
        let slowly = report(name, &Slowly(source, 7), false);
        assert_eq!(in_one_pass, slowly, "{name}: in reads of 7 bytes");
    }
}

/// A test for each archive of `../shared/fixtures`.
macro_rules! shared_archives {
    ($($test:ident: $name:literal,)*) => {
        $(
            #[test]
            #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
            fn $test() {
                check(&shared(), $name);
            }
        )*
        const SHARED: &[&str] = &[$($name),*];
    };
}

/// A test for each archive of `tests/fixtures`.
macro_rules! own_archives {
    ($($test:ident: $name:literal,)*) => {
        $(
            #[test]
            fn $test() {
                check(&own(), $name);
            }
        )*
        const OWN: &[&str] = &[$($name),*];
    };
}

shared_archives! {
    by_id: "by-id.docker20.docker.tar",
    directives_graph: "directives-public.docker29-graph.docker.tar",
    directives_store: "directives-public.docker29-store.docker.tar",
    multi_image: "multi-image.docker20.docker.tar",
    multi_image_store: "multi-image.docker29-store.docker.tar",
    multi_store: "multi.docker29-store.docker.tar",
    secrets: "secrets-public.docker20.docker.tar.gz",
    tricky_fs: "tricky-fs.docker20.docker.tar.gz",
    waste: "waste-public.docker20.docker.tar",
    alpine_app_public_skopeo_zstd: "alpine-app-public.skopeo-zstd.oci.tar",
    debmini_skopeo_gzip: "debmini.skopeo-gzip.oci.tar",
    distroless_crane_append: "distroless.crane-append.docker.tar",
    jib_jib: "jib.jib.docker.tar",
    ko_ko: "ko.ko.docker.tar",
    many_skopeo_gzip: "many.skopeo-gzip.oci.tar",
    multi_amd64_buildkit_estargz: "multi-amd64.buildkit-estargz.docker.tar",
    multi_amd64_buildkit_zstd: "multi-amd64.buildkit-zstd.oci.tar",
    multi_buildkit_attest: "multi.buildkit-attest.oci.tar",
    polyglot_public_skopeo_zstd: "polyglot-public.skopeo-zstd.oci.tar",
    rpm_bdb_podman: "rpm-bdb.podman.oci.tar",
    rpm_ndb_podman: "rpm-ndb.podman.oci.tar",
    rpm_sqlite_podman: "rpm-sqlite.podman.oci.tar",
    tricky_fs_docker20_export_gz: "tricky-fs.docker20-export.rootfs.tar.gz",
    tricky_fs_skopeo_gzip: "tricky-fs.skopeo-gzip.oci.tar",
    tricky_global_crane_append: "tricky-global.crane-append.docker.tar",
    tricky_l3_ustar: "tricky-l3-ustar.rootfs.tar",
    tricky_l4_hand: "tricky-l4-hand.rootfs.tar",
    tricky_l5_gitarchive: "tricky-l5-gitarchive.rootfs.tar",
    tricky_tar_crane_append: "tricky-tar.crane-append.docker.tar",
    tricky_tar_crane_append_bz2: "tricky-tar.crane-append.docker.tar.bz2",
    tricky_tar_crane_append_xz: "tricky-tar.crane-append.docker.tar.xz",
    tricky_tar_crane_append_zst: "tricky-tar.crane-append.docker.tar.zst",
    waste_public_regctl: "waste-public.regctl.oci.tar",
    waste_public_skopeo_gzip_dir: "waste-public.skopeo-gzip.docker-dir",
    waste_public_skopeo_zstdchunked_dir: "waste-public.skopeo-zstdchunked.oci-dir",
    waste_public_umoci_dir: "waste-public.umoci.oci-dir",
    claircore_bad_name: "third-party/claircore-bad_name.tar",
    claircore_concat: "third-party/claircore-concat.tar",
    claircore_layer_with_bad_version: "third-party/claircore-layer-with-bad-version.tar",
    claircore_rhcos_layer_with_conflicting_files: "third-party/claircore-rhcos-layer-with-conflicting-files.tar",
    container_diff_la_croix_dir_update: "third-party/container-diff-la-croix-dir-update.tar",
    container_diff_la_croix_update: "third-party/container-diff-la-croix-update.tar",
    container_diff_la_croix_wh: "third-party/container-diff-la-croix-wh.tar",
    container_diff_la_croix1: "third-party/container-diff-la-croix1.tar",
    container_diff_la_croix3: "third-party/container-diff-la-croix3.tar",
    containers_image_almostempty: "third-party/containers-image-almostempty.tar",
    dive_test_docker_image: "third-party/dive-test-docker-image.tar",
    dive_test_estargz_image: "third-party/dive-test-estargz-image.tar",
    dive_test_kaniko_image: "third-party/dive-test-kaniko-image.tar",
    dive_test_oci_estargz_image: "third-party/dive-test-oci-estargz-image.tar",
    dive_test_oci_gzip_image: "third-party/dive-test-oci-gzip-image.tar",
    dive_test_oci_uncompressed_image: "third-party/dive-test-oci-uncompressed-image.tar",
    dive_test_oci_zstd_image: "third-party/dive-test-oci-zstd-image.tar",
    ggcr_hello_world_v25: "third-party/ggcr-hello-world-v25.tar",
    ggcr_mutate_overwritten_file: "third-party/ggcr-mutate-overwritten_file.tar",
    ggcr_mutate_source_image: "third-party/ggcr-mutate-source_image.tar",
    ggcr_mutate_source_image_with_empty_layer_history: "third-party/ggcr-mutate-source_image_with_empty_layer_history.tar",
    ggcr_mutate_whiteout_dir: "third-party/ggcr-mutate-whiteout_dir.tar",
    ggcr_mutate_whiteout_image: "third-party/ggcr-mutate-whiteout_image.tar",
    ggcr_no_manifest: "third-party/ggcr-no_manifest.tar",
    ggcr_null_manifest: "third-party/ggcr-null_manifest.tar",
    ggcr_test_bundle: "third-party/ggcr-test_bundle.tar",
    ggcr_test_image_1: "third-party/ggcr-test_image_1.tar",
    ggcr_test_image_2: "third-party/ggcr-test_image_2.tar",
    ggcr_test_link: "third-party/ggcr-test_link.tar",
    ggcr_test_load_manifest: "third-party/ggcr-test_load_manifest.tar",
    jib_busybox_jib: "third-party/jib-busybox-jib.tar",
    jib_docker_save: "third-party/jib-docker-save.tar",
    jib_jib_image: "third-party/jib-jib-image.tar",
    moby_collision_0: "third-party/moby-collision-0.tar",
    moby_collision_1: "third-party/moby-collision-1.tar",
    moby_collision_2: "third-party/moby-collision-2.tar",
    moby_collision_3: "third-party/moby-collision-3.tar",
    moby_emptylayer: "third-party/moby-emptyLayer.tar",
    moby_xattr_layer: "third-party/moby-xattr-layer.tar",
    rules_docker_image_with_symlinked_layer: "third-party/rules_docker-image_with_symlinked_layer.tar",
    rules_docker_pause: "third-party/rules_docker-pause.tar",
    rules_docker_small_linux: "third-party/rules_docker-small_linux.tar",
    stereoscope_valid_oci: "third-party/stereoscope-valid-oci.tar",
    trivy_alpine_310_gz: "third-party/trivy-alpine-310.tar.gz",
}

own_archives! {
    own_appended: "appended.crane.docker.tar",
    own_chain: "odd.chain.docker.tar",
    own_many: "many.regctl-gzip.docker.tar.gz",
    own_odd: "odd.docker20.docker.tar",
    own_odd_dir: "odd.skopeo-gzip.docker-dir",
    own_odd_in_bzip2: "odd.docker20.docker.tar.bz2",
    own_odd_in_gzip: "odd.docker20.docker.tar.gz",
    own_odd_in_lz4: "odd.docker20.docker.tar.lz4",
    own_odd_in_xz: "odd.docker20.docker.tar.xz",
    own_odd_in_zstd: "odd.docker20.docker.tar.zst",
    own_odd_of_bzip2: "odd.tar-bzip2.docker.tar",
    own_odd_of_lz4: "odd.tar-lz4.docker.tar",
    own_odd_of_xz: "odd.tar-xz.docker.tar",
    own_odd_layout: "odd.skopeo-gzip.oci.tar",
    own_odd_layout_dir: "odd.skopeo-gzip.oci-dir",
    own_odd_rootfs: "odd.tar.rootfs.tar",
    own_odd_gzip: "odd.regctl-gzip.docker.tar",
    own_odd_zstd: "odd.regctl-zstd.docker.tar",
    own_plain: "plain.regctl-none.docker.tar",
    own_topped: "topped.skopeo.docker.tar",
    own_two: "two.docker20.docker.tar",
    sample: "sample.tar",
}

fn every_archive_is_named(folder: &Path, named: &[&str]) {
    let facts = facts::load_all(&folder.join("facts.json"));
    for name in facts["archives"].as_object().unwrap().keys() {
        assert!(named.contains(&&**name), "{name} is in no test");
    }
}

#[test]
fn every_archive_of_our_own_is_tested() {
    every_archive_is_named(&own(), OWN);
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn every_shared_archive_is_tested() {
    every_archive_is_named(&shared(), SHARED);
}
