//! What a session answers about images made by hand: overview, configuration, documents, tree, one file.

use crate::{made, sessions};
use layerscope::oci::Digest;
use layerscope::protocol::*;
use layerscope::selection::LayerSelection;
use layerscope::session::{Session, native::Memory};
use layerscope::text::Shown;
use layerscope::vocabulary::{
    Change, FileTally, ImagePosition, LayerNumber, NodeKind, RewriteChange, TileColour,
    TileColouring, TileKind,
};
use serde_json::{Value, json};

const FIRST: ImagePosition = ImagePosition(0);

/// A layer of files with modes.
fn tar(members: &[(&str, u32, &str)]) -> Vec<u8> {
    let files: Vec<_> = members.iter().map(|(name, _, text)| (*name, text.as_bytes())).collect();
    made::tar_with(&files, |at, header| {
        header.set_mode(members[at].1);
        header.set_uid(1000);
        header.set_mtime(7);
    })
}

fn config() -> Value {
    json!({
        "os": "linux", "architecture": "amd64", "created": "2024-01-02T03:04:05Z", "author": "me",
        "config": {
            "Entrypoint": ["/bin/app", "--flag=a b"], "Cmd": ["serve"], "User": "app:app",
            "Env": ["A=1", "B=\u{202e}"], "ExposedPorts": {"80/tcp": {}}, "WorkingDir": "/srv",
            "Volumes": {"/data": {}}, "StopSignal": "SIGTERM", "Shell": ["/bin/bash", "-c"],
            "OnBuild": ["COPY . /src"],
            "Labels": {"org.opencontainers.image.source": "https://example.com/a", "b": "2\n3"},
            "Healthcheck": {"Test": ["CMD-SHELL", "curl -f localhost"], "Interval": 30_000_000_000u64}
        },
        "history": [
            {"created": "2024-01-01T00:00:00Z", "created_by": "ADD rootfs.tar /"},
            {"created_by": "CMD [\"sh\"]", "empty_layer": true},
            {"created_by": "RUN /bin/sh -c make\tall # buildkit", "comment": "buildkit.dockerfile.v0"},
            {"created_by": "USER app:app", "empty_layer": true}
        ]
    })
}

fn lower() -> Vec<u8> {
    tar(&[
        ("etc/os-release", 0o644, "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian 12\"\n"),
        ("etc/passwd", 0o600, "root"),
        ("etc/hosts", 0o644, "localhost"),
        ("srv/a/one", 0o644, "12345"),
        ("srv/a/two", 0o644, "123"),
        ("link", 0o777, "->etc/hosts"),
    ])
}

fn upper() -> Vec<u8> {
    tar(&[
        ("etc/passwd", 0o644, "root"),
        ("etc/.wh.hosts", 0o644, ""),
        ("srv/a/two", 0o644, "456"),
        ("link", 0o644, "a file now"),
    ])
}

/// An OCI layout of one image, with annotations.
fn layout() -> Memory {
    let mut source = Memory::default();
    let mut blob = |media_type: &str, bytes: &[u8]| {
        let digest = Digest::of(bytes);
        source.0.push((format!("blobs/sha256/{}", digest.encoded()), bytes.into()));
        json!({"mediaType": media_type, "digest": digest.to_string(), "size": bytes.len()})
    };
    let layer = "application/vnd.oci.image.layer.v1.tar";
    let layers = [blob(layer, &lower()), blob(layer, &upper())];
    let config = blob("application/vnd.oci.image.config.v1+json", config().to_string().as_bytes());
    let manifest = json!({
        "schemaVersion": 2, "config": config, "layers": layers,
        "annotations": {"org.opencontainers.image.source": "https://example.com/other",
            "org.opencontainers.image.revision": "abc", "private": "x"}
    });
    let manifest =
        blob("application/vnd.oci.image.manifest.v1+json", manifest.to_string().as_bytes());
    let index = json!({"schemaVersion": 2, "manifests": [manifest]}).to_string();
    source.0.push(("index.json".to_owned(), index.into_bytes().into()));
    source
}

/// The layout's session, everything read.
fn opened() -> Session {
    sessions::read(&layout())
}

fn number(number: u32) -> LayerNumber {
    LayerNumber::new(number).unwrap()
}

