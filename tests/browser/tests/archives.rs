//! Archives of `docker save` give, in the page, a report equal to the facts about them.
//!
//! - The facts were found by other programs; native tests hold the same report against the same facts.
//! - `../shared/fixtures` need not be there: the tests that need it then say what they left out.

use browser_tests::material::{self, Temp};
use browser_tests::{Page, both_browsers, native};
use std::io::{Write, stderr};
use std::path::Path;

/// Opens every archive that `wanted` picks out of a `facts.json` and lists what differs from the facts.
async fn compare_all(page: &mut Page, folder: &Path, wanted: impl Fn(&str) -> bool) {
    let all = facts::load_all(&folder.join("facts.json")).expect("it was found before");
    let names: Vec<&String> = all["archives"]
        .as_object()
        .expect("archives by name")
        .keys()
        .filter(|name| wanted(name))
        .collect();
    assert!(!names.is_empty(), "{} names archives", folder.display());
    let temp = Temp::new();
    page.open("").await;
    let mut differences = Vec::new();
    for name in names {
        let path = if name == "sample.tar" { material::sample() } else { folder.join(name) };
        page.open_archive(&material::plain(&temp, &path)).await;
        let found = facts::check(&page.report().await, &all["archives"][name]);
        differences.extend(found.into_iter().map(|line| format!("{name}: {line}")));
        for source in page.sources().await {
            page.press_in_sources("button", &format!("Close {source}")).await; // and its memory
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

both_browsers! {
    async fn docker_save_archives_of_the_tree_give_a_report_equal_to_their_facts(page: &mut Page) {
        compare_all(page, &material::fixture(""), |_| true).await;
    }

    async fn docker_save_archives_of_shared_give_a_report_equal_to_their_facts(page: &mut Page) {
        match material::shared() {
            Some(folder) => compare_all(page, &folder, facts::is_docker_save).await,
            // Past the capture of a test's output: what is left out is said by name, pass or not.
            None => writeln!(stderr(), "left out: ../shared/fixtures is not there").expect("stderr is open"),
        }
    }

    async fn the_page_gives_the_report_that_inspect_gives(page: &mut Page) {
        page.open("").await;
        for path in [material::sample(), material::fixture("odd.docker20.docker.tar"),
                     material::fixture("two.docker20.docker.tar"), material::fixture("odd.regctl-zstd.docker.tar")] {
            page.open_archive(&path).await;
            assert_eq!(page.report().await, native::report(&path), "{}", path.display());
        }
    }
}
