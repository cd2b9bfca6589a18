import { fileURLToPath } from "node:url";
import * as rest from "toolkit/rest";
import type { Rolldown } from "vite";

type Files = ReadonlyMap<string, string | Uint8Array>;

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

/** Makes resources of the page, which is built when it is first asked for: the server is there at once. */
export function page(): rest.Resource[] {
  let built: Promise<Files> | undefined;
  const answer = async (name: string) => {
    built ??= build();
    const content = (await built).get(name);
    if (content === undefined) throw new rest.Problem(404);
    const type = types[name.split(".").at(-1) ?? ""] ?? "application/octet-stream";
    return new Response(content as BodyInit, { headers: { "Content-Type": type } });
  };
  return [
    rest.resource("/{$}", { GET: () => answer("index.html") }),
    rest.resource("/assets/{name}", { GET: (_request, { params }) => answer(`assets/${params.name}`) }),
  ];
}

/** Builds with Vite, in memory. */
async function build(): Promise<Files> {
  const [vite, { default: vue }] = await Promise.all([import("vite"), import("@vitejs/plugin-vue")]); // they take a while
  const { output } = (await vite.build({
    configFile: false,
    root: fileURLToPath(new URL("./", import.meta.url)),
    plugins: [vue()],
    // A program that has installed toolkit needs none of this: here its sources are taken, as by all examples.
    resolve: { conditions: ["toolkit-source", "browser", "module"] },
    build: { write: false, modulePreload: { polyfill: false } },
    logLevel: "silent", // what fails is thrown
  })) as Rolldown.RolldownOutput;
  return new Map(output.map((file) => [file.fileName, file.type === "chunk" ? file.code : file.source]));
}
