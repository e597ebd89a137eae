//! SOCI's tables of contents, as soci-snapshotter writes them: they list what the layers contain, and no
//! damaged table breaks anything.

use layerscope::codec::BlobPart;
use layerscope::http::HttpResponse;
use layerscope::layer::{self, LayerIndex, LayerScan, Limits, ScanOptions, soci};
use layerscope::oci::{Descriptor, Digest, ImageIndex, ImageManifest, Reference};
use layerscope::protocol::{
    AnswersQueries, LayerFacts, LayerPresence, Layers, LinkPath, PerformsActions, ReadContent,
    Reveal, SetTree, TreeSpec,
};
use layerscope::registry::platform::{self, Wish};
use layerscope::registry::pull::{Pull, Pulled};
use layerscope::registry::soci::{FindTables, named};
use layerscope::registry::{Call, Need, Operation, RegistryError};
use layerscope::session::pulled::Layout;
use layerscope::session::{Files, ReadSeek, Session, drive, jobs};
use layerscope::vocabulary::{ImagePosition, LayerForm};
use proptest::prelude::*;
use std::io::{self, Cursor};
use std::path::PathBuf;

const FIRST: ImagePosition = ImagePosition(0);

const NAME: &str = "r.example/team/odd:1";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/odd.soci.oci-dir")
}

fn blob(digest: &Digest) -> Option<Vec<u8>> {
    std::fs::read(folder().join("blobs").join(digest.to_string().replace(':', "/"))).ok()
}

/// The digests in the fixture's index: the image with its SOCI index of version 2, and that of version 1.
fn tops() -> [Digest; 2] {
    let bytes = std::fs::read(folder().join("index.json")).unwrap();
    let index: ImageIndex = serde_json::from_slice(&bytes).unwrap();
    let digests: Vec<Digest> = index.manifests.into_iter().map(|top| top.digest).collect();
    digests.try_into().unwrap()
}

/// Runs an operation against a registry that has the fixture's blobs; `referrers` is its
/// response to every request for referrers, `asked` collects the paths.
fn run<O: Operation>(
    mut operation: O,
    referrers: Option<&str>,
    asked: &mut Vec<String>,
) -> Result<O::Output, RegistryError> {
    let answer = |call: &Call| {
        let last = call.path.rsplit('/').next().unwrap_or_default();
        let body = match Digest::parse(last) {
            _ if call.path.contains("/referrers/") => {
                referrers.map(|list| list.as_bytes().to_vec())
            }
            Some(digest) => blob(&digest),
            None if last == "1" => blob(&tops()[0]),
            None => None,
        };
        let status = if body.is_some() { 200 } else { 404 };
        HttpResponse { status, headers: Vec::new(), body: body.unwrap_or_default() }
    };
    for _ in 0..100 {
        match operation.next() {
            Need::Call(call) => {
                asked.push(call.path.clone());
                operation.take(Ok(answer(&call)), 0);
            }
            Need::Cached(_) => operation.take_cached(None),
            Need::Done(result) => return result,
        }
    }
    panic!("it never ends: {asked:?}");
}

fn pulled() -> Pulled {
    let wish = Wish::Preferably(platform::parse("linux/amd64").unwrap());
    run(Pull::new(Reference::parse(NAME).unwrap(), wish), None, &mut Vec::new()).unwrap()
}

/// The layers with their blobs and tables.
fn layers() -> Vec<(Descriptor, Vec<u8>, Vec<u8>)> {
    let image = pulled().image.unwrap();
    let tables: ImageManifest = serde_json::from_slice(&blob(&tops()[1]).unwrap()).unwrap();
    let table = |layer: &Descriptor| {
        let of = layer.digest.to_string();
        let is_of =
            |d: &&Descriptor| d.annotations.get("com.amazon.soci.image-layer-digest") == Some(&of);
        blob(&tables.layers.iter().find(is_of).unwrap().digest).unwrap()
    };
    let with_both = |layer: Descriptor| {
        let (bytes, table) = (blob(&layer.digest).unwrap(), table(&layer));
        (layer, bytes, table)
    };
    image.manifest.layers.into_iter().map(with_both).collect()
}

