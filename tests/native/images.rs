//! Several images in one session: switching, eviction, blobs that images share, inspections taken in.

use crate::made::{tar, texts};
use crate::sessions;
use layerscope::problem::Problem;
use layerscope::protocol::{
    AddInspection, FileDetails, LiftLimit, LinkPath, Overview, RowRange, SaveInspection, SetTree,
    TreeRows, TreeSpec,
};
use layerscope::session::Session;
use layerscope::session::jobs::Work;
use layerscope::session::native::{Driver, FileBeside, Memory};
use layerscope::session::schedule::{Command, ScheduleOptions};
use layerscope::vocabulary::{ImagePosition, LayerNumber};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::sync::Arc;

const FIRST: ImagePosition = ImagePosition(0);
const SECOND: ImagePosition = ImagePosition(1);

/// A docker archive of two images: both have the layer `base`, each has one of its own.
fn two_images() -> Memory {
    let item = |config: &str, own: &str| json!({"Config": config, "Layers": ["base", own]});
    let manifest = json!([item("c1", "one"), item("c2", "two")]).to_string();
    let base = texts(&[("etc/passwd", "root"), ("etc/hosts", "localhost")]);
    let (one, two) = (texts(&[("app", "1"), ("etc/hosts", "one")]), texts(&[("app", "22")]));
    let config = |architecture: &str| json!({"architecture": architecture, "os": "linux"});
    let (c1, c2) = (config("arm64").to_string(), config("amd64").to_string());
    Memory::one(tar(&[
        ("manifest.json", manifest.as_bytes()),
        ("c1", c1.as_bytes()),
        ("c2", c2.as_bytes()),
        ("base", &base),
        ("one", &one),
        ("two", &two),
    ]))
}

/// The work that a driver ordered.
#[derive(Default)]
struct Ordered(RefCell<Vec<Work>>);

impl Ordered {
    /// The layers that were read from their start to their end.
    fn layers_read(&self) -> usize {
        self.0.borrow().iter().filter(|work| matches!(work, Work::Index { .. })).count()
    }

    fn len(&self) -> usize {
        self.0.borrow().len()
    }
}

/// Opens a source, which shows its default image. Each layer is read in one pass.
fn opened<'s>(source: &'s Memory, ordered: &'s Ordered) -> Driver<'s> {
    let note = |command: &Command| {
        if let Command::RunJob { job, .. } = command {
            ordered.0.borrow_mut().push(job.work.clone());
        }
    };
    let options = ScheduleOptions { cores: 1, thorough: true, ..ScheduleOptions::default() };
    let mut driver = Driver::new(source, options).with_observer(note);
    driver.open_source("two.tar").unwrap();
    sessions::assert_sound(&driver);
    driver
}

fn is_built(driver: &Driver<'_>, image: ImagePosition) -> bool {
    driver.session().unwrap().is_built(image)
}

fn saved(driver: &mut Driver<'_>, image: ImagePosition) -> Result<Arc<[u8]>, Problem> {
    Ok(driver.ask_with(SaveInspection { image }, Vec::new())?.1.into())
}

fn take_in(driver: &mut Driver<'_>, bytes: &Arc<[u8]>) -> Result<Vec<ImagePosition>, Problem> {
    let file = FileBeside { bytes: Arc::clone(bytes), modified: 0 };
    Ok(driver.ask_with(AddInspection { name: "saved".into() }, vec![file])?.0)
}

#[test]
fn images_are_found_by_platform_and_by_id() {
    let session = Session::open("two.tar", &two_images()).unwrap();
    assert_eq!(session.image_count(), 2);
    assert_eq!(session.default_image(), SECOND, "linux/amd64 comes first");
    assert_eq!(session.image_for_platform("linux/arm64"), Some(FIRST));
    assert_eq!(session.image_for_platform("windows/amd64"), None);
    let config = json!({"architecture": "arm64", "os": "linux"}).to_string();
    let id = layerscope::oci::Digest::of(config.as_bytes());
    assert_eq!(session.find_image(id.as_str()), Some(FIRST));
    assert_eq!(session.find_image("sha256:0"), None);
    assert!(!session.has_unnamed_images());
}

#[test]
fn a_shared_layer_is_read_once() {
    let (source, ordered) = (two_images(), Ordered::default());
    let mut driver = opened(&source, &ordered);
    assert_eq!(ordered.layers_read(), 2);
    assert!(is_built(&driver, SECOND) && !is_built(&driver, FIRST));
    driver.show(FIRST).unwrap();
    assert_eq!(ordered.layers_read(), 3, "the base was read");
}

