import { debugScript } from "./debug-script.js";
import type { DebugLatency, DebugMethod, DebugService, DebugSnapshot } from "./debug-snapshot.js";
import { debugStyle } from "./debug-style.js";

/** Writes the debug page as HTML; all that a service may be called is escaped. */
export function debugHTML(snapshot: DebugSnapshot): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>RPC services</title>
<style>${debugStyle}</style>
</head>
<body>
<header><h1>RPC services</h1><span id="live" role="status" data-state="paused">not live</span>
<nav><a href="?format=json">JSON</a></nav></header>
<main>${summaryHTML(snapshot)}${servicesHTML(snapshot)}</main>
<script>${debugScript}</script>
</body>
</html>
`;
}

function summaryHTML({ services: all, connections, startedAt }: DebugSnapshot): string {
  const methods = all.flatMap((service) => service.methods);
  const sum = (key: "calls" | "running" | "errors") => methods.reduce((total, method) => total + method[key], 0);
  const since = startedAt.toISOString();
  const facts = [
    fact("Up", `<time datetime="${since}" title="since ${since}">since ${since.slice(0, 10)}</time>`),
    fact("Connections", count(connections)),
    fact("Calls", count(sum("calls"))),
    fact("Running", count(sum("running"), "busy")),
    fact("Errors", count(sum("errors"), "bad")),
  ];
  return `<dl>${facts.join("")}</dl>`;
}

function fact(name: string, html: string): string {
  return `<div><dt>${name}</dt><dd>${html}</dd></div>`;
}

function servicesHTML({ services: all }: DebugSnapshot): string {
  if (all.length === 0) return '<p class="empty">No services are registered.</p>';
  const range = rangeOf(all.flatMap(({ methods }) => methods.map(({ latencyMs }) => latencyMs)));
  return all.map((each) => serviceHTML(each, range)).join("");
}

const headings = ["Method", "Calls", "Errors", "Running", "Latency", "p50", "p90", "p99", "Max"];

function serviceHTML({ name, methods, skipped }: DebugService, range: Range): string {
  const head = headings.map((heading) => `<th scope="col">${heading}</th>`).join("");
  const rows = methods.map((each) => methodHTML(each, range)).join("");
  const reasons = skipped.map((each) => `<li><code>${escapeHTML(each.name)}</code> ${escapeHTML(each.reason)}</li>`);
  const rest =
    skipped.length === 0
      ? ""
      : `<details><summary>${skipped.length} not served</summary><ul>${reasons.join("")}</ul></details>`;
  const how = `${methods.length} ${methods.length === 1 ? "method" : "methods"}`;
  const table = `<table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`;
  return `<section><h2>${escapeHTML(name)} <small>${how}</small></h2>${table}${rest}</section>`;
}

function methodHTML(
  { name, signature, calls, errors, running, latencyMs, isStream }: DebugMethod,
  range: Range,
): string {
  const { p50, p90, p99, max } = latencyMs;
  const cells: readonly (readonly [string, string])[] = [
    ["Calls", count(calls)],
    ["Errors", count(errors, "bad")],
    ["Running", count(running, "busy")],
    ["Latency", scale(latencyMs, range)],
    ...(
      [
        ["p50", p50],
        ["p90", p90],
        ["p99", p99],
        ["Max", max],
      ] as const
    ).map(([label, ms]) => [label, calls === 0 ? '<span class="zero">–</span>' : duration(ms)] as const),
  ];
  const tag = isStream ? '<span class="tag">stream</span>' : "";
  const tds = cells.map(([label, html]) => `<td data-label="${label}">${html}</td>`).join("");
  return `<tr><td>${signatureHTML(name, signature)}${tag}</td>${tds}</tr>`;
}

/** Sets the name off where the signature begins with it. */
function signatureHTML(name: string, signature: string): string {
  if (!signature.startsWith(name)) return `<code><b>${escapeHTML(name)}</b> ${escapeHTML(signature)}</code>`;
  return `<code><b>${escapeHTML(name)}</b>${escapeHTML(signature.slice(name.length))}</code>`;
}

function count(n: number, kind = ""): string {
  const text = n.toLocaleString("en-US").replaceAll(",", "\u202f"); // a narrow space
  return n === 0 ? '<span class="zero">0</span>' : `<span class="${kind}">${text}</span>`;
}

/** What the drawn latencies lie between, in ms. */
interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** No latency is drawn as shorter: a clock does not tell. */
const leastMs = 1e-6;

function rangeOf(latencies: readonly DebugLatency[]): Range {
  const known = latencies.filter(({ p50, p99 }) => p50 > leastMs && p99 > leastMs);
  const fromMs = known.reduce((least, { p50 }) => Math.min(least, p50), Number.POSITIVE_INFINITY) / 2;
  return { fromMs, toMs: known.reduce((most, { p99 }) => Math.max(most, p99), fromMs * 4) };
}

/** Draws how long calls took beside those of the other methods, on a logarithmic scale. */
function scale(latency: DebugLatency, { fromMs, toMs }: Range): string {
  const width = (ms: number) => ((100 * Math.log(ms / fromMs)) / Math.log(toMs / fromMs)).toFixed(1);
  const bars = (["p99", "p90", "p50"] as const).map((name) => {
    const ms = latency[name];
    return ms > fromMs ? `<rect class="${name}" width="${width(ms)}" height="10"/>` : "";
  });
  const label = `p50 ${duration(latency.p50)}, p90 ${duration(latency.p90)}, p99 ${duration(latency.p99)}`;
  return `<svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="${label}">${bars.join("")}</svg>`;
}

/** Writes a span of time with three digits, in the unit that suits it. */
export function duration(ms: number): string {
  const [value, unit] = ms < 1 ? [ms * 1000, "µs"] : ms < 1000 ? [ms, "ms"] : [ms / 1000, "s"];
  return `${value >= 100 ? Math.round(value) : Number(value.toPrecision(3))} ${unit}`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHTML(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char] as string);
}
