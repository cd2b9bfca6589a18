// The ticker in a terminal: `npm run example ticker/client ws|sse|poll [SYMBOLS] [URL]`
import * as rest from "toolkit/rest";
import * as ws from "toolkit/ws";
import type { Tick } from "./market.js";
import type { Watch } from "./over-websocket.js";

const [how = "ws", symbols = "ACME,HOOLI", url = "http://127.0.0.1:8080"] = process.argv.slice(2);

for await (const { at, prices } of ticks()) {
  const columns = Object.entries(prices).map(([symbol, price]) => `${symbol} ${price.toFixed(2).padStart(7)}`);
  process.stdout.write(`${new Date(at).toISOString().slice(11, 19)}  ${columns.join("  ")}\n`);
}

/** Three ways to the same ticks. */
function ticks(): AsyncIterable<Tick> {
  switch (how) {
    case "ws":
      return overWebSocket();
    case "sse":
      return asEvents();
    case "poll":
      return byPolling();
    default:
      throw new RangeError(`No such way: ${how}; there are ws, sse and poll`);
  }
}

async function* overWebSocket(): AsyncGenerator<Tick> {
  const conn = await ws.dial(`${url.replace("http", "ws")}/`);
  await conn.writeJSON({ watch: symbols } satisfies Watch); // the first message is on its way already, with all symbols
  for await (const message of conn) yield message.json<Tick>();
}

async function* asEvents(): AsyncGenerator<Tick> {
  for await (const { data } of rest.eventSource(`${url}/events?symbols=${symbols}`)) yield JSON.parse(data) as Tick;
}

async function* byPolling(): AsyncGenerator<Tick> {
  const api = rest.client(url);
  const answers = rest.poll<Tick>(api, "/quotes", { query: { symbols }, intervalMs: 1000 });
  for await (const { value } of answers) yield value;
}
