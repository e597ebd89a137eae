//! Contents of files, and advisories, that a request waits for.

use super::images::{archive, three_layers};
use super::world::{Open, World, image, runs, world};
use crate::member_path::MemberPath;
use crate::oci::Digest;
use crate::problem::Problem;
use crate::protocol::{
    CompareContent, ComputeDigest, ContentComparison, ContentInfo, FileDetails, FileOutline,
    LinkPath, ListMembers, MemberAddress, MemberList, OpenAdvisories, OutlineFile, ReadContent,
    ReadMember, VulnerabilityCheck,
};
use crate::selection::LayerSelection;
use crate::session::schedule::{JobEnd, ScheduleInput};

pub fn content(path: &str) -> ReadContent {
    ReadContent {
        image: image(0),
        path: LinkPath(path.to_owned()),
        layers: LayerSelection::All,
        offset: 0,
        length: 1 << 20,
    }
}

fn built() -> World {
    let mut world = world();
    world.open_files(three_layers());
    world.run_until(|world| world.logged("tell tree").len() == 1);
    world
}

#[test]
fn a_content_does_not_wait_for_background_work() {
    let mut world = built();
    let busy = world.open.len();
    assert_eq!(busy, 2, "both cores are at it");
    let request = world.ask(content("c"));
    assert_eq!(world.logged("run content"), ["run content 3"], "a third worker starts");
    world.finish_first(runs("content 3"));
    assert_eq!(world.answer(request, &content("c")).unwrap().size, 4);
    assert_eq!(world.beside(request), b"four");
    world.run();
    world.assert_clean();
}

#[test]
fn contents_are_read_one_after_the_other() {
    let mut world = built();
    let first = world.ask(content("c"));
    let second = world.ask(content("b"));
    assert_eq!(world.logged("run content").len(), 1);
    world.run();
    assert_eq!((world.beside(first), world.beside(second)), (&b"four"[..], &b"three"[..]));
    world.assert_clean();
}

#[test]
fn contents_are_compared_by_a_job_of_their_own() {
    let mut world = built();
    let compared = |before: &str| CompareContent {
        image: image(0),
        path: LinkPath("c".into()),
        layers: LayerSelection::All,
        before: before.into(),
    };
    let (same, other) = (compared("four"), compared("4"));
    let first = world.ask(same.clone());
    let second = world.ask(other.clone());
    assert_eq!(world.logged("run compare"), ["run compare 3"], "one after the other");
    world.run();
    assert_eq!(world.answer(first, &same), Ok(ContentComparison::Same));
    assert!(matches!(world.answer(second, &other), Ok(ContentComparison::Text(_))));
    let cancelled = world.ask(other);
    world.cancel(cancelled);
    world.run();
    world.assert_clean();
}

#[test]
fn a_digest_is_computed_by_a_job_of_its_own_that_can_be_cancelled() {
    let mut world = built();
    let question =
        ComputeDigest { image: image(0), path: LinkPath("c".into()), layers: LayerSelection::All };
    let request = world.ask(question.clone());
    assert_eq!(world.logged("run content digest"), ["run content digest 3"]);
    world.finish_first(runs("content digest 3"));
    let digest = world.answer(request, &question).unwrap();
    assert_eq!(digest.sha256, Digest::of(b"four").encoded());
    let cancelled = world.ask(question);
    world.cancel(cancelled);
    world.run();
    assert!(!world.answers.contains_key(&cancelled));
    world.assert_clean();
}

