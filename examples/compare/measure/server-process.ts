// The server's process: serves the rows that it is told, and answers questions, until its parent is gone.
import { setImmediate as tick } from "node:timers/promises";
import { PipeListener } from "toolkit/net";
import { makeCertificate } from "../../shared/certificate.js";
import type { Served } from "./candidate.js";
import { candidateNamed } from "./candidates.js";
import type { Answer, Numbered, Question, Ready } from "./server-messages.js";
import type { Place } from "./transports.js";

/** How often garbage is collected: what is closed lets go of more a little later. */
const collections = 2;

const [folder = ""] = process.argv.slice(2);
const served: Served[] = [];

// A terminal's Ctrl-C reaches both processes; the parent decides what happens then.
process.on("SIGINT", () => {});
process.on("disconnect", () => {
  for (const each of served) each[Symbol.dispose]();
  process.exit();
});

const place: Place = { folder, pipes: new PipeListener(), ...(await makeCertificate()) };
process.on("message", (message) => void answer(message as Numbered));
const ready: Ready = { cert: place.cert };
process.send?.(ready);

async function answer(question: Numbered): Promise<void> {
  const { id } = question;
  const send = (reply: Answer) => process.send?.(reply);
  try {
    send({ id, value: await valueFor(question) });
  } catch (err) {
    send({ id, error: (err as Error).message });
  }
}

async function valueFor(question: Question): Promise<string | number> {
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
}

async function serve(name: string): Promise<string> {
  const one = await candidateNamed(name).serve(place);
  served.push(one);
  return one.address;
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
