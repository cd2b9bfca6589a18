// Run with --test-udp-no-try-send, with which Node keeps every datagram for a while: runs the contracts, and says `ready`.
import { connCases, packetConnCases } from "../../../src/nettest/index.js";
import * as udp from "../../../src/udp/index.js";
import { dialledAndAccepted, twoListening } from "../pairs.js";

for (const c of connCases) await c.run(dialledAndAccepted("127.0.0.1:0"));
for (const c of packetConnCases) await c.run(twoListening("127.0.0.1:0"));

/** Requires two values to be the same. */
function same(got: unknown, want: unknown): void {
  if (got !== want) throw new Error(`got ${String(got)}, want ${String(want)}`);
}

const [a, b] = [await udp.listen("127.0.0.1:0"), await udp.listen("127.0.0.1:0")];
const p = new Uint8Array(8);
for (const giveUp of ["deadline", "abort"] as const) {
  await a.writeTo(p.fill(1), b.localAddr); // the first shows how Node goes about it
  await b.readFrom(p);
  const abort = new AbortController();
  const write = a.writeTo(p.fill(2), b.localAddr, { signal: abort.signal }).catch((err: unknown) => err);
  const waiting = a.writeTo(p, b.localAddr).catch((err: unknown) => err);
  if (giveUp === "abort") abort.abort("enough");
  else a.setWriteDeadline(1);
  p.fill(3);
  const reason = await write;
  if (giveUp === "abort") same(reason, "enough");
  else same((reason as { bytesWritten?: number }).bytesWritten, 8); // it leaves all the same, as it was
  a.setWriteDeadline(null);
  if (giveUp === "deadline") same(((await waiting) as { bytesWritten?: number }).bytesWritten, 0);
  const got = new Uint8Array(8);
  await b.readFrom(got);
  same(got.join(), "2,2,2,2,2,2,2,2");
  if (giveUp === "abort") await b.readFrom(got);
}
same(
  ((await a.writeTo(new Uint8Array(65_508), b.localAddr).catch((err: unknown) => err)) as Error & { code: string })
    .code,
  "EMSGSIZE",
);
const last = a.writeTo(p, b.localAddr).catch((err: unknown) => err);
a.close();
same(((await last) as Error & { code: string }).code, "ERR_CLOSED");
b.close();
await a.closed;
console.log("ready");
