import { median, round, serve } from "../harness.js";

/** One server and client. */
export interface Pair {
  readonly name: string;
  /** Starts the server; `null` where something is not installed. */
  readonly server: readonly string[] | null;
  /** Starts the client, but for its last arguments: where to, and how much. */
  readonly client: readonly string[] | null;
}

/** What one measurement says. */
interface Figures {
  readonly rate: number;
  /** CPU for each call, in µs. */
  readonly serverCPU: number;
  readonly clientCPU: number;
  /** In µs. */
  readonly p50: number;
}

/** Keeps a client at work; resolves to what it prints last, and calls back at the lines before. */
export type Drive = (command: readonly string[], onLine: (line: string) => void) => Promise<string>;

interface Told {
  readonly calls: number;
  readonly ms: number;
  readonly cpu: number;
  readonly p50: number;
}

/** Measures all pairs in turn, so many times, each in fresh processes; prints medians, and ratios to the first. */
export async function table(
  title: string,
  pairs: readonly Pair[],
  load: readonly string[],
  drive: Drive,
  rounds: number,
): Promise<void> {
  const found = new Map<string, Figures[]>(pairs.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const pair of pairs) {
      const figures = await measure(pair, load, drive).catch((err: unknown) => failed(pair, err));
      if (figures !== null) found.get(pair.name)?.push(figures);
    }
  }
  console.log(`\n${title}`);
  console.table(
    Object.fromEntries([...found].map(([name, list]) => [name, row(list, found.get(pairs[0]?.name ?? "") ?? [])])),
  );
}

async function measure({ server, client }: Pair, load: readonly string[], drive: Drive): Promise<Figures | null> {
  if (server === null || client === null) return null;
  const served = await serve(server);
  try {
    let cpu = 0;
    const last = await drive([...client, served.address, ...load], (line) => {
      if (line === "START") cpu -= served.cpuMicros();
      if (line === "END") cpu += served.cpuMicros();
    });
    const told = JSON.parse(last) as Told;
    if (told.calls === 0) throw new Error("no call was answered in time");
    const rate = (told.calls / told.ms) * 1000;
    return { rate, serverCPU: cpu / told.calls, clientCPU: told.cpu / told.calls, p50: told.p50 };
  } finally {
    await served.stop();
  }
}

function failed({ name }: Pair, err: unknown): null {
  console.error(`${name}: ${err instanceof Error ? err.message : String(err)}`);
  return null;
}

function row(list: readonly Figures[], first: readonly Figures[]): object {
  if (list.length === 0) return { "calls/s": "not run: see above" };
  const of = (figures: readonly Figures[], key: keyof Figures) => median(figures.map((each) => each[key]));
  return {
    "calls/s": Math.round(of(list, "rate")),
    "server µs/call": round(of(list, "serverCPU")),
    "client µs/call": round(of(list, "clientCPU")),
    "p50 µs": round(of(list, "p50")),
    "× calls": round(of(list, "rate") / of(first, "rate")),
    "× server CPU": round(of(list, "serverCPU") / of(first, "serverCPU")),
    "× p50": round(of(list, "p50") / of(first, "p50")),
  };
}
