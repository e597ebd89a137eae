// Keeps the page's own files, so that it opens without a network.
//
// - One version's files and no other's are what a page lives by: all are fetched before one is used,
//   held against VERSION, and given from the cache alone. A new version waits until the last page of
//   the old one is gone, or has only just begun (`handOver`).
// - Only what is listed is answered here. All else goes to the network as if this were not: other
//   origins, the proxy below this very folder, this script itself.
// - config.json is the deployment's, which changes it without a build: from the network where there is
//   one, and of no version.
//
// xtask/src/build/offline.rs fills in the next two lines, and takes the comments out.
const VERSION = "";
const FILES = [];

// Other deployments may lie on this origin, and their caches with ours.
const SCOPE = registration.scope;
const CACHE = `layerscope ${SCOPE} ${VERSION}`;
const CONFIG = SCOPE + "config.json";
// Hosts like to redirect from index.html to its folder, so the folder is asked.
const address = name => new URL(name === "index.html" ? "./" : name, SCOPE).href;
const OURS = new Map(FILES.map(name => [new URL(name, SCOPE).href, address(name)]));
OURS.set(SCOPE, SCOPE).set(CONFIG, CONFIG);

const hex = async bytes => Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)),
  byte => byte.toString(16).padStart(2, "0")).join("");
// `no-cache`: the host is asked about every file, and need not send again what it sent to the page.
const get = address =>
  fetch(address, { cache: "no-cache", credentials: "omit", referrerPolicy: "no-referrer" });

// One file after the other, for the page is still fetching, too.
const install = async () => {
  const found = [];
  let sums = "";
  for (const name of FILES) {
    const response = await get(address(name));
    const bytes = await response.arrayBuffer();
    sums += `${await hex(bytes)}  ${name}\n`;
    // Made anew, since one that was redirected would not do for a page.
    found.push([address(name), new Response(bytes, response)]);
  }
  // A host in the middle of an update gives some files of either version, or an error's page.
  if (await hex(new TextEncoder().encode(sums)) !== VERSION) throw Error("not of one version");
  const cache = await caches.open(CACHE);
  for (const [address, response] of found) await cache.put(address, response);
  await fresh(CONFIG);
};

const activate = async () => {
  const ours = (await caches.keys()).filter(name => name.startsWith(`layerscope ${SCOPE} `));
  const old = ours.filter(name => name !== CACHE);
  for (const name of old) await caches.delete(name);
  // The first page of all may lose its network, too. Pages of another version are left alone.
  if (!old.length) await clients.claim();
};

const kept = async address => (await caches.open(CACHE)).match(address, { ignoreVary: true });

const fresh = async address => {
  const response = await get(address).catch(() => null);
  if (!response?.ok) return await kept(address) ?? response ?? Response.error();
  await (await caches.open(CACHE)).put(address, response.clone());
  return response;
};

// The page that began last, and the one that was let over to the next version.
let newest, heir;

// A page that has only just begun asks for the version that waits. It may have it if it is alone, or
// else another would get the rest of its files from there; so whoever comes now is left to the host.
const handOver = async page => {
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const others = pages.some(({ id, url }) => id !== page.id && url.startsWith(SCOPE));
  if (others || newest !== page.id) return;
  heir = page.id;
  page.postMessage(null);
};

addEventListener("install", event => event.waitUntil(install()));
addEventListener("activate", event => event.waitUntil(activate()));
// "next?" comes to the version in use; the page then tells the one that waits.
addEventListener("message", event => event.waitUntil(event.data ? handOver(event.source) : skipWaiting()));
addEventListener("fetch", event => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const file = OURS.get(origin + pathname);
  if (request.mode === "navigate") newest = event.resultingClientId;
  if (heir && event.clientId !== heir || request.method !== "GET" || !file) return;
  event.respondWith(file === CONFIG ? fresh(file) : kept(file).then(found => found ?? fetch(request)));
});
