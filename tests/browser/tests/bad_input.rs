//! Input that is not an archive, or a broken one: each leads to a clear message, without a reload.
//!
//! - A message says what was expected and what was found; what can be read is shown.
//! - After each, a valid archive opens in the same page.

use browser_tests::material::{self, Member, Temp};
use browser_tests::{Page, both_browsers};
use std::path::Path;

/// Opens a file without readable content, checks the alert for `words`, and opens a valid archive.
async fn refuses(page: &Page, file: &Path, words: &[&str]) {
    page.open("").await;
    page.give(file).await;
    page.wait_for("error").await;
    let alert = page.alert().await;
    let lower = alert.to_lowercase();
    for word in ["expected", "found"].iter().chain(words) {
        assert!(lower.contains(&word.to_lowercase()), "{word:?} is not in the alert:\n{alert}");
    }
    page.open_archive(&material::sample()).await;
    assert_eq!(page.alert().await, "", "the alert is gone");
}

/// Opens a partly readable file, which is shown with a message about the problem.
async fn shows_what_can_be_read(page: &Page, file: &Path, words: &[&str]) {
    page.open("").await;
    page.give(file).await;
    page.wait_until_ready().await;
    page.view("Layers").await;
    page.until(&format!("{words:?} in the view of layers"), async || {
        let text = page.text().await.to_lowercase();
        words.iter().all(|word| text.contains(&word.to_lowercase())).then_some(())
    })
    .await;
    let report = page.report().await;
    let image = &report["images"][0];
    let warned =
        [&report["warnings"], &image["warnings"]].iter().any(|list| list[0]["code"].is_string());
    assert!(warned, "the report warns: {report:#}");
    page.open_archive(&material::sample()).await;
}

fn layer() -> Vec<u8> {
    material::tar(&[
        Member::Dir("etc/"),
        Member::File("etc/motd", b"hello\n"),
        Member::File("etc/issue", b"hi\n"),
    ])
}

both_browsers! {
    async fn an_empty_file_is_refused(page: &mut Page) {
        let temp = Temp::new();
        refuses(page, &temp.file("empty.tar", b""), &["empty"]).await;
    }

    async fn a_picture_is_refused_with_the_name_of_its_format(page: &mut Page) {
        let temp = Temp::new();
        let picture = std::fs::read(material::fixture("sample/site/icon.png")).expect("it is in the tree");
        refuses(page, &temp.file("picture.tar", &picture), &["PNG"]).await;
    }

    async fn a_manifest_that_is_not_json_leaves_the_files_readable(page: &mut Page) {
        let temp = Temp::new();
        let bytes = material::tar(&[Member::File("manifest.json", b"[{\"Config\": oops")]);
        shows_what_can_be_read(page, &temp.file("json.tar", &bytes), &["manifest.json", "JSON"]).await;
    }

    async fn a_configuration_that_is_not_json_leaves_the_files_readable(page: &mut Page) {
        let temp = Temp::new();
        let bytes = material::docker_save_with(&[&layer()], b"not at all");
        shows_what_can_be_read(page, &temp.file("config.tar", &bytes), &["config.json", "JSON"]).await;
    }

    async fn an_archive_member_that_claims_8_eib_leaves_the_files_readable(page: &mut Page) {
        let temp = Temp::new();
        let bytes = material::tar(&[Member::Claims("layer/layer.tar", i64::MAX as u64), Member::File("manifest.json", b"[]")]);
        shows_what_can_be_read(page, &temp.file("huge.tar", &bytes), &[]).await;
    }

    async fn an_archive_cut_within_its_index_leaves_the_files_readable(page: &mut Page) {
        let temp = Temp::new();
        let whole = std::fs::read(material::fixture("odd.docker20.docker.tar")).expect("it is in the tree");
        shows_what_can_be_read(page, &temp.file("cut.tar", &whole[..3000]), &[]).await;
    }

    async fn an_archive_cut_within_a_layer_shows_what_can_be_read(page: &mut Page) {
        let temp = Temp::new();
        // The manifest comes first here, and the second layer is truncated.
        let (first, second) = (layer(), material::tar(&[Member::File("a", &[1; 9000])]));
        let manifest = br#"[{"Config":"config.json","RepoTags":["made/here:1"],"Layers":["1.tar","2.tar"]}]"#;
        let config = material::config(&[&first, &second]);
        let bytes = material::tar(&[Member::File("manifest.json", manifest), Member::File("config.json", &config),
                                    Member::File("1.tar", &first), Member::File("2.tar", &second)]);
        let cut = &bytes[..bytes.len() - 6000];
        shows_what_can_be_read(page, &temp.file("cut.tar", cut), &["the file is incomplete", "2.tar", "at byte"]).await;
    }

    async fn a_manifest_that_names_missing_layers_shows_the_others(page: &mut Page) {
        let temp = Temp::new();
        let first = layer();
        let manifest = br#"[{"Config":"config.json","RepoTags":["made/here:1"],"Layers":["1.tar","2.tar"]}]"#;
        let config = material::config(&[&first, b"gone"]);
        let bytes = material::tar(&[Member::File("manifest.json", manifest), Member::File("config.json", &config),
                                    Member::File("1.tar", &first)]);
        shows_what_can_be_read(page, &temp.file("missing.tar", &bytes), &["2.tar"]).await;
    }

    async fn a_layer_that_is_not_a_tar_leaves_the_others_readable(page: &mut Page) {
        let temp = Temp::new();
        let bytes = material::docker_save(&[&layer(), &[7; 4096]]);
        shows_what_can_be_read(page, &temp.file("no-tar.tar", &bytes), &["expected", "found", "tar"]).await;
    }

    async fn a_layer_member_that_claims_8_eib_leaves_those_before_it_readable(page: &mut Page) {
        let temp = Temp::new();
        let second = material::tar(&[Member::File("before", b"here\n"), Member::Claims("huge", i64::MAX as u64)]);
        let bytes = material::docker_save(&[&layer(), &second]);
        shows_what_can_be_read(page, &temp.file("huge-layer.tar", &bytes), &["expected", "found"]).await;
    }
}
