import type { MakeListener, MakePipe } from "../../src/nettest/index.js";
import * as tls from "../../src/tls/index.js";
import { selfSigned } from "../support/certificate.js";
import { leavesNoSocket } from "../support/handles.js";
import { runConnCases, runListenerCases } from "../support/run-cases.js";

const own = await selfSigned();

const makeConns =
  (maxVersion: "TLSv1.2" | "TLSv1.3"): MakePipe =>
  async () => {
    const listener = await tls.listen("127.0.0.1:0", { ...own, maxVersion });
    const [c1, c2] = await Promise.all([tls.dial(listener.addr, { ca: own.cert }), listener.accept()]);
    return { c1, c2, stop: () => [c1, c2, listener].forEach((each) => each.close()) };
  };

const makeListener =
  (maxVersion: "TLSv1.2" | "TLSv1.3"): MakeListener =>
  async () => {
    const listener = await tls.listen("127.0.0.1:0", { ...own, maxVersion });
    return { listener, dial: () => tls.dial(listener.addr, { ca: own.cert }), stop: () => listener.close() };
  };

leavesNoSocket();

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  runConnCases(`the conn contract holds for ${version}`, makeConns(version));
  runListenerCases(`the listener contract holds for ${version}`, makeListener(version));
}
