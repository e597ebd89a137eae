// The CORS proxy as an edge worker: the rules of proxy/src/ in one file.
//
// - It follows the same table of cases as the server (proxy/cases.json), except for the cases about addresses: the
//   platform resolves names and does not say to which addresses. So only exact names are listed; there are no
//   addresses, no patterns and no insecure hosts.
// - Nothing is kept: bodies are streamed, nothing is logged or stored, no cache is used.
// - Settings are variables of the deployment: ORIGINS (required, the pages that may use the proxy), HOST_NAMES (the
//   names that the worker answers to), PREFIX, EXTRA_HOSTS (more registries, exact names).

// hosts.json begins
const LISTS = {
  "requested": {
    "registry-1.docker.io": ["/v2/"],
    "auth.docker.io": ["/token"],
    "hub.docker.com": ["/api/search/v4", "/v2/namespaces/*/repositories/*/tags", "/v2/namespaces/*/repositories/*/tags/", "/v2/repositories/*/*/tags", "/v2/repositories/*/*/tags/"],
    "index.docker.io": ["/v1/search"],
    "ghcr.io": ["/v2/", "/token"],
    "quay.io": ["/v2/"],
    "gcr.io": ["/v2/"],
    "us.gcr.io": ["/v2/"],
    "eu.gcr.io": ["/v2/"],
    "asia.gcr.io": ["/v2/"],
    "public.ecr.aws": ["/v2/", "/token/"],
    "mcr.microsoft.com": ["/v2/"],
    "registry.k8s.io": ["/v2/"],
    "registry.gitlab.com": ["/v2/"],
    "gitlab.com": ["/jwt/auth"],
    "cgr.dev": ["/v2/", "/token"],
    "registry.access.redhat.com": ["/v2/"],
    "registry.redhat.io": ["/v2/", "/auth/realms/rhcc/protocol/redhat-docker-v2/auth"]
  },
  "redirected": {
    "production.cloudflare.docker.com": true,
    "production.cloudfront.docker.com": true,
    "docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com": true,
    "pkg-containers.githubusercontent.com": true,
    "cdn.quay.io": true,
    "cdn01.quay.io": true,
    "cdn02.quay.io": true,
    "cdn03.quay.io": true,
    "cdn04.quay.io": true,
    "cdn05.quay.io": true,
    "cdn06.quay.io": true,
    "storage.googleapis.com": true,
    "gcr.io": true,
    "us.gcr.io": true,
    "eu.gcr.io": true,
    "asia.gcr.io": true,
    "d2glxqk2uabbnd.cloudfront.net": true,
    "d5l0dvt14r5h8.cloudfront.net": true,
    "767373bbdcb8270361b96548387bf2a9ad0d48758c35-eu-west-2.s3.dualstack.eu-west-2.amazonaws.com": true,
    "cdn.registry.gitlab-static.net": true,
    "9236a389bd48b984df91adc1bc924620.r2.cloudflarestorage.com": true
  }
};
// hosts.json ends

// The paths of registries that are named without a path, as in src/hosts.rs.
const USUAL_PATHS = ["/v2/", "/token", "/auth", "/auth/token", "/service/token", "/jwt/auth", "/oauth2/token"];
const REDIRECTS = 5;
// Time for the headers of a response, redirects included, in milliseconds.
const PATIENCE = 60_000;

// Codes of refusals, with status and message.
const REFUSALS = {
  "host-name": [403, "The proxy does not answer to this Host."],
  "origin": [403, "The proxy does not serve pages of this origin."],
  "destination": [403, "The proxy only answers fetch, not scripts, workers or frames."],
  "method": [405, "The proxy only supports GET, HEAD and OPTIONS."],
  "body": [400, "A request must not have a body."],
  "not-a-target": [404, "Expected PREFIX/https/HOST[:PORT]/PATH."],
  "scheme": [403, "The proxy only supports https."],
  "host-malformed": [400, "The host is malformed."],
  "address-literal": [403, "The host must be a name, not an address."],
  "host-not-listed": [403, "This host is not listed."],
  "port-not-listed": [403, "This port is not listed for the host."],
  "path-not-listed": [403, "This path is not listed for the host."],
  "not-reached": [502, "The host cannot be reached."],
  "bad-answer": [502, "The response of the host cannot be read."],
  "redirect-malformed": [502, "The host redirects to a malformed URL."],
  "too-many-redirects": [502, "The host redirects too often."],
  "timed-out": [504, "The host does not answer in time."],
};

class Refusal extends Error {
  constructor(code) {
    super(REFUSALS[code][1]);
    this.code = code;
  }
}

function refuse(code) {
  throw new Refusal(code);
}

const words = (text) => (text ?? "").split(/[\s,]+/).filter(Boolean).map((word) => word.toLowerCase());

