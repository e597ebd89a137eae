//! Background work: the order of stages, priorities, workers that fail.

use super::content_ranges::with_large_layer;
use super::images::{archive, packed, three_layers, two_images};
use super::world::{Open, World, image, runs, world};
use crate::protocol::{
    CancelWork, ContentInfo, Event, LiftLimit, Overview, PackageCounts, ShowImage, WriteReport,
};
use crate::session::native::Memory;
use crate::session::schedule::{CacheResult, JobEnd, JobId, ScheduleInput, TransferResult};

fn opened(source: Memory) -> World {
    let mut world = world();
    world.open_files(source);
    world
}

#[test]
fn stages_follow_in_order() {
    let mut world = opened(three_layers());
    world.run();
    let steps = world.log.iter().filter(|line| !line.starts_with("tell progress"));
    let expected = [
        "read source",
        "tell opened, first 0",
        "run index 1", // the largest first
        "run index 3", // on the other core
        "run index 2",
        "tell layer read of 0",
        "yield",
        "tell tree of 0",
        "run full index 1",
        "run full index 3",
        "run full index 2",
        "tell changed 0",
        "end worker", // what they hold is given back before the session needs memory
        "end worker",
        "yield",
        "tell ready 0",
        "run check 1", // digests come last
        "run check 3",
        "run check 2",
        "tell layer read of 0",
        "tell idle",
        "end worker",
        "end worker",
    ];
    assert_eq!(steps.collect::<Vec<_>>(), expected);
    world.assert_clean();
}

#[test]
fn an_archive_that_is_packed_as_a_whole_is_read_through_first() {
    let mut world = opened(packed(&three_layers()));
    world.run();
    assert_eq!(world.logged("run"), ["run unpack 0"], "the pass found all there is");
    assert_eq!(world.ready(), [0]);
    world.assert_clean();
}

#[test]
fn an_archive_is_not_read_through_twice_at_once() {
    let mut world = opened(packed(&three_layers()));
    world.run_until(|world| world.open.iter().any(runs("unpack 0")));
    let lifted = world.ask(LiftLimit { image: image(0), layer: None });
    assert_eq!(world.done(lifted), Ok(()), "it has not ended at a limit");
    world.run();
    assert_eq!(world.logged("run unpack").len(), 1);
    world.assert_clean();
}

#[test]
fn a_worker_that_fails_costs_its_layer() {
    let mut world = opened(three_layers());
    world.run_until(|world| world.open.iter().any(runs("index 2")));
    world.lose_worker(runs("index 2"));
    world.run();
    assert_eq!(world.ready(), [0], "the others are read");
    assert_eq!(world.logged("run full index 2"), [""; 0], "it is not tried again");
    let report = world.session().report(None).unwrap();
    assert!(report.contains("worker-failed") && report.contains("out of memory"));
    world.assert_clean();
}

#[test]
fn a_worker_that_fails_while_unpacking_costs_the_source() {
    let mut world = opened(packed(&three_layers()));
    world.run_until(|world| world.open.iter().any(runs("unpack 0")));
    world.lose_worker(runs("unpack 0"));
    world.run();
    assert_eq!(world.failure().unwrap().code, "worker-failed");
}

#[test]
fn the_image_that_is_shown_comes_first() {
    let mut world = opened(two_images());
    world.run_until(|world| world.open.iter().any(runs("index 1")));
    let shown = world.ask(ShowImage { image: image(1) });
    assert_eq!(world.done(shown), Ok(()));
    world.run();
    assert_eq!(world.ready(), [1, 0], "the first image's work goes on behind");
    assert_eq!(world.logged("run index 1").len(), 1, "the layer that both have is read once");
    world.assert_clean();
}

#[test]
fn other_images_work_gives_way_to_the_image_that_is_shown() {
    let layers: [&[(&str, &str)]; 4] = [&[("a", "1")], &[("b", "2")], &[("c", "3")], &[("d", "4")]];
    let mut world = opened(archive(&layers, &[&[0, 1], &[2, 3]]));
    world.run_until(|world| world.logged("run").len() == 2); // both cores are at the first image
    world.ask(ShowImage { image: image(1) });
    assert_eq!(world.logged("end worker").len(), 2);
    assert_eq!(world.logged("run").len(), 4);
    world.run();
    assert_eq!(world.ready(), [1, 0]);
    world.assert_clean();
}

#[test]
fn an_image_that_is_ready_stays_so() {
    let mut world = opened(two_images());
    world.run();
    world.ask(ShowImage { image: image(1) });
    world.run();
    world.log.clear();
    for position in [0, 1, 0] {
        world.ask(ShowImage { image: image(position) });
        world.run();
    }
    assert_eq!(world.logged("run"), [""; 0], "nothing is read again");
    assert_eq!(world.ready(), [0, 1]);
    let unknown = world.ask(ShowImage { image: image(2) });
    assert_eq!(world.problem(unknown), "no-such-image");
    world.assert_clean();
}

