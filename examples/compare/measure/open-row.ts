import { PipeListener } from "toolkit/net";
import type { Figures, Idle, Wire } from "../results.js";
import type { OpenSubject, Site } from "../subject.js";
import type { Candidate } from "./candidate.js";
import { measureIdle } from "./idle.js";
import { Measurement } from "./measurement.js";
import { ServerProcess } from "./server.js";
import type { Place } from "./transports.js";
import type { Connect } from "./use-client.js";
import { countWire } from "./wire.js";

/** Opens a row whose client is in this process, and whose server has one of its own if it can. */
export function openRow(candidate: Candidate, site: Site): Promise<OpenSubject> {
  return candidate.oneProcess ? openHere(candidate, site) : openApart(candidate, site);
}

/** Opens what has its server in this process. */
async function openHere(candidate: Candidate, site: Site): Promise<OpenSubject> {
  const place: Place = { folder: site.folder, pipes: new PipeListener(), cert: "", signal: site.signal };
  const served = await candidate.serve(place);
  const connect = { candidate, address: served.address, place, signal: site.signal };
  return new OpenRow(connect, site, null, async () => served[Symbol.dispose]());
}

/** Opens what has its server in another process. */
async function openApart(candidate: Candidate, site: Site): Promise<OpenSubject> {
  const server = await ServerProcess.start(site.folder, site.signal);
  try {
    const { address, cert } = await server.serve(candidate.name);
    const place: Place = { folder: site.folder, pipes: new PipeListener(), cert, signal: site.signal };
    const connect = { candidate, address, place, signal: site.signal };
    return new OpenRow(connect, site, server, async () => server[Symbol.asyncDispose]());
  } catch (err) {
    await server[Symbol.asyncDispose]();
    throw err;
  }
}

class OpenRow implements OpenSubject {
  readonly #connect: Connect;
  readonly #site: Site;
  readonly #server: ServerProcess | null;
  readonly #close: () => Promise<void>;
  readonly #measurement: Measurement;
  #wire: Wire | null = null;
  #idle: Idle | null = null;

  constructor(connect: Connect, site: Site, server: ServerProcess | null, close: () => Promise<void>) {
    this.#connect = connect;
    this.#site = site;
    this.#server = server;
    this.#close = close;
    this.#measurement = this.#newMeasurement();
  }

  /** Counts bytes first, so that all code has run, and nothing large was sent, when memory is measured. */
  async warmUp(): Promise<void> {
    const measurement = this.#newMeasurement();
    this.#wire = await countWire(this.#connect, measurement.smallest);
    if (this.#server !== null) this.#idle = await measureIdle(this.#connect, this.#server);
    await measurement.warmUp(this.#site.plan.warmUpMs);
  }

  round(): Promise<void> {
    return this.#measurement.round(this.#site.plan.phaseMs);
  }

  figures(): Figures {
    return this.#measurement.figures(this.#wire, this.#idle);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }

  #newMeasurement(): Measurement {
    const server = this.#server;
    const serverCPU = server === null ? null : () => server.cpuMicros();
    return new Measurement(this.#connect, this.#site.plan.sizes, serverCPU);
  }
}
