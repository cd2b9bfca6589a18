import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { rawDial } from "./raw.js";

const script = `
const server = require("node:net").createServer().listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () => {
  require("node:fs").writeSync(1, String(server.address().port));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); // for ever: it never accepts
});`;

/** A listener that never accepts, and whose queue is full: to dial it takes for ever. */
export async function deafListener(): Promise<{ readonly port: number; readonly address: string; close(): void }> {
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [text] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(text.toString());
  const queue: Socket[] = [await rawDial(port), await rawDial(port)]; // the system lets one more wait than it was told
  return {
    port,
    address: `127.0.0.1:${port}`,
    close() {
      for (const socket of queue) socket.destroy();
      child.stdout.destroy();
      child.kill("SIGKILL");
    },
  };
}
