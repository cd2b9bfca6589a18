// nginx in front of two servers: `npm run example nginx`
import { runServer } from "../shared/run-server.js";
import { serveProxied } from "./proxied.js";

await runServer(
  (address) => serveProxied(address),
  ({ url, secureURL }) => `Open it, or ${secureURL} for TLS; npm run example nginx/client ${url} asks in a terminal.`,
);
