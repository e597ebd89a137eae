//! Formats and special cases that no fixture has, made by hand according to their specifications.

use crate::{made, sessions};
use layerscope::oci::Digest;
use layerscope::problem::Problem;
use layerscope::protocol::{
    AnswersQueries, History, LayerFacts, LayerPresence, Layers, Overview, SourceInfo,
};
use layerscope::session::{Session, native::Memory};
use layerscope::vocabulary::{ImagePosition, LayerForm, LayerNumber, OtherKind, SourceFormat};
use serde_json::{Value, json};

const FIRST: ImagePosition = ImagePosition(0);

/// Adds a blob by its digest, and gives a descriptor of it.
fn blob(source: &mut Memory, media_type: &str, bytes: &[u8]) -> Value {
    let digest = Digest::of(bytes);
    source.0.push((format!("blobs/sha256/{}", digest.encoded()), bytes.into()));
    json!({ "mediaType": media_type, "digest": digest.to_string(), "size": bytes.len() })
}

fn open(source: &Memory) -> Result<Session, Problem> {
    sessions::try_driver(source).map(sessions::session)
}

fn layer_facts(session: &Session) -> Vec<LayerFacts> {
    let rows = session.layers(Layers { image: session.default_image() }).unwrap().rows;
    rows.into_iter().filter_map(|row| row.layer).collect()
}

fn added(layer: &LayerFacts) -> Option<u32> {
    layer.changes.map(|changes| changes.added)
}

fn codes(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|problem| &*problem.code).collect()
}

/// A tar of files, each of five bytes.
fn tar(names: &[&str]) -> Vec<u8> {
    made::texts(&names.iter().map(|name| (*name, "hello")).collect::<Vec<_>>())
}

/// A source in one tar, and gzip around that.
fn packed(source: &Memory) -> Memory {
    let members: Vec<_> = source.0.iter().map(|(name, bytes)| (&name[..], &bytes[..])).collect();
    Memory::one(made::gzip(&made::tar(&members)))
}

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
const FOREIGN: &str = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

/// A manifest for a platform with one layer and perhaps a missing foreign layer.
fn image(source: &mut Memory, os: &str, architecture: &str, foreign: bool) -> Value {
    let tar = tar(&["Files/Windows/notepad.exe", "Hives/System_Delta"]);
    let layer = blob(source, LAYER, &tar);
    let gone = json!({ "mediaType": FOREIGN, "size": 1, "digest": Digest::of(b"gone").to_string(),
                       "urls": ["https://example.com/layer"] });
    let layers = if foreign { vec![gone, layer] } else { vec![layer] };
    let config = json!({ "os": os, "architecture": architecture });
    let config = blob(source, CONFIG, config.to_string().as_bytes());
    let manifest =
        json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers });
    let mut descriptor = blob(source, MANIFEST, manifest.to_string().as_bytes());
    descriptor["platform"] = json!({ "os": os, "architecture": architecture });
    descriptor
}

fn layout(mut source: Memory, manifests: Vec<Value>) -> Memory {
    let index = json!({ "schemaVersion": 2, "manifests": manifests });
    source.0.push(("index.json".to_owned(), index.to_string().into_bytes().into()));
    source
}

fn info(session: &Session) -> SourceInfo {
    session.info()
}

#[test]
fn a_windows_image_lists_its_missing_foreign_layer() {
    let mut source = Memory::default();
    let windows = image(&mut source, "windows", "amd64", true);
    let session = open(&layout(source, vec![windows])).unwrap();
    let layers = layer_facts(&session);
    assert_eq!(layers[0].forms, [LayerForm::Foreign, LayerForm::Windows]);
    assert_eq!(layers[0].presence, LayerPresence::Missing);
    assert_eq!(codes(&layers[0].warnings), ["layer-foreign"]);
    assert_eq!((&layers[1].forms[..], added(&layers[1])), (&[LayerForm::Windows][..], Some(2)));
    assert_eq!((layers[1].presence, layers[1].verified), (LayerPresence::Read, Some(true)));
    let overview = session.overview(Overview { image: FIRST }).unwrap();
    assert_eq!(overview.digests.missing, [LayerNumber::FIRST]);
    assert_eq!((overview.size, overview.hidden, overview.blob_size), (None, None, None));
    assert_eq!(overview.unread, [LayerNumber::FIRST]);
}

