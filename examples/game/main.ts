// The game: `npm run example game`
import { runServer } from "../shared/run-server.js";
import { serveGame } from "./server.js";

await runServer(
  serveGame,
  ({ url }) => `Open it in two windows; npm run example game/client Bob ${url} plays in a terminal.`,
);
