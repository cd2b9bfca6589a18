// Vue and a WebSocket: `npm run example vue`
import { runServer } from "../shared/run-server.js";
import { serveVue } from "./server.js";

await runServer(serveVue, "Open it in two windows.");