#[test]
fn a_digest_looks_for_the_recorded_one_first() {
    let status = "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n";
    // `printf 0 | md5sum`
    let sums = "cfcd208495d565ef66e7dff9f98764da  usr/bin/a\n";
    let files: &[(&str, &str)] = &[
        ("var/lib/dpkg/status", status),
        ("var/lib/dpkg/info/a.list", "/usr/bin/a\n"),
        ("var/lib/dpkg/info/a.md5sums", sums),
        ("usr/bin/a", "0"),
    ];
    let mut world = world();
    world.open_files(archive(&[files], &[&[0]]));
    world.run();
    let path = LinkPath("usr/bin/a".into());
    let question = ComputeDigest { image: image(0), path, layers: LayerSelection::All };
    let request = world.ask(question.clone());
    world.finish_first(runs("recorded digest 1"));
    world.finish_first(runs("content digest 1"));
    let digest = world.answer(request, &question).unwrap();
    assert!(digest.recorded.is_some_and(|compared| compared.is_same()));

    // Two for one package, and each is cancelled while a job of its own runs.
    let (first, second) = (world.ask(question.clone()), world.ask(question.clone()));
    world.cancel(first);
    world.finish_first(runs("recorded digest 1"));
    world.cancel(second);
    world.run();
    assert!(!world.answers.contains_key(&first) && !world.answers.contains_key(&second));

    // Without the list the file still has its digest.
    let request = world.ask(question.clone());
    world.lose_worker(runs("recorded digest 1"));
    world.run();
    let digest = world.answer(request, &question).unwrap();
    assert_eq!((&*digest.sha256, digest.recorded), (Digest::of(b"0").encoded(), None));
    world.assert_clean();
}

#[test]
fn a_file_of_no_known_format_has_an_empty_outline() {
    let mut world = built();
    let question =
        OutlineFile { image: image(0), path: LinkPath("c".into()), layers: LayerSelection::All };
    let request = world.ask(question.clone());
    world.finish_first(runs("outline 3"));
    assert_eq!(world.answer(request, &question), Ok(FileOutline::default()));
    world.run();
    world.assert_clean();
}

#[test]
fn members_of_a_file_are_listed_by_a_job_of_its_own_that_can_be_cancelled() {
    let mut world = built();
    let of = MemberAddress {
        image: image(0),
        path: LinkPath("c".into()),
        layers: LayerSelection::All,
        member: MemberPath::default(),
    };
    let question = ListMembers { of };
    let request = world.ask(question.clone());
    assert_eq!(world.logged("run member"), ["run member 3"]);
    world.finish_first(runs("member 3"));
    assert_eq!(world.answer(request, &question), Ok(MemberList::default()), "it is not an archive");
    let cancelled = world.ask(question);
    world.cancel(cancelled);
    world.run();
    assert!(!world.answers.contains_key(&cancelled));
    world.assert_clean();
}

#[test]
fn bytes_of_a_member_come_beside_the_answer() {
    let mut world = built();
    let of = MemberAddress {
        image: image(0),
        path: LinkPath("c".into()),
        layers: LayerSelection::All,
        member: MemberPath::default(),
    };
    let question = ReadMember { of, offset: 1, length: 2 };
    let request = world.ask(question.clone());
    world.finish_first(runs("member 3"));
    assert_eq!(world.answer(request, &question).unwrap().size, 4);
    assert_eq!(world.beside(request), b"ou");
    world.run();
    world.assert_clean();
}

#[test]
fn a_content_that_is_cancelled_ends_its_worker() {
    let mut world = built();
    let waiting = world.ask(content("c"));
    let next = world.ask(content("b"));
    let Some(Open::Job { id, .. }) =
        world.open.iter().find(|open| runs("content 3")(open)).cloned()
    else {
        panic!("it runs");
    };
    world.cancel(waiting);
    assert_eq!(world.logged("end worker").len(), 1);
    assert_eq!(world.logged("run content").len(), 2, "the next one takes its place");
    world.take(ScheduleInput::JobEnded {
        id,
        end: JobEnd::Content { info: ContentInfo::default() },
    });
    world.cancel(waiting);
    world.cancel(next);
    world.run();
    assert!(world.answers.is_empty());
    world.assert_clean();
}

