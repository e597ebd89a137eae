//! Archives that other tools misread (`../shared/cases`): the page opens them as the command does.
//!
//! What is right for each file is held natively, in `tests/native/cases.rs`.

use browser_tests::{Page, both_browsers, material, native};
use std::path::PathBuf;

/// Text in UTF-16, not an archive.
const REFUSED: &str = "a13-x.tar";

/// A half of the files that can be opened, in the order of their names.
fn half(of_two: usize) -> Vec<PathBuf> {
    let folder = material::shared("cases");
    let files = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let paths = files.flatten().map(|file| file.path());
    let is_archive =
        |path: &PathBuf| path.to_string_lossy().contains(".tar") && !path.ends_with(REFUSED);
    let mut archives: Vec<PathBuf> = paths.filter(is_archive).collect();
    archives.sort();
    assert!(archives.len() >= 30, "{archives:?}");
    archives.into_iter().skip(of_two).step_by(2).collect()
}

/// Opens each file in the page and compares its report with the command's.
async fn compare(page: &mut Page, files: Vec<PathBuf>) {
    page.open("").await;
    for file in files {
        page.open_source(&file).await;
        assert_eq!(page.report().await, native::report(&file), "{}", file.display());
        for source in page.sources().await {
            page.press_in_sources("button", &format!("Close {source}")).await;
        }
    }
}

both_browsers! {
    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn what_others_misread_is_read_as_inspect_reads_it_1_of_2(page: &mut Page) {
        compare(page, half(0)).await;
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn what_others_misread_is_read_as_inspect_reads_it_2_of_2(page: &mut Page) {
        compare(page, half(1)).await;
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn an_archive_that_powershell_wrote_as_text_is_named_so(page: &mut Page) {
        page.open("").await;
        page.give(&material::shared("cases").join(REFUSED)).await;
        page.until("its name", async || page.alert().await.contains("PowerShell").then_some(())).await;
        assert_eq!(page.state().await, "error");
    }
}
