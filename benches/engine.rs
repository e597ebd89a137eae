//! Micro benches of the engine: `cargo bench`, or `cargo bench -- NAME` for one of them.
//!
//! The input is a tree of real files of this machine, because generated trees compress and sort too
//! well. It is built once and kept in `target/tmp/benches/`; delete that folder to build it again. Figures
//! of two machines, or of two inputs, cannot be compared.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use layerscope::analysis::compare::{ComparedImage, compare, growth};
use layerscope::analysis::contents::AnalysisHook;
use layerscope::analysis::names::{FurtherNames, noted_logs};
use layerscope::analysis::packages;
use layerscope::codec::{BlobPart, Checkpoints, Compression};
use layerscope::entry::Member;
use layerscope::expression::Expression;
use layerscope::layer::{
    self, ContentHook, Contents, FilePlace, LayerIndex, LayerScan, ScanOptions, Wanted,
};
use layerscope::oci::ImageConfig;
use layerscope::session::jobs::{self, ContentSearch, FileRange, FileToSearch, Job, Work};
use layerscope::tree::find::Find;
use layerscope::tree::{self, FileTree, TreeView, ViewSettings};
use layerscope::vocabulary::{LeftOut, NodeKind};
use std::hint::black_box;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Folders, and bytes of each at most. Some 22 % of all is text, in the archives of `cargo xtask bench` 32 %: what the scan
/// for secrets costs goes by that.
const FOLDERS: &[(&str, u64)] = &[
    ("/var/lib/dpkg", 10_000_000),
    ("/usr/share", 60_000_000),
    ("/usr/bin", 60_000_000),
    ("/usr/lib", 70_000_000),
];
/// Files above this size say little about headers and much about memory.
const MAX_FILE_BYTES: u64 = 4_000_000;

/// Paths of the tree in which finds are measured.
const PATHS: usize = 500_000;

/// Paths of each image of a comparison.
const COMPARED_PATHS: usize = 200_000;

type Bytes = Arc<[u8]>;

/// A layer as a tar, and as a gzip stream of it.
struct Input {
    tar: Bytes,
    gzip: Bytes,
}

impl Input {
    fn new() -> Input {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("benches");
        std::fs::create_dir_all(&folder).expect("target/ can be written");
        let tar = cached(&folder.join("layer-2.tar"), build_tar);
        let gzip = cached(&folder.join("layer-2.tar.gz"), || compress(&tar));
        Input { tar, gzip }
    }
}

fn cached(path: &Path, build: impl FnOnce() -> Vec<u8>) -> Bytes {
    if let Ok(bytes) = std::fs::read(path) {
        return bytes.into();
    }
    println!("building {}", path.display());
    let bytes = build();
    std::fs::write(path, &bytes).expect("target/ can be written");
    bytes.into()
}

fn build_tar() -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    tar.follow_symlinks(false);
    for (folder, most) in FOLDERS {
        let end = tar.get_ref().len() as u64 + most;
        add(&mut tar, Path::new(folder), end);
    }
    tar.into_inner().expect("memory can be written")
}

/// Adds what can be read of a folder, sorted by name, until the tar has `end` bytes.
fn add(tar: &mut tar::Builder<Vec<u8>>, folder: &Path, end: u64) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let Ok(metadata) = path.symlink_metadata() else { continue };
        if tar.get_ref().len() as u64 >= end || metadata.len() > MAX_FILE_BYTES {
            continue;
        }
        let name = path.strip_prefix("/").unwrap_or(&path);
        // Sockets and files without permission are not part of the input.
        let _ = tar.append_path_with_name(&path, name);
        if metadata.is_dir() {
            add(tar, &path, end);
        }
    }
}

fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

/// One pass over a layer as the session orders it: index, digest, content hashes, analyses.
fn scan(bytes: &Bytes) -> LayerScan {
    scan_with(bytes, &mut AnalysisHook::new(Default::default()))
}

fn scan_with(bytes: &Bytes, hook: &mut dyn ContentHook) -> LayerScan {
    let options = ScanOptions {
        contents: Contents::Read,
        diff_ids: vec!["sha256".to_owned()],
        ..ScanOptions::default()
    };
    let part = BlobPart::plain(0, 0, bytes.len() as u64);
    let source = Box::new(Cursor::new(bytes.clone()));
    layer::scan(source, part, &Default::default(), &options, Some(hook), None, &mut |_| {})
        .expect("a tar that we wrote can be read")
}

/// The same pass without the scan for secrets, which alone looks at the bytes as they pass: its share is what the
/// pass costs more with it (25 % at most).
struct WithoutSecrets(AnalysisHook);

