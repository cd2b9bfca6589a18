// One service as RPC and REST: `npm run example both`
import { runServer } from "../shared/run-server.js";
import { serveBoth } from "./server.js";

await runServer(
  serveBoth,
  ({ url }) =>
    `That is the description of the REST side; npm run example both/client ${new URL(url).host} calls both sides.`,
);
