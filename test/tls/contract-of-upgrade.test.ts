import type { StreamConn } from "../../src/net/conn.js";
import { pipe } from "../../src/net/pipe.js";
import type { MakePipe } from "../../src/nettest/index.js";
import * as tcp from "../../src/tcp/index.js";
import * as tls from "../../src/tls/index.js";
import { selfSigned } from "../support/certificate.js";
import { leavesNoSocket } from "../support/handles.js";
import { runConnCases } from "../support/run-cases.js";

const own = await selfSigned();

const makeConns =
  (make: () => Promise<[StreamConn, StreamConn]>, traits: { buffered?: boolean } = {}): MakePipe =>
  async () => {
    const [a, b] = await make();
    const [c1, c2] = await Promise.all([
      tls.upgrade(a, { ca: own.cert, serverName: "localhost" }),
      tls.upgrade(b, { isServer: true, ...own }),
    ]);
    return { c1, c2, traits, stop: () => [c1, c2].forEach((each) => each.close()) };
  };

async function tcpConns(): Promise<[StreamConn, StreamConn]> {
  const listener = await tcp.listen("127.0.0.1:0");
  const conns = await Promise.all([tcp.dial(listener.addr), listener.accept()]);
  listener.close();
  return conns;
}

leavesNoSocket();

runConnCases("the conn contract holds for TLS over a TCP conn", makeConns(tcpConns));
runConnCases(
  "the conn contract holds for TLS over a conn in memory",
  makeConns(async () => pipe(), { buffered: true }),
);
