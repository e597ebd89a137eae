// The page's only script of its own: brings up the page's module, which does the rest.
// No credentials and no referrer, as with every request of the page.
import init, { start_page } from "./page.js";

// The worker that keeps the page's files (sw.js). Browsers have none without HTTPS, and some refuse it.
let workers;
try {
  workers = navigator.serviceWorker;
} catch {} // in a sandbox

const module = new URL("page_bg.wasm", import.meta.url);
await init({ module_or_path: fetch(module, { credentials: "omit", referrerPolicy: "no-referrer" }) });

// Where a new version waits, this is the moment for it: nothing is open yet, and the old version has
// given all that it was asked for. (Chromium leaves it in office if it is at work just then.)
const keeper = workers?.controller;
if (keeper) workers.ready.then(({ waiting }) => {
  if (!waiting) return;
  const root = document.documentElement;
  workers.oncontrollerchange = () => root.dataset.state === "empty" && location.reload();
  workers.onmessage = () => waiting.postMessage(null);
  keeper.postMessage("next?");
});
start_page(new URL("./", import.meta.url).href);

workers?.register(new URL("sw.js", import.meta.url), { updateViaCache: "none" }).catch(() => {});

// A file that the system opens with the installed page comes in as if it were dropped.
globalThis.launchQueue?.setConsumer(async ({ files }) => {
  const dataTransfer = new DataTransfer();
  for (const file of files) dataTransfer.items.add(await file.getFile());
  dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
});
