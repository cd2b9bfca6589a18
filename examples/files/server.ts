import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import * as rest from "toolkit/rest";
import * as ws from "toolkit/ws";
import { files } from "../shared/files.js";
import type { Running } from "../shared/run-server.js";
import { maxControlBytes } from "./protocol.js";
import { Refused } from "./refused.js";
import { Store, type StoreOptions } from "./store.js";
import { Transfers } from "./transfers.js";

/** Where files are, and what bounds them. */
export interface FilesOptions extends StoreOptions {
  /** The folder. @default one in the system's folder for temporary files, which is removed in the end */
  readonly folder?: string | undefined;
}

const sweepMs = 600_000;

/** Serves the page, the files for its links, and transfers beside them on the same port. */
export async function serveFiles(address: string, options: FilesOptions = {}): Promise<Running> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "files-")));
  const removeFolder = () => (options.folder === undefined ? rm(folder, { recursive: true, force: true }) : undefined);
  try {
    const store = await Store.open(folder, options);
    const server = await rest.serve(address, rest.handler(...(await pageResources()), ...fileResources(store)));
    const conns = acceptTransfers(server, store);
    const sweeper = setInterval(() => void store.sweep(), sweepMs).unref();
    const stop = async () => {
      clearInterval(sweeper);
      for (const [conn] of conns) conn.close(ws.CloseGoingAway, "the server stops");
      await Promise.all([...conns.values(), server[Symbol.asyncDispose]()]);
      await removeFolder();
    };
    return { url: server.url, [Symbol.asyncDispose]: stop };
  } catch (err) {
    await removeFolder();
    throw err;
  }
}

function acceptTransfers({ server }: rest.RestServer, store: Store): Map<ws.Conn, Promise<void>> {
  const transfers = new Transfers(store);
  const conns = new Map<ws.Conn, Promise<void>>();
  const upgrader = new ws.Upgrader({ maxMessageBytes: maxControlBytes, heartbeat: {} });
  server.on("upgrade", (request, socket, head) => {
    const welcome = (conn: ws.Conn) => {
      const served = transfers.serve(conn).finally(() => conns.delete(conn));
      conns.set(conn, served);
    };
    upgrader.upgradeSocket(request, socket, head).then(welcome, () => {}); // who is refused has an answer already
  });
  return conns;
}

/** The list, and the files, for the page: a browser downloads by HTTP what would be in memory as one message. */
function fileResources(store: Store): rest.Resource[] {
  return [
    rest.resource("/files", { GET: () => store.list() }),
    rest.resource("/files/{name}", { GET: (_, { params }) => download(store, params.name) }),
  ];
}

async function download(store: Store, name: string): Promise<Response | undefined> {
  try {
    const file = await store.openFile(name);
    const { size } = await file.stat();
    return new Response(Readable.toWeb(file.createReadStream()) as ReadableStream<Uint8Array>, {
      headers: {
        "Content-Type": "application/octet-stream",
        "Content-Length": String(size),
        "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      },
    });
  } catch (err) {
    if (err instanceof Refused) return undefined; // a 404
    throw err;
  }
}

/** The page; its one library, the sum of what is read part by part, which browsers lack, is bundled for it. */
async function pageResources(): Promise<rest.Resource[]> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./sha256.mjs", import.meta.url))],
    bundle: true,
    format: "esm",
    write: false,
  });
  const headers = { "Content-Type": "text/javascript; charset=utf-8" };
  const script = () => new Response(outputFiles[0]?.text, { headers });
  const page = files(import.meta.url, "page.html", "page.css", "page.mjs", "upload.mjs", "../shared/style.css");
  return [...page, rest.resource("/sha256.mjs", { GET: script })];
}
