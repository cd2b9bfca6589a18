// The ticker: `npm run example ticker`
import { runServer } from "../shared/run-server.js";
import { serveTicker } from "./server.js";

await runServer(serveTicker, "Open it; npm run example ticker/client ws watches in a terminal.");
