// After any sequence of calls that end in any way, nothing is left: no call, no place taken, no listener, no timer.
import fc from "fast-check";
import { pipe } from "toolkit/net";
import { type Client, type Interceptor, newClient, newPeer, type Reply, type ReplyStream, Server } from "toolkit/rpc";
import { afterAll, beforeAll, expect, test } from "vitest";

const turn = () => new Promise((resolve) => setImmediate(resolve));
const outcome = (call: Promise<unknown>) => call.catch((err: unknown) => err);

/** The timers of calls that wait long. */
const timers = new Set<unknown>();
const { setTimeout: set, clearTimeout: clear } = globalThis;
beforeAll(() => {
  globalThis.setTimeout = ((run: () => void, ms: number) => {
    const timer = set(run, ms);
    if (ms > 90_000 && ms <= 100_000) timers.add(timer);
    return timer;
  }) as typeof set;
  globalThis.clearTimeout = (timer: Parameters<typeof clear>[0]) => {
    timers.delete(timer);
    clear(timer);
  };
});
afterAll(() => {
  globalThis.setTimeout = set;
  globalThis.clearTimeout = clear;
});

class Work {
  readonly #waiting = new Set<() => void>();
  get waiting(): number {
    return this.#waiting.size;
  }
  Now(n: number, reply: Reply<number>): void {
    reply.value = n;
  }
  async Later(n: number, reply: Reply<number>): Promise<void> {
    await turn();
    reply.value = n;
  }
  Fail(_args: unknown, reply: Reply<number>): Error {
    void reply.call.deadline;
    return new Error("failed");
  }
  Unsendable(_args: unknown, reply: Reply): void {
    reply.value = () => 1;
  }
  /** Waits until it is let go, or given up. */
  async Wait(_args: unknown, reply: Reply): Promise<void> {
    const { signal } = reply.call;
    await new Promise<void>((resolve) => {
      const go = () => {
        this.#waiting.delete(go);
        signal.removeEventListener("abort", go);
        resolve();
      };
      this.#waiting.add(go);
      if (signal.aborted) go();
      else signal.addEventListener("abort", go);
    });
  }
  async Feed(n: number, reply: ReplyStream<number>): Promise<void> {
    for (let i = 0; i < n; i++) await reply.send(i);
  }
  release(): void {
    for (const go of Array.from(this.#waiting)) go(); // each leaves the set
  }
}

/** A signal that counts who listens. */
function counted() {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  return { controller, signal, listeners: () => listeners };
}

const method = fc.constantFrom("Now", "Later", "Fail", "Unsendable", "Wait", "Feed", "Nothing");
const limits = fc.record({
  timeoutMs: fc.option(fc.constantFrom(0, 1, 2, 100_000), { nil: undefined }),
  hasSignal: fc.boolean(),
});
const command = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("call" as const), method, limits }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("go" as const), method }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("notify" as const), method }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("stream" as const),
      method,
      limits,
      reads: fc.nat(12),
      window: fc.integer({ min: 1, max: 4 }),
      breaks: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: "turn" as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: "abort" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "release" as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("end" as const), how: fc.nat(3) }) },
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

const maxTotalCalls = 6;
const maxTotalQueuedCalls = 3;
const passing: Interceptor = async (call, next) => {
  await Promise.resolve();
  return next(call);
};

/** A server, and a client of it that is replaced when it ends. */
class World {
  readonly work = new Work();
  readonly server: Server;
  readonly waits: Promise<unknown>[] = [];
  readonly signals: ReturnType<typeof counted>[] = [counted()];
  readonly #isPeer: boolean;
  readonly #interceptors: readonly Interceptor[];
  #hangUp: (() => void) | null = null;
  #halfClose: (() => Promise<void>) | null = null;
  readonly clients: Client[] = [];

  constructor(isPeer: boolean, isIntercepted: boolean) {
    this.#isPeer = isPeer;
    this.#interceptors = isIntercepted ? [passing] : [];
    this.server = new Server({
      maxConcurrentCalls: 4,
      maxQueuedCalls: 4,
      maxTotalCalls,
      maxTotalQueuedCalls,
      whenBusy: "refuse",
      interceptors: this.#interceptors,
    });
    this.server.register(this.work as object);
  }

