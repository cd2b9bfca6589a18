// The videos: `npm run example videos`
import { runServer } from "../shared/run-server.js";
import { serveVideos } from "./server.js";

const start = async (address: string) => {
  const server = await serveVideos(address);
  return { url: `${server.url}/videos`, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
};
await runServer(start, "Open it, or ask with curl as the README shows.");
