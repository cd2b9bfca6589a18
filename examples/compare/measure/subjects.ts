import { PipeListener } from "toolkit/net";
import type { Figures, Idle, Wire } from "../results.js";
import type { OpenSubject, Site, Subject } from "../subject.js";
import type { Candidate } from "./candidate.js";
import { candidates } from "./candidates.js";
import { measureIdle } from "./idle.js";
import { Measurement } from "./measurement.js";
import { type Use, useServer } from "./shared-server.js";
import type { Place } from "./transports.js";
import type { Connect } from "./use-client.js";
import { countWire } from "./wire.js";

/** The rows whose both ends are this package's. */
export const toolkitSubjects: readonly Subject[] = candidates.map((candidate) => {
  const { name, group, side, note } = candidate;
  const open = (site: Site) => (candidate.oneProcess ? openHere(candidate, site) : openApart(candidate, site));
  return { name, group, side, ...(note === undefined ? {} : { note }), open };
});

/** Opens what has its server in this process. */
async function openHere(candidate: Candidate, site: Site): Promise<OpenSubject> {
  const place: Place = { folder: site.folder, pipes: new PipeListener(), cert: "", signal: site.signal };
  const served = await candidate.serve(place);
  const connect = { candidate, address: served.address, place, signal: site.signal };
  return new ToolkitSubject(connect, site, null, async () => served[Symbol.dispose]());
}

/** Opens what has its server in another process. */
async function openApart(candidate: Candidate, site: Site): Promise<OpenSubject> {
  const use = await useServer(site);
  try {
    const { server } = use;
    const place: Place = { folder: site.folder, pipes: new PipeListener(), cert: server.cert, signal: site.signal };
    const connect = { candidate, address: await server.serve(candidate.name), place, signal: site.signal };
    return new ToolkitSubject(connect, site, use, async () => use[Symbol.asyncDispose]());
  } catch (err) {
    await use[Symbol.asyncDispose]();
    throw err;
  }
}

class ToolkitSubject implements OpenSubject {
  readonly #connect: Connect;
  readonly #site: Site;
  readonly #use: Use | null;
  readonly #close: () => Promise<void>;
  readonly #measurement: Measurement;
  #wire: Wire | null = null;
  #idle: Idle | null = null;

  constructor(connect: Connect, site: Site, use: Use | null, close: () => Promise<void>) {
    this.#connect = connect;
    this.#site = site;
    this.#use = use;
    this.#close = close;
    this.#measurement = this.#newMeasurement();
  }

  /** Counts bytes first, so that all code has run, and nothing large was sent, when memory is measured. */
  async warmUp(): Promise<void> {
    const measurement = this.#newMeasurement();
    this.#wire = await countWire(this.#connect, measurement.smallest);
    if (this.#use !== null) this.#idle = await measureIdle(this.#connect, this.#use.server);
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
    const { server } = this.#use ?? {};
    const serverCPU = server === undefined ? null : () => server.cpuMicros();
    return new Measurement(this.#connect, this.#site.plan.sizes, serverCPU);
  }
}