#[test]
fn a_content_that_cannot_be_read_says_why() {
    let mut world = built();
    let absent = world.ask(content("nowhere"));
    assert_eq!(world.problem(absent), "no-such-path");
    let request = world.ask(content("c"));
    world.lose_worker(runs("content 3"));
    assert_eq!(world.problem(request), "worker-failed");
    let request = world.ask(content("c"));
    let at = world.open.iter().position(runs("content 3")).unwrap();
    let Open::Job { id, .. } = world.open.remove(at) else { panic!("a job") };
    world.take(ScheduleInput::JobEnded {
        id,
        end: JobEnd::Failed(Problem::new("layer-damaged", "Bad.")),
    });
    assert_eq!(world.problem(request), "layer-damaged");
    world.run();
    world.assert_clean();
}

#[test]
fn questions_before_anything_is_open_are_refused() {
    let mut world = world();
    let requests = [
        world.ask(content("c")),
        world.ask(crate::protocol::Overview { image: image(0) }),
        world.ask(crate::protocol::ShowImage { image: image(0) }),
        world.ask(crate::protocol::WriteReport { image: None }),
        world.ask(crate::protocol::SaveInspection { image: image(0) }),
    ];
    for request in requests {
        assert_eq!(world.problem(request), "not-open");
    }
    world.assert_clean();
}

#[test]
fn files_of_advisories_are_read_by_workers_and_answered_together() {
    let mut world = built();
    let files = |count: usize| (0..count).map(|_| b"{\"x\":1}".to_vec()).collect::<Vec<_>>();
    let names = |count: usize| (0..count).map(|at| format!("{at}.json")).collect::<Vec<_>>();
    let early = world.ask_with(OpenAdvisories { image: image(0), names: names(1) }, files(1));
    assert_eq!(world.problem(early), "layers-not-read", "packages are not known yet");
    world.run();
    let two = world.ask_with(OpenAdvisories { image: image(0), names: names(2) }, files(2));
    assert_eq!(world.logged("run advisories").len(), 2);
    world.finish_first(runs("advisories 0"));
    assert!(!world.answers.contains_key(&two), "one is still read");
    world.run();
    assert_eq!(world.problem(two), "advisories-unreadable");
    let many = world.ask_with(OpenAdvisories { image: image(0), names: names(9) }, files(9));
    assert_eq!(world.logged("run advisories").len(), 3, "many documents are one file");
    world.cancel(many);
    world.run();
    world.assert_clean();
}

#[test]
fn a_vex_document_of_which_statements_are_left_out_does_not_read_as_complete() {
    let mut world = built();
    world.run();
    let purl = format!("pkg:npm/{}", "a".repeat(4 << 10));
    let document = format!(
        r#"{{"@context":"openvex","statements":[{{"status":"fixed","vulnerability":"C",
            "products":["{purl}"]}}]}}"#
    );
    let names = vec!["x.vex.json".to_owned()];
    let opened =
        world.ask_with(OpenAdvisories { image: image(0), names }, vec![document.into_bytes()]);
    world.run();
    assert_eq!(world.done(opened), Ok(()));
    let question = VulnerabilityCheck { image: image(0) };
    let asked = world.ask(question.clone());
    let warnings = world.answer(asked, &question).unwrap().warnings;
    let codes: Vec<_> = warnings.iter().map(|warning| &*warning.code).collect();
    assert_eq!(codes, ["vex-incomplete"]);
}

#[test]
fn the_names_of_a_file_are_counted_for_its_state_and_not_for_each_of_its_history() {
    let mut world = world();
    world.open_files(archive(&[&[("a", "1")], &[("a", "2")]], &[&[0, 1]]));
    world.run();
    let path = LinkPath("/a".to_owned());
    let question = FileDetails { image: image(0), path, layers: LayerSelection::All };
    let asked = world.ask(question.clone());
    let facts = world.answer(asked, &question).unwrap();
    assert_eq!(facts.current.unwrap().links, Some(1));
    let history = facts.history.into_iter().map(|event| event.state.unwrap().links);
    assert_eq!(history.collect::<Vec<_>>(), [None, None]);
}