#[test]
fn the_overview_has_values_and_what_is_not_known_yet_is_absent() {
    let source = layout();
    let session = Session::open("x", &source).unwrap();
    let early = session.overview(Overview { image: FIRST }).unwrap();
    assert_eq!(early.digests.pending, [number(1), number(2)]);
    assert_eq!((early.size, early.tree_size, early.packages), (None, None, None));
    assert_eq!((early.hidden, early.dive, early.unread), (None, None, vec![]));
    let session = sessions::read(&source);
    let overview = session.overview(Overview { image: FIRST }).unwrap();
    assert_eq!(overview.digests.matching, [number(1), number(2)]);
    assert_eq!(overview.distribution.as_deref(), Some("Debian 12"));
    let origin: Vec<(&str, &str)> = overview.origin.iter().map(|(k, v)| (&**k, &**v)).collect();
    assert_eq!(
        origin,
        [
            ("org.opencontainers.image.source", "https://example.com/a"),
            ("org.opencontainers.image.revision", "abc")
        ]
    );
    assert_eq!((overview.layers, overview.any_compressed, overview.packages), (2, false, Some(0)));
    let (os_release, hidden) = (50, "root".len() + "localhost".len() + "123".len());
    let size = os_release + 4 + 9 + 5 + 3 + 4 + 3 + 10;
    assert_eq!(overview.size, Some(size));
    let waste = overview.hidden.unwrap();
    assert_eq!((waste.classes.all().bytes, waste.size), (hidden as u64, size));
    assert_eq!(waste.classes.removed, FileTally { files: 1, bytes: 9 });
    assert_eq!(waste.classes.overwritten, FileTally { files: 1, bytes: 3 });
    let mode = waste.classes.rewritten_by(RewriteChange::Mode);
    assert_eq!(mode, FileTally { files: 1, bytes: 4 });
    assert_eq!(overview.tree_size, Some(size - hidden as u64));
    assert_eq!(overview.dive.unwrap().paths, 4);
    assert_eq!((overview.author.as_deref(), overview.run.root), (Some("me"), Some(false)));
    assert_eq!(session.info().images[0].compressed_size, None, "nothing is compressed");
}

#[test]
fn the_configuration_is_what_the_document_says() {
    let facts = opened().configuration(Configuration { image: FIRST }).unwrap();
    let run = &facts.run;
    assert_eq!(run.entrypoint, ["/bin/app", "--flag=a b"].map(Shown::new));
    assert_eq!(run.env, ["A=1", "B=\\u{202e}"].map(Shown::new), "escaped");
    assert_eq!((&*run.user, &*run.working_dir, &*run.stop_signal), ("app:app", "/srv", "SIGTERM"));
    assert_eq!((&*run.ports[0], &*run.volumes[0], run.labels.len()), ("80/tcp", "/data", 2));
    assert_eq!(&*run.labels[0].1, "2\n3", "line breaks stay");
    let check = run.healthcheck.as_ref().unwrap();
    assert!(check.in_shell && !check.disabled);
    assert_eq!((&*check.command[0], check.interval), ("curl -f localhost", Some(30_000_000_000)));
    assert_eq!((check.timeout, check.retries), (None, None));
    assert_eq!((&*facts.on_build[0], &*facts.shell[0]), ("COPY . /src", "/bin/bash"));
    assert_eq!(facts.digest, Some(Digest::of(config().to_string().as_bytes()).to_string()));
    let bare = sessions::read(&Memory::one(lower()));
    let facts = bare.configuration(Configuration { image: FIRST }).unwrap();
    assert_eq!((facts.run.root, facts.digest), (None, None), "nothing says how it runs");
}

#[test]
fn layers_and_history_are_joined() {
    let session = opened();
    let table = session.layers(Layers { image: FIRST }).unwrap();
    let rows: Vec<_> = table
        .rows
        .iter()
        .map(|row| {
            let layer =
                row.layer.as_ref().map(|layer| (layer.number.get(), layer.origin.is_base()));
            (row.instruction.keyword.as_str(), row.instruction.text.as_str(), layer)
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("ADD", "rootfs.tar /", Some((1, true))),
            ("CMD", "[\"sh\"]", None),
            ("RUN", "make all", Some((2, false))),
            ("USER", "app:app", None)
        ]
    );
    let upper = table.rows[2].layer.as_ref().unwrap();
    assert_eq!(upper.presence, LayerPresence::Read);
    assert_eq!(
        upper.changes,
        Some(LayerChanges { added: 0, modified: 3, removed: 1, unchanged: 0 })
    );
    assert_eq!((upper.verified, upper.compression), (Some(true), Some(Default::default())));
    let history = session.history(History { image: FIRST }).unwrap();
    let layers: Vec<_> = history.iter().map(|row| row.layer.map(LayerNumber::get)).collect();
    assert_eq!(layers, [None, Some(2), None, Some(1)]);
    let id = Digest::of(config().to_string().as_bytes()).to_string();
    assert_eq!((&history[0].image_id, &history[1].image_id), (&Some(id), &None));
    assert_eq!(&*history[1].created_by, "RUN /bin/sh -c make all # buildkit", "a tab is a space");
    assert_eq!((history[0].size, history[1].size), (Some(0), Some(17)));
}

