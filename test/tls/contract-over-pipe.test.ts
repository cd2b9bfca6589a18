import { pipe } from "../../src/net/pipe.js";
import * as tls from "../../src/tls/index.js";
import { selfSigned } from "../support/certificate.js";
import { leavesNoSocket } from "../support/handles.js";
import { runConnCases } from "../support/run-cases.js";

const own = await selfSigned();

leavesNoSocket();

runConnCases("the conn contract holds for TLS over a conn in memory", async () => {
  const [a, b] = pipe();
  const [c1, c2] = await Promise.all([
    tls.upgrade(a, { ca: own.cert, serverName: "localhost" }),
    tls.upgrade(b, { isServer: true, ...own }),
  ]);
  const traits = { buffered: true }; // TLS has buffers of its own
  return { c1, c2, traits, stop: () => [c1, c2].forEach((each) => each.close()) };
});
