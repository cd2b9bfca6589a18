import type { Figures, Group, Results, Series, Throughput, UpdateFigures, UpdateRow, WireBytes } from "../results.js";
import { count, figure, none, size, times } from "./format.js";
import type { Paint } from "./paint.js";
import { figuresOf, isMeasured, type Pair, pairsOf } from "./pairs.js";
import { type Block, type Column, type Content, renderTable } from "./table.js";

/** A table with its title, and what its figures mean. */
export interface Section {
  readonly title: string;
  readonly meaning: string;
  readonly table: string;
}

type Read = (figures: Figures) => number | null | undefined;
type Columns = readonly Column<Pair>[];

const groupTitles: Readonly<Record<Group, string>> = {
  conn: "Conns",
  rpc: "Calls of methods",
  http: "Requests",
  browser: "From a page in a browser",
};

/** Makes all tables of a run that have something to show. */
export function sectionsOf(results: Results, paint: Paint): Section[] {
  const pairs = pairsOf(results).filter(isMeasured);
  const desk = new Desk(pairs, results.plan.sizes, paint);
  const updates = results.updates.filter((row) => row.status === "measured");
  return [
    ...(pairs.length === 0 ? [] : [roundTrips(desk), throughput(desk), cpu(desk), bytes(desk)]),
    ...(updates.length === 0 ? [] : [learning(updates, paint)]),
  ];
}

/** Makes tables of pairs. */
class Desk {
  readonly pairs: readonly Pair[];
  /** Whether the second column has anything to show. */
  readonly hasGo: boolean;
  readonly sizes: readonly number[];
  readonly #paint: Paint;

  constructor(pairs: readonly Pair[], sizes: readonly number[], paint: Paint) {
    this.pairs = pairs;
    this.sizes = sizes;
    this.hasGo = pairs.some(({ go }) => figuresOf(go) !== null);
    this.#paint = paint;
  }

  /** All figures of all measured rows, to look what there is. */
  get figures(): Figures[] {
    return this.pairs.flatMap(({ toolkit, go }) => [figuresOf(toolkit), figuresOf(go)]).filter((one) => one !== null);
  }

  /** Finds what goes into the column of a size: of this one, or the largest that fits, if this one does not. */
  at({ throughput: all }: Figures, bytesEach: number): Throughput | undefined {
    const below = this.sizes.filter((one) => one < bytesEach).at(-1) ?? 0;
    return all.find(({ messageBytes }) => messageBytes <= bytesEach && messageBytes > below);
  }

