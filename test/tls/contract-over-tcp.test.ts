import * as tcp from "../../src/tcp/index.js";
import * as tls from "../../src/tls/index.js";
import { selfSigned } from "../support/certificate.js";
import { leavesNoSocket } from "../support/handles.js";
import { runConnCases } from "../support/run-cases.js";

const own = await selfSigned();

leavesNoSocket();

runConnCases("the conn contract holds for TLS over a TCP conn", async () => {
  const listener = await tcp.listen("127.0.0.1:0");
  const [a, b] = await Promise.all([tcp.dial(listener.addr), listener.accept()]);
  const [c1, c2] = await Promise.all([
    tls.upgrade(a, { ca: own.cert, serverName: "localhost" }),
    tls.upgrade(b, { isServer: true, ...own }),
  ]);
  return { c1, c2, stop: () => [c1, c2, listener].forEach((each) => each.close()) };
});
