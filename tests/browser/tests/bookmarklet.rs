//! The bookmarklet of docs/links.md, with real addresses of the sites that it supports.

use browser_tests::{Page, both_browsers, material};
use serde_json::Value;

/// Where the bookmarklet leads from an address, or else its message.
async fn from(page: &Page, address: &str) -> String {
    let text =
        std::fs::read_to_string(material::root().join("docs/links.md")).expect("it is there");
    let code = text.lines().find_map(|line| line.strip_prefix("javascript:")).expect("one line");
    let script = format!(
        "const {{ hostname, pathname, search }} = new URL(arguments[0]);
         const location = {{ hostname, pathname, search }};
         const alert = words => location.href = words;
         {code};
         return location.href;"
    );
    let went = page.script_with(&script, vec![Value::from(address)]).await;
    went.as_str().unwrap_or_default().to_owned()
}

both_browsers! {
    async fn the_bookmarklet_finds_the_image_of_a_page(page: &mut Page) {
        page.open("").await;
        let hex = "0123456789abcdef".repeat(4);
        for (address, image) in [
            ("hub.docker.com/_/alpine", "alpine"),
            ("hub.docker.com/_/alpine/tags?page=2", "alpine"),
            ("hub.docker.com/r/team/app#readme", "team/app"),
            (&format!("hub.docker.com/layers/library/alpine/3.20/images/sha256-{hex}"), &format!("library/alpine:3.20@sha256:{hex}")),
            ("github.com/Owner/repository/pkgs/container/app", "ghcr.io/owner/app"),
            ("github.com/Owner/repository/pkgs/container/group%2Fapp/1234?tag=V1", "ghcr.io/owner/group/app:V1"),
            ("github.com/orgs/owner/packages/container/package/app", "ghcr.io/owner/app"),
            ("github.com/users/owner/packages/container/app/versions", "ghcr.io/owner/app"),
            ("quay.io/repository/team/app?tab=tags&tag=latest", "quay.io/team/app:latest"),
            (&format!("quay.io/repository/team/app/manifest/sha256:{hex}"), &format!("quay.io/team/app@sha256:{hex}")),
        ] {
            assert_eq!(from(page, &format!("https://{address}")).await, format!("https://HOST/#/image/{image}"));
        }
        for address in ["https://hub.docker.com/search?q=alpine", "https://github.com/owner/repository", "https://example.com/r/a/b"] {
            assert_eq!(from(page, address).await, "Layerscope: no image is known for this page.", "{address}");
        }
    }
}