fn scan(bytes: Vec<u8>) -> LayerScan {
    let part = BlobPart::plain(0, 0, bytes.len() as u64);
    let options = ScanOptions::default();
    let outer = Default::default();
    layer::scan(Box::new(Cursor::new(bytes)), part, &outer, &options, None, None, &mut |_| {})
        .unwrap()
}

#[test]
fn a_table_lists_what_its_layer_contains() {
    for (layer, bytes, table) in layers() {
        let claimed = soci::by_soci(&table, &layer, Limits::default()).unwrap();
        let held = scan(bytes);
        assert!(claimed.claimed && claimed.form == "SOCI");
        assert_eq!(claimed.compression, held.compression);
        let all = |index: &LayerIndex| -> Vec<String> {
            let one = |entry: layer::Entry<'_>| {
                let name = entry.name().escape_ascii().to_string();
                let xattrs: Vec<_> = entry.xattrs().collect();
                format!(
                    "{name} {:?} {:o} {} {} {:?} {:?} {:?} {:?} {:?}",
                    entry.kind(),
                    entry.mode(),
                    entry.size(),
                    entry.data_offset(),
                    entry.link(),
                    entry.owner(),
                    entry.mtime(),
                    entry.device(),
                    xattrs
                )
            };
            index.entries().map(one).collect()
        };
        assert_eq!(all(&claimed.index), all(&held.index), "{}", layer.digest);
        assert!(soci::contradiction(&claimed.index, &held.index).is_none());
    }
}

#[test]
fn a_table_of_another_layer_or_beyond_the_limits_is_ignored() {
    let (layer, _, table) = layers().remove(0);
    let other = Descriptor { size: layer.size + 1, ..layer.clone() };
    assert!(soci::by_soci(&table, &other, Limits::default()).is_none());
    let limits = Limits { entries: 5, ..Limits::default() };
    assert!(soci::by_soci(&table, &layer, limits).is_none());
}

#[test]
fn a_difference_between_table_and_layer_is_found() {
    let all = layers();
    let claimed = soci::by_soci(&all[0].2, &all[0].0, Limits::default()).unwrap();
    let problem = soci::contradiction(&claimed.index, &scan(all[1].1.clone()).index).unwrap();
    assert_eq!(problem.code, "toc-mismatch");
    let nothing = soci::contradiction(&claimed.index, &LayerIndex::default()).unwrap();
    assert_eq!(nothing.code, "toc-mismatch");
}

#[test]
fn changed_bytes_and_prefixes_do_not_panic() {
    let (layer, _, table) = layers().remove(0);
    let mut changed = table.clone();
    let mut refused = 0;
    for at in 0..table.len() {
        // The window of a checkpoint is not read, so a part of it is enough.
        if table[at] == 0 && at % 16 != 0 {
            continue;
        }
        for with in [0, 1, 0x7f, 0x80, 0xff] {
            changed[at] = with;
            refused += usize::from(soci::by_soci(&changed, &layer, Limits::default()).is_none());
        }
        changed[at] = table[at];
        soci::by_soci(&table[..at], &layer, Limits::default());
    }
    assert!(refused > 0);
}

proptest! {
    #[test]
    fn any_bytes_as_a_table_do_not_panic(bytes: Vec<u8>, size: i64) {
        let layer = Descriptor { size, ..Descriptor::of(Digest::of(b"")) };
        soci::by_soci(&bytes, &layer, Limits::default());
    }

    #[test]
    fn any_bytes_within_a_table_do_not_panic(
        at: prop::sample::Index,
        bytes in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let (layer, _, mut table) = layers().remove(0);
        let at = at.index(table.len());
        let end = table.len().min(at + bytes.len());
        table[at..end].copy_from_slice(&bytes[..end - at]);
        soci::by_soci(&table, &layer, Limits::default());
    }
}

