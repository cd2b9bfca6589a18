// Large files over WebSocket: `npm run example files [ADDRESS [FOLDER]]`
import { type Running, runServer } from "../shared/run-server.js";
import { serveFiles } from "./server.js";

const [, folder] = process.argv.slice(2);
const hint = ({ url }: Running) =>
  `Open it and drop a file; npm run example files/client put FILE ${url} sends one from a terminal.`;
await runServer((address) => serveFiles(address, { folder }), hint);