#[test]
fn switching_images_back_and_forth_reads_nothing_again() {
    let (source, ordered) = (two_images(), Ordered::default());
    let mut driver = opened(&source, &ordered);
    driver.show(FIRST).unwrap();
    let before = ordered.len();
    for image in [SECOND, FIRST, SECOND] {
        driver.show(image).unwrap();
        let session = driver.session().unwrap();
        assert!(session.is_built(image) && session.is_analysed(image));
    }
    assert_eq!(ordered.len(), before);
    sessions::assert_sound(&driver);
}

#[test]
fn several_images_answer_at_once_each_in_its_own_way() {
    let (source, ordered) = (two_images(), Ordered::default());
    let mut driver = opened(&source, &ordered);
    driver.show(FIRST).unwrap();
    let spec = TreeSpec { find: "hosts".into(), ..TreeSpec::default() };
    let state = driver.ask(SetTree { image: FIRST, spec }).unwrap().state;
    assert_eq!((state.rows, state.matches), (2, 1));
    let mut names = |image| {
        let rows = RowRange { first: 0, count: 10 };
        let rows = driver.ask(TreeRows { image, rows }).unwrap().rows;
        rows.into_iter().map(|row| row.name.into_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!([names(FIRST), names(SECOND), names(FIRST)], ["etc hosts", "app etc", "etc hosts"]);
    let mut size = |image| {
        let (path, layers) = (LinkPath("/app".into()), Default::default());
        let facts = driver.ask(FileDetails { image, path, layers }).unwrap();
        facts.current.unwrap().size
    };
    assert_eq!((size(FIRST), size(SECOND)), (1, 2));
    let mut platform = |image| driver.ask(Overview { image }).unwrap().platform;
    assert_eq!((&*platform(FIRST), &*platform(SECOND)), ("linux/arm64", "linux/amd64"));
}

#[test]
fn a_lifted_limit_discards_every_tree_with_that_layer_and_no_other() {
    let (source, ordered) = (two_images(), Ordered::default());
    let mut driver = opened(&source, &ordered);
    driver.show(FIRST).unwrap();
    assert_eq!(ordered.layers_read(), 3);
    let lift = |number| LiftLimit { image: FIRST, layer: LayerNumber::new(number) };
    driver.ask(lift(2)).unwrap();
    assert_eq!(ordered.layers_read(), 4, "it is read again");
    assert!(is_built(&driver, FIRST) && is_built(&driver, SECOND));
    driver.ask(lift(1)).unwrap();
    assert_eq!(ordered.layers_read(), 5);
    assert!(is_built(&driver, FIRST) && !is_built(&driver, SECOND), "the base is theirs both");
    driver.show(SECOND).unwrap();
    assert_eq!(ordered.layers_read(), 5);
    assert!(is_built(&driver, SECOND));
    assert_eq!(driver.ask(lift(3)).unwrap_err().code, "layer-missing");
    sessions::assert_sound(&driver);
}

#[test]
fn a_position_beyond_the_images_is_an_error() {
    let (source, ordered) = (two_images(), Ordered::default());
    let mut driver = opened(&source, &ordered);
    let third = ImagePosition(2);
    let before = ordered.len();
    assert_eq!(driver.show(third).unwrap_err().code, "no-such-image");
    assert_eq!(saved(&mut driver, third).unwrap_err().code, "no-such-image");
    assert_eq!(driver.report(Some(third)).unwrap_err().code, "no-such-image");
    assert_eq!(ordered.len(), before, "nothing is read for it");
    sessions::assert_sound(&driver);
}

#[test]
fn an_inspection_is_taken_in_beside_the_images() {
    let (source, ordered) = (two_images(), Ordered::default());
    let inspection = saved(&mut opened(&source, &ordered), FIRST).unwrap();
    let ordered = Ordered::default();
    let mut driver = opened(&source, &ordered);
    let taken = take_in(&mut driver, &inspection).unwrap();
    assert_eq!(taken, [ImagePosition(2)]);
    assert_eq!(driver.session().unwrap().image_count(), 3);
    let before = ordered.len();
    driver.show(taken[0]).unwrap();
    assert!(is_built(&driver, taken[0]));
    assert_eq!(ordered.len(), before, "its indexes came with it");
    driver.show(FIRST).unwrap();
    let mut images = |only| {
        let report: Value = serde_json::from_str(&driver.report(only).unwrap()).unwrap();
        report["images"].as_array().unwrap().clone()
    };
    assert_eq!(images(None).len(), 2, "the report is about the source");
    let (own, taken_in) = (&images(Some(FIRST))[0], &images(Some(taken[0]))[0]);
    assert_eq!(own["tree"], taken_in["tree"]);
    assert_eq!(taken_in["layers"][0]["verified"], Value::Null, "somebody else checked it");
    assert_eq!(take_in(&mut driver, &inspection).unwrap(), [ImagePosition(3)]);
    let problem = take_in(&mut driver, &source.0[0].1).unwrap_err();
    assert_eq!(problem.code, "inspection-expected");
    sessions::assert_sound(&driver);
}
