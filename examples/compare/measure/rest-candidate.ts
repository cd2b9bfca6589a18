import { setMaxListeners } from "node:events";
import * as rest from "toolkit/rest";
import { CallClient, type Caller } from "./call-client.js";
import type { Candidate } from "./candidate.js";
import { holdHTTP } from "./hold-http.js";
import { anyPort } from "./transports.js";

/** More than any message has. */
const maxBodyBytes = 64 * 2 ** 20;
const path = "/echo";

const echo = rest.resource(path, {
  POST: async (request) => new Uint8Array(await request.arrayBuffer()),
});

/** Makes the row of resources: each message is the body of a POST, and of its answer. */
export function restCandidate(name: "rest" | "rest-close"): Candidate {
  const closes = name === "rest-close";
  return {
    name,
    group: "http",
    side: "toolkit",
    carrier: "tcp",
    maxBurst: 8,
    countedMessages: 50,
    serve: async () => {
      const server = await rest.serve(anyPort, rest.handler({ resources: [echo], maxBodyBytes }));
      return { address: new URL(server.url).host, [Symbol.dispose]: () => server.close() };
    },
    connect: (address, load) => Promise.resolve(new CallClient(callerOf(address, closes), load)),
    hold: closes ? null : (address, { signal }) => holdHTTP(address, held, signal),
    note: `${closes ? "a connection for each request; " : ""}the client is Node's fetch, which takes most of the time`,
  };
}

const held = { path, contentType: "application/octet-stream", body: "hello" };

function callerOf(address: string, closes: boolean): Caller {
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // each request that is under way has one
  const headers = closes ? { Connection: "close" } : undefined;
  const client = rest.client(`http://${address}/`, { retry: false, headers });
  const options = { signal: closing.signal };
  return {
    call: async (message) => (await client.post<Uint8Array>(path, message, options)).value,
    close: () => closing.abort(),
    closed: Promise.resolve(),
  };
}
