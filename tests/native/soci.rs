//! SOCI's tables of contents, as soci-snapshotter writes them: they list what the layers contain, and no
//! damaged table breaks anything.

use crate::hostile::limits::ztoc;
use crate::sessions;
use layerscope::codec::BlobPart;
use layerscope::http::{HttpFailure, HttpRequest, HttpResponse, ResponseBody};
use layerscope::layer::{self, LayerIndex, LayerScan, Limits, ScanOptions, soci};
use layerscope::oci::{Descriptor, Digest, ImageIndex, ImageManifest, LenientDocument, Reference};
use layerscope::protocol::{
    DownloadRequest, LayerFacts, LayerPresence, Layers, LinkPath, NetworkSettings, ReadContent,
    Reveal, SetTree, SourceRequest, ToSession, TreeSpec,
};
use layerscope::registry::platform::{self, Wish};
use layerscope::registry::pull::{Pull, Pulled};
use layerscope::registry::soci::{FindTables, named};
use layerscope::registry::{Call, Need, Operation, RegistryError};
use layerscope::session::native::{Driver, Memory, Transport};
use layerscope::session::schedule::ScheduleOptions;
use layerscope::vocabulary::{ImagePosition, LayerForm};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::PathBuf;
use std::rc::Rc;

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
    let (index, _) = ImageIndex::with_faults(&bytes).unwrap();
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
    let (tables, _) = ImageManifest::with_faults(&blob(&tops()[1]).unwrap()).unwrap();
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
    let error = run(find(), Some(&list(&[entry(&image, kind)])), &mut Vec::new()).unwrap_err();
    assert_eq!(error.problem.code, "registry-answer");
}