function settings(env) {
  const requested = { ...LISTS.requested };
  for (const host of words(env.EXTRA_HOSTS)) requested[host] ??= USUAL_PATHS;
  return {
    prefix: (env.PREFIX ?? "/proxy").replace(/\/+$/, ""),
    hostNames: words(env.HOST_NAMES),
    origins: words(env.ORIGINS),
    requested,
    redirected: LISTS.redirected,
  };
}

// Checks whether a request may use the proxy at all; returns its origin, or null.
function gate(request, url, config) {
  if (!config.hostNames.includes(url.host)) refuse("host-name");
  const origin = request.headers.get("Origin");
  if (origin !== null && !config.origins.includes(origin.toLowerCase())) refuse("origin");
  const site = request.headers.get("Sec-Fetch-Site");
  if (origin === null && ["cross-site", "same-site"].includes(site)) refuse("origin");
  const destination = request.headers.get("Sec-Fetch-Dest");
  if (destination !== null && !["empty", "document"].includes(destination)) refuse("destination");
  return origin;
}

// Reads HOST[:PORT].
function authority(text) {
  if (text.startsWith("[")) refuse(/^\[[0-9a-f:.]+\](:\d+)?$/i.test(text) ? "address-literal" : "host-malformed");
  const [, host, port] = /^([^:]*)(?::(.*))?$/.exec(text) ?? refuse("host-malformed");
  if (port !== undefined && (!/^\d{1,5}$/.test(port) || +port === 0 || +port > 65535)) refuse("host-malformed");
  const labels = host.toLowerCase().split(".");
  const plain = labels.every((label) => /^[a-z0-9_-]{1,63}$/.test(label));
  if (!plain || host.length > 253) refuse("host-malformed");
  if (/^(\d+|0x.*)$/.test(labels.at(-1))) refuse("address-literal");
  return { host: labels.join("."), port: port === undefined ? 443 : +port };
}

// The path, or null if it is ambiguous; as in src/target.rs.
function plainPath(path) {
  const plain = path.replace(/%3a/gi, ":");
  const segments = plain.split("/").slice(1);
  const good = segments.every((segment, at) =>
    /^[A-Za-z0-9\-._~:@+,=]*$/.test(segment) && segment !== "." && segment !== ".." &&
    (segment !== "" || at === segments.length - 1));
  return plain.startsWith("/") && good ? plain : null;
}

function pathFits(pattern, path) {
  const [want, got] = [pattern.split("/"), path.split("/")];
  for (let at = 0; ; at++) {
    if (at >= want.length || at >= got.length) return at >= want.length && at >= got.length;
    if (at > 0 && at === want.length - 1 && want[at] === "") return true;
    if (want[at] === "*" ? got[at] === "" : want[at] !== got[at]) return false;
  }
}

function check(target, redirect, config) {
  const paths = Object.hasOwn(config.requested, target.host) ? config.requested[target.host] : null;
  const path = plainPath(target.path);
  if (paths && target.port === 443 && path !== null && paths.some((it) => pathFits(it, path))) return;
  if (redirect && target.port === 443 && Object.hasOwn(config.redirected, target.host)) return;
  refuse(!paths ? "host-not-listed" : target.port !== 443 ? "port-not-listed" : "path-not-listed");
}

function targetOf(url, config) {
  const start = `${config.prefix}/`;
  if (!url.pathname.startsWith(start)) refuse("not-a-target");
  const [, scheme, named, path] = /^([^/]*)\/([^/]*)(\/.*)$/.exec(url.pathname.slice(start.length)) ?? refuse("not-a-target");
  if (scheme !== "https") refuse(["http", "ws", "wss", "ftp", "file", "data"].includes(scheme) ? "scheme" : "not-a-target");
  return { ...authority(named), path: plainPath(path) ?? path, query: url.search };
}

