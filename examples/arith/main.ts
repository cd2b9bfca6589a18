// Arith: `npm run example arith`
import { runServer } from "../shared/run-server.js";
import { serveArith } from "./server.js";

await runServer(serveArith, "That is the page about the service; clients call the same port.");