  table(groups: readonly Columns[]): string {
    const kinds = Object.entries(groupTitles);
    const blocks = kinds.flatMap(([group, title]): Block<Pair>[] => {
      const lines = this.pairs.filter((pair) => pair.group === group);
      return lines.length === 0 ? [] : [{ title, lines }];
    });
    return renderTable({ blocks, groups, nameOf: ({ name }) => name, competes: isApart }, this.#paint);
  }

  /** Returns a further sentence, if there is something of Go's to show. */
  aboutGo(text: string): string {
    return this.hasGo ? ` ${text}` : "";
  }

  /** Returns columns if there is something of Go's to show. */
  withGo(columns: Columns): Columns {
    return this.hasGo ? columns : [];
  }
}

function roundTrips(desk: Desk): Section {
  const perSecond: Read = ({ roundTrips: trips }) => trips.perSecond.value / 1000;
  const latency = (name: string, read: Read): Columns => [
    { head: `${name}\nµs`, best: "lowest", format: figure, content: ours(read) },
    ...desk.withGo([{ head: "Go\nµs", best: "lowest", format: figure, content: gos(read) }]),
  ];
  const [bytesOf64 = 64] = desk.figures.map(({ roundTrips: trips }) => trips.messageBytes);
  return {
    title: `Round trips of ${size(bytesOf64)}, and how long they take`,
    meaning: `One message at a time, there and back. k/s: thousands a second.${desk.aboutGo("Go is ×2: twice as many as the toolkit.")}`,
    table: desk.table([
      [
        { head: "toolkit\nk/s", best: "highest", format: figure, content: oursOrStatus(perSecond) },
        ...desk.withGo([
          { head: "Go\nk/s", best: "highest", format: figure, content: gos(perSecond) },
          { head: "\nGo is", content: ratio(perSecond) },
        ]),
      ],
      latency("p50", ({ roundTrips: { p50Micros } }) => p50Micros.value),
      latency("p99", ({ roundTrips: { p99Micros } }) => p99Micros.value),
      latency("p99.9", ({ roundTrips: { latency: all } }) => all.p999Micros),
    ]),
  };
}

function throughput(desk: Desk): Section {
  const columnsOf = (bytesEach: number): Columns => {
    const small = bytesEach < 1024;
    const read: Read = (figures) => {
      const measured = desk.at(figures, bytesEach);
      if (measured === undefined) return null;
      const { perSecond, messageBytes } = measured;
      return (perSecond.value * (small ? 1 : messageBytes)) / (small ? 1000 : 2 ** 20);
    };
    const head = `${size(bytesEach)}\n${small ? "k/s" : "MiB/s"}`;
    return [
      { head, best: "highest", format: figure, content: ours(read) },
      ...desk.withGo([{ head: "\nGo is", content: ratio(read) }]),
    ];
  };
  return {
    title: "Throughput by the size of messages",
    meaning:
      "Many messages under way; what goes there and back counts once. k/s: thousands of messages a second." +
      desk.aboutGo("Go is ×2: twice as much as the toolkit."),
    table: desk.table(desk.sizes.map(columnsOf)),
  };
}

function cpu(desk: Desk): Section {
  const [smallest = 0, largest = smallest] = [desk.sizes[0], desk.sizes.at(-1)];
  const load = (head: string, server: CPURead, client: CPURead): Columns => {
    const both: Read = (figures) => sum(server(figures), client(figures));
    return [
      { head: `${head}\nserver`, best: "lowest", format: figure, content: ours((one) => server(one)?.value ?? null) },
      { head: "\nclient", best: "lowest", format: figure, content: ours((one) => client(one)?.value ?? null) },
      ...desk.withGo([{ head: "\nGo is", content: ratio(both) }]),
    ];
  };
  const loads = smallest === largest ? [smallest] : [smallest, largest];
  return {
    title: "CPU time that a message costs, in µs",
    meaning:
      "There and back: one at a time, and then many under way." +
      desk.aboutGo("Go is ×0.5: both its processes together need half."),
    table: desk.table([
      load(
        "1 by 1",
        ({ roundTrips: trips }) => trips.serverCpuMicros,
        ({ roundTrips: trips }) => trips.clientCpuMicros,
      ),
      ...loads.map((each) =>
        load(
          size(each),
          (one) => desk.at(one, each)?.serverCpuMicros ?? null,
          (one) => desk.at(one, each)?.clientCpuMicros ?? null,
        ),
      ),
    ]),
  };
}

function bytes(desk: Desk): Section {
  const way = ({ out, back }: WireBytes) => `${count(out)} + ${count(back)}`;
  const [messageBytes = 64] = desk.figures.flatMap(({ wire }) => (wire === null ? [] : [wire.messageBytes]));
  const handshake = ({ wire }: Figures) => (wire === null ? null : way(wire.handshake));
  const message = ({ wire }: Figures) => (wire === null ? null : way(wire.message));
  const idle: Read = ({ idle: conns }) => (conns === null ? null : conns.serverBytesPerConn / 1024);
  return {
    title: "Bytes on the wire, out + back, and memory of a connection that idles",
    meaning:
      "On top of TCP, UDP or the Unix socket, whose own headers are not among them. Memory is how much the server's " +
      "process grows.",
    table: desk.table([
      [
        { head: "handshake\nbytes", content: ours(handshake) },
        ...desk.withGo([{ head: "Go\nbytes", content: gos(handshake) }]),
      ],
      [
        { head: `${size(messageBytes)}\nbytes`, content: ours(message) },
        ...desk.withGo([{ head: "Go\nbytes", content: gos(message) }]),
      ],
      [
        { head: "idle\nKiB", best: "lowest", format: figure, content: ours(idle) },
        ...desk.withGo([{ head: "Go\nKiB", best: "lowest", format: figure, content: gos(idle) }]),
      ],
    ]),
  };
}

type MeasuredUpdate = Extract<UpdateRow, { status: "measured" }>;

function learning(rows: readonly MeasuredUpdate[], paint: Paint): Section {
  const column = (head: string, read: (one: UpdateFigures) => number, format = count): Column<MeasuredUpdate> => ({
    head,
    best: "lowest",
    format,
    content: ({ figures }) => read(figures),
  });
  const perSecond = rows[0]?.figures.updatesPerSecond ?? 0;
  return {
    title: "How a client learns what is new",
    meaning: `About ${figure(perSecond)} updates a second, at moments that nobody can foresee. Bytes are for each update; wasted: of questions and answers that brought nothing new.`,
    table: renderTable(
      {
        blocks: [{ lines: rows }],
        nameOf: ({ name }) => name,
        groups: [
          [
            column("delay\np50 ms", ({ delay }) => delay.p50Micros / 1000, figure),
            column("delay\np99 ms", ({ delay }) => delay.p99Micros / 1000, figure),
            column("\nrequests", ({ requestsPerUpdate }) => requestsPerUpdate),
            column("bytes\nout", ({ wireBytesPerUpdate: { out } }) => out),
            column("bytes\nback", ({ wireBytesPerUpdate: { back } }) => back),
            column("bytes\nwasted", ({ wastedBytesPerUpdate }) => wastedBytesPerUpdate),
            column("updates\nmissed", ({ missed }) => missed),
          ],
        ],
      },
      paint,
    ),
  };
}

type CPURead = (figures: Figures) => Series | null;

function ours(read: (figures: Figures) => Content): (pair: Pair) => Content {
  return ({ toolkit }) => {
    const figures = figuresOf(toolkit);
    return figures === null ? none : read(figures);
  };
}

/** The same, with what became of a row without figures: for the first column. */
function oursOrStatus(read: Read): (pair: Pair) => Content {
  return (pair) => (figuresOf(pair.toolkit) === null ? pair.toolkit?.status : ours(read)(pair));
}

/** What Go shows: nothing where it has no such row. */
function gos(read: (figures: Figures) => Content): (pair: Pair) => Content {
  return ({ go }) => {
    const figures = figuresOf(go);
    if (figures !== null) return read(figures);
    return go === undefined ? undefined : none;
  };
}

function ratio(read: Read): (pair: Pair) => Content {
  return (pair) => {
    const [toolkit, go] = [figuresOf(pair.toolkit), figuresOf(pair.go)].map((one) => one && read(one));
    return typeof toolkit === "number" && typeof go === "number" && toolkit > 0 ? times(go / toolkit) : undefined;
  };
}

/** Whether client and server are apart: a pipe in memory is no match for what crosses processes. */
function isApart({ toolkit, go }: Pair): boolean {
  const trips = (figuresOf(toolkit) ?? figuresOf(go))?.roundTrips;
  return trips !== undefined && (trips.serverCpuMicros !== null || trips.clientCpuMicros !== null);
}

function sum(a: Series | null, b: Series | null): number | null {
  return a === null || b === null ? null : a.value + b.value;
}
