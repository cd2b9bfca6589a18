import { figuresOf, type TimedPhase } from "../measure/figures.js";
import { burstOf } from "../measure/loads.js";
import type { Figures, Group, Idle, Wire, WireBytes } from "../results.js";
import type { OpenSubject, Site, Subject } from "../subject.js";
import { type Command, GoProcess, type GoTraffic } from "./go-process.js";
import { LogHistogram } from "./log-histogram.js";
import { buildGo, missingGo, missingGorilla } from "./toolchain.js";

/** What is special about a subject. */
export interface GoRow {
  readonly name: string;
  readonly group: Group;
  readonly note: string;
  /** Whether it needs gorilla/websocket. */
  readonly gorilla?: boolean;
  /** Whether both ends live in the client's process. */
  readonly oneProcess?: boolean;
  /** Whether there are connections that idle. */
  readonly idles?: boolean;
  readonly maxMessageBytes?: number;
  readonly maxBurst?: number;
}

/** How many messages are counted on the wire, after as many that are not: numbers that grow have one length by then. */
const countedMessages = 300;
/** How many connections idle, and how many are opened before, so that all code is loaded. */
const [idleConns, earlierConns] = [200, 20] as const;

/** Returns the subject of a row: a Go program at both ends. */
export function goSubject(row: GoRow): Subject {
  const { name, group, note, gorilla = false } = row;
  return {
    name,
    group,
    note,
    side: "go",
    missing: gorilla ? missingGorilla : missingGo,
    open: (site) => open(row, site),
  };
}

async function open(row: GoRow, site: Site): Promise<OpenSubject> {
  const { folder, signal } = site;
  const program = await buildGo(folder);
  signal.throwIfAborted();
  const server = row.oneProcess === true ? null : new GoProcess(program, "server", signal);
  const client = new GoProcess(program, "client", signal);
  const end = async () => {
    await Promise.all([server?.[Symbol.asyncDispose](), client[Symbol.asyncDispose]()]);
  };
  try {
    const { address = "", cert = "" } = (await server?.ask({ op: "listen", name: row.name, folder })) ?? {};
    return new OpenGoSubject({ row, site, server, client, target: { name: row.name, address, cert }, end });
  } catch (err) {
    await end();
    throw err;
  }
}

interface Parts {
  readonly row: GoRow;
  readonly site: Site;
  readonly server: GoProcess | null;
  readonly client: GoProcess;
  /** What the client needs to know to connect. */
  readonly target: Omit<Command, "op">;
  end(): Promise<void>;
}

class OpenGoSubject implements OpenSubject {
  readonly #parts: Parts;
  readonly #roundTrips: TimedPhase<LogHistogram>[] = [];
  /** By the sizes of messages. */
  readonly #throughput: ReadonlyMap<number, TimedPhase<LogHistogram>[]>;
  #wire: Wire | null = null;
  #idle: Idle | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { maxMessageBytes = Number.POSITIVE_INFINITY } = parts.row;
    const sizes = parts.site.plan.sizes.filter((size) => size <= maxMessageBytes);
    this.#throughput = new Map(sizes.map((size) => [size, []]));
  }

  async warmUp(): Promise<void> {
    const { warmUpMs } = this.#parts.site.plan;
    this.#wire = await this.#countWire();
    if (this.#parts.row.idles === true) this.#idle = await this.#measureIdle();
    await this.#measureRoundTrips(warmUpMs);
    for (const size of this.#throughput.keys()) await this.#measureThroughput(size, warmUpMs);
  }

  async round(): Promise<void> {
    const { phaseMs } = this.#parts.site.plan;
    this.#roundTrips.push(await this.#measureRoundTrips(phaseMs));
    for (const [size, phases] of this.#throughput) phases.push(await this.#measureThroughput(size, phaseMs));
  }

  figures(): Figures {
    const [roundTrips, throughput, wire, idle] = [this.#roundTrips, this.#throughput, this.#wire, this.#idle];
    return figuresOf({ smallest: this.#smallest, roundTrips, throughput, wire, idle }, new LogHistogram());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.end();
  }

  get #smallest(): number {
    const [smallest = 0] = this.#throughput.keys();
    return smallest;
  }

  #measureRoundTrips(ms: number): Promise<TimedPhase<LogHistogram>> {
    return this.#connected(this.#smallest, () => this.#measure({ op: "round-trips", ms }));
  }

  #measureThroughput(size: number, ms: number): Promise<TimedPhase<LogHistogram>> {
    return this.#connected(size, () =>
      this.#measure({ op: "throughput", ms, count: burstOf(size, this.#parts.row.maxBurst) }),
    );
  }

  /** Does something on a connection of its own, of which one message came back already. */
  async #connected<T>(size: number, work: () => Promise<T>, counted = false): Promise<T> {
    const { client, target } = this.#parts;
    await client.ask({ op: "connect", ...target, size, counted });
    try {
      return await work();
    } finally {
      await client.ask({ op: "close" }).catch(() => {}); // what failed is told already
    }
  }

  async #measure(command: Command): Promise<TimedPhase<LogHistogram>> {
    const { client } = this.#parts;
    await client.ask({ op: "echo", count: 1 });
    const before = await this.#cpu();
    const traffic = await client.ask<GoTraffic>(command);
    const after = await this.#cpu();
    const perMessage = (from: number | null, to: number | null) =>
      from === null || to === null ? null : (to - from) / traffic.received;
    const { sent, received, seconds } = traffic;
    const [serverCpuMicros, clientCpuMicros] = [
      perMessage(before.server, after.server),
      perMessage(before.client, after.client),
    ];
    const times = new LogHistogram(traffic.counts, traffic.maxMicros);
    return { sent, received, seconds, times, serverCpuMicros, clientCpuMicros };
  }

  /** Where one process is both ends, it cannot be told apart. */
  async #cpu(): Promise<{ server: number | null; client: number | null }> {
    const { server, client } = this.#parts;
    if (server === null) return { server: null, client: null };
    const [ofServer, ofClient] = await Promise.all([server.cpuMicros(), client.cpuMicros()]);
    return { server: ofServer, client: ofClient };
  }

  #countWire(): Promise<Wire> {
    const { client } = this.#parts;
    const after = async (count: number) => {
      await client.ask({ op: "echo", count });
      return (await client.ask({ op: "wire" })).wire;
    };
    const count = async () => {
      const [first, second] = [await after(1), await after(1)];
      const [before, last] = [await after(countedMessages), await after(countedMessages)];
      const message = difference(last, before);
      return {
        handshake: difference(first, difference(second, first)),
        messageBytes: this.#smallest,
        message: { out: message.out / countedMessages, back: message.back / countedMessages },
      };
    };
    return this.#connected(this.#smallest, count, true);
  }

  async #measureIdle(): Promise<Idle> {
    const { client, server, target } = this.#parts;
    const memory = async () => (await server?.ask({ op: "memory" }))?.bytes ?? 0;
    const idle = (count: number) => client.ask({ op: "idle", ...target, size: this.#smallest, count });
    await idle(earlierConns);
    await client.ask({ op: "close-idle" });
    const before = await memory();
    await idle(idleConns);
    const after = await memory();
    await client.ask({ op: "close-idle" });
    return { conns: idleConns, serverBytesPerConn: Math.max(0, Math.round((after - before) / idleConns)) };
  }
}

function difference(a: WireBytes, b: WireBytes): WireBytes {
  return { out: a.out - b.out, back: a.back - b.back };
}