#[test]
fn switching_to_and_fro_while_layers_are_read_ends() {
    let mut world = opened(two_images());
    world.run_until(|world| world.open.iter().any(runs("index 1")));
    for position in [1, 0, 1, 0, 1] {
        world.ask(ShowImage { image: image(position) });
    }
    world.run();
    assert_eq!(world.ready(), [1, 0]);
    world.assert_clean();
}

#[test]
fn a_limit_that_is_lifted_has_the_layer_read_again() {
    let mut world = opened(two_images());
    world.run();
    let lifted = world.ask(LiftLimit { image: image(0), layer: Some(super::world::layer(1)) });
    assert_eq!(world.done(lifted), Ok(()));
    world.run();
    assert_eq!(world.ready(), [0, 0]);
    assert_eq!(world.logged("run index 1").len(), 2);
    let no_limit = world.ask(LiftLimit { image: image(0), layer: None });
    assert_eq!(world.done(no_limit), Ok(()), "the archive ended at none");
    world.run();
    assert_eq!(world.ready(), [0, 0]);
    world.assert_clean();
}

#[test]
fn a_limit_that_is_lifted_while_another_image_is_read_is_lifted_for_it_too() {
    let mut world = opened(two_images());
    world.run_until(|world| world.logged("tell tree of 0").len() == 1);
    world.ask(ShowImage { image: image(1) });
    world.ask(LiftLimit { image: image(0), layer: Some(super::world::layer(1)) });
    world.run();
    assert_eq!(world.ready(), [1, 0]);
    world.assert_clean();
}

#[test]
fn the_page_hears_of_the_sessions_own_work_before_it_begins() {
    let mut world = opened(three_layers());
    for (stage, line) in [("Merging", "tell tree of 0"), ("Concluding", "tell ready 0")] {
        world.run_until(|world| world.log.last().is_some_and(|line| line == "yield"));
        let told = format!("tell progress {stage} of 0");
        let before = world.log.iter().rev().skip(1).find(|line| *line != "end worker");
        assert_eq!(before, Some(&told));
        assert_eq!(world.logged(line), [""; 0], "it has not begun");
        world.finish(0);
        assert_eq!(world.logged(line).len(), 1);
    }
    world.run();
    world.assert_clean();
}

#[test]
fn work_can_be_cancelled_in_every_stage_and_continued() {
    can_be_cancelled_and_continued(&three_layers());
}

#[test]
fn work_on_ranges_of_a_layer_can_be_cancelled_and_continued() {
    can_be_cancelled_and_continued(&with_large_layer(false));
    can_be_cancelled_and_continued(&with_large_layer(true));
}

fn can_be_cancelled_and_continued(source: &Memory) {
    let mut world = opened(source.clone());
    world.run();
    let (all, report) = (world.log.len(), world.session().report(None).unwrap());
    let mut stages = std::collections::BTreeSet::new();
    for steps in 1..all {
        let mut world = opened(source.clone());
        for _ in 0..steps {
            if !world.open.is_empty() {
                world.finish(0);
            }
        }
        let stage = world.logged("tell progress").last().map(|line| (*line).to_owned());
        let is_ready = !world.ready().is_empty();
        let is_over = is_ready && !world.logged("tell idle").is_empty();
        let writes = world.ask(WriteReport { image: None });
        let cancel = world.ask(CancelWork {});
        assert_eq!(world.done(cancel), Ok(()), "at once");
        if world.log.iter().all(|line| !line.starts_with("tell opened")) {
            continue; // such a source is closed
        }
        if !is_over {
            stages.extend(stage);
            assert_eq!(world.problem(writes), "reading-cancelled");
            assert_eq!(world.logged("tell cancelled 0").len(), 1);
        }
        let is_job = |open: &Open| matches!(open, Open::Job { .. });
        assert!(!world.open.iter().any(is_job), "workers are ended: {:?}", world.open);
        world.run();
        let last = world.logged("tell").last().copied().map(str::to_owned);
        assert!(is_over || last.as_deref() == Some("tell idle"), "{last:?}");
        world.ask(ShowImage { image: image(0) });
        world.run();
        assert_eq!(world.ready(), [0], "it goes on");
        assert_eq!(world.session().report(None).unwrap(), report, "and gives the same");
        world.assert_clean();
    }
    let told: Vec<_> = stages.iter().map(String::as_str).collect();
    for stage in ["Indexing", "Merging", "Reading", "Concluding", "Verifying"] {
        assert!(told.contains(&format!("tell progress {stage} of 0").as_str()), "{told:?}");
    }
}

