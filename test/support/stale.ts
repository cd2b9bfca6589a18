import { spawn } from "node:child_process";
import { once } from "node:events";

const script = `
require("node:net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"));`;

/** Leaves the file of a server that was killed. */
export async function leaveStaleSocket(path: string): Promise<void> {
  await once(spawn(process.execPath, ["-e", script, path], { stdio: "inherit" }), "exit");
}
