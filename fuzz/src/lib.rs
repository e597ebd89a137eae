//! What the fuzz targets share: opening a source from memory and querying it.

use layerscope::problem::Problem;
use layerscope::protocol::{
    AnswersQueries, Configuration, Document, Documents, Expand, FileDetails, History, Layers, Overview,
    PerformsActions, ReadContent, RowRange, SetTree, Sort, TreeColumn, TreeRows, TreeSpec,
};
use layerscope::selection::LayerSelection;
pub use layerscope::session::native::Memory;
use layerscope::session::{Files, Session, drive, jobs};
use layerscope::vocabulary::ImagePosition;

/// Opens a source and runs all queries of the page and the report.
pub fn open(source: &Memory) -> Result<String, Problem> {
    let mut session = drive::open("fuzzed", source)?;
    drive::finish_image(&mut session, source, 1)?;
    for image in (0..session.image_count() as u32).map(ImagePosition).take(2) {
        query(&mut session, image, source)?;
    }
    drive::finish_report(&mut session, None, source, 1);
    session.report(None)
}

/// Asks what the page asks about an image.
fn query(session: &mut Session, image: ImagePosition, source: &Memory) -> Result<(), Problem> {
    session.overview(Overview { image })?;
    session.layers(Layers { image })?;
    session.history(History { image })?;
    session.configuration(Configuration { image })?;
    for line in session.documents(Documents { image })? {
        session.document(Document { image, digest: line.digest })?;
    }
    if image != session.default_image() {
        return Ok(()); // it is not built
    }
    for layers in ["", "..1", "1..2", "2"] {
        let selection = LayerSelection::parse(layers).unwrap_or_default();
        let spec = TreeSpec {
            layers: selection,
            filter: "a/e".into(),
            sort: Sort { by: TreeColumn::Size, reversed: false },
            changes_only: layers == "2",
        };
        session.set_tree(SetTree { image, spec })?;
        session.expand(Expand { image, node: 0, open: true, all: true })?;
        let rows = RowRange { first: 0, count: 50 };
        for row in session.tree_rows(TreeRows { image, rows })?.rows.into_iter().take(5) {
            let (path, layers) = (row.path, selection);
            let _ = session.file_details(FileDetails { image, path: path.clone(), layers });
            content(session, source, ReadContent { image, path, layers, offset: 7, length: 5000 });
        }
    }
    Ok(())
}

fn content(session: &Session, source: &Memory, request: ReadContent) {
    let Ok(reading) = session.read_content(&request) else { return };
    let Ok(reader) = source.open(reading.job.file()) else { return };
    let read =
        jobs::run(&reading.job, reader, None, &mut |_| {}).ok().and_then(|r| r.into_content());
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
