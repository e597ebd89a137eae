// Caches the page's own files, so that it opens without a network.
//
// - A page uses the files of one version: all are fetched before one is used, checked against VERSION,
//   and served from the cache only. A new version waits until the last page of the old one is closed,
//   or has only just started (`handOver`).
// - Only listed files are answered here. Everything else goes to the network: other origins, the proxy
//   below this folder, this script itself.
// - config.json belongs to the deployment, which changes it without a build: it comes from the network
//   if there is one, and has no version.
//
// xtask/src/build/offline.rs fills in the next two lines.
const VERSION = "";
const FILES = [];

// Other deployments may share this origin and its caches.
const SCOPE = registration.scope;
const CACHE = `layerscope ${SCOPE} ${VERSION}`;
const CONFIG = SCOPE + "config.json";
// Many hosts redirect from index.html to its folder, so the folder is requested.
const address = name => new URL(name === "index.html" ? "./" : name, SCOPE).href;
const OURS = new Map(FILES.map(name => [new URL(name, SCOPE).href, address(name)]));
OURS.set(SCOPE, SCOPE).set(CONFIG, CONFIG);

const hex = async bytes => Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)),
  byte => byte.toString(16).padStart(2, "0")).join("");
// `no-cache`: the host is asked about every file, and need not send again what the page already has.
const get = address =>
  fetch(address, { cache: "no-cache", credentials: "omit", referrerPolicy: "no-referrer" });

// One file after the other, because the page is still fetching, too.
const install = async () => {
  const found = [];
  let sums = "";
  for (const name of FILES) {
    const response = await get(address(name));
    const bytes = await response.arrayBuffer();
    sums += `${await hex(bytes)}  ${name}\n`;
    // A new response, because a redirected one is not accepted for a page.
    found.push([address(name), new Response(bytes, response)]);
  }
  // During an update a host may send files of both versions, or an error page.
  if (await hex(new TextEncoder().encode(sums)) !== VERSION) throw Error("not of one version");
  const cache = await caches.open(CACHE);
  for (const [address, response] of found) await cache.put(address, response);
  await fresh(CONFIG);
};

const activate = async () => {
  const ours = (await caches.keys()).filter(name => name.startsWith(`layerscope ${SCOPE} `));
  const old = ours.filter(name => name !== CACHE);
  for (const name of old) await caches.delete(name);
  // The first page ever is served, too. Pages of another version are left alone.
  if (!old.length) await clients.claim();
};

const kept = async address => (await caches.open(CACHE)).match(address, { ignoreVary: true });

const fresh = async address => {
  const response = await get(address).catch(() => null);
  if (!response?.ok) return await kept(address) ?? response ?? Response.error();
  await (await caches.open(CACHE)).put(address, response.clone());
  return response;
};

// The page that started last, and the one that was handed over to the next version.
let newest, heir;

// A page that has just started asks for the waiting version. It gets it if it is the only page: another
// page would get the rest of its files from the new version. From now on, other pages get their files
// from the host.
const handOver = async page => {
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const others = pages.some(({ id, url }) => id !== page.id && url.startsWith(SCOPE));
  if (others || newest !== page.id) return;
  heir = page.id;
  page.postMessage(null);
};

addEventListener("install", event => event.waitUntil(install()));
addEventListener("activate", event => event.waitUntil(activate()));
// "next?" is sent to the version in use; the page then notifies the waiting one.
addEventListener("message", event => event.waitUntil(event.data ? handOver(event.source) : skipWaiting()));
addEventListener("fetch", event => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const file = OURS.get(origin + pathname);
  if (request.mode === "navigate") newest = event.resultingClientId;
  if (heir && event.clientId !== heir || request.method !== "GET" || !file) return;
  event.respondWith(file === CONFIG ? fresh(file) : kept(file).then(found => found ?? fetch(request)));
});