/// Tables are looked for where blobs have more than 256 KiB. This adds gzip members
/// without content, so what the layer contains stays the same.
fn padded(mut blob: Vec<u8>) -> Vec<u8> {
    const EXTRA: u16 = 60_000;
    for _ in 0..5 {
        blob.extend([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff]);
        blob.extend(EXTRA.to_le_bytes());
        blob.extend(vec![0; usize::from(EXTRA)]);
        blob.extend([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
    blob
}

/// A registry that has the fixture's image with padded layers, and tables for them.
struct Registry {
    blobs: BTreeMap<String, Vec<u8>>,
    top: Vec<u8>,
    /// The layers that were downloaded whole, by digest.
    downloaded: Rc<RefCell<Vec<String>>>,
}

impl Registry {
    /// `change` makes each layer's table of that which soci-snapshotter wrote. Its second argument is the
    /// size of the layer's blob.
    fn new(change: impl Fn(Vec<u8>, u64) -> Vec<u8>) -> Registry {
        let mut blobs = BTreeMap::new();
        let mut add = |bytes: Vec<u8>| {
            let (digest, size) = (Digest::of(&bytes).to_string(), bytes.len());
            blobs.insert(digest.clone(), bytes);
            (json!(digest), json!(size))
        };
        let image = pulled().image.unwrap();
        let json =
            |digest: &Digest| -> Value { serde_json::from_slice(&blob(digest).unwrap()).unwrap() };
        let (mut manifest, mut tables) = (json(&image.manifest_digest), json(&tops()[1]));
        add(blob(&image.manifest.config.digest).unwrap());
        for (at, (layer, bytes, table)) in layers().into_iter().enumerate() {
            let bytes = padded(bytes);
            let (old, new) = (layer.size as u64, bytes.len() as u64);
            let mut table = table;
            let is_size = |window: &[u8]| window == old.to_le_bytes();
            let place = table.windows(8).position(is_size).expect("the table has the size");
            table[place..place + 8].copy_from_slice(&new.to_le_bytes());
            let layer = &mut manifest["layers"][at];
            (layer["digest"], layer["size"]) = add(bytes);
            let digest = layer["digest"].clone();
            let entry = &mut tables["layers"][at];
            (entry["digest"], entry["size"]) = add(change(table, new));
            entry["annotations"]["com.amazon.soci.image-layer-digest"] = digest;
        }
        let (index, _) = add(tables.to_string().into_bytes());
        manifest["annotations"]["com.amazon.soci.index-digest"] = index;
        let top = manifest.to_string().into_bytes();
        blobs.insert(Digest::of(&top).to_string(), top.clone());
        Registry { blobs, top, downloaded: Rc::default() }
    }
}

impl Transport for Registry {
    fn send(&mut self, request: &HttpRequest) -> Result<(HttpResponse, Vec<Vec<u8>>), HttpFailure> {
        let last = request.url.rsplit('/').next().unwrap_or_default();
        let top = (last == "1").then_some(&self.top);
        let Some(body) = top.or_else(|| self.blobs.get(last)).cloned() else {
            return Ok((HttpResponse { status: 404, ..HttpResponse::default() }, Vec::new()));
        };
        let mut response = HttpResponse { status: 200, ..HttpResponse::default() };
        if request.response_body != ResponseBody::Stream {
            response.body = body;
            return Ok((response, Vec::new()));
        }
        if body.len() > 256 << 10 {
            self.downloaded.borrow_mut().push(last.to_owned());
        }
        Ok((response, body.chunks(100_000).map(<[u8]>::to_vec).collect()))
    }
}

/// A driver that has opened the image of a registry, as far as its tree needs it.
fn opened(registry: Registry, nothing: &Memory) -> Driver<'_> {
    let options = ScheduleOptions { cores: 1, ..ScheduleOptions::default() };
    let mut driver = Driver::new(nothing, options).with_transport(registry);
    driver.say(ToSession::Open(SourceRequest::Registry {
        reference: NAME.to_owned(),
        platform: None,
        preferred_platform: None,
        network: NetworkSettings::default(),
    }));
    driver.say(ToSession::Download(DownloadRequest::Needed));
    assert_eq!(driver.failure(), None);
    sessions::assert_sound(&driver);
    driver
}

fn has(driver: &mut Driver<'_>, path: &str) -> bool {
    driver.ask(SetTree { image: FIRST, spec: TreeSpec::default() }).unwrap();
    let path = LinkPath(path.to_owned());
    driver.ask(Reveal { image: FIRST, path }).unwrap().row.is_some()
}

fn layer_facts(driver: &mut Driver<'_>) -> Vec<LayerFacts> {
    let rows = driver.ask(Layers { image: FIRST }).unwrap().rows;
    rows.into_iter().filter_map(|row| row.layer).collect()
}

#[test]
fn a_listed_layer_has_contents_after_its_download() {
    let (registry, nothing) = (Registry::new(|table, _| table), Memory::default());
    let downloaded = Rc::clone(&registry.downloaded);
    let mut driver = opened(registry, &nothing);
    assert_eq!(*downloaded.borrow(), [""; 0], "the tables stand in for the layers");
    assert!(has(&mut driver, "/usr/bin/tool"));
    assert!(!has(&mut driver, "/etc/rpc"), "a whiteout hides it");
    assert_eq!(layer_facts(&mut driver).len(), 5);
    for layer in layer_facts(&mut driver) {
        assert_eq!((&layer.forms[..], layer.verified), (&[LayerForm::Soci][..], None));
        assert_eq!(layer.presence, LayerPresence::Listed);
    }
    let request = ReadContent {
        image: FIRST,
        path: LinkPath("/opt/app/data/three".to_owned()),
        layers: Default::default(),
        offset: 0,
        length: 1 << 20,
    };
    assert_eq!(driver.content(request).unwrap(), b"three\n");
    assert_eq!(downloaded.borrow().len(), 1, "no part of the blob will do");

    let report = sessions::report_of(&mut driver);
    assert_eq!(downloaded.borrow().len(), 4, "a report reads all; one layer occurs twice");
    for layer in layer_facts(&mut driver) {
        assert_eq!((&layer.forms[..], layer.verified), (&[][..], Some(true)));
        assert_eq!((layer.presence, layer.warnings), (LayerPresence::Read, vec![]));
    }
    assert_eq!(report["images"][0]["layers"].as_array().unwrap().len(), 5);
}

#[test]
fn a_wrong_table_is_a_warning_after_the_download() {
    let lie = |mut table: Vec<u8>, _| {
        let name = b"usr/bin/tool";
        if let Some(at) = table.windows(name.len()).position(|bytes| bytes == name) {
            table[at..at + name.len()].copy_from_slice(b"usr/bin/lies");
        }
        table
    };
    let nothing = Memory::default();
    let mut driver = opened(Registry::new(lie), &nothing);
    assert!(has(&mut driver, "/usr/bin/lies"));
    sessions::report_of(&mut driver);
    assert!(has(&mut driver, "/usr/bin/tool") && !has(&mut driver, "/usr/bin/lies"));
    let layers = layer_facts(&mut driver);
    let codes: Vec<_> = layers.iter().flat_map(|row| &row.warnings).map(|w| &*w.code).collect();
    assert!(!codes.is_empty() && codes.iter().all(|code| *code == "toc-mismatch"), "{codes:?}");
}

#[test]
fn an_empty_table_is_replaced_by_the_downloaded_layer() {
    let empty = |_, size: u64| {
        let mut table = ztoc(0, 0, b"", b"");
        table[24..32].copy_from_slice(&size.to_le_bytes());
        table
    };
    let nothing = Memory::default();
    let mut driver = opened(Registry::new(empty), &nothing);
    assert_eq!(layer_facts(&mut driver)[0].presence, LayerPresence::Listed);
    assert!(!has(&mut driver, "/usr/bin/tool"));
    sessions::report_of(&mut driver);
    assert!(has(&mut driver, "/usr/bin/tool"));
}
