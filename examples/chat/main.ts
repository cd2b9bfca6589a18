// The chat: `npm run example chat`
import { runServer } from "../shared/run-server.js";
import { serveChat } from "./server.js";

await runServer(
  serveChat,
  ({ url }) => `Open it in two windows; npm run example chat/client Ada lobby ${url} joins from a terminal.`,
);
