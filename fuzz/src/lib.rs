//! What the fuzz targets share: everything that is done with a source in memory.

use layerscope::problem::Problem;
use layerscope::protocol::{LinkPath, ReadContent};
use layerscope::selection::LayerSelection;
use layerscope::session::query::{
    Answers, Expand, File, History, Layers, Overview, Rows, Tree, TreeSpec,
};
pub use layerscope::session::memory::Memory;
use layerscope::session::{Files, Session, drive, job};
use layerscope::vocabulary::ImagePosition;

/// Opens a source and asks all that the page and the report ask.
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
            content(&session, source, ReadContent {
                image: ImagePosition(0),
                path: LinkPath(path),
                layers: LayerSelection::parse(&layers).unwrap_or_default(),
                offset: 7,
                length: 5000,
            });
        }
    }
    drive::finish_report(&mut session, None, source, 1);
    session.report(None)
}

fn content(session: &Session, source: &Memory, request: ReadContent) {
    let Ok(reading) = session.read_content(&request) else { return };
    let Ok(reader) = source.open(reading.job.file()) else { return };
    let read =
        job::run(&reading.job, reader, None, &mut |_| {}).ok().and_then(|r| r.into_content());
    assert!(read.is_none_or(|(bytes, _)| bytes.len() as u64 <= request.length));
}

/// A layer's index (or what `make` makes of a tar) as a buffer, damaged: the first byte is a number of
/// patches, each four bytes of a place and one to be xored there; a tar follows.
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
