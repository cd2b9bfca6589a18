import type { PathValue, QueryInit } from "./options.js";

/** Makes the URL that everything is below: with a slash at its end, without query and fragment. */
export function baseOf(baseUrl: string | URL): URL {
  const base = new URL(baseUrl);
  if (base.protocol !== "http:" && base.protocol !== "https:") {
    throw new TypeError(`Base ${base.href} is neither http nor https`);
  }
  base.search = base.hash = "";
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  return base;
}

/**
 * Finds the URL of a path below the base, whether or not it begins with a slash.
 * @throws {TypeError} for a path that leads away from the base, and for a wildcard without a value
 */
export function targetOf(
  base: URL,
  path: string,
  params: Readonly<Record<string, PathValue>> = {},
  query?: QueryInit,
): URL {
  const url = new URL(base.href + fill(path, params).replace(/^\//, ""));
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) {
    throw new TypeError(`Path ${JSON.stringify(path)} leads away from ${base.href}`);
  }
  url.hash = "";
  for (const [name, value] of entriesOf(query)) url.searchParams.append(name, value);
  return url;
}

function fill(path: string, params: Readonly<Record<string, PathValue>>): string {
  const [before = "", ...query] = path.split("?");
  const filled = before.replace(/\{([^{}]*?)(\.\.\.)?\}/g, (_, name: string, tail?: string) => {
    if (!Object.hasOwn(params, name)) throw new TypeError(`Wildcard {${name}} of ${path} has no value`);
    const value = String(params[name]);
    return tail === undefined
      ? segment(value, name)
      : value
          .split("/")
          .map((part) => segment(part, name))
          .join("/");
  });
  return [filled, ...query].join("?");
}

/** A URL takes `.` and `..` for steps, escaped or not; nothing else does harm once it is escaped. */
function segment(value: string, name: string): string {
  if (value === "." || value === "..") throw new TypeError(`Value of {${name}} is ${JSON.stringify(value)}`);
  return encodeURIComponent(value);
}

function* entriesOf(query: QueryInit | undefined): Generator<[string, string]> {
  if (query === undefined) return;
  if (query instanceof URLSearchParams) return yield* query;
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined) yield [name, String(each)];
  }
}
