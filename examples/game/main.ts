// The game: `npm run example game`
import { runServer } from "../shared/run-server.js";
import { serveGame } from "./server.js";

await runServer(serveGame, "Open it in two windows, or play in a terminal: npm run example game/client");
