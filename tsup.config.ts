import { defineConfig } from "tsup";

const rooms = ["net", "nettest", "tcp", "tls", "unix", "udp", "ws", "rpc"];

export default defineConfig({
  entry: { index: "src/index.ts", ...Object.fromEntries(rooms.map((room) => [`${room}/index`, `src/${room}/index.ts`])) },
  format: ["esm"],
  target: "node20",
  platform: "neutral",
  external: [/^node:/],
  removeNodeProtocol: false,
  splitting: true, // one copy of each class, whichever subpath it is reached by
  sourcemap: true,
  clean: true,
  dts: false, // tsc writes the declarations, with maps
});
