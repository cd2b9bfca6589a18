// Arith: `npm run example arith`
import { runServer } from "../shared/run-server.js";
import { serveArith } from "./server.js";

await runServer(
  serveArith,
  ({ url }) => `That is the page about the service; npm run example arith/client tcp ${new URL(url).host} calls it.`,
);