#[test]
fn an_index_that_the_image_names_is_found_without_listing_referrers() {
    let pulled = pulled();
    let index = named(&pulled).unwrap();
    assert!(pulled.others.iter().any(|other| other.descriptor.digest == index));
    let mut asked = Vec::new();
    let tables = run(FindTables::named("r.example", "team/odd", index.clone()), None, &mut asked);
    assert_eq!(asked, [format!("/v2/team/odd/manifests/{index}")]);
    let tables = tables.unwrap();
    for layer in pulled.image.as_ref().unwrap().manifest.layers.iter() {
        let (_, table) = tables.iter().find(|(of, _)| *of == layer.digest).unwrap();
        assert!(soci::by_soci(&blob(&table.digest).unwrap(), layer, Limits::default()).is_some());
    }
    // Without the annotation, the entry next to the image leads to it.
    let mut bare = pulled;
    bare.image.as_mut().unwrap().manifest.annotations.clear();
    assert_eq!(named(&bare), Some(index));
    bare.others.clear();
    assert_eq!(named(&bare), None);
}

#[test]
fn an_index_that_refers_to_the_image_is_found_and_checked() {
    let subject = Digest::of(b"the image");
    let find = || FindTables::referring("r.example", "team/odd", subject.clone());
    let index = &tops()[1];
    let kind = "application/vnd.amazon.soci.index.v1+json";
    let entry = |digest: &Digest, kind: &str| {
        format!(r#"{{"digest":"{digest}","size":1,"artifactType":"{kind}"}}"#)
    };
    let list = |entries: &[String]| format!(r#"{{"manifests":[{}]}}"#, entries.join(","));
    let mut asked = Vec::new();
    let (lost, sbom) = (Digest::of(b"lost"), entry(&Digest::of(b"sbom"), "text/spdx"));
    let good = list(&[sbom.clone(), entry(&lost, kind), entry(index, kind)]);
    let tables = run(find(), Some(&good), &mut asked).unwrap();
    assert_eq!(tables.len(), 5);
    let manifest = |digest: &Digest| format!("/v2/team/odd/manifests/{digest}");
    let api = format!("/v2/team/odd/referrers/{subject}");
    assert_eq!(asked, [api.clone(), manifest(&lost), manifest(index)]);

    asked.clear();
    assert_eq!(run(find(), Some(&list(&[sbom])), &mut asked).unwrap(), []);
    assert_eq!(asked, [api]);
    assert_eq!(run(find(), None, &mut asked).unwrap(), []);
    // An image is not a SOCI index, even if the list says so.
    let image = pulled().image.unwrap().manifest_digest;
    assert!(run(find(), Some(&list(&[entry(&image, kind)])), &mut Vec::new()).is_err());
}

/// An image with downloaded layers.
struct Here {
    layout: Layout,
    layers: Vec<(u32, Vec<u8>)>,
}

impl Files for Here {
    fn list(&self) -> Vec<(String, u64)> {
        self.layout.list()
    }

    fn open(&self, file: u32) -> io::Result<Box<dyn ReadSeek>> {
        match self.layers.iter().find(|(layer, _)| *layer == file) {
            Some((_, bytes)) => Ok(Box::new(Cursor::new(bytes.clone()))),
            None => self.layout.open(file),
        }
    }
}

fn has(session: &mut Session, path: &str) -> bool {
    session.set_tree(SetTree { image: FIRST, spec: TreeSpec::default() }).unwrap();
    let path = LinkPath(path.to_owned());
    session.reveal(Reveal { image: FIRST, path }).unwrap().row.is_some()
}

fn layer_facts(session: &Session) -> Vec<LayerFacts> {
    let rows = session.layers(Layers { image: FIRST }).unwrap().rows;
    rows.into_iter().filter_map(|row| row.layer).collect()
}

/// A session in which every layer is listed by its table after `table` has changed it, and a source with
/// the layers.
fn listed(table: impl Fn(Vec<u8>) -> Vec<u8>) -> (Session, Here) {
    let layout = Layout::of(pulled(), &Reference::parse(NAME).unwrap());
    let mut session = Session::of_layout(&layout).unwrap();
    let mut here = Vec::new();
    for layer in &layout.blobs {
        let (descriptor, bytes, own) =
            layers().into_iter().find(|(d, ..)| d.digest == layer.descriptor.digest).unwrap();
        let scan = soci::by_soci(&table(own), &descriptor, Limits::default()).unwrap();
        session.list(layer.file, scan);
        here.push((layer.file, bytes));
    }
    session.build_tree(FIRST).unwrap();
    (session, Here { layout, layers: here })
}

#[test]
fn a_listed_layer_has_contents_after_its_download() {
    let (mut session, here) = listed(|table| table);
    assert_eq!((session.index_jobs(FIRST).len(), session.check_jobs(FIRST).len()), (0, 0));
    assert!(has(&mut session, "/usr/bin/tool"));
    assert!(!has(&mut session, "/etc/rpc"), "a whiteout hides it");
    let request = ReadContent {
        image: FIRST,
        path: LinkPath("/opt/app/data/three".to_owned()),
        layers: Default::default(),
        offset: 0,
        length: 1 << 20,
    };
    let reading = session.read_content(&request).unwrap();
    assert_eq!(reading.needs, None, "no part of the blob will do");
    let file = reading.job.file();
    assert!(session.is_listed(file));
    let result = jobs::run(&reading.job, here.open(file).unwrap(), None, &mut |_| {}).unwrap();
    assert_eq!(result.into_content().unwrap().0, b"three\n");

    let base = layer_facts(&session).remove(0);
    assert_eq!((&base.forms[..], base.verified), (&[LayerForm::Soci][..], None));
    assert_eq!(base.presence, LayerPresence::Listed);
    here.layers.iter().for_each(|(file, _)| session.unlist(*file));
    let jobs = session.check_jobs(FIRST);
    drive::run_jobs(&mut session, jobs, &here, 1);
    session.analyse(FIRST);
    let base = layer_facts(&session).remove(0);
    assert_eq!((&base.forms[..], base.verified, base.warnings), (&[][..], Some(true), vec![]));
    assert_eq!(base.presence, LayerPresence::Read);
}

#[test]
fn a_wrong_table_is_a_warning_after_the_download() {
    let lie = |mut table: Vec<u8>| {
        let name = b"usr/bin/tool";
        if let Some(at) = table.windows(name.len()).position(|bytes| bytes == name) {
            table[at..at + name.len()].copy_from_slice(b"usr/bin/lies");
        }
        table
    };
    let (mut session, here) = listed(lie);
    assert!(has(&mut session, "/usr/bin/lies"));
    here.layers.iter().for_each(|(file, _)| session.unlist(*file));
    let jobs = session.check_jobs(FIRST);
    drive::run_jobs(&mut session, jobs, &here, 1);
    session.analyse(FIRST);
    assert!(has(&mut session, "/usr/bin/tool") && !has(&mut session, "/usr/bin/lies"));
    let layers = layer_facts(&session);
    let codes: Vec<_> = layers.iter().flat_map(|row| &row.warnings).map(|w| &*w.code).collect();
    assert!(!codes.is_empty() && codes.iter().all(|code| *code == "toc-mismatch"), "{codes:?}");
}

#[test]
fn an_empty_table_is_replaced_by_the_downloaded_layer() {
    let layout = Layout::of(pulled(), &Reference::parse(NAME).unwrap());
    let mut session = Session::of_layout(&layout).unwrap();
    let mut here = Here { layout, layers: Vec::new() };
    for layer in &here.layout.blobs {
        let nothing = LayerScan { claimed: true, form: "SOCI".to_owned(), ..LayerScan::default() };
        session.list(layer.file, nothing);
        session.unlist(layer.file);
        here.layers.push((layer.file, blob(&layer.descriptor.digest).unwrap()));
    }
    session.build_tree(FIRST).unwrap();
    assert!(!has(&mut session, "/usr/bin/tool"));
    let jobs = session.check_jobs(FIRST);
    drive::run_jobs(&mut session, jobs, &here, 1);
    session.analyse(FIRST);
    assert!(has(&mut session, "/usr/bin/tool"));
}
