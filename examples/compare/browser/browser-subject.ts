import type { Browser, Page } from "playwright-core";
import { dial, listen } from "toolkit";
import { figuresOf, type TimedPhase } from "../measure/figures.js";
import { Latencies } from "../measure/latency.js";
import { burstOf, loadOf } from "../measure/loads.js";
import { Relay } from "../measure/relay.js";
import { ServerProcess } from "../measure/server.js";
import type { Figures, RowHead, Wire } from "../results.js";
import type { OpenSubject, Site, Subject } from "../subject.js";
import { bundlePage, missingBundler } from "./bundle.js";
import { missingChromium, useChromium } from "./chromium.js";
import type { PageTraffic } from "./page-traffic.js";

/** A row: what a page does. */
export interface BrowserRow extends Pick<RowHead, "name" | "note"> {
  /** The row of Node's whose server it has. */
  readonly server: string;
  readonly maxBurst?: number;
  /** How many messages are counted on the wire, after as many that are not. @default 300 */
  readonly countedMessages?: number;
}

/** The numbers of calls have grown to their usual length by then. */
const usualMessages = 300;

/** With these a page has a clock of 5 µs, not of 100. */
const isolated = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
const html = `<!doctype html><title>Lab</title><link rel="icon" href="data:,">`;

/** Returns the subject of a row: a page in Chromium, and a server in Node. */
export function browserSubject(row: BrowserRow): Subject {
  const { name, note } = row;
  return {
    name,
    group: "browser",
    side: "toolkit",
    ...(note === undefined ? {} : { note }),
    missing: async () => (await missingBundler()) ?? (await missingChromium()),
    open: (site) => open(row, site),
  };
}

async function open(row: BrowserRow, site: Site): Promise<OpenSubject> {
  const script = await bundlePage();
  const uses: AsyncDisposable[] = [];
  const end = async () => {
    for (const use of uses.toReversed()) await use[Symbol.asyncDispose]();
  };
  try {
    const server = keep(uses, await ServerProcess.start(site.folder, site.signal));
    const { browser } = keep(uses, await useChromium(site));
    const served = await server.serve(row.server);
    const address = new URL(`http://${hostOf(served.address)}/`);
    const pages = new Pages(browser, script);
    const page = await pages.open(address.host);
    return new OpenBrowserSubject({ row, site, server, pages, page, host: address.host, end });
  } catch (err) {
    await end();
    throw err;
  }
}

function keep<T extends AsyncDisposable>(uses: AsyncDisposable[], use: T): T {
  uses.push(use);
  return use;
}

/** Opens pages that have the script. */
class Pages {
  readonly #browser: Browser;
  readonly #script: string;

  constructor(browser: Browser, script: string) {
    this.#browser = browser;
    this.#script = script;
  }

