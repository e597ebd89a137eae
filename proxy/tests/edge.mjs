// Holds edge/worker.js against cases.json, without a network: `fetch` says what the table says.
// Run by tests/native/edge.rs; by hand: node proxy/tests/edge.mjs

import { readFileSync } from "node:fs";

const here = (path) => new URL(path, import.meta.url);
const table = JSON.parse(readFileSync(here("../cases.json"), "utf8"));
// Named .js because that is what platforms take; loaded as the module that it is.
const source = readFileSync(here("../edge/worker.js"), "utf8");
const { default: worker } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

let asked = [];
globalThis.fetch = async (url, { method, headers, redirect }) => {
  asked.push({ url, headers });
  if (redirect !== "manual") throw new Error("a redirect would be followed unseen");
  const said = table.upstream[url] ?? { status: 404, headers: {} };
  const body = method === "HEAD" || [204, 304].includes(said.status) ? null : said.body ?? "";
  const answer = new Headers(said.headers);
  if (said.body !== undefined) answer.set("Content-Length", `${said.body.length}`);
  return new Response(body, { status: said.status, headers: answer });
};

const env = {
  PREFIX: table.config.prefix,
  HOST_NAMES: table.config.hostNames.join(" "),
  ORIGINS: table.config.origins.join(" "),
};

async function run({ request, expect }) {
  asked = [];
  const host = request.host ?? table.config.hostNames[0];
  const { method = "GET", headers = {} } = request;
  const answer = await worker.fetch(new Request(`https://${host}${request.path}`, { method, headers }), env);
  const body = await answer.text();
  const wrong = [];
  const check = (what, got, want) => {
    if (got !== want) wrong.push(`${what}: ${JSON.stringify(got)}, not ${JSON.stringify(want)}`);
  };
  check("status", answer.status, expect.status);
  if (expect.code !== undefined) check("code", answer.headers.get("x-proxy-error"), expect.code);
  if (expect.body !== undefined) check("body", body, expect.body);
  for (const [name, value] of Object.entries(expect.headers ?? {})) check(name, answer.headers.get(name), value);
  for (const name of expect.absent ?? []) check(name, answer.headers.get(name), null);
  if (expect.asked) {
    check("asked", asked.map((it) => it.url).join(" "), expect.asked.map((it) => it.url).join(" "));
    expect.asked.forEach((want, at) => {
      for (const [name, value] of Object.entries(want.headers ?? {})) check(`${want.url}: ${name}`, asked[at]?.headers.get(name), value);
      for (const name of want.absent ?? []) check(`${want.url}: ${name}`, asked[at]?.headers.get(name), null);
    });
  }
  return wrong;
}

let failed = 0;
const cases = table.cases.filter((it) => !it.serverOnly);
for (const one of cases) {
  const expect = one.edge ?? one.expect;
  const wrong = await run({ ...one, expect }).catch((error) => [String(error.stack)]);
  for (const line of wrong) console.log(`${one.name}: ${line}`);
  failed += wrong.length > 0;
}
console.log(`edge script: ${cases.length - failed} of ${cases.length} cases kept, ${table.cases.length - cases.length} are the server's alone`);
process.exitCode = failed === 0 ? 0 : 1;