#[test]
fn nested_indexes_name_their_images_and_their_own_digests() {
    let mut source = Memory::default();
    let manifests =
        [image(&mut source, "linux", "arm64", false), image(&mut source, "linux", "s390x", false)];
    let inner = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests });
    let mut inner = blob(&mut source, INDEX, inner.to_string().as_bytes());
    inner["annotations"] = json!({ "org.opencontainers.image.ref.name": "1.0" });
    let digest = inner["digest"].as_str().unwrap().to_owned();
    let session = open(&layout(source, vec![inner])).unwrap();
    let images = info(&session).images;
    let platforms: Vec<&str> = images.iter().map(|image| &*image.platform).collect();
    assert_eq!(platforms, ["linux/arm64", "linux/s390x"]);
    assert!(images.iter().all(|image| image.names[0].repository == "1.0"), "{images:?}");
    let overview = session.overview(Overview { image: FIRST }).unwrap();
    assert_eq!(overview.index_digest, Some(digest));
}

#[test]
fn artifacts_without_an_image_are_listed_by_type() {
    let mut source = Memory::default();
    let config = blob(&mut source, "application/vnd.cncf.helm.config.v1+json", b"{}");
    let chart = blob(&mut source, "application/vnd.cncf.helm.chart.content.v1.tar+gzip", b"chart");
    let manifest =
        json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [chart] });
    let helm = blob(&mut source, MANIFEST, manifest.to_string().as_bytes());
    let empty = blob(&mut source, "application/vnd.oci.empty.v1+json", b"{} ");
    let manifest = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": empty,
        "artifactType": "application/spdx+json", "layers": [], "subject": helm });
    let sbom = blob(&mut source, MANIFEST, manifest.to_string().as_bytes());
    let other = blob(&mut source, "application/x-anything", b"anything");
    let session = open(&layout(source, vec![helm.clone(), sbom, other])).unwrap();
    let info = info(&session);
    assert!(info.images.is_empty() && codes(&info.warnings) == ["archive-no-image"], "{info:?}");
    let kinds: Vec<(OtherKind, &str)> =
        info.others.iter().map(|other| (other.kind, &*other.artifact_type)).collect();
    let artifact = OtherKind::Artifact;
    assert_eq!(
        kinds,
        [
            (artifact, "application/vnd.cncf.helm.config.v1+json"),
            (artifact, "application/spdx+json"),
            (artifact, "application/x-anything")
        ]
    );
    assert_eq!(info.others[1].subject.as_deref(), helm["digest"].as_str());
}

#[test]
fn schema_one_gives_its_layers_and_its_commands() {
    let layer = tar(&["etc/passwd"]);
    let digest = Digest::of(&layer);
    let step = |command: &str, more: Value| {
        let mut step = json!({ "id": "a", "created": "2015-01-01T00:00:00Z", "os": "linux",
            "architecture": "amd64", "container_config": { "Cmd": ["/bin/sh", "-c", command] } });
        step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "v1Compatibility": step.to_string() })
    };
    let sum = json!({ "blobSum": digest.to_string() });
    let manifest = json!({ "schemaVersion": 1, "name": "library/old", "tag": "1", "architecture": "amd64",
        "fsLayers": [{ "blobSum": Digest::of(b"empty").to_string() }, sum],
        "history": [step("#(nop) CMD [\"sh\"]", json!({ "throwaway": true, "config": { "User": "me" } })),
                    step("#(nop) ADD file:1 in /", json!({}))] });
    let source = Memory::default()
        .with("manifest.json", manifest.to_string().into_bytes())
        .with("version", *b"Directory Transport Version: 1.1\n")
        .with(digest.encoded(), layer);
    let session = open(&source).unwrap();
    assert_eq!(info(&session).formats, [SourceFormat::DockerDirectory]);
    let overview = session.overview(Overview { image: FIRST }).unwrap();
    assert_eq!(
        (&overview.names[..], &*overview.run.user, overview.run.root),
        (&["library/old:1".into()][..], "me", Some(false))
    );
    let table = session.layers(Layers { image: FIRST }).unwrap().rows;
    let numbers: Vec<_> = table.iter().map(|row| row.layer.as_ref().map(|l| l.number)).collect();
    assert_eq!(numbers, [Some(LayerNumber::FIRST), None]);
    assert_eq!(table[0].instruction.keyword, "ADD");
    assert_eq!(table[0].layer.as_ref().and_then(added), Some(1));
    let history = session.history(History { image: FIRST }).unwrap();
    assert!(history.iter().all(|row| row.from_chain) && history.len() == 2);
    // The report's history is the configuration's, so its lines are not in it.
    let report: Value = serde_json::from_str(&session.report(Some(FIRST)).unwrap()).unwrap();
    let image = &report["images"][0];
    let lines = image["dockerfile"]["lines"].as_array().unwrap();
    assert_eq!(image["history"], json!([]));
    assert!(lines.len() > 1 && lines.iter().all(|line| line["history"].is_null()), "{lines:?}");
}