impl ContentHook for WithoutSecrets {
    fn wants(&mut self, member: &Member, head: &[u8]) -> Wanted {
        self.0.wants(member, head)
    }

    fn read(&mut self, _: &[u8]) {}

    fn has_seen_enough(&self) -> bool {
        true
    }

    fn note(&mut self, member: &Member, content: Option<&[u8]>) -> Option<String> {
        self.0.note(member, content)
    }
}

fn scans(criterion: &mut Criterion) {
    let input = Input::new();
    let mut group = criterion.benchmark_group("scan");
    group.sample_size(10).throughput(Throughput::Bytes(input.tar.len() as u64));
    group.bench_function("tar", |bencher| bencher.iter(|| scan(black_box(&input.tar))));
    group.bench_function("tar, without secrets", |bencher| {
        let hook = || WithoutSecrets(AnalysisHook::new(Default::default()));
        bencher.iter(|| scan_with(black_box(&input.tar), &mut hook()));
    });
    group.bench_function("gzip", |bencher| bencher.iter(|| scan(black_box(&input.gzip))));
    // What a decoder alone needs: the scan of a gzip layer cannot be faster.
    group.bench_function("gzip, decoder alone", |bencher| {
        bencher.iter(|| {
            let mut decoder = flate2::read::MultiGzDecoder::new(&input.gzip[..]);
            std::io::copy(&mut decoder.by_ref(), &mut std::io::sink()).expect("our own gzip")
        });
    });
    group.finish();
}

fn trees(criterion: &mut Criterion) {
    let scan = scan(&Input::new().tar);
    let index = Arc::new(scan.index.clone());
    let tree = tree::merge(vec![index.clone()]);
    let mut group = criterion.benchmark_group("tree");
    group.throughput(Throughput::Elements(index.len() as u64));
    // The second layer has every path of the first again.
    let merge = |indexes| tree::merge(black_box(indexes));
    group.bench_function("merge", |bencher| {
        bencher.iter_batched(|| vec![index.clone(); 2], merge, BatchSize::LargeInput);
    });
    group.bench_function("view with filter", |bencher| {
        bencher.iter_batched(
            || TreeView::new(&tree),
            |view| type_filter(view, &tree),
            BatchSize::LargeInput,
        );
    });
    group.finish();
    finds(criterion, &index);
    comparison(criterion, &index);
    let mut group = criterion.benchmark_group("tree");
    group.bench_function("inventory", |bencher| {
        bencher.iter(|| {
            let notes = [&scan.notes];
            let names = FurtherNames::find(black_box(&tree), &noted_logs(&notes));
            packages::inventory(&tree, &notes, &names)
        });
    });
    group.finish();
}

/// A find as it is typed, letter by letter.
fn type_filter(mut view: TreeView, tree: &FileTree) -> TreeView {
    for find in ["l", "li", "lib", "libs", "libss", "libssl"] {
        view.set(tree, ViewSettings { find: Find::parse(find).terms, ..ViewSettings::default() });
    }
    view
}

/// One find in a view of 500,000 paths: the real ones, repeated below numbered directories.
fn finds(criterion: &mut Criterion, index: &LayerIndex) {
    let tree = tree::merge(vec![Arc::new(repeated(index, PATHS))]);
    let mut view = TreeView::new(&tree);
    let mut group = criterion.benchmark_group("find in 500,000 paths");
    group.sample_size(10);
    for (name, find) in [
        ("text", "libssl"),
        ("text in paths", "share/doc"),
        ("glob", "*.so"),
        ("glob over paths", "**/share/**/*.gz"),
        ("expression", r"/\.so(\.[0-9]+)*$/"),
        ("several terms", "*.py -test size:>1k mode:0444 owner:0 mtime:>2001-01-01"),
        ("several terms over paths", r"/python3/ -dist-packages/ **/*.py size:>1k -type:symlink"),
    ] {
        let find = Find::parse(find).terms;
        // Without the view being reset in between.
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| {
                let mut spent = Duration::ZERO;
                for _ in 0..times {
                    view.set(&tree, ViewSettings::default());
                    let settings = ViewSettings { find: find.clone(), ..ViewSettings::default() };
                    let start = Instant::now();
                    view.set(&tree, settings);
                    spent += start.elapsed();
                }
                spent
            });
        });
    }
    group.finish();
}

