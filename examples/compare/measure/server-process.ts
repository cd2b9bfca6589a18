// A server's process: serves the rows that it is told, and answers questions, until its parent is gone.
import { setImmediate as tick } from "node:timers/promises";
import { PipeListener } from "toolkit/net";
import { answerParent } from "./answer-parent.js";
import type { Served } from "./candidate.js";
import { candidateNamed } from "./candidates.js";
import type { Question, Whereabouts } from "./server-messages.js";
import type { Place } from "./transports.js";

/** How often garbage is collected: what is closed lets go of more a little later. */
const collections = 2;

const [folder = ""] = process.argv.slice(2);
const served: Served[] = [];

answerParent<Question>(
  async (question) => {
    switch (question.ask) {
      case "serve":
        return serve(question.name);
      case "cpu": {
        const { user, system } = process.cpuUsage();
        return user + system;
      }
      case "memory":
        return memory();
    }
  },
  () => {
    for (const each of served) each[Symbol.dispose]();
  },
);

async function serve(name: string): Promise<Whereabouts> {
  const candidate = candidateNamed(name);
  const place: Place = { folder, pipes: new PipeListener(), cert: "", ...(candidate.secure && (await certificate())) };
  const one = await candidate.serve(place);
  served.push(one);
  return { address: one.address, cert: place.cert };
}

/** Makes a certificate, with a library that takes long to load. */
async function certificate(): Promise<{ readonly cert: string; readonly key: string }> {
  const { makeCertificate } = await import("../../shared/certificate.js");
  return makeCertificate(["127.0.0.1"]);
}

/**
 * Returns what is allocated and in use: objects, and buffers in full. The memory that the system counts for the process
 * would be nearer to the truth, but wavers by more than connections need, as what was freed stays with the process. What
 * OpenSSL holds for TLS, and the kernel for sockets, is not in it.
 */
async function memory(): Promise<number> {
  for (let i = 0; i < collections; i++) {
    await tick();
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
