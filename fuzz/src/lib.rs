//! What the fuzz targets share: opening a source from memory and querying it, and inputs of a chosen size.

pub mod generators;

use layerscope::expression::Expression;
use layerscope::problem::Problem;
use layerscope::protocol::{
    Configuration, Document, Documents, Expand, FileDetails, FuzzyPaths, History, Layers, LinkPath,
    MatchCounts, MatchTable, Matches, Overview, ReadContent, RowRange, SearchContents, SearchSpec,
    SetTree, Sort, TreeColumn, TreeRows, TreeSpec,
};
use layerscope::selection::LayerSelection;
use layerscope::session::native::Driver;
pub use layerscope::session::native::Memory;
use layerscope::session::schedule::ScheduleOptions;
use layerscope::vocabulary::ImagePosition;

/// Opens a source by the schedule of the page and of the command, and asks what the page asks.
pub fn open(source: &Memory) -> Result<String, Problem> {
    let options = ScheduleOptions { cores: 1, ..ScheduleOptions::default() };
    let mut driver = Driver::new(source, options);
    let result = ask_everything(&mut driver);
    assert_eq!((driver.panics(), driver.defects()), (0, 0), "panics and defects");
    result
}

fn ask_everything(driver: &mut Driver<'_>) -> Result<String, Problem> {
    driver.open_source("fuzzed")?;
    let count = driver.session().map_or(0, |session| session.image_count());
    for image in (0..count as u32).map(ImagePosition).take(2) {
        query(driver, image)?;
    }
    driver.report(None)
}

/// Asks what the page asks about an image.
fn query(driver: &mut Driver<'_>, image: ImagePosition) -> Result<(), Problem> {
    driver.ask(Overview { image })?;
    driver.ask(Layers { image })?;
    driver.ask(History { image })?;
    driver.ask(Configuration { image })?;
    for line in driver.ask(Documents { image })? {
        driver.ask(Document { image, digest: line.digest })?;
    }
    if driver.shown() != Some(image) {
        return Ok(()); // only the report reads it
    }
    for layers in ["", "..1", "1..2", "2"] {
        let selection = LayerSelection::parse(layers).unwrap_or_default();
        let spec = TreeSpec {
            layers: selection,
            find: "a/e -**/x? /[a-f]+/ -layer:9 -size:>1T".into(),
            directory: LinkPath::default(),
            // Sorted by what the session gives to the tree: packages, and compressed bytes.
            sort: Sort { by: TreeColumn::Package, reversed: false },
            whole: layers == "2",
            join: layers == "..1",
            compressed: true,
        };
        driver.ask(SetTree { image, spec })?;
        driver.ask(Expand { image, node: 0, open: true, all: true })?;
        let rows = RowRange { first: 0, count: 50 };
        for row in driver.ask(TreeRows { image, rows })?.rows.into_iter().take(5) {
            let (path, layers) = (row.path, selection);
            let _ = driver.ask(FileDetails { image, path: path.clone(), layers });
            let request = ReadContent { image, path, layers, offset: 7, length: 5000 };
            assert!(driver.content(request).unwrap_or_default().len() <= 5000);
        }
        search(driver, image, selection)?;
    }
    Ok(())
}

/// Searches contents and looks for paths. A search fails where there are no contents.
fn search(
    driver: &mut Driver<'_>,
    image: ImagePosition,
    layers: LayerSelection,
) -> Result<(), Problem> {
    let expression = Expression { text: "a[^b]*|e$".into(), regex: true, ..Expression::default() };
    let spec =
        SearchSpec { layers, expression, binary: true, context: true, ..SearchSpec::default() };
    let _ = driver.ask(SearchContents { image, spec });
    let rows = RowRange { first: 1, count: 50 };
    let part = driver.ask(Matches { table: MatchTable { image, rows } })?;
    assert!(part.lines.len() <= 50);
    driver.ask(MatchCounts { image })?;
    driver.ask(FuzzyPaths { image, layers, text: "ae x".into() })?;
    Ok(())
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
