import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import * as rest from "toolkit/rest";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
};

/** Makes a resource of each file: a page is at `/`, all else at its own name. They are read anew for each request. */
export function files(base: string, ...names: readonly string[]): rest.Resource[] {
  return names.map((name) => {
    const type = types[extname(name)] ?? "application/octet-stream";
    const pattern = name.endsWith(".html") ? "/{$}" : `/${basename(name)}`;
    const get = async () => new Response(await readFile(new URL(name, base)), { headers: { "Content-Type": type } });
    return rest.resource(pattern, { GET: get });
  });
}
