import { dial } from "toolkit";
import { client, eventSource, poll } from "toolkit/rest";
import { newClient } from "toolkit/rpc";
import * as ws from "toolkit/ws";
import type { UpdateHead } from "../results.js";
import type { Addresses, State } from "./state.js";

/** Where a client sits: what it dials, what it wants to know, and who looks at its requests. */
export interface Seat {
  readonly address: string;
  readonly topic: string;
  /** Ends the watch, which may then throw. */
  readonly signal: AbortSignal;
  /** Makes requests, where there are any. */
  readonly fetch: (request: Request) => Promise<Response>;
}

/** A way to learn of updates. */
export interface Way {
  readonly head: UpdateHead;
  /** Which of the server's ports it needs. */
  readonly port: keyof Addresses;
  /** Gives the state as it is, and then whatever it learns. */
  watch(seat: Seat): AsyncIterable<State>;
}

/** Longer than any measurement has to wait for an update, and so no answer comes in vain. */
const waitSeconds = 25;

/** All of them, in the order of the report. */
export const ways: readonly Way[] = [
  { head: { name: "push-ws", kind: "push", intervalMs: null }, port: "ws", watch: overWebSocket },
  { head: { name: "push-sse", kind: "push", intervalMs: null }, port: "rest", watch: overEvents },
  {
    head: {
      name: "push-rpc-stream",
      kind: "push",
      intervalMs: null,
      note: "a call with many replies, over tcp, in msgpack; what goes out says how many more the client takes",
    },
    port: "rpc",
    watch: overStream,
  },
  {
    head: {
      name: "long-poll",
      kind: "long-poll",
      intervalMs: null,
      note: "the server answers once there is something new",
    },
    port: "rest",
    watch: (seat) => overPolls(seat, { waitSeconds }),
  },
  ...[20, 100, 500, 1000].map((intervalMs) => shortPoll(intervalMs)),
];

function shortPoll(intervalMs: number): Way {
  return {
    head: { name: `poll-${intervalMs}ms`, kind: "poll", intervalMs },
    port: "rest",
    watch: (seat) => overPolls(seat, { intervalMs }),
  };
}

async function* overWebSocket({ address, topic, signal }: Seat): AsyncGenerator<State, void, undefined> {
  await using conn = await ws.dial(`ws://${address}/`, { signal });
  await conn.writeMessage(ws.TextMessage, topic, { signal });
  for (;;) yield await conn.readJSON<State>({ signal });
}

async function* overEvents({ address, topic, signal, fetch }: Seat): AsyncGenerator<State, void, undefined> {
  const url = `http://${address}/events/${topic}`;
  for await (const { data } of eventSource(url, { signal, fetch })) yield JSON.parse(data) as State;
}

async function* overStream({ address, topic, signal }: Seat): AsyncGenerator<State, void, undefined> {
  using rpc = newClient(await dial("tcp", address), { codec: "msgpack" });
  yield* rpc.stream<State>("Updates.Watch", topic, { signal });
}

interface Asking {
  readonly intervalMs?: number;
  readonly waitSeconds?: number;
}

async function* overPolls(seat: Seat, asking: Asking): AsyncGenerator<State, void, undefined> {
  const { address, topic, signal, fetch } = seat;
  const api = client(`http://${address}/`, { fetch, retry: false });
  for await (const { value } of poll<State>(api, `/states/${topic}`, { signal, ...asking })) yield value;
}