#[test]
fn documents_are_exact_and_lead_to_each_other() {
    let session = opened();
    let lines = session.documents(Documents { image: FIRST }).unwrap();
    let kinds: Vec<_> = lines.iter().map(|line| line.kind).collect();
    use DocumentKind::{Configuration, Index, Manifest};
    assert_eq!(kinds, [Index, Manifest, Configuration]);
    assert_eq!(&*lines[0].media_type, "application/vnd.oci.image.index.v1+json", "suggested");
    assert_eq!(&*lines[2].media_type, "application/vnd.oci.image.config.v1+json", "claimed");
    let open = |digest: &str| session.document(Document { image: FIRST, digest: digest.into() });
    let document = open(&lines[2].digest).unwrap();
    assert_eq!(document.bytes, config().to_string().as_bytes());
    assert_eq!(document.line, lines[2]);
    let manifest = open(&lines[1].digest).unwrap();
    let links = manifest.lines.iter().filter_map(|line| match &line.value {
        JsonValue::Text { text, is_document: true } => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(links.collect::<Vec<_>>(), [&*lines[2].digest], "layers are no documents");
    assert_eq!(open("sha256:0").unwrap_err().code, "no-such-document");
    let saved = Memory::one(session.save(FIRST).unwrap());
    let again = Session::open("x", &saved).unwrap();
    assert_eq!(again.documents(Documents { image: FIRST }).unwrap(), lines);
    let digest = lines[2].digest.clone();
    assert_eq!(again.document(Document { image: FIRST, digest }).unwrap().bytes, document.bytes);
}

#[test]
fn docker_archives_have_their_manifest() {
    let manifest = br#"[{"Config":"c.json","Layers":["l"]}]"#;
    let archive = made::tar(&[
        ("manifest.json", &manifest[..]),
        ("c.json", b"{\"os\":\"linux\"}"),
        ("l", &lower()),
    ]);
    let session = sessions::read(&Memory::one(archive));
    let lines = session.documents(Documents { image: FIRST }).unwrap();
    let kinds: Vec<_> = lines.iter().map(|line| line.kind).collect();
    assert_eq!(kinds, [DocumentKind::DockerManifest, DocumentKind::Configuration]);
    assert_eq!(lines[0].digest, Digest::of(manifest).to_string());
}

fn file(session: &Session, path: &str, layers: &str) -> FileFacts {
    let layers = LayerSelection::parse(layers).unwrap();
    let path = LinkPath(path.to_owned());
    session.file_details(FileDetails { image: FIRST, path, layers }).unwrap()
}

#[test]
fn a_path_is_told_by_layers_and_by_what_differs() {
    let session = opened();
    let passwd = file(&session, "/etc/passwd", "");
    let current = passwd.current.as_ref().unwrap();
    assert_eq!((current.mode, current.size, current.readable), (Some(0o644), 4, true));
    assert_eq!((current.layer, current.links), (Some(number(2)), Some(1)));
    assert_eq!(current.modified_at, Some(FileTime { seconds: 7, nanoseconds: 0 }));
    assert!(current.content_hash.as_ref().is_some_and(|hash| hash.len() == 32));
    let changes: Vec<_> = passwd.history.iter().map(|event| (event.layer, event.change)).collect();
    assert_eq!(changes, [(number(2), Change::Modified), (number(1), Change::Added)]);
    let mode = Difference::Mode { before: 0o600, after: 0o644 };
    assert_eq!(passwd.history[0].differences, [mode, Difference::SameContent]);
    assert_eq!(passwd.history[0].instruction.keyword, "RUN");
    let two = file(&session, "/srv/a/two", "");
    assert_eq!(two.history[0].differences, [Difference::Content { same_size: true }]);
    let link = file(&session, "/link", "");
    let kind = Difference::Kind { before: NodeKind::Symlink, after: NodeKind::File };
    assert_eq!(link.history[0].differences, [kind]);
    let hosts = file(&session, "/etc/hosts", "");
    assert_eq!((hosts.current, hosts.history[0].change), (None, Change::Removed));
    assert_eq!(file(&session, "/etc/hosts", "..1").current.unwrap().size, 9);
    let missing = FileDetails {
        image: FIRST,
        path: LinkPath("/nothing".into()),
        layers: LayerSelection::All,
    };
    assert_eq!(session.file_details(missing).unwrap_err().code, "no-such-path");
}

#[test]
fn a_directory_has_the_size_of_its_own_selection() {
    let mut session = opened();
    // What the tree shows is another matter.
    let layers = LayerSelection::one(number(2));
    let spec = TreeSpec { layers, ..TreeSpec::default() };
    session.set_tree(SetTree { image: FIRST, spec }).unwrap();
    for (layers, size) in [("", 8), ("..1", 8), ("2", 3), ("..2", 8)] {
        let directory = file(&session, "/srv/a", layers).current.unwrap();
        assert_eq!((directory.kind, directory.size), (NodeKind::Directory, size), "{layers}");
        assert_eq!((directory.mode, directory.layer), (None, None), "no layer names it");
    }
}

#[test]
fn the_tree_is_set_expanded_and_paged() {
    let mut session = opened();
    let sort = Sort { by: TreeColumn::Size, reversed: false };
    let spec = TreeSpec { sort, ..TreeSpec::default() };
    let state = session.set_tree(SetTree { image: FIRST, spec: spec.clone() }).unwrap().state;
    assert_eq!((state.rows, state.paths, state.added), (3, 8, 0));
    let rows = |session: &Session, first, count| {
        let rows = RowRange { first, count };
        session.tree_rows(TreeRows { image: FIRST, rows }).unwrap().rows
    };
    let names = |rows: Vec<TreeRow>| {
        rows.into_iter().map(|row| row.name.into_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(rows(&session, 0, 10)), "etc link srv", "the largest first");
    let path = LinkPath("/srv/a/two".into());
    let revealed = session.reveal(Reveal { image: FIRST, path }).unwrap();
    assert_eq!((revealed.row, revealed.state.rows), (Some(5), 6));
    assert_eq!(names(rows(&session, 3, 2)), "a one");
    assert_eq!(rows(&session, 6, 10), []);
    let two = rows(&session, 5, 1).remove(0);
    assert_eq!((two.level, two.position_in_set, two.set_size), (3, 2, 2));
    assert_eq!((two.mode, two.layer, two.owner.unwrap().uid), (Some(0o644), Some(number(2)), 1000));
    let only = TreeSpec { layers: LayerSelection::one(number(2)), ..spec };
    let state = session.set_tree(SetTree { image: FIRST, spec: only }).unwrap().state;
    assert_eq!((state.modified, state.removed, state.matches), (3, 1, 3));
    let collapsed = Expand { image: FIRST, node: 0, open: false, all: true };
    assert_eq!(session.expand(collapsed).unwrap().rows, 3);
}

#[test]
fn the_treemap_has_the_contents_that_the_tree_shows() {
    let session = opened();
    let tiles = |layers: &str, directory: &str, find: &str| {
        let spec = TreeSpec {
            layers: LayerSelection::parse(layers).unwrap(),
            directory: LinkPath(directory.into()),
            find: find.into(),
            ..TreeSpec::default()
        };
        let colouring = TileColouring::Layer;
        let question = SizeTiles { image: FIRST, spec, colouring, width: 800, height: 280 };
        session.size_tiles(question).unwrap()
    };
    let map = tiles("", "srv/a", "");
    let named = |map: &Treemap| {
        let layer = |tile: &TreemapTile| match tile.colour {
            Some(TileColour::Layer(layer)) => Some(layer.get()),
            _ => None,
        };
        let tile = |tile: &TreemapTile| {
            (tile.name.to_string(), tile.path.0.clone(), tile.size, layer(tile))
        };
        map.tiles.iter().map(tile).collect::<Vec<_>>()
    };
    let one = || ("one".to_owned(), "/srv/a/one".to_owned(), 5, Some(1));
    let two = || ("two".to_owned(), "/srv/a/two".to_owned(), 3, Some(2));
    assert_eq!((named(&map), map.size), (vec![one(), two()], 8));
    let areas: Vec<f64> = map.tiles.iter().map(|tile| tile.area.width * tile.area.height).collect();
    assert!(
        (areas[0] - 5.0 / 8.0).abs() < 1e-9 && (areas[1] - 3.0 / 8.0).abs() < 1e-9,
        "{areas:?}"
    );
    assert_eq!(named(&tiles("2", "srv/a", "")), [two()], "what layer 2 wrote");
    assert_eq!(named(&tiles("", "srv/a", "one")), [one()], "what the filter finds");
    let all = tiles("", "", "");
    let first: u64 =
        all.tiles.iter().filter(|tile| !tile.path.0[1..].contains('/')).map(|tile| tile.size).sum();
    assert_eq!(
        (first, all.tiles.iter().any(|tile| tile.kind == TileKind::Around)),
        (all.size, true)
    );
    assert_eq!(tiles("", "nowhere", ""), Treemap::default());
}

#[test]
fn a_type_of_files_leads_to_as_many_as_it_says() {
    let mut session = opened();
    for layers in ["", "..1", "2"] {
        let layers = LayerSelection::parse(layers).unwrap();
        let spec = TreeSpec { layers, ..TreeSpec::default() };
        let rows = RowRange { first: 0, count: 100 };
        let table = FileTypeTable { image: FIRST, spec: spec.clone(), rows, ..Default::default() };
        let types = session.file_types(FileTypes { table }).unwrap();
        assert!(types.total_rows > 0);
        for line in types.lines {
            let TableLine::Row(row) = line else { panic!("types are not grouped") };
            let find = row.find.unwrap_or_default();
            let spec = TreeSpec { find: find.clone(), ..spec.clone() };
            let tree = session.set_tree(SetTree { image: FIRST, spec }).unwrap().state;
            assert_eq!(
                (u64::from(tree.matches), tree.matched_size),
                (row.files, row.size),
                "{find}"
            );
        }
    }
}

#[test]
fn a_find_is_read_counted_and_marked() {
    let mut session = opened();
    let mut find = |find: &str, layers| {
        let spec = TreeSpec { find: find.into(), layers, ..TreeSpec::default() };
        session.set_tree(SetTree { image: FIRST, spec }).unwrap()
    };
    let shown = find("TWO size:<1k size:door", LayerSelection::All);
    assert_eq!((shown.terms.len(), shown.problems.len()), (2, 1));
    assert_eq!(shown.problems[0].found.as_deref(), Some("size:door"));
    let state = shown.state;
    assert_eq!((state.rows, state.matches, state.paths), (3, 1, 8), "with the directories above");
    assert_eq!((state.matched_size, state.size), (3, state.size));
    let all = find("", LayerSelection::All).state;
    assert_eq!((all.matches, all.matched_size), (all.paths, all.size));
    let second = LayerSelection::one(number(2));
    let state = find("O", second).state;
    assert_eq!((state.matches, state.modified, state.removed), (1, 1, 1), "of what matches");
    for (text, want) in [
        ("change:content", 2), // a link that became a file, and three bytes
        ("change:metadata", 2),
        ("change:metadata -change:content", 1),
        ("mode:0644 owner:1000 mtime:1970-01-01", 3),
        ("layer:2", 3),
    ] {
        assert_eq!(find(text, second).state.matches, want, "{text}");
    }
    find("/a\\/t/ TW", LayerSelection::All);
    let rows = RowRange { first: 0, count: 10 };
    let rows = session.tree_rows(TreeRows { image: FIRST, rows }).unwrap().rows;
    let marks: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.mark)).collect();
    assert_eq!(marks, [("srv", None), ("a", None), ("two", Some((0, 2)))]);
}

#[test]
fn the_next_row_is_found_by_the_beginning_of_its_name() {
    let mut session = opened();
    let spec = TreeSpec::default();
    session.set_tree(SetTree { image: FIRST, spec }).unwrap();
    let next = |prefix: &str, from| {
        session.next_row(NextRow { image: FIRST, prefix: prefix.into(), from }).unwrap()
    };
    assert_eq!([next("S", 0), next("l", 2), next("lx", 0)], [Some(2), Some(1), None]);
}

#[test]
fn questions_about_an_image_that_is_not_built_or_not_there_are_errors() {
    let session = Session::open("x", &layout()).unwrap();
    let table = PackageTable::default();
    let code = session.packages(Packages { table }).unwrap_err().code;
    assert_eq!(code, "layers-not-read");
    let rows = RowRange::default();
    let code = session.tree_rows(TreeRows { image: FIRST, rows }).unwrap_err().code;
    assert_eq!(code, "layers-not-read");
    let facts = session.vulnerability_check(VulnerabilityCheck { image: FIRST }).unwrap();
    assert_eq!(facts.state, CheckState::Waiting);
    let image = ImagePosition(1);
    assert_eq!(session.layers(Layers { image }).unwrap_err().code, "no-such-image");
    assert_eq!(session.overview(Overview { image }).unwrap_err().code, "no-such-image");
    // As it travels.
    let question = Query::Layers(Layers { image });
    let answer: Result<LayerTable, layerscope::problem::Problem> =
        from_wire(&answer_query(&session, question)).unwrap();
    assert_eq!(answer.unwrap_err().code, "no-such-image");
}
