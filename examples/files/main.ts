// Large files over WebSocket: `npm run example files [ADDRESS [FOLDER]]`
import { runServer } from "../shared/run-server.js";
import { serveFiles } from "./server.js";

const [, folder] = process.argv.slice(2);
const hint = "Open it and drop a file, or use a terminal: npm run example files/client put FILE.";
await runServer((address) => serveFiles(address, { folder }), hint);
