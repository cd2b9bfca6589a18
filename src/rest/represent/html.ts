import { plainState } from "../go-json.js";
import type { EncodeContext, Representation } from "../types.js";
import { Markup, markup } from "./markup.js";

const mediaType = "text/html";
const contentType = "text/html; charset=utf-8";

const style = new Markup(`<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 1.5rem auto; max-width: 60rem; padding: 0 1rem; overflow-wrap: anywhere }
table { border-collapse: collapse; display: block; overflow-x: auto }
th, td { border: 1px solid #8886; padding: .3rem .6rem; text-align: left; vertical-align: top }
dt { font-weight: 600 } dd { margin: 0 0 .6rem 1.2rem }
</style>`);

/** Writes a state as a page that a human can read: objects as lists of terms, arrays of objects as tables. */
export const html: Representation = {
  mediaType,
  contentType,
  problem: {
    mediaType,
    contentType,
    encode: ({ title, status, ...more }) => page(`${String(status)} ${String(title)}`, show(more, 0)),
  },
  encode: (value, { url, schema }) => page(url?.pathname ?? "", show(plainState(value, schema), 0)),
};

/**
 * Makes a representation of pages of your own.
 *
 * @example
 * ```ts
 * import { handler, json, markup, resource, view } from "toolkit/rest";
 *
 * const page = view<{ name: string }>(({ name }) => markup`<h1>${name}</h1>`);
 * const ada = resource("/ada", { GET: () => ({ name: "Ada <3" }), represent: [json, page] });
 * const request = new Request("http://localhost/ada", { headers: { Accept: "text/html" } });
 * console.log(await (await handler(ada)(request)).text()); // <h1>Ada &lt;3</h1>
 * ```
 */
export function view<T>(render: (value: T, context: EncodeContext) => Markup | Promise<Markup>): Representation {
  return {
    mediaType,
    contentType,
    ...(html.problem === undefined ? {} : { problem: html.problem }),
    encode: async (value, context) => String(await render(value as T, context)),
  };
}

function page(title: string, content: Markup): string {
  return String(markup`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
${style}</head>
<body><h1>${title}</h1>
${content}
</body>
</html>
`);
}

/** What lies deeper is shown as JSON. */
const maxShown = 12;

function show(value: unknown, depth: number): Markup {
  if (depth > maxShown) return markup`<code>${JSON.stringify(value)}</code>`;
  const plain = hasToJson(value) ? value.toJSON() : value;
  if (typeof plain !== "object" || plain === null) return showScalar(plain);
  if (!Array.isArray(plain)) return showRecord(plain as Record<string, unknown>, depth);
  const items: readonly unknown[] = plain;
  const columns = columnsOf(items);
  if (columns !== null) return showTable(items as readonly Record<string, unknown>[], columns, depth);
  return markup`<ul>${items.map((item) => markup`<li>${show(item, depth + 1)}</li>`)}</ul>`;
}

function hasToJson(value: unknown): value is { toJSON(): unknown } {
  return typeof (value as { toJSON?: unknown } | null | undefined)?.toJSON === "function";
}

function showScalar(value: unknown): Markup {
  const text = String(value);
  return /^https?:\/\/[^\s]+$/.test(text) ? markup`<a href="${text}">${text}</a>` : markup`${text}`;
}

function showRecord(record: Readonly<Record<string, unknown>>, depth: number): Markup {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return markup`<dl>${entries.map(([name, value]) => markup`<dt>${name}</dt><dd>${show(value, depth + 1)}</dd>`)}</dl>`;
}

function showTable(rows: readonly Record<string, unknown>[], columns: readonly string[], depth: number): Markup {
  const head = columns.map((name) => markup`<th>${name}</th>`);
  const cell = (row: Record<string, unknown>, name: string) =>
    Object.hasOwn(row, name) ? show(row[name], depth + 1) : "";
  const body = rows.map((row) => markup`<tr>${columns.map((name) => markup`<td>${cell(row, name)}</td>`)}</tr>`);
  return markup`<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

/** A table has as many columns at most. */
const maxColumns = 30;

/** Gives the names of the columns of a table, where the items make one. */
function columnsOf(items: readonly unknown[]): readonly string[] | null {
  const names = new Set<string>();
  for (const item of items) {
    if (typeof item !== "object" || item === null || Array.isArray(item) || hasToJson(item)) return null;
    for (const name of Object.keys(item)) names.add(name);
    if (names.size > maxColumns) return null;
  }
  return names.size === 0 ? null : [...names];
}
