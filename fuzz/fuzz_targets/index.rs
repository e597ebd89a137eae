//! A layer index from a damaged buffer.

#![no_main]

use layerscope::codec::{BlobPart, Checkpoints};
use layerscope::layer::{Contents, Counts, LayerIndex, ScanOptions, scan};
use layerscope::tree::{TreeView, merge};
use layerscope_fuzz::damaged;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;
use std::sync::Arc;

fn buffer(tar: &[u8]) -> Option<Vec<u8>> {
    let source = Box::new(Cursor::new(Arc::<[u8]>::from(tar)));
    let part = BlobPart::plain(0, 0, tar.len() as u64);
    let options = ScanOptions { contents: Contents::Read, ..ScanOptions::default() };
    let scan = scan(source, part, &Checkpoints::default(), &options, None, None, &mut |_| {});
    Some(scan.ok()?.index.encode())
}

fuzz_target!(|data: &[u8]| {
    let Some(buffer) = damaged(data, buffer) else { return };
    let Ok(index) = LayerIndex::decode(&buffer) else { return };
    assert!(LayerIndex::decode(&index.encode()).as_ref() == Ok(&index), "the buffer differs");
    for entry in index.entries() {
        let _ = (entry.name(), entry.link(), entry.owner(), entry.sparse(), entry.hash());
        let _ = entry.xattrs().count();
    }
    Counts::of(&index);
    let layer = Arc::new(index);
    let tree = merge(vec![Arc::clone(&layer), layer]);
    TreeView::new(&tree);
});
