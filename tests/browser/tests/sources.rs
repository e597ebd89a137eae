//! Several sources side by side, folders and several files as one source, platforms, other content.
//!
//! - Firefox's driver cannot pick a folder: there the same files are given all at once.

use browser_tests::material::{self, Member, Temp};
use browser_tests::{Kind, Page, both_browsers};
use fantoccini::Locator;
use serde_json::json;
use std::path::PathBuf;

/// A layout with a chart, its SBOM, and a descriptor of a missing image.
fn layout_without_an_image(temp: &Temp) -> PathBuf {
    let manifest = |config: &str, layer: &str, artifact: Option<&str>| {
        let mut manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": { "mediaType": config, "digest": material::digest(b"{}"), "size": 2 },
            "layers": [{ "mediaType": layer, "digest": material::digest(b"content"), "size": 7 }],
        });
        if let Some(artifact) = artifact {
            manifest["artifactType"] = json!(artifact);
        }
        manifest.to_string().into_bytes()
    };
    let chart = manifest(
        "application/vnd.cncf.helm.config.v1+json",
        "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
        None,
    );
    let sbom = manifest(
        "application/vnd.oci.empty.v1+json",
        "application/spdx+json",
        Some("application/spdx+json"),
    );
    let entry = |bytes: &[u8]| {
        json!({ "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "digest": material::digest(bytes), "size": bytes.len() })
    };
    let absent = json!({ "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": format!("sha256:{}", "ab".repeat(32)), "size": 500,
        "platform": { "os": "linux", "architecture": "arm64" } });
    let index = json!({ "schemaVersion": 2, "manifests": [entry(&chart), entry(&sbom), absent] });
    let index = index.to_string();
    let blobs: Vec<(String, &[u8])> = [&chart[..], &sbom, b"{}", b"content"]
        .into_iter()
        .map(|bytes| (material::digest(bytes).replace("sha256:", "blobs/sha256/"), bytes))
        .collect();
    let mut members = vec![
        Member::File("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#),
        Member::File("index.json", index.as_bytes()),
    ];
    members.extend(blobs.iter().map(|(name, bytes)| Member::File(name, bytes)));
    temp.file("artifacts.tar", &material::tar(&members))
}

/// The name of the image on screen.
async fn title(page: &Page) -> String {
    let script = "return document.querySelector('main h1')?.innerText ?? ''";
    page.script(script).await.as_str().unwrap_or_default().to_owned()
}

async fn wait_for_title(page: &Page, part: &str) {
    page.until(&format!("{part:?} as the title"), async || {
        title(page).await.contains(part).then_some(())
    })
    .await;
}

both_browsers! {
    async fn archives_and_folders_have_one_input_each_in_this_order(page: &mut Page) {
        page.open("").await;
        for place in ["the start", "an image"] {
            let mut names = Vec::new();
            for input in page.client().find_all(Locator::Css("input, button, a")).await.expect("elements") {
                let name = page.name(&input).await;
                names.extend(["Open image archive", "Open image folder"].into_iter().filter(|n| name.contains(n)));
            }
            assert_eq!(names, ["Open image archive", "Open image folder"], "on {place}");
            page.open_archive(&material::sample()).await;
        }
    }

    async fn a_second_archive_opens_beside_the_first_and_both_can_be_switched_and_closed(page: &mut Page) {
        page.open("").await;
        page.open_archive(&material::sample()).await;
        page.view("Layers").await;
        let first = page.fragment().await;
        page.open_archive(&material::fixture("plain.regctl-none.docker.tar")).await;
        let second = page.fragment().await;
        assert_ne!(first, second);
        assert_eq!(page.sources().await, ["sample.tar", "plain.regctl-none.docker.tar"]);
        page.press_in_sources("link", "sample.tar").await;
        page.wait_for_fragment("the first as it was shown", |fragment| fragment == first).await;
        assert_eq!(page.state().await, "ready", "it stayed open");
        assert_eq!(page.report().await["source"]["name"], "sample.tar");
        page.press_in_sources("button", "Close sample.tar").await;
        page.wait_for_fragment("the other one", |fragment| fragment == second).await;
        assert_eq!(page.sources().await, ["plain.regctl-none.docker.tar"]);
        page.press_in_sources("button", "Close plain.regctl-none.docker.tar").await;
        page.wait_for("empty").await;
        assert_eq!(page.sources().await, [""; 0]);
    }

    async fn back_returns_to_the_image_of_another_open_archive(page: &mut Page) {
        page.open("").await;
        page.open_archive(&material::sample()).await;
        let first = page.fragment().await;
        page.open_archive(&material::fixture("plain.regctl-none.docker.tar")).await;
        let second = page.fragment().await;
        page.client().back().await.expect("there is a page before");
        page.wait_for_fragment("the first", |fragment| fragment == first).await;
        wait_for_title(page, "pocket/site").await;
        page.client().forward().await.expect("there is a page after");
        page.wait_for_fragment("the second", |fragment| fragment == second).await;
        wait_for_title(page, "plain").await;
        assert_eq!(page.state().await, "ready");
    }

    async fn a_file_that_cannot_be_opened_leaves_the_others_open(page: &mut Page) {
        let temp = Temp::new();
        page.open("").await;
        page.open_archive(&material::sample()).await;
        let place = page.fragment().await;
        page.give(&temp.file("nothing.tar", b"")).await;
        page.until("a message over the image", async || {
            page.alert().await.contains("Could not open nothing.tar").then_some(())
        })
        .await;
        assert_eq!(page.state().await, "ready", "the image is still shown");
        assert_eq!(page.fragment().await, place);
        assert_eq!(page.sources().await, ["sample.tar"], "what failed is not open");
        page.click("button", "Dismiss").await;
        assert_eq!(page.alert().await, "");
    }

    async fn several_archives_at_once_are_one_source_each(page: &mut Page) {
        page.open("").await;
        let (sample, plain) = (material::sample(), material::fixture("plain.regctl-none.docker.tar"));
        page.give_all(&[&sample, &plain]).await;
        page.wait_until_ready().await;
        wait_for_title(page, "pocket/site").await;
        assert_eq!(page.sources().await.len(), 2);
        page.press_in_sources("link", "plain.regctl-none.docker.tar").await;
        wait_for_title(page, "plain").await;
        page.wait_until_ready().await;
    }

    async fn the_list_of_open_images_closes_on_escape(page: &mut Page) {
        page.open("").await;
        page.open_archive(&material::sample()).await;
        page.click("button", "Open images").await;
        let button = page.get("button", "Open images").await;
        let state = async || button.attr("aria-expanded").await.ok().flatten();
        assert_eq!(state().await.as_deref(), Some("true"));
        button.send_keys("\u{e00c}").await.expect("a button takes keys");
        assert_eq!(state().await.as_deref(), Some("false"));
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn a_layout_in_a_folder_opens(page: &mut Page) {
        let shared = material::shared("fixtures");
        page.open("").await;
        let name = "waste-public.umoci.oci-dir";
        page.open_source(&shared.join(name)).await;
        let all = facts::load_all(&shared.join("facts.json"));
        let found = facts::check(&page.report().await, &all["archives"][name]);
        assert!(found.is_empty(), "{}", found.join("\n"));
        if page.kind() == Kind::Chromium {
            assert_eq!(page.sources().await, [name], "it is called as the folder is");
        }
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn a_folder_as_skopeo_writes_it_opens(page: &mut Page) {
        let shared = material::shared("fixtures");
        page.open("").await;
        page.open_source(&shared.join("waste-public.skopeo-gzip.docker-dir")).await;
        let report = page.report().await;
        assert_eq!(report["source"]["format"], "docker-dir");
        assert_eq!(report["images"][0]["layers"].as_array().map(Vec::len), Some(10));
    }

    async fn a_dropped_folder_is_read_recursively(page: &mut Page) {
        // No script can create a folder to drop, so these entries imitate those of a browser.
        page.open("").await;
        let script = r"
            const done = arguments[0];
            fetch('sample.tar').then(answer => answer.arrayBuffer()).then(bytes => {
                const file = { isDirectory: false, isFile: true, name: 'sample.tar',
                    file: (well) => well(new File([bytes], 'sample.tar')) };
                const folder = (name, batches) => ({ isDirectory: true, isFile: false, name,
                    createReader: () => ({ readEntries: well => well(batches.shift() ?? []) }) });
                const entry = folder('outer', [[folder('inner', [[file]])], []]);
                const event = new DragEvent('drop', { bubbles: true, cancelable: true });
                Object.defineProperty(event, 'dataTransfer', { value: { types: ['Files'], files: [],
                    items: { length: 1, 0: { kind: 'file', webkitGetAsEntry: () => entry, getAsFile: () => null } } } });
                document.body.dispatchEvent(event);
                done(null);
            }, error => done(String(error)));";
        assert!(page.script_async(script, Vec::new()).await.is_null());
        page.until("the folder among the sources", async || {
            (page.sources().await == ["outer"]).then_some(())
        })
        .await;
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn platforms_of_an_image_are_chosen_by_name(page: &mut Page) {
        let shared = material::shared("fixtures");
        page.open("").await;
        page.open_archive(&shared.join("multi.buildkit-attest.oci.tar")).await;
        let first = page.fragment().await;
        let select = page.css("header select").await;
        assert_eq!(page.name(&select).await, "Platform");
        select.select_by_label("linux/arm64").await.expect("there is such a choice");
        page.wait_for_fragment("another image", |fragment| fragment != first).await;
        page.wait_until_ready().await;
        page.until("the platform among the facts", async || {
            let script = "return document.querySelector('dl.facts dd').innerText";
            (page.script(script).await == "linux/arm64").then_some(())
        })
        .await;
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn attestations_are_listed_separately_with_their_image(page: &mut Page) {
        let shared = material::shared("fixtures");
        page.open("").await;
        page.open_archive(&shared.join("multi.buildkit-attest.oci.tar")).await;
        assert_eq!(page.rows("table", "Images").await.len(), 4, "a head and three images");
        let rows = page.rows("table", "Other manifests in this file").await;
        let of: Vec<&str> = rows[1..].iter().map(|row| {
            assert_eq!(row[0], "Attestation");
            row[1].split(' ').next().unwrap_or_default()
        }).collect();
        assert_eq!(of, ["linux/amd64", "linux/arm64", "linux/arm/v7"]);
        assert!(!page.text().await.contains("unknown"), "there is no platform of that name");
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn what_the_header_has_of_several_images_fits_a_phone(page: &mut Page) {
        let shared = material::shared("fixtures");
        page.open("").await;
        page.open_archive(&shared.join("multi.buildkit-attest.oci.tar")).await;
        page.client().set_window_size(390, 800).await.expect("windows have sizes");
        let script = "
            const done = arguments[arguments.length - 1];
            const frame = () => new Promise(next => requestAnimationFrame(() => requestAnimationFrame(next)));
            const box = element => element.getBoundingClientRect();
            (async () => {
                await frame();
                const shown = [...document.querySelectorAll('.top > *')].filter(one => box(one).width > 0);
                const insides = shown.map(one => Math.max(...[one, ...one.querySelectorAll('.btn, .btn *')]
                    .filter(inner => !inner.closest('.list')).map(inner => box(inner).right)));
                const wrong = shown.slice(1).filter((one, at) => box(one).left < insides[at] - 1).map(one => one.className);
                const menus = [...document.querySelectorAll('.top > .images-menu')];
                for (const menu of menus) {
                    menu.querySelector('.btn').click();
                    await frame();
                    const list = box(menu.querySelector('.list'));
                    if (list.left < 0 || list.right > innerWidth) wrong.push('list of ' + menu.className);
                    menu.querySelector('.btn').click();
                    await frame();
                }
                done([menus.length, wrong]);
            })();";
        let found = page.script_async(script, Vec::new()).await;
        assert_eq!(found, json!([2, []]));
        page.client().set_window_size(1440, 900).await.expect("windows have sizes"); // for other tests
    }

    async fn a_source_without_an_image_shows_what_it_holds(page: &mut Page) {
        let temp = Temp::new();
        page.open("").await;
        page.open_archive(&layout_without_an_image(&temp)).await;
        let rows = page.rows("table", "Other manifests in this file").await;
        let what: Vec<&str> = rows[1..].iter().map(|row| row[0].as_str()).collect();
        assert_eq!(what, ["Helm chart", "SBOM, SPDX", "Image, not in this file"]);
        assert_eq!(rows[3][1], "linux/arm64");
        page.open_archive(&material::sample()).await;
        page.press_in_sources("link", "artifacts.tar").await;
        wait_for_title(page, "artifacts.tar").await;
    }

    async fn a_layer_with_a_wrong_digest_is_one_alert_in_its_row(page: &mut Page) {
        let temp = Temp::new();
        let layer = material::tar(&[Member::File("etc/motd", b"hello\n")]);
        let other = material::tar(&[Member::File("etc/motd", b"hallo\n")]);
        let bytes = material::docker_save_with(&[&other], &material::config(&[&layer]));
        page.open("").await;
        page.open_archive(&temp.file("changed.tar", &bytes)).await;
        page.view("Layers").await;
        let alerts = page.until("the alert", async || {
            let alerts = page.client().find_all(Locator::Css("table [role=alert]")).await.ok()?;
            (!alerts.is_empty()).then_some(alerts)
        })
        .await;
        assert_eq!(alerts.len(), 1);
        let words = alerts[0].text().await.expect("it has a text");
        assert!(words.contains(&material::digest(&layer)), "{words}");
    }

    async fn a_layer_is_read_beyond_its_limit_on_request(page: &mut Page) {
        let temp = Temp::new();
        let (archive, [first, second]) = material::beyond_the_limit(&temp);
        page.open("").await;
        page.open_archive(&archive).await;
        page.wait_for_fragment("the usual platform", |fragment| fragment.contains(&first)).await;
        page.css("header select").await.select_by_label("linux/arm64").await.expect("there is such a choice");
        page.wait_for_fragment("the other platform", |fragment| fragment.contains(&second)).await;
        page.wait_until_ready().await;
        page.view("Layers").await;
        page.click("button", "Read it all").await;
        page.until("the layer read to its end", async || {
            let ready = page.state().await == "ready";
            (ready && page.all("button", "Read it all").await.is_empty()).then_some(())
        })
        .await;
        assert!(page.fragment().await.contains(&second), "another image is shown");
        let report = page.report().await;
        assert_eq!(report["images"][1]["tree"]["files"], 2, "the file after the limit");
    }
}
