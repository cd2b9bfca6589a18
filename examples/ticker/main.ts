// The ticker: `npm run example ticker`
import { runServer } from "../shared/run-server.js";
import { serveTicker } from "./server.js";

await runServer(
  serveTicker,
  ({ url }) => `Open it; npm run example ticker/client ws ACME,HOOLI ${url} watches in a terminal.`,
);