/// Two images of 200,000 paths each, of which every third file differs.
fn comparison(criterion: &mut Criterion, index: &LayerIndex) {
    let tree = |differing: bool| {
        let mut all = repeated(index, COMPARED_PATHS);
        for position in 0..all.len() {
            let other = differing && position % 3 == 0;
            all.push_hash([u8::from(other); 16]);
        }
        tree::merge(vec![Arc::new(all)])
    };
    let (a, b) = (tree(false), tree(true));
    let (config, inventory) = (ImageConfig::default(), packages::Inventory::default());
    let image = |tree| ComparedImage {
        tree,
        diff_ids: Vec::new(),
        layers_size: 0,
        config: &config,
        steps: &[],
        inventory: &inventory,
    };
    let (a, b) = (image(&a), image(&b));
    let mut group = criterion.benchmark_group("comparison");
    group.sample_size(10).throughput(Throughput::Elements(2 * COMPARED_PATHS as u64));
    group.bench_function("2 × 200,000 paths", |bencher| {
        bencher.iter(|| compare(black_box(&a), black_box(&b), LeftOut::default()));
    });
    let compared = compare(&a, &b, LeftOut::default());
    group.bench_function("growth", |bencher| {
        bencher.iter(|| growth(black_box(&a), black_box(&b), &compared));
    });
    group.finish();
}

/// Files and directories of an index below as many directories as give so many paths.
fn repeated(index: &LayerIndex, paths: usize) -> LayerIndex {
    let mut all = LayerIndex::default();
    for (position, entry) in (0..paths).zip(index.entries().collect::<Vec<_>>().iter().cycle()) {
        let copy = position / index.len();
        all.push(&Member {
            kind: entry.kind(),
            name: [format!("copy{copy}/").as_bytes(), entry.name()].concat(),
            link: entry.link().to_vec(),
            mode: entry.mode().into(),
            uid: entry.owner().uid,
            gid: entry.owner().gid,
            user: entry.owner().user.clone(),
            group: entry.owner().group.clone(),
            mtime: entry.mtime(),
            size: entry.size(),
            stored: entry.stored(),
            sparse: None,
            device: entry.device(),
            xattrs: Vec::new(),
            data_offset: 0,
        });
    }
    all
}

/// A search in the files of the layer, and its peer: `grep -r` over the same files unpacked.
fn searches(criterion: &mut Criterion) {
    let input = Input::new();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("benches/unpacked");
    if !folder.is_dir() {
        let mut archive = tar::Archive::new(&input.tar[..]);
        archive.unpack(&folder).expect("target/ can be written");
    }
    let mut group = criterion.benchmark_group("search in contents");
    group.sample_size(10).throughput(Throughput::Bytes(input.tar.len() as u64));
    for (text, regex) in [("password", false), ("pass[a-z]+", true), ("[0-9]{3}-[0-9]{4}", true)] {
        let job = search_job(&input.tar, text, regex);
        group.bench_function(text, |bencher| {
            bencher.iter(|| {
                let mut open = |_| Ok(Box::new(Cursor::new(input.tar.clone())) as _);
                jobs::run(black_box(&job), &mut open, None, &mut |_| {}).expect("our own tar")
            });
        });
        group.bench_function(format!("{text}, grep -r"), |bencher| {
            bencher.iter(|| {
                let form = if regex { "-E" } else { "-F" };
                let mut grep = Command::new("grep");
                let grep = grep.env("LC_ALL", "C").args(["-r", "-I", form, "-e", text]);
                grep.arg(&folder).output().expect("grep is there")
            });
        });
    }
    group.finish();
}

fn search_job(tar: &Bytes, text: &str, regex: bool) -> Job {
    let index = scan(tar).index;
    let place = |entry: layer::Entry<'_>| FilePlace {
        data_offset: entry.data_offset(),
        stored: entry.stored(),
        size: entry.size(),
        spans: None,
    };
    let files = index.entries().filter(|entry| entry.kind() == NodeKind::File);
    let files = files
        .filter(|entry| entry.size() > 0)
        .map(|entry| FileToSearch { place: place(entry), entry: entry.position() as u32 });
    let files: Vec<FileToSearch> = files.collect();
    let expression =
        Expression { text: text.to_owned(), regex, case: true, ..Expression::default() };
    let range = FileRange {
        part: BlobPart::plain(0, 0, tar.len() as u64),
        compression: Compression::None,
        points: Checkpoints::default(),
        place: files.first().map(|file| file.place.clone()).unwrap_or_default(),
        offset: 0,
        length: 0,
    };
    let what = ContentSearch { expression, binary: false, context: false };
    Job {
        blob_bytes: tar.len() as u64,
        layer: 1,
        work: Work::Search { range, files, what },
        outer: Checkpoints::default(),
    }
}

criterion_group!(benches, scans, searches, trees);
criterion_main!(benches);
