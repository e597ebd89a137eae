//! Nothing leaves the page, and its policy ensures that, also in workers.

use crate::files::choose;
use crate::sample::open_sample;
use browser_tests::site::{SUB_PATH, Site};
use browser_tests::{Page, both_browsers, material, page};

both_browsers! {
    async fn a_local_archive_causes_no_request_to_another_origin_in_any_view(page: &mut Page) {
        page.open("").await;
        page.open_archive(&material::fixture("odd.docker20.docker.tar")).await;
        let before = page.site().requests().len();
        let image = ["Layers", "History", "Dockerfile", "Provenance", "Configuration", "Raw"];
        let contents = ["Files", "Packages", "Vulnerabilities", "Waste", "Secrets", "Risks", "Overview"];
        for view in image.into_iter().chain(contents) {
            page.view(view).await;
        }
        page.view("Files").await;
        choose(page, "/opt/app/stays").await;
        page.report().await;
        assert_eq!(page.requests_elsewhere().await, [""; 0]);
        assert_eq!(page.violations().await, [""; 0]);
        let after = page.site().requests();
        assert!(after[before..].iter().all(|request| request.method == "GET"), "{:?}", &after[before..]);
    }

    async fn all_addresses_are_relative_so_any_path_works(page: &mut Page) {
        open_sample(page).await;
        let requests = page.site().requests();
        let outside: Vec<&str> = requests.iter().map(|request| request.target.as_str())
            .filter(|target| !target.starts_with(SUB_PATH)).collect();
        assert_eq!(outside, [""; 0]);
        let missing: Vec<String> = requests.iter().map(|request| request.target.replacen(SUB_PATH, "", 1))
            .filter(|path| !path.is_empty() && !page::dist().join(path).is_file()).collect();
        assert_eq!(missing, [""; 0], "asked for, but not in dist");
    }

    async fn fetches_carry_neither_cookies_nor_a_referrer(page: &mut Page) {
        page.open("").await;
        page.script("document.cookie = 'secret=1; path=/'").await;
        open_sample(page).await;
        let requests = page.site().requests();
        let sample = requests.iter().find(|request| request.target.ends_with("sample.tar"));
        let sample = sample.expect("the sample was requested");
        assert_eq!(sample.header("cookie"), None);
        for part in ["engine_bg.wasm", "page_screens-"] {
            let request = requests.iter().rfind(|request| request.target.contains(part));
            assert_eq!(request.expect("it was requested").header("cookie"), None, "{part}");
        }
        let told: Vec<&str> = requests.iter().filter(|request| request.header("referer").is_some())
            .map(|request| request.target.as_str()).collect();
        assert_eq!(told, [""; 0], "requests with a referrer");
    }

    async fn workers_can_neither_eval_nor_import_foreign_scripts(page: &mut Page) {
        page.expect("Content Security Policy"); // Chromium's words in the console
        page.expect("script-src");
        let foreign = Site::serve(&page::dist());
        page.expect(&foreign.origin());
        // Records the scripts and options from which the page creates workers.
        page.open_after("
            window.made = []; window.scripts = new Map();
            const create = URL.createObjectURL, Real = Worker;
            URL.createObjectURL = object => { const url = create.call(URL, object); scripts.set(url, object); return url; };
            window.Worker = class extends Real { constructor(url, options) { super(url, options); made.push([String(url), options]); } };
        ").await;
        page.open_archive(&material::sample()).await;
        let script = "
            const [address, done] = arguments;
            const [url, options] = made.at(-1) ?? [];
            if (!scripts.has(url)) { done({ unknown: String(url) }); return; }
            const attempt = `
                ;{ const found = {};
                try { found.eval = (0, eval)('1 + 1'); } catch (error) { found.eval = error.name; }
                try { found.make = Function('return 1')(); } catch (error) { found.make = error.name; }
                import('${address}').then(() => 'imported', error => error.name)
                    .then(outcome => { found.import = outcome; postMessage({ found }); }); }`;
            const worker = new Worker(URL.createObjectURL(new Blob([scripts.get(url), attempt], { type: 'text/javascript' })), options);
            worker.onmessage = ({ data }) => { if (data.found) { done(data.found); worker.terminate(); } };
            worker.onerror = event => done({ failed: event.message });";
        let address = format!("{}engine.js", foreign.url());
        let found = page.script_async(script, vec![address.into()]).await;
        assert_eq!(found["eval"], "EvalError", "{found}");
        assert_eq!(found["make"], "EvalError", "{found}");
        assert_eq!(found["import"], "TypeError", "{found}");
        assert!(foreign.requests().is_empty(), "{:?}", foreign.requests());
    }

    async fn the_page_can_neither_load_foreign_scripts_nor_run_inline_ones(page: &mut Page) {
        page.expect("Content Security Policy");
        page.expect("script-src");
        let foreign = Site::serve(&page::dist());
        page.expect(&foreign.origin());
        page.open("").await;
        let script = "
            const [address, done] = arguments;
            const inline = document.createElement('script');
            inline.textContent = 'window.ranInline = true';
            document.head.append(inline);
            const script = document.createElement('script');
            script.src = address;
            script.onload = () => done('loaded');
            script.onerror = () => done(window.ranInline ? 'ran inline' : 'refused');
            document.head.append(script);";
        let address = format!("{}page.js", foreign.url());
        assert_eq!(page.script_async(script, vec![address.into()]).await, "refused");
        assert!(foreign.requests().is_empty(), "{:?}", foreign.requests());
    }
}

#[test]
fn no_style_attribute_is_served() {
    let html = std::fs::read_to_string(page::dist().join("index.html")).expect("it was built");
    assert!(!html.contains(" style="), "the policy forbids style attributes");
    assert!(!html.contains("<style"), "the policy forbids style elements");
    assert!(
        !html.contains(" onclick=") && !html.contains(" onload="),
        "the policy forbids handlers in markup"
    );
}