// The target of a Location. Parsed by hand, because a URL parser would repair what must be refused.
function redirectOf(from, location) {
  if (/^\/(?!\/)/.test(location)) {
    const [, path, query] = /^([^?#]*)(\?[^#]*)?/.exec(location);
    return { ...from, path, query: query ?? "" };
  }
  const absolute = location.startsWith("//") ? `https:${location}` : location;
  const [, scheme, named, path, query] =
    /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?/i.exec(absolute) ?? refuse("redirect-malformed");
  if (!["http", "https"].includes(scheme.toLowerCase())) refuse("scheme");
  const target = { ...authority(named), path: path || "/", query: query ?? "" };
  if (scheme.toLowerCase() === "http") refuse("scheme");
  return target;
}

function headersFor(request, withCredentials) {
  const headers = new Headers({ "Accept-Encoding": "identity", "User-Agent": "layerscope-proxy" });
  const names = ["Accept", "Range", "If-None-Match", ...(withCredentials ? ["Authorization"] : [])];
  for (const name of names) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}

async function follow(request, target, config) {
  let current = target;
  let withCredentials = true;
  for (let hop = 0; ; hop++) {
    const port = current.port === 443 ? "" : `:${current.port}`;
    const answer = await fetch(`https://${current.host}${port}${current.path}${current.query}`, {
      method: request.method,
      headers: headersFor(request, withCredentials),
      redirect: "manual",
      signal: request.signal ? AbortSignal.any([request.signal, config.signal]) : config.signal,
    }).catch(() => refuse(config.signal.aborted ? "timed-out" : "not-reached"));
    const location = answer.headers.get("Location");
    if (location === null || ![301, 302, 303, 307, 308].includes(answer.status)) return answer;
    await answer.body?.cancel();
    if (hop === REDIRECTS) refuse("too-many-redirects");
    current = redirectOf(current, location);
    check(current, true, config);
    withCredentials &&= current.host === target.host && current.port === target.port;
  }
}

const PASSED = [
  "Content-Range", "Content-Encoding", "ETag", "Link", "Retry-After", "Accept-Ranges",
  "Last-Modified", "Docker-Content-Digest", "OCI-Subject",
];

// Types that are given out, as in src/headers.rs.
const TYPES = [
  "application/json",
  "application/problem+json",
  "text/plain",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.config.v1+json",
  "application/vnd.oci.artifact.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v1+prettyjws",
];

// One of the types that are given out; bytes for all that something might execute.
function harmless(type) {
  const essence = type.split(";")[0].trim().toLowerCase();
  if (type.includes(",")) return "application/octet-stream";
  if (TYPES.includes(essence)) return essence;
  const vendors = essence.startsWith("application/vnd.") && essence.endsWith("+json");
  return vendors ? "application/json" : "application/octet-stream";
}

function headersOf(answer) {
  const headers = new Headers();
  for (const [name, value] of answer.headers) {
    if (PASSED.some((it) => it.toLowerCase() === name) || /^ratelimit(-|$)/.test(name)) headers.append(name, value);
    if (name === "www-authenticate") headers.append("X-Registry-Authenticate", value);
    if (name === "content-type") headers.set(name, harmless(value));
    if (name === "content-length" && /^\d+$/.test(value)) headers.set(name, value);
  }
  return headers;
}

// Adds the headers of every response, refusals included.
function protect(headers, origin) {
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  headers.set("Referrer-Policy", "no-referrer");
  headers.set("Cache-Control", "no-store");
  headers.set("Vary", "Origin");
  if (origin !== null) {
    headers.set("Access-Control-Allow-Origin", origin);
    headers.set("Access-Control-Expose-Headers",
      "Docker-Content-Digest, Content-Length, Content-Range, ETag, Link, Location, Retry-After, " +
      "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, OCI-Subject, X-Registry-Authenticate, X-Proxy-Error");
  }
  return headers;
}

function preflight() {
  return new Response(null, {
    status: 204,
    headers: {
      "Access-Control-Allow-Methods": "GET, HEAD",
      "Access-Control-Allow-Headers": "Accept, Authorization, Range, If-None-Match",
      "Access-Control-Max-Age": "600",
    },
  });
}

function refused({ code, message }) {
  const headers = new Headers({ "Content-Type": "application/json", "X-Proxy-Error": code });
  if (code === "method") headers.set("Allow", "GET, HEAD, OPTIONS");
  return new Response(JSON.stringify({ code, message }), { status: REFUSALS[code][0], headers });
}

async function pass(request, url, config) {
  if (!url.pathname.startsWith(config.prefix)) refuse("not-a-target");
  if (request.method === "OPTIONS") return preflight();
  if (!["GET", "HEAD"].includes(request.method)) refuse("method");
  if (request.body) refuse("body");
  const target = targetOf(url, config);
  check(target, false, config);
  // The time is for the headers only: a body takes as long as it needs.
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const answer = await follow(request, target, { ...config, signal: patience.signal });
    if (answer.status === 101) refuse("bad-answer");
    const empty = request.method === "HEAD" || [204, 304].includes(answer.status);
    return new Response(empty ? null : answer.body, { status: answer.status, headers: headersOf(answer) });
  } finally {
    clearTimeout(timer);
  }
}

export default {
  async fetch(request, env) {
    const config = settings(env);
    const url = new URL(request.url);
    let origin = null;
    let answer;
    try {
      origin = gate(request, url, config);
      answer = await pass(request, url, config);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer = refused(error);
    }
    const headers = protect(new Headers(answer.headers), origin);
    return new Response(answer.body, { status: answer.status, headers });
  },
};