#[test]
fn answers_say_that_the_user_has_cancelled_what_they_need() {
    let mut world = opened(three_layers());
    world.run_until(|world| world.logged("tell progress Concluding").len() == 1);
    let before = world.ask(PackageCounts { image: image(0), layers: Default::default() });
    assert_eq!(world.problem(before), "layers-not-read");
    world.ask(CancelWork {});
    let packages = world.ask(PackageCounts { image: image(0), layers: Default::default() });
    assert_eq!(world.problem(packages), "reading-cancelled");
    let overview = Overview { image: image(0) };
    let asked = world.ask(overview.clone());
    assert!(world.answer(asked, &overview).is_ok(), "what was read can be seen");
    world.ask(ShowImage { image: image(0) });
    let again = world.ask(PackageCounts { image: image(0), layers: Default::default() });
    assert_eq!(world.problem(again), "layers-not-read");
    world.run();
    world.assert_clean();
}

#[test]
fn cancel_changes_nothing_where_nothing_is_in_progress() {
    let mut world = opened(packed(&three_layers()));
    world.run();
    world.ask(CancelWork {});
    world.run();
    assert_eq!((world.ready(), world.logged("tell cancelled").len()), (vec![0], 0));
    world.assert_clean();
}

#[test]
fn progress_names_the_image_and_is_told_ten_times_a_second_at_most() {
    let mut world = opened(three_layers());
    world.run_until(|world| world.open.iter().any(runs("index 1")));
    let Open::Job { id, .. } = world.open[0].clone() else { panic!("a job") };
    let before = world.logged("tell progress").len();
    for done in 0..30 {
        world.now += 20;
        world.take(ScheduleInput::JobProgress { id, done });
    }
    let told = world.logged("tell progress").len() - before;
    assert!((5..=6).contains(&told), "{told} times in 600 milliseconds");
    let last = world.events.iter().rev().find_map(|event| match event {
        Event::Progress(progress) => Some(progress.clone()),
        _ => None,
    });
    let last = last.unwrap();
    assert_eq!((last.image, last.layers.len()), (Some(image(0)), 3));
    assert!(last.done > 0 && last.done == last.layers[0].done && last.done < last.total);
    world.run();
    world.assert_clean();
}

#[test]
fn a_result_that_nothing_waits_for_is_a_defect() {
    let mut world = opened(three_layers());
    world.run();
    assert_eq!(world.schedule.defects(), 0);
    for (count, id) in [(1, 9999), (2, 9999)] {
        let id = JobId(id);
        world.take(ScheduleInput::JobEnded {
            id,
            end: JobEnd::Content { info: ContentInfo::default() },
        });
        assert_eq!(world.schedule.defects(), count);
    }
    world.take(ScheduleInput::JobProgress { id: JobId(9999), done: 1 });
    world.take(ScheduleInput::WorkerLost { worker: 9999.into(), words: String::new() });
    world.take(ScheduleInput::Cache { id: 9999.into(), result: CacheResult::Values(vec![None]) });
    world.take(ScheduleInput::Piece { call: 9999.into(), bytes: vec![0] });
    world.take(ScheduleInput::Transfer {
        id: 9999.into(),
        result: TransferResult::Begun { length: 0 },
    });
    world.take(ScheduleInput::SpillOpened { spill: 9999.into(), found: true });
    assert_eq!(world.schedule.defects(), 8);
    assert!(world.logged("log").iter().all(|line| line.contains("nothing waits for")));
}

#[test]
fn the_late_result_of_a_job_that_was_ended_is_no_defect_once() {
    let layers: [&[(&str, &str)]; 2] = [&[("a", "1")], &[("b", "2")]];
    let mut world = opened(archive(&layers, &[&[0], &[1]]));
    world.run_until(|world| world.open.iter().any(runs("index 1")));
    let Open::Job { id, worker, .. } = world.open[0].clone() else { panic!("a job") };
    world.lose_worker(runs("index 1"));
    let late = || JobEnd::Failed(crate::problem::Problem::new("layer-damaged", "Late."));
    world.take(ScheduleInput::JobEnded { id, end: late() });
    assert_eq!(world.schedule.defects(), 1, "a worker that failed has no result besides");
    world.take(ScheduleInput::WorkerLost { worker, words: String::new() });
    assert_eq!(world.schedule.defects(), 2, "it was lost twice before");
}

#[test]
fn closing_ends_workers_and_answers_everybody() {
    for steps in 0..12 {
        let mut world = opened(packed(&two_images()));
        let report = world.ask(crate::protocol::WriteReport { image: None });
        for _ in 0..steps {
            if !world.open.is_empty() {
                world.finish(0);
            }
        }
        let list = world.ask(crate::protocol::ShowImage { image: image(0) });
        world.close();
        assert!(world.answers.contains_key(&report) && world.answers.contains_key(&list));
        let told = world.log.len();
        while !world.open.is_empty() {
            world.finish(0);
        }
        assert_eq!(world.log.len(), told, "nothing happens after it");
        assert!(world.workers().is_empty());
    }
}
