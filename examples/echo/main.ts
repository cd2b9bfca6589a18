// The echo on every transport: `npm run example echo`
import { runServer } from "../shared/run-server.js";
import { type EchoServer, serveEcho } from "./server.js";

let server: EchoServer | undefined;
const start = async (address: string) => {
  server = await serveEcho(address);
  return server;
};

await runServer(start, "Open it, or take an address below: npm run example echo/client ADDRESS.");
for (const address of server?.addresses ?? []) {
  const needsCertificate = /^(tls|wss):/.test(address);
  process.stdout.write(`  ${address}${needsCertificate ? ` ${server?.certificateFile}` : ""}\n`);
}
