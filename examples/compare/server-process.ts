// The server's process: listens for the candidates that it is told, tells where, and serves until its parent is gone.
import { type Listener, PipeListener } from "toolkit/net";
import { type CandidateName, candidates } from "./candidates.js";
import { makeCertificate } from "./certificate.js";
import type { Ready, Whereabouts } from "./server.js";
import { type Site, transports } from "./transports.js";

const [folder = "", ...names] = process.argv.slice(2);
const listeners: Listener[] = [];

// A terminal's Ctrl-C reaches both processes; the parent decides what happens then.
process.on("SIGINT", () => {});
process.on("disconnect", () => {
  for (const listener of listeners) listener.close();
  process.exit();
});

const site: Site = { folder, pipes: new PipeListener(), ...(await makeCertificate()) };
const started = names.map(async (name) => [name, await start(name as CandidateName)] as const);
const ready: Ready = { cert: site.cert ?? "", servers: Object.fromEntries(await Promise.all(started)) };
process.send?.(ready);

async function start(name: CandidateName): Promise<Whereabouts> {
  const { transport, serve } = candidates[name];
  try {
    const listener = await transports[transport].listen(site);
    listeners.push(listener);
    void serve(listener);
    return { address: listener.addr.toString() };
  } catch (err) {
    return { error: (err as Error).message };
  }
}
