// nginx in front of two servers: `npm run example nginx`
import { runServer } from "../shared/run-server.js";
import { serveProxied } from "./proxied.js";

await runServer(serveProxied, "Open it; npm run example nginx/client asks in a terminal.");
