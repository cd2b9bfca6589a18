// The process of the updates' server: tells where it listens, updates topics as it is told, until its parent is gone.
import { setTimeout as sleep } from "node:timers/promises";
import { listen } from "toolkit";
import type { Listener } from "toolkit/net";
import { events, Feed, handler, longPoll, reply, resource, serve } from "toolkit/rest";
import { type ReplyStream, Server } from "toolkit/rpc";
import * as ws from "toolkit/ws";
import { type Addresses, type Done, now, type Schedule, type State } from "./state.js";

const anyPort = "127.0.0.1:0";
const topics = new Map<string, Topic>();

/** One state that changes, and all who watch it, however they do. */
class Topic {
  readonly feed = new Feed<State>();
  #state: State = { n: 0, at: Date.now() };

  constructor() {
    this.feed.publish(this.#state);
  }

  get state(): State {
    return this.#state;
  }

  /** Makes a new state, and returns when that was. */
  update(): number {
    const time = now();
    this.#state = { n: this.#state.n + 1, at: Date.now() };
    this.feed.publish(this.#state);
    return time;
  }
}

function topicOf(name: string): Topic {
  const topic = topics.get(name) ?? new Topic();
  topics.set(name, topic);
  return topic;
}

/** Answers at once, or, if the client prefers to wait, when there is something new. */
const states = resource("/states/{topic}", {
  GET: (request, { params }) => {
    const topic = topicOf(params.topic);
    const read = () => ({ value: topic.state, etag: String(topic.state.n) });
    if (!request.headers.has("Prefer")) return reply(topic.state, { etag: read().etag });
    return longPoll(request, { read, changed: (signal) => topic.feed.changed(topic.feed.last, signal) });
  },
});
const streams = resource("/events/{topic}", {
  GET: (request, { params }) => events(request, ({ signal }) => topicOf(params.topic).feed.subscribe(0, signal)),
});

/** The same by a call that has many replies. */
class Updates {
  async Watch(topic: string, stream: ReplyStream<State>): Promise<void> {
    for await (const { data } of topicOf(topic).feed.subscribe(0, stream.call.signal)) await stream.send(data);
  }
}

/** A client's first message says which topic it wants; then all states go there. */
async function push(conn: ws.Conn): Promise<void> {
  try {
    const topic = topicOf((await conn.readMessage()).text());
    const over = new AbortController();
    void conn.closed.then(() => over.abort());
    for await (const { data } of topic.feed.subscribe(0, over.signal)) await conn.writeJSON(data);
  } catch {
    conn.closeNow(); // the client is gone
  }
}

async function pushToAll(listener: Listener<ws.Conn>): Promise<void> {
  for await (const conn of listener) void push(conn);
}

// A terminal's Ctrl-C reaches both processes; the parent decides what happens then.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
process.on("message", (schedule: Schedule) => void update(schedule));

async function update({ topic, moments }: Schedule): Promise<void> {
  const times = await Promise.all(moments.map((ms) => sleep(ms).then(() => topicOf(topic).update())));
  times.sort((a, b) => a - b);
  const done: Done = { topic, times };
  process.send?.(done);
}

const rest = await serve(anyPort, handler({ resources: [states, streams] }));
const wsListener = await ws.listen(anyPort);
void pushToAll(wsListener);
const rpcListener = await listen("tcp", anyPort);
const server = new Server();
server.register(new Updates());
void server.accept(rpcListener);

const addresses: Addresses = {
  rest: new URL(rest.url).host,
  ws: new URL(wsListener.addr.toString()).host,
  rpc: rpcListener.addr.toString(),
};
process.send?.(addresses);