  /**
   * Opens a page of a server, which knows nothing of it: requests are of one origin then, and nothing but messages is on
   * the wire.
   */
  async open(host: string): Promise<Page> {
    const page = await this.#browser.newPage({ permissions: ["local-network-access"] });
    const url = `http://${host}/`;
    await page.route(url, (route) => route.fulfill({ contentType: "text/html", headers: isolated, body: html }));
    await page.goto(url);
    await page.unroute(url); // what is intercepted is slow
    await page.addScriptTag({ content: this.#script });
    if (!(await page.evaluate<boolean>("crossOriginIsolated"))) throw new Error("The page has no clock of 5 µs");
    return page;
  }
}

interface Parts {
  readonly row: BrowserRow;
  readonly site: Site;
  readonly server: ServerProcess;
  readonly pages: Pages;
  readonly page: Page;
  /** Where the server is. */
  readonly host: string;
  end(): Promise<void>;
}

class OpenBrowserSubject implements OpenSubject {
  readonly #parts: Parts;
  readonly #roundTrips: TimedPhase<Latencies>[] = [];
  /** By the sizes of messages. */
  readonly #throughput: ReadonlyMap<number, TimedPhase<Latencies>[]>;
  #wire: Wire | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#throughput = new Map(parts.site.plan.sizes.map((size) => [size, []]));
  }

  async warmUp(): Promise<void> {
    const { warmUpMs } = this.#parts.site.plan;
    this.#wire = await this.#countWire();
    await this.#measureRoundTrips(warmUpMs);
    for (const size of this.#throughput.keys()) await this.#measureThroughput(size, warmUpMs);
  }

  async round(): Promise<void> {
    const { phaseMs } = this.#parts.site.plan;
    this.#roundTrips.push(await this.#measureRoundTrips(phaseMs));
    for (const [size, phases] of this.#throughput) phases.push(await this.#measureThroughput(size, phaseMs));
  }

  figures(): Figures {
    const [roundTrips, throughput, wire] = [this.#roundTrips, this.#throughput, this.#wire];
    return figuresOf({ smallest: this.#smallest, roundTrips, throughput, wire, idle: null }, new Latencies());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.page.close().catch(() => {}); // the browser may be gone
    await this.#parts.end();
  }

  get #smallest(): number {
    const [smallest = 0] = this.#throughput.keys();
    return smallest;
  }

  #measureRoundTrips(ms: number): Promise<TimedPhase<Latencies>> {
    const { page } = this.#parts;
    return this.#connected(page, this.#smallest, () => this.#measure(`lab.roundTrips(${ms})`));
  }

  #measureThroughput(size: number, ms: number): Promise<TimedPhase<Latencies>> {
    const { page, row } = this.#parts;
    const burst = burstOf(size, row.maxBurst);
    return this.#connected(page, size, () => this.#measure(`lab.throughput(${ms}, ${burst})`));
  }

  /** Does something on a connection of its own. */
  async #connected<T>(page: Page, size: number, work: () => Promise<T>): Promise<T> {
    const { name, maxBurst } = this.#parts.row;
    await page.evaluate(`lab.connect(${JSON.stringify(name)}, ${JSON.stringify(loadOf(size, maxBurst))})`);
    try {
      return await work();
    } finally {
      await page.evaluate("lab.close()").catch(() => {}); // what failed is told already
    }
  }

  /** What a page costs is spread over processes of the browser, and not told. */
  async #measure(expression: string): Promise<TimedPhase<Latencies>> {
    const { server, page } = this.#parts;
    const before = await server.cpuMicros();
    const { sent, received, seconds, micros } = await page.evaluate<PageTraffic>(expression);
    const serverCpuMicros = ((await server.cpuMicros()) - before) / received;
    const times = new Latencies();
    for (const one of micros) times.record(one);
    return { sent, received, seconds, times, serverCpuMicros, clientCpuMicros: null };
  }

  async #countWire(): Promise<Wire> {
    const { host, pages, row } = this.#parts;
    const { countedMessages = usualMessages } = row;
    using relay = new Relay(await listen("tcp", "127.0.0.1:0"), () => dial("tcp", host));
    const page = await pages.open(relay.address);
    const after = async (count: number) => {
      await page.evaluate(`lab.echo(${count})`);
      return relay.counted;
    };
    try {
      return await this.#connected(page, this.#smallest, async () => {
        const [first, second] = [await after(1), await after(1)];
        const [before, last] = [await after(countedMessages), await after(countedMessages)];
        return {
          handshake: { out: 2 * first.out - second.out, back: 2 * first.back - second.back },
          messageBytes: this.#smallest,
          message: {
            out: (last.out - before.out) / countedMessages,
            back: (last.back - before.back) / countedMessages,
          },
        };
      });
    } finally {
      await page.close();
    }
  }
}

/** A WebSocket's address is a URL; what carries it knows only host and port. */
function hostOf(address: string): string {
  return address.includes("://") ? new URL(address).host : address;
}