#[test]
fn a_folder_of_layers_is_one_image_in_the_order_of_names() {
    let source = Memory::default()
        .with("layers/2.tar", tar(&["b", "c"]))
        .with("layers/1.tar", tar(&["a", "b"]))
        .with("layers/notes.txt", *b"not a layer");
    let session = open(&source).unwrap();
    assert_eq!(codes(&info(&session).warnings), ["order-by-name"]);
    let changes = layer_facts(&session).into_iter().map(|layer| layer.changes.unwrap());
    let changes: Vec<_> =
        changes.map(|changes| (changes.added, changes.modified, changes.unchanged)).collect();
    assert_eq!(changes, [(2, 0, 0), (1, 0, 1)]);
    assert!(info(&session).images[0].bare);
}

#[test]
fn a_folder_without_an_image_says_what_it_contains() {
    let source = Memory::default().with("a.txt", *b"text").with("b.txt", *b"text");
    let problem = open(&source).err().unwrap();
    assert_eq!(problem.code, "folder-no-image");
    assert!(problem.found.unwrap().contains("a.txt"));
}

#[test]
fn a_circular_chain_of_parents_ends() {
    let link = |parent: &str| json!({ "parent": parent }).to_string();
    let source = Memory::default()
        .with("repositories", *br#"{"circle":{"latest":"a"}}"#)
        .with("a/json", link("b").into_bytes())
        .with("a/layer.tar", tar(&["x"]))
        .with("b/json", link("a").into_bytes())
        .with("b/layer.tar", tar(&["y"]));
    let report_warnings = |session: &Session| {
        let report: Value = serde_json::from_str(&session.report(None).unwrap()).unwrap();
        report["images"][0]["warnings"].to_string()
    };
    let session = open(&source).unwrap();
    assert!(report_warnings(&session).contains("chain-too-long"));
}

#[test]
fn digests_by_other_known_algorithms_are_checked() {
    use sha2::Digest as _;
    let layer = tar(&["etc/passwd"]);
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let sha512 = format!("sha512:{}", hex(&sha2::Sha512::digest(&layer)));
    let sha384 = format!("sha384:{}", hex(&sha2::Sha384::digest(&layer)));
    let wrong = format!("sha512:{}", "0".repeat(128));
    let unknown = "blake9:abcdef".to_owned();
    for (digest, verified) in
        [(sha512, Some(true)), (sha384, Some(true)), (wrong, Some(false)), (unknown, None)]
    {
        let mut source = Memory::default();
        let (algorithm, encoded) = digest.split_once(':').unwrap();
        source.0.push((format!("blobs/{algorithm}/{encoded}"), layer.clone().into()));
        let config = blob(&mut source, CONFIG, br#"{"os":"linux"}"#);
        let layers = json!([{ "mediaType": LAYER, "digest": digest, "size": layer.len() }]);
        let manifest = json!({ "schemaVersion": 2, "config": config, "layers": layers });
        let manifest = blob(&mut source, MANIFEST, manifest.to_string().as_bytes());
        let source = layout(source, vec![manifest]);
        for source in [&source, &packed(&source)] {
            let session = open(source).unwrap();
            assert_eq!(layer_facts(&session)[0].verified, verified, "{digest}");
            let check = session.overview(Overview { image: FIRST }).unwrap().digests;
            let lists = [&check.matching, &check.mismatching, &check.unclaimed].map(Vec::len);
            let want = match verified {
                Some(true) => [1, 0, 0],
                Some(false) => [0, 1, 0],
                None => [0, 0, 1],
            };
            assert_eq!(lists, want, "{digest}: {check:?}");
        }
    }
}
