//! Large layers, whose contents are read in ranges of entries beside each other. In these tests a range is small.

use super::images::{append, archive_of, noise};
use super::world::{World, runs, world_with};
use crate::session::content_ranges::RANGE_BYTES;
use crate::session::native::Memory;
use crate::session::schedule::ScheduleOptions;

/// A large layer and a small one. `global`: with a header that all files have their owner from.
pub fn with_large_layer(global: bool) -> Memory {
    let mut large = tar::Builder::new(Vec::new());
    if global {
        let record = b"10 uid=77\n";
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::XGlobalHeader);
        header.set_size(record.len() as u64);
        large.append_data(&mut header, "pax_global_header", &record[..]).unwrap();
    }
    let database = "P:musl\nV:1.2\nA:x86_64\nL:MIT\n\n";
    append(&mut large, "lib/apk/db/installed", database.as_bytes());
    for at in 0..7 {
        let name = format!("{}/{at}", "a-long-name".repeat(12));
        append(&mut large, &name, noise(RANGE_BYTES as usize / 2 + at).as_bytes());
    }
    append(&mut large, "etc/os-release", b"ID=alpine\nVERSION_ID=3.20\n");
    let mut small = tar::Builder::new(Vec::new());
    append(&mut small, "b", b"three");
    archive_of(&[large.into_inner().unwrap(), small.into_inner().unwrap()], &[&[0, 1]])
}

fn run(global: bool, thorough: bool) -> World {
    let mut world = world_with(ScheduleOptions { cores: 2, thorough, ..Default::default() });
    world.open_files(with_large_layer(global));
    world.run();
    world
}

#[test]
fn a_layer_that_is_read_in_ranges_gives_the_same_as_one_that_is_read_at_once() {
    let (ranges, whole) = (run(false, false), run(false, true));
    assert_eq!(ranges.logged("run range of 1").len(), 4);
    assert_eq!(ranges.logged("run full index"), ["run full index 2"]);
    assert_eq!(whole.logged("run range"), [""; 0]);
    assert_eq!(ranges.session().report(None).unwrap(), whole.session().report(None).unwrap());
    ranges.assert_clean();
}

#[test]
fn a_layer_with_a_global_header_is_not_read_in_ranges() {
    let (ranges, whole) = (run(true, false), run(true, true));
    assert_eq!(ranges.logged("run range"), [""; 0]);
    assert_eq!(ranges.session().report(None).unwrap(), whole.session().report(None).unwrap());
}

#[test]
fn a_layer_of_which_a_range_could_not_be_read_is_read_at_once() {
    let mut world = world_with(ScheduleOptions { cores: 2, ..Default::default() });
    world.open_files(with_large_layer(false));
    world.run_until(|world| world.open.iter().any(runs("range of 1")));
    world.lose_worker(runs("range of 1"));
    world.run();
    assert_eq!(world.logged("run full index 1").len(), 1);
    assert_eq!(
        world.session().report(None).unwrap(),
        run(false, true).session().report(None).unwrap()
    );
    world.assert_clean();
}
