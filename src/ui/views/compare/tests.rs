//! The comparison in each state: reading, equal, different, failed, with odd names.

use super::CompareScreen;
use crate::problem::Problem;
use crate::protocol::*;
use crate::ui::app::{ComparedPair, OpenImageAt, use_image};
use crate::ui::testing::{Rendered, TestPage};
use crate::vocabulary::{LayerNumber, PathDifference};
use leptos::prelude::*;

const LINK: &str = "#/compare?a=archive%2Fsha256%3Aa&b=archive%2Fsha256%3Aa";

fn draw(page: TestPage) -> Rendered {
    page.ready().render(|| {
        let image = use_image();
        let side = OpenImageAt::whole(image.source, image.position);
        view! { <CompareScreen pair=ComparedPair { a: side, b: side } /> }
    })
}

fn facts() -> ComparisonFacts {
    let class = |difference, paths| DifferenceNumbers { difference, paths, bytes_a: 5, bytes_b: 9 };
    let layer = |number, in_other| ComparedLayer {
        number: LayerNumber::new(number).unwrap(),
        instruction: Instruction {
            keyword: "RUN".into(),
            text: "make".into(),
            ..Instruction::default()
        },
        size: Some(1000),
        in_other: LayerNumber::new(in_other),
    };
    ComparisonFacts {
        a: ComparedImageFacts { size: 1_000_000, layers: vec![layer(1, 1)], ..Default::default() },
        b: ComparedImageFacts {
            size: 13_000_000,
            layers: vec![layer(1, 1), layer(2, 0)],
            ..Default::default()
        },
        shared: 1,
        equal: 1234,
        classes: vec![class(PathDifference::Added, 2), class(PathDifference::Time, 3)],
        growth: GrowthFacts {
            directories: vec![GrownPath {
                path: LinkPath("/usr/lib".into()),
                shown: "/usr/lib".into(),
                bytes: 12_000_000,
                files_alone: false,
            }],
            directory_count: 3,
            packages: vec![GrownPackage {
                kind: "deb".into(),
                name: "python3".into(),
                bytes: 11_000_000,
            }],
            package_count: 1,
            unowned: -411,
        },
        packages: PackageDifferences {
            changed: 1,
            rows: vec![PackageDifference {
                kind: "deb".into(),
                name: "<i>".into(),
                a: Some("1".into()),
                b: Some("2".into()),
            }],
            ..PackageDifferences::default()
        },
        settings: vec![SettingDifference { field: "User".into(), a: None, b: Some("app".into()) }],
        setting_count: 1,
        common_history: 2,
        ..ComparisonFacts::default()
    }
}

fn rows() -> TablePart<DifferenceRow> {
    let row = |path: &str, difference, metadata| {
        TableLine::Row(DifferenceRow {
            path: LinkPath(path.replace('<', "%3C")),
            shown: path.into(),
            difference,
            bytes_a: 0,
            bytes_b: 2_000_000,
            metadata,
        })
    };
    let mode = MetadataDifference { mode: Some((0o644, 0o600)), ..MetadataDifference::default() };
    let lines = vec![
        row("/srv/<new", PathDifference::Added, None),
        row("/etc/hosts", PathDifference::Metadata, Some(mode)),
        row("/gone", PathDifference::Removed, None),
    ];
    TablePart { lines, total_lines: 3, total_rows: 3 }
}

fn different() -> Rendered {
    draw(TestPage::at(LINK).answers::<Comparison>(facts()).answers::<Differences>(rows()))
}

#[test]
fn it_says_why_it_grew() {
    let text = different().text();
    for part in [
        "12.0 MB larger.",
        "Files 1.00 MB 13.0 MB +12.0 MB",
        "1,234 paths do not differ.",
        "Change by directory Directory Change /usr/lib +12.0 MB … 2 more",
        "deb python3 +11.0 MB no package −411 B",
        "deb <i> 1 2",
        "User – app",
        "The first 2 entries of the history are the same.",
    ] {
        assert!(text.contains(part), "{part} is not in: {text}");
    }
}

#[test]
fn changes_are_a_table_whose_rows_lead_to_the_files() {
    let html = different();
    assert!(html.has(r#"aria-label="Changes""#), "{html}");
    let href = r##"href="#/archive/sha256:a?view=files&amp;path=/srv/%3Cnew""##;
    assert!(html.has(href), "{html}");
    let text = html.text();
    assert!(text.contains("/etc/hosts Metadata mode 644 → 600"), "{text}");
    assert!(text.contains("All 5 Without times Added 2 Time alone 3"), "{text}");
    assert!(text.contains("3 paths"), "{text}");
}

#[test]
fn layers_say_who_has_them() {
    let text = different().text();
    assert!(text.contains("Instruction Size 1 1 RUN make 1.00 kB – 2 RUN make 1.00 kB"), "{text}");
}

#[test]
fn the_sides_can_be_swapped() {
    let link = "#/compare?a=archive%2Fsha256%3Aa&b=archive%2Fsha256%3Ab&filter=x";
    let html = draw(TestPage::at(link));
    let swapped =
        r##"href="#/compare?a=archive%2Fsha256%3Ab&amp;b=archive%2Fsha256%3Aa&amp;filter=x""##;
    assert!(html.has(swapped), "{html}");
}

#[test]
fn equal_images_say_so_in_one_line() {
    let facts = ComparisonFacts { same_but_times: true, ..ComparisonFacts::default() };
    let page = TestPage::at(LINK).answers::<Comparison>(facts);
    let text = draw(page.answers::<Differences>(TablePart::default())).text();
    assert!(text.contains("Nothing differs.") && text.contains("No path differs."), "{text}");
    assert!(!text.contains("Change by directory"), "{text}");
}

#[test]
fn a_part_that_was_not_read_is_told() {
    let mut facts = facts();
    let layer = LayerNumber::new(2).unwrap();
    for (part, want) in [
        (IncompletePart::Layer(layer), "Layer 2 of the image after was not read completely"),
        (IncompletePart::Image, "The image after was not read completely"),
    ] {
        facts.b.incomplete = Some(part);
        let html = draw(TestPage::at(LINK).answers::<Comparison>(facts.clone()));
        assert!(html.has(r#"role="alert""#));
        assert!(html.text().contains(want), "{}", html.text());
    }
}

#[test]
fn files_whose_contents_are_not_compared_yet_are_counted() {
    for (unknown, want) in [
        (0, None),
        (
            1,
            Some(
                "The contents of 1 file of the same size are not compared: it was not read, or not yet.",
            ),
        ),
        (
            2,
            Some(
                "The contents of 2 files of the same size are not compared: they were not read, or not yet.",
            ),
        ),
    ] {
        let text =
            draw(TestPage::at(LINK).answers::<Comparison>(ComparisonFacts { unknown, ..facts() }))
                .text();
        assert!(want.map_or(!text.contains("not compared"), |want| text.contains(want)), "{text}");
    }
}

#[test]
fn it_waits_and_says_what_failed() {
    let text = draw(TestPage::at(LINK)).text();
    assert!(text.contains("Reading both images…") && text.contains("Comparing…"), "{text}");
    let problem = Problem::new("no-such-image", "There is no such image in the source.");
    let text = draw(TestPage::at(LINK).fails::<Comparison>(problem)).text();
    assert!(text.contains("There is no such image in the source."), "{text}");
}
