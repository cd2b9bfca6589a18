// WebSocket in frameworks: `npm run example frameworks [express|fastify|hono|koa|nest] [ADDRESS]`
import { type Running, runServer } from "../shared/run-server.js";
import { serveExpress } from "./express.js";
import { frameworks } from "./frameworks.js";

const hint = "Open it, and sign in to talk to it.";
const start = frameworks[process.argv[2] ?? ""];

if (start !== undefined) {
  process.argv.splice(2, 1); // the address is for runServer
  await runServer(start, hint);
} else if (process.argv[2]?.includes(":")) {
  await runServer(serveExpress, hint); // an address is for one
} else if (process.argv[2] !== undefined) {
  throw new Error(`No such framework: ${process.argv[2]}; there are ${Object.keys(frameworks).join(", ")}`);
} else {
  await runAll();
}

async function runAll(): Promise<void> {
  const servers: Running[] = [];
  for (const [name, serve] of Object.entries(frameworks)) {
    const server = await serve("127.0.0.1:0");
    servers.push(server);
    process.stdout.write(`${server.url}  ${name}\n`);
  }
  const stop = () => servers.forEach((server) => void server[Symbol.asyncDispose]());
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  process.stdout.write("Open one, and sign in to talk to it. Ctrl-C ends all.\n");
}
