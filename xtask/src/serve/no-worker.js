// Served instead of sw.js in development, so that the page's files are never stale. Unregisters itself and
// deletes what a real worker at this address has cached.
addEventListener("install", () => skipWaiting());
addEventListener("activate", event => event.waitUntil((async () => {
  const names = await caches.keys();
  const ours = names.filter(name => name.startsWith(`layerscope ${registration.scope} `));
  await Promise.all(ours.map(name => caches.delete(name)));
  await registration.unregister();
})()));
