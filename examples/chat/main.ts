// The chat: `npm run example chat`
import { runServer } from "../shared/run-server.js";
import { serveChat } from "./server.js";

await runServer(serveChat, "Open it in two windows; npm run example chat/client Ada joins from a terminal.");