  connect(): Client {
    const [ours, theirs] = pipe();
    this.waits.push(this.server.serveConn(theirs, { codec: "msgpack" }));
    const options = { interceptors: this.#interceptors };
    const client = this.#isPeer ? newPeer(ours, options) : newClient(ours, options);
    this.#hangUp = () => theirs.close();
    this.#halfClose = () => ours.closeWrite();
    this.clients.push(client);
    return client;
  }

  #client(): Client {
    const last = this.clients.at(-1);
    return last?.state === "open" ? last : this.connect();
  }

  #options({ timeoutMs, hasSignal }: { timeoutMs?: number | undefined; hasSignal: boolean }) {
    return { timeoutMs, signal: hasSignal ? this.signals.at(-1)?.signal : undefined };
  }

  async run(command: Command): Promise<void> {
    const client = this.#client();
    const name = "method" in command ? `Work.${command.method}` : "";
    if (command.kind === "call") this.waits.push(outcome(client.call(name, 3, this.#options(command.limits))));
    else if (command.kind === "go") this.waits.push(client.go(name, 3).done);
    else if (command.kind === "notify") this.waits.push(outcome(client.notify(name, 3)));
    else if (command.kind === "stream") this.waits.push(outcome(this.#read(client, name, command)));
    else if (command.kind === "turn") await turn();
    else if (command.kind === "release") this.work.release();
    else if (command.kind === "abort") {
      this.signals.at(-1)?.controller.abort();
      this.signals.push(counted());
    } else if (command.how === 0) client.close();
    else if (command.how === 1) this.#hangUp?.();
    else if (command.how === 2) await outcome(this.#halfClose?.() ?? turn());
  }

  async #read(client: Client, name: string, command: Extract<Command, { kind: "stream" }>): Promise<void> {
    const options = { ...this.#options(command.limits), window: command.window };
    const numbers = client.stream(name, 8, options);
    for (let i = 0; i < command.reads; i++) if ((await numbers.next()).done === true) return;
    if (command.breaks) await numbers.return?.();
    else for (;;) if ((await numbers.next()).done === true) return;
  }

  /** Lets all go that is under way, and waits for it. */
  async settle(): Promise<void> {
    const over = { yes: false };
    this.signals.at(-1)?.controller.abort();
    for (const client of this.clients) if (client.pendingCalls === 0) client.close();
    const all = Promise.all(this.waits.splice(0)).then(() => (over.yes = true));
    for (let i = 0; !over.yes; i++) {
      this.work.release();
      await turn();
      if (i === 50) for (const client of this.clients) client.close();
    }
    await all;
    for (let i = 0; i < 100 && this.running > 0; i++) await turn(); // methods whose connection ended before them
  }

  get running(): number {
    const methods = this.server.services[0]?.methods ?? [];
    return methods.reduce((sum, { running }) => sum + running, 0);
  }
}

/** Fills every place that there is: so many run, so many wait, and one more is refused. */
async function probe(world: World): Promise<void> {
  const clients = [world.connect(), world.connect()];
  const calls = clients.flatMap((client) =>
    Array.from({ length: maxTotalCalls }, () => outcome(client.call("Work.Wait", null))),
  );
  while (world.work.waiting < maxTotalCalls) await turn();
  const refused = new Set<unknown>();
  for (const call of calls) void call.then((each) => each instanceof Error && refused.add(each));
  while (refused.size < maxTotalCalls - maxTotalQueuedCalls) await turn();
  for (let i = 0; i < 5; i++) await turn();
  expect(refused.size).toBe(2 * maxTotalCalls - maxTotalCalls - maxTotalQueuedCalls);
  expect(world.work.waiting).toBe(maxTotalCalls);
  await world.settle();
  await Promise.all(calls);
}

test.each([
  ["a client", false, false],
  ["a peer", true, false],
  ["a client with interceptors on both sides", false, true],
  ["a peer with interceptors on both sides", true, true],
])("calls of %s that end in any way leave nothing behind", async (_, isPeer, isIntercepted) => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 60, size: "max" }), async (commands) => {
      const world = new World(isPeer, isIntercepted);
      for (const each of commands) await world.run(each);
      await world.settle();
      for (const { listeners } of world.signals) expect(listeners()).toBe(0);
      for (const client of world.clients) expect(client.pendingCalls).toBe(0);
      expect(world.running).toBe(0);
      await probe(world);
      await world.server.shutdown({ graceMs: 10_000 });
      expect(timers.size).toBe(0);
    }),
    { numRuns: 25 },
  );
});
