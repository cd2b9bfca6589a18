import type { Site } from "../subject.js";
import { ServerProcess } from "./server.js";

interface Shared {
  users: number;
  readonly running: Promise<ServerProcess>;
}

const servers = new WeakMap<Site, Shared>();

/** The server's process of a run, for one who uses it. */
export interface Use extends AsyncDisposable {
  readonly server: ServerProcess;
}

/** Starts the server's process of a run, or joins those who use it already; the last one who leaves ends it. */
export async function useServer(site: Site): Promise<Use> {
  const mine = servers.get(site) ?? { users: 0, running: ServerProcess.start(site.folder, site.signal) };
  servers.set(site, mine);
  mine.users++;
  const leave = async () => {
    if (--mine.users > 0) return;
    if (servers.get(site) === mine) servers.delete(site);
    await (await mine.running.catch(() => null))?.[Symbol.asyncDispose](); // what did not start has ended
  };
  try {
    return { server: await mine.running, [Symbol.asyncDispose]: leave };
  } catch (err) {
    await leave();
    throw err;
  }
}
