//! What the fuzz targets share: opening a source from memory and querying it.

use layerscope::problem::Problem;
pub use layerscope::session::memory::Memory;
use layerscope::session::query::{
    Answers, ContentRequest, Expand, File, History, Layers, Overview, Rows, Tree, TreeSpec,
};
use layerscope::session::{Files, Session, drive, job};

/// Opens a source and runs all queries of the page and the report.
pub fn open(source: &Memory) -> Result<String, Problem> {
    let mut session = drive::open("fuzzed", source)?;
    drive::finish_image(&mut session, source, 1)?;
    session.overview(Overview {})?;
    session.layers(Layers {})?;
    session.history(History {})?;
    for layers in ["", "..1", "1..2", "2"] {
        let spec = TreeSpec {
            layers: layers.into(),
            filter: "a/e".into(),
            sort: "size".into(),
            changes_only: layers == "2",
            ..TreeSpec::default()
        };
        session.tree(Tree { spec })?;
        session.expand(Expand { node: 0, open: true, all: true })?;
        let rows = session.rows(Rows { first: 0, count: 50 })?.rows;
        for row in rows.iter().take(5) {
            let (path, layers) = (row.path.clone(), layers.to_owned());
            let _ = session.file(File { path: path.clone(), layers: layers.clone() });
            content(&session, source, ContentRequest { path, layers, offset: 7, length: 5000 });
        }
    }
    drive::finish_report(&mut session, None, source, 1);
    session.report(None)
}

fn content(session: &Session, source: &Memory, request: ContentRequest) {
    let Ok(reading) = session.read_content(&request) else { return };
    let Ok(reader) = source.open(reading.job.file()) else { return };
    let read =
        job::run(&reading.job, reader, None, &mut |_| {}).ok().and_then(|r| r.into_content());
    assert!(read.is_none_or(|(bytes, _)| bytes.len() as u64 <= request.length));
}

/// A damaged buffer of a layer index (or of what `make` makes from a tar). The first byte is the number of
/// patches, each four bytes of offset and one byte to be XORed there; a tar follows.
pub fn damaged(data: &[u8], make: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
    let (&count, rest) = data.split_first()?;
    let (patches, tar) = rest.split_at_checked(usize::from(count % 16) * 5)?;
    let mut buffer = make(tar)?;
    for patch in patches.chunks_exact(5) {
        let place = u32::from_le_bytes([patch[0], patch[1], patch[2], patch[3]]) as usize;
        let at = place.checked_rem(buffer.len())?;
        buffer[at] ^= patch[4];
    }
    Some(buffer)
}
