// The page's only hand-written script: loads the page's module, which does the rest.
// Without credentials and referrer, like every request of the page.
import init, { start_page } from "./page.js";

// The worker that caches the page's files (sw.js). Browsers have none without HTTPS, and some refuse it.
let workers;
try {
  workers = navigator.serviceWorker;
} catch {} // in a sandbox

const module = new URL("page_bg.wasm", import.meta.url);
await init({ module_or_path: fetch(module, { credentials: "omit", referrerPolicy: "no-referrer" }) });

// If a new version waits, activate it now: nothing is open yet, and the old version has served all that
// was requested. (Chromium keeps the old worker if it is busy at that moment.)
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

// A file that the system opens with the installed page is handled like a dropped one.
globalThis.launchQueue?.setConsumer(async ({ files }) => {
  const dataTransfer = new DataTransfer();
  for (const file of files) dataTransfer.items.add(await file.getFile());
  dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
});
