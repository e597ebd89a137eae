// The page's only script of its own: brings up the page's module, which does the rest.
// No credentials and no referrer, as with every request of the page.
import init, { start_page } from "./page.js";

const module = new URL("page_bg.wasm", import.meta.url);
await init({ module_or_path: fetch(module, { credentials: "omit", referrerPolicy: "no-referrer" }) });
start_page(new URL("./", import.meta.url).href);
