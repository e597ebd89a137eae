// Served in the place of sw.js: whoever works on the page wants the files as they are, not as they were
// kept. Removes itself, and what a real worker at this address has kept.
addEventListener("install", () => skipWaiting());
addEventListener("activate", event => event.waitUntil((async () => {
  const names = await caches.keys();
  const ours = names.filter(name => name.startsWith(`layerscope ${registration.scope} `));
  await Promise.all(ours.map(name => caches.delete(name)));
  await registration.unregister();
})()));
