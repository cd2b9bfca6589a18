import * as rest from "toolkit/rest";
import * as ws from "toolkit/ws";
import type { Results } from "../results.js";
import { template } from "./assets.js";
import { fill } from "./render.js";
import { Viewers } from "./viewers.js";

/** The report of a run that goes on. */
export interface LiveReport extends AsyncDisposable {
  /** Where the page is. */
  readonly url: string;
  /** Shows these results from now on; it waits for no page. */
  show(results: Results): void;
}

/** Serves the report on a port of this machine, and tells the pages that are open what is new. */
export async function serveReport(): Promise<LiveReport> {
  const page = template();
  const viewers = new Viewers();
  let latest: Results | null = null;
  const headers = { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" };
  const GET = () => new Response(fill(page, latest, "live"), { headers });
  const server = await rest.serve("127.0.0.1:0", rest.handler(rest.resource("/{$}", { GET })));

  // A page sends nothing; one whose machine is gone is noticed within a minute.
  const upgrader = new ws.Upgrader({ maxMessageBytes: 1024, heartbeat: {}, enableCompression: true });
  server.server.on("upgrade", (request, socket, head) => {
    upgrader.upgradeSocket(request, socket, head).then(
      (conn) => viewers.add(conn),
      () => {}, // who is refused has an answer already
    );
  });

  return {
    url: `${server.url}/`,
    show(results) {
      latest = results;
      viewers.show(JSON.stringify(results));
    },
    async [Symbol.asyncDispose]() {
      await viewers[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
