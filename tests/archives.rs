//! Every archive's report against facts that another program found in it.
//!
//! `../shared/fixtures` is used where it exists; the project's own small fixtures always are. Compressed
//! archives are unpacked first, until the session opens them itself.

use layerscope::session::{ReadSeek, Session, drive};
use serde_json::Value;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn shared() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures")
}

/// An archive's bytes, unpacked if its name says gzip.
fn archive(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut out = Vec::new();
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut out).unwrap();
        return out;
    }
    bytes
}

/// A reader that gives a few bytes at a time, as a slow source may.
struct Slow(Cursor<Arc<[u8]>>, usize);

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

fn report(name: &str, bytes: &Arc<[u8]>, step: usize, thorough: bool) -> Value {
    let open = || -> std::io::Result<Box<dyn ReadSeek>> {
        Ok(Box::new(Slow(Cursor::new(Arc::clone(bytes)), step)))
    };
    let mut session = Session::open(name, bytes.len() as u64, open().unwrap())
        .unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
    if thorough {
        session.thorough();
    }
    drive::finish_image(&mut session, &open, 2).unwrap();
    let jobs = session.report_jobs();
    drive::run_jobs(&mut session, jobs, &open, 2);
    serde_json::from_str(&session.report(None).unwrap()).unwrap()
}

/// Opens an archive in the ways that the page and the command do, and holds each report to the facts.
fn check(folder: &Path, name: &str) {
    let facts_json = folder.join("facts.json");
    let Some(facts) = facts::load(&facts_json, name) else {
        println!("not tested: {name} ({} is not there)", facts_json.display());
        return;
    };
    // The sample image is part of the page; its facts stand with the others.
    let path = match name {
        "sample.tar" => Path::new(env!("CARGO_MANIFEST_DIR")).join("www/sample.tar"),
        _ => folder.join(name),
    };
    let bytes: Arc<[u8]> = archive(&path).into();
    let in_one_pass = report(name, &bytes, usize::MAX, true);
    assert_eq!(facts::check(&in_one_pass, &facts), Vec::<String>::new(), "{name}");
    let in_two = report(name, &bytes, usize::MAX, false);
    assert_eq!(in_one_pass, in_two, "{name}: index first, digests later");
    if bytes.len() < 300_000 {
        let slowly = report(name, &bytes, 7, false);
        assert_eq!(in_one_pass, slowly, "{name}: in reads of 7 bytes");
    }
}

macro_rules! fixtures {
    ($($test:ident: $folder:ident / $name:literal,)*) => {
        $(#[test] fn $test() { check(&$folder(), $name); })*
        const NAMED: &[(&str, &str)] = &[$((stringify!($folder), $name)),*];
    };
}

fixtures! {
    by_id: shared / "by-id.docker20.docker.tar",
    directives_graph: shared / "directives-public.docker29-graph.docker.tar",
    directives_store: shared / "directives-public.docker29-store.docker.tar",
    multi_image: shared / "multi-image.docker20.docker.tar",
    multi_image_store: shared / "multi-image.docker29-store.docker.tar",
    multi_store: shared / "multi.docker29-store.docker.tar",
    secrets: shared / "secrets-public.docker20.docker.tar.gz",
    tricky_fs: shared / "tricky-fs.docker20.docker.tar.gz",
    waste: shared / "waste-public.docker20.docker.tar",
    own_appended: own / "appended.crane.docker.tar",
    own_many: own / "many.regctl-gzip.docker.tar.gz",
    own_odd: own / "odd.docker20.docker.tar",
    own_odd_gzip: own / "odd.regctl-gzip.docker.tar",
    own_odd_zstd: own / "odd.regctl-zstd.docker.tar",
    own_plain: own / "plain.regctl-none.docker.tar",
    own_topped: own / "topped.skopeo.docker.tar",
    own_two: own / "two.docker20.docker.tar",
    sample: own / "sample.tar",
}

#[test]
fn no_docker_save_archive_is_left_out() {
    for (folder, path) in [("shared", shared()), ("own", own())] {
        let Some(facts) = facts::load_all(&path.join("facts.json")) else { continue };
        for name in facts["archives"].as_object().unwrap().keys() {
            let wanted = folder == "own" || facts::is_docker_save(name);
            assert!(!wanted || NAMED.contains(&(folder, name)), "{name} is in no test");
        }
    }
}
