// The ticker: `npm run example ticker`
import { runServer } from "../shared/run-server.js";
import { serveTicker } from "./server.js";

await runServer(serveTicker, "Open it, or watch in a terminal: npm run example ticker/client ws");
